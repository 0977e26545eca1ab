//! Ablation: a term of a layer multiplied by a strength before the softmax, without retraining. Where layer 1
//! goes by tables it is a multiplier on them; [`crate::model`] says what it means elsewhere.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{AnalysisError, Tower};
use crate::config::ValidConfig;
use crate::model::{Strengths, Term};

/// Terms to scale, how much, and in which heads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "web", derive(tsify::Tsify), tsify(missing_as_null))]
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

/// Layers of a tower; the one autoregressive Transformer's are those of the text tower.
fn layers(config: &ValidConfig, tower: Tower) -> u32 {
    if config.autoregressive || tower == Tower::Text {
        config.text_layers
    } else {
        config.vision_layers
    }
}

/// Refuses a layer (from 1) that a tower has not.
pub(super) fn check_layer(config: &ValidConfig, tower: Tower, layer: u32) -> Result<(), AnalysisError> {
    let layers = layers(config, tower);
    if (1..=layers).contains(&layer) {
        return Ok(());
    }
    let allowed = if layers == 1 {
        "1, the tower's only one".to_owned()
    } else {
        format!("between 1 and {layers}")
    };
    Err(AnalysisError::Layer(format!(
        "layer is {layer}, but must be {allowed}"
    )))
}

fn check_strength(strength: f64) -> Result<(), AnalysisError> {
    if (-1.0..=2.0).contains(&strength) {
        return Ok(());
    }
    Err(AnalysisError::Ablation(format!(
        "strength is {strength}, but must be between -1 and 2"
    )))
}

impl Ablation {
    /// An ablation of the vision tower's terms in all heads of its first layer.
    pub fn vision(terms: &[Term], strength: f64) -> Ablation {
        Ablation {
            tower: Tower::Vision,
            layer: 1,
            terms: terms.to_vec(),
            strength,
            heads: None,
        }
    }
}

/// `EP`, `EP+VP`, `EP*-1` (at strength -1; 0 is not written), `EP@0+2` (in heads 0 and 2), `layer2.EP` (1 is
/// not written), `text.EP`, `text.layer2.EP`.
impl fmt::Display for Ablation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.tower == Tower::Text {
            f.write_str("text.")?;
        }
        if self.layer != 1 {
            write!(f, "layer{}.", self.layer)?;
        }
        for (i, term) in self.terms.iter().enumerate() {
            write!(f, "{}{}", if i > 0 { "+" } else { "" }, term.name())?;
        }
        if self.strength != 0.0 {
            write!(f, "*{}", self.strength)?;
        }
        let Some(heads) = &self.heads else { return Ok(()) };
        f.write_str("@")?;
        for (i, head) in heads.iter().enumerate() {
            write!(f, "{}{head}", if i > 0 { "+" } else { "" })?;
        }
        Ok(())
    }
}

/// Reads what [`Display`](fmt::Display) writes.
impl FromStr for Ablation {
    type Err = AnalysisError;

    fn from_str(text: &str) -> Result<Ablation, AnalysisError> {
        let wrong = |what: &str, part: &str| {
            AnalysisError::Ablation(format!(
                "the ablation \"{text}\" has {what} \"{part}\", which is no number"
            ))
        };
        let (rest, heads) = match text.split_once('@') {
            Some((rest, heads)) => (rest, Some(heads)),
            None => (text, None),
        };
        let (terms, strength) = match rest.split_once('*') {
            Some((terms, strength)) => (
                terms,
                strength.trim().parse().map_err(|_| wrong("strength", strength))?,
            ),
            None => (rest, 0.0),
        };
        check_strength(strength)?;
        let (tower, terms) = match terms.trim().strip_prefix("text.") {
            Some(terms) => (Tower::Text, terms),
            None => (Tower::Vision, terms),
        };
        let (layer, terms) = match terms.strip_prefix("layer").and_then(|rest| rest.split_once('.')) {
            Some((layer, terms)) => (layer.parse().map_err(|_| wrong("layer", layer))?, terms),
            None => (1, terms),
        };
        let terms = terms.split('+').map(str::parse).collect::<Result<_, _>>()?;
        let head = |head: &str| head.trim().parse().map_err(|_| wrong("head", head));
        let heads = match heads {
            None => None,
            Some("") => Some(Vec::new()),
            Some(heads) => Some(heads.split('+').map(head).collect::<Result<_, _>>()?),
        };
        Ok(Ablation {
            tower,
            terms,
            layer,
            strength,
            heads,
        })
    }
}

