//! The JSON of a run, as a figure of the page keeps it.

use serde::Deserialize;

use crate::config::Config;

/// More bytes than `leftright train --json` prints of a run of 100,000 steps, with each of its losses.
pub const MAX_BYTES: usize = 1 << 23;

/// What it takes to train a run again. The page writes more beside it: which version and engine trained it,
/// its accuracies.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Recipe {
    /// What is trained; not checked yet.
    pub config: Config,
    /// For how long.
    pub steps: u32,
}

impl Recipe {
    /// Reads a run's JSON.
    ///
    /// # Errors
    /// Where it is not JSON, or says other things of the config or the steps than a run's does.
    pub fn read(json: &[u8]) -> Result<Recipe, serde_json::Error> {
        serde_json::from_slice(json)
    }
}
