//! Where in the text tower the two factors of a caption from either side are, and the scene that they make.
//!
//! A pair {A, B} has four captions, by which label is named first and which word, left or right, stands
//! between. A is on the left in two of them, `A .. left .. B` and `B .. right .. A`: the scene is the
//! exclusive or of the two factors. What a row of the residual stream says of the four divides, as in any
//! two-way analysis of variance, into what depends on the first label alone, on the word alone, and the
//! interaction, which is the scene:
//!
//! d(row) = row(A left B) - row(A right B) - row(B left A) + row(B right A) = 4 x the interaction.
//!
//! # What one layer can do
//!
//! In layer 1, with neither norm nor MLP, EOT adds W_O o_h for each head h, o_h = sum_t e^(l_ht) v_ht / Z_h,
//! Z_h = sum_t e^(l_ht). EOT's query is the same in every caption, so l_ht and v_ht depend on the token at
//! place t alone, and of the places only three differ between captions: the first label's, the word's and
//! the second label's. Numerator and Z_h are each a sum of a function of the first label, one of the word
//! and one of the second label; and d of such a sum is 0.
//!
//! **If every Z_h is the same in the four captions**, the row at EOT is therefore such a sum too, d(row) = 0,
//! and for any image u, with W the projection and s = u . W row,
//!
//! s(A left B) - s(B left A) = -(s(B right A) - s(A right B)).
//!
//! If A is on the left, the left side is the lead of the caption from the left over its swap, and the
//! bracket the lead of the one from the right: one is right and the other wrong, or both are tied. **If the
//! four rows are of one length too** once projected, the cosines are these s over that length, and order is
//! exactly a half, for every scene, whatever the vision tower does.
//!
//! **Without the two conditions it is not.** A word can raise Z_h, by drawing a head's attention to itself,
//! and so shut the head: a head that reads the first label but is shut by `right`, beside one that reads the
//! second but is shut by `left`, reads the left object. `tests/exclusive_or.rs` builds this model: one text
//! layer, with order 1 on every pair. So one layer is able, by its denominators alone. Trained from
//! the start it does not find it; begun from captions from the left alone it does (experiment 20).

use super::ablate::check_layer;
use super::evaluator::Evaluator;
use super::{AnalysisError, Tower};
use crate::engine::cpu::encode_changed;
use crate::task::{Caption, Relation, caption_index};

/// What a caption's four forms differ by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Factor {
    /// Which label is named first.
    First,
    /// Which word stands between, left or right.
    Word,
    /// Which label is on the left: the exclusive or of the two.
    Scene,
}

impl Factor {
    /// All three.
    pub const ALL: [Factor; 3] = [Factor::First, Factor::Word, Factor::Scene];

    /// The factor's name.
    pub fn name(self) -> &'static str {
        match self {
            Factor::First => "first",
            Factor::Word => "word",
            Factor::Scene => "scene",
        }
    }

    /// Its part of a number of the four captions, A left B, A right B, B left A and B right A; four times it.
    fn of([al, ar, bl, br]: [f64; 4]) -> [f64; 3] {
        [al + ar - bl - br, al - ar + bl - br, al - ar - bl + br]
    }
}

/// Where the word stands in `X is on the left of Y`; no place before it knows it.
const WORD: usize = 5;
/// Where EOT stands behind it.
const END: usize = 8;

impl Evaluator {
    /// How the residual stream after a layer (from 1) of the text tower divides between the factors, at
    /// every place from the word to EOT (after the last layer, at EOT): shares of the variance over the four
    /// captions of a pair, in the order of [`Factor::ALL`], of all pairs of held labels together.
    ///
    /// # Errors
    /// Where there is no such layer, or the captions are not from the left and from the right.
    pub fn factors(&self, params: &[f32], layer: u32) -> Result<Vec<(usize, [f64; 3])>, AnalysisError> {
        let config = self.config();
        self.check_two_sided()?;
        check_layer(config, Tower::Text, layer)?;
        let mut stream = Vec::new();
        self.embed_changed(params, layer, &mut |rows| stream = rows.to_vec());
        let d = config.d_model as usize;
        let per = stream.len() / d / self.captions().len();
        let row = |caption: Caption, slot: usize| {
            let index = caption_index(config, caption) as usize;
            &stream[(index * per + slot) * d..][..d]
        };
        let held = config.labels - config.held_labels + 1..=config.labels;
        let pairs: Vec<(u32, u32)> = held
            .clone()
            .flat_map(|a| held.clone().map(move |b| (a, b)))
            .filter(|(a, b)| a < b)
            .collect();
        let shares = |slot: usize| {
            let mut sums = [0.0; 3];
            for (a, b) in &pairs {
                let rows = [(*a, *b), (*b, *a)].map(|(x, y)| {
                    [Relation::Left, Relation::Right].map(|word| row(Caption::Pair(word, x, y), slot))
                });
                for i in 0..d {
                    let [[al, ar], [bl, br]] = rows.map(|rows| rows.map(|row| f64::from(row[i])));
                    for (sum, part) in sums.iter_mut().zip(Factor::of([al, ar, bl, br])) {
                        *sum += part * part;
                    }
                }
            }
            let all: f64 = sums.iter().sum();
            sums.map(|sum| sum / all)
        };
        Ok(if per == 1 {
            vec![(END, shares(0))]
        } else {
            (WORD..=END).map(|place| (place, shares(place))).collect()
        })
    }

    /// Unit embeddings `[captions, E]` of all captions where one place of each had, after the first layer,
    /// what it has in the caption with the other word: `A is on the left of B` is patched from `A is on the
    /// right of B`.
    ///
    /// # Errors
    /// Where the text tower has one layer, or as [`Evaluator::factors`].
    pub fn embed_captions_patched(&self, params: &[f32], place: usize) -> Result<Vec<f32>, AnalysisError> {
        let config = self.config();
        self.check_two_sided()?;
        check_layer(config, Tower::Text, 2)?;
        let (d, length) = (config.d_model as usize, self.towers()[1].shape.length);
        let at = |caption: Caption| (caption_index(config, caption) as usize * length + place) * d;
        Ok(self.embed_changed(params, 1, &mut |rows| {
            let own = rows.to_vec();
            for caption in self.captions() {
                let other = match *caption {
                    Caption::Pair(Relation::Left, x, y) => Caption::Pair(Relation::Right, x, y),
                    Caption::Pair(Relation::Right, x, y) => Caption::Pair(Relation::Left, x, y),
                    single => single,
                };
                rows[at(*caption)..][..d].copy_from_slice(&own[at(other)..][..d]);
            }
        }))
    }

    fn check_two_sided(&self) -> Result<(), AnalysisError> {
        if self.config().right && !self.config().autoregressive {
            return Ok(());
        }
        let message = "the captions of this model do not say left and right of one pair";
        Err(AnalysisError::Scene(message.to_owned()))
    }

    /// Unit embeddings of all captions, the residual stream after a layer (from 1) changed on the way.
    fn embed_changed(&self, params: &[f32], layer: u32, change: &mut dyn FnMut(&mut [f32])) -> Vec<f32> {
        let batch = self.caption_batch();
        let input = (&batch.text[..], &batch.text_query[..]);
        encode_changed(&self.towers()[1], params, input, layer as usize - 1, change)
    }
}
