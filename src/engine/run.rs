//! A run in training: an engine, its history, and the last good snapshot, from which it goes on when a device
//! is lost and at which it stops when the loss is no longer finite.

use std::rc::Rc;

use serde::Serialize;
use web_time::Instant;

use super::{Engine, EngineError, EngineInfo, EngineKind, EngineRequest, Snapshot, open};
use crate::analysis::{Accuracies, AnalysisError, Evaluator};
use crate::config::{Config, ConfigError};

/// Steps between evaluations (and between the snapshots a run can return to).
const EVALUATE_EVERY: u32 = 50;

/// Why a run cannot start or go on.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The config is out of bounds.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// No engine.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The analysis refused.
    #[error(transparent)]
    Analysis(#[from] AnalysisError),
    /// Training diverged; the run is back at its last good snapshot.
    #[error("the loss is not finite at step {step}; the model is back at step {kept}, its last good snapshot")]
    NotFinite {
        /// The first step whose loss or update was not finite.
        step: u32,
        /// The step of the snapshot that was kept.
        kept: u32,
    },
}

/// Accuracies and slopes at one step.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Evaluation {
    /// Steps done.
    pub step: u32,
    /// On the three splits.
    pub accuracies: Accuracies,
    /// EP slope of each vision head, in logits per pixel.
    pub slopes: Vec<f64>,
}

/// What a few steps brought.
#[derive(Clone, Debug, PartialEq)]
pub struct Advance {
    /// Losses of the steps done, the last of which is the run's step.
    pub losses: Vec<f32>,
    /// Engine time over these steps.
    pub ms_per_step: f64,
    /// Made where the steps ended on a multiple of 50, and by [`Run::settle`] elsewhere.
    pub evaluation: Option<Evaluation>,
    /// Set when the device was lost: the curve goes on after this step.
    pub rewound_to: Option<u32>,
    /// What the reader should know.
    pub notice: Option<String>,
}

/// One model in training.
pub struct Run {
    config: Config,
    engine: Engine,
    info: EngineInfo,
    evaluator: Rc<Evaluator>,
    snapshot: Rc<Snapshot>,
    losses: Vec<f32>,
    evaluations: Vec<Evaluation>,
    step: u32,
    ms_per_step: f64,
}

impl Run {
    /// A new run of a config.
    pub async fn new(config: Config, request: EngineRequest) -> Result<Run, RunError> {
        config.check()?;
        let snapshot = Snapshot::initial(std::slice::from_ref(&config));
        Run::resume(config, snapshot, request).await
    }

    /// A run that goes on from a snapshot of the same config; its history starts there.
    pub async fn resume(config: Config, snapshot: Snapshot, request: EngineRequest) -> Result<Run, RunError> {
        config.check()?;
        let (engine, info) = open(std::slice::from_ref(&config), &snapshot, request).await?;
        Ok(Run {
            evaluator: Rc::new(Evaluator::new(&config)),
            config,
            engine,
            info,
            step: snapshot.step,
            snapshot: Rc::new(snapshot),
            losses: Vec::new(),
            evaluations: Vec::new(),
            ms_per_step: 5.0,
        })
    }

    /// What it trains.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The engine and why.
    pub fn info(&self) -> &EngineInfo {
        &self.info
    }

    /// Steps done.
    pub fn step(&self) -> u32 {
        self.step
    }

    /// The last good snapshot; the analysis reads it.
    pub fn latest(&self) -> (Rc<Evaluator>, Rc<Snapshot>) {
        (self.evaluator.clone(), self.snapshot.clone())
    }

    /// Losses since the run started or resumed, and the evaluations made.
    pub fn history(&self) -> (&[f32], &[Evaluation]) {
        (&self.losses, &self.evaluations)
    }

    /// Destroys the GPU device, to see that the run survives it; nothing on the CPU engine.
    pub fn lose_device(&self) {
        if let Engine::Gpu(gpu) = &self.engine {
            gpu.destroy();
        }
    }

