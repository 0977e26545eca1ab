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
    measurement: f64,
}

/// Models that cost the same: of one shape, with the same measures.
type Kind<'a> = (Shape, &'a [Measure]);

fn kind(job: &Job) -> Kind<'_> {
    (job.config.shape(), &job.measures)
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

    /// Seconds that jobs, of kinds that were measured, take when they are trained by themselves.
    pub fn seconds<'b>(&self, jobs: impl IntoIterator<Item = &'b Job>) -> f64 {
        let (mut models, mut seconds) = (0, 0.0);
        for job in jobs {
            let kind = kind(job);
            let (_, cost) = self
                .costs
                .iter()
                .find(|(known, _)| *known == kind)
                .expect("a job of every kind was measured");
            let measurements = match job.every {
                0 => 1,
                every => job.steps.div_ceil(every),
            };
            models += 1;
            seconds +=
                cost.opening + cost.step * f64::from(job.steps) + cost.measurement * f64::from(measurements);
        }
        match self.engine {
            EngineRequest::Gpu => seconds,
            _ => seconds / rayon::current_num_threads().min(models).max(1) as f64,
        }
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
    while !trainer.ended() {
        block_on(trainer.advance(1))?;
    }
    Ok(Cost {
        opening,
        step,
        measurement: lap(),
    })
}

/// A time in words, as a sentence has it.
pub fn about(seconds: f64) -> String {
    match seconds {
        s if s < 90.0 => format!("about {s:.0} seconds"),
        s if s < 90.0 * 60.0 => format!("about {:.0} minutes", s / 60.0),
        s => format!("about {:.1} hours", s / 3600.0),
    }
}

#[cfg(test)]
mod tests {
    use leftright::config::Config;

    use super::*;

    /// Time grows with steps, measurements and models, and as many models as there are threads take as long as
    /// one. Jobs that differ in neither shape nor measures are measured once.
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
        let kinds = [job(0, 7, 0, &slopes), job(1, 9, 3, &slopes), job(0, 7, 0, &[])];
        let estimate = Estimate::new(&kinds, EngineRequest::Cpu).unwrap();
        assert_eq!(estimate.costs.len(), 2);
        let Cost {
            opening,
            step,
            measurement,
        } = estimate.costs[0].1;
        assert!(step > 0.0 && measurement > 0.0 && opening > 0.0);
        let close = |a: f64, b: f64| (a - b).abs() < 1e-9 * b;
        let (once, often) = (job(0, 1000, 0, &slopes), job(0, 1000, 300, &slopes));
        let one = estimate.seconds([&once]);
        assert!(close(one, opening + 1000.0 * step + measurement));
        assert!(close(estimate.seconds([&often]), one + 3.0 * measurement));
        let threads = rayon::current_num_threads();
        let models = |count| estimate.seconds(std::iter::repeat_n(&once, count));
        assert!(close(models(threads), one) && close(models(3 * threads), 3.0 * one));
        assert_eq!(models(0), 0.0);
    }

    #[test]
    fn times_are_told_in_the_unit_that_fits() {
        assert_eq!(
            [0.4, 89.0, 91.0, 3000.0, 9000.0].map(about),
            [
                "about 0 seconds",
                "about 89 seconds",
                "about 2 minutes",
                "about 50 minutes",
                "about 2.5 hours"
            ]
        );
    }
}
