//! Ablation: a term multiplied by a strength before the softmax, without retraining. It is a multiplier on
//! layer 1's tables (design section 4), so it costs what any forward pass costs.

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
    /// 0 removes a term, 1 leaves it, -1 reverses it.
    pub strength: f64,
    /// Heads from 0; none given means all.
    #[serde(default)]
    pub heads: Option<Vec<u32>>,
}

/// The least and the greatest strength.
const BOUNDS: std::ops::RangeInclusive<f64> = -1.0..=2.0;

/// What a tower's heads are multiplied by; a later ablation overrides an earlier one on the terms they share.
pub fn strengths(config: &Config, tower: Tower, ablations: &[Ablation]) -> Result<Vec<Strengths>, AnalysisError> {
    let mut all = vec![Strengths::default(); config.heads as usize];
    for ablation in ablations {
        if !BOUNDS.contains(&ablation.strength) {
            return Err(AnalysisError::Ablation(format!("strength is {}, but must be between -1 and 2", ablation.strength)));
        }
        if let Some(head) = ablation.heads.iter().flatten().find(|h| **h >= config.heads) {
            return Err(AnalysisError::Ablation(format!("head is {head}, but must be between 0 and {}", config.heads - 1)));
        }
        if ablation.tower != tower {
            continue;
        }
        for (head, strengths) in (0u32..).zip(&mut all) {
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
