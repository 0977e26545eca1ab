//! The sixteen experiments: twelve of the paper, four beyond it.

use super::Experiment;

mod ablations;
mod alignment;
mod autoregressive;
mod birth;
mod captions;
mod decomposition;
mod diversity;
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

pub static ALL: [Experiment; 16] = [
    generalization::EXPERIMENT,
    diversity::EXPERIMENT,
    decomposition::EXPERIMENT,
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
