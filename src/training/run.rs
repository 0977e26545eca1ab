//! A run in training: an engine, its history, and the last good snapshot, from which it goes on when a device
//! is lost and at which it stops when the loss is no longer finite.

use std::sync::Arc;

use web_time::Instant;

use super::{EngineInfo, EngineKind, EngineRequest, open};
use crate::config::{Population, ValidConfig};
use crate::engine::{Engine, EngineError};
use crate::model::Snapshot;

/// Steps between the snapshots that a run hands out, and can return to.
const SNAPSHOT_EVERY: u32 = 50;

/// Why a run cannot start or go on.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RunError {
    /// No engine.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// Training diverged; the run is back at its last good snapshot.
    #[error(
        "the loss is not finite at step {step}; the model is back at step {kept}, its last good snapshot"
    )]
    NotFinite {
        /// The first step whose loss or update was not finite.
        step: u32,
        /// The step of the snapshot that was kept.
        kept: u32,
    },
}

/// What a few steps brought.
#[derive(Clone, Debug, PartialEq)]
pub struct Advance {
    /// Losses of the steps done, the last of which is the run's step.
    pub losses: Vec<f32>,
    /// Engine time over these steps.
    pub ms_per_step: f64,
    /// The model where the steps ended on a multiple of 50, and by [`Run::settle`] elsewhere; each step's
    /// once.
    pub snapshot: Option<Arc<Snapshot>>,
    /// Set when the device was lost: the curve goes on after this step.
    pub rewound_to: Option<u32>,
    /// What the reader should know.
    pub notice: Option<String>,
}

/// One model in training.
#[derive(Debug)]
pub struct Run {
    population: Population,
    engine: Engine,
    info: EngineInfo,
    snapshot: Arc<Snapshot>,
    /// The step of the last snapshot that was handed out.
    handed_out: Option<u32>,
    losses: Vec<f32>,
    step: u32,
    ms_per_step: f64,
}

impl Run {
    /// A new run of a config.
    ///
    /// # Errors
    /// Where the engine that `request` asks for cannot start.
    pub async fn new(config: ValidConfig, request: EngineRequest) -> Result<Run, RunError> {
        let snapshot = Snapshot::initial(&Population::from(&config));
        Run::resume(config, snapshot, request).await
    }

    /// A run that goes on from a snapshot of the same config; its history starts there.
    ///
    /// # Errors
    /// As [`Run::new`].
    pub async fn resume(
        config: ValidConfig,
        snapshot: Snapshot,
        request: EngineRequest,
    ) -> Result<Run, RunError> {
        let population = Population::from(config);
        let (engine, info) = open(&population, &snapshot, request).await?;
        Ok(Run {
            population,
            engine,
            info,
            step: snapshot.step,
            snapshot: Arc::new(snapshot),
            handed_out: None,
            losses: Vec::new(),
            ms_per_step: 5.0,
        })
    }

    /// What it trains.
    pub fn config(&self) -> &ValidConfig {
        self.population.first()
    }

    /// The engine and why.
    pub fn info(&self) -> &EngineInfo {
        &self.info
    }

    /// Steps done.
    pub fn step(&self) -> u32 {
        self.step
    }

    /// The last good snapshot.
    pub fn latest(&self) -> Arc<Snapshot> {
        self.snapshot.clone()
    }

    /// The loss of every step since the run started or resumed.
    pub fn losses(&self) -> &[f32] {
        &self.losses
    }

    /// Destroys the GPU device, to see that the run survives it; nothing on the CPU engine.
    pub fn lose_device(&self) {
        self.engine.lose_device();
    }

    /// Trains at most `steps` steps, about `budget_ms` long, never past the next multiple of 50.
    ///
    /// # Errors
    /// Where the loss is not finite. A lost device is no error: the run falls back to the CPU engine.
    pub async fn advance(&mut self, steps: u32, budget_ms: f64) -> Result<Advance, RunError> {
        let affordable = (budget_ms / self.ms_per_step).clamp(1.0, f64::from(SNAPSHOT_EVERY)) as u32;
        let count = steps
            .min(affordable)
            .min(SNAPSHOT_EVERY - self.step % SNAPSHOT_EVERY);
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
        let mut advance = Advance {
            losses,
            ms_per_step,
            snapshot: None,
            rewound_to: None,
            notice: None,
        };
        if self.step.is_multiple_of(SNAPSHOT_EVERY) {
            let settled = self.settle().await?;
            if settled.rewound_to.is_some() {
                return Ok(settled);
            }
            advance.snapshot = settled.snapshot;
        }
        Ok(advance)
    }

    /// Takes a snapshot of the present step and hands it out, if that was not done before. Where the device
    /// is lost the run is back at its last good snapshot, as after [`Run::advance`].
    ///
    /// # Errors
    /// Where the model is not finite.
    pub async fn settle(&mut self) -> Result<Advance, RunError> {
        if self.snapshot.step != self.step {
            match self.engine.snapshot().await {
                Ok(snapshot) if snapshot.is_finite() => self.snapshot = Arc::new(snapshot),
                Ok(_) => return Err(self.stop_at_last_good(self.step)),
                Err(error) => return self.fall_back(error),
            }
        }
        let snapshot = (self.handed_out != Some(self.step)).then(|| self.snapshot.clone());
        self.handed_out = Some(self.step);
        Ok(Advance {
            losses: Vec::new(),
            ms_per_step: self.ms_per_step,
            snapshot,
            rewound_to: None,
            notice: None,
        })
    }

    fn rewind(&mut self) {
        let dropped = (self.step - self.snapshot.step) as usize;
        self.losses.truncate(self.losses.len() - dropped);
        self.step = self.snapshot.step;
        self.engine = Engine::cpu(&self.population, &self.snapshot);
    }

    /// From a lost device to the CPU engine, at the last good snapshot.
    fn fall_back(&mut self, error: EngineError) -> Result<Advance, RunError> {
        let lost_at = self.step;
        self.rewind();
        let kept = self.step;
        self.info.kind = EngineKind::Cpu;
        self.info.reason = format!("After step {lost_at} {error}; the CPU engine took over.");
        let notice =
            format!("After step {lost_at} {error}. Training goes on from step {kept} on the CPU engine.");
        let (rewound_to, notice) = (Some(kept), Some(notice));
        Ok(Advance {
            losses: Vec::new(),
            ms_per_step: self.ms_per_step,
            snapshot: None,
            rewound_to,
            notice,
        })
    }

    fn stop_at_last_good(&mut self, step: u32) -> RunError {
        let on_gpu = self.info.kind == EngineKind::Gpu;
        self.rewind();
        if on_gpu {
            self.info.kind = EngineKind::Cpu;
            self.info.reason = format!(
                "The loss was not finite at step {step} on the GPU engine; the CPU engine holds the last good snapshot."
            );
        }
        RunError::NotFinite {
            step,
            kept: self.step,
        }
    }
}
