//! A config as data, in any format: its settings by name. Through the one table, and not derived: derived
//! code reads and writes every setting anew for each format, and the modules that readers download have two.

use std::fmt;

use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::field::Setting;
use super::{Config, ConfigError, NAMES, settings};

/// What a file or a page says of one setting.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Given {
    /// A whole number.
    Whole(i64),
    /// A real number.
    Number(f64),
    /// true or false.
    Flag(bool),
    /// Text.
    Name(String),
}

impl Given {
    /// As [`Config::set`] takes it: a real number has a point or an exponent, so that it is no whole one.
    pub fn text(&self) -> String {
        match self {
            Given::Number(x) => format!("{x:?}"),
            given => given.to_string(),
        }
    }

    pub(super) fn whole(&self) -> Option<u32> {
        match self {
            Given::Whole(x) => u32::try_from(*x).ok(),
            _ => None,
        }
    }

    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Given::Whole(x) => Some(*x as f64),
            Given::Number(x) => Some(*x),
            _ => None,
        }
    }

    pub(super) fn flag(&self) -> Option<bool> {
        match self {
            Given::Flag(x) => Some(*x),
            _ => None,
        }
    }

    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Given::Name(name) => Some(name),
            _ => None,
        }
    }
}

impl fmt::Display for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Given::Whole(x) => x.fmt(f),
            Given::Number(x) => x.fmt(f),
            Given::Flag(x) => x.fmt(f),
            Given::Name(x) => x.fmt(f),
        }
    }
}

impl<'de> Deserialize<'de> for Given {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Given, D::Error> {
        struct Any;

        impl Visitor<'_> for Any {
            type Value = Given;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number, true, false or a name")
            }

            fn visit_i64<E>(self, x: i64) -> Result<Given, E> {
                Ok(Given::Whole(x))
            }

            fn visit_u64<E>(self, x: u64) -> Result<Given, E> {
                Ok(i64::try_from(x).map_or(Given::Number(x as f64), Given::Whole))
            }

            fn visit_f64<E>(self, x: f64) -> Result<Given, E> {
                Ok(Given::Number(x))
            }

            fn visit_bool<E>(self, x: bool) -> Result<Given, E> {
                Ok(Given::Flag(x))
            }

            fn visit_str<E>(self, x: &str) -> Result<Given, E> {
                Ok(Given::Name(x.to_owned()))
            }
        }

        deserializer.deserialize_any(Any)
    }
}

macro_rules! give {
    ($($group:ident $name:ident: $type:ident $([$min:expr, $max:expr])? = $default:expr, $help:literal;)*) => {
        impl Config {
            /// Sets one field to what is given.
            fn give(&mut self, name: &str, given: &Given) -> Result<(), ConfigError> {
                let field = match name {
                    $(stringify!($name) => match Setting::read(given) {
                        Some(value) => {
                            self.$name = value;
                            return Ok(());
                        }
                        None => stringify!($name),
                    },)*
                    _ => return Err(ConfigError::Unknown(name.to_owned())),
                };
                Err(self.unreadable(field, given.to_string()))
            }
        }
    };
}
settings!(give);

impl Serialize for Config {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.values())
    }
}

/// A setting that is not given is as in preset `paper`; one that no config has, or that is given twice, is an
/// error.
impl<'de> Deserialize<'de> for Config {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Config, D::Error> {
        struct Settings;

        impl<'de> Visitor<'de> for Settings {
            type Value = Config;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("settings by name")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Config, A::Error> {
                let (mut config, mut given) = (Config::default(), Vec::new());
                while let Some((name, value)) = map.next_entry::<String, Given>()? {
                    config.give(&name, &value).map_err(A::Error::custom)?;
                    if given.contains(&name) {
                        return Err(A::Error::custom(format_args!("{name} is given twice")));
                    }
                    given.push(name);
                }
                Ok(config)
            }
        }

        deserializer.deserialize_struct("Config", &NAMES, Settings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is written is read again, whatever the settings; what is left out is as in preset `paper`.
    #[test]
    fn a_config_is_read_as_it_was_written() {
        let config = Config {
            seed: u32::MAX,
            grid: true,
            lr: 3e-7,
            max_scale: 7.0,
            ..Config::default()
        };
        let config = config
            .with(None, [("linear", "uniform"), ("schedule", "cosine")].into_iter())
            .unwrap();
        let json = serde_json::to_string(&config).unwrap();
        assert_eq!(serde_json::from_str::<Config>(&json).unwrap(), config);
        assert!(
            json.starts_with(r#"{"seed":4294967295,"pixels":10,"grid":true,"#),
            "{json}"
        );
        assert_eq!(
            serde_json::from_str::<Config>(r#"{"lr": 1}"#).unwrap(),
            Config {
                lr: 1.0,
                ..Config::default()
            }
        );
    }

    #[test]
    fn what_no_setting_can_be_is_refused() {
        for (json, says) in [
            (
                r#"{"depth": 3}"#,
                "there is no setting \"depth\"; the settings are seed, pixels,",
            ),
            (r#"{"lr": 0.1, "lr": 0.1}"#, "lr is given twice"),
            (
                r#"{"seed": 1e3}"#,
                "seed is \"1000\", but must be a whole number from 0 to 4294967295",
            ),
            (
                r#"{"seed": -1}"#,
                "seed is \"-1\", but must be a whole number from 0 to 4294967295",
            ),
            (r#"{"grid": 1}"#, "grid is \"1\", but must be true or false"),
            (
                r#"{"lr": "0.1"}"#,
                "lr is \"0.1\", but must be a number from 0 to 1",
            ),
            (
                r#"{"schedule": "fast"}"#,
                "schedule is \"fast\", but must be constant or cosine",
            ),
            (
                r#"{"lr": null}"#,
                "invalid type: null, expected a number, true, false or a name",
            ),
            ("[0]", "invalid type: sequence, expected settings by name"),
        ] {
            let error = serde_json::from_str::<Config>(json).unwrap_err().to_string();
            assert!(error.starts_with(says), "{error}");
        }
    }
}