    /// Trains at most `steps` steps, about `budget_ms` long, never past the next evaluation.
    pub async fn advance(&mut self, steps: u32, budget_ms: f64) -> Result<Advance, RunError> {
        let affordable = (budget_ms / self.ms_per_step).clamp(1.0, f64::from(EVALUATE_EVERY)) as u32;
        let count = steps.min(affordable).min(EVALUATE_EVERY - self.step % EVALUATE_EVERY);
        let start = Instant::now();
        let losses = match self.engine.train(count).await {
            Ok(losses) => losses,
            Err(error) => return self.fall_back(error),
        };
        let ms_per_step = start.elapsed().as_secs_f64() * 1e3 / f64::from(count.max(1));
        self.ms_per_step = ms_per_step;
        if let Some(bad) = losses.iter().position(|loss| !loss.is_finite()) {
            return Err(self.stop_at_last_good(self.step + 1 + bad as u32));
        }
        self.step += losses.len() as u32;
        self.losses.extend_from_slice(&losses);
        let mut advance = Advance { losses, ms_per_step, evaluation: None, rewound_to: None, notice: None };
        if self.step.is_multiple_of(EVALUATE_EVERY) {
            let settled = self.settle().await?;
            if settled.rewound_to.is_some() {
                return Ok(settled);
            }
            advance.evaluation = settled.evaluation;
        }
        Ok(advance)
    }

    /// Takes a snapshot of the present step and evaluates it, if that was not done before. Where the device is lost the
    /// run is back at its last good snapshot, as after [`Run::advance`].
    pub async fn settle(&mut self) -> Result<Advance, RunError> {
        if self.snapshot.step != self.step {
            match self.engine.snapshot().await {
                Ok(snapshot) if snapshot.is_finite() => self.snapshot = Rc::new(snapshot),
                Ok(_) => return Err(self.stop_at_last_good(self.step)),
                Err(error) => return self.fall_back(error),
            }
        }
        let evaluation = match self.evaluations.last() {
            Some(last) if last.step == self.step => None,
            _ => Some(self.evaluate()?),
        };
        self.evaluations.extend(evaluation.clone());
        Ok(Advance { losses: Vec::new(), ms_per_step: self.ms_per_step, evaluation, rewound_to: None, notice: None })
    }

    /// The accuracies and slopes of the last good snapshot.
    pub fn evaluate(&self) -> Result<Evaluation, RunError> {
        Ok(Evaluation {
            step: self.snapshot.step,
            accuracies: self.evaluator.accuracies(&self.snapshot.params, &[])?,
            slopes: self.evaluator.slopes(&self.snapshot.params),
        })
    }

    fn rewind(&mut self) {
        let dropped = (self.step - self.snapshot.step) as usize;
        self.losses.truncate(self.losses.len().saturating_sub(dropped));
        self.step = self.snapshot.step;
        self.engine = Engine::cpu(std::slice::from_ref(&self.config), &self.snapshot);
    }

    /// From a lost device to the CPU engine, at the last good snapshot.
    fn fall_back(&mut self, error: EngineError) -> Result<Advance, RunError> {
        let lost_at = self.step;
        self.rewind();
        let kept = self.step;
        self.info.kind = EngineKind::Cpu;
        self.info.reason = format!("After step {lost_at} {error}; the CPU engine took over.");
        let notice = format!("After step {lost_at} {error}. Training goes on from step {kept} on the CPU engine.");
        let (rewound_to, notice) = (Some(kept), Some(notice));
        Ok(Advance { losses: Vec::new(), ms_per_step: self.ms_per_step, evaluation: None, rewound_to, notice })
    }

    fn stop_at_last_good(&mut self, step: u32) -> RunError {
        let on_gpu = self.info.kind == EngineKind::Gpu;
        self.rewind();
        if on_gpu {
            self.info.kind = EngineKind::Cpu;
            self.info.reason =
                format!("The loss was not finite at step {step} on the GPU engine; the CPU engine holds the last good snapshot.");
        }
        RunError::NotFinite { step, kept: self.step }
    }
}
