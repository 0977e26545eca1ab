//! What a sweep's TOML file says, checked whole before the first step.

use std::collections::BTreeMap;
use std::path::Path;

use leftright::analysis::{Ablation, AnalysisError};
use leftright::config::{Config, ValidConfig};
use leftright::experiment::{Job, Measure, Metric};
use leftright::task::Split;
use serde::{Deserialize, Serialize};

use crate::{Failure, file};

/// Models that a grid may have.
const MOST: usize = 1_000_000;
/// The key of a list of starts in the grid.
const START: &str = "start";
/// Far more than a grid of so many models needs.
const MAX_BYTES: usize = 1 << 20;

/// The file.
#[derive(Clone, Debug, Serialize, Deserialize)]
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
    set: BTreeMap<String, toml::Value>,
    /// Settings that go together, each with a start if it has one: every candidate is trained with every
    /// combination of the grid.
    #[serde(default)]
    candidates: Vec<BTreeMap<String, toml::Value>>,
    /// Lists of settings, or of starts; every combination is a model. A setting overrules the start.
    #[serde(default)]
    grid: BTreeMap<String, Vec<toml::Value>>,
}

fn paper() -> String {
    "paper".to_owned()
}

fn all() -> Vec<Split> {
    Split::ALL.to_vec()
}

/// Every model of a sweep, and what each row holds.
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

fn text(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

impl Spec {
    /// Reads a spec.
    pub fn read(path: &Path) -> Result<Spec, Failure> {
        let text = file::read(path, "a sweep's file", MAX_BYTES)?;
        // toml's message has several lines; one is what a terminal and a log want.
        let line = |error: toml::de::Error| {
            error
                .to_string()
                .lines()
                .map(str::trim)
                .collect::<Vec<_>>()
                .join(" ")
        };
        toml::from_slice(&text)
            .map_err(|error| Failure::Usage(format!("{}: {}", path.display(), line(error))))
    }

    /// Every model, checked.
    pub fn plan(&self) -> Result<Plan, Failure> {
        let wrong = |what: &str, value: u32, allowed: &str| {
            Err(Failure::Usage(format!(
                "{what} is {value}, but must be {allowed}"
            )))
        };
        if self.steps == 0 || self.steps > 1_000_000 {
            return wrong("steps", self.steps, "between 1 and 1000000");
        }
        if self.every > self.steps {
            return wrong("every", self.every, "at most steps");
        }
        if self.splits.is_empty() {
            return Err(Failure::Usage(format!(
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
            return Err(Failure::Usage(format!(
                "the spec has more than {MOST} models; split it into several"
            )));
        };
        if let Some((key, _)) = self.grid.iter().find(|(_, values)| values.is_empty()) {
            return Err(Failure::Usage(format!(
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
                .into_iter()
                .map(|ablation| Measure::Ablation(ablation, self.splits.clone())),
        );
        if self.shares {
            measures.push(Measure::Shares);
        }
        let mut numbers = vec![Metric::Loss, Metric::Slope, Metric::Steepest, Metric::NotFinite];
        numbers.extend(measures.iter().flat_map(Measure::metrics));
        let configs = (0..count)
            .map(|model| self.model(&preset, model))
            .collect::<Result<_, _>>()?;
        Ok(Plan {
            configs,
            steps: self.steps,
            every: self.every,
            measures,
            numbers,
        })
    }

    fn model(&self, preset: &Config, model: usize) -> Result<ValidConfig, Failure> {
        let (mut rest, mut chosen) = (model, Vec::new());
        for (key, values) in self.grid.iter().rev() {
            chosen.push((key.as_str(), text(&values[rest % values.len()])));
            rest /= values.len();
        }
        if let Some(candidate) = self.candidates.get(rest) {
            let settings = candidate.iter().rev();
            chosen.extend(settings.map(|(key, value)| (key.as_str(), text(value))));
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
            .map(|(key, value)| (key.as_str(), text(value)))
            .collect();
        let settings = set.iter().chain(chosen.iter().filter(|one| !is_start(one)));
        let config = preset.with(start, settings.map(|(key, value)| (*key, value.as_str())))?;
        config.validate().map_err(|error| match chosen.is_empty() {
            true => Failure::Config(error),
            false => {
                let chosen: Vec<String> = chosen
                    .iter()
                    .map(|(key, value)| format!("{key} = {value}"))
                    .collect();
                Failure::Usage(format!("with {}: {error}", chosen.join(", ")))
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
