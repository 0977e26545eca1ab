//! Training, one model or some together, with the GIL released.

use std::sync::Arc;

use leftright::config::{Population, ValidConfig};
use leftright::model::Snapshot;
use leftright::training::{Advance, EngineRequest, Run, RunError, open};
use pollster::block_on;
use pyo3::exceptions::PyRuntimeWarning;
use pyo3::prelude::*;
use rayon::prelude::*;

use crate::argument::whole;
use crate::config::{Config, or_paper};
use crate::error::{Error, Result};
use crate::model::Model;
use crate::watch::{Watched, watch};

/// How long training goes on before it listens for Ctrl-C, in milliseconds.
const CHUNK_MS: f64 = 50.0;

/// An engine by its name.
pub fn engine(name: &str) -> Result<EngineRequest> {
    match name {
        "auto" => Ok(EngineRequest::Auto),
        "cpu" => Ok(EngineRequest::Cpu),
        "gpu" => Ok(EngineRequest::Gpu),
        other => Err(Error::value(format!(
            "engine is \"{other}\", but must be auto, cpu or gpu"
        ))),
    }
}

/// A run that goes on from a model, or begins with a config.
fn begin(from: Option<&Bound<'_, PyAny>>, steps: u32, engine: EngineRequest) -> Result<(Run, Vec<f32>)> {
    let from = from.filter(|from| !from.is_none());
    let Some(model) = from.and_then(|from| from.cast::<Model>().ok()) else {
        let config = from
            .map(|from| from.cast::<Config>())
            .transpose()
            .map_err(PyErr::from)?;
        return Ok((block_on(Run::new(or_paper(config), engine))?, Vec::new()));
    };
    let model = model.get();
    model.whole("trained")?;
    if !model.snapshot.has_state() {
        return Err(Error::value(
            "the model was read without its training's state, so its training cannot go on; write it with save(path, state=True)",
        ));
    }
    if model.snapshot.step >= steps {
        return Err(Error::value(format!(
            "the model is at step {} already, but steps must be above that",
            model.snapshot.step
        )));
    }
    let run = Run::resume(model.config.clone(), (*model.snapshot).clone(), engine);
    Ok((block_on(run)?, model.losses.to_vec()))
}

/// Trains to a step. `progress` is called with the step and the loss, `callback` with a model at every `every`-th step
/// and at the last; False from it ends the training there.
#[pyfunction]
#[pyo3(signature = (from_, steps, every, engine, progress, callback))]
pub fn train(
    py: Python<'_>,
    from_: Option<&Bound<'_, PyAny>>,
    steps: &Bound<'_, PyAny>,
    every: &Bound<'_, PyAny>,
    engine: &str,
    progress: &Bound<'_, PyAny>,
    callback: Option<&Bound<'_, PyAny>>,
) -> Result<Model> {
    let steps = whole("steps", steps, 0..=u32::MAX, Error::value)?;
    let every = whole("every", every, 1..=u32::MAX, Error::value)?;
    let (mut run, before) = begin(from_, steps, self::engine(engine)?)?;
    loop {
        let step = run.step();
        let mark = match callback {
            Some(_) => steps.min((step / every + 1).saturating_mul(every)),
            None => steps,
        };
        let advance = py.detach(|| {
            block_on(async {
                if step < mark {
                    run.advance(mark - step, CHUNK_MS).await
                } else {
                    run.settle().await
                }
            })
        })?;
        py.check_signals()?;
        tell(py, &advance)?;
        progress.call1((run.step(), run.losses().last()))?;
        if run.step() < mark {
            continue;
        }
        let settled = py.detach(|| block_on(run.settle()))?;
        tell(py, &settled)?;
        if settled.rewound_to.is_some() {
            continue;
        }
        let losses = [&before, run.losses()].concat();
        let model = Model::new(run.config().clone(), run.latest(), losses);
        let ended = match callback {
            Some(callback) => callback
                .call1((model.clone(),))?
                .extract::<bool>()
                .is_ok_and(|go_on| !go_on),
            None => false,
        };
        if ended || run.step() >= steps {
            return Ok(model);
        }
    }
}

