//! The two engines behind one `enum`.

pub mod cpu;
#[cfg(feature = "gpu")]
pub mod gpu;

use crate::config::Population;
use crate::model::Snapshot;
use crate::task::Batch;

/// Why an engine cannot go on.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EngineError {
    /// There is no adapter, or it refuses a device of the limits we need.
    #[error("the GPU engine cannot start: {0}")]
    Unavailable(String),
    /// The device was lost (removed, reset, destroyed).
    #[error("the GPU device was lost: {0}")]
    DeviceLost(String),
    /// The population has more models than the device takes.
    #[error("the population has {models} models, but the GPU engine trains at most {allowed} together")]
    TooMany {
        /// How many.
        models: usize,
        /// The device's limit.
        allowed: usize,
    },
    /// The population does not fit the device.
    #[error("the population needs {needed} bytes in one GPU buffer, but the device allows {allowed}")]
    TooLarge {
        /// Bytes of the largest buffer.
        needed: u64,
        /// The device's limit.
        allowed: u64,
    },
}

/// An engine in training.
#[derive(Debug)]
pub enum Engine {
    /// On the CPU.
    Cpu(Box<cpu::Cpu<f32>>),
    /// On the GPU.
    #[cfg(feature = "gpu")]
    Gpu(Box<gpu::Gpu>),
}

impl Engine {
    /// The CPU engine of a population, going on from a snapshot of it.
    pub fn cpu(population: &Population, from: &Snapshot) -> Engine {
        Engine::Cpu(Box::new(cpu::Cpu::new(population, from)))
    }

    /// Trains every model `steps` steps, each on its own batches; gives the losses `[steps, P]`.
    ///
    /// # Errors
    /// Where the GPU device is lost. The CPU engine has no errors.
    pub async fn train(&mut self, steps: u32) -> Result<Vec<f32>, EngineError> {
        match self {
            Engine::Cpu(cpu) => {
                let mut losses = Vec::new();
                (0..steps).for_each(|_| cpu.step_into(&mut losses));
                Ok(losses)
            }
            #[cfg(feature = "gpu")]
            Engine::Gpu(gpu) => gpu.train(steps).await,
        }
    }

    /// One step of every model on one given batch of the config's size; gives the losses `[P]`.
    ///
    /// # Errors
    /// As [`Engine::train`].
    ///
    /// # Panics
    /// Where the batch has another size.
    pub async fn step_on(&mut self, batch: &Batch) -> Result<Vec<f32>, EngineError> {
        match self {
            Engine::Cpu(cpu) => Ok(cpu.step_on(batch)),
            #[cfg(feature = "gpu")]
            Engine::Gpu(gpu) => gpu.step_on(batch).await,
        }
    }

    /// A copy of the whole training state.
    ///
    /// # Errors
    /// As [`Engine::train`].
    pub async fn snapshot(&self) -> Result<Snapshot, EngineError> {
        match self {
            Engine::Cpu(cpu) => Ok(cpu.snapshot()),
            #[cfg(feature = "gpu")]
            Engine::Gpu(gpu) => gpu.snapshot().await,
        }
    }

    /// Bytes of the GPU's buffers that the engine holds; 0 for the CPU engine.
    pub fn buffer_bytes(&self) -> u64 {
        match self {
            Engine::Cpu(_) => 0,
            #[cfg(feature = "gpu")]
            Engine::Gpu(gpu) => gpu.bytes(),
        }
    }

    /// Destroys the GPU device, as a driver's reset would; nothing on the CPU engine.
    pub fn lose_device(&self) {
        #[cfg(feature = "gpu")]
        if let Engine::Gpu(gpu) = self {
            gpu.destroy();
        }
    }
}
