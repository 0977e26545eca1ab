//! `leftright sweep`: a grid over settings. Models are trained in parts; a part's file appears whole, by a rename, when
//! all its models are measured, so a killed sweep loses at most the parts it was at and doubles nothing.

mod rows;
mod spec;

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use leftright::config::Config;
use leftright::engine::EngineRequest;
use leftright::experiment::{Job, bytes_per_model};
use rayon::prelude::*;
use serde_json::json;

use super::jobs::{self, Numbered};
use super::{EngineArg, Failure};
use spec::{Plan, Spec};

#[derive(Args)]
pub struct SweepArgs {
    /// A TOML file: steps, every, preset, measured splits and ablations, [set] and [grid]
    spec: PathBuf,
    /// The folder that gets the parts
    #[arg(long)]
    out: PathBuf,
    /// One of N independent shares of the parts, from 1: K/N
    #[arg(long, value_name = "K/N", default_value = "1/1", value_parser = shard)]
    shard: (u32, u32),
    /// Go on where an earlier sweep of the same spec stopped
    #[arg(long)]
    resume: bool,
    /// The files' format
    #[arg(long, value_enum, default_value = "parquet")]
    format: Format,
    /// Which engine trains
    #[arg(long, value_enum, default_value = "auto")]
    engine: EngineArg,
    /// GiB of memory that the sweep may use; what is available if not given
    #[arg(long, value_name = "GIB")]
    memory: Option<f64>,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
pub enum Format {
    /// Columns with types, for DuckDB, Polars, pandas
    Parquet,
    /// Text
    Csv,
}

fn shard(text: &str) -> Result<(u32, u32), String> {
    let parse = |(k, n): (&str, &str)| Some((k.parse().ok()?, n.parse().ok()?));
    match text.split_once('/').and_then(parse) {
        Some((k, n)) if (1..=n).contains(&k) => Ok((k, n)),
        _ => Err("write K/N with K from 1 to N, such as 2/8".to_owned()),
    }
}

/// Bytes that models in training on every thread need, against what there is.
fn check_memory(plan: &Plan, allowed: Option<f64>) -> Result<(), Failure> {
    let threads = rayon::current_num_threads().min(plan.jobs.len()) as u64;
    // Of a million models few differ in what they need.
    let mut kinds: Vec<Config> = Vec::new();
    for Job { config, .. } in &plan.jobs {
        let Config { pair_labels, held_labels, mixed, .. } = *config;
        let kind = Config { pair_labels, held_labels, mixed, ..config.shape() };
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    let needed = threads * kinds.iter().map(bytes_per_model).max().unwrap_or(0);
    let available = match allowed {
        Some(gib) => (gib * f64::from(1u32 << 30)) as u64,
        None => {
            let mut system = sysinfo::System::new();
            system.refresh_memory();
            system.available_memory()
        }
    };
    if needed > available {
        let gib = |bytes: u64| bytes as f64 / f64::from(1u32 << 30);
        return Err(Failure::Usage(format!(
            "the sweep would need about {:.1} GiB ({threads} of its largest models at once), but may use {:.1} GiB; lower batch, d_model or layers, or set RAYON_NUM_THREADS below {threads}",
            gib(needed),
            gib(available),
        )));
    }
    Ok(())
}

/// The folder of one sweep: empty, or that of the same spec.
fn claim(args: &SweepArgs, spec: &Spec) -> Result<(), Failure> {
    let file = |error| Failure::File { path: args.out.clone(), error };
    std::fs::create_dir_all(&args.out).map_err(file)?;
    let path = args.out.join("sweep.json");
    let ours = serde_json::to_string_pretty(spec)?;
    match std::fs::read_to_string(&path) {
        Ok(theirs) if theirs != ours => {
            Err(Failure::Usage(format!("{} holds a sweep of another spec (see sweep.json there); name another folder", args.out.display())))
        }
        Ok(_) if !args.resume && args.shard.1 == 1 => {
            Err(Failure::Usage(format!("{} holds this sweep already; --resume goes on with it", args.out.display())))
        }
        Ok(_) => Ok(()),
        Err(_) => write_whole(&path, ours.as_bytes()),
    }
}

/// Writes a file beside its place and moves it there, so that it is never seen half written.
fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let partial = path.with_extension(format!("{}.partial", std::process::id()));
    let written = std::fs::write(&partial, bytes).and_then(|()| std::fs::rename(&partial, path));
    written.map_err(|error| Failure::File { path: path.to_owned(), error })
}

pub fn sweep(args: &SweepArgs, json: bool) -> Result<(), Failure> {
    let spec = Spec::read(&args.spec)?;
    let plan = spec.plan()?;
    check_memory(&plan, args.memory)?;
    claim(args, &spec)?;
    let engine = jobs::resolve(args.engine.into());
    let extension = if args.format == Format::Parquet { "parquet" } else { "csv" };
    let path = |part: usize| args.out.join(format!("part-{part:06}.{extension}"));
    let (k, n) = args.shard;
    let parts: Vec<(usize, Numbered)> = plan.parts().enumerate().filter(|(part, _)| *part as u32 % n == k - 1).collect();
    let (done, left): (Vec<_>, Vec<_>) = parts.into_iter().partition(|(part, _)| path(*part).exists());
    let models = |parts: &[(usize, Numbered)]| parts.iter().map(|(_, jobs)| jobs.len()).sum::<usize>();
    let (before, trained) = (models(&done), models(&left));
    let steps = left.iter().flat_map(|(_, jobs)| jobs).map(|(_, job)| u64::from(job.steps)).sum();
    let bar = jobs::bar(steps, json, jobs::MANY);
    bar.set_message(format!("{trained} models"));
    let one = |(part, jobs): (usize, Numbered)| -> Result<(), Failure> {
        let measurements = jobs::train(jobs, engine, &|steps| bar.inc(steps))?;
        write_whole(&path(part), &rows::encode(&plan, &measurements, args.format)?)
    };
    let trained_all = match engine {
        EngineRequest::Gpu => left.into_iter().try_for_each(one),
        _ => left.into_par_iter().try_for_each(one),
    };
    bar.finish_and_clear();
    trained_all?;
    if json {
        println!("{}", json!({ "models": before + trained, "trained": trained, "resumed": before, "out": args.out }));
    } else {
        let models = if before + trained == 1 { "model" } else { "models" };
        println!("{} {models} in {}: {trained} trained now, {before} there before", before + trained, args.out.display());
    }
    Ok(())
}
