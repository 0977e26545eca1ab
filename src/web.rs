//! The wasm-bindgen surface: a session in a worker. Thin: it converts, yields to the event loop, and gives every
//! error a stable `code`.

mod experiments;
mod reference;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use serde::Serialize;
use tsify::Tsify;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_time::Instant;

use crate::analysis::{Ablation, Accuracies, AnalysisError, Decomposition, Evaluator, Scene};
use crate::checkpoint::{self, CheckpointError, Contents};
use crate::config::{Config, ConfigError, ConfigField};
use crate::engine::{EngineError, EngineInfo, EngineRequest, Evaluation, Run, RunError, Snapshot};

/// How long the worker trains before it lets other messages in.
const CHUNK_MS: f64 = 40.0;
/// How often the page is given the whole training state, to survive a crash of the worker.
const STATE_EVERY_MS: u128 = 1500;

#[wasm_bindgen(typescript_custom_section)]
const CONFIG: &str = Config::TYPESCRIPT;

#[wasm_bindgen(start)]
fn start() {
    console_error_panic_hook::set_once();
}

/// An error of ours on its way to JS: an `Error` with a `code`.
struct Failure {
    code: &'static str,
    message: String,
}

impl From<Failure> for JsValue {
    fn from(failure: Failure) -> JsValue {
        let error = js_sys::Error::new(&failure.message);
        // Setting a property of a fresh Error cannot fail.
        let _ = js_sys::Reflect::set(&error, &"code".into(), &failure.code.into());
        error.into()
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Failure {
        Failure { code: "config", message: error.to_string() }
    }
}

impl From<CheckpointError> for Failure {
    fn from(error: CheckpointError) -> Failure {
        Failure { code: "checkpoint", message: error.to_string() }
    }
}

impl From<AnalysisError> for Failure {
    fn from(error: AnalysisError) -> Failure {
        let code = match error {
            AnalysisError::Scene(_) => "scene",
            AnalysisError::Ablation(_) => "ablation",
            AnalysisError::Surgery(_) => "surgery",
        };
        Failure { code, message: error.to_string() }
    }
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Failure {
        Failure { code: "engine", message: error.to_string() }
    }
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Failure {
        match error {
            RunError::Config(error) => error.into(),
            RunError::Analysis(error) => error.into(),
            RunError::Engine(error) => error.into(),
            error @ RunError::NotFinite { .. } => Failure { code: "not_finite", message: error.to_string() },
        }
    }
}

impl From<serde_wasm_bindgen::Error> for Failure {
    fn from(error: serde_wasm_bindgen::Error) -> Failure {
        Failure { code: "config", message: error.to_string() }
    }
}

fn busy() -> Failure {
    Failure { code: "busy", message: "The model is training; pause it first.".to_owned() }
}

/// Typed arrays and byte arrays as JS has them, everything else as plain objects.
fn to_js<T: Serialize>(value: &T) -> Result<JsValue, Failure> {
    Ok(value.serialize(&serde_wasm_bindgen::Serializer::json_compatible())?)
}

/// A value from JS; what does not fit is an error of this code.
fn from_js<T: serde::de::DeserializeOwned>(value: JsValue, code: &'static str) -> Result<T, Failure> {
    serde_wasm_bindgen::from_value(value).map_err(|error| Failure { code, message: error.to_string() })
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
    /// Now and then, the whole training state for `Session.resume`.
    #[tsify(type = "Uint8Array | null")]
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

/// The accuracies without and with some ablations.
#[derive(Serialize, Tsify)]
struct AblationResult {
    before: Accuracies,
    after: Accuracies,
}

/// The table of settings: names, bounds (with the other fields as in preset `paper`), defaults, help.
#[wasm_bindgen(js_name = configFields, unchecked_return_type = "ConfigField[]")]
pub fn config_fields() -> Result<JsValue, JsValue> {
    let fields: Vec<ConfigField> = Config::default().fields();
    Ok(to_js(&fields)?)
}

fn read_config(config: JsValue) -> Result<Config, Failure> {
    let config: Config = serde_wasm_bindgen::from_value(config)?;
    config.check()?;
    Ok(config)
}

/// Fills in preset `paper` and checks every limit.
#[wasm_bindgen(js_name = checkConfig, unchecked_return_type = "Config")]
pub fn check_config(#[wasm_bindgen(unchecked_param_type = "Partial<Config>")] config: JsValue) -> Result<JsValue, JsValue> {
    Ok(to_js(&read_config(config)?)?)
}

/// What analysis needs, kept outside the run so that it answers while the run trains.
struct Latest {
    config: Config,
    info: EngineInfo,
    step: u32,
    evaluator: Rc<Evaluator>,
    snapshot: Rc<Snapshot>,
    before: Option<Accuracies>,
}

impl Latest {
    fn of(run: &Run) -> Latest {
        let (evaluator, snapshot) = run.latest();
        Latest { config: run.config().clone(), info: run.info().clone(), step: run.step(), evaluator, snapshot, before: None }
    }
}

/// One model in training or at rest.
#[wasm_bindgen]
pub struct Session {
    /// Taken by `train` while it runs.
    run: RefCell<Option<Run>>,
    latest: RefCell<Latest>,
    cancel: Cell<bool>,
    lose_device: Cell<bool>,
    request: EngineRequest,
}

#[wasm_bindgen]
impl Session {
    fn of(run: Run, request: EngineRequest) -> Session {
        let latest = RefCell::new(Latest::of(&run));
        Session { run: RefCell::new(Some(run)), latest, cancel: Cell::new(false), lose_device: Cell::new(false), request }
    }

    /// A new model of a config, untrained.
    pub async fn create(
        #[wasm_bindgen(unchecked_param_type = "Partial<Config>")] config: JsValue,
        #[wasm_bindgen(unchecked_param_type = "EngineRequest")] engine: JsValue,
    ) -> Result<Session, JsValue> {
        let request = serde_wasm_bindgen::from_value(engine).map_err(Failure::from)?;
        let run = Run::new(read_config(config)?, request).await.map_err(Failure::from)?;
        Ok(Session::of(run, request))
    }

    /// A model that goes on from `Progress.state`.
    pub async fn resume(state: &[u8], #[wasm_bindgen(unchecked_param_type = "EngineRequest")] engine: JsValue) -> Result<Session, JsValue> {
        let request = serde_wasm_bindgen::from_value(engine).map_err(Failure::from)?;
        let (config, snapshot) = checkpoint::load(state).map_err(Failure::from)?;
        let run = Run::resume(config, snapshot, request).await.map_err(Failure::from)?;
        Ok(Session::of(run, request))
    }

    /// What it trains.
    #[wasm_bindgen(unchecked_return_type = "Config")]
    pub fn config(&self) -> Result<JsValue, JsValue> {
        Ok(to_js(&self.latest.borrow().config)?)
    }

    /// The engine that runs, and why.
    #[wasm_bindgen(unchecked_return_type = "EngineInfo")]
    pub fn engine(&self) -> Result<JsValue, JsValue> {
        Ok(to_js(&self.latest.borrow().info)?)
    }

    /// Steps done.
    pub fn step(&self) -> u32 {
        self.latest.borrow().step
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
        *self.latest.borrow_mut() = Latest::of(&run);
        let (step, engine) = (run.step(), run.info().clone());
        *self.run.borrow_mut() = Some(run);
        let cancelled = result?;
        Ok(to_js(&TrainEnd { step, cancelled, engine })?)
    }

    async fn train_loop(&self, run: &mut Run, steps: u32, on_progress: &js_sys::Function) -> Result<bool, JsValue> {
        let end = run.step().saturating_add(steps);
        let mut saved = Instant::now();
        loop {
            let cancelled = self.cancel.get();
            let done = cancelled || run.step() >= end;
            if self.lose_device.take() {
                run.lose_device();
            }
            let advance = if done { run.settle().await } else { run.advance(end - run.step(), CHUNK_MS).await };
            let advance = advance.map_err(Failure::from)?;
            *self.latest.borrow_mut() = Latest::of(run);
            // A device lost while settling leaves steps to do again.
            let done = done && (cancelled || advance.rewound_to.is_none());
            let due = advance.evaluation.is_some() && saved.elapsed().as_millis() >= STATE_EVERY_MS;
            let state = if done || due {
                saved = Instant::now();
                let latest = self.latest.borrow();
                let bytes = checkpoint::save(&latest.config, &latest.snapshot, Contents::Training).map_err(Failure::from)?;
                js_sys::Uint8Array::from(&bytes[..]).into()
            } else {
                JsValue::NULL
            };
            let value = to_js(&Progress {
                step: run.step(),
                losses: advance.losses,
                ms_per_step: advance.ms_per_step,
                evaluation: advance.evaluation,
                notice: advance.notice,
                engine: run.info().clone(),
                rewound_to: advance.rewound_to,
                state,
            })?;
            on_progress.call1(&JsValue::NULL, &value)?;
            if done {
                return Ok(cancelled);
            }
            yield_to_events().await?;
        }
    }

    /// Makes `train` resolve after its present chunk.
    pub fn cancel(&self) {
        self.cancel.set(true);
    }

    /// Accuracies and slopes of the latest snapshot.
    #[wasm_bindgen(unchecked_return_type = "Evaluation")]
    pub fn evaluate(&self) -> Result<JsValue, JsValue> {
        let latest = self.latest.borrow();
        let accuracies = latest.evaluator.accuracies(&latest.snapshot.params, &[]).map_err(Failure::from)?;
        let slopes = latest.evaluator.slopes(&latest.snapshot.params);
        Ok(to_js(&Evaluation { step: latest.snapshot.step, accuracies, slopes })?)
    }

    /// The nine terms of the latest snapshot on a strip or a caption.
    #[wasm_bindgen(unchecked_return_type = "Decomposition")]
    pub fn decompose(&self, #[wasm_bindgen(unchecked_param_type = "Scene")] scene: JsValue) -> Result<JsValue, JsValue> {
        let scene: Scene = from_js(scene, "scene")?;
        let latest = self.latest.borrow();
        let decomposition: Decomposition = latest.evaluator.decompose(&latest.snapshot.params, &scene).map_err(Failure::from)?;
        Ok(to_js(&decomposition)?)
    }

    /// The accuracies of the latest snapshot without and with some ablations.
    #[wasm_bindgen(unchecked_return_type = "AblationResult")]
    pub fn ablate(&self, #[wasm_bindgen(unchecked_param_type = "Ablation[]")] ablations: JsValue) -> Result<JsValue, JsValue> {
        let ablations: Vec<Ablation> = from_js(ablations, "ablation")?;
        let mut latest = self.latest.borrow_mut();
        let judge = |ablations: &[Ablation]| latest.evaluator.accuracies(&latest.snapshot.params, ablations).map_err(Failure::from);
        let after = judge(&ablations)?;
        let before = match &latest.before {
            Some(before) => before.clone(),
            None => judge(&[])?,
        };
        latest.before = Some(before.clone());
        Ok(to_js(&AblationResult { before, after })?)
    }

    /// The latest snapshot as safetensors.
    pub fn checkpoint(&self) -> Result<Vec<u8>, JsValue> {
        let latest = self.latest.borrow();
        Ok(checkpoint::save(&latest.config, &latest.snapshot, Contents::Model).map_err(Failure::from)?)
    }

    /// Replaces model and config by a checkpoint's; the present model is untouched on error.
    #[wasm_bindgen(js_name = loadCheckpoint)]
    pub async fn load_checkpoint(&self, bytes: &[u8]) -> Result<(), JsValue> {
        let (config, snapshot) = checkpoint::load(bytes).map_err(Failure::from)?;
        if self.run.borrow().is_none() {
            return Err(busy().into());
        }
        let run = Run::resume(config, snapshot, self.request).await.map_err(Failure::from)?;
        *self.latest.borrow_mut() = Latest::of(&run);
        *self.run.borrow_mut() = Some(run);
        Ok(())
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
async fn yield_to_events() -> Result<(), JsValue> {
    let scope: web_sys::WorkerGlobalScope = js_sys::global().unchecked_into();
    let promise = js_sys::Promise::new(&mut |resolve, reject| {
        if let Err(error) = scope.set_timeout_with_callback(&resolve) {
            drop(reject.call1(&JsValue::NULL, &error));
        }
    });
    JsFuture::from(promise).await.map(drop)
}
