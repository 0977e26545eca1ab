//! A part's rows: one per model and measurement, with the model's number, its settings, the step, and the numbers.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Float64Array, RecordBatch, UInt32Array};
use leftright::config::{Config, Kind};
use leftright::experiment::Measurement;
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

use super::Format;
use super::spec::Plan;
use crate::cli::Failure;

/// The bytes of a part's file.
pub fn encode(plan: &Plan, measurements: &[Measurement], format: Format) -> Result<Vec<u8>, Failure> {
    match format {
        Format::Parquet => parquet(plan, measurements),
        Format::Csv => csv(plan, measurements),
    }
}

fn number(measurement: &Measurement, name: &str) -> Option<f64> {
    measurement.values.get(name).copied().filter(|x| x.is_finite())
}

fn parquet(plan: &Plan, measurements: &[Measurement]) -> Result<Vec<u8>, Failure> {
    let config = |m: &Measurement| &plan.configs[m.job as usize];
    let mut columns: Vec<(String, ArrayRef, bool)> = Vec::new();
    let whole =
        |of: &dyn Fn(&Measurement) -> u32| -> ArrayRef { Arc::new(measurements.iter().map(|m| Some(of(m))).collect::<UInt32Array>()) };
    columns.push(("model".to_owned(), whole(&|m| m.job), false));
    for field in Config::default().fields() {
        let text = |m: &Measurement| config(m).text(field.name);
        let column: ArrayRef = match field.kind {
            Kind::Integer => whole(&|m| text(m).parse().unwrap_or_default()),
            Kind::Number => Arc::new(measurements.iter().map(|m| text(m).parse::<f64>().ok()).collect::<Float64Array>()),
            Kind::Flag => Arc::new(measurements.iter().map(|m| Some(text(m) == "true")).collect::<BooleanArray>()),
        };
        columns.push((field.name.to_owned(), column, false));
    }
    columns.push(("step".to_owned(), whole(&|m| m.step), false));
    for name in &plan.numbers {
        let column: ArrayRef = Arc::new(measurements.iter().map(|m| number(m, name)).collect::<Float64Array>());
        columns.push((name.clone(), column, true));
    }
    let wrong = |error: String| Failure::Output(std::io::Error::other(error));
    let batch = RecordBatch::try_from_iter_with_nullable(columns).map_err(|e| wrong(e.to_string()))?;
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).map_err(|e| wrong(e.to_string()))?;
    writer.write(&batch).and_then(|()| writer.close()).map_err(|e| wrong(e.to_string()))?;
    Ok(bytes)
}

fn csv(plan: &Plan, measurements: &[Measurement]) -> Result<Vec<u8>, Failure> {
    let fields = Config::default().fields();
    let mut writer = csv::Writer::from_writer(Vec::new());
    let wrong = |error: csv::Error| Failure::Output(std::io::Error::other(error));
    let settings = fields.iter().map(|field| field.name);
    let header = std::iter::once("model").chain(settings).chain(std::iter::once("step")).chain(plan.numbers.iter().map(String::as_str));
    writer.write_record(header).map_err(wrong)?;
    for m in measurements {
        let config = &plan.configs[m.job as usize];
        let settings = fields.iter().map(|field| config.text(field.name));
        let numbers = plan.numbers.iter().map(|name| number(m, name).map_or_else(String::new, |x| x.to_string()));
        let row = std::iter::once(m.job.to_string()).chain(settings).chain(std::iter::once(m.step.to_string())).chain(numbers);
        writer.write_record(row).map_err(wrong)?;
    }
    writer.into_inner().map_err(|error| Failure::Output(std::io::Error::other(error.to_string())))
}
