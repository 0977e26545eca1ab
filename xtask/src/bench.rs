//! Measurements of the engines, written to `bench/RESULTS.md` and `bench/results.json`.

use std::fmt::Write;
use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use crate::{browser, build, tools};

/// What was tried and not kept stands here, and is copied into the results.
const DROPPED: &str = include_str!("../../bench/DROPPED.md");

/// Measures natively, in a browser and, where their script is given, among peers.
pub fn bench(peers: Option<&Path>) -> Result<()> {
    let chromium = browser::ensure()?;
    build::build()?;
    let package = build::bench_engine()?;
    let bench = tools::root().join("bench");

    println!("Measuring natively");
    let native = answer(tools::cargo().args(["bench", "--quiet", "--bench", "engine"]))?;
    let file = tools::target_dir().join("bench/engine.json");
    fs::write(&file, native.to_string())?;
    println!("Measuring in a browser");
    let mut node = tools::command("node");
    node.arg(bench.join("browser.mjs")).args([&file, &package, &build::dist()]).env("CHROMIUM", &chromium);
    let browser = answer(&mut node)?;
    let peers = peers.map(|folder| among(folder, &chromium)).transpose()?;

    let results = json!({ "native": native, "browser": browser, "peers": peers });
    fs::write(bench.join("results.json"), format!("{results:#}\n"))?;
    fs::write(bench.join("RESULTS.md"), report(&results)?)?;
    println!("wrote bench/RESULTS.md and bench/results.json");
    Ok(())
}

/// Runs a command that prints one JSON object as its last line.
fn answer(command: &mut Command) -> Result<Value> {
    let output = command.stderr(Stdio::inherit()).output().with_context(|| format!("could not start {command:?}"))?;
    ensure!(output.status.success(), "{command:?} failed with {}", output.status);
    let text = String::from_utf8(output.stdout)?;
    serde_json::from_str(text.lines().last().unwrap_or_default()).with_context(|| format!("{command:?} did not print JSON last"))
}

/// The site among the peers, in their own script and browser.
fn among(folder: &Path, chromium: &Path) -> Result<Value> {
    println!("Measuring among peers");
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
    let mut server = Command::new(std::env::current_exe()?).args(["serve", "--no-build", "--port", &port.to_string()]).spawn()?;
    let file = tools::target_dir().join("bench/peers.json");
    let url = format!("http://127.0.0.1:{port}/bench.html");
    let mut script = Command::new("node");
    script.current_dir(folder).args(["bench.mjs", "--candidate", &url, "--json"]).arg(&file).env("CHROMIUM", chromium);
    let status = script.status();
    server.kill()?;
    server.wait()?;
    if !status.context("could not start node")?.success() {
        bail!("the peers' script failed; are its packages installed (npm ci in {})?", folder.display());
    }
    Ok(serde_json::from_slice(&fs::read(file)?)?)
}

fn number(value: &Value, path: &str) -> f64 {
    value.pointer(path).and_then(Value::as_f64).unwrap_or(f64::NAN)
}

fn list<'a>(value: &'a Value, path: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    value.pointer(path).and_then(Value::as_array).into_iter().flatten()
}

fn report(results: &Value) -> Result<String> {
    let mut out = String::from(
        "# Speed\n\nWritten by `cargo xtask bench`; every number is the median of interleaved rounds of one run. Absolute times move with \
         the machine and the hour, ratios much less.\n",
    );
    headline(results, &mut out)?;
    roofline(results, &mut out)?;
    scaling(results, &mut out)?;
    if !results["peers"].is_null() {
        among_peers(&results["peers"], &mut out)?;
    }
    write!(out, "\n## Tried and dropped\n\n{DROPPED}")?;
    Ok(out)
}

fn headline(results: &Value, out: &mut String) -> Result<()> {
    let (native, browser) = (&results["native"]["roofline"], &results["browser"]);
    let seconds: Vec<String> = list(browser, "/seconds_to_skill").filter_map(Value::as_f64).map(|s| format!("{s:.1}")).collect();
    let gpu = match browser["gpu_step_ms"].as_f64() {
        Some(ms) => format!("{ms:.1} ms"),
        None => browser["gpu_step_ms"].as_str().unwrap_or("not measured").to_owned(),
    };
    writeln!(
        out,
        "\n| a step of preset `paper`, batch 128 | time | of it matrix products |\n| --- | --- | --- |\n\
         | CPU engine, WebAssembly, one thread | {:.2} ms | {:.0} % |\n| the same without relaxed SIMD | {:.2} ms | |\n| CPU engine, native, one thread | {:.2} ms | {:.0} % |\n\
         | GPU engine, this browser's WebGPU adapter | {gpu} | |\n\n\
         From pressing Train on a page just opened to 0.9 unseen retrieval, CPU engine, seconds: {}.\n\
         WebAssembly's heap after a run: {:.1} MiB.\n\
         N_pair 5 to 15 with five seeds each, 55 models of 1000 steps, in the page's {} workers: {:.1} s; one of them alone: {:.2} s.",
        number(browser, "/step_ms"),
        100.0 * number(browser, "/matmul_ms") / number(browser, "/step_ms"),
        number(browser, "/plain_step_ms"),
        number(native, "/step_ms"),
        100.0 * number(native, "/matmul_ms") / number(native, "/step_ms"),
        seconds.join(", "),
        number(browser, "/heap_bytes") / f64::from(1 << 20),
        browser["population"]["workers"],
        number(browser, "/population/all"),
        number(browser, "/population/one"),
    )?;
    Ok(())
}

