//! What a run is: task, model and optimiser, in one flat table whose keys are the ones of the checkpoint
//! header, the command line's `--set` and the page's address. Every limit is checked here and nowhere else:
//! [`Config`] holds any values, [`ValidConfig`] only values that have passed, and everything after this
//! module takes a `ValidConfig`.

mod bundle;
mod field;
mod population;
mod preset;
mod schedule;
mod serial;
mod start;
mod table;
mod valid;

pub use field::{ConfigField, Group, Kind, Value};
pub use population::{Population, PopulationError};
pub use preset::Preset;
pub use schedule::Schedule;
pub use serial::Given;
pub use start::{Distribution, Start};
pub use valid::{Shape, ValidConfig};

use crate::message;

use field::Setting;
pub(crate) use table::settings;

/// A config that cannot be run: which field, what it was, what is allowed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ConfigError {
    /// A value outside its bounds, alone or given the other fields.
    #[error("{field} is {value}, but must be {allowed}")]
    Bounds {
        /// The field's name.
        field: &'static str,
        /// The value given.
        value: String,
        /// What is allowed, as the end of a sentence.
        allowed: String,
    },
    /// A key that no field has.
    #[error("there is no setting \"{0}\"; {meant}", meant = message::meant(.0, "settings", &NAMES))]
    Unknown(String),
    /// A preset that does not exist.
    #[error("there is no preset \"{0}\"; {meant}", meant = Preset::meant(.0))]
    Preset(String),
    /// A start that does not exist.
    #[error("there is no start \"{0}\"; {meant}", meant = Start::meant(.0))]
    Start(String),
    /// A value that does not parse.
    #[error("{field} is \"{value}\", but must be {allowed}")]
    Parse {
        /// The field's name.
        field: &'static str,
        /// The text given.
        value: String,
        /// The kind of value the field takes.
        allowed: String,
    },
}

