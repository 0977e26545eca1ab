//! Captions: what can be said of a scene, and the tokens that say it.

use arrayvec::ArrayVec;

use super::permutations;
use crate::config::ValidConfig;

/// Words of a caption after the labels; token ids follow this order (`tests/oracle/reference.py`). The last
/// is there only where captions say what is above what.
const WORDS: [&str; 11] = [
    "is", "on", "the", "left", "of", "right", "in", "image", "EOT", "PAD", "above",
];
const IS: u32 = 0;
const ON: u32 = 1;
const THE: u32 = 2;
const LEFT: u32 = 3;
const OF: u32 = 4;
const RIGHT: u32 = 5;
const IN: u32 = 6;
const IMAGE: u32 = 7;
const EOT: u32 = 8;
const PAD: u32 = 9;
const ABOVE: u32 = 10;

/// Tokens of a caption.
pub const CAPTION_LENGTH: usize = 9;

/// How a pair's first object stands to its second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Relation {
    /// `X is on the left of Y`: X stands in a column before Y's.
    Left,
    /// `X is on the right of Y`: X stands in a column behind Y's.
    Right,
    /// `X is above Y`: X stands in a row above Y's (grid only).
    Above,
}

/// The relations that a config's captions state, `Left` first.
pub fn relations(config: &ValidConfig) -> ArrayVec<Relation, 3> {
    let more = [(config.right, Relation::Right), (config.above, Relation::Above)];
    std::iter::once(Relation::Left)
        .chain(
            more.into_iter()
                .filter_map(|(stated, relation)| stated.then_some(relation)),
        )
        .collect()
}

/// What a caption says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Caption {
    /// `X is in the image`.
    Single(u32),
    /// `X is on the left of Y`, `X is on the right of Y`, `X is above Y`.
    Pair(Relation, u32, u32),
    /// `X left of Y left of Z`.
    Triple([u32; 3]),
}

/// Token ids of a caption are `0..text_vocab`.
pub fn text_vocab(config: &ValidConfig) -> usize {
    config.labels as usize + if config.above { 12 } else { 11 }
}

/// The token that ends a caption.
pub fn eot(config: &ValidConfig) -> u32 {
    config.labels + 1 + EOT
}

impl Caption {
    /// Its token ids; 0 is SOT.
    pub fn tokens(self, labels: u32) -> [u32; CAPTION_LENGTH] {
        let word = |w: u32| labels + 1 + w;
        match self {
            Caption::Single(x) => [
                0,
                x,
                word(IS),
                word(IN),
                word(THE),
                word(IMAGE),
                word(EOT),
                word(PAD),
                word(PAD),
            ],
            Caption::Pair(Relation::Above, x, y) => [
                0,
                x,
                word(IS),
                word(ABOVE),
                y,
                word(EOT),
                word(PAD),
                word(PAD),
                word(PAD),
            ],
            Caption::Pair(side, x, y) => {
                let side = if side == Relation::Left { LEFT } else { RIGHT };
                [
                    0,
                    x,
                    word(IS),
                    word(ON),
                    word(THE),
                    word(side),
                    word(OF),
                    y,
                    word(EOT),
                ]
            }
            Caption::Triple([x, y, z]) => [0, x, word(LEFT), word(OF), y, word(LEFT), word(OF), z, word(EOT)],
        }
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
        labels.sort_unstable();
        labels
    }
}

impl std::fmt::Display for Caption {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Caption::Single(x) => write!(f, "{x} is in the image"),
            Caption::Pair(Relation::Left, x, y) => write!(f, "{x} is on the left of {y}"),
            Caption::Pair(Relation::Right, x, y) => write!(f, "{x} is on the right of {y}"),
            Caption::Pair(Relation::Above, x, y) => write!(f, "{x} is above {y}"),
            Caption::Triple([x, y, z]) => write!(f, "{x} left of {y} left of {z}"),
        }
    }
}

/// The word of a token below `text_vocab`.
pub fn word(config: &ValidConfig, token: u32) -> String {
    match token {
        0 => "SOT".to_owned(),
        label if label <= config.labels => label.to_string(),
        word => WORDS[(word - config.labels - 1) as usize].to_owned(),
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
