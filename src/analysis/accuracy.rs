//! Retrieval, order and recognition on the three splits (design section 2).

use serde::Serialize;

use super::{Ablation, AnalysisError, Tower, strengths};
use crate::config::Config;
use crate::engine::cpu::forward::{Strengths, Tower as TowerSizes};
use crate::engine::cpu::{encode, similarities};
use crate::params::ParamTable;
use crate::task::{Batch, Caption, Split, captions, split_items};

/// How often a model is right on one split, each from 0 to 1.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify), tsify(missing_as_null))]
pub struct Accuracy {
    /// The true caption is the nearest of all captions.
    pub retrieval: f64,
    /// It beats its own swap (chance 0.5); none for single objects.
    pub order: Option<f64>,
    /// The nearest caption is the true one or its swap; none for single objects.
    pub recognition: Option<f64>,
    /// Scenes judged.
    pub items: u32,
}

/// The accuracies on every split.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Accuracies {
    /// One object at a held-out position.
    pub single: Accuracy,
    /// A training pair in a held-out layout.
    pub seen: Accuracy,
    /// Every ordered pair of held labels in every layout.
    pub unseen: Accuracy,
}

impl Accuracies {
    /// One split's.
    pub fn of(&self, split: Split) -> &Accuracy {
        match split {
            Split::Single => &self.single,
            Split::Seen => &self.seen,
            Split::Unseen => &self.unseen,
        }
    }
}

struct Scenes {
    tokens: Vec<u32>,
    captions: Vec<Caption>,
}

/// The splits and captions of one config, made once and used on every snapshot.
pub struct Evaluator {
    config: Config,
    towers: [TowerSizes; 2],
    captions: Batch,
    splits: [Scenes; 3],
}

/// Strips whose similarities to all captions are held at a time.
const CHUNK: usize = 256;

impl Evaluator {
    /// The evaluator of a checked config.
    pub fn new(config: &Config) -> Evaluator {
        let mut all = Batch::default();
        let blank = vec![0; config.pixels as usize];
        captions(config.labels, config.labels).into_iter().for_each(|c| all.push(config, &blank, c));
        let splits = Split::ALL.map(|split| {
            let (mut batch, mut captions) = (Batch::default(), Vec::new());
            for item in split_items(config, split) {
                batch.push(config, &item.strip, item.caption);
                captions.push(item.caption);
            }
            Scenes { tokens: batch.vision, captions }
        });
        Evaluator { towers: TowerSizes::both(config, &ParamTable::new(config)), config: config.clone(), captions: all, splits }
    }

    /// The config it was made for.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The vision and the text tower.
    pub fn towers(&self) -> &[TowerSizes; 2] {
        &self.towers
    }

    /// The accuracies of one model's parameters under some ablations.
    pub fn accuracies(&self, params: &[f32], ablations: &[Ablation]) -> Result<Accuracies, AnalysisError> {
        let vision = strengths(&self.config, Tower::Vision, ablations)?;
        let captions = self.captions(params, ablations)?;
        let [single, seen, unseen] = [0, 1, 2].map(|split| self.accuracy(params, &vision, &captions, &self.splits[split]));
        Ok(Accuracies { single, seen, unseen })
    }

    /// Unit embeddings of all captions, in the order of [`Caption::index`].
    pub fn captions(&self, params: &[f32], ablations: &[Ablation]) -> Result<Vec<f32>, AnalysisError> {
        let text = strengths(&self.config, Tower::Text, ablations)?;
        Ok(encode(&self.towers[1], params, Some(&text), &self.captions.text, &self.captions.text_query))
    }

    fn accuracy(&self, params: &[f32], vision: &[Strengths], captions: &[f32], scenes: &Scenes) -> Accuracy {
        let (e, labels) = (self.towers[0].e, self.config.labels);
        let images = encode(&self.towers[0], params, Some(vision), &scenes.tokens, &[]);
        let (mut retrieval, mut order, mut recognition) = (0u32, 0u32, 0u32);
        for (images, truths) in images.chunks(CHUNK * e).zip(scenes.captions.chunks(CHUNK)) {
            let all = similarities(images, captions, e);
            for (scores, truth) in all.chunks(captions.len() / e).zip(truths) {
                let (own, swap) = (truth.index(labels) as usize, truth.swapped().index(labels) as usize);
                let nearest = nearest(scores);
                retrieval += u32::from(nearest == own);
                order += u32::from(scores[own] > scores[swap]);
                recognition += u32::from(nearest == own || nearest == swap);
            }
        }
        let items = scenes.captions.len() as u32;
        let share = |hits: u32| f64::from(hits) / f64::from(items);
        let paired = matches!(scenes.captions.first(), Some(Caption::Pair(..)));
        Accuracy {
            retrieval: share(retrieval),
            order: paired.then(|| share(order)),
            recognition: paired.then(|| share(recognition)),
            items,
        }
    }
}

/// The place of the greatest score, the first of equals.
pub fn nearest(scores: &[f32]) -> usize {
    scores.iter().enumerate().fold(0, |best, (i, score)| if *score > scores[best] { i } else { best })
}
