//! The native module `leftright._native`: the crate `leftright` as Python sees it. Thin; what it has for users is
//! exported by `leftright/__init__.py`, and typed by `leftright/_native.pyi`.

mod argument;
mod config;
mod decomposition;
mod error;
mod model;
mod sweep;
mod table;
mod train;
mod watch;

use pyo3::prelude::*;

#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<config::Config>()?;
    module.add_class::<model::Model>()?;
    module.add_class::<decomposition::Decomposition>()?;
    module.add_class::<sweep::Sweep>()?;
    module.add_class::<table::Table>()?;
    module.add_function(wrap_pyfunction!(train::train, module)?)?;
    module.add_function(wrap_pyfunction!(train::train_together, module)?)?;
    config::complete(&module.getattr("Config")?)
}
