//! `leftright train`: a run with a progress bar, its checkpoint at the end.

use std::path::{Path, PathBuf};

use clap::Args;
use leftright::checkpoint::{self, Contents};
use leftright::config::Config;
use leftright::engine::{EngineRequest, Run};
use serde::Deserialize;

use super::{EngineArg, Failure, jobs, report};

#[derive(Args)]
pub struct TrainArgs {
    #[arg(long, default_value = "paper", help = presets())]
    preset: String,
    /// A run's JSON, as a figure of the page keeps it: its settings and its steps
    #[arg(long, value_name = "FILE", conflicts_with = "preset")]
    config: Option<PathBuf>,
    /// A setting: key=value; may be given again
    #[arg(long = "set", value_name = "KEY=VALUE")]
    settings: Vec<String>,
    /// Seed of every random draw; if not given, 0 or the one of --config
    #[arg(long)]
    seed: Option<u32>,
    /// Steps to train; if not given, 1000 or those of --config
    #[arg(long)]
    steps: Option<u32>,
    /// Which engine trains
    #[arg(long, value_enum, default_value = "auto")]
    engine: EngineArg,
    /// The checkpoint to write
    #[arg(long)]
    out: PathBuf,
    /// Write the parameters in half precision: half the bytes, for a page to show
    #[arg(long)]
    half: bool,
}

fn presets() -> String {
    let presets: Vec<String> = Config::presets().map(|(name, what)| format!("{name} ({what})")).collect();
    format!("Where the settings start from: {}", presets.join(", "))
}

/// How long a chunk of steps may take between two looks of the progress bar.
const CHUNK_MS: f64 = 200.0;

/// Steps to train where nothing else is said.
const STEPS: u32 = 1000;
/// Far more than the JSON of a run needs.
const MAX_JSON_BYTES: u64 = 1 << 16;

/// What it takes to train a run again. The page writes more beside it: which version and engine trained it, its accuracies.
#[derive(Deserialize)]
struct Recipe {
    config: Config,
    steps: u32,
}

fn recipe(path: &Path) -> Result<Recipe, Failure> {
    let file = |error| Failure::File { path: path.to_owned(), error };
    let size = std::fs::metadata(path).map_err(file)?.len();
    if size > MAX_JSON_BYTES {
        return Err(Failure::Usage(format!(
            "{}: the file has {size} bytes, but the JSON of a run at most {MAX_JSON_BYTES}",
            path.display()
        )));
    }
    let text = std::fs::read_to_string(path).map_err(file)?;
    serde_json::from_str(&text).map_err(|error| Failure::Usage(format!("{}: not the JSON of a run: {error}", path.display())))
}

/// The run that the arguments ask for, and its steps.
fn asked(args: &TrainArgs) -> Result<(Config, u32), Failure> {
    let Recipe { mut config, steps } = match &args.config {
        Some(path) => recipe(path)?,
        None => Recipe { config: Config::preset(&args.preset)?, steps: STEPS },
    };
    config.seed = args.seed.unwrap_or(config.seed);
    for setting in &args.settings {
        let (key, value) =
            setting.split_once('=').ok_or_else(|| Failure::Usage(format!("--set {setting} has no \"=\"; write key=value")))?;
        config.set(key, value)?;
    }
    config.check()?;
    Ok((config, args.steps.unwrap_or(steps)))
}

/// An unwritable path is said before the training, not after it. The file is written beside its place and moved there.
fn partial(out: &Path) -> Result<PathBuf, Failure> {
    let mut name = out.file_name().ok_or_else(|| Failure::Usage(format!("--out {} names no file", out.display())))?.to_owned();
    if out.is_dir() {
        return Err(Failure::Usage(format!("--out {} is a folder; name a file in it", out.display())));
    }
    name.push(".partial");
    let partial = out.with_file_name(name);
    std::fs::File::create(&partial).map_err(|error| Failure::File { path: out.to_owned(), error })?;
    Ok(partial)
}

pub fn train(args: TrainArgs, json: bool) -> Result<(), Failure> {
    let (config, steps) = asked(&args)?;
    let partial = partial(&args.out)?;
    let result = train_into(&args, config, steps, &partial, json);
    if result.is_err() {
        // The error that matters is already on its way.
        drop(std::fs::remove_file(&partial));
    }
    result
}

fn train_into(args: &TrainArgs, config: Config, steps: u32, partial: &Path, json: bool) -> Result<(), Failure> {
    let mut run = pollster::block_on(Run::new(config, EngineRequest::from(args.engine)))?;
    let bar = jobs::bar(steps.into(), json, "{bar:30} {pos}/{len} steps, {eta} left, {msg}");
    if !json {
        eprintln!("{}", run.info().reason);
    }
    let mut milliseconds = 0.0;
    let mut done = false;
    while !done {
        let settling = run.step() >= steps;
        let left = steps.saturating_sub(run.step());
        let advance = pollster::block_on(async { if settling { run.settle().await } else { run.advance(left, CHUNK_MS).await } })?;
        // Settling can lose the device and steps with it; then they are done again on the CPU engine.
        done = settling && advance.rewound_to.is_none();
        milliseconds += advance.ms_per_step * advance.losses.len() as f64;
        if let (Some(notice), false) = (&advance.notice, json) {
            bar.suspend(|| eprintln!("{notice}"));
        }
        if let Some(evaluation) = &advance.evaluation {
            let [seen, unseen] = [&evaluation.accuracies.seen, &evaluation.accuracies.unseen].map(|a| a.retrieval);
            bar.set_message(format!("retrieval: seen {seen:.3}, unseen {unseen:.3}"));
        }
        bar.set_position(run.step().into());
    }
    bar.finish_and_clear();

    let (_, snapshot) = run.latest();
    let contents = if args.half { Contents::Half } else { Contents::Model };
    let bytes =
        checkpoint::save(run.config(), &snapshot, contents).map_err(|error| Failure::Checkpoint { path: args.out.clone(), error })?;
    let moved = std::fs::write(partial, bytes).and_then(|()| std::fs::rename(partial, &args.out));
    moved.map_err(|error| Failure::File { path: args.out.clone(), error })?;
    report::trained(&run, milliseconds / f64::from(steps.max(1)), &args.out, json)
}
