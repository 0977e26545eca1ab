//! Jobs on this machine: populations on the GPU one after the other, single models on the CPU over all
//! threads.

use rayon::prelude::*;

use crate::config::{Population, ValidConfig};
use crate::experiment::{Job, Measurement, POPULATION, Trainer, TrainerError, populations};
use crate::model::Snapshot;
use crate::training::{EngineKind, EngineRequest, open};

/// Numbered jobs that train together.
pub type Numbered = Vec<(u32, Job)>;

/// Steps between two ticks: on the GPU each of them waits for its numbers.
fn stride(engine: EngineRequest) -> u32 {
    if engine == EngineRequest::Gpu { 100 } else { 10 }
}

/// The engine that models of these configs use: the one that is asked for or, for `Auto`, the one that
/// [`open`] chooses for the first population of them.
pub fn resolve(request: EngineRequest, configs: &[ValidConfig]) -> EngineRequest {
    let (EngineRequest::Auto, Some(first)) = (request, configs.first()) else {
        return request;
    };
    let alike = configs.iter().filter(|config| config.shape() == first.shape());
    let population = Population::new(alike.take(POPULATION).cloned().collect())
        .expect("models of one shape, and one of them is there");
    let from = Snapshot::initial(&population);
    let opened = pollster::block_on(open(&population, &from, request));
    match opened
        .expect("without an engine asked for by name there is always one")
        .1
        .kind
    {
        EngineKind::Cpu => EngineRequest::Cpu,
        EngineKind::Gpu => EngineRequest::Gpu,
    }
}

/// Trains jobs to their end; gives every measurement, by job and step. `tick` is told of model steps done, and
/// its error ends the training.
///
/// # Errors
/// As [`Trainer::open`] and [`Trainer::advance`], and those of `tick`.
pub fn train<E: From<TrainerError> + Send>(
    jobs: Numbered,
    engine: EngineRequest,
    tick: &(dyn Fn(u64) -> Result<(), E> + Sync),
) -> Result<Vec<Measurement>, E> {
    let one = |jobs: Numbered| -> Result<Vec<Measurement>, E> {
        let models = jobs.len() as u64;
        let mut trainer = pollster::block_on(Trainer::open(jobs, engine))?;
        let mut measurements = Vec::new();
        while !trainer.ended() {
            let step = trainer.progress().0;
            measurements.extend(pollster::block_on(trainer.advance(stride(engine)))?);
            tick(models * u64::from(trainer.progress().0 - step))?;
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
    let done: Result<Vec<Vec<Measurement>>, E> = match engine {
        EngineRequest::Gpu => populations.into_iter().map(one).collect(),
        _ => populations.into_par_iter().map(one).collect(),
    };
    let mut measurements = done?.concat();
    measurements.sort_by_key(|m| (m.job, m.step));
    Ok(measurements)
}
