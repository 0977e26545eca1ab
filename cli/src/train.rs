//! `leftright train`: a run with a progress bar, checkpoints on the way, and one at its end, be it that Ctrl-C ends it.

use std::path::{Path, PathBuf};
use std::slice;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Args;
use indicatif::ProgressBar;
use leftright::analysis::{Evaluation, Evaluator};
use leftright::checkpoint::{self, Contents};
use leftright::config::{Config, Preset, Start, ValidConfig};
use leftright::model::Snapshot;
use leftright::recipe::{self, Recipe};
use leftright::training::{Advance, EngineRequest, Run};

use super::file::{self, Out};
use super::work::{Work, WorkArgs};
use super::{EngineArg, Failure, bar, report};

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
    /// Steps to train, from the first; if not given, 1000 or those of --config
    #[arg(long)]
    steps: Option<u32>,
    /// Go on with a checkpoint that holds its training's state, to --steps in all
    #[arg(long, value_name = "FILE", conflicts_with_all = ["preset", "start", "config", "settings", "seed"])]
    resume: Option<PathBuf>,
    /// Which engine trains
    #[arg(long, value_enum, default_value = "auto")]
    engine: EngineArg,
    /// The checkpoint to write
    #[arg(long, required_unless_present = "plan")]
    out: Option<PathBuf>,
    /// Also write a checkpoint with the training's state at every N-th step: OUT, with the step in its name
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    every: Option<u32>,
    /// Write the training's state too, from which --resume goes on: three times the bytes
    #[arg(long)]
    state: bool,
    /// Write the parameters in half precision: half the bytes, for a page to show
    #[arg(long, conflicts_with = "state")]
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

/// A model to train, with its steps in all; where it goes on, from what.
struct Asked {
    config: ValidConfig,
    steps: u32,
    from: Option<Snapshot>,
}

impl Asked {
    fn by(args: &TrainArgs) -> Result<Asked, Failure> {
        match &args.resume {
            Some(path) => Asked::further(path, args.steps.unwrap_or(STEPS)),
            None => Asked::anew(args),
        }
    }

    /// What a checkpoint holds, and more steps.
    fn further(path: &Path, steps: u32) -> Result<Asked, Failure> {
        let (config, snapshot) = super::open(path)?;
        let refuse = |why: &str| Err(Failure::Usage(format!("{}: {why}", path.display())));
        if !snapshot.has_state() {
            return refuse(
                "it holds a model without its training's state; train with --state or --every to have it",
            );
        }
        if snapshot.step >= steps {
            return refuse(&format!(
                "it is at step {} already; give --steps above that",
                snapshot.step
            ));
        }
        Ok(Asked {
            config,
            steps,
            from: Some(snapshot),
        })
    }

    fn anew(args: &TrainArgs) -> Result<Asked, Failure> {
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
            let (key, value) = setting.split_once('=').ok_or_else(missing)?;
            settings.push((key, value));
        }
        let start = args.start.as_deref().map(str::parse).transpose()?;
        Ok(Asked {
            config: config.with(start, settings.into_iter())?.validate()?,
            steps: args.steps.unwrap_or(steps),
            from: None,
        })
    }

    /// Steps that are left to do.
    fn left(&self) -> u32 {
        self.steps - self.from.as_ref().map_or(0, |snapshot| snapshot.step)
    }
}

/// A run and what is known of it on the way.
struct Training {
    run: Run,
    evaluator: Evaluator,
    evaluations: Vec<Evaluation>,
    milliseconds: f64,
    bar: ProgressBar,
    json: bool,
}

impl Training {
    /// Trains to a step and looks at the model there. Ends earlier where `stop` is set, at a step that is looked at.
    fn to(&mut self, target: u32, stop: &AtomicBool) -> Result<(), Failure> {
        let mut done = false;
        while !done {
            let settling = self.run.step() >= target || stop.load(Ordering::Relaxed);
            let left = target.saturating_sub(self.run.step());
            let advance = pollster::block_on(async {
                if settling {
                    self.run.settle().await
                } else {
                    self.run.advance(left, CHUNK_MS).await
                }
            })?;
            // Settling can lose the device and steps with it; then they are done again on the CPU engine.
            done = settling && advance.rewound_to.is_none();
            self.take(&advance);
        }
        Ok(())
    }