fn roofline(results: &Value, out: &mut String) -> Result<()> {
    let (native, browser) = (&results["native"]["roofline"], &results["browser"]);
    writeln!(
        out,
        "\n## Roofline\n\nMeasured peaks of one core: {:.1} GFLOP/s in WebAssembly (128 bits, fused), {:.1} GFLOP/s natively (AVX2, \
         fused), {:.1} GB/s through memory. FLOPs and bytes are counted from the config; all of a step's products are {:.1} MFLOP.\n\n\
         | product | m, n, k, times | MFLOP | FLOP per byte | wasm GFLOP/s | of peak | native GFLOP/s | of peak |\n\
         | --- | --- | --- | --- | --- | --- | --- | --- |",
        number(browser, "/peak_gflops"),
        number(native, "/peak_gflops"),
        number(native, "/sweep_gb_per_s"),
        number(native, "/matmul_flops") / 1e6,
    )?;
    for (n, b) in list(native, "/stages").zip(list(browser, "/stages")) {
        writeln!(
            out,
            "| {} | {}, {}, {}, x{} | {:.2} | {:.1} | {:.1} | {:.0} % | {:.1} | {:.0} % |",
            n["name"].as_str().unwrap_or_default(),
            n["m"],
            n["n"],
            n["k"],
            n["count"],
            number(n, "/flops") / 1e6,
            number(n, "/flops") / number(n, "/bytes"),
            number(b, "/gflops"),
            100.0 * number(b, "/share_of_peak"),
            number(n, "/gflops"),
            100.0 * number(n, "/share_of_peak"),
        )?;
    }
    let rate = |value: &Value| number(native, "/matmul_flops") / number(value, "/matmul_ms") / 1e6;
    writeln!(
        out,
        "| **all** | | {:.1} | | {:.1} | **{:.0} %** | {:.1} | **{:.0} %** |",
        number(native, "/matmul_flops") / 1e6,
        rate(browser),
        100.0 * rate(browser) / number(browser, "/peak_gflops"),
        rate(native),
        100.0 * rate(native) / number(native, "/peak_gflops"),
    )?;
    Ok(())
}

fn scaling(results: &Value, out: &mut String) -> Result<()> {
    writeln!(out, "\n## Scaling\n\nMilliseconds a step; a population's step is one of every model.\n")?;
    for (where_, curves) in [("native", &results["native"]["scaling"]), ("WebAssembly", &results["browser"]["scaling"])] {
        for curve in list(curves, "") {
            let points = list(curve, "/points").map(|point| format!("{}: {:.2}", point[0], number(point, "/1")));
            writeln!(out, "- {where_}, {}: {}", curve["name"].as_str().unwrap_or_default(), points.collect::<Vec<_>>().join(", "))?;
        }
    }
    let population = results["native"]["scaling"].as_array().and_then(|curves| curves.last());
    if let Some(points) = population.and_then(|curve| curve["points"].as_array())
        && let (Some(one), Some(many)) = (points.first(), points.last())
    {
        let share = number(many, "/1") / many[0].as_f64().unwrap_or(f64::NAN) / number(one, "/1");
        writeln!(
            out,
            "\nA model of a population of {} costs {share:.2} of a model alone ({} threads).",
            many[0], results["native"]["threads"]
        )?;
    }
    Ok(())
}

fn among_peers(peers: &Value, out: &mut String) -> Result<()> {
    let of = |peer: &Value| format!("{} {}", peer["name"].as_str().unwrap_or_default(), peer["backend"].as_str().unwrap_or_default());
    let ours = |backend: &str| {
        let row = list(peers, "/peers").find(|peer| peer["name"] == "leftright" && peer["backend"] == backend);
        row.map_or(f64::NAN, |peer| number(peer, "/ms_per_step_median"))
    };
    let (cpu, gpu) = (ours("cpu"), ours("gpu"));
    writeln!(
        out,
        "\n## Among peers\n\nThe same training step in the same browser (Chromium {}, {}, {} cores).\n\n\
         | | ms a step | times our CPU engine's | times our GPU engine's |\n| --- | --- | --- | --- |",
        peers["chromium"].as_str().unwrap_or_default(),
        peers["machine"]["cpu"].as_str().unwrap_or_default(),
        peers["machine"]["cores"],
    )?;
    for peer in list(peers, "/peers") {
        let ms = number(peer, "/ms_per_step_median");
        writeln!(out, "| {} {} | {ms:.2} | {:.1} | {:.1} |", of(peer), peer["version"].as_str().unwrap_or_default(), ms / cpu, ms / gpu)?;
    }
    Ok(())
}
