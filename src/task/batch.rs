//! One batch: captions without replacement, each with one of its training layouts (`shaders/sample.wgsl`
//! draws the same).

use arrayvec::ArrayVec;

use super::caption::{Relation, relations};
use super::shape::READ_AT;
use super::{CAPTION_LENGTH, Caption, Layouts, cls, drawn_captions, eot, text_vocab};
use crate::config::Config;
use crate::rng::{Stream, hash, key, permute_all};

/// The tokens the towers read. Every buffer holds `size` sequences.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// Sequences.
    pub size: usize,
    /// CLS and the strip, `[size, 1 + pixels]`; empty in an autoregressive run.
    pub vision: Vec<u32>,
    /// The caption, `[size, CAPTION_LENGTH]`; behind the strip in an autoregressive run.
    pub text: Vec<u32>,
    /// Which of the text tower's queries reads the caption, `[size]`; in an autoregressive run how many words follow SOT.
    pub text_query: Vec<u32>,
}

impl Batch {
    /// Adds a scene and its caption.
    pub fn push(&mut self, config: &Config, strip: &[u32], caption: Caption) {
        self.push_tokens(config, strip, &caption.tokens(config.labels));
    }

    /// Scenes given as tokens, as in the fixtures: strips `[size, pixels]`, captions `[size, CAPTION_LENGTH]`.
    pub fn from_tokens(config: &Config, strips: &[u32], text: &[u32]) -> Batch {
        let mut batch = Batch::default();
        for (strip, text) in strips.chunks(config.pixels as usize).zip(text.chunks(CAPTION_LENGTH)) {
            batch.push_tokens(config, strip, text);
        }
        batch
    }

    fn push_tokens(&mut self, config: &Config, strip: &[u32], text: &[u32]) {
        self.push_shown(config, text, |pixels| pixels.copy_from_slice(strip));
    }

    /// Adds a caption and the strip that `show` puts its objects on.
    fn push_shown(&mut self, config: &Config, text: &[u32], show: impl FnOnce(&mut [u32])) {
        self.size += 1;
        if !config.autoregressive {
            self.vision.push(cls(config));
        }
        let tokens = if config.autoregressive { &mut self.text } else { &mut self.vision };
        let first = tokens.len();
        tokens.resize(first + config.pixels as usize, 0);
        show(&mut tokens[first..]);
        if config.autoregressive {
            // The pixels' tokens stand behind the words'.
            tokens[first..].iter_mut().for_each(|value| *value = value.saturating_add(text_vocab(config) as u32));
        }
        self.text.extend_from_slice(text);
        self.text_query.push(query(config, text));
    }

    /// Empties it, keeping its memory.
    pub fn clear(&mut self) {
        self.size = 0;
        for tokens in [&mut self.vision, &mut self.text, &mut self.text_query] {
            tokens.clear();
        }
    }

    /// Tokens and queries of every tower; no queries: every sequence asks the first.
    pub fn inputs(&self, config: &Config) -> ArrayVec<(&[u32], &[u32]), 2> {
        let text = (&self.text[..], &self.text_query[..]);
        let vision = (&self.vision[..], &[][..]);
        (!config.autoregressive).then_some(vision).into_iter().chain([text]).collect()
    }
}

/// What `text_query` says of a caption.
pub(crate) fn query(config: &Config, text: &[u32]) -> u32 {
    let end = text.iter().position(|token| *token == eot(config)).unwrap_or(0);
    if config.autoregressive {
        return end as u32;
    }
    READ_AT.iter().position(|position| *position == end).unwrap_or(0) as u32
}

/// Captions that go through the shuffle together.
const SHUFFLED: usize = 64;

/// Draws the batches of one run.
#[derive(Clone, Debug)]
pub struct Sampler {
    config: Config,
    captions: Vec<Caption>,
    relations: ArrayVec<Relation, 3>,
    layouts: Layouts,
}

/// A drawn caption as one of the relations states it: `Right` says what the drawn caption says, from the other side.
fn stated(caption: Caption, relation: Relation) -> Caption {
    match (caption, relation) {
        (Caption::Pair(_, x, y), Relation::Right) => Caption::Pair(Relation::Right, y, x),
        (Caption::Pair(_, x, y), relation) => Caption::Pair(relation, x, y),
        (caption, _) => caption,
    }
}

/// Every drawn caption as each relation states it, relation by relation.
pub(crate) fn stated_captions(config: &Config) -> Vec<Caption> {
    let relations = relations(config);
    drawn_captions(config).into_iter().flat_map(|caption| relations.iter().map(move |relation| stated(caption, *relation))).collect()
}

impl Sampler {
    /// The sampler of a checked config.
    pub fn new(config: &Config) -> Sampler {
        let (captions, relations) = (drawn_captions(config), relations(config));
        Sampler { captions, relations, layouts: Layouts::new(config), config: config.clone() }
    }

    /// The batch of a step, the first of which is 1.
    pub fn draw(&self, step: u32) -> Batch {
        let mut batch = Batch::default();
        self.draw_into(step, &mut batch);
        batch
    }

    /// The same, in place of what a batch held.
    pub fn draw_into(&self, step: u32, batch: &mut Batch) {
        let c = &self.config;
        batch.clear();
        let [order, ranks, sides] = [Stream::Captions, Stream::Layout, Stream::Relation].map(|stream| key(c.seed, stream, step));
        let size = c.batch_size() as u32;
        for first in (0..size).step_by(SHUFFLED) {
            let mut places: ArrayVec<u32, SHUFFLED> = (first..size).take(SHUFFLED).collect();
            permute_all(&mut places, self.captions.len() as u32, order);
            for (i, place) in (first..).zip(places) {
                let caption = stated(self.captions[place as usize], self.relations[hash(sides, i) as usize % self.relations.len()]);
                let rank = hash(ranks, i) % self.layouts.counts(caption).1;
                batch.push_shown(c, &caption.tokens(c.labels), |strip| self.layouts.show(caption, rank, strip));
            }
        }
    }
}
