//! A model between two steps, and what can be asked of it.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use leftright::analysis::{Ablation, AnalysisError, Evaluator, Scene, Score, Tower};
use leftright::checkpoint::{self, Contents, MAX_BYTES};
use leftright::config::{Population, ValidConfig};
use leftright::file;
use leftright::model::{ParamTable, Snapshot, UnknownTerm};
use leftright::task::Split;
use numpy::{PyArray1, PyArrayMethods};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyTuple};

use crate::argument::{names, unknown, whole, wholes};
use crate::config::{Config, or_paper};
use crate::decomposition::Decomposition;
use crate::error::{Error, Result};

/// A model: its config, its parameters, and the terms that are scaled when it is asked something. It does not change:
/// `train` and `ablate` give another. `Model(config)` is a new one, at step 0.
///
/// >>> import leftright
/// >>> model = leftright.train(leftright.Config(preset="small"), steps=20)
/// >>> model.step, model.losses.shape
/// (20, (20,))
/// >>> model.ablate("EP").ablations
/// ['EP']
#[pyclass(frozen, module = "leftright")]
#[derive(Clone)]
pub struct Model {
    pub config: ValidConfig,
    pub snapshot: Arc<Snapshot>,
    pub losses: Arc<Vec<f32>>,
    ablations: Vec<Ablation>,
    /// Made when first asked, and shared with the models that come of this one by ablation.
    evaluator: Arc<OnceLock<Evaluator>>,
}

/// An accuracy as a dict of its scores, by name; a score that it has not is None.
fn scores(py: Python<'_>, evaluation: &leftright::analysis::Accuracy) -> PyResult<Py<PyDict>> {
    let numbers = PyDict::new(py);
    for score in Score::ALL {
        numbers.set_item(score.name(), evaluation.score(score))?;
    }
    if evaluation.not_finite > 0 {
        numbers.set_item("not_finite", evaluation.not_finite)?;
    }
    Ok(numbers.unbind())
}

impl Model {
    pub fn new(config: ValidConfig, snapshot: Arc<Snapshot>, losses: Vec<f32>) -> Model {
        Model {
            config,
            snapshot,
            losses: Arc::new(losses),
            ablations: Vec::new(),
            evaluator: Arc::default(),
        }
    }

    fn evaluator(&self) -> &Evaluator {
        self.evaluator.get_or_init(|| Evaluator::new(&self.config))
    }

    fn read(path: Option<&Path>, bytes: &[u8]) -> Result<Model> {
        let (config, snapshot) = checkpoint::load(bytes).map_err(|error| Error::checkpoint(path, &error))?;
        Ok(Model::new(config, Arc::new(snapshot), Vec::new()))
    }

    /// Refuses to leave an ablation out where the parameters alone are wanted.
    pub fn whole(&self, what: &str) -> Result<()> {
        if self.ablations.is_empty() {
            return Ok(());
        }
        Err(AnalysisError::Ablation(format!(
            "a model with an ablation ({}) cannot be {what}; use the one that it was made of",
            self.ablations().join(", ")
        ))
        .into())
    }

    /// A layer (from 1) that a tower has; the first where none is given.
    fn layer(&self, tower: Tower, layer: Option<&Bound<'_, PyAny>>) -> Result<u32> {
        let Some(layer) = layer else { return Ok(1) };
        let heads = leftright::analysis::strengths(&self.config, tower, &[])?.len();
        let layers = heads as u32 / self.config.heads;
        whole("layer", layer, 1..=layers, Error::analysis)
    }

    fn encode(&self, contents: Contents) -> Result<Vec<u8>> {
        checkpoint::save(&self.config, &self.snapshot, contents)
            .map_err(|error| Error::checkpoint(None, &error))
    }
}

#[pymethods]
impl Model {
    #[new]
    #[pyo3(signature = (config = None))]
    fn initial(config: Option<&Bound<'_, Config>>) -> Model {
        let config = or_paper(config);
        let snapshot = Snapshot::initial(&Population::from(&config));
        Model::new(config, Arc::new(snapshot), Vec::new())
    }

    /// Reads a checkpoint: a safetensors file that `save`, the command line or the page wrote.
    #[staticmethod]
    fn load(py: Python<'_>, path: PathBuf) -> Result<Model> {
        let bytes = py.detach(|| file::read(&path, "a checkpoint", MAX_BYTES));
        let bytes = bytes.map_err(|error| match error.kind() {
            ErrorKind::FileTooLarge => Error::checkpoint(Some(&path), &error),
            _ => file_error(py, &path, error),
        })?;
        Model::read(Some(&path), &bytes)
    }

    /// Reads the bytes of a checkpoint.
    #[staticmethod]
    fn from_bytes(bytes: &[u8]) -> Result<Model> {
        Model::read(None, bytes)
    }

