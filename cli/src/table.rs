//! A table's bytes, in each format that programs read tables from.

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, UInt32Type};
use arrow_array::{Array, RecordBatch};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};

use crate::Failure;

fn failed(error: impl std::error::Error + Send + Sync + 'static) -> Failure {
    Failure::Output(std::io::Error::other(error))
}

/// Columns with types, for DuckDB, Polars, pandas, and what the table says of itself, as the file's metadata.
pub fn parquet(table: &RecordBatch) -> Result<Vec<u8>, Failure> {
    let schema = table.schema();
    let mut about: Vec<KeyValue> = schema
        .metadata()
        .iter()
        .map(|(key, value)| KeyValue::new(key.clone(), value.clone()))
        .collect();
    // A map has no order, and the same table gives the same bytes.
    about.sort_by(|a, b| a.key.cmp(&b.key));
    // The files are small and read whole: bounds by which a reader leaves pages out would be most of their bytes.
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_statistics_enabled(EnabledStatistics::None)
        .set_offset_index_disabled(true)
        .set_key_value_metadata(Some(about))
        .build();
    // The schema goes along too, with what is said of the table once more: of a file that has one, Arrow's readers
    // look nowhere else.
    let mut writer = ArrowWriter::try_new(Vec::new(), schema, Some(properties)).map_err(failed)?;
    writer.write(table).map_err(failed)?;
    writer.into_inner().map_err(failed)
}

/// Text, in which a missing value is empty.
pub fn csv(table: &RecordBatch) -> Result<Vec<u8>, Failure> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let schema = table.schema();
    let names = schema.fields().iter().map(|field| field.name());
    writer.write_record(names).map_err(failed)?;
    for row in 0..table.num_rows() {
        let cells = table.columns().iter().map(|column| cell(column, row));
        writer.write_record(cells).map_err(failed)?;
    }
    writer
        .into_inner()
        .map_err(|error| Failure::Output(std::io::Error::other(error.to_string())))
}

fn cell(column: &dyn Array, row: usize) -> String {
    if column.is_null(row) {
        return String::new();
    }
    if let Some(numbers) = column.as_primitive_opt::<Float64Type>() {
        return numbers.value(row).to_string();
    }
    if let Some(numbers) = column.as_primitive_opt::<UInt32Type>() {
        return numbers.value(row).to_string();
    }
    if let Some(flags) = column.as_boolean_opt() {
        return flags.value(row).to_string();
    }
    column.as_string::<i32>().value(row).to_owned()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{ArrayRef, BooleanArray, Float64Array, StringArray, UInt32Array};
    use arrow_schema::{Field, Schema};
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
    use parquet::file::reader::ChunkReader;

    use super::*;

    fn table() -> RecordBatch {
        let columns: [(&str, ArrayRef); 4] = [
            ("whole", Arc::new(UInt32Array::from(vec![1, u32::MAX]))),
            (
                "number",
                Arc::new(Float64Array::from(vec![Some(1.0 / 3.0), None])),
            ),
            ("flag", Arc::new(BooleanArray::from(vec![true, false]))),
            ("text", Arc::new(StringArray::from(vec!["a, \"b\"", ""]))),
        ];
        let fields: Vec<Field> = columns
            .iter()
            .map(|(name, array)| {
                let about = [("unit".to_owned(), format!("of {name}"))];
                Field::new(*name, array.data_type().clone(), true).with_metadata(about.into())
            })
            .collect();
        let about =
            [("version", "1"), ("spec", "long")].map(|(key, value)| (key.to_owned(), value.to_owned()));
        let schema = Schema::new(fields).with_metadata(about.into());
        RecordBatch::try_new(Arc::new(schema), columns.map(|(_, array)| array).into()).unwrap()
    }

    /// A Parquet file gives back the values, what each column says of itself, and what the table says, to readers of
    /// Arrow's schemas and to others; the same table gives the same bytes.
    #[test]
    fn a_table_is_read_as_it_was_written() {
        let table = table();
        let bytes = parquet(&table).unwrap();
        assert_eq!(bytes, parquet(&table).unwrap());
        let file = tempfile::tempfile().unwrap();
        std::io::Write::write_all(&mut &file, &bytes).unwrap();
        assert!(file.get_bytes(0, 4).unwrap().starts_with(b"PAR1"));
        let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
        let pairs = reader.metadata().file_metadata().key_value_metadata().unwrap();
        let keys: Vec<&str> = pairs.iter().map(|pair| pair.key.as_str()).collect();
        assert_eq!(keys, ["spec", "version", "ARROW:schema"]);
        assert_eq!(reader.schema().metadata(), table.schema().metadata());
        let read = reader.build().unwrap().next().unwrap().unwrap();
        assert_eq!(read.columns(), table.columns());
        assert_eq!(read.schema().fields(), table.schema().fields());
        // Negative control: another table has other bytes.
        assert_ne!(bytes, parquet(&table.slice(0, 1)).unwrap());
    }

    /// Text is quoted where it must be, so that any reader of CSV reads the value back.
    #[test]
    fn text_is_quoted_where_it_must_be() {
        let text = String::from_utf8(csv(&table()).unwrap()).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "whole,number,flag,text");
        assert_eq!(lines[1], "1,0.3333333333333333,true,\"a, \"\"b\"\"\"");
        assert_eq!(lines[2], "4294967295,,false,");
    }
}
