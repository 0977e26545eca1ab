//! Every test, in Rust, in Python and in a browser, and how many passed.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::ops::AddAssign;
use std::path::PathBuf;
use std::process::{Command, ExitCode, ExitStatus, Stdio};

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use serde_json::Value;

use crate::browser::{self, CHROMIUM, DRIVER, FIREFOX, WEBKIT};
use crate::{build, python, tools};

/// One of the suites.
#[derive(Clone, Copy, PartialEq, ValueEnum)]
pub enum Suite {
    /// `cargo test`: the crate on the CPU and the native GPU
    Rust,
    /// pytest: the Python package
    Python,
    /// Playwright: the site and the engines in Chromium, Firefox and WebKit
    Browser,
}

/// How many tests ran, by their outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Counts {
    passed: u64,
    failed: u64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl Counts {
    /// A suite that ends badly without naming a failed test (it did not compile, it crashed), or in which no
    /// test passed (it found none), has failed all the same.
    fn judged_by(mut self, status: ExitStatus) -> Self {
        if !status.success() || self.passed == 0 {
            self.failed = self.failed.max(1);
        }
        self
    }
}

/// Sets up, runs the tests, and prints the counts as the last line.
pub fn test(only: Option<Suite>) -> Result<ExitCode> {
    let wanted = |suite| only.is_none_or(|only| only == suite);
    let mut counts = Counts::default();
    let mut notes = Vec::new();
    if wanted(Suite::Browser) {
        build::build()?;
    }
    prepare(wanted);
    if wanted(Suite::Rust) {
        counts += rust()?;
    }
    if wanted(Suite::Python) {
        counts += pytest(&mut notes)?;
    }
    if wanted(Suite::Browser) {
        counts += vitest()?;
        counts += playwright(&mut notes)?;
    }
    notes.iter().for_each(|note| println!("{note}"));
    println!("{} passed, {} failed", counts.passed, counts.failed);
    Ok(if counts.failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Compiles the tests, and has what they run on installed meanwhile. What fails is said by the suite that needs it.
fn prepare(wanted: impl Fn(Suite) -> bool) {
    let compiled = wanted(Suite::Rust) || wanted(Suite::Browser);
    let compile = || compiled.then(|| compile_tests().ok());
    tools::at_once(compile, || {
        if wanted(Suite::Rust) {
            drop(driver());
        }
        if wanted(Suite::Browser) {
            drop([CHROMIUM, FIREFOX, WEBKIT].map(|browser| browser.ensure()));
        }
        if wanted(Suite::Python) {
            drop(python::environment());
        }
    });
}

/// Compiles every Rust test, and with them the command line.
fn compile_tests() -> Result<()> {
    tools::run(tools::cargo().args(["test", "--release", "--workspace", "--no-run"]))
}

/// Every Rust test. Those of the GPU engine run on the adapter that the caller names in `VK_DRIVER_FILES`, else on
/// lavapipe, which runs them four times as fast as SwiftShader. SwiftShader runs the same shaders in Chromium.
fn rust() -> Result<Counts> {
    let mut all = tools::cargo();
    all.args(["test", "--release", "--workspace", "--no-fail-fast"]);
    counted(all.envs(driver()?), summary)
}

/// The environment that has the GPU tests use a driver, which is installed where that is one command; empty where the
/// caller names one.
fn driver() -> Result<Vec<(&'static str, PathBuf)>> {
    // Where there is no lavapipe, the GPU tests run on the browser's SwiftShader.
    CHROMIUM.ensure()?;
    if env::var_os(DRIVER).is_some() {
        return Ok(Vec::new());
    }
    match browser::lavapipe()? {
        Some(driver) => Ok(vec![(DRIVER, driver)]),
        None if env::var_os("CI").is_some() => {
            bail!("lavapipe is not installed: get it (on Debian: mesa-vulkan-drivers)")
        }
        None => Ok(browser::swiftshader()
            .into_iter()
            .map(|(name, path)| (name, path.into()))
            .collect()),
    }
}

/// pytest on the Python package; a note where there is no Python.
fn pytest(notes: &mut Vec<String>) -> Result<Counts> {
    match python::pytest()? {
        Some(mut pytest) => counted(&mut pytest, pytest_summary),
        None => {
            notes.push(
                "Python's tests were skipped: there is no python3 of 3.10 or later with venv".to_owned(),
            );
            Ok(Counts::default())
        }
    }
}

/// Tests, passing their output on and adding up their summary lines.
fn counted(tests: &mut Command, summary: fn(&str) -> Option<Counts>) -> Result<Counts> {
    let mut child = tests
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("could not start {tests:?}"))?;
    let mut counts = Counts::default();
    let output = child.stdout.take().expect("stdout was piped");
    for line in BufReader::new(output).split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        println!("{line}");
        if let Some(more) = summary(&line) {
            counts += more;
        }
    }
    Ok(counts.judged_by(child.wait()?))
}

