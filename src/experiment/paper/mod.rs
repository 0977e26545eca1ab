//! The sixteen experiments: twelve of the paper, four beyond it.

use super::Experiment;

mod parts;

pub static ALL: [Experiment; 0] = [];
