//! The results as a page: `bench/RESULTS.md`.

use std::fmt::Write;

use anyhow::Result;
use serde_json::Value;

use super::{list, number};

/// What was tried and not kept stands here, and is copied into the results.
const DROPPED: &str = include_str!("../../../bench/DROPPED.md");

/// All of the results, as Markdown.
pub fn report(results: &Value) -> Result<String> {
    let mut out = String::from(
        "# Speed\n\nWritten by `cargo xtask bench`; every number is the median of interleaved rounds of one run. Absolute times move with \
         the machine and the hour, ratios much less.\n",
    );
    headline(results, &mut out)?;
    roofline(results, &mut out)?;
    instructions(&results["instructions"], &mut out)?;
    scaling(results, &mut out)?;
    if !results["peers"].is_null() {
        among_peers(results, &mut out)?;
    }
    write!(out, "\n## Tried and dropped\n\n{DROPPED}")?;
    Ok(out)
}

fn headline(results: &Value, out: &mut String) -> Result<()> {
    let (native, browser) = (&results["native"]["roofline"], &results["browser"]);
    let seconds = |path, digits| {
        list(browser, path)
            .filter_map(Value::as_f64)
            .map(|s| format!("{s:.digits$}"))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let gpu = match browser["gpu_step_ms"].as_f64() {
        Some(ms) => format!("{ms:.1} ms"),
        None => browser["gpu_step_ms"]
            .as_str()
            .unwrap_or("not measured")
            .to_owned(),
    };
    writeln!(
        out,
        "\n| a step of preset `paper`, batch 128 | time | of it matrix products |\n| --- | --- | --- |\n\
         | CPU engine, WebAssembly, one thread | {:.2} ms | {:.0} % |\n| the same without relaxed SIMD | {:.2} ms | |\n| CPU engine, native, one thread | {:.2} ms | {:.0} % |\n\
         | GPU engine, this browser's WebGPU adapter | {gpu} | |\n\n\
         From asking for the article, nothing cached, to its first figure alive with the shipped model, seconds: {}.\n\
         From pressing Train on a page just opened to 0.9 unseen retrieval, CPU engine, seconds: {}.\n\
         WebAssembly's heap after a run: {:.1} MiB.\n\
         N_pair 5 to 15 with five seeds each, 55 models of 1000 steps, in the page's {} workers: {:.1} s; one of them alone: {:.2} s.",
        number(browser, "/step_ms"),
        100.0 * number(browser, "/matmul_ms") / number(browser, "/step_ms"),
        number(browser, "/plain_step_ms"),
        number(native, "/step_ms"),
        100.0 * number(native, "/matmul_ms") / number(native, "/step_ms"),
        seconds("/seconds_to_first_figure", 2),
        seconds("/seconds_to_skill", 1),
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
         fused), {:.1} GB/s through memory. FLOPs and bytes are counted from the config; all of a step's products are {:.1} MFLOP.\n\n![Roofline](roofline.svg)\n\n\
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

fn instructions(counted: &Value, out: &mut String) -> Result<()> {
    writeln!(out, "\n## Instructions\n")?;
    if let Some(why) = counted["error"].as_str() {
        writeln!(out, "Not counted: {why}.")?;
        return Ok(());
    }
    let step = number(counted, "/step");
    writeln!(
        out,
        "Counted by callgrind on the native engine, one thread: {:.2} million a step, the same on every run.\n\n\
         | function, with what is inlined in it | million a step | of the step |\n| --- | --- | --- |",
        step / 1e6
    )?;
    for function in list(counted, "/functions") {
        let n = number(function, "/instructions");
        writeln!(
            out,
            "| {} | {:.2} | {:.1} % |",
            function["name"].as_str().unwrap_or_default(),
            n / 1e6,
            100.0 * n / step
        )?;
    }
    Ok(())
}

fn scaling(results: &Value, out: &mut String) -> Result<()> {
    writeln!(
        out,
        "\n## Scaling\n\nMilliseconds a step; a population's step is one of every model.\n\n![Scaling](scaling.svg)\n"
    )?;
    for (where_, curves) in [
        ("native", &results["native"]["scaling"]),
        ("WebAssembly", &results["browser"]["scaling"]),
    ] {
        for curve in list(curves, "") {
            let points =
                list(curve, "/points").map(|point| format!("{}: {:.2}", point[0], number(point, "/1")));
            writeln!(
                out,
                "- {where_}, {}: {}",
                curve["name"].as_str().unwrap_or_default(),
                points.collect::<Vec<_>>().join(", ")
            )?;
        }
    }
    writeln!(out)?;
    let native = results["native"]["scaling"]
        .as_array()
        .and_then(|curves| curves.last());
    let threads = format!("natively on {} threads", results["native"]["threads"]);
    for (curve, on) in [
        (native, threads.as_str()),
        (Some(&results["browser"]["gpu_population"]), "on the GPU engine"),
    ] {
        if let Some(points) = curve.and_then(|curve| curve["points"].as_array())
            && let (Some(one), Some(many)) = (points.first(), points.last())
        {
            let share = number(many, "/1") / number(many, "/0") / number(one, "/1");
            writeln!(
                out,
                "A model of a population of {} costs {share:.2} of a model alone, {on}.",
                many[0]
            )?;
        }
    }
    Ok(())
}

fn among_peers(results: &Value, out: &mut String) -> Result<()> {
    let peers = &results["peers"];
    let of = |peer: &Value| {
        format!(
            "{} {}",
            peer["name"].as_str().unwrap_or_default(),
            peer["backend"].as_str().unwrap_or_default()
        )
    };
    let ours = |backend: &str| {
        let row =
            list(peers, "/peers").find(|peer| peer["name"] == "leftright" && peer["backend"] == backend);
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
        writeln!(
            out,
            "| {} {} | {ms:.2} | {:.1} | {:.1} |",
            of(peer),
            peer["version"].as_str().unwrap_or_default(),
            ms / cpu,
            ms / gpu
        )?;
    }
    let jax = &results["browser"]["beside_native_jax"];
    if let Some(why) = jax["error"].as_str() {
        writeln!(out, "\nNative JAX was not measured: {why}")?;
        return Ok(());
    }
    let rounds =
        list(jax, "/rounds").map(|round| format!("{:.1}", number(round, "/1") / number(round, "/0")));
    writeln!(
        out,
        "\nNative JAX {} on {} threads takes {:.2} ms for the dense step, our engine in WebAssembly on one {:.2} ms in the rounds \
         between: in each of them {} times as long.",
        jax["version"].as_str().unwrap_or_default(),
        jax["threads"],
        number(jax, "/jax_ms"),
        number(jax, "/step_ms"),
        rounds.collect::<Vec<_>>().join(", "),
    )?;
    Ok(())
}
