//! What an engine must know of a tower's input: how long it is, where it is read, what can stand where.

use std::collections::BTreeSet;

use super::caption::{CAPTION_LENGTH, Caption, all_captions, ends, eot, word};
use super::text_vocab;
use crate::config::ValidConfig;

/// The input of one tower.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TowerShape {
    /// Token ids are `0..vocab`.
    pub vocab: usize,
    /// Tokens of a sequence.
    pub length: usize,
    /// The token that is read: CLS or EOT; in an autoregressive run SOT, which names the first object.
    pub read_token: u32,
    /// The queries a sequence can ask: CLS stands first; EOT after a short or a long caption. With more than
    /// one read place per sequence, every sequence asks all of them.
    pub queries: Vec<Query>,
    /// Read places per sequence.
    pub reads: usize,
    /// Whether a token sees only what stands before it and itself.
    pub causal: bool,
    /// The (token, position) pairs that can occur: the rows of the first layer where it is not computed by
    /// tables. Those at a position that is read stand first.
    pub pairs: Vec<(u32, u32)>,
    /// How many of them.
    pub read_pairs: usize,
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

    /// The shape with these pairs.
    pub fn with_pairs(self, pairs: impl IntoIterator<Item = (u32, u32)>) -> TowerShape {
        let is_read = |(_, at): &(u32, u32)| self.queries.iter().any(|query| query.position == *at as usize);
        let (mut first, others): (Vec<_>, Vec<_>) = pairs.into_iter().partition(is_read);
        let read_pairs = first.len();
        first.extend(others);
        TowerShape {
            pairs: first,
            read_pairs,
            ..self
        }
    }

    /// The position of a sequence's `read`-th read place, for a sequence that asks query `query`.
    pub fn read_position(&self, query: usize, read: usize) -> usize {
        self.queries[if self.reads > 1 { read } else { query }].position
    }

    /// Whether sequences `[N, length]` hold only tokens that can stand where they do.
    pub fn takes(&self, tokens: &[u32]) -> bool {
        tokens.chunks(self.length).all(|sequence| {
            sequence
                .iter()
                .copied()
                .zip(0..)
                .all(|pair| self.pairs.contains(&pair))
        })
    }

    /// Keys that a query at `position` sees.
    pub fn visible(&self, position: usize) -> usize {
        if self.causal { position + 1 } else { self.length }
    }
}

/// The CLS token's id.
pub fn cls(config: &ValidConfig) -> u32 {
    config.labels + 1
}

/// The towers of a config: vision and text, or the one autoregressive Transformer.
pub fn tower_shapes(config: &ValidConfig) -> Vec<TowerShape> {
    if config.autoregressive {
        vec![decoder(config)]
    } else {
        vec![vision(config), text(config)]
    }
}

/// CLS, then the pixels; read at CLS, which sees everything.
fn vision(config: &ValidConfig) -> TowerShape {
    let length = 1 + config.pixels as usize;
    let pixels = (1..length as u32).flat_map(|at| (0..=config.labels).map(move |value| (value, at)));
    TowerShape {
        vocab: config.labels as usize + 2,
        length,
        read_token: cls(config),
        queries: vec![Query {
            position: 0,
            keys: length,
        }],
        reads: 1,
        causal: false,
        pairs: Vec::new(),
        read_pairs: 0,
    }
    .with_pairs(std::iter::once((cls(config), 0)).chain(pixels))
}

/// A caption; read at EOT, which sees what stands before it.
fn text(config: &ValidConfig) -> TowerShape {
    let query = |position| Query {
        position,
        keys: position + 1,
    };
    TowerShape {
        vocab: text_vocab(config),
        length: CAPTION_LENGTH,
        read_token: eot(config),
        queries: ends(config).into_iter().map(query).collect(),
        reads: 1,
        causal: true,
        pairs: Vec::new(),
        read_pairs: 0,
    }
    .with_pairs(caption_pairs(config, 0))
}

/// The strip, then the caption; read wherever the next word is written, from SOT on.
fn decoder(config: &ValidConfig) -> TowerShape {
    let start = config.pixels as usize;
    let first = text_vocab(config) as u32;
    let pixels = (0..config.pixels).flat_map(|at| (0..=config.labels).map(move |value| (first + value, at)));
    TowerShape {
        vocab: text_vocab(config) + config.labels as usize + 1,
        length: start + CAPTION_LENGTH,
        read_token: 0,
        queries: (start..start + CAPTION_LENGTH - 1)
            .map(|position| Query {
                position,
                keys: position + 1,
            })
            .collect(),
        reads: CAPTION_LENGTH - 1,
        causal: true,
        pairs: Vec::new(),
        read_pairs: 0,
    }
    .with_pairs(pixels.chain(caption_pairs(config, config.pixels)))
}

/// The (token, position) pairs of all captions that start at a position.
fn caption_pairs(config: &ValidConfig, start: u32) -> Vec<(u32, u32)> {
    let placed = |caption: Caption| (start..).zip(caption.tokens(config.labels));
    let pairs: BTreeSet<(u32, u32)> = all_captions(config).into_iter().flat_map(placed).collect();
    pairs.into_iter().map(|(at, token)| (token, at)).collect()
}

/// How a key token is called: a label, a word, CLS, or a dot for background.
pub fn token_name(config: &ValidConfig, tower: usize, token: u32) -> String {
    let pixel = |value: u32| {
        if value == 0 {
            "·".to_owned()
        } else {
            value.to_string()
        }
    };
    let words = text_vocab(config) as u32;
    match (config.autoregressive, tower) {
        (true, _) if token >= words => pixel(token - words),
        (false, 0) if token == cls(config) => "CLS".to_owned(),
        (false, 0) => pixel(token),
        _ => word(config, token),
    }
}
