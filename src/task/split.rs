//! The three evaluation splits (design section 2). None of them holds a scene that a batch can draw.

use serde::{Deserialize, Serialize};

use super::{Caption, captions, pair_layouts, strip};
use crate::config::Config;

/// Which scenes a model is judged on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "lowercase")]
pub enum Split {
    /// One object at a held-out position.
    Single,
    /// A training pair in a held-out layout.
    Seen,
    /// Every ordered pair of held labels in every layout.
    Unseen,
}

impl Split {
    /// All three, in the order they are reported.
    pub const ALL: [Split; 3] = [Split::Single, Split::Seen, Split::Unseen];
}

/// A scene and the caption that is true of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The strip `[pixels]`.
    pub strip: Vec<u32>,
    /// What is true of it.
    pub caption: Caption,
}

/// Every item of a split.
pub fn split_items(config: &Config, split: Split) -> Vec<Item> {
    let layouts = pair_layouts(config.pixels);
    let all = layouts.len() as u32;
    let item = |caption, rank| Item { strip: strip(config, &layouts, caption, rank), caption };
    let ranked = |captions: Vec<Caption>, from, to| -> Vec<Item> {
        captions.into_iter().flat_map(|c| (from..to).map(move |rank| (c, rank))).map(|(c, rank)| item(c, rank)).collect()
    };
    match split {
        Split::Single => ranked(captions(config.labels, 0), config.single_layouts, config.pixels),
        Split::Seen => ranked(captions(0, config.pair_labels), config.pair_layouts, all),
        Split::Unseen => {
            let first = config.labels - config.held_labels + 1;
            let held = captions(0, config.labels).into_iter();
            ranked(held.filter(|c| c.labels().iter().all(|x| *x >= first)).collect(), 0, all)
        }
    }
}
