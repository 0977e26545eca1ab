//! A test of the tests: `cargo mutants` changes one operator, match arm or return value of the crate at a
//! time, and some test must fail.

use std::collections::{BTreeMap, BTreeSet};
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

/// Folders of `src/` whose mutants are given to the same tests first: those that are quick and know these
/// folders.
struct Group {
    folders: &'static [&'static str],
    quick: &'static [&'static str],
}

const GROUPS: [Group; 2] = [
    Group {
        folders: &["analysis", "model"],
        quick: &[
            "ablated",
            "accuracy",
            "alignment",
            "checkpoint",
            "decomposition",
            "experiment",
            "fixture_cpu",
            "measures",
        ],
    },
    Group {
        folders: &["experiment"],
        quick: &["experiment", "measures", "verdicts"],
    },
];

/// What else is given the mutants that the quick tests do not catch, beside the unit tests. Tests that train
/// for minutes, or need a GPU, are given none.
const SLOW: [&str; 4] = ["finite", "laws", "library", "trained"];

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
    /// The caught among those that compile, in percent. A mutant that never ends is caught: a test would
    /// hang.
    fn share(&self) -> f64 {
        let caught = f64::from(self.caught + self.timed_out);
        100.0 * caught / (caught + f64::from(self.missed))
    }
}

/// Tries the mutants of every folder and prints a table; cargo mutants itself names the survivors.
pub fn mutants(args: &MutantsArgs) -> Result<ExitCode> {
    ensure!(
        tools::find_on_path(if cfg!(windows) {
            "cargo-mutants.exe"
        } else {
            "cargo-mutants"
        })
        .is_some(),
        "cargo-mutants is missing: get it with `cargo install cargo-mutants`"
    );
    let mut tallies = BTreeMap::new();
    for group in &GROUPS {
        let output = tools::target_dir().join("mutation").join(group.folders[0]);
        if output.exists() {
            fs::remove_dir_all(&output)?;
        }
        fs::create_dir_all(&output)?;
        for pass in [Pass::Quick, Pass::All] {
            let mut command = pass.command(group, &args.shard);
            command.arg("--output").arg(&output);
            // That mutants survive is a result here, though it fails the command.
            command
                .status()
                .with_context(|| format!("could not start {command:?}"))?;
            let outcomes = fs::read(output.join("mutants.out/outcomes.json"))?;
            let left = pass.count(&serde_json::from_slice(&outcomes)?, &mut tallies)?;
            if left == 0 {
                break;
            }
        }
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
        let share = tally.share();
        println!(
            "{folder:<10}  {tried:>5}  {unviable:>8}  {caught:>6}  {timed_out:>9}  {missed:>6}  {share:.1} %"
        );
    }
    let good = tallies.values().all(|tally| tally.share() >= 90.0);
    Ok(if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The quick tests of a group catch most mutants; what they leave is given every test.
#[derive(Clone, Copy, PartialEq)]
enum Pass {
    Quick,
    All,
}

impl Pass {
    fn command(self, group: &Group, shard: &str) -> Command {
        let mut command = tools::cargo();
        command.args(["mutants", "--sharding", "round-robin", "--shard", shard]);
        command.args(
            group
                .folders
                .iter()
                .map(|folder| format!("--file=src/{folder}/**")),
        );
        // Not only for running tests: the build would else be of every test and benchmark.
        let test = |name: &&str| format!("--cargo-arg=--test={name}");
        match self {
            Pass::Quick => command.args(group.quick.iter().map(test)),
            Pass::All => {
                let all: BTreeSet<_> = GROUPS.iter().flat_map(|group| group.quick).chain(&SLOW).collect();
                // Those that were caught are left out.
                command
                    .args(["--iterate", "--cargo-arg=--lib"])
                    .args(all.into_iter().map(test))
            }
        };
        // The copies of the source share the build of what they depend on.
        command.env("CARGO_TARGET_DIR", tools::target_dir());
        command
    }

    /// Adds the outcomes of this pass to the tallies, by folder, and gives the number of mutants that the
    /// first leaves to the second.
    fn count(self, outcomes: &Value, tallies: &mut BTreeMap<String, Tally>) -> Result<u32> {
        let mut left = 0;
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
                Some("Unviable") => tally.unviable += 1,
                Some("MissedMutant" | "Timeout") if self == Pass::Quick => left += 1,
                Some("MissedMutant") => tally.missed += 1,
                Some("Timeout") => tally.timed_out += 1,
                other => bail!("cargo mutants reports an outcome {other:?}"),
            }
        }
        Ok(left)
    }
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
        assert_eq!(Pass::Quick.count(&report, &mut tallies).unwrap(), 2);
        let left = serde_json::json!({ "outcomes": [
            { "scenario": "Baseline", "summary": "Success" },
            of("src/model/graph.rs", "Timeout"),
            of("src/model/terms.rs", "MissedMutant"),
        ] });
        assert_eq!(Pass::All.count(&left, &mut tallies).unwrap(), 0);
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
        assert!((model.share() - 200.0 / 3.0).abs() < 1e-9);
        let failing = serde_json::json!({ "outcomes": [{ "scenario": "Baseline", "summary": "Failure" }] });
        assert!(Pass::All.count(&failing, &mut tallies).is_err());
    }
}
