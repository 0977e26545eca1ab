//! An Arrow table, for whatever library reads one.

use std::io::Cursor;

use arrow_array::cast::AsArray;
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::types::{Float64Type, UInt32Type};
use arrow_array::{Array, RecordBatch, RecordBatchIterator};
use arrow_ipc::reader::StreamReader;
use arrow_ipc::writer::StreamWriter;
use arrow_schema::DataType;
use arrow_schema::ffi::FFI_ArrowSchema;
use numpy::PyArray1;
use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyCapsule, PyDict};

use crate::error::{Error, Result};

/// Rows as an Arrow table: `polars.DataFrame(table)`, `pandas.DataFrame.from_arrow(table)`, `pyarrow.table(table)` and
/// DuckDB read it where it is (by the Arrow PyCapsule interface). By itself it gives single columns: `table["loss"]`.
#[pyclass(frozen, module = "leftright")]
pub struct Table(pub RecordBatch);

fn failed(error: impl std::fmt::Display) -> Error {
    Error::value(error.to_string())
}

impl Table {
    fn place(&self, name: &str) -> Result<usize> {
        self.0.schema().index_of(name).map_err(|_| {
            let names = self.columns().join(", ");
            let message = format!("there is no column \"{name}\"; the columns are {names}");
            Error::Python(PyKeyError::new_err(message))
        })
    }
}

#[pymethods]
impl Table {
    /// The names of its columns.
    #[getter]
    fn columns(&self) -> Vec<String> {
        let schema = self.0.schema();
        schema.fields().iter().map(|field| field.name().clone()).collect()
    }

    /// What it says of itself: the version of leftright, the engine, the sweep's spec as JSON.
    #[getter]
    fn metadata<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        self.0.schema().metadata().clone().into_pyobject(py)
    }

    /// What a column says of itself: its `description` and, of a quantity, its `unit`.
    fn about<'py>(&self, py: Python<'py>, column: &str) -> Result<Bound<'py, PyDict>> {
        let field = self.0.schema().field(self.place(column)?).metadata().clone();
        Ok(field.into_pyobject(py)?)
    }

    fn __len__(&self) -> usize {
        self.0.num_rows()
    }

    /// A column as a NumPy array, `[row]`; a number that is missing is NaN.
    fn __getitem__<'py>(&self, py: Python<'py>, column: &str) -> Result<Bound<'py, PyAny>> {
        let array = self.0.column(self.place(column)?);
        Ok(match array.data_type() {
            DataType::Float64 => {
                let numbers = array.as_primitive::<Float64Type>().iter();
                PyArray1::from_iter(py, numbers.map(|x| x.unwrap_or(f64::NAN))).into_any()
            }
            DataType::UInt32 => {
                PyArray1::from_slice(py, array.as_primitive::<UInt32Type>().values()).into_any()
            }
            DataType::Boolean => PyArray1::from_iter(py, array.as_boolean().values().iter()).into_any(),
            _ => {
                let names: Vec<_> = array.as_string::<i32>().iter().flatten().collect();
                py.import("numpy")?.getattr("array")?.call1((names,))?
            }
        })
    }

    fn __repr__(&self) -> String {
        format!(
            "<Table of {} rows, {} columns>",
            self.0.num_rows(),
            self.0.num_columns()
        )
    }

    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> Result<Bound<'py, PyCapsule>> {
        let schema = FFI_ArrowSchema::try_from(self.0.schema().as_ref()).map_err(failed)?;
        Ok(PyCapsule::new_with_value(py, schema, c"arrow_schema")?)
    }

    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> Result<Bound<'py, PyCapsule>> {
        // A reader may ask for other types, and has to take these.
        let _ = requested_schema;
        let batches = RecordBatchIterator::new([Ok(self.0.clone())], self.0.schema());
        let stream = FFI_ArrowArrayStream::new(Box::new(batches));
        Ok(PyCapsule::new_with_value(py, stream, c"arrow_array_stream")?)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> Result<(Bound<'py, PyAny>, (Bound<'py, PyBytes>,))> {
        let batch = &slf.get().0;
        let mut writer = StreamWriter::try_new(Vec::new(), &batch.schema()).map_err(failed)?;
        writer.write(batch).map_err(failed)?;
        let bytes = writer.into_inner().map_err(failed)?;
        Ok((
            slf.get_type().getattr("_restore")?,
            (PyBytes::new(slf.py(), &bytes),),
        ))
    }

    #[staticmethod]
    fn _restore(bytes: &[u8]) -> Result<Table> {
        let mut batches = StreamReader::try_new(Cursor::new(bytes), None).map_err(failed)?;
        let batch = batches.next().ok_or_else(|| failed("no table: it has no rows"))?;
        Ok(Table(batch.map_err(failed)?))
    }
}
