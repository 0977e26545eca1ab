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
