//! The paper's experiments and ours beyond them, as data: which models are trained, what is measured of each,
//! and what the measurements say. The command line runs them all, the page one figure at a time; neither does
//! any mathematics.

mod chart;
mod documented;
mod groups;
mod intervention;
mod job;
#[cfg(feature = "report")]
mod lessons;
mod measure;
mod metric;
mod names;
mod paper;
#[cfg(feature = "report")]
mod roles;
mod rule;
mod stats;
mod trainer;

pub use chart::{Axis, Chart, Dot, Point, Row, Series};
pub use groups::{Group, differing, groups};
pub use intervention::{Deed, Intervention};
pub use job::{Job, Measurement, Values};
pub use measure::Measure;
pub use metric::{Agreement, Metric, Part};
pub use names::UnknownMetric;
pub use paper::*;
pub use rule::{Bound, Condition, Criterion, Verdict};
pub use stats::{Spread, decimal, median, rank_correlation};
pub use trainer::{POPULATION, Trainer, TrainerError, bytes_of_largest, populations};

use serde::{Deserialize, Serialize};

/// How many models an experiment trains.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "web", derive(tsify::Tsify))]
#[serde(rename_all = "lowercase")]
pub enum Scale {
    /// As many as a reader waits for.
    Figure,
    /// All experiments in ten minutes on two cores.
    Quick,
    /// At least five seeds of everything.
    Full,
}

impl Scale {
    /// One of three numbers.
    fn pick<T>(self, figure: T, quick: T, full: T) -> T {
        match self {
            Scale::Figure => figure,
            Scale::Quick => quick,
            Scale::Full => full,
        }
    }
}

/// What an experiment found, so far.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "web", derive(tsify::Tsify))]
pub struct Summary {
    /// What the rule says.
    pub verdict: Verdict,
    /// The rule's numbers, each with its bound; none while the verdict is open.
    pub conditions: Vec<Condition>,
    /// The finding, in sentences written from the numbers; empty while too little is measured.
    pub finding: String,
    /// Pictures of it.
    pub charts: Vec<Chart>,
}

impl Summary {
    /// What was found where enough is measured: the criteria decide the verdict.
    fn decided(criteria: Vec<Criterion>, finding: String, charts: Vec<Chart>) -> Summary {
        Summary {
            verdict: Verdict::judge(&criteria),
            conditions: criteria.into_iter().flat_map(|criterion| criterion.0).collect(),
            finding,
            charts,
        }
    }
}

/// One experiment.
#[derive(Clone, Copy, Debug)]
pub struct Experiment {
    /// Its number in the reproduction, from 1.
    pub id: u32,
    /// Its name, in code and in addresses.
    pub name: &'static str,
    /// Its title.
    pub title: &'static str,
    /// What the paper says, or what we expected.
    pub claim: &'static str,
    /// When the claim counts as reproduced.
    pub rule: &'static str,
    /// The models it trains and what it measures of each.
    pub jobs: fn(Scale) -> Vec<Job>,
    /// What the measurements of models that train say.
    summarise: fn(&[Job], &[Measurement]) -> Summary,
}

/// What a page or a report needs to know of an experiment before it runs.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "web", derive(tsify::Tsify))]
pub struct ExperimentInfo {
    /// Its number in the reproduction, from 1.
    pub id: u32,
    /// Its name, in code and in addresses.
    pub name: &'static str,
    /// Its title.
    pub title: &'static str,
    /// What the paper says, or what we expected.
    pub claim: &'static str,
    /// When the claim counts as reproduced.
    pub rule: &'static str,
}

impl Experiment {
    /// All, in order of their numbers.
    pub const ALL: [&'static Experiment; paper::COUNT] = paper::ALL;

    /// How many, of the first numbers, test claims of the paper; the others are ours.
    pub const OF_THE_PAPER: u32 = 12;

    /// Whether it tests a claim of the paper.
    pub fn is_of_the_paper(&self) -> bool {
        self.id <= Experiment::OF_THE_PAPER
    }

    /// What it is, as data.
    pub fn info(&self) -> ExperimentInfo {
        let Experiment {
            id,
            name,
            title,
            claim,
            rule,
            ..
        } = *self;
        ExperimentInfo {
            id,
            name,
            title,
            claim,
            rule,
        }
    }

    /// What the measurements of some of its jobs say; those of one job come in the order they were taken.
    /// Where training has diverged in every model there is no number to write a finding from, and the finding
    /// says so.
    pub fn summarise(&self, jobs: &[Job], measurements: &[Measurement]) -> Summary {
        let summary = (self.summarise)(jobs, measurements);
        let ended: Vec<&Values> = job::last(jobs, measurements).map(|(_, m)| &m.values).collect();
        if ended.is_empty()
            || ended
                .iter()
                .any(|values| values.iter().any(|(_, x)| x.is_finite()))
        {
            return summary;
        }
        let all = if ended.len() == 1 {
            "the only model".to_owned()
        } else {
            format!("all {} models", ended.len())
        };
        Summary {
            verdict: Verdict::Not,
            conditions: Vec::new(),
            finding: format!("Training diverged in {all}, so nothing of the claim could be measured."),
            ..summary
        }
    }

    /// What of it can be asked of any one model: the measures of its first job.
    pub fn measures(&self) -> Vec<Measure> {
        (self.jobs)(Scale::Figure).swap_remove(0).measures
    }
}
