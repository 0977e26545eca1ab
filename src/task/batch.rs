//! One batch: captions without replacement, each with one of its training layouts (`shaders/sample.wgsl`
//! draws the same).

use super::{CAPTION_LENGTH, Caption, captions, cls, pair_layouts, strip};
use crate::config::Config;
use crate::rng::{Stream, hash, key, permute};

/// The tokens both towers read. Every buffer holds `size` sequences.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// Sequences.
    pub size: usize,
    /// CLS and the strip, `[size, 1 + pixels]`.
    pub vision: Vec<u32>,
    /// The caption, `[size, CAPTION_LENGTH]`.
    pub text: Vec<u32>,
    /// Which of the text tower's queries reads the caption, `[size]`.
    pub text_query: Vec<u32>,
}

impl Batch {
    /// Adds a scene and its caption.
    pub fn push(&mut self, config: &Config, strip: &[u32], caption: Caption) {
        self.size += 1;
        self.vision.push(cls(config));
        self.vision.extend_from_slice(strip);
        self.text.extend_from_slice(&caption.tokens(config.labels));
        self.text_query.push(caption.query());
    }

    /// Scenes given as tokens, as in the fixtures: strips `[size, pixels]`, captions `[size, CAPTION_LENGTH]`.
    pub fn from_tokens(config: &Config, strips: &[u32], text: &[u32]) -> Batch {
        let mut batch = Batch { size: text.len() / CAPTION_LENGTH, text: text.to_vec(), ..Batch::default() };
        for strip in strips.chunks(config.pixels as usize) {
            batch.vision.push(cls(config));
            batch.vision.extend_from_slice(strip);
        }
        let eot = super::text_shape(config).read_token;
        batch.text_query = text.chunks(CAPTION_LENGTH).map(|c| u32::from(c[CAPTION_LENGTH - 1] == eot)).collect();
        batch
    }
}

/// Draws the batches of one run.
#[derive(Clone, Debug)]
pub struct Sampler {
    config: Config,
    captions: Vec<Caption>,
    layouts: Vec<(u32, u32)>,
}

impl Sampler {
    /// The sampler of a checked config.
    pub fn new(config: &Config) -> Sampler {
        Sampler { captions: captions(config.labels, config.pair_labels), layouts: pair_layouts(config.pixels), config: config.clone() }
    }

    /// The batch of a step, the first of which is 1.
    pub fn draw(&self, step: u32) -> Batch {
        let c = &self.config;
        let (order, places) = (key(c.seed, Stream::Captions, step), key(c.seed, Stream::Layout, step));
        let mut batch = Batch::default();
        for i in 0..c.batch_size() as u32 {
            let caption = self.captions[permute(i, self.captions.len() as u32, order) as usize];
            let trained = match caption {
                Caption::Single(_) => c.single_layouts,
                Caption::Pair(..) => c.pair_layouts,
            };
            let rank = hash(places, i) % trained;
            batch.push(c, &strip(c, &self.layouts, caption, rank), caption);
        }
        batch
    }
}
