//! A sweep, planned and trained.

use std::collections::BTreeMap;

use leftright::config::Config;
use leftright::experiment::Measurement;
use leftright::sweep::{Part, Plan, Rows, Shard, Spec, resolve, train};
use pyo3::prelude::*;
use serde_json::{Value, json};

use crate::error::{Error, Result};
use crate::table::Table;
use crate::train::engine;
use crate::watch::watch;

/// A grid of models, checked, and the share of it that is trained.
#[pyclass(frozen, module = "leftright._native")]
pub struct Sweep {
    spec: Spec,
    plan: Plan,
    /// By their numbers.
    models: Vec<u32>,
}

/// A spec, or what is wrong with which of its keys.
fn read(json: &str) -> Result<Spec> {
    let keys: BTreeMap<String, Value> =
        serde_json::from_str(json).map_err(|error| Error::value(error.to_string()))?;
    for (name, least) in [("steps", 1), ("every", 0)] {
        let number = &keys[name];
        if number
            .as_u64()
            .is_none_or(|number| number > u64::from(Spec::MOST_STEPS))
        {
            return Err(Error::keyword(
                name,
                format!(
                    "{name} is {number}, but must be a whole number between {least} and {}",
                    Spec::MOST_STEPS
                ),
            ));
        }
    }
    for (name, value) in &keys {
        // The smallest spec that has this key.
        let alone = json!({"steps": 1, name.as_str(): value});
        if let Err(error) = serde_json::from_value::<Spec>(alone) {
            return Err(Error::keyword(name, format!("{name} cannot be read: {error}")));
        }
    }
    serde_json::from_str(json).map_err(|error| Error::value(error.to_string()))
}

#[pymethods]
impl Sweep {
    /// By the JSON of a spec, and a share such as "2/8".
    #[new]
    fn new(spec: &str, shard: &str) -> Result<Sweep> {
        let spec = read(spec)?;
        let shard: Shard = shard.parse().map_err(|wanted| {
            Error::keyword(
                "shard",
                format!("shard is \"{shard}\", but must be K/N: {wanted}"),
            )
        })?;
        let plan = spec.plan()?;
        let parts = Part::all(plan.configs.len());
        let ours = parts.into_iter().filter(|part| shard.has(part.place));
        let models = ours.flat_map(|part| part.models).collect();
        Ok(Sweep { spec, plan, models })
    }

    /// Steps of all its models together.
    #[getter]
    fn steps(&self) -> u64 {
        self.models.len() as u64 * u64::from(self.plan.steps)
    }

    /// Trains its models, and gives a row per model and measurement.
    fn train(&self, py: Python<'_>, engine: &str, progress: &Bound<'_, PyAny>) -> Result<Table> {
        let engine = resolve(self::engine(engine)?, &self.plan.configs);
        let jobs: Vec<_> = self
            .models
            .iter()
            .map(|model| (*model, self.plan.job(*model)))
            .collect();
        let measurements: Vec<Measurement> = watch(py, progress, |watched| {
            train(jobs, engine, &|steps| watched.tick(steps))
        })?;
        let settings: Vec<&str> = Config::default().values().map(|(name, _)| name).collect();
        let rows = Rows {
            configs: &self.plan.configs,
            settings: &settings,
            metrics: &self.plan.numbers,
        };
        Ok(Table(rows.table(&measurements, &self.spec.about(engine))))
    }
}
