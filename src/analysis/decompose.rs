//! The nine additive terms of the attention logits at the read place, per head, for any strip or caption.

use serde::{Deserialize, Serialize};

use super::accuracy::{Evaluator, nearest};
use super::{AnalysisError, Term, Tower};
use crate::config::Config;
use crate::engine::cpu::forward::{Tower as TowerSizes, query_sources};
use crate::engine::cpu::{dot, encode, similarities};
use crate::params::ParamTable;
use crate::task::{Batch, Caption, Item, captions, token_name};

/// A strip for the vision tower, or a caption for the text tower.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "lowercase")]
pub enum Scene {
    /// Pixels, 0 background.
    Strip(Vec<u32>),
    /// Labels in the order they are named: one or two.
    Caption(Vec<u32>),
}

/// One term of one head.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct TermRow {
    /// Which.
    pub term: Term,
    /// Its value at every key token, in logits.
    pub row: Vec<f64>,
    /// Its share of the variance of the logits over the key tokens: covariance with them over their variance, so
    /// that the nine shares sum to 1 (a term that works against the rest has a negative share).
    pub share: f64,
}

/// The read row of one head.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct HeadDecomposition {
    /// The nine terms.
    pub terms: Vec<TermRow>,
    /// Their sum.
    pub logits: Vec<f64>,
    /// Its softmax.
    pub attention: Vec<f64>,
    /// Least-squares slope of EP over positions, in logits per pixel (per token for a caption).
    pub slope: f64,
}

/// A caption and its cosine with the strip.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct CaptionScore {
    /// The sentence.
    pub text: String,
    /// Cosine of the two embeddings.
    pub similarity: f64,
    /// Its labels in the order they are named.
    pub caption: Vec<u32>,
}

/// Everything a picture of one scene needs.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify), tsify(missing_as_null))]
pub struct Decomposition {
    /// The tower that read it.
    pub tower: Tower,
    /// Names of the key tokens.
    pub tokens: Vec<String>,
    /// The read token's place.
    pub read: u32,
    /// Per head.
    pub heads: Vec<HeadDecomposition>,
    /// The head with the largest |slope|.
    pub strongest: u32,
    /// For a strip: its true caption, then (two objects) the swapped one.
    pub captions: Vec<CaptionScore>,
    /// For a strip: the nearest of all captions.
    pub nearest: Option<CaptionScore>,
}

fn mean(x: &[f64]) -> f64 {
    x.iter().sum::<f64>() / x.len() as f64
}

fn covariance(a: &[f64], b: &[f64]) -> f64 {
    let (ma, mb) = (mean(a), mean(b));
    a.iter().zip(b).map(|(a, b)| (a - ma) * (b - mb)).sum::<f64>() / a.len() as f64
}

/// Least-squares slope of `row` over 0, 1, 2, ...
fn least_squares_slope(row: &[f64]) -> f64 {
    let x: Vec<f64> = (0..row.len()).map(|i| i as f64).collect();
    covariance(&x, row) / covariance(&x, &x)
}

/// Positions whose slope is of interest: a strip's pixels without CLS, a caption's tokens up to its EOT.
fn sloped(tower: Tower, row: &[f64]) -> &[f64] {
    match tower {
        Tower::Vision => &row[1..],
        Tower::Text => row,
    }
}

/// The nine rows of every head, `[heads][9][keys]`.
fn term_rows(tower: &TowerSizes, params: &[f32], q: usize, tokens: &[u32]) -> Vec<Vec<Vec<f64>>> {
    let (d, k) = (tower.d, tower.d_head());
    let wide = |x: &[f32]| -> Vec<f64> { x.iter().map(|v| f64::from(*v)).collect() };
    let rows = wide(&params[tower.params.rows.clone()]);
    let weight = wide(&params[tower.params.key.weight.clone()]);
    let bias = wide(&params[tower.params.key.bias.clone()]);
    let sources = query_sources(tower, &wide(params), q);
    let key = |row: usize| -> Vec<f64> { weight.chunks(d).map(|w| dot(w, &rows[row * d..][..d])).collect() };
    let keys: Vec<[Vec<f64>; 3]> =
        tokens.iter().enumerate().map(|(t, token)| [key(*token as usize), key(tower.shape.vocab + t), bias.clone()]).collect();
    let scale = (k as f64).powf(-0.5);
    let term = |h: usize, term: usize| -> Vec<f64> {
        let query = &sources[(term / 3) * d + h * k..][..k];
        keys.iter().map(|key| dot(query, &key[term % 3][h * k..][..k]) * scale).collect()
    };
    (0..tower.heads).map(|h| (0..9).map(|t| term(h, t)).collect()).collect()
}

