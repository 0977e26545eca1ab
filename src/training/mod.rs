//! A model in training: the choice of the engine, steps, snapshots, and what happens when a device is lost.

mod choice;
#[cfg(feature = "gpu")]
mod proof;
mod run;

pub use choice::{EngineInfo, EngineKind, EngineRequest, open};
#[cfg(feature = "gpu")]
pub use proof::{AGREEMENT, first_step};
pub use run::{Advance, Run, RunError};
