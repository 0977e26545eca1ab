//! The synthetic world as the shaders read it: one buffer of words, made from `crate::task` and never written
//! again.

use crate::config::Population;
use crate::model::TowerModel;
use crate::task::{
    Axis, CAPTION_LENGTH, Caption, all_captions, axis, caption_index, layout_stream, layouts, query, scene,
    stated_captions,
};

/// Objects a caption has room for.
const OBJECTS: usize = 3;
/// Words of a caption's row: its tokens, its query, then its scene: labels, layout list, key, stream.
pub const CAPTION_WORDS: usize = CAPTION_LENGTH + 1 + OBJECTS + 3;

/// Where a tower's lists begin in the world.
#[derive(Clone, Copy, Debug)]
pub struct TowerWorld {
    /// The (token, position) pairs that can occur: `position * vocab + token` each.
    pub pairs: usize,
    /// The map back, `[length, vocab]`.
    pub addresses: usize,
    /// The position that each query reads.
    pub positions: usize,
}

/// A population's world.
#[derive(Clone, Debug)]
pub struct World {
    /// The buffer: layout lists (a layout's positions are the bytes of a word), a row per caption, each
    /// tower's lists, each model's drawn captions.
    pub words: Vec<u32>,
    /// The towers' lists.
    pub towers: Vec<TowerWorld>,
    /// Per model, where its drawn captions begin: the place of the row that states each by each relation.
    pub drawn: Vec<u32>,
}

impl World {
    /// The world of a population, whose towers these are.
    pub fn new(configs: &Population, towers: &[TowerModel]) -> World {
        let config = configs.first();
        let mut words: Vec<u32> = (0..config.pixels).collect();
        let mut list = |axis| {
            let start = words.len() as u32;
            let packed = layouts(config, axis)
                .into_iter()
                .map(|l| l.iter().rev().fold(0, |word, position| word << 8 | position));
            words.extend(packed);
            start
        };
        let [along_columns, along_rows] = [Axis::Columns, Axis::Rows].map(&mut list);

        let rows = words.len();
        for caption in all_captions(config) {
            let (tokens, shown) = (caption.tokens(config.labels), scene(caption));
            let mut labels = shown.labels().to_vec();
            labels.resize(OBJECTS, 0);
            let list = match (shown, axis(shown)) {
                (Caption::Single(_), _) => 0,
                (_, Axis::Columns) => along_columns,
                (_, Axis::Rows) => along_rows,
            };
            words.extend(tokens);
            words.push(query(config, &tokens).expect("every caption ends where it is read"));
            words.extend(labels);
            words.extend([list, caption_index(config, shown), layout_stream(shown) as u32]);
        }
        let mut world = World {
            words,
            towers: Vec::new(),
            drawn: Vec::new(),
        };
        let mut append = |values: Vec<u32>| {
            let start = world.words.len();
            world.words.extend(values);
            start
        };
        for tower in towers {
            let address = |(token, position): &(u32, u32)| position * tower.shape.vocab as u32 + token;
            let pairs = append(tower.shape.pairs.iter().map(address).collect());
            let addresses = append(tower.addresses.pairs().to_vec());
            let positions = append(
                tower
                    .shape
                    .queries
                    .iter()
                    .map(|query| query.position as u32)
                    .collect(),
            );
            world.towers.push(TowerWorld {
                pairs,
                addresses,
                positions,
            });
        }
        for config in configs.iter() {
            world.drawn.push(world.words.len() as u32);
            let row = |caption| (rows + CAPTION_WORDS * caption_index(config, caption) as usize) as u32;
            world.words.extend(stated_captions(config).into_iter().map(row));
        }
        world
    }
}
