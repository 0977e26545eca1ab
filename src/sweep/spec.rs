//! What a sweep trains and measures, checked whole before the first step.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::analysis::{Ablation, AnalysisError, Tower, strengths};
use crate::config::{Config, ConfigError, Given, ValidConfig};
use crate::experiment::{Job, Measure, Metric};
use crate::task::Split;
use crate::training::EngineRequest;

/// Models that a grid may have.
const MOST: usize = 1_000_000;
/// The key of a list of starts in the grid.
const START: &str = "start";

/// Why a sweep cannot begin.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SweepError {
    /// A setting that there is not, or out of bounds.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// One model of the grid is out of bounds.
    #[error("with {chosen}: {error}")]
    Model {
        /// What the grid sets of it.
        chosen: String,
        /// Which of its settings, and what is allowed.
        error: ConfigError,
    },
    /// An ablation that there is not, or not in every model.
    #[error(transparent)]
    Analysis(#[from] AnalysisError),
    /// What the spec says of the sweep itself.
    #[error("{0}")]
    Spec(String),
}

/// A grid over settings, and what is measured of each of its models: a TOML file of the command line, keywords in
/// Python.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// Steps of every model.
    steps: u32,
    /// Steps between measurements; 0 for one at the end.
    #[serde(default)]
    every: u32,
    /// Where the settings start from.
    #[serde(default = "paper")]
    preset: String,
    /// What the initial parameters are drawn from, if not as the preset says.
    start: Option<String>,
    /// The splits that are measured.
    #[serde(default = "all")]
    splits: Vec<Split>,
    /// Ablations measured on the same splits: terms joined by +, a strength behind *, heads behind @: "EP",
    /// "EP+VP", "EP*-1", "EP@0+2", "text.EP".
    #[serde(default)]
    ablate: Vec<String>,
    /// Whether the rows have how large the pieces of the CLS row are: `share.XX`, `variance.EP`.
    #[serde(default)]
    shares: bool,
    /// Settings of every model.
    #[serde(default)]
    set: BTreeMap<String, Given>,
    /// Settings that go together, each with a start if it has one: every candidate is trained with every
    /// combination of the grid.
    #[serde(default)]
    candidates: Vec<BTreeMap<String, Given>>,
    /// Lists of settings, or of starts; every combination is a model. A setting overrules the start.
    #[serde(default)]
    grid: BTreeMap<String, Vec<Given>>,
}

fn paper() -> String {
    "paper".to_owned()
}

fn all() -> Vec<Split> {
    Split::ALL.to_vec()
}

/// Every model of a sweep, and what each row holds.
#[derive(Clone, Debug)]
pub struct Plan {
    /// In the order of the candidates and, of each, of the grid, its last key the fastest.
    pub configs: Vec<ValidConfig>,
    /// Steps of every model.
    pub steps: u32,
    every: u32,
    measures: Vec<Measure>,
    /// The numbers of each row.
    pub numbers: Vec<Metric>,
}

impl Spec {
    /// The most steps that a model may be trained for.
    pub const MOST_STEPS: u32 = 1_000_000;