/// What the terms of the heads of a tower's layers are multiplied by, `[layers, heads]`; a later ablation
/// overrides an earlier one on the terms they share.
///
/// # Errors
/// Where a strength is not between -1 and 2, or there is no such head or layer; of ablations of the other
/// tower too.
pub fn strengths(
    config: &ValidConfig,
    tower: Tower,
    ablations: &[Ablation],
) -> Result<Vec<Strengths>, AnalysisError> {
    let heads = config.heads as usize;
    let mut all = vec![Strengths::default(); layers(config, tower) as usize * heads];
    for ablation in ablations {
        check_strength(ablation.strength)?;
        if let Some(head) = ablation.heads.iter().flatten().find(|h| **h >= config.heads) {
            return Err(AnalysisError::Ablation(format!(
                "head is {head}, but must be between 0 and {}",
                config.heads - 1
            )));
        }
        if config.autoregressive && ablation.tower == Tower::Text {
            let message = "tower is text, but must be vision: an autoregressive model has one Transformer, which goes by that name";
            return Err(AnalysisError::Ablation(message.to_owned()));
        }
        check_layer(config, ablation.tower, ablation.layer)?;
        if ablation.tower != tower {
            continue;
        }
        for (head, strengths) in (0u32..).zip(&mut all[(ablation.layer as usize - 1) * heads..][..heads]) {
            if ablation
                .heads
                .as_ref()
                .is_some_and(|heads| !heads.contains(&head))
            {
                continue;
            }
            for term in &ablation.terms {
                strengths[*term] = ablation.strength;
            }
        }
    }
    Ok(all)
}

/// Surgery: every head's EP row replaced by `rows [heads][pixels]`, in logits; a head without a row loses its
/// EP.
///
/// # Errors
/// Where the vision tower is not computed by tables, or the rows are not of these shapes and between -100 and
/// 100.
pub fn surgery(config: &ValidConfig, rows: &[Option<Vec<f64>>]) -> Result<Vec<Strengths>, AnalysisError> {
    let refused = AnalysisError::Surgery;
    if config.vision_layers > 1 || config.layer_norm || config.mlp || config.autoregressive {
        return Err(refused(
            "only a vision tower with one layer and neither layer norm nor MLP can be operated on".to_owned(),
        ));
    }
    if rows.len() != config.heads as usize {
        return Err(refused(format!(
            "there are rows for {} heads, but the model has {}",
            rows.len(),
            config.heads
        )));
    }
    let head = |row: &Option<Vec<f64>>| {
        let mut strengths = Strengths::default();
        strengths[Term::EP] = 0.0;
        let Some(row) = row else { return Ok(strengths) };
        if row.len() != config.pixels as usize {
            return Err(refused(format!(
                "the row has {} values, but must have one for each of {} pixels",
                row.len(),
                config.pixels
            )));
        }
        if let Some(value) = row.iter().find(|x| !(-100.0..=100.0).contains(*x)) {
            return Err(refused(format!(
                "the row holds {value}, but must lie between -100 and 100 logits"
            )));
        }
        // CLS asks about itself too; there the row's mean leaves it where it would be without a slope.
        let mean = row.iter().sum::<f64>() / row.len() as f64;
        strengths.position_row = std::iter::once(mean).chain(row.iter().copied()).collect();
        Ok(strengths)
    };
    rows.iter().map(head).collect()
}
