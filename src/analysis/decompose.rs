//! The nine additive terms of the attention logits at the read place, per head, for any strip or caption.

use serde::{Deserialize, Serialize};

use super::accuracy::{Evaluator, edits, nearest};
use super::{Ablation, AnalysisError, Tower, finite, strengths};
use crate::config::ValidConfig;
use crate::engine::cpu::{Parts, encode, first_input, similarities, split_linear};
use crate::math::dot;
use crate::model::{Source, Strengths, Term, TowerModel};
use crate::task::{Batch, Caption, Item, all_captions, caption_index, holds, token_name};

/// A strip for the vision tower, or a caption for the text tower.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "web", derive(tsify::Tsify))]
#[serde(rename_all = "lowercase")]
pub enum Scene {
    /// Pixels, 0 background.
    Strip(Vec<u32>),
    /// Labels in the order they are named: one, or all the objects of a scene.
    Caption(Vec<u32>),
}

/// One term of one head.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "web", derive(tsify::Tsify))]
pub struct TermRow {
    /// Which.
    pub term: Term,
    /// Its value at every key token, in logits.
    pub row: Vec<f64>,
    /// Its share of the variance of the logits over the key tokens: covariance with them over their variance,
    /// so that the nine shares sum to 1 (a term that works against the rest has a negative share).
    pub share: f64,
}

/// The read row of one head.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "web", derive(tsify::Tsify))]
pub struct HeadDecomposition {
    /// The nine terms.
    pub terms: Vec<TermRow>,
    /// Their sum.
    pub logits: Vec<f64>,
    /// Its softmax.
    pub attention: Vec<f64>,
    /// Least-squares slope of EP over positions, as scaled by the ablations, in logits per pixel (per column
    /// on a grid, per token for a caption).
    pub slope: f64,
}

impl HeadDecomposition {
    /// One of the nine terms.
    pub fn term(&self, term: Term) -> &TermRow {
        &self.terms[term.place()]
    }
}

/// A caption and its cosine with the strip.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "web", derive(tsify::Tsify))]
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
#[cfg_attr(feature = "web", derive(tsify::Tsify), tsify(missing_as_null))]
pub struct Decomposition {
    /// The tower that read it.
    pub tower: Tower,
    /// Names of the key tokens.
    pub tokens: Vec<String>,
    /// The read token's place.
    pub read: u32,
    /// Per head.
    pub heads: Vec<HeadDecomposition>,
    /// The head whose |slope| is the largest without an ablation.
    pub strongest: u32,
    /// For a strip: its caption, then the same labels in other orders; none in an autoregressive run.
    pub captions: Vec<CaptionScore>,
    /// For a strip: the nearest of all captions.
    pub nearest: Option<CaptionScore>,
}

pub(super) fn mean(x: &[f64]) -> f64 {
    x.iter().sum::<f64>() / x.len() as f64
}

pub(super) fn covariance(a: &[f64], b: &[f64]) -> f64 {
    let (ma, mb) = (mean(a), mean(b));
    a.iter().zip(b).map(|(a, b)| (a - ma) * (b - mb)).sum::<f64>() / a.len() as f64
}

/// Least-squares slope of `y` over `x`.
pub fn least_squares_slope(x: &[f64], y: &[f64]) -> f64 {
    let variance = covariance(x, x);
    if variance > 0.0 {
        covariance(x, y) / variance
    } else {
        0.0
    }
}

/// The keys whose slope is of interest, each with its coordinate: a strip's pixels, a grid's cells by column,
/// a caption's tokens.
fn coordinates(config: &ValidConfig, tower: Tower, keys: usize) -> Vec<(usize, f64)> {
    let side = config.pixels.isqrt() as usize;
    let column = |pixel: usize| if config.grid { pixel % side } else { pixel } as f64;
    match tower {
        Tower::Vision => (0..config.pixels as usize)
            .map(|pixel| (pixel + first_pixel(config), column(pixel)))
            .collect(),
        Tower::Text => (0..keys).map(|at| (at, at as f64)).collect(),
    }
}

/// Where the strip begins in what the tower that sees it reads: behind CLS.
fn first_pixel(config: &ValidConfig) -> usize {
    usize::from(!config.autoregressive)
}

/// One head's nine rows, `[9][keys]`, by [`Term::place`].
pub type TermRows = [Vec<f64>; 9];

