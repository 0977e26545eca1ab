//! How accuracies are measured: every scene of a split is matched with all captions or, in an autoregressive
//! run, is put into words.

use std::cmp::Ordering;

use super::{Ablation, Accuracies, Accuracy, AnalysisError, Evaluation, Tower, strengths};
use crate::config::ValidConfig;
use crate::engine::cpu::{encode, similarities};
use crate::model::{ParamTable, Snapshot, Strengths, TowerModel};
use crate::task::{Batch, Caption, Item, Split, all_captions, caption_index, holds, split_items};

/// The splits and captions of one config, made once and used on every snapshot.
#[derive(Clone, Debug)]
pub struct Evaluator {
    config: ValidConfig,
    towers: Vec<TowerModel>,
    captions: Vec<Caption>,
    /// By [`Split::place`].
    splits: [Vec<Item>; Split::COUNT],
}

/// Scenes whose scores are held at a time.
const CHUNK: usize = 256;

/// What a model makes of one scene.
struct Answer {
    /// Its nearest caption, or the one it writes where that names the scene's objects.
    given: Option<Caption>,
    /// How far the scene's caption beats its rivals: 1, 0, or its part of a tie.
    ordered: f64,
    /// Whether every score that it rests on is a number.
    finite: bool,
}

impl Evaluator {
    /// The evaluator of a config.
    pub fn new(config: &ValidConfig) -> Evaluator {
        Evaluator {
            towers: TowerModel::all(config, &ParamTable::new(config)),
            captions: all_captions(config),
            splits: Split::ALL.map(|split| split_items(config, split)),
            config: config.clone(),
        }
    }

    /// The config it was made for.
    pub fn config(&self) -> &ValidConfig {
        &self.config
    }

    /// Its towers: vision and text, or the one autoregressive Transformer.
    pub fn towers(&self) -> &[TowerModel] {
        &self.towers
    }

    /// Every caption, in the order of their index.
    pub fn captions(&self) -> &[Caption] {
        &self.captions
    }

    /// The items of a split.
    pub fn items(&self, split: Split) -> &[Item] {
        &self.splits[split.place()]
    }

    /// Evenly spaced scenes of unseen pairs, at most sixty: enough for a mean over what a head does.
    pub fn some_unseen(&self) -> Vec<&Item> {
        let items = self.items(Split::Unseen);
        items.iter().step_by(items.len().div_ceil(60)).collect()
    }

    /// The accuracies and slopes of a snapshot's first model.
    pub fn evaluate(&self, snapshot: &Snapshot) -> Evaluation {
        let params = &snapshot.params;
        let accuracies = self
            .accuracies(params, &[])
            .expect("an error is an ablation's, and there is none");
        Evaluation {
            step: snapshot.step,
            accuracies,
            slopes: self.slopes(params),
        }
    }

    /// The accuracies of one model's parameters `[len]` on every split, under some ablations.
    ///
    /// # Errors
    /// As [`strengths`](super::strengths): where an ablation is out of bounds.
    pub fn accuracies(&self, params: &[f32], ablations: &[Ablation]) -> Result<Accuracies, AnalysisError> {
        Ok(Accuracies::new(self.judge_under(params, ablations)?))
    }

    /// The accuracy on one split.
    ///
    /// # Errors
    /// As [`Evaluator::accuracies`].
    pub fn accuracy(
        &self,
        params: &[f32],
        ablations: &[Ablation],
        split: Split,
    ) -> Result<Accuracy, AnalysisError> {
        Ok(self.judge_under(params, ablations)?(split))
    }

    /// What gives the accuracy on a split: the captions are embedded once, for all splits.
    ///
    /// # Errors
    /// As [`Evaluator::accuracies`].
    pub fn judge_under(
        &self,
        params: &[f32],
        ablations: &[Ablation],
    ) -> Result<impl Fn(Split) -> Accuracy, AnalysisError> {
        let vision = strengths(&self.config, Tower::Vision, ablations)?;
        let captions = self.embed_captions(params, ablations)?;
        Ok(move |split| self.judge(params, &vision, &captions, split))
    }

