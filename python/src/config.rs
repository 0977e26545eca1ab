//! Settings as keyword arguments and attributes.

use leftright::config::{self, ConfigError, Kind, Preset, Start, ValidConfig, Value};
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::{IntoPyDict, PyBool, PyCFunction, PyDict, PyString, PyTuple};

use crate::error::Result;

/// The settings of a run, checked. `preset` and `start` name where they begin, every other keyword sets one; a setting
/// that is given overrules both. Settings are read as attributes; they do not change, `replace` gives others.
///
/// >>> from leftright import Config
/// >>> config = Config(pair_labels=5, seed=3)
/// >>> config.pair_labels, config.d_model
/// (5, 128)
/// >>> config
/// Config(seed=3, pair_labels=5)
/// >>> Config(preset="left-right").text_layers
/// 2
#[pyclass(frozen, eq, module = "leftright")]
#[derive(Clone, PartialEq)]
pub struct Config(pub ValidConfig);

/// What a scalar of NumPy's holds. A long double's `item` is a long double again.
fn unwrapped<'py>(value: &Bound<'py, PyAny>) -> Bound<'py, PyAny> {
    let Ok(item) = value.call_method0("item") else {
        return value.clone();
    };
    match item.hasattr("item") {
        Ok(true) => item.call_method0("__float__").unwrap_or(item),
        _ => item,
    }
}

/// The crate's error of a setting that is a number or a flag, for one that was given as text: "1" is not 1.
fn refused(name: &str, text: &str) -> ConfigError {
    let error = config::Config::default().set(name, "text");
    match error.expect_err("no number and no flag is written so") {
        ConfigError::Parse { field, allowed, .. } => ConfigError::Parse {
            field,
            value: text.to_owned(),
            allowed: format!("{allowed}, not text"),
        },
        other => other,
    }
}

/// One value of a setting, as `Config::set` reads it. What is no such value becomes text that is none either, so
/// that the error is the crate's own.
fn text(name: &str, value: &Bound<'_, PyAny>, kind: Kind) -> Result<String> {
    let value = unwrapped(value);
    if let Ok(flag) = value.cast::<PyBool>() {
        return Ok(flag.is_true().to_string());
    }
    match (value.cast::<PyString>(), kind) {
        (Ok(text), Kind::Choice(_)) => Ok(text.to_string()),
        (Ok(text), _) => Err(refused(name, &text.to_string()).into()),
        (Err(_), _) => Ok(value.repr()?.to_string()),
    }
}

fn texts(settings: Option<&Bound<'_, PyDict>>) -> Result<Vec<(String, String)>> {
    let fields = config::Config::default().fields();
    let mut texts = Vec::new();
    for (name, value) in settings.into_iter().flatten() {
        let name: String = name.extract()?;
        let field = fields.iter().find(|field| field.name == name);
        let kind = field.ok_or_else(|| ConfigError::Unknown(name.clone()))?.kind;
        let text = text(&name, &value, kind)?;
        texts.push((name, text));
    }
    Ok(texts)
}

fn changed(
    from: &config::Config,
    start: Option<&str>,
    settings: Option<&Bound<'_, PyDict>>,
) -> Result<Config> {
    let start: Option<Start> = start.map(str::parse).transpose()?;
    let texts = texts(settings)?;
    let settings = texts.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    Ok(Config(from.with(start, settings)?.validate()?))
}

fn object<'py>(py: Python<'py>, value: Value) -> PyResult<Bound<'py, PyAny>> {
    match value {
        Value::Integer(x) => x.into_bound_py_any(py),
        Value::Number(x) => x.into_bound_py_any(py),
        Value::Flag(x) => x.into_bound_py_any(py),
        Value::Choice(x) => x.into_bound_py_any(py),
    }
}

#[pymethods]
impl Config {
    #[new]
    #[pyo3(signature = (*, preset = "paper", start = None, **settings))]
    fn new(preset: &str, start: Option<&str>, settings: Option<&Bound<'_, PyDict>>) -> Result<Config> {
        changed(&config::Config::preset(preset)?, start, settings)
    }

