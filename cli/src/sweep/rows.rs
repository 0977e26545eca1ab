//! A part's rows: one per model and measurement, with the model's number, its settings, the step, and the
//! numbers.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Float64Array, RecordBatch, StringArray, UInt32Array};
use leftright::config::{Config, Value};
use leftright::experiment::{Measurement, Metric};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

use super::Format;
use super::spec::Plan;
use crate::Failure;

/// The bytes of a part's file.
pub fn encode(plan: &Plan, measurements: &[Measurement], format: Format) -> Result<Vec<u8>, Failure> {
    match format {
        Format::Parquet => parquet(plan, measurements),
        Format::Csv => csv(plan, measurements),
    }
}

fn number(measurement: &Measurement, metric: &Metric) -> Option<f64> {
    measurement.values.get(metric).filter(|x| x.is_finite())
}

fn parquet(plan: &Plan, measurements: &[Measurement]) -> Result<Vec<u8>, Failure> {
    let config = |m: &Measurement| &plan.configs[m.job as usize];
    let mut columns: Vec<(String, ArrayRef, bool)> = Vec::new();
    let whole = |numbers: Vec<u32>| -> ArrayRef { Arc::new(UInt32Array::from(numbers)) };
    columns.push((
        "model".to_owned(),
        whole(measurements.iter().map(|m| m.job).collect()),
        false,
    ));
    for (place, (name, _)) in Config::default().values().enumerate() {
        let values = measurements.iter().map(|m| {
            config(m)
                .values()
                .nth(place)
                .expect("every config has every setting")
                .1
        });
        columns.push((name.to_owned(), setting(&values.collect::<Vec<_>>()), false));
    }
    columns.push((
        "step".to_owned(),
        whole(measurements.iter().map(|m| m.step).collect()),
        false,
    ));
    for metric in &plan.numbers {
        let column: ArrayRef = Arc::new(
            measurements
                .iter()
                .map(|m| number(m, metric))
                .collect::<Float64Array>(),
        );
        columns.push((metric.to_string(), column, true));
    }
    let wrong = |error: String| Failure::Output(std::io::Error::other(error));
    let batch = RecordBatch::try_from_iter_with_nullable(columns).map_err(|e| wrong(e.to_string()))?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties))
        .map_err(|e| wrong(e.to_string()))?;
    writer
        .write(&batch)
        .and_then(|()| writer.close())
        .map_err(|e| wrong(e.to_string()))?;
    Ok(bytes)
}

/// One setting of every row, in a column of its type; all have the kind of the first.
fn setting(values: &[Value]) -> ArrayRef {
    let (mut integers, mut numbers, mut flags, mut choices) = (vec![], vec![], vec![], vec![]);
    for value in values {
        match value {
            Value::Integer(x) => integers.push(*x),
            Value::Number(x) => numbers.push(*x),
            Value::Flag(x) => flags.push(*x),
            Value::Choice(x) => choices.push(*x),
        }
    }
    match values.first() {
        Some(Value::Number(_)) => Arc::new(Float64Array::from(numbers)),
        Some(Value::Flag(_)) => Arc::new(BooleanArray::from(flags)),
        Some(Value::Choice(_)) => Arc::new(StringArray::from(choices)),
        Some(Value::Integer(_)) | None => Arc::new(UInt32Array::from(integers)),
    }
}

fn csv(plan: &Plan, measurements: &[Measurement]) -> Result<Vec<u8>, Failure> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let wrong = |error: csv::Error| Failure::Output(std::io::Error::other(error));
    let settings = Config::default()
        .values()
        .map(|(name, _)| name.to_owned())
        .collect::<Vec<_>>();
    let metrics = plan.numbers.iter().map(Metric::to_string);
    let header = ["model".to_owned()]
        .into_iter()
        .chain(settings)
        .chain(["step".to_owned()])
        .chain(metrics);
    writer.write_record(header).map_err(wrong)?;
    for m in measurements {
        let settings = plan.configs[m.job as usize]
            .values()
            .map(|(_, value)| value.to_string())
            .collect::<Vec<_>>();
        let numbers = plan
            .numbers
            .iter()
            .map(|metric| number(m, metric).map_or_else(String::new, |x| x.to_string()));
        let row = [m.job.to_string()]
            .into_iter()
            .chain(settings)
            .chain([m.step.to_string()])
            .chain(numbers);
        writer.write_record(row).map_err(wrong)?;
    }
    writer
        .into_inner()
        .map_err(|error| Failure::Output(std::io::Error::other(error.to_string())))
}
