//! How long jobs will take on this machine: a few steps and one measurement of each kind of model, on every
//! thread as in training, times how many there are.

use std::time::Instant;

use leftright::config::Shape;
use leftright::experiment::{Job, Measure, POPULATION, Trainer, TrainerError};
use leftright::training::EngineRequest;
use pollster::block_on;
use rayon::prelude::*;

/// Steps before the clock starts, in which memory is first touched.
const BEFORE: u32 = 2;
/// Steps on the clock.
const TIMED: u32 = 20;

/// Seconds of one model of a kind on one thread, or of its part of a population on the GPU.
#[derive(Clone, Copy)]
struct Cost {
    opening: f64,
    step: f64,
    /// The first of its measures: a look at whether it is on a plateau, where it trains until one.
    look: f64,
    /// All of them.
    measurement: f64,
}

impl Cost {
    /// Seconds of a job that ends after so many steps.
    fn of(&self, job: &Job, steps: u32) -> f64 {
        let measurements = match job.every {
            0 => 1,
            every => steps.div_ceil(every),
        };
        let before_last = if job.plateau { self.look } else { self.measurement };
        self.opening
            + self.step * f64::from(steps)
            + before_last * f64::from(measurements - 1)
            + self.measurement
    }
}

/// Models that cost the same: of one shape, with the same measures, taken by the same rule.
type Kind<'a> = (Shape, bool, &'a [Measure]);

fn kind(job: &Job) -> Kind<'_> {
    (job.config.shape(), job.plateau, &job.measures)
}

/// What each kind costs.
pub struct Estimate<'a> {
    costs: Vec<(Kind<'a>, Cost)>,
    engine: EngineRequest,
}

impl<'a> Estimate<'a> {
    /// Measures one model of every kind that some jobs have.
    pub fn new(jobs: impl IntoIterator<Item = &'a Job>, engine: EngineRequest) -> Result<Self, TrainerError> {
        let mut kinds: Vec<(Kind, &Job)> = Vec::new();
        for job in jobs {
            let kind = kind(job);
            if kinds.iter().all(|(known, _)| *known != kind) {
                kinds.push((kind, job));
            }
        }
        let cost = |(kind, job): (Kind<'a>, &Job)| Ok((kind, measure(job, engine)?));
        let costs: Result<Vec<_>, TrainerError> = match engine {
            EngineRequest::Gpu => kinds.into_iter().map(cost).collect(),
            _ => kinds.into_par_iter().map(cost).collect(),
        };
        Ok(Estimate {
            costs: costs?,
            engine,
        })
    }

    /// Seconds that jobs, of kinds that were measured, take when they are trained by themselves: at least and
    /// at most.
    pub fn seconds<'b>(&self, jobs: impl IntoIterator<Item = &'b Job>) -> [f64; 2] {
        let (mut models, mut seconds) = (0, [0.0; 2]);
        for job in jobs {
            let kind = kind(job);
            let (_, cost) = self
                .costs
                .iter()
                .find(|(known, _)| *known == kind)
                .expect("a job of every kind was measured");
            models += 1;
            for (sum, steps) in seconds.iter_mut().zip(job.length()) {
                *sum += cost.of(job, steps);
            }
        }
        let threads = match self.engine {
            EngineRequest::Gpu => 1,
            _ => rayon::current_num_threads().min(models).max(1),
        };
        seconds.map(|seconds| seconds / threads as f64)
    }
}

fn measure(job: &Job, engine: EngineRequest) -> Result<Cost, TrainerError> {
    let models = match engine {
        EngineRequest::Gpu => POPULATION,
        _ => 1,
    };
    let short = Job {
        steps: BEFORE + TIMED,
        every: 0,
        ..job.clone()
    };
    let mut start = Instant::now();
    let mut lap = || {
        let seconds = start.elapsed().as_secs_f64() / models as f64;
        start = Instant::now();
        seconds
    };
    let jobs = (0..models as u32).map(|model| (model, short.clone()));
    let mut trainer = block_on(Trainer::open(jobs.collect(), engine))?;
    block_on(trainer.advance(BEFORE))?;
    let opening = lap();
    block_on(trainer.advance(TIMED))?;
    let step = lap() / f64::from(TIMED);
    // One measure of one model.
    block_on(trainer.advance(1))?;
    let first = lap();
    while !trainer.ended() {
        block_on(trainer.advance(1))?;
    }
    Ok(Cost {
        opening,
        step,
        look: first * models as f64,
        measurement: first + lap(),
    })
}

