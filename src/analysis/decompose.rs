//! The nine additive terms of the attention logits at the read place, per head, for any strip or caption.

use serde::Serialize;

use super::ablate::check_layer;
use super::evaluator::{Evaluator, edits, nearest};
use super::slope::{coordinates, covariance, ep_slope};
use super::{Ablation, AnalysisError, Scene, Tower, finite, strengths};
use crate::engine::cpu::{TermRows, encode, similarities, term_rows};
use crate::model::{Strengths, Term};
use crate::task::{Batch, Caption, Item, caption_index, token_name};

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
    /// The head whose |slope| is the largest without an ablation of this layer.
    pub strongest: u32,
    /// For a strip: its caption, then the same labels in other orders; none in an autoregressive run.
    pub captions: Vec<CaptionScore>,
    /// For a strip: the nearest of all captions.
    pub nearest: Option<CaptionScore>,
}

impl Evaluator {
    /// Decomposes the attention of a layer (from 1) of the tower that reads `scene`, at the place that is
    /// read (CLS, EOT, or SOT in an autoregressive run), under some ablations. All rows are in logits.
    ///
    /// # Errors
    /// As [`Scene::caption`] and [`strengths`]; where there is no such layer; where the model's numbers are
    /// not finite; and for a caption alone where the model is autoregressive.
    pub fn decompose(
        &self,
        params: &[f32],
        scene: &Scene,
        layer: u32,
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
        check_layer(config, tower, layer)?;
        let scales = strengths(config, tower, ablations)?;
        let (sizes, (tokens, asked)) = (&self.towers()[index], batch.inputs(config)[index]);
        let query = asked.first().map_or(0, |query| *query as usize);
        let position = sizes.shape.read_position(query, 0);
        let tokens_seen = &tokens[..sizes.shape.visible(position)];
        let layer = layer as usize - 1;
        let rows = term_rows(sizes, params, &scales, (tokens, asked), layer);
        let coordinates = coordinates(config, tower, tokens_seen.len());
        let slopes: Vec<f64> = rows
            .iter()
            .map(|rows| ep_slope(&coordinates, rows).abs())
            .collect();
        let strongest = (0..rows.len()).fold(0, |a, b| if slopes[b] > slopes[a] { b } else { a }) as u32;
        let heads: Vec<HeadDecomposition> = rows
            .into_iter()
            .zip(&scales[layer * sizes.heads..])
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
        let names = tokens_seen
            .iter()
            .map(|token| token_name(config, index, *token))
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