/// The nine rows of every head of the first layer's query at a (token, position) pair.
fn term_rows(tower: &TowerModel, params: &[f32], query: (u32, u32), keys: &[(u32, u32)]) -> Vec<TermRows> {
    let (d, k) = (tower.d, tower.d_head());
    let params: Vec<f64> = params.iter().map(|v| f64::from(*v)).collect();
    let layer = &tower.params.layers[0];
    let mapped =
        |map, pairs| -> Parts<f64> { split_linear(&params, map, &first_input(tower, &params, pairs), None) };
    let (queries, answers) = (mapped(&layer.query, &[query][..]), mapped(&layer.key, keys));
    let scale = (k as f64).powf(-0.5);
    let row = |h: usize, from: Source, to: Source| -> Vec<f64> {
        let query = &queries[from as usize][h * k..][..k];
        let key = |t: usize| &answers[to as usize][t * d + h * k..][..k];
        (0..keys.len()).map(|t| dot(query, key(t)) * scale).collect()
    };
    let sources = |place: usize| (Source::ALL[place / 3], Source::ALL[place % 3]);
    let rows = |h| std::array::from_fn(|place| row(h, sources(place).0, sources(place).1));
    (0..tower.heads).map(rows).collect()
}

impl Scene {
    /// The caption that is true of the strip, or that has these labels in this order.
    ///
    /// # Errors
    /// Where the strip or the labels are not of the config's world, or no caption orders the strip's objects.
    pub fn caption(&self, config: &ValidConfig) -> Result<Caption, AnalysisError> {
        let labels: Vec<u32> = match self {
            Scene::Strip(strip) => {
                if strip.len() != config.pixels as usize {
                    let message = format!(
                        "the strip has {} pixels, but must have {}",
                        strip.len(),
                        config.pixels
                    );
                    return Err(AnalysisError::Scene(message));
                }
                strip.iter().copied().filter(|p| *p > 0).collect()
            }
            Scene::Caption(labels) => labels.clone(),
        };
        if let Some(label) = labels.iter().find(|x| !(1..=config.labels).contains(*x)) {
            return Err(AnalysisError::Scene(format!(
                "the label is {label}, but must be between 1 and {}",
                config.labels
            )));
        }
        if labels.len() != 1 && labels.len() != config.objects as usize {
            let most = if config.objects == 3 { "three" } else { "two" };
            let message = format!(
                "the scene has {} objects, but must have one or {most}",
                labels.len()
            );
            return Err(AnalysisError::Scene(message));
        }
        if let Some(x) = labels
            .iter()
            .enumerate()
            .find_map(|(i, x)| labels[..i].contains(x).then_some(x))
        {
            let how_many = if labels.len() == 2 { "both" } else { "two" };
            return Err(AnalysisError::Scene(format!(
                "{how_many} objects are {x}, but they must differ"
            )));
        }
        let says = |caption: &&Caption| match self {
            Scene::Strip(strip) => holds(config, strip, **caption),
            Scene::Caption(_) => *caption.labels() == *labels,
        };
        all_captions(config).iter().find(says).copied().ok_or_else(|| {
            AnalysisError::Scene("no caption orders these objects: they stand in one column".to_owned())
        })
    }
}

impl Evaluator {
    /// The nine rows of every head over background pixels `[pixels]`: what does not depend on the strip (EP,
    /// PP and BP) is every strip's, where no layer norm makes the scale depend on what stands there.
    pub fn background_rows(&self, params: &[f32]) -> Vec<TermRows> {
        let (config, tower) = (self.config(), &self.towers()[0]);
        let background = if config.autoregressive {
            crate::task::text_vocab(config) as u32
        } else {
            0
        };
        let first = first_pixel(config) as u32;
        let keys: Vec<(u32, u32)> = (first..first + config.pixels)
            .map(|at| (background, at))
            .collect();
        term_rows(
            tower,
            params,
            (tower.shape.read_token, tower.shape.queries[0].position as u32),
            &keys,
        )
    }

    /// The EP row of every head over the pixels, `[heads][pixels]`, in logits.
    pub fn ep_rows(&self, params: &[f32]) -> Vec<Vec<f64>> {
        self.background_rows(params)
            .into_iter()
            .map(|mut rows| std::mem::take(&mut rows[Term::EP.place()]))
            .collect()
    }

    /// The EP slope of every head that reads the strip, in logits per pixel (per column on a grid).
    pub fn slopes(&self, params: &[f32]) -> Vec<f64> {
        let columns: Vec<f64> = coordinates(self.config(), Tower::Vision, 0)
            .into_iter()
            .map(|(_, column)| column)
            .collect();
        self.ep_rows(params)
            .iter()
            .map(|row| least_squares_slope(&columns, row))
            .collect()
    }

