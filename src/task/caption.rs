//! Captions: what can be said of a scene, and the tokens that say it.

use arrayvec::ArrayVec;

use super::permutations;
use super::sentence::{Relation, Word, relations};
use crate::config::ValidConfig;

/// Tokens of a caption.
pub const CAPTION_LENGTH: usize = 9;

/// What a caption says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Caption {
    /// `X is in the image`.
    Single(u32),
    /// `X is on the left of Y`, or what else a [`Relation`] says of X and Y.
    Pair(Relation, u32, u32),
    /// `X left of Y left of Z`.
    Triple([u32; 3]),
}

/// The token that ends a caption.
pub fn eot(config: &ValidConfig) -> u32 {
    Word::Eot.token(config.labels)
}

/// A piece of a caption.
#[derive(Clone, Copy)]
enum Piece {
    Label(u32),
    Word(Word),
}

impl Caption {
    /// The words behind every label but the last, or behind a single.
    fn words(self) -> &'static [Word] {
        match self {
            Caption::Single(_) => &[Word::Is, Word::In, Word::The, Word::Image],
            Caption::Pair(relation, ..) => relation.words(),
            Caption::Triple(_) => &[Word::Left, Word::Of],
        }
    }

    /// How often its words are said.
    fn times(self) -> usize {
        self.labels().len().max(2) - 1
    }

    /// The sentence.
    fn pieces(self) -> ArrayVec<Piece, CAPTION_LENGTH> {
        let mut pieces = ArrayVec::new();
        for (i, label) in self.labels().into_iter().enumerate() {
            pieces.push(Piece::Label(label));
            if i < self.times() {
                pieces.extend(self.words().iter().copied().map(Piece::Word));
            }
        }
        pieces
    }

    /// Where EOT stands: behind SOT and the sentence.
    fn end(self) -> usize {
        1 + self.labels().len() + self.times() * self.words().len()
    }

    /// Its token ids; 0 is SOT.
    pub fn tokens(self, labels: u32) -> [u32; CAPTION_LENGTH] {
        let mut tokens = [Word::Pad.token(labels); CAPTION_LENGTH];
        tokens[0] = 0;
        for (token, piece) in tokens[1..].iter_mut().zip(self.pieces()) {
            *token = match piece {
                Piece::Label(x) => x,
                Piece::Word(word) => word.token(labels),
            };
        }
        tokens[self.end()] = Word::Eot.token(labels);
        tokens
    }

    /// Its labels, in the order they are named.
    pub fn labels(self) -> ArrayVec<u32, 3> {
        match self {
            Caption::Single(x) => [x].into_iter().collect(),
            Caption::Pair(_, x, y) => [x, y].into_iter().collect(),
            Caption::Triple(labels) => labels.into(),
        }
    }

    /// The same sentence with its labels in another order: one rival for a pair, five for three objects, none
    /// for a single.
    pub fn rivals(self) -> Vec<Caption> {
        match self {
            Caption::Single(_) => Vec::new(),
            Caption::Pair(relation, x, y) => vec![Caption::Pair(relation, y, x)],
            Caption::Triple([a, b, c]) => [[a, c, b], [b, a, c], [b, c, a], [c, a, b], [c, b, a]]
                .into_iter()
                .map(Caption::Triple)
                .collect(),
        }
    }

    /// What every caption with the same labels, in any order and relation, shares.
    pub fn named(self) -> ArrayVec<u32, 3> {
        let mut labels = self.labels();
        // Of three at most; the library's sort is as long to download as all captions.
        for last in (1..labels.len()).rev() {
            for i in 0..last {
                if labels[i] > labels[i + 1] {
                    labels.swap(i, i + 1);
                }
            }
        }
        labels
    }
}

impl std::fmt::Display for Caption {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (i, piece) in self.pieces().into_iter().enumerate() {
            let space = if i > 0 { " " } else { "" };
            match piece {
                Piece::Label(x) => write!(f, "{space}{x}")?,
                Piece::Word(word) => write!(f, "{space}{word}")?,
            }
        }
        Ok(())
    }
}

/// The word of a token below `text_vocab`.
pub fn word(config: &ValidConfig, token: u32) -> String {
    match token {
        0 => "SOT".to_owned(),
        label if label <= config.labels => label.to_string(),
        word => Word::text(word, config.labels).to_owned(),
    }
}

/// The captions that order some of the labels `1..=labels`, as one relation states them.
pub fn ordering(config: &ValidConfig, relation: Relation, labels: u32) -> Vec<Caption> {
    let caption = |order: Vec<u32>| match order[..] {
        [x, y, z] => Caption::Triple([x, y, z]),
        _ => Caption::Pair(relation, order[0], order[1]),
    };
    permutations(labels, config.objects)
        .into_iter()
        .map(caption)
        .collect()
}

/// Every caption there is; [`caption_index`] is a caption's place in it.
pub fn all_captions(config: &ValidConfig) -> Vec<Caption> {
    let ordered = relations(config)
        .into_iter()
        .flat_map(|relation| ordering(config, relation, config.labels));
    (1..=config.labels).map(Caption::Single).chain(ordered).collect()
}

/// The captions a run draws from: singles, then what orders the pair labels, from the left; then, where they
/// are mixed, a pair label and a held one.
pub fn drawn_captions(config: &ValidConfig) -> Vec<Caption> {
    let held = config.labels - config.held_labels;
    let meets = |caption: &Caption| match *caption {
        Caption::Pair(_, x, y) => {
            config.mixed && ((x <= config.pair_labels && y > held) || (x > held && y <= config.pair_labels))
        }
        _ => false,
    };
    let singles = (1..=config.labels).map(Caption::Single);
    let met = ordering(config, Relation::Left, config.labels)
        .into_iter()
        .filter(meets);
    singles
        .chain(ordering(config, Relation::Left, config.pair_labels))
        .chain(met)
        .collect()
}

/// A caption's place among all captions: a label's single, then ordered labels, lexicographic, relation by
/// relation.
///
/// # Panics
/// Where the caption states a relation that the config's captions do not.
pub fn caption_index(config: &ValidConfig, caption: Caption) -> u32 {
    let n = config.labels;
    // The place of y among the labels but x.
    let without = |y: u32, x: u32| y - 1 - u32::from(y > x);
    let pair = |x: u32, y: u32| (x - 1) * (n - 1) + without(y, x);
    match caption {
        Caption::Single(x) => x - 1,
        Caption::Pair(relation, x, y) => {
            let rank = relations(config).iter().position(|r| *r == relation);
            let rank = rank.expect("a config's captions state its relations only") as u32;
            n + rank * n * (n - 1) + pair(x, y)
        }
        Caption::Triple([x, y, z]) => {
            n + pair(x, y) * (n - 2) + (z - 1 - u32::from(z > x) - u32::from(z > y))
        }
    }
}

/// Where a config's captions can end: singles first, then what each relation says, or what orders three.
pub fn ends(config: &ValidConfig) -> ArrayVec<usize, CAPTION_LENGTH> {
    let mut ends = ArrayVec::new();
    let related = relations(config)
        .into_iter()
        .map(|relation| Caption::Pair(relation, 1, 2));
    let three = (config.objects == 3).then_some(Caption::Triple([1, 2, 3]));
    for caption in [Caption::Single(1)].into_iter().chain(related).chain(three) {
        let end = caption.end();
        if !ends.contains(&end) {
            ends.push(end);
        }
    }
    ends
}
