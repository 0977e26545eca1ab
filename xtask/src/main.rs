//! `cargo xtask build | serve | test | fuzz | mutants | bench | lighthouse | notices | witness`: on a machine with
//! only Rust and Node, each does all the set-up it needs by itself, and is quick when nothing changed. `witness`
//! needs Python too.

mod bench;
mod browser;
mod build;
#[cfg(target_os = "linux")]
mod fuzz;
mod licenses;
mod lighthouse;
mod mutants;
mod python;
mod serve;
mod test;
mod tools;
mod witness;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Parser;

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    about = "Builds, serves and tests leftright"
)]
enum Task {
    /// Leave the static site in www/dist, for any file server, under any sub-path
    Build,
    /// Build the site and serve it on this machine
    Serve {
        /// The port to listen on, and no other [default: the first free one from 8080]
        #[arg(long)]
        port: Option<u16>,
        /// Serve www/dist as it is
        #[arg(long)]
        no_build: bool,
    },
    /// Run every test, in Rust, in Python and in a browser
    Test {
        /// Run one of the suites
        #[arg(long)]
        only: Option<test::Suite>,
    },
    /// Give the command line files that are broken on purpose, and count what it does not take well (on
    /// Linux)
    #[cfg(target_os = "linux")]
    Fuzz(fuzz::FuzzArgs),
    /// Change the crate at one place at a time, and count the changes that no test notices (takes hours)
    Mutants(mutants::MutantsArgs),
    /// Measure both engines against this machine and write bench/RESULTS.md and what lies beside it
    Bench {
        /// Also measure the site among other libraries with the script in this folder (`node bench.mjs
        /// --candidate URL`)
        #[arg(long)]
        peers: Option<PathBuf>,
        /// Only print what a step would take on two GPUs, as each kernel's description predicts it
        #[arg(long)]
        model_gpu: bool,
    },
    /// Audit the built article with Lighthouse, on mobile and desktop: every category must reach 95
    Lighthouse,
    /// Write the licences of the crates that a binary is made of, to go along with it
    Notices {
        /// Which
        #[arg(long, default_value = "program")]
        of: licenses::Binary,
        /// The Markdown file
        #[arg(long)]
        out: PathBuf,
    },
    /// Train preset paper with the crate and, in Python, with the dense reference, and compare their numbers
    /// (half an hour)
    Witness {
        /// A Python with jax, safetensors and scipy
        #[arg(long, default_value = "python3")]
        python: PathBuf,
    },
}

fn main() -> ExitCode {
    run(Task::parse()).unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}

fn run(task: Task) -> Result<ExitCode> {
    match task {
        Task::Build => build::build()?,
        Task::Serve { port, no_build } => {
            if !no_build {
                build::build()?;
            }
            serve::serve(port)?;
        }
        Task::Test { only } => return test::test(only),
        #[cfg(target_os = "linux")]
        Task::Fuzz(args) => return fuzz::fuzz(&args),
        Task::Mutants(args) => return mutants::mutants(&args),
        Task::Bench { model_gpu: true, .. } => bench::model_gpu()?,
        Task::Bench { peers, .. } => bench::bench(peers.as_deref())?,
        Task::Lighthouse => lighthouse::lighthouse()?,
        Task::Notices { of, out } => std::fs::write(&out, licenses::notices(of)?)
            .with_context(|| format!("{} cannot be written", out.display()))?,
        Task::Witness { python } => witness::witness(&python)?,
    }
    Ok(ExitCode::SUCCESS)
}