    /// Writes a checkpoint, the same bytes as the command line. `state` adds what `train` needs to go on from it (three
    /// times the bytes), `half` writes half precision. A file appears whole or not at all; a link is followed, and a device or a
    /// pipe is written to.
    #[pyo3(signature = (path, *, state = false, half = false))]
    fn save(&self, py: Python<'_>, path: PathBuf, state: bool, half: bool) -> Result<()> {
        let bytes = self.bytes(state, half)?;
        py.detach(|| file::write(&path, &bytes))
            .map_err(|error| file_error(py, &path, error))
    }

    /// The bytes that `save` writes.
    #[pyo3(signature = (*, state = false, half = false))]
    fn to_bytes<'py>(&self, py: Python<'py>, state: bool, half: bool) -> Result<Bound<'py, PyBytes>> {
        Ok(PyBytes::new(py, &self.bytes(state, half)?))
    }

    /// Its config.
    #[getter]
    fn config(&self) -> Config {
        Config(self.config.clone())
    }

    /// Steps it was trained for.
    #[getter]
    fn step(&self) -> u32 {
        self.snapshot.step
    }

    /// The loss of each of them, in nats, `[step]`; of a model that was read, of those since.
    #[getter]
    fn losses<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f32>> {
        PyArray1::from_slice(py, &self.losses)
    }

    /// What was done to it, as a sweep calls it: "EP", "EP*-1@2", "text.layer2.EP+VP".
    #[getter]
    fn ablations(&self) -> Vec<String> {
        self.ablations.iter().map(Ablation::to_string).collect()
    }

    /// Its parameters by name, float32, weights `[out, in]` as PyTorch has them. They are copies.
    fn parameters<'py>(&self, py: Python<'py>) -> Result<Bound<'py, PyDict>> {
        self.whole("given as its parameters")?;
        let parameters = PyDict::new(py);
        for tensor in ParamTable::new(&self.config).tensors {
            let values = PyArray1::from_slice(py, &self.snapshot.params[tensor.range]);
            parameters.set_item(tensor.name, values.reshape(tensor.shape)?)?;
        }
        Ok(parameters)
    }

    /// This model with some terms multiplied by a strength before the softmax: 0 removes them, 1 leaves them, -1 reverses
    /// them; in some heads (from 0) or in all, of a layer (from 1) of a tower, "vision" or "text". Nothing is trained, and
    /// what was scaled before stays so. Terms are given one by one or in a list.
    ///
    /// >>> import leftright
    /// >>> model = leftright.Model()
    /// >>> model.ablate("EP", strength=-1, heads=[2]).ablations
    /// ['EP*-1@2']
    #[pyo3(
        signature = (*terms, strength = 0.0, heads = None, layer = None, tower = "vision"),
        text_signature = "($self, *terms, strength=0.0, heads=None, layer=1, tower='vision')",
    )]
    fn ablate(
        &self,
        terms: &Bound<'_, PyTuple>,
        strength: f64,
        heads: Option<&Bound<'_, PyAny>>,
        layer: Option<&Bound<'_, PyAny>>,
        tower: &str,
    ) -> Result<Model> {
        let terms = names("terms", terms.iter())?;
        if terms.is_empty() {
            return Err(Error::analysis(
                "ablate needs a term: EE, EP, EB, PE, PP, PB, BE, BP, BB or VP",
            ));
        }
        let tower = match tower {
            "vision" => Tower::Vision,
            "text" => Tower::Text,
            other => {
                let message = format!("tower is \"{other}\", but must be vision or text");
                return Err(AnalysisError::Ablation(message).into());
            }
        };
        let terms = terms.iter().map(|term| term.parse());
        let terms = terms
            .collect::<std::result::Result<_, UnknownTerm>>()
            .map_err(AnalysisError::from)?;
        let heads = heads
            .map(|heads| wholes("heads", "head", heads, 0..=self.config.heads - 1, Error::analysis))
            .transpose()?;
        if heads.as_ref().is_some_and(Vec::is_empty) {
            return Err(Error::analysis(
                "heads is an empty list, but must name a head; without heads all of them are meant",
            ));
        }
        let layer = self.layer(tower, layer)?;
        let mut model = self.clone();
        model.ablations.push(Ablation {
            tower,
            layer,
            terms,
            strength,
            heads,
        });
        leftright::analysis::strengths(&self.config, tower, &model.ablations)?;
        Ok(model)
    }

    /// How often it is right, from 0 to 1, by split ("single", "seen", "unseen") and score: "retrieval" (the true caption
    /// is the nearest of all), "order" (it beats its own swap, chance 0.5) and "recognition" (the nearest names the right
    /// objects), the latter two None of single objects. Of one split, if it is named.
    ///
    /// >>> import leftright
    /// >>> sorted(leftright.Model().evaluate("single"))
    /// ['order', 'recognition', 'retrieval']
    #[pyo3(signature = (split = None))]
    fn evaluate(&self, py: Python<'_>, split: Option<&str>) -> Result<Py<PyDict>> {
        let named = |name: &str| Split::ALL.into_iter().find(|split| split.name() == name);
        let splits = match split {
            None => Split::ALL.to_vec(),
            Some(name) => vec![
                named(name)
                    .ok_or_else(|| Error::analysis(unknown("split", name, &Split::ALL.map(Split::name))))?,
            ],
        };
        let judged = py.detach(|| -> std::result::Result<Vec<_>, AnalysisError> {
            let judge = self
                .evaluator()
                .judge_under(&self.snapshot.params, &self.ablations)?;
            Ok(splits.iter().map(|split| (split.name(), judge(*split))).collect())
        })?;
        if split.is_some() {
            return Ok(scores(py, &judged[0].1)?);
        }
        let all = PyDict::new(py);
        for (name, accuracy) in judged {
            all.set_item(name, scores(py, &accuracy)?)?;
        }
        Ok(all.unbind())
    }

    /// The least-squares slope of each vision head's EP row over positions, in logits per pixel, `[head]`; as it is, without
    /// what was done to it.
    fn slopes<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        let slopes = py.detach(|| self.evaluator().slopes(&self.snapshot.params));
        PyArray1::from_vec(py, slopes)
    }

    /// The nine terms of every head of a layer (from 1), for a strip (its pixels, 0 background) or, by `caption=`, a caption
    /// (its labels in the order they are named).
    ///
    /// >>> import leftright
    /// >>> rows = leftright.Model().decompose([0, 0, 16, 0, 0, 0, 0, 17, 0, 0])
    /// >>> rows.terms.shape, rows["EP"].shape
    /// ((4, 9, 11), (4, 11))
    /// >>> rows.captions[0][0]
    /// '16 is on the left of 17'
    /// >>> leftright.Model().decompose(caption=[16, 17]).tokens[-1]
    /// 'EOT'
    #[pyo3(
        signature = (strip = None, *, caption = None, layer = None),
        text_signature = "($self, strip=None, *, caption=None, layer=1)",
    )]
    fn decompose(
        &self,
        py: Python<'_>,
        strip: Option<&Bound<'_, PyAny>>,
        caption: Option<&Bound<'_, PyAny>>,
        layer: Option<&Bound<'_, PyAny>>,
    ) -> Result<Decomposition> {
        let labels = self.config.labels;
        let (scene, tower) = match (strip, caption) {
            (Some(strip), None) => {
                let pixels = wholes("strip", "a pixel", strip, 0..=labels, Error::analysis)?;
                (Scene::Strip(pixels), Tower::Vision)
            }
            (None, Some(caption)) => {
                let named = wholes("caption", "the label", caption, 1..=labels, Error::analysis)?;
                (Scene::Caption(named), Tower::Text)
            }
            _ => return Err(Error::analysis("give a strip or a caption, and not both")),
        };
        let layer = self.layer(tower, layer)?;
        let (params, ablations) = (&self.snapshot.params, &self.ablations);
        Decomposition::new(py, self.evaluator().decompose(params, &scene, layer, ablations)?)
    }

    fn __repr__(&self) -> String {
        let ablations = match &self.ablations[..] {
            [] => String::new(),
            _ => format!(", without or with scaled {}", self.ablations().join(", ")),
        };
        format!("<Model at step {}{ablations}>", self.snapshot.step)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> Result<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        let (py, model) = (slf.py(), slf.get());
        let bytes = PyBytes::new(py, &model.encode(Contents::Training)?);
        let args = (bytes, PyArray1::from_slice(py, &model.losses), model.ablations());
        Ok((slf.get_type().getattr("_restore")?, args.into_pyobject(py)?))
    }

    #[staticmethod]
    fn _restore(bytes: &[u8], losses: Vec<f32>, ablations: Vec<String>) -> Result<Model> {
        let mut model = Model::read(None, bytes)?;
        model.losses = Arc::new(losses);
        let ablations = ablations.iter().map(|text| text.parse());
        model.ablations = ablations.collect::<std::result::Result<_, AnalysisError>>()?;
        Ok(model)
    }
}

