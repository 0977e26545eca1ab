//! A config that has passed every check, and what only such a one can tell.

use std::ops::Deref;

use serde::{Deserialize, Serialize};

use super::{Config, ConfigError, Group, Preset, Value};

/// A [`Config`] within every limit: the only thing that engines, samplers, evaluators and parameter tables
/// take. It is read like a `Config`; to change it, take the config out, change that and validate again.
///
/// ```
/// use leftright::config::{Config, ValidConfig};
///
/// let config: ValidConfig = Config { seed: 3, ..Config::default() }.validate()?;
/// assert_eq!(config.pixels, 10);
/// let error = Config { pair_labels: 16, ..config.into() }.validate().unwrap_err();
/// assert_eq!(error.to_string(), "pair_labels is 16, but must be at most 15, the labels that are not held out");
/// # Ok::<(), leftright::config::ConfigError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Config")]
pub struct ValidConfig(Config);

impl Config {
    /// Checks every limit.
    ///
    /// # Errors
    /// The first limit that is broken: the field, its value and what is allowed.
    pub fn validate(self) -> Result<ValidConfig, ConfigError> {
        self.check()?;
        Ok(ValidConfig(self))
    }
}

impl TryFrom<Config> for ValidConfig {
    type Error = ConfigError;

    fn try_from(config: Config) -> Result<ValidConfig, ConfigError> {
        config.validate()
    }
}

impl From<ValidConfig> for Config {
    fn from(config: ValidConfig) -> Config {
        config.0
    }
}

impl From<Preset> for ValidConfig {
    fn from(preset: Preset) -> ValidConfig {
        ValidConfig(preset.config())
    }
}

/// Preset `paper`.
impl Default for ValidConfig {
    fn default() -> ValidConfig {
        Preset::Paper.into()
    }
}

impl Deref for ValidConfig {
    type Target = Config;

    fn deref(&self) -> &Config {
        &self.0
    }
}

/// What gives a model its shape: models of one shape can train in one population.
#[derive(Clone, Debug, PartialEq, Hash)]
pub struct Shape {
    /// The settings of the world and the model, but those of [`FREE`], by name.
    settings: Vec<(&'static str, Value)>,
    /// Sequences of a batch, [`ValidConfig::batch_size`].
    batch: usize,
}

/// Settings of the task that a population's models may differ in.
const FREE: [&str; 6] = [
    "seed",
    "pair_labels",
    "held_labels",
    "mixed",
    "single_layouts",
    "pair_layouts",
];

impl ValidConfig {
    /// The shape of the config's model.
    pub fn shape(&self) -> Shape {
        let shapes =
            |group: Group, name: &str| matches!(group, Group::Task | Group::Model) && !FREE.contains(&name);
        let settings = self
            .grouped_values()
            .filter(|(group, name, _)| shapes(*group, name));
        Shape {
            settings: settings.map(|(_, name, value)| (name, value)).collect(),
            batch: self.batch_size(),
        }
    }
}

/// A valid config has no NaN, so its values equal themselves.
impl Eq for Shape {}

impl Shape {
    /// The first setting in which two shapes differ.
    pub(super) fn difference(&self, other: &Shape) -> Option<&'static str> {
        let mut settings = self.settings.iter().zip(&other.settings);
        let differs = settings
            .find(|(one, another)| one != another)
            .map(|((name, _), _)| *name);
        differs.or((self.batch != other.batch).then_some("batch"))
    }
}

impl ValidConfig {
    /// Width of one head, K.
    pub fn d_head(&self) -> usize {
        (self.d_model / self.heads) as usize
    }

    /// How many captions a batch is drawn from: one per label, one per ordered pair (or triple) of pair
    /// labels and, where they are mixed, two per pair label and held label.
    pub fn captions(&self) -> u32 {
        let ordered = |n: u32| n * (n - 1) * if self.objects == 3 { n - 2 } else { 1 };
        let met = if self.mixed {
            2 * self.pair_labels * self.held_labels
        } else {
            0
        };
        self.labels + ordered(self.pair_labels) + met
    }

    /// Captions of one batch: `batch`, or all of them where there are fewer.
    pub fn batch_size(&self) -> usize {
        self.batch.min(self.captions()) as usize
    }
}
