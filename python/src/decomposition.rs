//! The nine terms of a read row, as arrays.

use leftright::analysis::{CaptionScore, Decomposition as Rows, Term, Tower};
use numpy::{PyArray1, PyArrayMethods};
use pyo3::prelude::*;
use pyo3::types::{PyIterator, PySlice};

use crate::error::{Error, Result};

/// What every head of a layer makes of one strip or caption, at the place that is read (CLS, or EOT of a caption):
/// the nine terms of its attention logits and what comes of them. All logits are natural.
///
/// `decomposition["EP"]` is one term of every head, `[head, token]`; `dict(decomposition)` has them all.
#[pyclass(frozen, get_all, module = "leftright")]
pub struct Decomposition {
    /// "vision" for a strip, "text" for a caption.
    tower: &'static str,
    /// Names of the key tokens.
    tokens: Vec<String>,
    /// Names of the terms, in the order of the arrays.
    names: Vec<&'static str>,
    /// The place that is read, among the tokens.
    read: u32,
    /// The terms in logits, `[head, term, token]`.
    terms: Py<PyAny>,
    /// Each term's share of the variance of a head's logits over the tokens, `[head, term]`; they sum to 1.
    shares: Py<PyAny>,
    /// The sum of the terms, `[head, token]`.
    logits: Py<PyAny>,
    /// Its softmax, `[head, token]`.
    attention: Py<PyAny>,
    /// The least-squares slope of EP over positions, `[head]`, in logits per pixel.
    slopes: Py<PyAny>,
    /// The head with the largest slope, whatever its sign, without an ablation.
    strongest: u32,
    /// Of a strip: its caption and its cosine with it, then the same labels in other orders.
    captions: Vec<(String, f64)>,
    /// Of a strip: the nearest of all captions, and its cosine.
    nearest: Option<(String, f64)>,
}

fn array(py: Python<'_>, values: Vec<f64>, shape: &[usize]) -> PyResult<Py<PyAny>> {
    Ok(PyArray1::from_vec(py, values)
        .reshape(shape.to_vec())?
        .into_any()
        .unbind())
}

impl Decomposition {
    pub fn new(py: Python<'_>, rows: Rows) -> Result<Decomposition> {
        let (heads, tokens) = (rows.heads.len(), rows.tokens.len());
        let terms = || rows.heads.iter().flat_map(|head| &head.terms);
        let score = |score: CaptionScore| (score.text, score.similarity);
        Ok(Decomposition {
            tower: match rows.tower {
                Tower::Vision => "vision",
                Tower::Text => "text",
            },
            names: Term::LOGIT.map(Term::name).to_vec(),
            read: rows.read,
            terms: array(
                py,
                terms().flat_map(|term| &term.row).copied().collect(),
                &[heads, Term::LOGIT.len(), tokens],
            )?,
            shares: array(
                py,
                terms().map(|term| term.share).collect(),
                &[heads, Term::LOGIT.len()],
            )?,
            logits: array(
                py,
                rows.heads.iter().flat_map(|head| &head.logits).copied().collect(),
                &[heads, tokens],
            )?,
            attention: array(
                py,
                rows.heads
                    .iter()
                    .flat_map(|head| &head.attention)
                    .copied()
                    .collect(),
                &[heads, tokens],
            )?,
            slopes: array(py, rows.heads.iter().map(|head| head.slope).collect(), &[heads])?,
            strongest: rows.strongest,
            captions: rows.captions.into_iter().map(score).collect(),
            nearest: rows.nearest.map(score),
            tokens: rows.tokens,
        })
    }
}

#[pymethods]
impl Decomposition {
    fn __getitem__<'py>(&self, py: Python<'py>, term: &str) -> Result<Bound<'py, PyAny>> {
        let place = self.names.iter().position(|name| *name == term);
        let place = place.ok_or_else(|| {
            Error::from(leftright::analysis::AnalysisError::Ablation(format!(
                "there is no term \"{term}\" of the logits; the terms are {}",
                self.names.join(", ")
            )))
        })?;
        Ok(self.terms.bind(py).get_item((PySlice::full(py), place))?)
    }

    /// The names of the terms: `dict(decomposition)` has each with its array.
    fn keys(&self) -> Vec<&'static str> {
        self.names.clone()
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyIterator>> {
        self.names.clone().into_pyobject(py)?.try_iter()
    }

    fn __len__(&self) -> usize {
        self.names.len()
    }

    fn __repr__(&self) -> String {
        format!("<Decomposition of {}: {}>", self.tower, self.tokens.join(" "))
    }
}