/// Two ends of a range in words, or one number where they are the same.
pub fn range([least, most]: [String; 2]) -> String {
    if least == most {
        least
    } else {
        format!("{least} to {most}")
    }
}

/// A time, at least and at most so many seconds, in words, as a sentence has it.
pub fn about(seconds: [f64; 2]) -> String {
    let (unit, length, digits) = match seconds[1] {
        s if s < 90.0 => ("seconds", 1.0, 0),
        s if s < 90.0 * 60.0 => ("minutes", 60.0, 0),
        _ => ("hours", 3600.0, 1),
    };
    let ends = seconds.map(|seconds| format!("{:.digits$}", seconds / length));
    format!("about {} {unit}", range(ends))
}

#[cfg(test)]
mod tests {
    use leftright::config::Config;

    use super::*;

    /// Time grows with steps, measurements and models, and as many models as there are threads take as long
    /// as one. Jobs that differ in neither shape nor measures are measured once.
    #[test]
    fn time_is_that_of_steps_measurements_and_models() {
        let job = |seed, steps, every, measures: &[Measure]| {
            let config = Config {
                seed,
                d_model: 16,
                batch: 8,
                ..Config::default()
            };
            Job {
                every,
                ..Job::new(config.validate().unwrap(), steps, measures.to_vec())
            }
        };
        let slopes = [Measure::Slopes];
        let plateau = job(0, 7, 0, &slopes).until_plateau();
        let kinds = [
            job(0, 7, 0, &slopes),
            job(1, 9, 3, &slopes),
            job(0, 7, 0, &[]),
            plateau.clone(),
        ];
        let estimate = Estimate::new(&kinds, EngineRequest::Cpu).unwrap();
        assert_eq!(estimate.costs.len(), 3);
        let cost = estimate.costs[0].1;
        assert!(cost.step > 0.0 && cost.measurement > 0.0 && cost.opening > 0.0);
        let close = |found: [f64; 2], expected: [f64; 2]| {
            found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-9 * b)
        };
        let (once, often) = (job(0, 1000, 0, &slopes), job(0, 1000, 300, &slopes));
        let one = cost.opening + 1000.0 * cost.step + cost.measurement;
        assert!(close(estimate.seconds([&once]), [one; 2]));
        assert!(close(
            estimate.seconds([&often]),
            [one + 3.0 * cost.measurement; 2]
        ));
        let threads = rayon::current_num_threads();
        let models = |count| estimate.seconds(std::iter::repeat_n(&once, count));
        assert!(close(models(threads), [one; 2]) && close(models(3 * threads), [3.0 * one; 2]));
        assert_eq!(models(0), [0.0; 2]);

        // One that trains until a plateau is looked at on the way, and measured once.
        let cost = estimate.costs[2].1;
        assert!(cost.look > 0.0 && cost.look < cost.measurement);
        let ends = plateau.length().map(|steps| {
            let looks = f64::from(steps / plateau.every - 1);
            cost.opening + cost.step * f64::from(steps) + cost.look * looks + cost.measurement
        });
        assert!(ends[0] < ends[1] && close(estimate.seconds([&plateau]), ends));
    }

    #[test]
    fn times_are_told_in_the_unit_that_fits() {
        for (seconds, told) in [
            ([0.4, 0.4], "about 0 seconds"),
            ([30.2, 89.0], "about 30 to 89 seconds"),
            ([80.0, 95.0], "about 1 to 2 minutes"),
            ([3000.0, 3001.0], "about 50 minutes"),
            ([1800.0, 9000.0], "about 0.5 to 2.5 hours"),
        ] {
            assert_eq!(about(seconds), told);
        }
    }
}
