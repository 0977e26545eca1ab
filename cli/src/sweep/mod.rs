//! `leftright sweep`: a grid over settings, a file of rows for each part of its models.

mod spec;

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use leftright::config::Config;
use serde_json::json;

use super::parts::{self, Part, Shard};
use super::rows::{About, Rows};
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
    #[arg(long, value_name = "K/N", default_value = "1/1")]
    shard: Shard,
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
enum Format {
    /// Columns with types, for DuckDB, Polars, pandas
    Parquet,
    /// Text
    Csv,
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
        Ok(_) if !args.resume && args.shard.count == 1 => Err(Failure::Usage(format!(
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
    let steps = plan.configs.len() as u64 * u64::from(plan.steps);
    if !Work::new(&plan.configs, [steps; 2]).begin(&args.work, json)? {
        return Ok(());
    }
    let out = args
        .out
        .as_deref()
        .ok_or_else(|| Failure::Usage("give --out".to_owned()))?;
    claim(args, out, &spec)?;
    let engine = jobs::resolve(args.engine.into());
    let extension = match args.format {
        Format::Parquet => "parquet",
        Format::Csv => "csv",
    };
    let path = |part: &Part| out.join(format!("part-{:06}.{extension}", part.place));
    let share = parts::of(plan.configs.len())
        .into_iter()
        .filter(|part| args.shard.has(part.place));
    let (done, left): (Vec<Part>, Vec<Part>) = share.partition(|part| path(part).exists());
    let (before, trained) = (parts::models(&done), parts::models(&left));
    let bar = jobs::bar(trained * u64::from(plan.steps), json, jobs::MANY);
    bar.set_message(counted(trained));
    let settings: Vec<&str> = Config::default().values().map(|(name, _)| name).collect();
    let rows = Rows {
        configs: &plan.configs,
        settings: &settings,
        metrics: &plan.numbers,
    };
    let trained_all = parts::train(
        &left,
        engine,
        |model| plan.job(model),
        |part, measurements| {
            let bytes = match args.format {
                Format::Parquet => rows.parquet(measurements, &About::new())?,
                Format::Csv => rows.csv(measurements)?,
            };
            file::write(&path(part), &bytes)
        },
        &|steps| bar.inc(steps),
    );
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
