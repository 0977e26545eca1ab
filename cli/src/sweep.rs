//! `leftright sweep`: a grid over settings, a file of rows for each part of its models.

use std::path::{Path, PathBuf};
use std::{fs, io};

use clap::{Args, ValueEnum};
use leftright::config::Config;
use leftright::sweep::{Part, Rows, Shard, Spec, resolve};
use leftright::training::EngineRequest;
use serde_json::{Value, json};

use super::bar::Progress;
use super::work::{Work, WorkArgs, counted};
use super::{Failure, file, report, shell, table};

/// Far more than a grid of so many models needs.
const MAX_BYTES: usize = 1 << 20;

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
    #[arg(long, default_value = "auto", value_parser = super::engine())]
    engine: EngineRequest,
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

impl Format {
    fn extension(self) -> &'static str {
        match self {
            Format::Parquet => "parquet",
            Format::Csv => "csv",
        }
    }
}

fn read(path: &Path) -> Result<Spec, Failure> {
    let text = file::read(path, "a sweep's file", MAX_BYTES)?;
    // toml's message has several lines; one is what a terminal and a log want.
    let line = |error: toml::de::Error| {
        error
            .to_string()
            .lines()
            .map(str::trim)
            .collect::<Vec<_>>()
            .join(" ")
    };
    toml::from_slice(&text).map_err(|error| Failure::Usage(format!("{}: {}", path.display(), line(error))))
}

/// The folder of one sweep: empty, or that of the same version, engine, format and spec, as sweep.json in it
/// says.
fn claim(args: &SweepArgs, out: &Path, spec: &Spec, engine: EngineRequest) -> Result<(), Failure> {
    let refuse = |why: &str| Err(Failure::Usage(format!("{} holds {why}", out.display())));
    fs::create_dir_all(out).map_err(|error| Failure::file(out, error))?;
    let path = out.join("sweep.json");
    let ours = serde_json::to_string_pretty(&json!({
        "version": env!("CARGO_PKG_VERSION"),
        "engine": engine,
        "format": args.format.extension(),
        "spec": spec,
    }))?;
    if !path.exists() {
        if holds_parts(out).map_err(|error| Failure::file(out, error))? {
            return refuse("parts of a sweep without the sweep.json that says of which; name another folder");
        }
        return file::write(&path, ours.as_bytes());
    }
    let theirs = file::read(&path, "a sweep's file", MAX_BYTES)?;
    let theirs: Value = serde_json::from_slice(&theirs)
        .map_err(|error| Failure::Usage(format!("{}: {error}", path.display())))?;
    let ours: Value = serde_json::from_str(&ours)?;
    let other = ["spec", "version", "engine", "format"]
        .into_iter()
        .find(|key| theirs.get(key) != ours.get(key));
    match other {
        Some(key) => refuse(&format!(
            "a sweep of another {key} (see sweep.json there); name another folder"
        )),
        None if !args.resume && args.shard.count == 1 => {
            refuse("this sweep already; --resume goes on with it")
        }
        None => Ok(()),
    }
}

fn holds_parts(out: &Path) -> io::Result<bool> {
    for entry in fs::read_dir(out)? {
        if entry?.file_name().to_string_lossy().starts_with("part-") {
            return Ok(true);
        }
    }
    Ok(false)
}

pub fn sweep(args: &SweepArgs, json: bool) -> Result<(), Failure> {
    let spec = read(&args.spec)?;
    let plan = spec.plan()?;
    let steps = plan.configs.len() as u64 * u64::from(plan.steps);
    let engine = resolve(args.engine, &plan.configs);
    if !Work::new(&plan.configs, [steps; 2], engine).begin(&args.work, json)? {
        return Ok(());
    }
    let out = args
        .out
        .as_deref()
        .ok_or_else(|| Failure::Usage("give --out".to_owned()))?;
    claim(args, out, &spec, engine)?;
    let mut about = spec.about(engine);
    about.extend(shell::commit());
    let extension = args.format.extension();
    let path = |part: &Part| out.join(format!("part-{:06}.{extension}", part.place));
    let share = Part::all(plan.configs.len())
        .into_iter()
        .filter(|part| args.shard.has(part.place));
    let (done, left): (Vec<Part>, Vec<Part>) = share.partition(|part| path(part).exists());
    let (before, trained) = (Part::count(&done), Part::count(&left));
    let progress = Progress::of_models(String::new(), trained, trained * u64::from(plan.steps), json);
    let settings: Vec<&str> = Config::default().values().map(|(name, _)| name).collect();
    let rows = Rows {
        configs: &plan.configs,
        settings: &settings,
        metrics: &plan.numbers,
    };
    let trained_all: Result<(), Failure> = Part::train(
        &left,
        engine,
        |model| plan.job(model),
        |part, measurements| {
            let rows = rows.table(measurements, &about);
            let bytes = match args.format {
                Format::Parquet => table::parquet(&rows),
                Format::Csv => table::csv(&rows),
            }?;
            file::write(&path(part), &bytes)?;
            progress.add_models(part.models.len() as u64);
            Ok(())
        },
        &|steps| {
            progress.add(steps);
            Ok(())
        },
    );
    progress.end();
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
