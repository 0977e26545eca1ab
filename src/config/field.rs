//! What a setting is: its kind, its value, and what a form, a help text or an error needs to know of it.

use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::Serialize;

use super::serial::Given;

/// Which part of the run a field belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "web", derive(tsify::Tsify))]
#[serde(rename_all = "lowercase")]
pub enum Group {
    /// The synthetic world.
    Task,
    /// The two towers.
    Model,
    /// AdamW, its learning rate and the batch.
    Optimiser,
    /// What the initial parameters are drawn from.
    Start,
}

/// The kind of value a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "web", derive(tsify::Tsify))]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A whole number.
    Integer,
    /// A real number.
    Number,
    /// true or false.
    Flag,
    /// One of these names.
    Choice(&'static [&'static str]),
}

/// One row of the table of settings: what a form, a help text or an error needs to know of a field.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "web", derive(tsify::Tsify))]
pub struct ConfigField {
    /// The key, everywhere.
    pub name: &'static str,
    /// The part of the run.
    pub group: Group,
    /// The kind of value.
    pub kind: Kind,
    /// The least value allowed of a number; 0 of what is none.
    pub min: f64,
    /// The greatest value allowed of a number; 0 of what is none.
    pub max: f64,
    /// The value in preset `paper`.
    pub default: Value,
    /// One line of help.
    pub help: &'static str,
}

/// A setting's value.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "web", derive(tsify::Tsify))]
#[serde(untagged)]
pub enum Value {
    /// A whole number.
    Integer(u32),
    /// A real number.
    Number(f64),
    /// true or false.
    Flag(bool),
    /// One of some names.
    Choice(&'static str),
}

/// Equal values hash alike: 0 and -0 too.
impl Hash for Value {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Value::Integer(x) => x.hash(state),
            Value::Number(x) => (x + 0.0).to_bits().hash(state),
            Value::Flag(x) => x.hash(state),
            Value::Choice(x) => x.hash(state),
        }
    }
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Value::Integer(x) => x.fmt(f),
            Value::Number(x) => x.fmt(f),
            Value::Flag(x) => x.fmt(f),
            Value::Choice(x) => x.fmt(f),
        }
    }
}

impl ConfigField {
    /// What text must be to be read as a value of it, as the end of a sentence.
    pub(super) fn readable(&self) -> String {
        match self.kind {
            Kind::Integer => format!("a whole number from {}", self.allowed()),
            Kind::Number => format!("a number from {}", self.allowed()),
            Kind::Flag | Kind::Choice(_) => self.allowed(),
        }
    }

    /// What values it can have.
    pub fn allowed(&self) -> String {
        match self.kind {
            Kind::Integer | Kind::Number => format!("{} to {}", self.min, self.max),
            Kind::Flag => "true or false".to_owned(),
            Kind::Choice([first @ .., last]) if !first.is_empty() => {
                format!("{} or {last}", first.join(", "))
            }
            Kind::Choice(names) => names.concat(),
        }
    }
}

/// A type that a setting can have.
pub(super) trait Setting: Into<Value> + FromStr {
    /// What its values are.
    const KIND: Kind;

    /// What is given, if it is such a value.
    fn read(given: &Given) -> Option<Self>;
}

macro_rules! setting {
    ($($type:ty: $kind:ident $read:ident)*) => {
        $(impl Setting for $type {
            const KIND: Kind = Kind::$kind;

            fn read(given: &Given) -> Option<$type> {
                given.$read()
            }
        }

        impl From<$type> for Value {
            fn from(value: $type) -> Value {
                Value::$kind(value)
            }
        })*
    };
}

setting! { u32: Integer whole f64: Number number bool: Flag flag }

/// A setting that is one of some names: an enum, and the name of each.
macro_rules! choice {
    ($(#[$doc:meta])* $type:ident { $($(#[$what:meta])* $variant:ident = $name:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "web", derive(tsify::Tsify))]
        pub enum $type {
            $($(#[$what])* #[serde(rename = $name)] $variant,)*
        }

        impl $type {
            /// Its name, everywhere.
            pub fn name(self) -> &'static str {
                match self {
                    $($type::$variant => $name,)*
                }
            }
        }

        impl std::str::FromStr for $type {
            type Err = ();

            fn from_str(name: &str) -> Result<$type, ()> {
                match name {
                    $($name => Ok($type::$variant),)*
                    _ => Err(()),
                }
            }
        }

        impl $crate::config::field::Setting for $type {
            const KIND: $crate::config::Kind = $crate::config::Kind::Choice(&[$($name),*]);

            fn read(given: &$crate::config::serial::Given) -> Option<$type> {
                given.name()?.parse().ok()
            }
        }

        impl From<$type> for $crate::config::Value {
            fn from(choice: $type) -> $crate::config::Value {
                $crate::config::Value::Choice(choice.name())
            }
        }
    };
}
pub(super) use choice;
