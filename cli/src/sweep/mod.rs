//! `leftright sweep`: a grid over settings. Models are trained in parts; a part's file appears whole, by a
//! rename, when all its models are measured, so a killed sweep loses at most the parts it was at and doubles
//! nothing.

mod rows;
mod spec;

use std::ops::Range;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use leftright::training::EngineRequest;
use rayon::prelude::*;
use serde_json::json;

use super::work::{Work, WorkArgs, counted};
use super::{EngineArg, Failure, file, jobs, report};
use spec::Spec;

#[derive(Args)]
pub struct SweepArgs {
    /// A TOML file: steps, every, preset, start, measured splits, ablations and shares, [set], candidates and [grid]
    spec: PathBuf,
    /// The folder that gets the parts
    #[arg(long, required_unless_present = "plan")]
    out: Option<PathBuf>,
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
    #[command(flatten)]
    work: WorkArgs,
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

/// The folder of one sweep: empty, or that of the same spec.
fn claim(args: &SweepArgs, out: &Path, spec: &Spec) -> Result<(), Failure> {
    std::fs::create_dir_all(out).map_err(|error| Failure::file(out, error))?;
    let path = out.join("sweep.json");
    let ours = serde_json::to_string_pretty(spec)?;
    match std::fs::read_to_string(&path) {
        Ok(theirs) if theirs != ours => Err(Failure::Usage(format!(
            "{} holds a sweep of another spec (see sweep.json there); name another folder",
            out.display()
        ))),
        Ok(_) if !args.resume && args.shard.1 == 1 => Err(Failure::Usage(format!(
            "{} holds this sweep already; --resume goes on with it",
            out.display()
        ))),
        Ok(_) => Ok(()),
        Err(_) => file::write(&path, ours.as_bytes()),
    }
}

pub fn sweep(args: &SweepArgs, json: bool) -> Result<(), Failure> {
    let spec = Spec::read(&args.spec)?;
    let plan = spec.plan()?;
    let work = Work::new(&plan.configs, plan.steps);
    if !work.begin(&args.work, json)? {
        return Ok(());
    }
    let out = args
        .out
        .as_deref()
        .ok_or_else(|| Failure::Usage("give --out".to_owned()))?;
    claim(args, out, &spec)?;
    let engine = jobs::resolve(args.engine.into());
    let extension = if args.format == Format::Parquet {
        "parquet"
    } else {
        "csv"
    };
    let path = |part: usize| out.join(format!("part-{part:06}.{extension}"));
    let (k, n) = args.shard;
    let parts: Vec<(usize, Range<u32>)> = plan
        .parts()
        .enumerate()
        .filter(|(part, _)| *part as u32 % n == k - 1)
        .collect();
    let (done, left): (Vec<_>, Vec<_>) = parts.into_iter().partition(|(part, _)| path(*part).exists());
    let models =
        |parts: &[(usize, Range<u32>)]| parts.iter().map(|(_, models)| models.len() as u64).sum::<u64>();
    let (before, trained) = (models(&done), models(&left));
    let bar = jobs::bar(trained * u64::from(plan.steps), json, jobs::MANY);
    bar.set_message(counted(trained));
    let one = |(part, models): (usize, Range<u32>)| -> Result<(), Failure> {
        let measurements = jobs::train(
            models.map(|model| (model, plan.job(model))).collect(),
            engine,
            &|steps| bar.inc(steps),
        )?;
        file::write(&path(part), &rows::encode(&plan, &measurements, args.format)?)
    };
    let trained_all = match engine {
        EngineRequest::Gpu => left.into_iter().try_for_each(one),
        _ => left.into_par_iter().try_for_each(one),
    };
    bar.finish_and_clear();
    trained_all?;
    let all = counted(before + trained);
    let text = format!(
        "{all} in {}: {trained} trained now, {before} there before",
        out.display()
    );
    report::line(
        json,
        &json!({ "models": before + trained, "trained": trained, "resumed": before, "out": out }),
        &text,
    )
}
