//! Measurements of the engines, written to `bench/RESULTS.md`, `bench/results.json` and the pictures beside
//! them.

mod instructions;
mod pictures;
mod report;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::{browser, build, serve, tools};

/// Measures natively, in a browser and, where their script is given, among peers.
pub fn bench(peers: Option<&Path>) -> Result<()> {
    let chromium = browser::CHROMIUM.ensure()?;
    build::build()?;
    let package = build::bench_engine()?;
    let bench = tools::root().join("bench");

    println!("Measuring natively");
    let native = answer(&mut program("engine"))?;
    let file = tools::target_dir().join("bench/engine.json");
    fs::write(&file, native.to_string())?;
    println!("Counting instructions");
    let instructions = instructions::count()?;
    println!("Measuring in a browser");
    let mut node = tools::command("node");
    node.arg(bench.join("browser.mjs"))
        .args([&file, &package, &build::dist()])
        .args(peers)
        .env("CHROMIUM", &chromium);
    let browser = answer(&mut node)?;
    let peers = peers.map(|folder| among(folder, &chromium)).transpose()?;

    let results =
        json!({ "native": native, "instructions": instructions, "browser": browser, "peers": peers });
    fs::write(bench.join("results.json"), format!("{results:#}\n"))?;
    fs::write(bench.join("RESULTS.md"), report::report(&results)?)?;
    pictures::roofline(&results, &bench.join("roofline.svg"))?;
    pictures::scaling(&results, &bench.join("scaling.svg"))?;
    println!("wrote bench/RESULTS.md, results.json, roofline.svg and scaling.svg");
    Ok(())
}

/// Prints what a step would take on two GPUs.
pub fn model_gpu() -> Result<()> {
    tools::run(&mut program("gpu_model"))
}

/// A program of `bench/`.
fn program(name: &str) -> Command {
    let mut cargo = tools::cargo();
    cargo.args(["bench", "--quiet", "--package", "leftright", "--bench", name]);
    cargo
}

/// Runs a command that prints one JSON object as its last line.
fn answer(command: &mut Command) -> Result<Value> {
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("could not start {command:?}"))?;
    ensure!(
        output.status.success(),
        "{command:?} failed with {}",
        output.status
    );
    let text = String::from_utf8(output.stdout)?;
    serde_json::from_str(text.lines().last().unwrap_or_default())
        .with_context(|| format!("{command:?} did not print JSON last"))
}

/// The site among the peers, in their own script and browser.
fn among(folder: &Path, chromium: &Path) -> Result<Value> {
    println!("Measuring among peers");
    let file = tools::target_dir().join("bench/peers.json");
    let url = format!("{}bench.html", serve::background()?);
    let mut script = Command::new("node");
    script
        .current_dir(folder)
        .args(["bench.mjs", "--candidate", &url, "--json"])
        .arg(&file)
        .env("CHROMIUM", chromium);
    let status = script.status().context("could not start node")?;
    ensure!(
        status.success(),
        "the peers' script failed; are its packages installed (npm ci in {})?",
        folder.display()
    );
    Ok(serde_json::from_slice(&fs::read(file)?)?)
}

/// The number at a path of the results; NaN where it was not measured.
fn number(value: &Value, path: &str) -> f64 {
    value.pointer(path).and_then(Value::as_f64).unwrap_or(f64::NAN)
}

/// The list at a path of the results.
fn list<'a>(value: &'a Value, path: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    value
        .pointer(path)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}
