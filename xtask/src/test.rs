//! Every test, in Rust and in a browser, and how many passed.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::ops::AddAssign;
use std::path::Path;
use std::process::{Command, ExitCode, ExitStatus, Stdio};

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use serde_json::Value;

use crate::browser::{self, CHROMIUM, DRIVER, FIREFOX, WEBKIT};
use crate::{build, tools};

/// One of the two suites.
#[derive(Clone, Copy, PartialEq, ValueEnum)]
pub enum Suite {
    /// `cargo test`: the crate on the CPU and the native GPU
    Rust,
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
    // Before the Rust tests too: the native GPU tests run on the browser's SwiftShader.
    let chromium = CHROMIUM.ensure()?;
    let mut counts = Counts::default();
    if wanted(Suite::Browser) {
        build::build()?;
    }
    if wanted(Suite::Rust) {
        counts += rust()?;
    }
    if wanted(Suite::Browser) {
        counts += vitest()?;
        counts += playwright(&chromium)?;
    }
    println!("{} passed, {} failed", counts.passed, counts.failed);
    Ok(if counts.failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Every Rust test. Those of the GPU engine run on the adapter that the caller names in `VK_DRIVER_FILES`, else on
/// lavapipe, which runs them four times as fast as SwiftShader. SwiftShader runs the same shaders in Chromium.
fn rust() -> Result<Counts> {
    let mut all = tools::cargo();
    all.args(["test", "--release", "--workspace", "--no-fail-fast"]);
    if env::var_os(DRIVER).is_none() {
        match browser::lavapipe()? {
            Some(driver) => drop(all.env(DRIVER, driver)),
            None if env::var_os("CI").is_some() => {
                bail!("lavapipe is not installed: get it (on Debian: mesa-vulkan-drivers)")
            }
            None => drop(all.envs(browser::swiftshader())),
        }
    }
    cargo_test(&mut all)
}

/// `cargo test`, passing its output on and adding up its summary lines.
fn cargo_test(cargo: &mut Command) -> Result<Counts> {
    let mut child = cargo
        .stdout(Stdio::piped())
        .spawn()
        .context("could not start cargo test")?;
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
fn playwright(chromium: &Path) -> Result<Counts> {
    let report = tools::root().join("target/playwright/results.json");
    // A report of an earlier run would be counted where this one writes none.
    if report.exists() {
        fs::remove_file(&report)?;
    }
    // The recipes run the command line, as the Rust tests have built it.
    tools::run(tools::cargo().args(["test", "--release", "--workspace", "--no-run", "--quiet"]))?;
    let command_line = tools::target_dir()
        .join("release")
        .join(format!("leftright{}", env::consts::EXE_SUFFIX));
    let mut playwright = tools::node("@playwright/test/cli.js");
    playwright
        .arg("test")
        .env(CHROMIUM.variable, chromium)
        .env("LEFTRIGHT", command_line);
    // Playwright skips the scenarios of a browser that is not there; CI must have all.
    let mut absent = Vec::new();
    for browser in [FIREFOX, WEBKIT] {
        match browser.ensure() {
            Ok(path) => drop(playwright.env(browser.variable, path)),
            Err(error) if env::var_os("CI").is_some() => return Err(error),
            Err(error) => absent.push(format!("{}'s tests were skipped: {error:#}", browser.name)),
        }
    }
    let status = playwright.status().context("could not start Playwright")?;
    let counts = match fs::read(&report) {
        Ok(json) => outcome(&serde_json::from_slice(&json)?),
        Err(_) => Counts::default(),
    };
    for line in absent {
        println!("{line}");
    }
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
