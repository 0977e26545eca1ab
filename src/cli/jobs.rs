//! Jobs on this machine: populations on the GPU one after the other, single models on the CPU over all threads.

use std::sync::Mutex;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use leftright::engine::EngineRequest;
use leftright::experiment::{Job, Measurement, Population};
use rayon::prelude::*;
use std::io::IsTerminal;

use super::Failure;

/// Models that train together on a GPU.
const POPULATION: usize = 32;
/// Steps between two looks of the progress bar.
const STEPS: u32 = 100;

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

/// Jobs in the populations that an engine trains: of one shape and the same steps, in the order they came.
fn populations(jobs: Numbered, engine: EngineRequest) -> Vec<Numbered> {
    let most = if engine == EngineRequest::Gpu { POPULATION } else { 1 };
    let mut groups: Vec<Numbered> = Vec::new();
    for (number, job) in jobs {
        let kind = |job: &Job| (job.config.shape(), job.steps, job.every);
        let fits = |group: &&mut Numbered| group.len() < most && kind(&group[0].1) == kind(&job);
        match groups.iter_mut().find(fits) {
            Some(group) => group.push((number, job)),
            None => groups.push(vec![(number, job)]),
        }
    }
    groups
}

/// Trains jobs to their end; gives every measurement, by job and step. `tick` is told of model steps done.
pub fn train(jobs: Numbered, engine: EngineRequest, tick: &(dyn Fn(u64) + Sync)) -> Result<Vec<Measurement>, Failure> {
    let one = |jobs: Numbered| -> Result<Vec<Measurement>, Failure> {
        let models = jobs.len() as u64;
        let mut population = pollster::block_on(Population::open(jobs, engine))?;
        let mut measurements = Vec::new();
        while let (step, steps) = population.progress()
            && step < steps
        {
            measurements.extend(pollster::block_on(population.advance(STEPS))?);
            tick(models * u64::from(population.progress().0 - step));
        }
        Ok(measurements)
    };
    let populations = populations(jobs, engine);
    let done: Result<Vec<Vec<Measurement>>, Failure> = match engine {
        EngineRequest::Gpu => populations.into_iter().map(one).collect(),
        _ => populations.into_par_iter().map(one).collect(),
    };
    let mut measurements = done?.concat();
    measurements.sort_by_key(|m| (m.job, m.step));
    Ok(measurements)
}

/// A bar over model steps, where somebody looks.
pub fn bar(steps: u64, quiet: bool) -> ProgressBar {
    let hidden = quiet || !std::io::stderr().is_terminal();
    let target = if hidden { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
    let bar = ProgressBar::with_draw_target(Some(steps), target);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {percent}% {msg}, {elapsed} gone, {eta} left") {
        bar.set_style(style);
    }
    bar
}

/// Keeps the first error of many threads.
#[derive(Default)]
pub struct FirstError(Mutex<Option<Failure>>);

impl FirstError {
    /// Whether there was none so far.
    pub fn none(&self) -> bool {
        self.0.lock().is_ok_and(|error| error.is_none())
    }

    /// Keeps an error, if it is the first.
    pub fn keep(&self, error: Failure) {
        if let Ok(mut first) = self.0.lock() {
            first.get_or_insert(error);
        }
    }

    /// The error, if there was one.
    pub fn result(self) -> Result<(), Failure> {
        match self.0.into_inner() {
            Ok(Some(error)) => Err(error),
            _ => Ok(()),
        }
    }
}
