//! A model to train, and what is measured of it on the way.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Intervention, Measure, Metric};
use crate::analysis::Score;
use crate::config::ValidConfig;
use crate::task::Split;

/// Steps of a job that trains until a plateau, at most.
const PLATEAU_STEPS: u32 = 20_000;
/// Steps between two looks at whether it is on one.
const PLATEAU_EVERY: u32 = 500;
/// Looks for which nothing may have risen.
const PLATEAU_LENGTH: usize = 4;
/// A rise that counts.
const RISE: f64 = 0.02;
/// Retrieval on seen pairs of a model that has learned its training pairs.
const LEARNED: f64 = 0.99;

/// One model to train and measure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "web", derive(tsify::Tsify))]
pub struct Job {
    /// What is trained.
    #[cfg_attr(feature = "web", tsify(type = "Config"))]
    pub config: ValidConfig,
    /// For how long, or at most for how long.
    pub steps: u32,
    /// Steps between measurements; 0 for one at the end.
    pub every: u32,
    /// What is measured.
    pub measures: Vec<Measure>,
    /// Whether training ends once it teaches nothing more ([`Job::ended`]). What is measured on the way is then
    /// what tells that, and `measures` are taken at the end.
    pub plateau: bool,
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
            plateau: false,
        }
    }

    /// The same model trained until a plateau, for at most 20,000 steps.
    pub fn until_plateau(self) -> Job {
        Job {
            steps: PLATEAU_STEPS,
            every: PLATEAU_EVERY,
            plateau: true,
            ..self
        }
    }

    /// Steps after which its run can end, unless training diverges: the fewest and the most.
    pub fn length(&self) -> [u32; 2] {
        let least = if self.plateau {
            self.every.saturating_mul(PLATEAU_LENGTH as u32 + 1)
        } else {
            self.steps
        };
        [least.min(self.steps), self.steps]
    }

    /// Whether its run ends with the last of these measurements, which are in the order they were taken: where
    /// its steps are done; and on a plateau, or where training has diverged, if it trains until one. It is on a
    /// plateau when the training pairs are learned (retrieval on seen pairs at least 0.99) and neither retrieval
    /// nor order on unseen pairs has risen by more than 0.02 above its best before, for 2000 steps.
    pub fn ended(&self, run: &[&Measurement]) -> bool {
        let Some(last) = run.last() else {
            return false;
        };
        if last.step >= self.steps || !self.plateau {
            return last.step >= self.steps;
        }
        let number = |m: &Measurement, split, score| {
            let metric = Metric::Accuracy(Intervention::None, split, score);
            m.values.get(&metric).unwrap_or(f64::NAN)
        };
        let diverged = last.values.get(&Metric::Loss).is_none_or(f64::is_nan);
        let (before, lately) = run.split_at(run.len().saturating_sub(PLATEAU_LENGTH));
        let still = |score| {
            let best = |run: &[&Measurement]| {
                run.iter()
                    .map(|m| number(m, Split::Unseen, score))
                    .fold(f64::NEG_INFINITY, f64::max)
            };
            !before.is_empty() && best(lately) <= best(before) + RISE
        };
        let learned = number(last, Split::Seen, Score::Retrieval) >= LEARNED;
        diverged || learned && still(Score::Retrieval) && still(Score::Order)
    }

    /// What the jobs of a population share: the steps, those between measurements, and the rule of the end.
    pub(super) fn course(&self) -> (u32, u32, bool) {
        (self.steps, self.every, self.plateau)
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
    job.ended(&run).then_some(run)
}

/// The last measurement of every run that has ended, with its job.
pub fn last<'a>(
    jobs: &'a [Job],
    measurements: &'a [Measurement],
) -> impl Iterator<Item = (&'a Job, &'a Measurement)> {
    let mut runs: Vec<Vec<&Measurement>> = vec![Vec::new(); jobs.len()];
    for measurement in measurements {
        if let Some(run) = runs.get_mut(measurement.job as usize) {
            run.push(measurement);
        }
    }
    let ended = |(job, run): (&'a Job, Vec<&'a Measurement>)| {
        let last = *run.last()?;
        job.ended(&run).then_some((job, last))
    };
    jobs.iter().zip(runs).filter_map(ended)
}
