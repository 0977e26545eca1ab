//! Files broken on purpose, by the thousand. What is broken and how it is judged is in
//! `cli/tests/hostile/campaign`, of which the tests run a share.

#[path = "../../cli/tests/hostile/campaign/mod.rs"]
mod campaign;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result};
use campaign::{Campaign, Kind};
use clap::Args;

use crate::tools;

#[derive(Args)]
pub struct FuzzArgs {
    /// Checkpoints to break
    #[arg(long, default_value_t = 10_000)]
    checkpoints: u64,
    /// Files to break of a run and of a sweep, half of them each
    #[arg(long, default_value_t = 2_000)]
    files: u64,
    /// Seed of every file
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// The command line to try; the one of this source if not given
    #[arg(long)]
    binary: Option<PathBuf>,
}

/// Runs the campaign; the files that were not taken well stay in target/fuzz.
pub fn fuzz(args: &FuzzArgs) -> Result<ExitCode> {
    let binary = match &args.binary {
        Some(binary) => binary.clone(),
        None => {
            tools::run(tools::cargo().args([
                "build",
                "--release",
                "--quiet",
                "--package",
                "leftright-cli",
                "--bin",
                "leftright",
            ]))?;
            tools::target_dir().join("release/leftright")
        }
    };
    let (trained, folder) = (
        tools::root().join("tests/fixtures/trained.safetensors"),
        tools::target_dir().join("fuzz"),
    );
    let campaign = Campaign::new(&binary, &trained, &folder, args.seed)
        .context("could not train the models that are broken")?;
    println!("seed {}", args.seed);
    let mut faults = 0;
    for (kind, cases) in [
        (Kind::Checkpoint, args.checkpoints),
        (Kind::Run, args.files / 2),
        (Kind::Sweep, args.files.div_ceil(2)),
    ] {
        let start = Instant::now();
        let tally = campaign.run(kind, 0..cases)?;
        let rate = cases as f64 / start.elapsed().as_secs_f64();
        println!("{cases} {kind} files, {rate:.0} a second: {tally}");
        faults += tally.faults.len();
    }
    println!("{faults} faults");
    Ok(if faults == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
