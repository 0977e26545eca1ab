//! Experiments in the page: what there is, populations in training in their own workers, and what was found.

use std::cell::RefCell;

use wasm_bindgen::prelude::*;
use web_time::Instant;

use super::model::Model;
use super::session::{CHUNK_MS, yield_to_events};
use super::{Failure, busy, from_js, to_js};
use crate::experiment::{
    self, Experiment, ExperimentInfo, Job, Measurement, POPULATION, Summary, TrainerError, Values,
};
use crate::training::{EngineInfo, EngineRequest};

/// The experiments that the page has a figure for. A reader's own model shows the others (1, 3 and 4) in
/// Figures 1 to 3, and what is not named here is not in the module that a reader downloads.
const SHOWN: [&Experiment; 13] = [
    &experiment::DIVERSITY,
    &experiment::SLOPE,
    &experiment::TEXT,
    &experiment::ALIGNMENT,
    &experiment::CAPTIONS,
    &experiment::GRID,
    &experiment::THREE,
    &experiment::NORM_MLP,
    &experiment::AUTOREGRESSIVE,
    &experiment::REVERSAL,
    &experiment::SURGERY,
    &experiment::PHASE,
    &experiment::BIRTH,
];

impl From<TrainerError> for Failure {
    fn from(error: TrainerError) -> Failure {
        match error {
            TrainerError::Analysis(error) => error.into(),
            TrainerError::Engine(_) | TrainerError::Population(_) | TrainerError::Steps => Failure {
                code: "engine",
                message: error.to_string(),
            },
        }
    }
}

fn named(name: &str) -> Result<&'static Experiment, Failure> {
    SHOWN
        .into_iter()
        .find(|experiment| experiment.name == name)
        .ok_or_else(|| {
            let names = SHOWN.map(|experiment| experiment.name).join(", ");
            Failure {
                code: "config",
                message: format!("there is no experiment \"{name}\"; there are {names}"),
            }
        })
}

/// An experiment, and the models that it trains to find out.
#[derive(serde::Serialize, tsify::Tsify)]
struct Plan {
    info: ExperimentInfo,
    jobs: Vec<Job>,
    /// Which jobs, by their places, can be trained as one population.
    populations: Vec<Vec<u32>>,
}

/// What an experiment asks and trains.
#[wasm_bindgen(unchecked_return_type = "Plan")]
pub fn plan(
    name: &str,
    #[wasm_bindgen(unchecked_param_type = "Scale")] scale: JsValue,
) -> Result<JsValue, JsValue> {
    let experiment = named(name)?;
    let jobs = (experiment.jobs)(from_js(scale, "config")?);
    Ok(to_js(&Plan {
        info: experiment.info(),
        populations: experiment::populations(&jobs, POPULATION),
        jobs,
    })?)
}

/// Which of a reader's own jobs, by their places, can be trained as one population.
#[wasm_bindgen(unchecked_return_type = "number[][]")]
pub fn populations(
    #[wasm_bindgen(unchecked_param_type = "Job[]")] jobs: JsValue,
) -> Result<JsValue, JsValue> {
    let jobs: Vec<Job> = from_js(jobs, "config")?;
    Ok(to_js(&experiment::populations(&jobs, POPULATION))?)
}

/// What the measurements of some of an experiment's jobs say.
#[wasm_bindgen(unchecked_return_type = "Summary")]
pub fn summarise(
    name: &str,
    #[wasm_bindgen(unchecked_param_type = "Scale")] scale: JsValue,
    #[wasm_bindgen(unchecked_param_type = "Measurement[]")] measurements: JsValue,
) -> Result<JsValue, JsValue> {
    let experiment = named(name)?;
    let jobs = (experiment.jobs)(from_js(scale, "config")?);
    let measurements: Vec<Measurement> = from_js(measurements, "config")?;
    let summary: Summary = experiment.summarise(&jobs, &measurements);
    Ok(to_js(&summary)?)
}

/// Numbered jobs in training in one worker.
#[wasm_bindgen]
pub struct Trainer {
    /// Borrowed by `run` to its end.
    jobs: RefCell<experiment::Trainer>,
    info: EngineInfo,
}

