//! A test of the tests: `cargo mutants` changes one operator, match arm or return value of the crate at a
//! time, and some test must fail.

use std::collections::BTreeMap;
use std::fs;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use serde_json::Value;

use crate::tools;

#[derive(Args)]
pub struct MutantsArgs {
    /// Try a sample: every N-th mutant, from the K-th on (K from 0)
    #[arg(long, value_name = "K/N", default_value = "0/1")]
    shard: String,
}

/// Folders of `src/` whose mutants are given to the same tests, beside the unit tests. Every mutant is built,
/// and where no test fails all have run, so those that take minutes, or have nothing to do with these folders,
/// are not among them.
struct Group {
    folders: &'static [&'static str],
    tests: &'static [&'static str],
}

const GROUPS: [Group; 2] = [
    Group {
        folders: &["analysis", "model"],
        tests: &[
            "ablated",
            "accuracy",
            "alignment",
            "checkpoint",
            "decomposition",
            "experiment",
            "finite",
            "fixture_cpu",
            "laws",
            "measures",
            "trained",
        ],
    },
    Group {
        folders: &["experiment"],
        tests: &["experiment", "measures", "verdicts"],
    },
];

impl Group {
    fn command(&self, shard: &str) -> Command {
        let mut command = tools::cargo();
        command.args(["mutants", "--sharding", "round-robin", "--shard", shard]);
        for folder in self.folders {
            command.arg(format!("--file=src/{folder}/**"));
        }
        // Said to cargo's build too, which would else be of every test and benchmark.
        command.arg("--cargo-arg=--lib");
        for test in self.tests {
            command.arg(format!("--cargo-arg=--test={test}"));
        }
        // The copies of the source share the build of what they depend on.
        command.env("CARGO_TARGET_DIR", tools::target_dir());
        command
    }
}

/// How many mutants of a folder came to which end.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Tally {
    caught: u32,
    missed: u32,
    timed_out: u32,
    /// Those that do not compile: they test nothing.
    unviable: u32,
}

impl Tally {
    /// The caught among those that compile, in percent; none where none compiles. A mutant that never ends is
    /// caught: a test would hang.
    fn share(&self) -> Option<f64> {
        let caught = self.caught + self.timed_out;
        let viable = caught + self.missed;
        (viable > 0).then(|| 100.0 * f64::from(caught) / f64::from(viable))
    }
}

/// Tries the mutants of every folder and prints a table; cargo mutants itself names the survivors.
pub fn mutants(args: &MutantsArgs) -> Result<ExitCode> {
    let mut tallies = BTreeMap::new();
    for group in &GROUPS {
        let output = tools::target_dir().join("mutation").join(group.folders[0]);
        if output.exists() {
            fs::remove_dir_all(&output)?;
        }
        fs::create_dir_all(&output)?;
        let mut command = group.command(&args.shard);
        command.arg("--output").arg(&output);
        // That mutants survive is a result here, though it fails the command.
        command
            .status()
            .with_context(|| format!("could not start {command:?}"))?;
        let outcomes = fs::read(output.join("mutants.out/outcomes.json"))
            .context("no mutant was tried; `cargo install cargo-mutants` if it is missing")?;
        count(&serde_json::from_slice(&outcomes)?, &mut tallies)?;
    }
    println!("folder      tried  unviable  caught  timed out  missed  caught of viable");
    for (folder, tally) in &tallies {
        let Tally {
            caught,
            missed,
            timed_out,
            unviable,
        } = *tally;
        let tried = caught + missed + timed_out + unviable;
        let share = tally
            .share()
            .map_or("–".to_owned(), |share| format!("{share:.1} %"));
        println!(
            "{folder:<10}  {tried:>5}  {unviable:>8}  {caught:>6}  {timed_out:>9}  {missed:>6}  {share}"
        );
    }
    let good = tallies
        .values()
        .filter_map(Tally::share)
        .all(|share| share >= 90.0);
    Ok(if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Adds the outcomes of a run to the tallies, by folder.
fn count(outcomes: &Value, tallies: &mut BTreeMap<String, Tally>) -> Result<()> {
    let outcomes = outcomes["outcomes"]
        .as_array()
        .context("cargo mutants reports no outcomes")?;
    for outcome in outcomes {
        let Some(file) = outcome["scenario"]["Mutant"]["file"].as_str() else {
            // The unchanged crate comes first.
            ensure!(outcome["summary"] == "Success", "the tests fail without a mutant");
            continue;
        };
        let folder = file.split('/').nth(1).context("a mutant is outside src/")?;
        let tally = tallies.entry(folder.to_owned()).or_default();
        match outcome["summary"].as_str() {
            Some("CaughtMutant") => tally.caught += 1,
            Some("MissedMutant") => tally.missed += 1,
            Some("Timeout") => tally.timed_out += 1,
            Some("Unviable") => tally.unviable += 1,
            other => bail!("cargo mutants reports an outcome {other:?}"),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_are_counted_by_folder() {
        let of = |file: &str, summary: &str| {
            let mutant = serde_json::json!({ "file": file });
            serde_json::json!({ "scenario": { "Mutant": mutant }, "summary": summary })
        };
        let report = serde_json::json!({ "outcomes": [
            { "scenario": "Baseline", "summary": "Success" },
            of("src/model/graph.rs", "CaughtMutant"),
            of("src/model/graph.rs", "Timeout"),
            of("src/model/terms.rs", "MissedMutant"),
            of("src/analysis/text.rs", "Unviable"),
        ] });
        let mut tallies = BTreeMap::new();
        count(&report, &mut tallies).unwrap();
        let model = Tally {
            caught: 1,
            missed: 1,
            timed_out: 1,
            unviable: 0,
        };
        let analysis = Tally {
            unviable: 1,
            ..Tally::default()
        };
        assert_eq!(
            tallies,
            BTreeMap::from([("analysis".to_owned(), analysis), ("model".to_owned(), model)])
        );
        assert_eq!([analysis.share(), model.share()], [None, Some(200.0 / 3.0)]);
        let failing = serde_json::json!({ "outcomes": [{ "scenario": "Baseline", "summary": "Failure" }] });
        assert!(count(&failing, &mut tallies).is_err());
    }
}