    /// Every model, checked.
    ///
    /// # Errors
    /// The first thing that is wrong: what it is and what is allowed.
    pub fn plan(&self) -> Result<Plan, SweepError> {
        let wrong = |what: &str, value: u32, allowed: &str| {
            Err(SweepError::Spec(format!(
                "{what} is {value}, but must be {allowed}"
            )))
        };
        if self.steps == 0 || self.steps > Spec::MOST_STEPS {
            return wrong(
                "steps",
                self.steps,
                &format!("between 1 and {}", Spec::MOST_STEPS),
            );
        }
        if self.every > self.steps {
            return wrong("every", self.every, "at most steps");
        }
        if self.splits.is_empty() {
            return Err(SweepError::Spec(format!(
                "splits is empty, but must name some of {}",
                Split::ALL.map(Split::name).join(", ")
            )));
        }
        let count = self
            .grid
            .values()
            .try_fold(self.candidates.len().max(1), |n, values| {
                n.checked_mul(values.len())
            })
            .filter(|n| *n <= MOST);
        let Some(count) = count else {
            return Err(SweepError::Spec(format!(
                "the spec has more than {MOST} models; split it into several"
            )));
        };
        if let Some((key, _)) = self.grid.iter().find(|(_, values)| values.is_empty()) {
            return Err(SweepError::Spec(format!(
                "grid.{key} is an empty list, but must hold at least one value"
            )));
        }
        let preset = Config::preset(&self.preset)?;
        let ablations = self
            .ablate
            .iter()
            .map(|text| text.parse())
            .collect::<Result<Vec<Ablation>, AnalysisError>>()?;
        let mut measures = vec![Measure::Accuracies(self.splits.clone()), Measure::Slopes];
        measures.extend(
            ablations
                .iter()
                .map(|ablation| Measure::Ablation(ablation.clone(), self.splits.clone())),
        );
        if self.shares {
            measures.push(Measure::Shares);
        }
        let mut numbers = vec![Metric::Loss, Metric::Slope, Metric::Steepest, Metric::NotFinite];
        numbers.extend(measures.iter().flat_map(Measure::metrics));
        let model = |model| {
            let config = self.model(&preset, model)?;
            // It checks those of both towers.
            strengths(&config, Tower::Vision, &ablations)?;
            Ok(config)
        };
        let configs = (0..count).map(model).collect::<Result<_, SweepError>>()?;
        Ok(Plan {
            configs,
            steps: self.steps,
            every: self.every,
            measures,
            numbers,
        })
    }

    /// What a table of its rows says of itself: the version, the engine, and this spec as JSON.
    pub fn about(&self, engine: EngineRequest) -> BTreeMap<String, String> {
        let spec = serde_json::to_string(self).expect("a spec is lists and maps of names and values");
        [
            ("version", env!("CARGO_PKG_VERSION")),
            ("engine", engine.kind().name()),
            ("spec", &spec),
        ]
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into()
    }

    fn model(&self, preset: &Config, model: usize) -> Result<ValidConfig, SweepError> {
        let (mut rest, mut chosen) = (model, Vec::new());
        for (key, values) in self.grid.iter().rev() {
            chosen.push((key.as_str(), values[rest % values.len()].text()));
            rest /= values.len();
        }
        if let Some(candidate) = self.candidates.get(rest) {
            let settings = candidate.iter().rev();
            chosen.extend(settings.map(|(key, value)| (key.as_str(), value.text())));
        }
        chosen.reverse();
        let is_start = |(key, _): &&(&str, String)| *key == START;
        let start = chosen
            .iter()
            .rev()
            .find(is_start)
            .map(|(_, name)| name)
            .or(self.start.as_ref());
        let start = start.map(|name| name.parse()).transpose()?;
        let set: Vec<(&str, String)> = self
            .set
            .iter()
            .map(|(key, value)| (key.as_str(), value.text()))
            .collect();
        let settings = set.iter().chain(chosen.iter().filter(|one| !is_start(one)));
        let config = preset.with(start, settings.map(|(key, value)| (*key, value.as_str())))?;
        config.validate().map_err(|error| match chosen.is_empty() {
            true => SweepError::Config(error),
            false => {
                let chosen: Vec<String> = chosen
                    .iter()
                    .map(|(key, value)| format!("{key} = {value}"))
                    .collect();
                let chosen = chosen.join(", ");
                SweepError::Model { chosen, error }
            }
        })
    }
}

impl Plan {
    /// What is done with one model.
    pub fn job(&self, model: u32) -> Job {
        let config = self.configs[model as usize].clone();
        Job {
            every: self.every,
            ..Job::new(config, self.steps, self.measures.clone())
        }
    }
}
