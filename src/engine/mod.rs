//! The two engines behind one `enum`, the choice between them, and a run in training.

pub mod cpu;

use crate::config::Config;
use crate::params::ParamTable;

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
}