    fn take(&mut self, advance: &Advance) {
        self.milliseconds += advance.ms_per_step * advance.losses.len() as f64;
        if let (Some(notice), false) = (&advance.notice, self.json) {
            self.bar.suspend(|| report::note(notice));
        }
        if let Some(snapshot) = &advance.snapshot {
            let evaluation = self.evaluator.evaluate(snapshot);
            let [seen, unseen] = [&evaluation.accuracies.seen, &evaluation.accuracies.unseen]
                .map(|a| report::number(a.retrieval));
            self.bar
                .set_message(format!("retrieval: seen {seen}, unseen {unseen}"));
            self.evaluations.push(evaluation);
        }
        self.bar.set_position(self.run.step().into());
    }

    fn checkpoint(&self, path: &Path, contents: Contents) -> Result<Vec<u8>, Failure> {
        checkpoint::save(self.run.config(), &self.run.latest(), contents).map_err(|error| {
            Failure::Checkpoint {
                path: path.to_owned(),
                error,
            }
        })
    }
}

/// Set by Ctrl-C.
fn interrupted() -> Result<Arc<AtomicBool>, Failure> {
    let flag = Arc::new(AtomicBool::new(false));
    let set = flag.clone();
    ctrlc::set_handler(move || set.store(true, Ordering::Relaxed))
        .map_err(|error| Failure::Usage(format!("Ctrl-C cannot be listened to: {error}")))?;
    Ok(flag)
}

/// `model.safetensors` at step 500: `model-000500.safetensors`.
fn at_step(out: &Path, step: u32) -> PathBuf {
    let part = |part: Option<&std::ffi::OsStr>| part.unwrap_or_default().to_string_lossy().into_owned();
    let (stem, extension) = (part(out.file_stem()), part(out.extension()));
    let dot = if extension.is_empty() { "" } else { "." };
    out.with_file_name(format!("{stem}-{step:06}{dot}{extension}"))
}

pub fn train(args: &TrainArgs, json: bool) -> Result<(), Failure> {
    let asked = Asked::by(args)?;
    let engine = EngineRequest::from(args.engine);
    let work = Work::new(slice::from_ref(&asked.config), [asked.left().into(); 2], engine);
    if !work.begin(&args.work, json)? {
        return Ok(());
    }
    let out = args
        .out
        .as_deref()
        .ok_or_else(|| Failure::Usage("give --out".to_owned()))?;
    let place = Out::open(out)?;
    let stop = interrupted()?;
    let Asked { config, steps, from } = asked;
    let evaluator = Evaluator::new(&config);
    let run = pollster::block_on(async {
        match from {
            Some(snapshot) => Run::resume(config, snapshot, engine).await,
            None => Run::new(config, engine).await,
        }
    })?;
    let bar = bar::bar(
        steps.into(),
        json,
        "{bar:30} {pos}/{len} steps, {eta} left, {msg}",
    );
    if !json {
        report::note(&run.info().reason);
    }
    let mut training = Training {
        run,
        evaluator,
        evaluations: Vec::new(),
        milliseconds: 0.0,
        bar,
        json,
    };
    loop {
        let step = training.run.step();
        let next = args
            .every
            .map_or(steps, |every| steps.min((step / every + 1) * every));
        training.to(next, &stop)?;
        let step = training.run.step();
        if stop.load(Ordering::Relaxed) || step >= steps {
            break;
        }
        let path = at_step(out, step);
        file::write(&path, &training.checkpoint(&path, Contents::Training)?)?;
    }
    training.bar.finish_and_clear();
    let Training {
        ref run,
        ref evaluations,
        milliseconds,
        ..
    } = training;
    if run.step() < steps {
        place.write(&training.checkpoint(out, Contents::Training)?)?;
        return Err(Failure::Interrupted {
            step: run.step(),
            steps,
            out: out.to_owned(),
        });
    }
    let contents = match (args.half, args.state) {
        (true, _) => Contents::Half,
        (false, true) => Contents::Training,
        (false, false) => Contents::Model,
    };
    place.write(&training.checkpoint(out, contents)?)?;
    let ms_per_step = milliseconds / run.losses().len().max(1) as f64;
    report::trained(run, evaluations, ms_per_step, out, json)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_on_the_way_has_its_step_in_its_name() {
        let at = |out: &str, step| at_step(Path::new(out), step).display().to_string();
        assert_eq!(at("a/model.safetensors", 500), "a/model-000500.safetensors");
        assert_eq!(at("model", 1_000_000), "model-1000000");
    }
}