#[wasm_bindgen]
impl Trainer {
    /// Opens an engine for jobs of one shape; `numbers[i]` is the number that job i's measurements carry.
    pub async fn open(
        #[wasm_bindgen(unchecked_param_type = "Job[]")] jobs: JsValue,
        numbers: Vec<u32>,
        #[wasm_bindgen(unchecked_param_type = "EngineRequest")] engine: JsValue,
    ) -> Result<Trainer, JsValue> {
        let jobs: Vec<Job> = from_js(jobs, "config")?;
        let request: EngineRequest = from_js(engine, "config")?;
        if numbers.len() != jobs.len() {
            let message = format!("there are {} numbers for {} jobs", numbers.len(), jobs.len());
            return Err(Failure {
                code: "config",
                message,
            }
            .into());
        }
        let jobs = numbers.into_iter().zip(jobs).collect();
        let jobs = experiment::Trainer::open(jobs, request)
            .await
            .map_err(Failure::from)?;
        Ok(Trainer {
            info: jobs.info().clone(),
            jobs: RefCell::new(jobs),
        })
    }

    /// Trains to the end, calling `on_progress(step, steps, measurement)` as it goes; code "busy" if it
    /// already does. To stop it, end its worker.
    #[allow(clippy::await_holding_refcell_ref)] // another call gets the error "busy"
    pub async fn run(
        &self,
        #[wasm_bindgen(
            unchecked_param_type = "(step: number, steps: number, measurement: Measurement | undefined) => void"
        )]
        on_progress: js_sys::Function,
    ) -> Result<(), JsValue> {
        let mut jobs = self.jobs.try_borrow_mut().map_err(|_| busy())?;
        let mut chunk = 1;
        while !jobs.ended() {
            let before = jobs.progress().0;
            let start = Instant::now();
            let measurement = jobs.advance(chunk).await.map_err(Failure::from)?;
            let elapsed = start.elapsed().as_secs_f64() * 1e3;
            let (step, steps) = jobs.progress();
            if step > before {
                chunk = if elapsed < CHUNK_MS {
                    (2 * chunk).min(64)
                } else {
                    (chunk / 2).max(1)
                };
            }
            on_progress.call3(&JsValue::NULL, &step.into(), &steps.into(), &to_js(&measurement)?)?;
            yield_to_events().await?;
        }
        Ok(())
    }

    /// The engine that trains, and why.
    #[wasm_bindgen(unchecked_return_type = "EngineInfo")]
    pub fn engine(&self) -> Result<JsValue, JsValue> {
        Ok(to_js(&self.info)?)
    }
}

/// One part of an experiment's measurements of a single model.
#[derive(serde::Serialize, tsify::Tsify)]
struct Examination {
    /// How many parts there are.
    parts: u32,
    /// What this part measured.
    #[tsify(type = "Record<string, number>")]
    values: Values,
}

#[wasm_bindgen]
impl Model {
    /// Measures it as an experiment does, one part at a time, so that a page can show progress and stop.
    #[wasm_bindgen(unchecked_return_type = "Examination")]
    pub fn examine(&self, experiment: &str, part: u32) -> Result<JsValue, JsValue> {
        let measures = named(experiment)?.measures();
        let mut values = Values::default();
        if let Some(measure) = measures.get(part as usize) {
            measure
                .take(&self.evaluator, &self.snapshot.params, &mut values)
                .map_err(Failure::from)?;
        }
        Ok(to_js(&Examination {
            parts: measures.len() as u32,
            values,
        })?)
    }

    /// What values measured of it say, as an experiment's summary of one model.
    #[wasm_bindgen(js_name = summariseExamination, unchecked_return_type = "Summary")]
    pub fn summarise_examination(
        &self,
        experiment: &str,
        #[wasm_bindgen(unchecked_param_type = "Record<string, number>")] values: JsValue,
    ) -> Result<JsValue, JsValue> {
        let experiment = named(experiment)?;
        let step = self.snapshot.step;
        let job = Job::new(self.evaluator.config().clone(), step, experiment.measures());
        let measurement = Measurement {
            job: 0,
            step,
            values: from_js(values, "config")?,
        };
        Ok(to_js(&experiment.summarise(&[job], &[measurement]))?)
    }
}
