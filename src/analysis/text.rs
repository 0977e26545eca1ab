//! The text side: what EOT attends to, and which term makes it prefer the label that is named first.

use serde::Serialize;

use super::accuracy::Evaluator;
use super::decompose::{Scene, mean};
use super::{AnalysisError, Term};
use crate::task::{Caption, Relation};

/// EOT's attention in one head, over every caption that orders two labels.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct TextHead {
    /// Mean attention on each token of the caption.
    pub attention: Vec<f64>,
    /// Mean attention on the label named first.
    pub first: f64,
    /// The least, over all captions.
    pub least: f64,
    /// Mean attention on the label named second.
    pub second: f64,
    /// How much each of the nine terms adds to the first label's logit over the second's, on average over captions.
    pub preference: Vec<f64>,
}

/// Where labels stand in `X is on the left of Y`.
const NAMED: [usize; 2] = [1, 7];

impl Evaluator {
    /// EOT's attention, head by head, over the captions `X is on the left of Y`. None are asked of a model without them.
    pub fn text_heads(&self, params: &[f32]) -> Result<Vec<TextHead>, AnalysisError> {
        let config = self.config();
        let pairs: Vec<Vec<u32>> =
            self.captions().iter().filter(|c| matches!(c, Caption::Pair(Relation::Left, ..))).map(|c| c.labels().to_vec()).collect();
        let rows: Vec<_> =
            pairs.into_iter().map(|labels| self.decompose(params, &Scene::Caption(labels), &[])).collect::<Result<_, _>>()?;
        let [x, y] = NAMED;
        let head = |h: usize| {
            let over = |of: &dyn Fn(&super::HeadDecomposition) -> f64| rows.iter().map(|row| of(&row.heads[h])).collect::<Vec<f64>>();
            let on = |t: usize| over(&|head| head.attention[t]);
            let tokens = rows.first().map_or(0, |row| row.tokens.len());
            TextHead {
                attention: (0..tokens).map(|t| mean(&on(t))).collect(),
                first: mean(&on(x)),
                least: on(x).into_iter().fold(1.0, f64::min),
                second: mean(&on(y)),
                preference: (0..Term::LOGIT.len()).map(|t| mean(&over(&|head| head.terms[t].row[x] - head.terms[t].row[y]))).collect(),
            }
        };
        Ok((0..config.heads as usize).map(head).collect())
    }
}
