//! Jobs on this machine: populations on the GPU one after the other, single models on the CPU over all
//! threads.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use leftright::experiment::{Job, Measurement, POPULATION, Trainer, populations};
use leftright::training::EngineRequest;
use rayon::prelude::*;

use crate::Failure;

/// Steps between two looks of the progress bar.
const STEPS: u32 = 100;

/// A bar over the steps of many models.
pub const MANY: &str = "{bar:30} {percent}% {msg}, {elapsed} gone, {eta} left";

/// Numbered jobs that train together.
pub type Numbered = Vec<(u32, Job)>;

/// The engine that jobs use: the GPU only where there is a real one, unless it is asked for.
pub fn resolve(request: EngineRequest) -> EngineRequest {
    match request {
        EngineRequest::Auto => match pollster::block_on(leftright::engine::gpu::adapter()) {
            Ok(adapter) if !adapter.is_cpu() => EngineRequest::Gpu,
            _ => EngineRequest::Cpu,
        },
        asked => asked,
    }
}

/// Trains jobs to their end; gives every measurement, by job and step. `tick` is told of model steps done.
pub fn train(
    jobs: Numbered,
    engine: EngineRequest,
    tick: &(dyn Fn(u64) + Sync),
) -> Result<Vec<Measurement>, Failure> {
    let one = |jobs: Numbered| -> Result<Vec<Measurement>, Failure> {
        let models = jobs.len() as u64;
        let mut trainer = pollster::block_on(Trainer::open(jobs, engine))?;
        let mut measurements = Vec::new();
        while !trainer.ended() {
            let step = trainer.progress().0;
            measurements.extend(pollster::block_on(trainer.advance(STEPS))?);
            tick(models * u64::from(trainer.progress().0 - step));
        }
        Ok(measurements)
    };
    let most = if engine == EngineRequest::Gpu {
        POPULATION
    } else {
        1
    };
    let (numbers, plain): (Vec<u32>, Vec<Job>) = jobs.into_iter().unzip();
    let numbered = |place: u32| (numbers[place as usize], plain[place as usize].clone());
    let populations: Vec<Numbered> = populations(&plain, most)
        .into_iter()
        .map(|places| places.into_iter().map(numbered).collect())
        .collect();
    let done: Result<Vec<Vec<Measurement>>, Failure> = match engine {
        EngineRequest::Gpu => populations.into_iter().map(one).collect(),
        _ => populations.into_par_iter().map(one).collect(),
    };
    let mut measurements = done?.concat();
    measurements.sort_by_key(|m| (m.job, m.step));
    Ok(measurements)
}

/// A bar over steps, where somebody looks.
pub fn bar(steps: u64, quiet: bool, template: &'static str) -> ProgressBar {
    let hidden = quiet || !std::io::stderr().is_terminal();
    let target = if hidden {
        ProgressDrawTarget::hidden()
    } else {
        ProgressDrawTarget::stderr()
    };
    let bar = ProgressBar::with_draw_target(Some(steps), target);
    bar.with_style(ProgressStyle::with_template(template).expect("the template is ours"))
}
