//! Rows of measurements, read back from a file.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::ErrorKind;
use std::path::Path;

use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, UInt32Type};
use leftright::experiment::{Measurement, Metric, Values};
use leftright::sweep::Rows;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::metadata::KeyValue;

use crate::Failure;

/// What a Parquet file says of itself, by key.
pub type About = BTreeMap<String, String>;

/// A Parquet file of rows, open.
pub struct Reader<'a> {
    path: &'a Path,
    file: ParquetRecordBatchReaderBuilder<File>,
}

impl Reader<'_> {
    /// Opens a file; none where there is none.
    pub fn open(path: &Path) -> Result<Option<Reader<'_>>, Failure> {
        let file = match File::open(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            file => file.map_err(|error| Failure::file(path, error))?,
        };
        let file = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| wrong(path, error))?;
        Ok(Some(Reader { path, file }))
    }

    /// What it says of itself.
    pub fn about(&self) -> About {
        let pairs = self.file.metadata().file_metadata().key_value_metadata();
        let pair = |KeyValue { key, value }: &KeyValue| Some((key.clone(), value.clone()?));
        pairs.into_iter().flatten().filter_map(pair).collect()
    }

    /// Its measurements, in its order.
    pub fn measurements(self) -> Result<Vec<Measurement>, Failure> {
        let path = self.path;
        let mut measurements = Vec::new();
        for batch in self.file.build().map_err(|error| wrong(path, error))? {
            let batch = batch.map_err(|error| wrong(path, error))?;
            let no_column = |name: &str| wrong(path, format!("it has no column of numbers named {name}"));
            let whole = |name: &str| {
                let column = batch.column_by_name(name);
                column
                    .and_then(|column| column.as_primitive_opt::<UInt32Type>())
                    .ok_or_else(|| no_column(name))
            };
            let (models, steps) = (whole(Rows::MODEL)?, whole(Rows::STEP)?);
            let schema = batch.schema();
            let names = schema.fields().iter().map(|field| field.name().as_str());
            let columns = names
                .zip(batch.columns())
                .skip_while(|(name, _)| *name != Rows::STEP)
                .skip(1);
            let metrics = columns
                .map(|(name, column)| {
                    let metric: Metric = name.parse().map_err(|error| wrong(path, error))?;
                    let numbers = column.as_primitive_opt::<Float64Type>();
                    Ok((metric, numbers.ok_or_else(|| no_column(name))?))
                })
                .collect::<Result<Vec<_>, Failure>>()?;
            for row in 0..batch.num_rows() {
                let measured = metrics.iter().filter(|(_, numbers)| numbers.is_valid(row));
                let values = measured.map(|(metric, numbers)| (metric.clone(), numbers.value(row)));
                measurements.push(Measurement {
                    job: models.value(row),
                    step: steps.value(row),
                    values: values.collect::<Values>(),
                });
            }
        }
        Ok(measurements)
    }
}

fn wrong(path: &Path, error: impl std::fmt::Display) -> Failure {
    Failure::Usage(format!("{}: no file of measurements: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use leftright::analysis::Score;
    use leftright::config::Config;

    use super::*;
    use crate::table::parquet;

    /// Rows come back as they went, but for numbers that are not finite; and so does what is said of them.
    #[test]
    fn rows_are_read_as_they_are_written() {
        let config = |seed, lr| {
            let config = Config {
                seed,
                lr,
                ..Config::default()
            };
            config.validate().unwrap()
        };
        let configs = [config(3, 0.1), config(4, 1.0 / 3.0)];
        let metrics = [Metric::Loss, Metric::unseen(Score::Order), Metric::HeadSlope(1)];
        let measured = |job, step, numbers: [Option<f64>; 3]| Measurement {
            job,
            step,
            values: metrics
                .iter()
                .zip(numbers)
                .filter_map(|(metric, x)| Some((metric.clone(), x?)))
                .collect(),
        };
        let read = vec![
            measured(0, 5, [Some(1.0 / 7.0), None, Some(-0.0)]),
            measured(1, 5, [None, Some(0.5), Some(f64::MIN_POSITIVE)]),
            measured(1, 9, [Some(2.0), Some(1.0), None]),
        ];
        let mut written = read.clone();
        written[1].values.insert(Metric::Loss, f64::NAN);
        let rows = Rows {
            configs: &configs,
            settings: &["seed", "lr", "schedule", "grid"],
            metrics: &metrics,
        };
        let about = About::from([("version".to_owned(), "1".to_owned())]);
        let bytes = parquet(&rows.table(&written, &about)).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows.parquet");
        assert!(Reader::open(&path).unwrap().is_none());
        std::fs::write(&path, &bytes).unwrap();
        let reader = Reader::open(&path).unwrap().unwrap();
        assert_eq!(reader.about().get("version").map(String::as_str), Some("1"));
        assert_eq!(reader.measurements().unwrap(), read);
        // Negative controls: half a file, and one whose numbers have another name.
        std::fs::write(&path, &bytes[..400]).unwrap();
        assert!(Reader::open(&path).is_err());
    }
}
