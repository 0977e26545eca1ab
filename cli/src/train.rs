//! `leftright train`: a run with a progress bar, its checkpoint at the end.

use std::path::{Path, PathBuf};

use clap::Args;
use leftright::analysis::Evaluator;
use leftright::checkpoint::{self, Contents};
use leftright::config::{Config, Preset, Start, ValidConfig};
use leftright::recipe::{self, Recipe};
use leftright::training::{EngineRequest, Run};

use super::file::{self, Place};
use super::work::{Work, WorkArgs};
use super::{EngineArg, Failure, jobs, report};

#[derive(Args)]
pub struct TrainArgs {
    #[arg(long, default_value = "paper", help = presets())]
    preset: String,
    #[arg(long, help = starts())]
    start: Option<String>,
    /// A run's JSON, as a figure of the page keeps it: its settings and its steps
    #[arg(long, value_name = "FILE", conflicts_with = "preset")]
    config: Option<PathBuf>,
    /// A setting: key=value; may be given again
    #[arg(long = "set", value_name = "KEY=VALUE", long_help = settings())]
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
    #[arg(long, required_unless_present = "plan")]
    out: Option<PathBuf>,
    /// Write the parameters in half precision: half the bytes, for a page to show
    #[arg(long)]
    half: bool,
    #[command(flatten)]
    work: WorkArgs,
}

fn presets() -> String {
    let presets = Preset::ALL.iter().map(|p| (p.name(), p.description()));
    format!("Where the settings start from: {}", listed(presets))
}

fn starts() -> String {
    let starts = Start::ALL.iter().map(|s| (s.name(), s.description()));
    format!(
        "What the initial parameters are drawn from, if not as the preset says; --set changes it: {}",
        listed(starts)
    )
}

fn listed(named: impl Iterator<Item = (&'static str, &'static str)>) -> String {
    let each = named.map(|(name, description)| format!("{name} ({description})"));
    each.collect::<Vec<_>>().join("; ")
}

fn settings() -> String {
    let settings = Config::default().fields().into_iter().map(|field| {
        format!(
            "\n{}={}: {} ({})",
            field.name,
            field.default,
            field.help,
            field.allowed()
        )
    });
    format!(
        "A setting: key=value; may be given again. In preset paper:{}",
        settings.collect::<String>()
    )
}

/// How long a chunk of steps may take between two looks of the progress bar.
const CHUNK_MS: f64 = 200.0;

/// Steps to train where nothing else is said.
const STEPS: u32 = 1000;

fn recipe(path: &Path) -> Result<Recipe, Failure> {
    let json = file::read(path, "the JSON of a run", recipe::MAX_BYTES)?;
    Recipe::read(&json)
        .map_err(|error| Failure::Usage(format!("{}: not the JSON of a run: {error}", path.display())))
}

/// The run that the arguments ask for, and its steps.
fn asked(args: &TrainArgs) -> Result<(ValidConfig, u32), Failure> {
    let Recipe { mut config, steps } = match &args.config {
        Some(path) => recipe(path)?,
        None => Recipe {
            config: Config::preset(&args.preset)?,
            steps: STEPS,
        },
    };
    config.seed = args.seed.unwrap_or(config.seed);
    let mut settings = Vec::new();
    for setting in &args.settings {
        let missing = || Failure::Usage(format!("--set {setting} has no \"=\"; write key=value"));
        settings.push(setting.split_once('=').ok_or_else(missing)?);
    }
    let start = args.start.as_deref().map(str::parse).transpose()?;
    let config = config.with(start, settings.into_iter())?;
    Ok((config.validate()?, args.steps.unwrap_or(steps)))
}

pub fn train(args: &TrainArgs, json: bool) -> Result<(), Failure> {
    let (config, steps) = asked(args)?;
    if !Work::new(std::slice::from_ref(&config), [steps.into(); 2]).begin(&args.work, json)? {
        return Ok(());
    }
    let out = args
        .out
        .as_deref()
        .ok_or_else(|| Failure::Usage("give --out".to_owned()))?;
    let place = Place::open(out)?;
    let evaluator = Evaluator::new(&config);
    let mut evaluations = Vec::new();
    let mut run = pollster::block_on(Run::new(config, EngineRequest::from(args.engine)))?;
    let bar = jobs::bar(
        steps.into(),
        json,
        "{bar:30} {pos}/{len} steps, {eta} left, {msg}",
    );
    if !json {
        report::note(&run.info().reason);
    }
    let mut milliseconds = 0.0;
    let mut done = false;
    while !done {
        let settling = run.step() >= steps;
        let left = steps.saturating_sub(run.step());
        let advance = pollster::block_on(async {
            if settling {
                run.settle().await
            } else {
                run.advance(left, CHUNK_MS).await
            }
        })?;
        // Settling can lose the device and steps with it; then they are done again on the CPU engine.
        done = settling && advance.rewound_to.is_none();
        milliseconds += advance.ms_per_step * advance.losses.len() as f64;
        if let (Some(notice), false) = (&advance.notice, json) {
            bar.suspend(|| report::note(notice));
        }
        if let Some(snapshot) = &advance.snapshot {
            let evaluation = evaluator.evaluate(snapshot);
            let [seen, unseen] =
                [&evaluation.accuracies.seen, &evaluation.accuracies.unseen].map(|a| a.retrieval);
            bar.set_message(format!("retrieval: seen {seen:.3}, unseen {unseen:.3}"));
            evaluations.push(evaluation);
        }
        bar.set_position(run.step().into());
    }
    bar.finish_and_clear();

    let snapshot = run.latest();
    let contents = if args.half {
        Contents::Half
    } else {
        Contents::Model
    };
    let bytes = checkpoint::save(run.config(), &snapshot, contents).map_err(|error| Failure::Checkpoint {
        path: out.to_owned(),
        error,
    })?;
    place.write(&bytes)?;
    report::trained(
        &run,
        &evaluations,
        milliseconds / f64::from(steps.max(1)),
        out,
        json,
    )
}