/// The EP slope of every vision head, in logits per pixel. CLS asks and positions answer, so no strip is needed.
pub fn slopes(config: &Config, params: &[f32]) -> Vec<f64> {
    let [vision, _] = TowerSizes::both(config, &ParamTable::new(config));
    let mut tokens = vec![0; vision.shape.length];
    tokens[0] = vision.shape.read_token;
    let rows = term_rows(&vision, params, 0, &tokens);
    rows.iter().map(|terms| least_squares_slope(sloped(Tower::Vision, &terms[1]))).collect()
}

impl Scene {
    /// The caption that a valid strip shows or a valid caption says.
    pub fn caption(&self, config: &Config) -> Result<Caption, AnalysisError> {
        let labels: Vec<u32> = match self {
            Scene::Strip(strip) => {
                if strip.len() != config.pixels as usize {
                    let message = format!("the strip has {} pixels, but must have {}", strip.len(), config.pixels);
                    return Err(AnalysisError::Scene(message));
                }
                strip.iter().copied().filter(|p| *p > 0).collect()
            }
            Scene::Caption(labels) => labels.clone(),
        };
        if let Some(label) = labels.iter().find(|x| !(1..=config.labels).contains(*x)) {
            return Err(AnalysisError::Scene(format!("the label is {label}, but must be between 1 and {}", config.labels)));
        }
        match labels[..] {
            [x] => Ok(Caption::Single(x)),
            [x, y] if x != y => Ok(Caption::Pair(x, y)),
            [x, _] => Err(AnalysisError::Scene(format!("both objects are {x}, but they must differ"))),
            _ => Err(AnalysisError::Scene(format!("the scene has {} objects, but must have one or two", labels.len()))),
        }
    }
}

impl Evaluator {
    /// Decomposes the attention of the tower that reads `scene`.
    pub fn decompose(&self, params: &[f32], scene: &Scene) -> Result<Decomposition, AnalysisError> {
        let config = self.config();
        let caption = scene.caption(config)?;
        let strip = match scene {
            Scene::Strip(strip) => strip.clone(),
            Scene::Caption(_) => vec![0; config.pixels as usize],
        };
        let mut batch = Batch::default();
        batch.push(config, &strip, caption);
        let (tower, sizes, q, mut tokens) = match scene {
            Scene::Strip(_) => (Tower::Vision, &self.towers()[0], 0, batch.vision),
            Scene::Caption(_) => (Tower::Text, &self.towers()[1], caption.query() as usize, batch.text),
        };
        let query = sizes.shape.queries[q];
        tokens.truncate(query.keys);
        let heads: Vec<HeadDecomposition> = term_rows(sizes, params, q, &tokens).into_iter().map(|rows| head(tower, rows)).collect();
        let steeper = |a: usize, b: usize| if heads[b].slope.abs() > heads[a].slope.abs() { b } else { a };
        let strongest = (0..heads.len()).fold(0, steeper) as u32;
        let (captions, nearest) = match scene {
            Scene::Strip(strip) => self.captions_of(params, &Item { strip: strip.clone(), caption })?,
            Scene::Caption(_) => (Vec::new(), None),
        };
        let names = tokens.iter().map(|t| token_name(config, tower == Tower::Vision, *t)).collect();
        Ok(Decomposition { tower, tokens: names, read: query.position as u32, heads, strongest, captions, nearest })
    }

    fn captions_of(&self, params: &[f32], item: &Item) -> Result<(Vec<CaptionScore>, Option<CaptionScore>), AnalysisError> {
        let config = self.config();
        let mut batch = Batch::default();
        batch.push(config, &item.strip, item.caption);
        let image = encode(&self.towers()[0], params, None, &batch.vision, &[]);
        let scores = similarities(&image, &self.captions(params, &[])?, self.towers()[0].e);
        let score = |caption: Caption| CaptionScore {
            text: caption.to_string(),
            similarity: f64::from(scores[caption.index(config.labels) as usize]),
            caption: caption.labels(),
        };
        let mut own = vec![score(item.caption)];
        if item.caption != item.caption.swapped() {
            own.push(score(item.caption.swapped()));
        }
        let best = captions(config.labels, config.labels)[nearest(&scores)];
        Ok((own, Some(score(best))))
    }
}

fn head(tower: Tower, rows: Vec<Vec<f64>>) -> HeadDecomposition {
    let logits: Vec<f64> = (0..rows[0].len()).map(|t| rows.iter().map(|row| row[t]).sum()).collect();
    let greatest = logits.iter().copied().fold(f64::MIN, f64::max);
    let weights: Vec<f64> = logits.iter().map(|x| (x - greatest).exp()).collect();
    let total: f64 = weights.iter().sum();
    let variance = covariance(&logits, &logits);
    let slope = least_squares_slope(sloped(tower, &rows[1]));
    let share = |row: &[f64]| if variance > 0.0 { covariance(row, &logits) / variance } else { 0.0 };
    let terms = Term::LOGIT.into_iter().zip(rows).map(|(term, row)| TermRow { term, share: share(&row), row }).collect();
    HeadDecomposition { terms, attention: weights.iter().map(|w| w / total).collect(), logits, slope }
}
