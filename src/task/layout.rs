//! Layouts: where the objects of a scene stand, which of them a run trains on, and what is then true.

use super::caption::{Caption, Relation, caption_index};
use crate::config::ValidConfig;
use crate::rng::{Stream, key, permute};

/// Where objects stand, in the order a caption names them.
pub type Layout = Vec<u32>;

/// The layouts of an ordering caption, lexicographic; `Right` has those of the `Left` caption it turns round.
pub fn layouts(config: &ValidConfig, relation: Relation) -> Vec<Layout> {
    let (p, side) = (config.pixels, config.pixels.isqrt());
    let before = |a: u32, b: u32| match (config.grid, relation) {
        (false, _) => a < b,
        (true, Relation::Above) => a / side < b / side,
        (true, _) => a % side < b % side,
    };
    let pairs = (0..p)
        .flat_map(|a| (0..p).map(move |b| vec![a, b]))
        .filter(|l| before(l[0], l[1]));
    if config.objects == 3 {
        return pairs
            .flat_map(|l| (l[1] + 1..p).map(move |c| vec![l[0], l[1], c]))
            .collect();
    }
    pairs.collect()
}

/// The caption whose layouts show a caption's scene: a scene captioned from the right is that of the same
/// caption from the left.
pub(crate) fn scene(caption: Caption) -> Caption {
    match caption {
        Caption::Pair(Relation::Right, x, y) => Caption::Pair(Relation::Left, y, x),
        other => other,
    }
}

/// What orders a caption's layouts.
pub(crate) fn layout_stream(caption: Caption) -> Stream {
    if matches!(caption, Caption::Single(_)) {
        Stream::SingleLayouts
    } else {
        Stream::PairLayouts
    }
}

/// Every layout of a config's captions, and the order in which each caption trains on them.
#[derive(Clone, Debug)]
pub struct Layouts {
    config: ValidConfig,
    left: Vec<Layout>,
    above: Vec<Layout>,
}

impl Layouts {
    /// The layouts of a config.
    pub fn new(config: &ValidConfig) -> Layouts {
        let above = if config.above {
            layouts(config, Relation::Above)
        } else {
            Vec::new()
        };
        Layouts {
            left: layouts(config, Relation::Left),
            above,
            config: config.clone(),
        }
    }

    /// How many layouts of a caption there are, and how many of them are trained on: the first, in the order
    /// of rank.
    pub fn counts(&self, caption: Caption) -> (u32, u32) {
        match caption {
            Caption::Single(_) => (self.config.pixels, self.config.single_layouts),
            _ => (self.left.len() as u32, self.config.pair_layouts),
        }
    }

    /// The strip `[pixels]` that shows a caption's objects in its `rank`-th layout.
    pub fn strip(&self, caption: Caption, rank: u32) -> Vec<u32> {
        let mut strip = vec![0; self.config.pixels as usize];
        self.show(caption, rank, &mut strip);
        strip
    }

    /// The same, on an empty strip `[pixels]`.
    pub fn show(&self, caption: Caption, rank: u32, strip: &mut [u32]) {
        let caption = scene(caption);
        let (all, _) = self.counts(caption);
        let key = key(
            self.config.seed,
            layout_stream(caption),
            caption_index(&self.config, caption),
        );
        let place = permute(rank, all, key) as usize;
        if let Caption::Single(x) = caption {
            strip[place] = x;
            return;
        }
        let list = if matches!(caption, Caption::Pair(Relation::Above, ..)) {
            &self.above
        } else {
            &self.left
        };
        for (label, at) in caption.labels().into_iter().zip(&list[place]) {
            strip[*at as usize] = label;
        }
    }
}

/// Whether a caption is true of a strip.
pub fn holds(config: &ValidConfig, strip: &[u32], caption: Caption) -> bool {
    let objects = strip.iter().filter(|p| **p > 0).count();
    let labels = caption.labels();
    let places: Vec<usize> = labels
        .iter()
        .filter_map(|x| strip.iter().position(|p| p == x))
        .collect();
    if objects != labels.len() || places.len() != labels.len() {
        return false;
    }
    let side = config.pixels.isqrt() as usize;
    let column = |at: usize| if config.grid { at % side } else { at };
    match caption {
        Caption::Single(_) => true,
        Caption::Pair(Relation::Left, ..) => column(places[0]) < column(places[1]),
        Caption::Pair(Relation::Right, ..) => column(places[0]) > column(places[1]),
        Caption::Pair(Relation::Above, ..) => places[0] / side < places[1] / side,
        Caption::Triple(_) => places.is_sorted(),
    }
}
