//! What `leftright train` is asked to train.

use std::path::Path;

use leftright::config::{Config, ValidConfig};
use leftright::model::Snapshot;
use leftright::recipe::{self, Recipe};

use super::TrainArgs;
use crate::{Failure, file};

/// Steps to train where nothing else is said.
const STEPS: u32 = 1000;

fn recipe(path: &Path) -> Result<Recipe, Failure> {
    let json = file::read(path, "the JSON of a run", recipe::MAX_BYTES)?;
    Recipe::read(&json)
        .map_err(|error| Failure::Usage(format!("{}: not the JSON of a run: {error}", path.display())))
}

/// A model to train, with its steps in all; where it goes on, from what.
pub struct Asked {
    pub config: ValidConfig,
    pub steps: u32,
    pub from: Option<Snapshot>,
}

impl Asked {
    /// By these arguments.
    pub fn by(args: &TrainArgs) -> Result<Asked, Failure> {
        match &args.resume {
            Some(path) => Asked::further(path, args.steps.unwrap_or(STEPS)),
            None => Asked::anew(args),
        }
    }

    /// What a checkpoint holds, and more steps.
    fn further(path: &Path, steps: u32) -> Result<Asked, Failure> {
        let (config, snapshot) = crate::open(path)?;
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
    pub fn left(&self) -> u32 {
        self.steps - self.begins()
    }

    /// The step that it goes on from.
    pub fn begins(&self) -> u32 {
        self.from.as_ref().map_or(0, |snapshot| snapshot.step)
    }
}
