//! What can be measured of a model, by name.

use serde::{Deserialize, Serialize};

use super::Values;
use crate::analysis::{Ablation, Accuracy, AnalysisError, Evaluator, Scene, Term, Tower, surgery};
use crate::task::Split;

/// One measurement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// `single.retrieval`, `unseen.order` and so on, on some splits.
    Accuracies(Vec<Split>),
    /// The same under an ablation, behind its name: `EP unseen.order`, `EP+VP ...`, `EP*-1 ...`, `EP@0 ...` (head 0), `text.EP ...`, `layer2.EP ...`.
    Ablation(Ablation, Vec<Split>),
    /// `slope`, the steepest head's EP slope with its sign, and every head's as `slope.0`; `steepest` is its head.
    Slopes,
    /// Every head's EP row, `ep.0.3` for head 0 at pixel 3, and on a grid its slope down the rows, `down.0`.
    EpRows,
    /// How large the pieces of the CLS row are, over unseen scenes: `share.XX`, `share.XB`, `share.BX`, `share.BB` of the mean
    /// magnitude, and each term's share of the variance over keys, `variance.EP`.
    Shares,
    /// The text side: `first.0`, `least.0`, `second.0` (EOT's attention in head 0) and `preference.0.EP`.
    Text,
    /// `token.raw`, `token.held` and so on, and `circuit.*` (analysis::Alignment).
    Alignment,
    /// Surgery: the steepest head's EP row is replaced by a ramp of this slope, and the other heads lose theirs:
    /// `ramp 1.5 unseen.order`. The ramp falls or rises as the model's own does.
    Ramp(f64),
}

/// Among a measurement's numbers, where there are any: how often a scene was judged by a score that is not finite.
pub const NOT_FINITE: &str = "not_finite";

/// The name of an ablation in the numbers' names.
pub fn label(ablation: &Ablation) -> String {
    let tower = if ablation.tower == Tower::Text { "text." } else { "" };
    let layer = if ablation.layer == 1 { String::new() } else { format!("layer{}.", ablation.layer) };
    let terms = ablation.terms.iter().map(|t| t.name()).collect::<Vec<_>>().join("+");
    let strength = if ablation.strength == 0.0 { String::new() } else { format!("*{}", ablation.strength) };
    let heads = ablation.heads.iter().map(|h| format!("@{}", h.iter().map(u32::to_string).collect::<Vec<_>>().join("+")));
    format!("{tower}{layer}{terms}{strength}{}", heads.collect::<String>())
}

/// An ablation of the vision tower's terms in all heads.
pub fn scaled(terms: &[Term], strength: f64) -> Ablation {
    Ablation { tower: Tower::Vision, layer: 1, terms: terms.to_vec(), strength, heads: None }
}

fn insert(values: &mut Values, prefix: &str, split: Split, accuracy: &Accuracy) {
    let metrics = [("retrieval", Some(accuracy.retrieval)), ("order", accuracy.order), ("recognition", accuracy.recognition)];
    for (metric, value) in metrics {
        if let Some(value) = value {
            values.insert(format!("{prefix}{}.{metric}", split.name()), value);
        }
    }
    if accuracy.not_finite > 0 {
        *values.entry(NOT_FINITE.to_owned()).or_default() += f64::from(accuracy.not_finite);
    }
}

impl Measure {
    /// Measures one model's parameters.
    pub fn of(&self, evaluator: &Evaluator, params: &[f32], values: &mut Values) -> Result<(), AnalysisError> {
        let config = evaluator.config();
        match self {
            Measure::Accuracies(splits) => {
                for split in splits {
                    insert(values, "", *split, &evaluator.accuracy(params, &[], *split)?);
                }
            }
            Measure::Ablation(ablation, splits) => {
                let prefix = format!("{} ", label(ablation));
                for split in splits {
                    insert(values, &prefix, *split, &evaluator.accuracy(params, std::slice::from_ref(ablation), *split)?);
                }
            }
            Measure::Slopes => {
                let slopes = evaluator.slopes(params);
                let head = steepest(&slopes);
                values.insert("slope".to_owned(), slopes[head]);
                values.insert("steepest".to_owned(), head as f64);
                values.extend(slopes.iter().enumerate().map(|(h, slope)| (format!("slope.{h}"), *slope)));
            }
            Measure::EpRows => ep_row_values(evaluator, params, values),
            Measure::Shares => shares(evaluator, params, values)?,
            Measure::Text => {
                for (h, head) in evaluator.text_heads(params)?.into_iter().enumerate() {
                    values.extend(
                        [("first", head.first), ("least", head.least), ("second", head.second)].map(|(k, v)| (format!("{k}.{h}"), v)),
                    );
                    values.extend(head.attention.iter().enumerate().map(|(t, w)| (format!("attention.{h}.{t}"), *w)));
                    let terms = Term::LOGIT.iter().zip(head.preference);
                    values.extend(terms.map(|(term, x)| (format!("preference.{h}.{}", term.name()), x)));
                }
            }
            Measure::Alignment => {
                for alignment in evaluator.alignment(params)? {
                    let space = if alignment.space == crate::analysis::Space::Token { "token" } else { "circuit" };
                    let numbers = [
                        ("raw", alignment.raw),
                        ("raw_mismatched", alignment.raw_mismatched),
                        ("fitted", alignment.fitted),
                        ("held", alignment.held),
                        ("held_mismatched", alignment.held_mismatched),
                        ("held_matched", alignment.held_matched),
                    ];
                    values.extend(numbers.map(|(name, value)| (format!("{space}.{name}"), value)));
                }
            }
            Measure::Ramp(slope) => {
                let rows = ramp(evaluator, params, *slope);
                let accuracy = evaluator.judge(params, &surgery(config, &rows)?, &evaluator.embed_captions(params, &[])?, Split::Unseen);
                insert(values, &format!("ramp {slope} "), Split::Unseen, &accuracy);
            }
        }
        Ok(())
    }
}

