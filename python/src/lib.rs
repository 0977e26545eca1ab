//! The native module `leftright._native`: the crate `leftright` as Python sees it. Thin; what it has for users is
//! exported by `leftright/__init__.py`, and typed by `leftright/_native.pyi`.

use pyo3::prelude::*;

#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))
}
