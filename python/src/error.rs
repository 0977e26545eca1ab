//! What ends a call early, as an exception of `leftright/errors.py`.

use std::path::Path;

use leftright::analysis::AnalysisError;
use leftright::config::{Config, ConfigError, PopulationError};
use leftright::engine::EngineError;
use leftright::experiment::TrainerError;
use leftright::sweep::SweepError;
use leftright::training::RunError;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// Raised as a Python exception.
pub enum Error {
    /// Of Python's own.
    Python(PyErr),
    /// An exception of ours: its class, its message, and what else it holds.
    Ours(&'static str, String, [Option<String>; 3]),
    /// The training was told to stop; who told it raises something of its own.
    Stopped,
}

pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    pub fn value(message: impl Into<String>) -> Error {
        Error::Python(PyValueError::new_err(message.into()))
    }

    pub fn analysis(message: impl Into<String>) -> Error {
        Error::Ours("AnalysisError", message.into(), [None, None, None])
    }

    pub fn training(message: impl Into<String>) -> Error {
        Error::Ours("TrainingError", message.into(), [None, None, None])
    }

    /// Of a keyword of `sweep`, or what it holds of a setting.
    pub fn keyword(field: &str, message: impl Into<String>) -> Error {
        Error::Ours(
            "ConfigError",
            message.into(),
            [Some(field.to_owned()), None, None],
        )
    }

    pub fn checkpoint(path: Option<&Path>, error: &impl std::fmt::Display) -> Error {
        let path = path.map(|path| path.display().to_string());
        let message = match &path {
            Some(path) => format!("{path}: {error}"),
            None => error.to_string(),
        };
        Error::Ours("CheckpointError", message, [path, None, None])
    }

    fn config(message: String, error: &ConfigError) -> Error {
        let (field, value, allowed) = match error {
            ConfigError::Bounds {
                field,
                value,
                allowed,
            }
            | ConfigError::Parse {
                field,
                value,
                allowed,
            } => (*field, value.clone(), Some(allowed.clone())),
            ConfigError::Unknown(name) => {
                let near = Config::nearest(name).map(str::to_owned);
                return Error::Ours("ConfigError", message, [Some(name.clone()), None, near]);
            }
            ConfigError::Preset(name) => ("preset", name.clone(), None),
            ConfigError::Start(name) => ("start", name.clone(), None),
        };
        Error::Ours(
            "ConfigError",
            message,
            [Some(field.to_owned()), Some(value), allowed],
        )
    }
}

impl From<Error> for PyErr {
    fn from(error: Error) -> PyErr {
        let (class, message, [first, second, third]) = match error {
            Error::Python(error) => return error,
            Error::Stopped => (
                "TrainingError",
                "the training was stopped".to_owned(),
                [None, None, None],
            ),
            Error::Ours(class, message, rest) => (class, message, rest),
        };
        Python::attach(|py| {
            let made = py.import("leftright.errors").and_then(|errors| {
                let class = errors.getattr(class)?;
                class.call1((message, first, second, third))
            });
            made.map_or_else(|error| error, PyErr::from_value)
        })
    }
}

impl From<PyErr> for Error {
    fn from(error: PyErr) -> Error {
        Error::Python(error)
    }
}

impl From<ConfigError> for Error {
    fn from(error: ConfigError) -> Error {
        Error::config(error.to_string(), &error)
    }
}

impl From<PopulationError> for Error {
    fn from(error: PopulationError) -> Error {
        let field = match error {
            PopulationError::Empty => "seeds",
            PopulationError::Shapes(field) => field,
        };
        Error::Ours(
            "ConfigError",
            error.to_string(),
            [Some(field.to_owned()), None, None],
        )
    }
}

impl From<SweepError> for Error {
    fn from(error: SweepError) -> Error {
        match &error {
            SweepError::Config(of) => of.clone().into(),
            SweepError::Model { error: of, .. } => Error::config(error.to_string(), of),
            SweepError::Analysis(of) => of.clone().into(),
            SweepError::Spec(message) => match message.split_once(" is ") {
                // "grid.seed is an empty list, but must hold ...".
                Some((named, _)) if !named.contains(' ') => {
                    let field = named.rsplit_once('.').map_or(named, |(_, setting)| setting);
                    Error::keyword(field, message.clone())
                }
                _ => Error::Ours("ConfigError", message.clone(), [None, None, None]),
            },
        }
    }
}

impl From<AnalysisError> for Error {
    fn from(error: AnalysisError) -> Error {
        Error::analysis(error.to_string())
    }
}

impl From<RunError> for Error {
    fn from(error: RunError) -> Error {
        Error::training(error.to_string())
    }
}

impl From<EngineError> for Error {
    fn from(error: EngineError) -> Error {
        Error::training(error.to_string())
    }
}

impl From<TrainerError> for Error {
    fn from(error: TrainerError) -> Error {
        match error {
            TrainerError::Population(error) => error.into(),
            TrainerError::Analysis(error) => error.into(),
            TrainerError::Engine(_) | TrainerError::Steps => Error::training(error.to_string()),
        }
    }
}
