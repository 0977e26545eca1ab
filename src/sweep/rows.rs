//! Measurements as an Arrow table: one row per model and measurement, with the model's number, its settings, the
//! step, and the numbers. A number that is not finite, or was not measured, is missing. Every column says what
//! it is, in its field's metadata.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray, Float64Array, RecordBatch, StringArray, UInt32Array};
use arrow_schema::{Field, Schema};

use crate::config::{Config, ValidConfig, Value};
use crate::experiment::{Measurement, Metric};

/// What the rows of some models hold.
#[derive(Clone, Copy, Debug)]
pub struct Rows<'a> {
    /// Every model's config, by its number.
    pub configs: &'a [ValidConfig],
    /// The settings that have a column.
    pub settings: &'a [&'static str],
    /// The numbers that have one.
    pub metrics: &'a [Metric],
}

impl Rows<'_> {
    /// The first column.
    pub const MODEL: &'static str = "model";
    /// The column before the numbers.
    pub const STEP: &'static str = "step";

    /// The model's setting in a row.
    pub fn setting(&self, measurement: &Measurement, setting: &str) -> Value {
        let config = &self.configs[measurement.job as usize];
        let mut values = config.values();
        values
            .find(|(name, _)| *name == setting)
            .expect("every config has every setting")
            .1
    }

    /// A row's number; none where it is missing.
    pub fn number(measurement: &Measurement, metric: &Metric) -> Option<f64> {
        measurement.values.get(metric).filter(|x| x.is_finite())
    }

    /// Columns with types, and what the table says of itself. In each column's metadata is its `description`
    /// and, of a quantity, its `unit`.
    pub fn table(&self, measurements: &[Measurement], about: &BTreeMap<String, String>) -> RecordBatch {
        let whole = |number: fn(&Measurement) -> u32| -> ArrayRef {
            Arc::new(UInt32Array::from_iter_values(measurements.iter().map(number)))
        };
        let mut columns = vec![column(
            Self::MODEL,
            "the model's number, from 0",
            None,
            whole(|m| m.job),
        )];
        let fields = Config::default().fields();
        for field in fields.iter().filter(|field| self.settings.contains(&field.name)) {
            let values: Vec<Value> = measurements.iter().map(|m| self.setting(m, field.name)).collect();
            columns.push(column(
                field.name,
                field.help,
                None,
                array(&values, field.default),
            ));
        }
        let done = "steps of training done";
        columns.push(column(Self::STEP, done, Some("step"), whole(|m| m.step)));
        for metric in self.metrics {
            let numbers = measurements.iter().map(|m| Self::number(m, metric));
            let numbers: ArrayRef = Arc::new(numbers.collect::<Float64Array>());
            let (field, numbers) = column(&metric.to_string(), metric.meaning(), metric.unit(), numbers);
            columns.push((field.with_nullable(true), numbers));
        }
        let (fields, arrays): (Vec<Field>, Vec<ArrayRef>) = columns.into_iter().unzip();
        let about: HashMap<String, String> = about.clone().into_iter().collect();
        let schema = Schema::new(fields).with_metadata(about);
        RecordBatch::try_new(Arc::new(schema), arrays).expect("every column has a value of every row")
    }
}

fn column(name: &str, description: &str, unit: Option<&str>, array: ArrayRef) -> (Field, ArrayRef) {
    let field = Field::new(name, array.data_type().clone(), false);
    let about = [("description", Some(description)), ("unit", unit)];
    let about = about
        .into_iter()
        .filter_map(|(key, text)| Some((key.to_owned(), text?.to_owned())));
    (field.with_metadata(about.collect()), array)
}

/// One setting of every row, in a column of its type, which is that of the setting's default.
fn array(values: &[Value], default: Value) -> ArrayRef {
    let (mut integers, mut numbers, mut flags, mut choices) = (vec![], vec![], vec![], vec![]);
    for value in values {
        match value {
            Value::Integer(x) => integers.push(*x),
            Value::Number(x) => numbers.push(*x),
            Value::Flag(x) => flags.push(*x),
            Value::Choice(x) => choices.push(*x),
        }
    }
    match default {
        Value::Number(_) => Arc::new(Float64Array::from(numbers)),
        Value::Flag(_) => Arc::new(BooleanArray::from(flags)),
        Value::Choice(_) => Arc::new(StringArray::from(choices)),
        Value::Integer(_) => Arc::new(UInt32Array::from(integers)),
    }
}
