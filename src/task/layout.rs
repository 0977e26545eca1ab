//! Layouts: where the objects of a scene stand, which of them a run trains on, and what is then true.

use super::{Axis, Caption, caption_index};
use crate::config::ValidConfig;
use crate::rng::{Stream, key, permute};

/// Where objects stand, in the order a caption names them.
pub type Layout = Vec<u32>;

/// Whether the first of two positions stands before the second along an axis.
fn is_before(config: &ValidConfig, axis: Axis, a: u32, b: u32) -> bool {
    let side = config.pixels.isqrt();
    match (config.grid, axis) {
        (false, _) => a < b,
        (true, Axis::Columns) => a % side < b % side,
        (true, Axis::Rows) => a / side < b / side,
    }
}

/// The layouts of objects in their order along an axis, lexicographic.
pub fn layouts(config: &ValidConfig, axis: Axis) -> Vec<Layout> {
    let p = config.pixels;
    let before = |a: u32, b: u32| is_before(config, axis, a, b);
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

/// The caption whose layouts show a caption's scene, its objects in their order: a scene captioned from the
/// right is that of the same caption from the left.
pub(crate) fn scene(caption: Caption) -> Caption {
    match caption {
        Caption::Pair(relation, x, y) if relation.is_turned() => Caption::Pair(relation.straight(), y, x),
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
    columns: Vec<Layout>,
    rows: Vec<Layout>,
}

/// The axis along which a caption orders its objects.
pub(crate) fn axis(caption: Caption) -> Axis {
    match caption {
        Caption::Pair(relation, ..) => relation.axis(),
        Caption::Single(_) | Caption::Triple(_) => Axis::Columns,
    }
}

impl Layouts {
    /// The layouts of a config.
    pub fn new(config: &ValidConfig) -> Layouts {
        Layouts {
            columns: layouts(config, Axis::Columns),
            rows: layouts(config, Axis::Rows),
            config: config.clone(),
        }
    }

    /// How many layouts of a caption there are, and how many of them are trained on: the first, in the order
    /// of rank.
    pub fn counts(&self, caption: Caption) -> (u32, u32) {
        match caption {
            Caption::Single(_) => (self.config.pixels, self.config.single_layouts),
            _ => (self.columns.len() as u32, self.config.pair_layouts),
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
        let list = match axis(caption) {
            Axis::Columns => &self.columns,
            Axis::Rows => &self.rows,
        };
        for (label, at) in caption.labels().into_iter().zip(&list[place]) {
            strip[*at as usize] = label;
        }
    }
}

/// Whether a caption is true of a strip.
pub fn holds(config: &ValidConfig, strip: &[u32], caption: Caption) -> bool {
    let objects = strip.iter().filter(|p| **p > 0).count();
    let caption = scene(caption);
    let labels = caption.labels();
    let places: Vec<u32> = labels
        .iter()
        .filter_map(|x| strip.iter().position(|p| p == x))
        .map(|place| place as u32)
        .collect();
    let in_order = |pair: &[u32]| is_before(config, axis(caption), pair[0], pair[1]);
    objects == labels.len() && places.len() == labels.len() && places.windows(2).all(in_order)
}
