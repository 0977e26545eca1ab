//! The evaluation splits. None of them holds a scene that a batch can draw.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::batch::stated_captions;
use super::{Caption, Layouts, all_captions};
use crate::config::ValidConfig;

/// The table of splits, given to the macro that a caller names: variant, name, which scenes it holds.
macro_rules! splits {
    ($with:ident) => {
        $with! {
            Single single "One object at a held-out position.";
            Seen seen "A training pair in a held-out layout.";
            Unseen unseen "Every ordered pair (or triple) of held labels in every layout.";
        }
    };
}
pub(crate) use splits;

macro_rules! split {
    ($($split:ident $name:ident $what:literal;)*) => {
        /// Which scenes a model is judged on.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "web", derive(tsify::Tsify))]
        #[serde(rename_all = "lowercase")]
        pub enum Split {
            $(#[doc = $what] $split,)*
        }

        impl Split {
            /// How many there are.
            pub const COUNT: usize = [$(Split::$split),*].len();

            /// All of them, in the order they are reported.
            pub const ALL: [Split; Split::COUNT] = [$(Split::$split),*];

            /// The split's name.
            pub fn name(self) -> &'static str {
                match self {
                    $(Split::$split => stringify!($name),)*
                }
            }
        }
    };
}
splits!(split);

impl Split {
    /// The split's place in [`Split::ALL`].
    pub fn place(self) -> usize {
        self as usize
    }
}

/// A scene and a caption that is true of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The strip `[pixels]`.
    pub strip: Vec<u32>,
    /// What is true of it.
    pub caption: Caption,
}

/// Largest split: beyond it (three objects have up to 270,000 scenes) evenly spaced scenes stand for all.
const MOST: usize = 6000;

/// The items of a split.
pub fn split_items(config: &ValidConfig, split: Split) -> Vec<Item> {
    let layouts = Layouts::new(config);
    let first = config.labels - config.held_labels + 1;
    let pair = |c: &Caption| !matches!(c, Caption::Single(_));
    let captions: Vec<Caption> = match split {
        Split::Single => (1..=config.labels).map(Caption::Single).collect(),
        Split::Seen => stated_captions(config).into_iter().filter(pair).collect(),
        Split::Unseen => {
            let held = |c: &Caption| pair(c) && c.labels().iter().all(|x| *x >= first);
            all_captions(config).into_iter().filter(held).collect()
        }
    };
    // Of a caption that is trained on, the layouts that are not.
    let trained: HashSet<Caption> = stated_captions(config).into_iter().collect();
    let from = |caption| {
        if trained.contains(&caption) {
            layouts.counts(caption).1
        } else {
            0
        }
    };
    let places: Vec<(Caption, u32)> = captions
        .into_iter()
        .flat_map(|c| (from(c)..layouts.counts(c).0).map(move |rank| (c, rank)))
        .collect();
    let apart = places.len().div_ceil(MOST).max(1);
    let items = places.into_iter().step_by(apart).map(|(caption, rank)| Item {
        strip: layouts.strip(caption, rank),
        caption,
    });
    if config.above {
        // One scene can be drawn for two relations; it is held out only where neither trains on it.
        let trained = trained_strips(config, &layouts);
        return items.filter(|item| !trained.contains(&item.strip)).collect();
    }
    items.collect()
}

/// Every strip of more than one object that a batch can draw.
fn trained_strips(config: &ValidConfig, layouts: &Layouts) -> HashSet<Vec<u32>> {
    let all = stated_captions(config)
        .into_iter()
        .filter(|c| !matches!(c, Caption::Single(_)));
    all.flat_map(|c| (0..layouts.counts(c).1).map(move |rank| (c, rank)))
        .map(|(c, rank)| layouts.strip(c, rank))
        .collect()
}