    /// These settings with some changed.
    ///
    /// >>> from leftright import Config
    /// >>> Config(seed=3).replace(pair_labels=5)
    /// Config(seed=3, pair_labels=5)
    #[pyo3(signature = (*, start = None, **settings))]
    fn replace(&self, start: Option<&str>, settings: Option<&Bound<'_, PyDict>>) -> Result<Config> {
        changed(&self.0, start, settings)
    }

    /// Every setting and its value, by name.
    fn settings<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let settings = PyDict::new(py);
        for (name, value) in self.0.values() {
            settings.set_item(name, object(py, value)?)?;
        }
        Ok(settings)
    }

    /// The names of the presets, each with what it is.
    #[staticmethod]
    fn presets(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
        let each = Preset::ALL.iter();
        each.map(|preset| (preset.name(), preset.description()))
            .into_py_dict(py)
    }

    /// The names of the starts (what the initial parameters are drawn from), each with what it is.
    #[staticmethod]
    fn starts(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
        let each = Start::ALL.iter();
        each.map(|start| (start.name(), start.description()))
            .into_py_dict(py)
    }

    /// As it could be written: what differs from preset `paper`.
    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let paper = config::Config::default();
        let mut given = Vec::new();
        for ((name, value), (_, usual)) in self.0.values().zip(paper.values()) {
            if value != usual {
                given.push(format!("{name}={}", object(py, value)?.repr()?));
            }
        }
        Ok(format!("Config({})", given.join(", ")))
    }

    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        let items: Vec<Bound<'_, PyAny>> = self
            .0
            .values()
            .map(|(_, value)| object(py, value))
            .collect::<PyResult<_>>()?;
        PyTuple::new(py, items)?.hash()
    }

    fn __getnewargs_ex__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyTuple>, Bound<'py, PyDict>)> {
        Ok((PyTuple::empty(py), self.settings(py)?))
    }
}

/// Adds what is written in the crate's tables alone: an attribute for every setting, and their list, which
/// `help(Config)` shows.
pub fn complete(class: &Bound<'_, PyAny>) -> PyResult<()> {
    let py = class.py();
    let property = py.import("builtins")?.getattr("property")?;
    let listed = |named: &mut dyn Iterator<Item = (&'static str, &'static str)>| {
        let lines = named.map(|(name, what)| format!("  {name}: {what}\n"));
        lines.collect::<String>()
    };
    let mut text: String = class.getattr("__doc__")?.extract()?;
    text += "\n\nSettings, as preset \"paper\" has them, and what each may be:\n\n";
    for (place, field) in config::Config::default().fields().into_iter().enumerate() {
        text += &format!(
            "  {}={}: {} ({})\n",
            field.name,
            field.default,
            field.help,
            field.allowed()
        );
        let get = move |args: &Bound<'_, PyTuple>, _: Option<&Bound<'_, PyDict>>| -> PyResult<Py<PyAny>> {
            let config = args.get_item(0)?.cast_into::<Config>()?;
            let mut values = config.get().0.values();
            let (_, value) = values.nth(place).expect("every config has every setting");
            Ok(object(args.py(), value)?.unbind())
        };
        let get = PyCFunction::new_closure(py, None, None, get)?;
        class.setattr(
            field.name,
            property.call1((get, py.None(), py.None(), field.help))?,
        )?;
    }
    text += "\nPresets:\n\n";
    text += &listed(
        &mut Preset::ALL
            .iter()
            .map(|preset| (preset.name(), preset.description())),
    );
    text += "\nStarts, which set what the initial parameters are drawn from:\n\n";
    text += &listed(&mut Start::ALL.iter().map(|start| (start.name(), start.description())));
    class.setattr("__doc__", text)
}

/// The config that is given, or preset `paper`.
pub fn or_paper(config: Option<&Bound<'_, Config>>) -> ValidConfig {
    config.map_or_else(ValidConfig::default, |config| config.get().0.clone())
}
