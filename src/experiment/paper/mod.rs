//! The experiments: twelve of the paper, the others beyond it. Those that the page has no figure of are behind the
//! feature `report`.

use super::Experiment;

mod ablations;
mod alignment;
mod autoregressive;
mod birth;
mod captions;
#[cfg(feature = "report")]
mod carrier;
mod decomposition;
mod diversity;
#[cfg(feature = "report")]
mod exclusive_or;
mod generalization;
mod grid;
#[cfg(feature = "report")]
mod heads;
mod norm_mlp;
mod parts;
mod phase;
mod reversal;
mod slope;
mod subsets;
mod surgery;
mod text;
mod three;
#[cfg(feature = "report")]
mod tie;

pub use ablations::EXPERIMENT as ABLATIONS;
pub use alignment::EXPERIMENT as ALIGNMENT;
pub use autoregressive::EXPERIMENT as AUTOREGRESSIVE;
pub use birth::EXPERIMENT as BIRTH;
pub use captions::EXPERIMENT as CAPTIONS;
#[cfg(feature = "report")]
pub use carrier::EXPERIMENT as CARRIER;
pub use decomposition::EXPERIMENT as DECOMPOSITION;
pub use diversity::EXPERIMENT as DIVERSITY;
#[cfg(feature = "report")]
pub use exclusive_or::EXPERIMENT as EXCLUSIVE_OR;
pub use generalization::EXPERIMENT as GENERALIZATION;
pub use grid::EXPERIMENT as GRID;
#[cfg(feature = "report")]
pub use heads::EXPERIMENT as HEADS;
pub use norm_mlp::EXPERIMENT as NORM_MLP;
pub use phase::EXPERIMENT as PHASE;
pub use reversal::EXPERIMENT as REVERSAL;
pub use slope::EXPERIMENT as SLOPE;
pub use surgery::EXPERIMENT as SURGERY;
pub use text::EXPERIMENT as TEXT;
pub use three::EXPERIMENT as THREE;
#[cfg(feature = "report")]
pub use tie::EXPERIMENT as TIE;

/// How many there are.
pub(super) const COUNT: usize = if cfg!(feature = "report") { 20 } else { 16 };

pub(super) const ALL: [&Experiment; COUNT] = [
    &GENERALIZATION,
    &DIVERSITY,
    &DECOMPOSITION,
    &ABLATIONS,
    &SLOPE,
    &TEXT,
    &ALIGNMENT,
    &CAPTIONS,
    &GRID,
    &THREE,
    &NORM_MLP,
    &AUTOREGRESSIVE,
    &REVERSAL,
    &SURGERY,
    &PHASE,
    &BIRTH,
    #[cfg(feature = "report")]
    &CARRIER,
    #[cfg(feature = "report")]
    &TIE,
    #[cfg(feature = "report")]
    &HEADS,
    #[cfg(feature = "report")]
    &EXCLUSIVE_OR,
];