    /// Decomposes the first layer's attention of the tower that reads `scene`, at the place that is read
    /// (CLS, EOT, or SOT in an autoregressive run), under some ablations. All rows are in logits.
    ///
    /// # Errors
    /// As [`Scene::caption`] and [`strengths`]; where the model's numbers are not finite; and for a caption
    /// alone where the model is autoregressive.
    pub fn decompose(
        &self,
        params: &[f32],
        scene: &Scene,
        ablations: &[Ablation],
    ) -> Result<Decomposition, AnalysisError> {
        let config = self.config();
        let caption = scene.caption(config)?;
        let strip = match scene {
            Scene::Strip(strip) => strip.clone(),
            Scene::Caption(_) if config.autoregressive => {
                return Err(AnalysisError::Scene(
                    "an autoregressive model reads a strip, not a caption alone".to_owned(),
                ));
            }
            Scene::Caption(_) => vec![0; config.pixels as usize],
        };
        let mut batch = Batch::default();
        batch.push(config, &strip, caption);
        let (tower, index) = match scene {
            Scene::Strip(_) => (Tower::Vision, 0),
            Scene::Caption(_) => (Tower::Text, 1),
        };
        let (sizes, (tokens, asked)) = (&self.towers()[index], batch.inputs(config)[index]);
        let query = if asked.is_empty() { 0 } else { asked[0] as usize };
        let position = sizes.shape.read_position(query, 0);
        let keys: Vec<(u32, u32)> = tokens
            .iter()
            .copied()
            .zip(0..)
            .take(sizes.shape.visible(position))
            .collect();
        let rows = term_rows(sizes, params, keys[position], &keys);
        let coordinates = coordinates(config, tower, keys.len());
        let slopes: Vec<f64> = rows
            .iter()
            .map(|rows| ep_slope(&coordinates, rows).abs())
            .collect();
        let strongest = (0..rows.len()).fold(0, |a, b| if slopes[b] > slopes[a] { b } else { a }) as u32;
        let scales = strengths(config, tower, ablations)?;
        let heads: Vec<HeadDecomposition> = rows
            .into_iter()
            .zip(&scales)
            .map(|(rows, scales)| head(&coordinates, rows, scales))
            .collect();
        for head in &heads {
            // The sum of the terms: where one of them has no value, it has none.
            finite("attention", &head.logits)?;
        }
        let (captions, nearest) = match scene {
            Scene::Strip(strip) if !config.autoregressive => self.captions_of(
                params,
                &Item {
                    strip: strip.clone(),
                    caption,
                },
                ablations,
            )?,
            _ => (Vec::new(), None),
        };
        let names = keys
            .iter()
            .map(|(token, _)| token_name(config, index, *token))
            .collect();
        Ok(Decomposition {
            tower,
            tokens: names,
            read: position as u32,
            heads,
            strongest,
            captions,
            nearest,
        })
    }

    fn captions_of(
        &self,
        params: &[f32],
        item: &Item,
        ablations: &[Ablation],
    ) -> Result<(Vec<CaptionScore>, Option<CaptionScore>), AnalysisError> {
        let config = self.config();
        let vision = strengths(config, Tower::Vision, ablations)?;
        let mut batch = Batch::default();
        batch.push(config, &item.strip, item.caption);
        let image = encode(&self.towers()[0], params, edits(&vision), (&batch.vision, &[]));
        let scores = similarities(
            &image,
            &self.embed_captions(params, ablations)?,
            self.towers()[0].e,
        );
        let score = |caption: Caption| CaptionScore {
            text: caption.to_string(),
            similarity: f64::from(scores[caption_index(config, caption) as usize]),
            caption: caption.labels().to_vec(),
        };
        let own: Vec<CaptionScore> = std::iter::once(item.caption)
            .chain(item.caption.rivals())
            .map(score)
            .collect();
        let nearest = score(self.captions()[nearest(&scores)]);
        finite(
            "cosine with a caption",
            own.iter().chain([&nearest]).map(|score| &score.similarity),
        )?;
        Ok((own, Some(nearest)))
    }
}

/// The slope of the EP row among a head's nine.
fn ep_slope(coordinates: &[(usize, f64)], rows: &TermRows) -> f64 {
    let ep = &rows[Term::EP.place()];
    let (x, ep): (Vec<f64>, Vec<f64>) = coordinates.iter().map(|(key, x)| (*x, ep[*key])).unzip();
    least_squares_slope(&x, &ep)
}

fn head(coordinates: &[(usize, f64)], mut rows: TermRows, scales: &Strengths) -> HeadDecomposition {
    for (row, term) in rows.iter_mut().zip(Term::LOGIT) {
        row.iter_mut().for_each(|logit| *logit *= scales[term]);
    }
    let logits: Vec<f64> = (0..rows[0].len())
        .map(|t| rows.iter().map(|row| row[t]).sum())
        .collect();
    let greatest = logits.iter().copied().fold(f64::MIN, f64::max);
    let weights: Vec<f64> = logits.iter().map(|x| (x - greatest).exp()).collect();
    let total: f64 = weights.iter().sum();
    let variance = covariance(&logits, &logits);
    let slope = ep_slope(coordinates, &rows);
    let share = |row: &[f64]| {
        if variance > 0.0 {
            covariance(row, &logits) / variance
        } else {
            0.0
        }
    };
    let terms = Term::LOGIT
        .into_iter()
        .zip(rows)
        .map(|(term, row)| TermRow {
            term,
            share: share(&row),
            row,
        })
        .collect();
    HeadDecomposition {
        terms,
        attention: weights.iter().map(|w| w / total).collect(),
        logits,
        slope,
    }
}
