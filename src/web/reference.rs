//! An engine alone: on a given batch, as a reference checks it, and on its own, as a clock does.

use std::cell::RefCell;

use serde::Serialize;
use tsify::Tsify;
use wasm_bindgen::prelude::*;

use super::{Failure, busy, read_config, to_js};
use crate::checkpoint;
use crate::config::{Population, PopulationError};
use crate::engine::Engine;
use crate::model::{ParamTable, Snapshot};
use crate::task::{Batch, BatchError};
use crate::training::open;

impl From<BatchError> for Failure {
    fn from(error: BatchError) -> Failure {
        Failure {
            code: "scene",
            message: error.to_string(),
        }
    }
}

impl From<PopulationError> for Failure {
    fn from(error: PopulationError) -> Failure {
        Failure {
            code: "engine",
            message: error.to_string(),
        }
    }
}

/// One tensor's gradient.
#[derive(Serialize, Tsify)]
struct Gradient {
    name: String,
    values: Vec<f32>,
}

/// What training on one batch gave.
#[derive(Serialize, Tsify)]
struct ReferenceRun {
    /// The loss of every step.
    losses: Vec<f32>,
    /// Every tensor's gradient at the first step.
    gradients: Vec<Gradient>,
}

/// Most steps of one call: the worker hears nothing else meanwhile.
const MOST: u32 = 10_000;

fn few(steps: u32) -> Result<(), Failure> {
    let message = format!("steps is {steps}, but must be at most {MOST}");
    if steps > MOST {
        Err(Failure {
            code: "config",
            message,
        })
    } else {
        Ok(())
    }
}

/// Trains a checkpoint's model for `steps` steps on one batch: strips `[B, pixels]`, captions as token ids
/// `[B, 9]`.
#[wasm_bindgen(js_name = trainOn, unchecked_return_type = "ReferenceRun")]
pub async fn train_on(
    checkpoint: &[u8],
    #[wasm_bindgen(unchecked_param_type = "EngineRequest")] engine: JsValue,
    strips: Vec<u32>,
    captions: Vec<u32>,
    steps: u32,
) -> Result<JsValue, JsValue> {
    few(steps)?;
    let request = serde_wasm_bindgen::from_value(engine).map_err(Failure::from)?;
    let (config, snapshot) = checkpoint::load(checkpoint).map_err(Failure::from)?;
    let batch = Batch::from_tokens(&config, &strips, &captions).map_err(Failure::from)?;
    if batch.size != config.batch as usize {
        let message = format!(
            "there are {} captions, but a batch of this model has {}",
            batch.size, config.batch
        );
        return Err(Failure {
            code: "scene",
            message,
        }
        .into());
    }
    let population = Population::from(&config);
    let (mut engine, _) = open(&population, &snapshot, request)
        .await
        .map_err(Failure::from)?;
    let mut run = ReferenceRun {
        losses: Vec::new(),
        gradients: Vec::new(),
    };
    for step in 0..steps {
        run.losses
            .extend(engine.step_on(&batch).await.map_err(Failure::from)?);
        if step == 0 {
            let gradient = engine
                .snapshot()
                .await
                .map_err(Failure::from)?
                .gradients_since(&snapshot, &population);
            let tensors = ParamTable::new(&config).tensors;
            run.gradients = tensors
                .into_iter()
                .map(|t| Gradient {
                    values: gradient[t.range].to_vec(),
                    name: t.name,
                })
                .collect();
        }
    }
    Ok(to_js(&run)?)
}

/// An engine that does nothing but train, for those who time it.
#[wasm_bindgen]
pub struct Bench(RefCell<Engine>);

#[wasm_bindgen]
impl Bench {
    /// Opens the engine of a new population.
    pub async fn open(
        #[wasm_bindgen(unchecked_param_type = "Partial<Config>[]")] configs: Vec<JsValue>,
        #[wasm_bindgen(unchecked_param_type = "EngineRequest")] engine: JsValue,
    ) -> Result<Bench, JsValue> {
        let request = serde_wasm_bindgen::from_value(engine).map_err(Failure::from)?;
        let configs = configs
            .into_iter()
            .map(read_config)
            .collect::<Result<Vec<_>, _>>()?;
        let population = Population::new(configs).map_err(Failure::from)?;
        let opened = open(&population, &Snapshot::initial(&population), request).await;
        Ok(Bench(RefCell::new(opened.map_err(Failure::from)?.0)))
    }

    /// Bytes of the GPU's buffers that the engine holds, by its layout; 0 for the CPU engine.
    #[wasm_bindgen(js_name = bufferBytes)]
    pub fn buffer_bytes(&self) -> Result<f64, JsValue> {
        Ok(self.0.try_borrow().map_err(|_| busy())?.buffer_bytes() as f64)
    }

    /// Trains `steps` steps on batches of their own; resolves when all of them are done, code "busy" if it
    /// already trains.
    #[allow(clippy::await_holding_refcell_ref)] // another call gets the error "busy"
    pub async fn train(&self, steps: u32) -> Result<Vec<f32>, JsValue> {
        few(steps)?;
        let losses = self.0.try_borrow_mut().map_err(|_| busy())?.train(steps).await;
        Ok(losses.map_err(Failure::from)?)
    }
}

/// A matrix product of the step's kind alone, `[m, k] [k, n]`, `calls` times.
#[cfg(feature = "bench")]
#[wasm_bindgen]
pub fn matmul(m: usize, n: usize, k: usize, calls: u32) -> Result<f32, JsValue> {
    use crate::math::{Matrix, Store, matmul};
    [m as u32, n as u32, k as u32].into_iter().try_for_each(few)?;
    let (a, b, mut c) = (vec![0.5; m * k], vec![0.25; k * n], vec![0.0; m * n]);
    for _ in 0..calls {
        matmul(
            (m, n, k),
            Matrix::rows(&a, k),
            Matrix::rows(&b, n),
            std::hint::black_box(&mut c),
            n,
            Store::Set,
        );
    }
    Ok(c.iter().sum())
}
