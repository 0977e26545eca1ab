//! Ablation: a term of a layer multiplied by a strength before the softmax, without retraining. Where layer 1 goes by tables it
//! is a multiplier on them; what it means elsewhere is said in `engine/cpu/graph/parts.rs`.

use serde::{Deserialize, Serialize};

use super::{AnalysisError, Term, Tower};
use crate::config::Config;
use crate::engine::cpu::forward::Strengths;

/// Terms to scale, how much, and in which heads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(deny_unknown_fields)]
pub struct Ablation {
    /// The tower.
    #[serde(default)]
    pub tower: Tower,
    /// The terms.
    pub terms: Vec<Term>,
    /// The layer, from 1.
    #[serde(default = "first")]
    pub layer: u32,
    /// 0 removes a term, 1 leaves it, -1 reverses it.
    pub strength: f64,
    /// Heads from 0; none given means all.
    #[serde(default)]
    pub heads: Option<Vec<u32>>,
}

fn first() -> u32 {
    1
}

/// The least and the greatest strength.
const BOUNDS: std::ops::RangeInclusive<f64> = -1.0..=2.0;

/// Layers of a tower; the one autoregressive Transformer's are those of the text tower.
fn layers(config: &Config, tower: Tower) -> u32 {
    if config.autoregressive || tower == Tower::Text { config.text_layers } else { config.vision_layers }
}

/// What the heads of a tower's layers are multiplied by, `[layers, heads]`; a later ablation overrides an earlier one on the terms they share.
pub fn strengths(config: &Config, tower: Tower, ablations: &[Ablation]) -> Result<Vec<Strengths>, AnalysisError> {
    let heads = config.heads as usize;
    let mut all = vec![Strengths::default(); layers(config, tower) as usize * heads];
    for ablation in ablations {
        if !BOUNDS.contains(&ablation.strength) {
            return Err(AnalysisError::Ablation(format!("strength is {}, but must be between -1 and 2", ablation.strength)));
        }
        if let Some(head) = ablation.heads.iter().flatten().find(|h| **h >= config.heads) {
            return Err(AnalysisError::Ablation(format!("head is {head}, but must be between 0 and {}", config.heads - 1)));
        }
        if config.autoregressive && ablation.tower == Tower::Text {
            let message = "tower is text, but must be vision: an autoregressive model has one Transformer, which goes by that name";
            return Err(AnalysisError::Ablation(message.to_owned()));
        }
        let layers = layers(config, ablation.tower);
        if !(1..=layers).contains(&ablation.layer) {
            let allowed = if layers == 1 { "1, the tower's only one".to_owned() } else { format!("between 1 and {layers}") };
            return Err(AnalysisError::Ablation(format!("layer is {}, but must be {allowed}", ablation.layer)));
        }
        if ablation.tower != tower {
            continue;
        }
        for (head, strengths) in (0u32..).zip(&mut all[(ablation.layer as usize - 1) * heads..][..heads]) {
            if ablation.heads.as_ref().is_some_and(|heads| !heads.contains(&head)) {
                continue;
            }
            for term in &ablation.terms {
                match Term::LOGIT.iter().position(|t| t == term) {
                    Some(place) => strengths.logit[place] = ablation.strength,
                    None => strengths.value_position = ablation.strength,
                }
            }
        }
    }
    Ok(all)
}

/// Surgery: every head's EP row replaced by `rows [heads][pixels]`, in logits; a head without a row loses its EP.
pub fn surgery(config: &Config, rows: &[Option<Vec<f64>>]) -> Result<Vec<Strengths>, AnalysisError> {
    let refused = AnalysisError::Surgery;
    if config.vision_layers > 1 || config.layer_norm || config.mlp || config.autoregressive {
        return Err(refused("only a vision tower with one layer and neither layer norm nor MLP can be operated on".to_owned()));
    }
    if rows.len() != config.heads as usize {
        return Err(refused(format!("there are rows for {} heads, but the model has {}", rows.len(), config.heads)));
    }
    let ep = Term::LOGIT.iter().position(|t| *t == Term::EP).unwrap_or(0);
    let head = |row: &Option<Vec<f64>>| {
        let mut strengths = Strengths::default();
        strengths.logit[ep] = 0.0;
        let Some(row) = row else { return Ok(strengths) };
        if row.len() != config.pixels as usize {
            return Err(refused(format!("the row has {} values, but must have one for each of {} pixels", row.len(), config.pixels)));
        }
        if let Some(value) = row.iter().find(|x| !(-100.0..=100.0).contains(*x)) {
            return Err(refused(format!("the row holds {value}, but must lie between -100 and 100 logits")));
        }
        // CLS asks about itself too; there the row's mean leaves it where it would be without a slope.
        let mean = row.iter().sum::<f64>() / row.len() as f64;
        strengths.position_row = std::iter::once(mean).chain(row.iter().copied()).collect();
        Ok(strengths)
    };
    rows.iter().map(head).collect()
}
