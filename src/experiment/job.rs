//! A model to train, and what is measured of it on the way.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Measure, Metric};
use crate::config::ValidConfig;

/// One model to train and measure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "web", derive(tsify::Tsify))]
pub struct Job {
    /// What is trained.
    #[cfg_attr(feature = "web", tsify(type = "Config"))]
    pub config: ValidConfig,
    /// For how long.
    pub steps: u32,
    /// Steps between measurements; 0 for one at the end.
    pub every: u32,
    /// What is measured.
    pub measures: Vec<Measure>,
}

/// The numbers that were measured, by the names of their metrics.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Values(BTreeMap<String, f64>);

impl Values {
    /// A number, where it was measured.
    pub fn get(&self, metric: &Metric) -> Option<f64> {
        self.0.get(&metric.to_string()).copied()
    }

    /// Adds a number; gives the one of the same metric that it replaces.
    pub fn insert(&mut self, metric: Metric, value: f64) -> Option<f64> {
        self.0.insert(metric.to_string(), value)
    }

    /// Every number with the name of its metric, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, f64)> {
        self.0.iter().map(|(name, value)| (name.as_str(), *value))
    }
}

impl Extend<(Metric, f64)> for Values {
    fn extend<I: IntoIterator<Item = (Metric, f64)>>(&mut self, values: I) {
        self.0.extend(
            values
                .into_iter()
                .map(|(metric, value)| (metric.to_string(), value)),
        );
    }
}

impl FromIterator<(Metric, f64)> for Values {
    fn from_iter<I: IntoIterator<Item = (Metric, f64)>>(values: I) -> Values {
        let mut all = Values::default();
        all.extend(values);
        all
    }
}

/// What was measured of one job's model at one step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "web", derive(tsify::Tsify))]
pub struct Measurement {
    /// The job's place in its list.
    pub job: u32,
    /// Steps done.
    pub step: u32,
    /// The numbers.
    #[cfg_attr(feature = "web", tsify(type = "Record<string, number>"))]
    pub values: Values,
}

impl Job {
    /// A job measured once, at its end.
    pub fn new(config: ValidConfig, steps: u32, measures: Vec<Measure>) -> Job {
        Job {
            config,
            steps,
            every: 0,
            measures,
        }
    }

    /// The next step after `step` at which it is measured.
    pub fn next_measurement(&self, step: u32) -> u32 {
        step.checked_div(self.every).map_or(self.steps, |done| {
            (done + 1).saturating_mul(self.every).min(self.steps)
        })
    }
}

/// The measurements of the job in a place, in the order they were taken; none where its run has not ended.
pub fn course<'a>(place: u32, job: &Job, measurements: &'a [Measurement]) -> Option<Vec<&'a Measurement>> {
    let run: Vec<&Measurement> = measurements.iter().filter(|m| m.job == place).collect();
    (run.last()?.step == job.steps).then_some(run)
}

/// The measurements of whole runs, each with its job.
pub fn last<'a>(
    jobs: &'a [Job],
    measurements: &'a [Measurement],
) -> impl Iterator<Item = (&'a Job, &'a Values)> {
    let ended = |measurement: &'a Measurement| {
        let job = jobs.get(measurement.job as usize)?;
        (measurement.step == job.steps).then_some((job, &measurement.values))
    };
    measurements.iter().filter_map(ended)
}