/// The counts in a line such as `test result: ok. 3 passed; 0 failed; 1 ignored; ...`.
fn summary(line: &str) -> Option<Counts> {
    let (_, numbers) = line.strip_prefix("test result: ")?.split_once(". ")?;
    let count = |name: &str| {
        numbers
            .split("; ")
            .find_map(|part| part.strip_suffix(name)?.trim().parse().ok())
    };
    Some(Counts {
        passed: count("passed")?,
        failed: count("failed")?,
    })
}

/// The counts in pytest's last line, such as `1 failed, 12 passed, 1 skipped in 5.43s`.
fn pytest_summary(line: &str) -> Option<Counts> {
    let (numbers, _) = line.split_once(" in ")?;
    let counts: Vec<(u64, &str)> = numbers
        .split(", ")
        .map(|part| {
            part.split_once(' ')
                .and_then(|(count, what)| Some((count.parse().ok()?, what)))
        })
        .collect::<Option<_>>()?;
    let count = |kinds: &[&str]| {
        counts
            .iter()
            .filter(|(_, what)| kinds.contains(what))
            .map(|(n, _)| n)
            .sum()
    };
    Some(Counts {
        passed: count(&["passed"]),
        failed: count(&["failed", "error", "errors"]),
    })
}

/// Vitest, which tests what of the site needs no browser, counted by its own report.
fn vitest() -> Result<Counts> {
    let report = tools::root().join("target/vitest.json");
    if report.exists() {
        fs::remove_file(&report)?;
    }
    let mut vitest = tools::node("vitest/vitest.mjs");
    vitest
        .args(["run", "--reporter=default", "--reporter=json"])
        .arg(format!("--outputFile.json={}", report.display()));
    let status = vitest.status().context("could not start Vitest")?;
    let json: Value = fs::read(&report).map_or(Ok(Value::Null), |json| serde_json::from_slice(&json))?;
    let count = |name: &str| json[name].as_u64().unwrap_or(0);
    Ok(Counts {
        passed: count("numPassedTests"),
        failed: count("numFailedTests"),
    }
    .judged_by(status))
}

/// Playwright, counted by the report that playwright.config.ts asks for.
fn playwright(notes: &mut Vec<String>) -> Result<Counts> {
    let report = tools::root().join("target/playwright/results.json");
    // A report of an earlier run would be counted where this one writes none.
    if report.exists() {
        fs::remove_file(&report)?;
    }
    // The recipes run the command line.
    compile_tests()?;
    let mut playwright = tools::node("@playwright/test/cli.js");
    playwright
        .arg("test")
        .env(CHROMIUM.variable, CHROMIUM.ensure()?)
        .env("LEFTRIGHT", tools::command_line());
    // Playwright skips the scenarios of a browser that is not there; CI must have all.
    for browser in [FIREFOX, WEBKIT] {
        match browser.ensure() {
            Ok(path) => drop(playwright.env(browser.variable, path)),
            Err(error) if env::var_os("CI").is_some() => return Err(error),
            Err(error) => notes.push(format!("{}'s tests were skipped: {error:#}", browser.name)),
        }
    }
    let status = playwright.status().context("could not start Playwright")?;
    let counts = match fs::read(&report) {
        Ok(json) => outcome(&serde_json::from_slice(&json)?),
        Err(_) => Counts::default(),
    };
    Ok(counts.judged_by(status))
}

/// The counts in Playwright's JSON report.
fn outcome(report: &Value) -> Counts {
    let count = |name: &str| report["stats"][name].as_u64().unwrap_or(0);
    Counts {
        passed: count("expected"),
        failed: count("unexpected") + count("flaky"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_summaries_are_counted() {
        let line = "test result: FAILED. 12 passed; 3 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.10s";
        assert_eq!(
            summary(line),
            Some(Counts {
                passed: 12,
                failed: 3
            })
        );
        assert_eq!(summary("test cargo_summaries_are_counted ... ok"), None);
    }

    #[test]
    fn pytest_summaries_are_counted() {
        let counts = |passed, failed| Some(Counts { passed, failed });
        assert_eq!(
            pytest_summary("1 failed, 12 passed, 1 skipped in 5.43s"),
            counts(12, 1)
        );
        assert_eq!(
            pytest_summary("3 passed, 2 warnings, 1 error in 65.10s (0:01:05)"),
            counts(3, 1)
        );
        assert_eq!(
            pytest_summary("FAILED tests/test_docs.py - it was not in 3 places"),
            None
        );
    }

    #[test]
    fn a_suite_without_tests_has_failed() {
        let success = ExitStatus::default();
        assert_eq!(
            Counts::default().judged_by(success),
            Counts { passed: 0, failed: 1 }
        );
        assert_eq!(
            Counts { passed: 1, failed: 0 }.judged_by(success),
            Counts { passed: 1, failed: 0 }
        );
        assert_eq!(
            Counts { passed: 1, failed: 2 }.judged_by(success),
            Counts { passed: 1, failed: 2 }
        );
    }

    #[test]
    fn playwright_reports_are_counted() {
        let report =
            serde_json::json!({ "stats": { "expected": 4, "unexpected": 1, "flaky": 1, "skipped": 2 } });
        assert_eq!(outcome(&report), Counts { passed: 4, failed: 2 });
    }
}