impl Model {
    fn bytes(&self, state: bool, half: bool) -> Result<Vec<u8>> {
        self.whole("written")?;
        let contents = match (state, half) {
            (true, true) => {
                return Err(Error::value(
                    "a training's state is not written in half precision",
                ));
            }
            (true, false) => Contents::Training,
            (false, true) => Contents::Half,
            (false, false) => Contents::Model,
        };
        self.encode(contents)
    }
}

/// As Python raises it of a file: with its number, its text and the name of the file.
fn file_error(py: Python<'_>, path: &Path, error: std::io::Error) -> Error {
    let number = match (error.raw_os_error(), error.kind()) {
        (Some(number), _) => Some(number),
        // Found out without asking the system.
        (None, ErrorKind::IsADirectory) => {
            let known = py.import("errno").and_then(|errno| errno.getattr("EISDIR"));
            known.and_then(|number| number.extract()).ok()
        }
        (None, _) => None,
    };
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default().to_owned();
    let path = path.display().to_string();
    let class = py.get_type::<pyo3::exceptions::PyOSError>();
    Error::Python(match number {
        // The number is errno; on Windows, where it is the system's own, the fourth argument says so.
        Some(number) => PyErr::from_type(class, (number, text, path, number)),
        None => PyErr::from_type(class, (format!("{path}: {text}"),)),
    })
}
