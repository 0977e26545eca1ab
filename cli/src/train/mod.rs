//! `leftright train`: a run with a progress bar, checkpoints on the way, and one at its end, be it that Ctrl-C ends it.

mod asked;

use std::path::{Path, PathBuf};
use std::slice;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Args;
use leftright::analysis::{Evaluation, Evaluator};
use leftright::checkpoint::{self, Contents};
use leftright::config::{Config, Preset, Start};
use leftright::training::{Advance, EngineRequest, Run, RunError};

use crate::bar::Progress;
use crate::file::{self, Out};
use crate::work::{Work, WorkArgs};
use crate::{Failure, report};
use asked::Asked;

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
    #[arg(long, default_value = "auto", value_parser = super::engine())]
    engine: EngineRequest,
    /// The checkpoint to write; - is stdout
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

/// A run and what is known of it on the way.
struct Training {
    run: Run,
    evaluator: Evaluator,
    evaluations: Vec<Evaluation>,
    milliseconds: f64,
    progress: Progress,
    /// What the last evaluation says of it.
    retrieval: String,
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
            self.progress.note(notice);
        }
        if let Some(snapshot) = &advance.snapshot {
            let evaluation = self.evaluator.evaluate(snapshot);
            let [seen, unseen] = [&evaluation.accuracies.seen, &evaluation.accuracies.unseen]
                .map(|a| report::number(a.retrieval));
            self.retrieval = format!(", retrieval: seen {seen}, unseen {unseen}");
            self.evaluations.push(evaluation);
        }
        if let Some(loss) = self.run.losses().last() {
            self.progress.tell(format!("loss {loss:.2e}{}", self.retrieval));
        }
        self.progress.set(self.run.step().into());
    }

    fn checkpoint(&self, path: &Path, contents: Contents) -> Result<Vec<u8>, Failure> {
        checkpoint::save(self.run.config(), &self.run.latest(), contents).map_err(|error| {
            Failure::Checkpoint {
                path: path.to_owned(),
                error,
            }
        })
    }

    /// Writes the model that a training is back at when its loss is no longer finite, with its state. One that is
    /// where the training began is not worth a file.
    fn keep_last_good(
        &self,
        out: Out,
        path: &Path,
        begun: u32,
        error: &RunError,
    ) -> Result<Failure, Failure> {
        let kept = if self.run.step() > begun {
            let name = out.name();
            out.write(&self.checkpoint(path, Contents::Training)?)?;
            format!("{name} holds it, with its training's state")
        } else {
            "nothing is written".to_owned()
        };
        Ok(Failure::Diverged(format!(
            "{error}; {kept}. With these settings it ends there again: to go further, train anew with others, such as \
             --set lr= below {}",
            self.run.config().lr
        )))
    }

    /// Writes the model of a training that was stopped, with its state, and says how to go on.
    fn keep_stopped(&self, out: Out, path: &Path, steps: u32) -> Result<Failure, Failure> {
        let how = match out.file() {
            Some(path) => format!("leftright train --resume {path:?} --steps {steps} --out {path:?}"),
            None => {
                format!("leftright train --steps {steps} --resume, and the file that has what stdout got")
            }
        };
        out.write(&self.checkpoint(path, Contents::Training)?)?;
        let step = self.run.step();
        Ok(Failure::Interrupted { step, how })
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
    let engine = args.engine;
    let work = Work::new(slice::from_ref(&asked.config), [asked.left().into(); 2], engine);
    if !work.begin(&args.work, json)? {
        return Ok(());
    }
    let out = args
        .out
        .as_deref()
        .ok_or_else(|| Failure::Usage("give --out".to_owned()))?;
    let place = Out::open(out)?;
    if args.every.is_some() && place.file().is_none() {
        return Err(Failure::Usage(
            "--every names its checkpoints by --out, which must then be a file".to_owned(),
        ));
    }
    let stop = interrupted()?;
    let begun = asked.begins();
    let Asked { config, steps, from } = asked;
    let evaluator = Evaluator::new(&config);
    let run = pollster::block_on(async {
        match from {
            Some(snapshot) => Run::resume(config, snapshot, engine).await,
            None => Run::new(config, engine).await,
        }
    })?;
    if !json {
        report::note(&run.info().reason);
    }
    let mut training = Training {
        run,
        evaluator,
        evaluations: Vec::new(),
        milliseconds: 0.0,
        progress: Progress::of_steps(begun.into(), steps.into(), json),
        retrieval: String::new(),
        json,
    };
    loop {
        let step = training.run.step();
        let next = args
            .every
            .map_or(steps, |every| steps.min((step / every + 1) * every));
        match training.to(next, &stop) {
            Err(Failure::Run(error @ RunError::NotFinite { .. })) => {
                training.progress.end();
                return Err(training.keep_last_good(place, out, begun, &error)?);
            }
            ended => ended?,
        }
        let step = training.run.step();
        if stop.load(Ordering::Relaxed) || step >= steps {
            break;
        }
        let path = at_step(out, step);
        file::write(&path, &training.checkpoint(&path, Contents::Training)?)?;
    }
    training.progress.end();
    let run = &training.run;
    if run.step() < steps {
        return Err(training.keep_stopped(place, out, steps)?);
    }
    let contents = match (args.half, args.state) {
        (true, _) => Contents::Half,
        (false, true) => Contents::Training,
        (false, false) => Contents::Model,
    };
    let name = place.name();
    let mut answer = place.write(&training.checkpoint(out, contents)?)?;
    let ms_per_step = training.milliseconds / run.losses().len().max(1) as f64;
    report::trained(
        run,
        &training.evaluations,
        ms_per_step,
        (&name, &mut *answer),
        json,
    )
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
