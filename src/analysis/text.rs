//! The text side: what EOT attends to, and which term makes it prefer the label that is named first.

use serde::Serialize;

use super::evaluator::Evaluator;
use super::slope::mean;
use super::{AnalysisError, HeadDecomposition, Scene};
use crate::model::Term;
use crate::task::{Caption, Relation};

/// EOT's attention in one head, over every caption that orders two labels.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "web", derive(tsify::Tsify))]
pub struct TextHead {
    /// Mean attention on each token of the caption.
    pub attention: Vec<f64>,
    /// Mean attention on the label named first.
    pub first: f64,
    /// The least, over all captions.
    pub least: f64,
    /// Mean attention on the label named second.
    pub second: f64,
    /// How much each of the nine terms adds to the first label's logit over the second's, on average over
    /// captions.
    pub preference: Vec<f64>,
}

/// Where labels stand in `X is on the left of Y`.
pub(super) const NAMED: [usize; 2] = [1, 7];

impl Evaluator {
    /// EOT's attention, head by head, over the captions `X is on the left of Y`.
    ///
    /// # Errors
    /// Where the model has no such captions (three objects), or no tower that reads a caption alone
    /// (autoregressive).
    pub fn text_heads(&self, params: &[f32]) -> Result<Vec<TextHead>, AnalysisError> {
        let pairs = self
            .captions()
            .iter()
            .filter(|caption| matches!(caption, Caption::Pair(Relation::Left, ..)));
        let scenes = pairs.map(|caption| Scene::Caption(caption.labels().to_vec()));
        let rows: Vec<_> = scenes
            .map(|scene| self.decompose(params, &scene, 1, &[]))
            .collect::<Result<_, _>>()?;
        let Some(first) = rows.first() else {
            return Err(AnalysisError::Scene(
                "none of the model's captions orders two objects".to_owned(),
            ));
        };
        let [x, y] = NAMED;
        let head = |h: usize| {
            let each = |number: &dyn Fn(&HeadDecomposition) -> f64| {
                rows.iter().map(|row| number(&row.heads[h])).collect::<Vec<f64>>()
            };
            let attention = |t: usize| each(&|head| head.attention[t]);
            let preference = |term: Term| each(&|head| head.term(term).row[x] - head.term(term).row[y]);
            TextHead {
                attention: (0..first.tokens.len()).map(|t| mean(&attention(t))).collect(),
                first: mean(&attention(x)),
                least: attention(x).into_iter().fold(1.0, f64::min),
                second: mean(&attention(y)),
                preference: Term::LOGIT.map(|term| mean(&preference(term))).to_vec(),
            }
        };
        Ok((0..first.heads.len()).map(head).collect())
    }
}