/// Warns of what a reader of the page is told: a device that was lost.
fn tell(py: Python<'_>, advance: &Advance) -> PyResult<()> {
    let Some(notice) = &advance.notice else {
        return Ok(());
    };
    let notice = std::ffi::CString::new(notice.as_str())?;
    PyErr::warn(py, &py.get_type::<PyRuntimeWarning>(), &notice, 1)
}

/// Trains models of one shape to a step: on the CPU over all threads, on the GPU as one population. `progress` is called
/// with the steps that all of them have done.
#[pyfunction]
pub fn train_together(
    py: Python<'_>,
    configs: Vec<Bound<'_, Config>>,
    steps: &Bound<'_, PyAny>,
    engine: &str,
    progress: &Bound<'_, PyAny>,
) -> Result<Vec<Model>> {
    let steps = whole("steps", steps, 0..=u32::MAX, Error::value)?;
    let population = Population::new(configs.iter().map(|config| config.get().0.clone()).collect())?;
    let engine = leftright::sweep::resolve(self::engine(engine)?, &population);
    watch(py, progress, |watched| {
        if engine == EngineRequest::Gpu {
            return on_gpu(&population, steps, watched);
        }
        population
            .par_iter()
            .enumerate()
            .map(|(place, config)| alone(place, config, steps, watched))
            .collect()
    })
}

/// One of some models is not finite any more, and they end together.
fn diverged(place: usize, config: &ValidConfig, step: u32) -> Error {
    Error::training(format!(
        "the loss is not finite at step {step} of model {place}, whose seed is {}",
        config.seed
    ))
}

fn alone(place: usize, config: &ValidConfig, steps: u32, watched: &Watched) -> Result<Model> {
    let named = |error| match error {
        RunError::NotFinite { step, .. } => diverged(place, config, step),
        RunError::Engine(error) => error.into(),
    };
    let mut run = block_on(Run::new(config.clone(), EngineRequest::Cpu))?;
    while run.step() < steps {
        let advance = block_on(run.advance(steps - run.step(), CHUNK_MS)).map_err(named)?;
        watched.tick(advance.losses.len() as u64)?;
    }
    block_on(run.settle()).map_err(named)?;
    Ok(Model::new(config.clone(), run.latest(), run.losses().to_vec()))
}

fn on_gpu(population: &Population, steps: u32, watched: &Watched) -> Result<Vec<Model>> {
    let models = population.len();
    let first = Snapshot::initial(population);
    let (mut engine, _) = block_on(open(population, &first, EngineRequest::Gpu))?;
    let mut losses = Vec::new();
    while losses.len() < steps as usize * models {
        let left = steps - (losses.len() / models) as u32;
        let count = left.min(50);
        let begun = losses.len();
        losses.extend(block_on(engine.train(count))?);
        if let Some(bad) = losses[begun..].iter().position(|loss| !loss.is_finite()) {
            let (step, place) = ((begun + bad) / models + 1, bad % models);
            return Err(diverged(place, &population[place], step as u32));
        }
        watched.tick(u64::from(count) * models as u64)?;
    }
    let all = block_on(engine.snapshot())?;
    let len = all.params.len() / models;
    let one = |(place, config): (usize, &ValidConfig)| {
        let part = |values: &[f32]| values[place * len..][..len].to_vec();
        let snapshot = Snapshot {
            step: all.step,
            params: part(&all.params),
            first: part(&all.first),
            second: part(&all.second),
        };
        if !snapshot.is_finite() {
            return Err(diverged(place, config, all.step));
        }
        let losses = losses.iter().skip(place).step_by(models).copied().collect();
        Ok(Model::new(config.clone(), Arc::new(snapshot), losses))
    };
    population.iter().enumerate().map(one).collect()
}