    /// The accuracy on one split with any strengths of the vision tower's heads `[heads]`; `captions` are
    /// what [`Evaluator::embed_captions`] gave.
    pub fn judge(&self, params: &[f32], vision: &[Strengths], captions: &[f32], split: Split) -> Accuracy {
        let items = self.items(split);
        let answers: Vec<Answer> = if self.config.autoregressive {
            self.write(params, vision, items)
        } else {
            self.match_captions(params, vision, captions, items)
        };
        let mean = |score: &dyn Fn(&Item, &Answer) -> f64| {
            let scores = items
                .iter()
                .zip(&answers)
                .map(|(item, answer)| score(item, answer));
            (!items.is_empty()).then(|| scores.sum::<f64>() / items.len() as f64)
        };
        let share = |hit: &dyn Fn(&Item, Caption) -> bool| {
            mean(&|item, answer| f64::from(answer.given.is_some_and(|caption| hit(item, caption))))
        };
        let pairs = split != Split::Single;
        Accuracy {
            retrieval: share(&|item, caption| holds(&self.config, &item.strip, caption)),
            order: pairs.then(|| mean(&|_, answer| answer.ordered)).flatten(),
            recognition: pairs
                .then(|| share(&|item, caption| caption.named() == item.caption.named()))
                .flatten(),
            items: items.len() as u32,
            not_finite: answers.iter().filter(|answer| !answer.finite).count() as u32,
        }
    }

    /// Unit embeddings `[captions, E]` of all captions, in the order of their index; none in an
    /// autoregressive run.
    ///
    /// # Errors
    /// As [`Evaluator::accuracies`].
    pub fn embed_captions(&self, params: &[f32], ablations: &[Ablation]) -> Result<Vec<f32>, AnalysisError> {
        let text = strengths(&self.config, Tower::Text, ablations)?;
        if self.config.autoregressive {
            return Ok(Vec::new());
        }
        let batch = self.caption_batch();
        Ok(encode(
            &self.towers[1],
            params,
            edits(&text),
            (&batch.text, &batch.text_query),
        ))
    }

    /// Unit embeddings `[strips, E]` of some strips under some ablations; none in an autoregressive run.
    ///
    /// # Errors
    /// As [`Evaluator::accuracies`].
    pub fn embed_strips(
        &self,
        params: &[f32],
        items: &[Item],
        ablations: &[Ablation],
    ) -> Result<Vec<f32>, AnalysisError> {
        let vision = strengths(&self.config, Tower::Vision, ablations)?;
        if self.config.autoregressive {
            return Ok(Vec::new());
        }
        Ok(self.embed_items(params, &vision, items))
    }

    fn embed_items(&self, params: &[f32], vision: &[Strengths], items: &[Item]) -> Vec<f32> {
        let mut batch = Batch::default();
        items
            .iter()
            .for_each(|item| batch.push(&self.config, &item.strip, item.caption));
        encode(&self.towers[0], params, edits(vision), (&batch.vision, &[]))
    }

    /// All captions, each of an empty strip.
    pub(super) fn caption_batch(&self) -> Batch {
        let blank = vec![0; self.config.pixels as usize];
        let mut batch = Batch::default();
        self.captions
            .iter()
            .for_each(|caption| batch.push(&self.config, &blank, *caption));
        batch
    }

    /// Cosines of scenes with all captions `[items, captions]`, a chunk of scenes at a time.
    fn match_captions(
        &self,
        params: &[f32],
        vision: &[Strengths],
        captions: &[f32],
        items: &[Item],
    ) -> Vec<Answer> {
        let e = self.towers[0].e;
        let images = self.embed_items(params, vision, items);
        let mut answers = Vec::with_capacity(items.len());
        for (images, items) in images.chunks(CHUNK * e).zip(items.chunks(CHUNK)) {
            let all = similarities(images, captions, e);
            for (scores, item) in all.chunks(self.captions.len()).zip(items) {
                let score = |caption: Caption| scores[caption_index(&self.config, caption) as usize];
                let own = score(item.caption);
                let ordered = beats(own, item.caption.rivals().into_iter().map(score));
                let finite = scores.iter().all(|score| score.is_finite());
                answers.push(Answer {
                    given: Some(self.captions[nearest(scores)]),
                    ordered,
                    finite,
                });
            }
        }
        answers
    }

