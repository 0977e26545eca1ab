//! The sixteen experiments: twelve of the paper, four beyond it.

use super::Experiment;

#[cfg(not(target_arch = "wasm32"))]
mod ablations;
mod alignment;
mod autoregressive;
mod birth;
mod captions;
#[cfg(not(target_arch = "wasm32"))]
mod decomposition;
mod diversity;
#[cfg(not(target_arch = "wasm32"))]
mod generalization;
mod grid;
mod norm_mlp;
mod parts;
mod phase;
mod reversal;
mod slope;
mod surgery;
mod text;
mod three;

// The page has no figure that trains models for 1, 3 and 4: a reader's own model shows them in Figures 1 to 3.
pub static ALL: &[Experiment] = &[
    #[cfg(not(target_arch = "wasm32"))]
    generalization::EXPERIMENT,
    diversity::EXPERIMENT,
    #[cfg(not(target_arch = "wasm32"))]
    decomposition::EXPERIMENT,
    #[cfg(not(target_arch = "wasm32"))]
    ablations::EXPERIMENT,
    slope::EXPERIMENT,
    text::EXPERIMENT,
    alignment::EXPERIMENT,
    captions::EXPERIMENT,
    grid::EXPERIMENT,
    three::EXPERIMENT,
    norm_mlp::EXPERIMENT,
    autoregressive::EXPERIMENT,
    reversal::EXPERIMENT,
    surgery::EXPERIMENT,
    phase::EXPERIMENT,
    birth::EXPERIMENT,
];
