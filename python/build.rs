//! Lets macOS's linker leave Python's symbols open, as other linkers do.

fn main() {
    pyo3_build_config::add_extension_module_link_args();
}
