//! The synthetic world: strips, captions, which layouts a run trains on, and the batches it draws.

mod batch;
mod split;

pub use batch::{Batch, Sampler};
pub use split::{Item, Split, split_items};

use crate::config::Config;
use crate::rng::{Stream, key, permute};

/// Words of a caption after the labels; token ids follow this order (`oracle/reference.py`).
const WORDS: [&str; 10] = ["is", "on", "the", "left", "of", "right", "in", "image", "EOT", "PAD"];
const IS: u32 = 0;
const ON: u32 = 1;
const THE: u32 = 2;
const LEFT: u32 = 3;
const OF: u32 = 4;
const IN: u32 = 6;
const IMAGE: u32 = 7;
const EOT: u32 = 8;
const PAD: u32 = 9;

/// Tokens of a caption.
pub const CAPTION_LENGTH: usize = 9;

/// What a caption says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Caption {
    /// `X is in the image`.
    Single(u32),
    /// `X is on the left of Y`.
    Pair(u32, u32),
}

/// The CLS token's id.
pub fn cls(config: &Config) -> u32 {
    config.labels + 1
}

/// What an engine must know of a tower's input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TowerShape {
    /// Token ids are `0..vocab`.
    pub vocab: usize,
    /// Tokens of a sequence.
    pub length: usize,
    /// The token that is read: CLS or EOT.
    pub read_token: u32,
    /// The queries a sequence can ask, by where it is read: CLS stands first; EOT after a short or a long caption.
    pub queries: Vec<Query>,
}

/// Where a sequence is read, and how many keys that place sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Query {
    /// The read token's position.
    pub position: usize,
    /// Keys `0..keys` are seen: all of a strip, a caption up to its EOT (causal).
    pub keys: usize,
}

impl TowerShape {
    /// Rows of layer 1's tables: a row per token id, then one per position.
    pub fn rows(&self) -> usize {
        self.vocab + self.length
    }
}

/// The vision tower's input: CLS, then the pixels; read at CLS, which sees everything.
pub fn vision_shape(config: &Config) -> TowerShape {
    let length = 1 + config.pixels as usize;
    let queries = vec![Query { position: 0, keys: length }];
    TowerShape { vocab: config.labels as usize + 2, length, read_token: cls(config), queries }
}

/// The text tower's input: a caption; read at EOT, which sees what stands before it.
pub fn text_shape(config: &Config) -> TowerShape {
    let query = |position| Query { position, keys: position + 1 };
    TowerShape {
        vocab: config.labels as usize + 1 + WORDS.len(),
        length: CAPTION_LENGTH,
        read_token: config.labels + 1 + EOT,
        queries: vec![query(6), query(8)],
    }
}

impl Caption {
    /// The caption's place among all captions: a label's single, then ordered pairs in lexicographic order.
    pub fn index(self, labels: u32) -> u32 {
        match self {
            Caption::Single(x) => x - 1,
            Caption::Pair(x, y) => labels + pair_index(x, y, labels),
        }
    }

    /// Which of the text tower's queries reads it.
    pub fn query(self) -> u32 {
        matches!(self, Caption::Pair(..)).into()
    }

    /// The same caption with its objects swapped.
    pub fn swapped(self) -> Caption {
        match self {
            Caption::Single(x) => Caption::Single(x),
            Caption::Pair(x, y) => Caption::Pair(y, x),
        }
    }

    /// Its token ids; 0 is SOT.
    pub fn tokens(self, labels: u32) -> [u32; CAPTION_LENGTH] {
        let word = |w: u32| labels + 1 + w;
        match self {
            Caption::Single(x) => [0, x, word(IS), word(IN), word(THE), word(IMAGE), word(EOT), word(PAD), word(PAD)],
            Caption::Pair(x, y) => [0, x, word(IS), word(ON), word(THE), word(LEFT), word(OF), y, word(EOT)],
        }
    }

    /// Its labels, in the order they are named.
    pub fn labels(self) -> Vec<u32> {
        match self {
            Caption::Single(x) => vec![x],
            Caption::Pair(x, y) => vec![x, y],
        }
    }
}

impl std::fmt::Display for Caption {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Caption::Single(x) => write!(f, "{x} is in the image"),
            Caption::Pair(x, y) => write!(f, "{x} is on the left of {y}"),
        }
    }
}

/// The word of a text token, or of a strip's token for the vision tower.
pub fn token_name(config: &Config, vision: bool, token: u32) -> String {
    match (vision, token) {
        (true, 0) => "·".to_owned(),
        (false, 0) => "SOT".to_owned(),
        (_, label) if label <= config.labels => label.to_string(),
        (true, _) => "CLS".to_owned(),
        (false, word) => WORDS[(word - config.labels - 1) as usize].to_owned(),
    }
}

/// Every caption over `1..=labels`: the order of [`Caption::index`] when `labels` is the config's.
pub fn captions(singles: u32, labels: u32) -> Vec<Caption> {
    let pairs = (1..=labels).flat_map(|x| (1..=labels).filter(move |y| *y != x).map(move |y| Caption::Pair(x, y)));
    (1..=singles).map(Caption::Single).chain(pairs).collect()
}

/// The place of the ordered pair (x, y) among those over `1..=labels`.
fn pair_index(x: u32, y: u32, labels: u32) -> u32 {
    (x - 1) * (labels - 1) + (y - 1) - u32::from(y > x)
}

/// Layouts of two objects: positions i < j, in lexicographic order.
pub fn pair_layouts(pixels: u32) -> Vec<(u32, u32)> {
    (0..pixels).flat_map(|i| (i + 1..pixels).map(move |j| (i, j))).collect()
}

/// The `rank`-th layout of a caption, in the order its seed gives: the first n_1 or n_2 are trained on, the rest held out.
fn layout(config: &Config, caption: Caption, rank: u32) -> u32 {
    let index = caption.index(config.labels);
    match caption {
        Caption::Single(_) => permute(rank, config.pixels, key(config.seed, Stream::SingleLayouts, index)),
        Caption::Pair(..) => {
            let layouts = config.pixels * (config.pixels - 1) / 2;
            permute(rank, layouts, key(config.seed, Stream::PairLayouts, index))
        }
    }
}

/// The strip `[pixels]` that shows a caption's objects in its `rank`-th layout.
fn strip(config: &Config, layouts: &[(u32, u32)], caption: Caption, rank: u32) -> Vec<u32> {
    let mut strip = vec![0; config.pixels as usize];
    let at = layout(config, caption, rank);
    match caption {
        Caption::Single(x) => strip[at as usize] = x,
        Caption::Pair(x, y) => {
            let (i, j) = layouts[at as usize];
            strip[i as usize] = x;
            strip[j as usize] = y;
        }
    }
    strip
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn captions_stand_at_their_index() {
        for (i, caption) in captions(20, 20).into_iter().enumerate() {
            assert_eq!(caption.index(20) as usize, i);
        }
    }

    #[test]
    fn a_caption_ends_where_it_is_read() {
        let config = Config::default();
        let text = text_shape(&config);
        for caption in captions(20, 20) {
            let read = text.queries[caption.query() as usize].position;
            assert_eq!(caption.tokens(20)[read], text.read_token);
        }
        assert_eq!(Caption::Pair(3, 7).tokens(20), [0, 3, 21, 22, 23, 24, 25, 7, 29]);
        assert_eq!(Caption::Single(3).tokens(20), [0, 3, 21, 27, 23, 28, 29, 30, 30]);
    }
}