macro_rules! config {
    ($($group:ident $name:ident: $type:ident $([$min:expr, $max:expr])? = $default:expr, $help:literal;)*) => {
        /// The settings of a run, any values. `Config::default()` is preset `paper`; [`Config::validate`]
        /// checks every limit.
        #[derive(Clone, Debug, PartialEq)]
        pub struct Config {
            $(#[doc = $help] pub $name: $type,)*
        }

        impl Default for Config {
            fn default() -> Self {
                Config { $($name: $default,)* }
            }
        }

        const NAMES: [&str; [$(stringify!($name)),*].len()] = [$(stringify!($name)),*];

        impl Config {
            /// The table of settings: names, bounds (given this config's other fields), defaults, help.
            pub fn fields(&self) -> Vec<ConfigField> {
                let mut fields = vec![$({
                    let bounds: &[[f64; 2]] = &[$([f64::from($min), f64::from($max)])?];
                    let [min, max] = bounds.first().copied().unwrap_or_default();
                    let default = Value::from(Config::default().$name);
                    let kind = <$type as Setting>::KIND;
                    ConfigField { name: stringify!($name), group: Group::$group, kind, min, max, default, help: $help }
                },)*];
                for (name, _, most, _) in self.dependent() {
                    fields.iter_mut().filter(|f| f.name == name).for_each(|f| f.max = f.max.min(f64::from(most)));
                }
                for (name, _) in self.of_objects() {
                    fields.iter_mut().filter(|f| f.name == name).for_each(|f| f.min = f.min.max(f64::from(self.objects)));
                }
                fields
            }

            /// Every setting's name and value, in the order of [`Config::fields`].
            pub fn values(&self) -> impl Iterator<Item = (&'static str, Value)> {
                self.grouped_values().map(|(_, name, value)| (name, value))
            }

            fn grouped_values(&self) -> impl Iterator<Item = (Group, &'static str, Value)> {
                [$((Group::$group, stringify!($name), Value::from(self.$name))),*].into_iter()
            }

            /// Sets one field from text.
            ///
            /// # Errors
            /// Where there is no such field, or the text is no value of its kind. Bounds are checked by
            /// [`Config::validate`].
            pub fn set(&mut self, name: &str, text: &str) -> Result<(), ConfigError> {
                match name {
                    $(stringify!($name) => {
                        self.$name = text.trim().parse().map_err(|_| self.unreadable(stringify!($name), text.to_owned()))?;
                    })*
                    _ => return Err(ConfigError::Unknown(name.to_owned())),
                }
                Ok(())
            }

            /// These settings, but those of a group as another config has them.
            fn with_group(&self, group: Group, other: &Config) -> Config {
                Config { $($name: if Group::$group == group { other.$name } else { self.$name },)* }
            }

            fn check_bounds(&self) -> Result<(), ConfigError> {
                $($(check_bound(stringify!($name), f64::from(self.$name), f64::from($min), f64::from($max))?;)?)*
                Ok(())
            }
        }
    };
}
settings!(config);

fn check_bound(field: &'static str, value: f64, min: f64, max: f64) -> Result<(), ConfigError> {
    // `contains` refuses NaN too.
    if (min..=max).contains(&value) {
        return Ok(());
    }
    Err(ConfigError::Bounds {
        field,
        value: value.to_string(),
        allowed: format!("between {min} and {max}"),
    })
}

fn bounds(field: &'static str, value: u32, allowed: String) -> ConfigError {
    ConfigError::Bounds {
        field,
        value: value.to_string(),
        allowed,
    }
}

impl Config {
    /// Checks every limit: each field's bounds, then those that depend on another field.
    fn check(&self) -> Result<(), ConfigError> {
        self.check_bounds()?;
        let decoder = "1 where autoregressive is true: text_layers counts its layers";
        for (field, value, refused, allowed) in [
            (
                "above",
                Value::from(self.above),
                self.above && !self.grid,
                "false where grid is false",
            ),
            (
                "objects",
                self.objects.into(),
                self.objects == 3 && (self.grid || self.right),
                "2 where grid or right is true",
            ),
            (
                "vision_layers",
                self.vision_layers.into(),
                self.autoregressive && self.vision_layers > 1,
                decoder,
            ),
        ] {
            if refused {
                return Err(ConfigError::Bounds {
                    field,
                    value: value.to_string(),
                    allowed: allowed.to_owned(),
                });
            }
        }
        if self.grid && self.pixels.isqrt().pow(2) != self.pixels {
            return Err(bounds(
                "pixels",
                self.pixels,
                "4, 9 or 16 where grid is true".to_owned(),
            ));
        }
        for (field, value) in self.of_objects() {
            if value < self.objects {
                return Err(bounds(
                    field,
                    value,
                    format!("at least {}, the objects of a scene", self.objects),
                ));
            }
        }
        for (field, value, most, why) in self.dependent() {
            if value > most {
                return Err(bounds(field, value, format!("at most {most}, {why}")));
            }
        }
        if !self.d_model.is_multiple_of(4 * self.heads) {
            return Err(bounds(
                "d_model",
                self.d_model,
                format!("a multiple of {}, four times the number of heads", 4 * self.heads),
            ));
        }
        if !self.d_embed.is_multiple_of(4) {
            return Err(bounds("d_embed", self.d_embed, "a multiple of 4".to_owned()));
        }
        Ok(())
    }

    /// The error of what is no value of a setting.
    fn unreadable(&self, field: &'static str, value: String) -> ConfigError {
        let fields = self.fields();
        let known = fields.iter().find(|known| known.name == field);
        ConfigError::Parse {
            field,
            value,
            allowed: known.expect("it is a setting's name").readable(),
        }
    }

    /// Labels that scenes are made of, of which there must be as many as a scene has objects: name, value.
    fn of_objects(&self) -> [(&'static str, u32); 2] {
        [
            ("pair_labels", self.pair_labels),
            ("held_labels", self.held_labels),
        ]
    }

    /// Fields whose greatest value depends on others: name, value, greatest value, why.
    fn dependent(&self) -> [(&'static str, u32, u32, &'static str); 5] {
        let layouts = self.layouts();
        let labels = if self.objects == 3 { 24 } else { self.labels };
        [
            (
                "labels",
                self.labels,
                labels,
                "so that every strip can be compared with every caption",
            ),
            (
                "held_labels",
                self.held_labels,
                self.labels.saturating_sub(self.objects),
                "so that labels are left for training pairs",
            ),
            (
                "pair_labels",
                self.pair_labels,
                self.labels.saturating_sub(self.held_labels),
                "the labels that are not held out",
            ),
            (
                "single_layouts",
                self.single_layouts,
                self.pixels.saturating_sub(1),
                "so that a position is left to test",
            ),
            (
                "pair_layouts",
                self.pair_layouts,
                layouts.saturating_sub(1),
                "so that a layout is left to test",
            ),
        ]
    }

    /// How many layouts a caption has that orders its objects (`task::layouts` lists them); for any values,
    /// so that they can be checked.
    pub fn layouts(&self) -> u32 {
        let [p, side] = [self.pixels, self.pixels.isqrt()].map(u64::from);
        let pairs = p * p.saturating_sub(1) / 2;
        let layouts = match (self.grid, self.objects) {
            // Any two cells in different columns.
            (true, _) => p * (side * side.saturating_sub(1) / 2),
            (false, 3) => pairs.saturating_mul(p.saturating_sub(2)) / 3,
            (false, _) => pairs,
        };
        u32::try_from(layouts).unwrap_or(u32::MAX)
    }

    /// The settings of a named preset.
    ///
    /// # Errors
    /// Where there is no preset of this name.
    pub fn preset(name: &str) -> Result<Config, ConfigError> {
        name.parse().map(Preset::config)
    }

    /// These settings with some changed, by name and text, and a start: what is said of a setting by its name
    /// overrules the start, which depends on the model's width.
    ///
    /// # Errors
    /// As [`Config::set`].
    pub fn with<'a>(
        &self,
        start: Option<Start>,
        settings: impl Iterator<Item = (&'a str, &'a str)> + Clone,
    ) -> Result<Config, ConfigError> {
        let set = |mut config: Config| {
            for (name, text) in settings.clone() {
                config.set(name, text)?;
            }
            Ok(config)
        };
        let config = set(self.clone())?;
        start.map_or(Ok(config.clone()), |start| set(start.of(&config)))
    }

    /// The setting that a misspelt name is most alike, if it is much alike.
    pub fn nearest(name: &str) -> Option<&'static str> {
        message::nearest(name, &NAMES)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_field_value_and_bounds() {
        for (field, value, says) in [
            (
                "pair_labels",
                "16",
                "pair_labels is 16, but must be at most 15, the labels that are not held out",
            ),
            (
                "pair_labels",
                "1",
                "pair_labels is 1, but must be between 2 and 62",
            ),
            (
                "d_model",
                "120",
                "d_model is 120, but must be a multiple of 16, four times the number of heads",
            ),
            ("lr", "NaN", "lr is NaN, but must be between 0 and 1"),
            (
                "held_labels",
                "19",
                "held_labels is 19, but must be at most 18, so that labels are left for training pairs",
            ),
            (
                "pair_layouts",
                "45",
                "pair_layouts is 45, but must be at most 44, so that a layout is left to test",
            ),
            (
                "single_layouts",
                "10",
                "single_layouts is 10, but must be at most 9, so that a position is left to test",
            ),
            (
                "text_layers",
                "5",
                "text_layers is 5, but must be between 1 and 4",
            ),
            (
                "grid",
                "true",
                "pixels is 10, but must be 4, 9 or 16 where grid is true",
            ),
            (
                "above",
                "true",
                "above is true, but must be false where grid is false",
            ),
        ] {
            let mut config = Config::default();
            config.set(field, value).unwrap();
            assert_eq!(config.validate().unwrap_err().to_string(), says);
        }
    }

    #[test]
    fn three_objects_have_fewer_labels() {
        let with = |labels| {
            Config {
                objects: 3,
                labels,
                ..Config::default()
            }
            .validate()
        };
        assert!(with(24).is_ok());
        let says =
            "labels is 25, but must be at most 24, so that every strip can be compared with every caption";
        assert_eq!(with(25).unwrap_err().to_string(), says);
    }

    #[test]
    fn text_that_is_no_value_is_refused() {
        let mut config = Config::default();
        assert_eq!(
            config.set("batch", "many").unwrap_err().to_string(),
            "batch is \"many\", but must be a whole number from 2 to 1024"
        );
        assert_eq!(
            config.set("schedule", "fast").unwrap_err().to_string(),
            "schedule is \"fast\", but must be constant or cosine"
        );
        assert!(
            config
                .set("depth", "3")
                .unwrap_err()
                .to_string()
                .starts_with("there is no setting \"depth\"")
        );
        assert_eq!(config, Config::default());
    }
}
