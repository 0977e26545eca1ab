//! The wasm-bindgen surface, in a worker. Thin: it converts, yields to the event loop, and gives every error
//! a stable `code`. It is compiled twice: without the feature `train` it shows models and is what a page
//! loads first; with it, it trains them too.

#![allow(missing_debug_implementations)] // handles that JavaScript holds

#[cfg(feature = "train")]
mod experiments;
mod model;
#[cfg(feature = "train")]
mod reference;
#[cfg(feature = "train")]
mod session;

use serde::Serialize;
use tsify::Tsify;
use wasm_bindgen::prelude::*;

use crate::analysis::AnalysisError;
use crate::checkpoint::{CheckpointError, MAX_BYTES};
use crate::config::{Config, ConfigError, ConfigField, Preset, Start, ValidConfig, settings};

#[allow(unused_macros)] // wasm-bindgen drops what uses it where the target is no browser
macro_rules! typescript_type {
    (bool) => {
        "boolean"
    };
    (u32) => {
        "number"
    };
    (f64) => {
        "number"
    };
    ($choice:ident) => {
        stringify!($choice)
    };
}

macro_rules! typescript {
    ($($group:ident $name:ident: $type:ident $([$min:expr, $max:expr])? = $default:expr, $help:literal;)*) => {
        /// The TypeScript type of a whole config; a derived one would have every field optional.
        #[wasm_bindgen(typescript_custom_section)]
        const CONFIG: &str = concat!(
            "/** A run. */\nexport interface Config {\n",
            $("  /** ", $help, " */\n  ", stringify!($name), ": ", typescript_type!($type), ";\n",)*
            "}\n",
        );
    };
}
settings!(typescript);

#[wasm_bindgen(start)]
fn start() {
    console_error_panic_hook::set_once();
}

/// An error of ours on its way to JS: an `Error` with a `code`. The page makes its message fit to be shown
/// (www/src/engine/errors.ts).
struct Failure {
    code: &'static str,
    message: String,
}

impl From<Failure> for JsValue {
    fn from(failure: Failure) -> JsValue {
        let error = js_sys::Error::new(&failure.message);
        // Setting a property of a fresh Error cannot fail.
        let _ = js_sys::Reflect::set(&error, &"code".into(), &failure.code.into());
        error.into()
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Failure {
        Failure {
            code: "config",
            message: error.to_string(),
        }
    }
}

impl From<CheckpointError> for Failure {
    fn from(error: CheckpointError) -> Failure {
        Failure {
            code: "checkpoint",
            message: error.to_string(),
        }
    }
}

impl From<AnalysisError> for Failure {
    fn from(error: AnalysisError) -> Failure {
        let code = match error {
            AnalysisError::Scene(_) => "scene",
            AnalysisError::Ablation(_) | AnalysisError::Layer(_) | AnalysisError::Term(_) => "ablation",
            AnalysisError::Surgery(_) => "surgery",
            AnalysisError::NotFinite(_) => "not_finite",
        };
        Failure {
            code,
            message: error.to_string(),
        }
    }
}

/// What trains is borrowed by its training until that ends.
#[cfg(feature = "train")]
fn busy() -> Failure {
    Failure {
        code: "busy",
        message: "The model is training; pause it first.".to_owned(),
    }
}

impl From<serde_wasm_bindgen::Error> for Failure {
    fn from(error: serde_wasm_bindgen::Error) -> Failure {
        Failure {
            code: "config",
            message: error.to_string(),
        }
    }
}

/// Typed arrays and byte arrays as JS has them, everything else as plain objects.
fn to_js<T: Serialize>(value: &T) -> Result<JsValue, Failure> {
    Ok(value.serialize(&serde_wasm_bindgen::Serializer::json_compatible())?)
}

/// A value from JS; what does not fit is an error of this code.
fn from_js<T: serde::de::DeserializeOwned>(value: JsValue, code: &'static str) -> Result<T, Failure> {
    serde_wasm_bindgen::from_value(value).map_err(|error| Failure {
        code,
        message: error.to_string(),
    })
}

/// The table of settings: names, bounds (with the other fields as in preset `paper`), defaults, help.
#[wasm_bindgen(js_name = configFields, unchecked_return_type = "ConfigField[]")]
pub fn config_fields() -> Result<JsValue, JsValue> {
    let fields: Vec<ConfigField> = Config::default().fields();
    Ok(to_js(&fields)?)
}

/// A config that has a name.
#[derive(Serialize, Tsify)]
struct NamedConfig {
    /// Its name.
    name: &'static str,
    /// What it is, in a few words.
    description: &'static str,
    /// Its settings.
    config: Config,
}

/// Every preset.
#[wasm_bindgen(unchecked_return_type = "NamedConfig[]")]
pub fn presets() -> Result<JsValue, JsValue> {
    let named = |preset: &Preset| NamedConfig {
        name: preset.name(),
        description: preset.description(),
        config: preset.config(),
    };
    Ok(to_js(&Preset::ALL.iter().map(named).collect::<Vec<_>>())?)
}

/// A config with each start in place of its own.
#[wasm_bindgen(unchecked_return_type = "NamedConfig[]")]
pub fn starts(#[wasm_bindgen(unchecked_param_type = "Config")] config: JsValue) -> Result<JsValue, JsValue> {
    let config: Config = from_js(config, "config")?;
    let named = |start: &Start| NamedConfig {
        name: start.name(),
        description: start.description(),
        config: start.of(&config),
    };
    Ok(to_js(&Start::ALL.iter().map(named).collect::<Vec<_>>())?)
}

/// Bytes of the largest checkpoint that is opened.
#[wasm_bindgen(js_name = largestFile)]
pub fn largest_file() -> u32 {
    MAX_BYTES as u32
}

fn read_config(config: JsValue) -> Result<ValidConfig, Failure> {
    let config: Config = serde_wasm_bindgen::from_value(config)?;
    Ok(config.validate()?)
}

/// Fills in preset `paper` and checks every limit.
#[wasm_bindgen(js_name = checkConfig, unchecked_return_type = "Config")]
pub fn check_config(
    #[wasm_bindgen(unchecked_param_type = "Partial<Config>")] config: JsValue,
) -> Result<JsValue, JsValue> {
    Ok(to_js(&read_config(config)?)?)
}
