//! A config that has passed every check, and what only such a one can tell.

use std::ops::Deref;

use serde::{Deserialize, Serialize};

use super::{Config, ConfigError, Preset};

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

macro_rules! shape {
    ($($field:ident: $type:ty,)*) => {
        /// What gives a model its shape: models of one shape can train in one population.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub struct Shape {
            $(#[doc = concat!("The config's `", stringify!($field), "`.")] pub $field: $type,)*
            /// Sequences of a batch, [`ValidConfig::batch_size`].
            pub batch: u32,
        }

        impl ValidConfig {
            /// The shape of the config's model.
            pub fn shape(&self) -> Shape {
                Shape { $($field: self.$field,)* batch: self.batch_size() as u32 }
            }
        }

        impl Shape {
            /// The first field in which two shapes differ.
            pub(super) fn difference(&self, other: &Shape) -> Option<&'static str> {
                let batch = ("batch", self.batch == other.batch);
                let equal = [$((stringify!($field), self.$field == other.$field),)* batch];
                equal.into_iter().find_map(|(field, equal)| (!equal).then_some(field))
            }
        }
    };
}

shape! {
    pixels: u32,
    grid: bool,
    above: bool,
    right: bool,
    objects: u32,
    labels: u32,
    d_model: u32,
    heads: u32,
    d_embed: u32,
    vision_layers: u32,
    text_layers: u32,
    layer_norm: bool,
    mlp: bool,
    autoregressive: bool,
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
