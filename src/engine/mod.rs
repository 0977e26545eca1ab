//! The two engines behind one `enum`, the choice between them, and a run in training.

mod choice;
pub mod cpu;
pub mod gpu;
pub mod graph;
mod run;

pub use choice::{AGREEMENT, first_step, open};
pub use run::{Advance, Evaluation, Run, RunError};

use serde::{Deserialize, Serialize};

use crate::config::Config;
use crate::params::ParamTable;
use crate::task::Batch;

/// A population's whole training state between two steps; P models, each `len` floats by the parameter table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Snapshot {
    /// Steps done.
    pub step: u32,
    /// Parameters `[P, len]`.
    pub params: Vec<f32>,
    /// AdamW's first moments `[P, len]`.
    pub first: Vec<f32>,
    /// AdamW's second moments `[P, len]`.
    pub second: Vec<f32>,
}

impl Snapshot {
    /// A new population, one model per config.
    pub fn initial(configs: &[Config]) -> Snapshot {
        let params: Vec<f32> = configs.iter().flat_map(|c| ParamTable::new(c).initialise(c)).collect();
        Snapshot { step: 0, first: vec![0.0; params.len()], second: vec![0.0; params.len()], params }
    }

    /// The gradients `[P, len]` of the one step from `before` to here, by AdamW's first moments: m = b1 m' + (1 - b1) g.
    pub fn gradients_since(&self, before: &Snapshot, configs: &[Config]) -> Vec<f32> {
        let len = self.first.len() / configs.len();
        let moments = self.first.iter().zip(&before.first).enumerate();
        let gradient =
            |(i, (m, was)): (usize, (&f32, &f32))| (m - configs[i / len].beta1 as f32 * was) / (1.0 - configs[i / len].beta1 as f32);
        moments.map(gradient).collect()
    }

    /// Whether training can go on from here.
    pub fn is_finite(&self) -> bool {
        [&self.params, &self.first, &self.second].into_iter().flatten().all(|x| x.is_finite())
    }
}

/// Which engine a user asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "lowercase")]
pub enum EngineRequest {
    /// The GPU engine where it is right and faster, else the CPU engine.
    #[default]
    Auto,
    /// The CPU engine.
    Cpu,
    /// The GPU engine, or an error.
    Gpu,
}

/// Which engine runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "lowercase")]
pub enum EngineKind {
    /// Rust, SIMD.
    Cpu,
    /// WGSL compute shaders.
    Gpu,
}

/// The engine that runs, and why.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify), tsify(missing_as_null))]
pub struct EngineInfo {
    /// Which runs.
    pub kind: EngineKind,
    /// Which was asked for.
    pub requested: EngineRequest,
    /// Why, in one sentence.
    pub reason: String,
    /// The GPU adapter's name, where one was found.
    pub adapter: Option<String>,
}

/// Why an engine cannot go on.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EngineError {
    /// There is no adapter, or it refuses a device of the limits we need.
    #[error("the GPU engine cannot start: {0}")]
    Unavailable(String),
    /// The device was lost (removed, reset, destroyed).
    #[error("the GPU device was lost: {0}")]
    DeviceLost(String),
    /// The population does not fit the device.
    #[error("the population needs {needed} bytes in one GPU buffer, but the device allows {allowed}")]
    TooLarge {
        /// Bytes of the largest buffer.
        needed: u64,
        /// The device's limit.
        allowed: u64,
    },
    /// There is nothing to train.
    #[error("a population must have at least one model")]
    Empty,
    /// A population's configs must describe models of one shape.
    #[error("the models of a population must have one shape, but {0} differs")]
    Shapes(&'static str),
}

/// Refuses a population of no models, or of models of more than one shape.
fn one_shape(configs: &[Config]) -> Result<(), EngineError> {
    let first = configs.first().map(Config::shape).ok_or(EngineError::Empty)?;
    let difference = |config: &Config| {
        let values = first.bits().into_iter().zip(config.shape().bits());
        first.fields().into_iter().zip(values).find(|(_, (first, other))| first != other).map(|(field, _)| field.name)
    };
    configs.iter().find_map(difference).map_or(Ok(()), |name| Err(EngineError::Shapes(name)))
}

/// An engine in training.
pub enum Engine {
    /// On the CPU.
    Cpu(Box<cpu::Cpu<f32>>),
    /// On the GPU.
    Gpu(Box<gpu::Gpu>),
}

impl Engine {
    /// The CPU engine of configs that `one_shape` has let pass, going on from a snapshot.
    fn cpu(configs: &[Config], from: &Snapshot) -> Engine {
        Engine::Cpu(Box::new(cpu::Cpu::new(configs, from)))
    }

    /// Trains `steps` steps; gives the losses `[steps, P]`.
    pub async fn train(&mut self, steps: u32) -> Result<Vec<f32>, EngineError> {
        match self {
            Engine::Cpu(cpu) => {
                let mut losses = Vec::new();
                (0..steps).for_each(|_| cpu.step_into(&mut losses));
                Ok(losses)
            }
            Engine::Gpu(gpu) => gpu.train(steps).await,
        }
    }

    /// One step of every model on one given batch; gives the losses `[P]`.
    pub async fn step_on(&mut self, batch: &Batch) -> Result<Vec<f32>, EngineError> {
        match self {
            Engine::Cpu(cpu) => Ok(cpu.step_on(batch)),
            Engine::Gpu(gpu) => gpu.step_on(batch).await,
        }
    }

    /// A copy of the whole training state.
    pub async fn snapshot(&self) -> Result<Snapshot, EngineError> {
        match self {
            Engine::Cpu(cpu) => Ok(cpu.snapshot()),
            Engine::Gpu(gpu) => gpu.snapshot().await,
        }
    }
}
