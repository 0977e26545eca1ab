//! The command line: train, evaluate, ablate, decompose, sweep, reproduce. Thin; `--json` prints one JSON object and nothing else.

#[cfg(not(target_arch = "wasm32"))]
mod cli;

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::process::ExitCode {
    cli::main()
}

/// The browser has `web` instead.
#[cfg(target_arch = "wasm32")]
fn main() {}
