//! A model at rest: what the figures ask of its numbers.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use serde::Serialize;
use tsify::Tsify;
use wasm_bindgen::prelude::*;

use super::{Failure, from_js, read_config, to_js};
use crate::analysis::{
    Ablation, Accuracies, AnalysisError, Decomposition, Evaluation, Evaluator, Scene, surgery,
};
use crate::checkpoint::{self, Contents};
use crate::config::{Population, ValidConfig};
use crate::model::Snapshot;
use crate::task::Split;

/// The accuracies without and with some ablations.
#[derive(Serialize, Tsify)]
struct AblationResult {
    before: Accuracies,
    after: Accuracies,
}

/// A snapshot and what reads it.
#[wasm_bindgen]
#[derive(Clone)]
pub struct Model {
    pub(super) evaluator: Arc<Evaluator>,
    pub(super) snapshot: Arc<Snapshot>,
    /// The accuracies without an ablation, once they were asked for.
    before: Rc<RefCell<Option<Accuracies>>>,
}

impl Model {
    pub(super) fn new(evaluator: Arc<Evaluator>, snapshot: Arc<Snapshot>) -> Model {
        Model {
            evaluator,
            snapshot,
            before: Rc::default(),
        }
    }

    pub(super) fn save(&self, contents: Contents) -> Result<Vec<u8>, Failure> {
        Ok(checkpoint::save(
            self.evaluator.config(),
            &self.snapshot,
            contents,
        )?)
    }

    fn accuracies(&self, ablations: &[Ablation]) -> Result<Accuracies, Failure> {
        Ok(self.evaluator.accuracies(&self.snapshot.params, ablations)?)
    }

    fn unablated(&self) -> Result<Accuracies, Failure> {
        let known = self.before.borrow().clone();
        let before = known.map_or_else(|| self.accuracies(&[]), Ok)?;
        *self.before.borrow_mut() = Some(before.clone());
        Ok(before)
    }
}

#[wasm_bindgen]
impl Model {
    /// A new model of a config, untrained.
    pub fn untrained(
        #[wasm_bindgen(unchecked_param_type = "Partial<Config>")] config: JsValue,
    ) -> Result<Model, JsValue> {
        let config: ValidConfig = read_config(config)?;
        let snapshot = Snapshot::initial(&Population::from(&config));
        Ok(Model::new(Arc::new(Evaluator::new(&config)), Arc::new(snapshot)))
    }

    /// The model of a checkpoint.
    pub fn open(bytes: &[u8]) -> Result<Model, JsValue> {
        let (config, snapshot) = checkpoint::load(bytes).map_err(Failure::from)?;
        Ok(Model::new(Arc::new(Evaluator::new(&config)), Arc::new(snapshot)))
    }

    /// What it was made with.
    #[wasm_bindgen(unchecked_return_type = "Config")]
    pub fn config(&self) -> Result<JsValue, JsValue> {
        Ok(to_js(self.evaluator.config())?)
    }

    /// Steps it was trained for.
    pub fn step(&self) -> u32 {
        self.snapshot.step
    }

    /// As safetensors, for other programs.
    pub fn checkpoint(&self) -> Result<Vec<u8>, JsValue> {
        Ok(self.save(Contents::Model)?)
    }

    /// As safetensors, for `Session.open` to go on training from.
    pub fn state(&self) -> Result<Vec<u8>, JsValue> {
        Ok(self.save(Contents::Training)?)
    }

    /// Accuracies and slopes.
    #[wasm_bindgen(unchecked_return_type = "Evaluation")]
    pub fn evaluate(&self) -> Result<JsValue, JsValue> {
        let accuracies = self.unablated()?;
        let slopes = self.evaluator.slopes(&self.snapshot.params);
        Ok(to_js(&Evaluation {
            step: self.snapshot.step,
            accuracies,
            slopes,
        })?)
    }

    /// The first layer's nine terms on a strip or a caption, under some ablations.
    #[wasm_bindgen(unchecked_return_type = "Decomposition")]
    pub fn decompose(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Scene")] scene: JsValue,
        #[wasm_bindgen(unchecked_param_type = "Ablation[]")] ablations: JsValue,
    ) -> Result<JsValue, JsValue> {
        let scene: Scene = from_js(scene, "scene")?;
        let ablations: Vec<Ablation> = from_js(ablations, "ablation")?;
        let decomposition: Decomposition = self
            .evaluator
            .decompose(&self.snapshot.params, &scene, 1, &ablations)
            .map_err(Failure::from)?;
        Ok(to_js(&decomposition)?)
    }

    /// The accuracies without and with some ablations.
    #[wasm_bindgen(unchecked_return_type = "AblationResult")]
    pub fn ablate(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Ablation[]")] ablations: JsValue,
    ) -> Result<JsValue, JsValue> {
        let ablations: Vec<Ablation> = from_js(ablations, "ablation")?;
        let after = self.accuracies(&ablations)?;
        Ok(to_js(&AblationResult {
            before: self.unablated()?,
            after,
        })?)
    }

    /// The EP row of every head over the pixels, `[heads][pixels]`, in logits.
    #[wasm_bindgen(js_name = epRows, unchecked_return_type = "number[][]")]
    pub fn ep_rows(&self) -> Result<JsValue, JsValue> {
        Ok(to_js(&self.evaluator.ep_rows(&self.snapshot.params))?)
    }

    /// The accuracy on unseen pairs with every head's EP row replaced by `rows [heads][pixels]`; null takes a
    /// head's EP away.
    #[wasm_bindgen(unchecked_return_type = "Accuracy")]
    pub fn operate(
        &self,
        #[wasm_bindgen(unchecked_param_type = "(number[] | null)[]")] rows: JsValue,
    ) -> Result<JsValue, JsValue> {
        let rows: Vec<Option<Vec<f64>>> = from_js(rows, "surgery")?;
        let params = &self.snapshot.params;
        let judged = || -> Result<_, AnalysisError> {
            let strengths = surgery(self.evaluator.config(), &rows)?;
            let captions = self.evaluator.embed_captions(params, &[])?;
            Ok(self.evaluator.judge(params, &strengths, &captions, Split::Unseen))
        };
        Ok(to_js(&judged().map_err(Failure::from)?)?)
    }
}
