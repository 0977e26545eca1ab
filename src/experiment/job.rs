//! A model to train, and what is measured of it on the way.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Measure;
use crate::config::Config;

/// One model to train and measure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Job {
    /// What is trained.
    pub config: Config,
    /// For how long.
    pub steps: u32,
    /// Steps between measurements; 0 for one at the end.
    pub every: u32,
    /// What is measured.
    pub measures: Vec<Measure>,
}

/// Named numbers, such as `unseen.order` or `EP unseen.order`.
pub type Values = BTreeMap<String, f64>;

/// What was measured of one job's model at one step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Measurement {
    /// The job's place in its list.
    pub job: u32,
    /// Steps done.
    pub step: u32,
    /// The numbers.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "Record<string, number>"))]
    pub values: Values,
}

impl Job {
    /// A job measured once, at its end.
    pub fn new(config: Config, steps: u32, measures: Vec<Measure>) -> Job {
        Job { config, steps, every: 0, measures }
    }

    /// The next step after `step` at which it is measured.
    pub fn next_measurement(&self, step: u32) -> u32 {
        step.checked_div(self.every).map_or(self.steps, |done| (done + 1).saturating_mul(self.every).min(self.steps))
    }
}

/// The measurements of whole runs, each with its job.
pub fn last<'a>(jobs: &'a [Job], measurements: &'a [Measurement]) -> impl Iterator<Item = (&'a Job, &'a Values)> {
    let ended = |measurement: &'a Measurement| {
        let job = jobs.get(measurement.job as usize)?;
        (measurement.step == job.steps).then_some((job, &measurement.values))
    };
    measurements.iter().filter_map(ended)
}
