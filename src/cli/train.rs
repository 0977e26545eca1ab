//! `leftright train`: a run with a progress bar, its checkpoint at the end.

use std::path::{Path, PathBuf};

use clap::Args;
use leftright::checkpoint::{self, Contents};
use leftright::config::Config;
use leftright::engine::{EngineRequest, Run};

use super::{EngineArg, Failure, jobs, report};

#[derive(Args)]
pub struct TrainArgs {
    #[arg(long, default_value = "paper", help = presets())]
    preset: String,
    /// A setting: key=value; may be given again
    #[arg(long = "set", value_name = "KEY=VALUE")]
    settings: Vec<String>,
    /// Seed of every random draw
    #[arg(long, default_value_t = 0)]
    seed: u32,
    /// Steps to train
    #[arg(long, default_value_t = 1000)]
    steps: u32,
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

fn config(args: &TrainArgs) -> Result<Config, Failure> {
    let mut config = Config::preset(&args.preset)?;
    config.seed = args.seed;
    for setting in &args.settings {
        let (key, value) =
            setting.split_once('=').ok_or_else(|| Failure::Usage(format!("--set {setting} has no \"=\"; write key=value")))?;
        config.set(key, value)?;
    }
    config.check()?;
    Ok(config)
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
    let config = config(&args)?;
    let partial = partial(&args.out)?;
    let result = train_into(&args, config, &partial, json);
    if result.is_err() {
        // The error that matters is already on its way.
        drop(std::fs::remove_file(&partial));
    }
    result
}

fn train_into(args: &TrainArgs, config: Config, partial: &Path, json: bool) -> Result<(), Failure> {
    let mut run = pollster::block_on(Run::new(config, EngineRequest::from(args.engine)))?;
    let bar = jobs::bar(args.steps.into(), json, "{bar:30} {pos}/{len} steps, {eta} left, {msg}");
    if !json {
        eprintln!("{}", run.info().reason);
    }
    let mut milliseconds = 0.0;
    let mut done = false;
    while !done {
        let settling = run.step() >= args.steps;
        let left = args.steps.saturating_sub(run.step());
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
    report::trained(&run, milliseconds / f64::from(args.steps.max(1)), &args.out, json)
}
