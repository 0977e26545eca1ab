//! What a setting is: its kind, its value, and what a form, a help text or an error needs to know of it.

use serde::Serialize;

/// Which part of the run a field belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "web", derive(tsify::Tsify))]
#[serde(rename_all = "lowercase")]
pub enum Group {
    /// The synthetic world.
    Task,
    /// The two towers.
    Model,
    /// AdamW, the batch and the initial scales.
    Optimiser,
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
    /// true or false, shown as 1 or 0 in bounds.
    Flag,
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
    /// The least value allowed.
    pub min: f64,
    /// The greatest value allowed.
    pub max: f64,
    /// The value in preset `paper`.
    pub default: f64,
    /// One line of help.
    pub help: &'static str,
}

/// A setting's value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// A whole number.
    Integer(u32),
    /// A real number.
    Number(f64),
    /// true or false.
    Flag(bool),
}

impl Value {
    pub(super) fn kind(self) -> Kind {
        match self {
            Value::Integer(_) => Kind::Integer,
            Value::Number(_) => Kind::Number,
            Value::Flag(_) => Kind::Flag,
        }
    }

    /// The value as it is compared with bounds: false is 0, true is 1.
    pub(super) fn number(self) -> f64 {
        match self {
            Value::Integer(x) => f64::from(x),
            Value::Number(x) => x,
            Value::Flag(x) => f64::from(u8::from(x)),
        }
    }
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Value::Integer(x) => x.fmt(f),
            Value::Number(x) => x.fmt(f),
            Value::Flag(x) => x.fmt(f),
        }
    }
}

impl From<u32> for Value {
    fn from(x: u32) -> Value {
        Value::Integer(x)
    }
}

impl From<f64> for Value {
    fn from(x: f64) -> Value {
        Value::Number(x)
    }
}

impl From<bool> for Value {
    fn from(x: bool) -> Value {
        Value::Flag(x)
    }
}

impl Kind {
    /// What text must be to be read as such a value, as the end of a sentence.
    pub(super) fn allowed(self) -> &'static str {
        match self {
            Kind::Integer => "a whole number",
            Kind::Number => "a number",
            Kind::Flag => "true or false",
        }
    }
}
