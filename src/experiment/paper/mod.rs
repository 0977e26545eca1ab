//! The experiments: twelve of the paper, the others beyond it.

use super::Experiment;

mod ablations;
mod alignment;
mod autoregressive;
mod birth;
mod captions;
mod carrier;
mod decomposition;
mod diversity;
mod exclusive_or;
mod generalization;
mod grid;
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
mod tie;

pub use ablations::EXPERIMENT as ABLATIONS;
pub use alignment::EXPERIMENT as ALIGNMENT;
pub use autoregressive::EXPERIMENT as AUTOREGRESSIVE;
pub use birth::EXPERIMENT as BIRTH;
pub use captions::EXPERIMENT as CAPTIONS;
pub use carrier::EXPERIMENT as CARRIER;
pub use decomposition::EXPERIMENT as DECOMPOSITION;
pub use diversity::EXPERIMENT as DIVERSITY;
pub use exclusive_or::EXPERIMENT as EXCLUSIVE_OR;
pub use generalization::EXPERIMENT as GENERALIZATION;
pub use grid::EXPERIMENT as GRID;
pub use heads::EXPERIMENT as HEADS;
pub use norm_mlp::EXPERIMENT as NORM_MLP;
pub use phase::EXPERIMENT as PHASE;
pub use reversal::EXPERIMENT as REVERSAL;
pub use slope::EXPERIMENT as SLOPE;
pub use surgery::EXPERIMENT as SURGERY;
pub use text::EXPERIMENT as TEXT;
pub use three::EXPERIMENT as THREE;
pub use tie::EXPERIMENT as TIE;

pub(super) const ALL: [&Experiment; 20] = [
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
    &CARRIER,
    &TIE,
    &HEADS,
    &EXCLUSIVE_OR,
];