fn steepest(slopes: &[f64]) -> usize {
    (0..slopes.len()).fold(0, |best, h| if slopes[h].abs() > slopes[best].abs() { h } else { best })
}

/// The steepest head's row as a ramp about zero with the sign of its own slope; the other heads have none.
fn ramp(evaluator: &Evaluator, params: &[f32], slope: f64) -> Vec<Option<Vec<f64>>> {
    let config = evaluator.config();
    let slopes = evaluator.slopes(params);
    let head = steepest(&slopes);
    let middle = f64::from(config.pixels - 1) / 2.0;
    let row = (0..config.pixels).map(|i| slope * slopes[head].signum() * (f64::from(i) - middle)).collect();
    (0..slopes.len()).map(|h| (h == head).then(|| Vec::clone(&row))).collect()
}

fn ep_row_values(evaluator: &Evaluator, params: &[f32], values: &mut Values) {
    let config = evaluator.config();
    let side = config.pixels.isqrt() as usize;
    for (h, row) in evaluator.ep_rows(params).into_iter().enumerate() {
        if config.grid {
            let down: Vec<f64> = (0..row.len()).map(|i| (i / side) as f64).collect();
            values.insert(format!("down.{h}"), crate::analysis::least_squares_slope(&down, &row));
        }
        values.extend(row.into_iter().enumerate().map(|(i, x)| (format!("ep.{h}.{i}"), x)));
    }
}

/// Scenes of unseen pairs that the shares are averaged over.
const SCENES: usize = 60;

fn shares(evaluator: &Evaluator, params: &[f32], values: &mut Values) -> Result<(), AnalysisError> {
    let items = crate::task::split_items(evaluator.config(), Split::Unseen);
    let scenes: Vec<_> = items.iter().step_by(items.len().div_ceil(SCENES)).collect();
    let mut magnitude = [0.0; 4];
    let mut variance = [0.0; 9];
    let mut heads = 0.0;
    for item in scenes {
        for head in evaluator.decompose(params, &Scene::Strip(item.strip.clone()), &[])?.heads {
            let sum = |terms: &[usize], t: usize| terms.iter().map(|i| head.terms[*i].row[t]).sum::<f64>();
            // X W_QK X^T, W_Q^T B_K, B_Q^T W_K X^T, B_Q^T B_K.
            for (total, terms) in magnitude.iter_mut().zip([&[0, 1, 3, 4][..], &[2, 5], &[6, 7], &[8]]) {
                *total += (0..head.logits.len()).map(|t| sum(terms, t).abs()).sum::<f64>() / head.logits.len() as f64;
            }
            variance.iter_mut().zip(&head.terms).for_each(|(total, term)| *total += term.share);
            heads += 1.0;
        }
    }
    let all: f64 = magnitude.iter().sum();
    values.extend(["XX", "XB", "BX", "BB"].iter().zip(magnitude).map(|(name, x)| (format!("share.{name}"), x / all)));
    values.extend(Term::LOGIT.iter().zip(variance).map(|(term, x)| (format!("variance.{}", term.name()), x / heads)));
    let rows = evaluator.background_rows(params);
    for (h, terms) in rows.iter().enumerate() {
        for (term, row) in [("EP", 1), ("PP", 4), ("BP", 7)] {
            values.extend(terms[row].iter().enumerate().map(|(i, x)| (format!("row.{h}.{term}.{i}"), *x)));
        }
    }
    Ok(())
}