    /// What an autoregressive model writes: of all captions that name the scene's objects, the one of which
    /// every word is the likeliest next one, if there is one; and how likely each is.
    fn write(&self, params: &[f32], strengths: &[Strengths], items: &[Item]) -> Vec<Answer> {
        let tower = &self.towers[0];
        let mut answers = Vec::with_capacity(items.len());
        for items in items.chunks(CHUNK) {
            let candidates: Vec<Vec<Caption>> = items.iter().map(|item| self.naming(item.caption)).collect();
            let mut batch = Batch::default();
            for (item, captions) in items.iter().zip(&candidates) {
                captions
                    .iter()
                    .for_each(|caption| batch.push(&self.config, &item.strip, *caption));
            }
            let logits = encode(tower, params, edits(strengths), (&batch.text, &batch.text_query));
            let sequences = logits
                .chunks(tower.shape.reads * tower.e)
                .zip(batch.text.chunks(tower.shape.length))
                .zip(&batch.text_query);
            let mut judged = sequences
                .map(|((logits, tokens), written)| likelihood(tower, logits, tokens, *written as usize));
            for (item, captions) in items.iter().zip(candidates) {
                let judged: Vec<(Caption, (bool, f64))> = captions.into_iter().zip(&mut judged).collect();
                let likelihood = |caption: Caption| {
                    let found = judged.iter().find(|(judged, _)| *judged == caption);
                    found
                        .expect("rivals name the same labels, as all that are judged do")
                        .1
                        .1
                };
                let given = judged
                    .iter()
                    .find(|(_, (greedy, _))| *greedy)
                    .map(|(caption, _)| *caption);
                let ordered = beats(
                    likelihood(item.caption),
                    item.caption.rivals().into_iter().map(likelihood),
                );
                let finite = judged.iter().all(|(_, (_, likelihood))| likelihood.is_finite());
                answers.push(Answer {
                    given,
                    ordered,
                    finite,
                });
            }
        }
        answers
    }

    /// Every caption that names a caption's labels, in any order and relation.
    fn naming(&self, caption: Caption) -> Vec<Caption> {
        let orders = std::iter::once(caption).chain(caption.rivals());
        match caption {
            Caption::Pair(..) => {
                let relations = crate::task::relations(&self.config);
                orders
                    .flat_map(|c| {
                        relations
                            .iter()
                            .map(move |r| Caption::Pair(*r, c.labels()[0], c.labels()[1]))
                    })
                    .collect()
            }
            _ => orders.collect(),
        }
    }
}

/// Strengths worth computing with: none where nothing is changed.
pub(super) fn edits(strengths: &[Strengths]) -> Option<&[Strengths]> {
    strengths
        .iter()
        .any(|s| *s != Strengths::default())
        .then_some(strengths)
}

/// Whether every word of a caption is the likeliest next one, and its log-likelihood.
fn likelihood(tower: &TowerModel, logits: &[f32], tokens: &[u32], written: usize) -> (bool, f64) {
    let words = logits
        .chunks(tower.e)
        .take(written)
        .enumerate()
        .map(|(read, logits)| {
            let target = tokens[tower.shape.read_position(0, read) + 1] as usize;
            let most = logits[nearest(logits)];
            let total: f64 = logits.iter().map(|x| f64::from(x - most).exp()).sum();
            (
                nearest(logits) == target,
                f64::from(logits[target] - most) - total.ln(),
            )
        });
    words.fold((true, 0.0), |(greedy, sum), (hit, likelihood)| {
        (greedy && hit, sum + likelihood)
    })
}

/// Whether a score is above its rivals' (1) or not (0); among equals at the top it has its part.
fn beats<S: PartialOrd>(own: S, rivals: impl Iterator<Item = S>) -> f64 {
    let tied = rivals
        .map(|rival| rival.partial_cmp(&own))
        .try_fold(1.0, |tied, order| match order {
            Some(Ordering::Less) => Some(tied),
            Some(Ordering::Equal) => Some(tied + 1.0),
            _ => None,
        });
    tied.map_or(0.0, |tied: f64| tied.recip())
}

/// The place of the greatest score, the first of equals.
pub fn nearest(scores: &[f32]) -> usize {
    scores
        .iter()
        .enumerate()
        .fold(0, |best, (i, score)| if *score > scores[best] { i } else { best })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A model that gives both orders one score tosses a coin; it is not always wrong.
    #[test]
    fn a_tie_counts_its_part() {
        let share = |rivals: &[f32]| beats(1.0, rivals.iter().copied());
        let shares = [
            share(&[0.5]),
            share(&[1.5]),
            share(&[1.0]),
            share(&[1.0, 0.5, 1.0]),
            share(&[1.0, 2.0]),
        ];
        assert_eq!(shares, [1.0, 0.0, 0.5, 1.0 / 3.0, 0.0]);
        assert_eq!(share(&[f32::NAN]), 0.0);
    }

    #[test]
    fn of_equal_scores_the_first_is_nearest() {
        assert_eq!(nearest(&[0.5, 2.0, -1.0, 2.0]), 1);
    }
}
