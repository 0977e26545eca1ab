//! A model in training.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use serde::Serialize;
use tsify::Tsify;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::model::Model;
use super::{Failure, busy, from_js, to_js};
use crate::analysis::{Evaluation, Evaluator};
use crate::checkpoint::{self, Contents};
use crate::engine::EngineError;
use crate::training::{EngineInfo, EngineRequest, Run, RunError};

/// How long the worker trains before it lets other messages in.
pub const CHUNK_MS: f64 = 40.0;

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Failure {
        Failure {
            code: "engine",
            message: error.to_string(),
        }
    }
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Failure {
        match error {
            RunError::Engine(error) => error.into(),
            error @ RunError::NotFinite { .. } => Failure {
                code: "not_finite",
                message: error.to_string(),
            },
        }
    }
}

/// What a progress callback is given.
#[derive(Serialize, Tsify)]
#[tsify(missing_as_null)]
struct Progress {
    /// Steps done in this session's life.
    step: u32,
    /// Since the previous progress; the last one belongs to `step`.
    losses: Vec<f32>,
    /// Engine time over these steps.
    ms_per_step: f64,
    /// Made every 50 steps and at the end.
    evaluation: Option<Evaluation>,
    /// What the reader should know.
    notice: Option<String>,
    /// The engine that runs now.
    engine: EngineInfo,
    /// If set, the curve goes on after this step.
    rewound_to: Option<u32>,
    /// With every evaluation, what the page keeps of this step.
    snapshot: Option<Kept>,
}

/// A step that can be shown again, and from which training can go on where the worker dies.
#[derive(Serialize, Tsify)]
struct Kept {
    /// The model as safetensors.
    #[tsify(type = "Uint8Array")]
    #[serde(with = "serde_wasm_bindgen::preserve")]
    model: JsValue,
    /// The whole training state, for `Session.open`.
    #[tsify(type = "Uint8Array")]
    #[serde(with = "serde_wasm_bindgen::preserve")]
    state: JsValue,
}

/// How `train` ended.
#[derive(Serialize, Tsify)]
struct TrainEnd {
    step: u32,
    cancelled: bool,
    engine: EngineInfo,
}

/// One model in training, or about to be.
#[wasm_bindgen]
pub struct Session {
    evaluator: Arc<Evaluator>,
    /// Taken by `train` while it runs.
    run: RefCell<Option<Run>>,
    /// Of the last good snapshot, so that the analysis answers while the run trains.
    model: RefCell<Model>,
    info: RefCell<EngineInfo>,
    cancel: Cell<bool>,
    lose_device: Cell<bool>,
}

#[wasm_bindgen]
impl Session {
    /// An engine that goes on from a checkpoint.
    pub async fn open(
        state: &[u8],
        #[wasm_bindgen(unchecked_param_type = "EngineRequest")] engine: JsValue,
    ) -> Result<Session, JsValue> {
        let request: EngineRequest = from_js(engine, "config")?;
        let (config, snapshot) = checkpoint::load(state).map_err(Failure::from)?;
        let evaluator = Arc::new(Evaluator::new(&config));
        let run = Run::resume(config, snapshot, request)
            .await
            .map_err(Failure::from)?;
        Ok(Session {
            model: RefCell::new(Model::new(evaluator.clone(), run.latest())),
            evaluator,
            info: RefCell::new(run.info().clone()),
            run: RefCell::new(Some(run)),
            cancel: Cell::new(false),
            lose_device: Cell::new(false),
        })
    }

    /// The model as it is now.
    pub fn model(&self) -> Model {
        self.model.borrow().clone()
    }

    /// The engine that runs, and why.
    #[wasm_bindgen(unchecked_return_type = "EngineInfo")]
    pub fn engine(&self) -> Result<JsValue, JsValue> {
        Ok(to_js(&*self.info.borrow())?)
    }

    /// Trains `steps` steps, calling `on_progress` as it goes; code "busy" if it already trains.
    #[wasm_bindgen(unchecked_return_type = "TrainEnd")]
    pub async fn train(
        &self,
        steps: u32,
        #[wasm_bindgen(unchecked_param_type = "(progress: Progress) => void")] on_progress: js_sys::Function,
    ) -> Result<JsValue, JsValue> {
        let mut run = self.run.borrow_mut().take().ok_or_else(busy)?;
        self.cancel.set(false);
        let result = self.train_loop(&mut run, steps, &on_progress).await;
        self.adopt(&run);
        let (step, engine) = (run.step(), run.info().clone());
        *self.run.borrow_mut() = Some(run);
        let cancelled = result?;
        Ok(to_js(&TrainEnd {
            step,
            cancelled,
            engine,
        })?)
    }

    async fn train_loop(
        &self,
        run: &mut Run,
        steps: u32,
        on_progress: &js_sys::Function,
    ) -> Result<bool, JsValue> {
        let end = run.step().saturating_add(steps);
        loop {
            let cancelled = self.cancel.get();
            let done = cancelled || run.step() >= end;
            if self.lose_device.take() {
                run.lose_device();
            }
            let advance = if done {
                run.settle().await
            } else {
                run.advance(end - run.step(), CHUNK_MS).await
            };
            let advance = advance.map_err(Failure::from)?;
            self.adopt(run);
            // A device lost while settling leaves steps to do again.
            let done = done && (cancelled || advance.rewound_to.is_none());
            let evaluation = advance
                .snapshot
                .map(|snapshot| self.evaluator.evaluate(&snapshot));
            let snapshot = evaluation.is_some().then(|| self.kept()).transpose()?;
            let value = to_js(&Progress {
                step: run.step(),
                losses: advance.losses,
                ms_per_step: advance.ms_per_step,
                evaluation,
                notice: advance.notice,
                engine: run.info().clone(),
                rewound_to: advance.rewound_to,
                snapshot,
            })?;
            on_progress.call1(&JsValue::NULL, &value)?;
            if done {
                return Ok(cancelled);
            }
            yield_to_events().await?;
        }
    }

    fn kept(&self) -> Result<Kept, Failure> {
        let model = self.model.borrow();
        let bytes =
            |contents| Ok::<JsValue, Failure>(js_sys::Uint8Array::from(&model.save(contents)?[..]).into());
        Ok(Kept {
            model: bytes(Contents::Model)?,
            state: bytes(Contents::Training)?,
        })
    }

    fn adopt(&self, run: &Run) {
        *self.model.borrow_mut() = Model::new(self.evaluator.clone(), run.latest());
        *self.info.borrow_mut() = run.info().clone();
    }

    /// Makes `train` resolve after its present chunk.
    pub fn cancel(&self) {
        self.cancel.set(true);
    }

    /// Destroys the GPU device, to see that training survives it; nothing on the CPU engine.
    #[wasm_bindgen(js_name = loseDevice)]
    pub fn lose_device(&self) {
        match &*self.run.borrow() {
            Some(run) => run.lose_device(),
            None => self.lose_device.set(true),
        }
    }
}

/// Lets the worker answer other messages: a macrotask, not a microtask.
pub async fn yield_to_events() -> Result<(), JsValue> {
    let scope: web_sys::WorkerGlobalScope = js_sys::global().unchecked_into();
    let promise = js_sys::Promise::new(&mut |resolve, reject| {
        if let Err(error) = scope.set_timeout_with_callback(&resolve) {
            drop(reject.call1(&JsValue::NULL, &error));
        }
    });
    JsFuture::from(promise).await.map(drop)
}
