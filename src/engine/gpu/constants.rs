//! What the shaders must know of a config, as WGSL text generated from the parameter table and the regions of the
//! two work buffers, so that nothing is kept in sync by hand. Textual constants: Safari mis-sizes arrays sized by `override`.

use std::fmt::Write;

use crate::config::Config;
use crate::params::{ParamTable, TowerParams};
use crate::task::{CAPTION_LENGTH, TowerShape, tower_shapes};

/// Losses kept on the device until they are read.
pub const RING: u32 = 64;

/// Where a named array lies in a model's share of `rows` (in vec4s) or `cells` (in floats).
#[derive(Clone, Debug)]
pub struct Region {
    /// Its name in the shaders: `<name>_rows(tower)` or `<name>_cells(tower)`.
    pub name: &'static str,
    /// Per tower: start and length, in the buffer's elements.
    pub towers: [(usize, usize); 2],
}

/// The shape of every buffer of one model.
#[derive(Clone, Debug)]
pub struct Layout {
    /// Sequences allocated: the batch, rounded up to a tile of four.
    pub batch: usize,
    /// Arrays of `rows`.
    pub rows: Vec<Region>,
    /// Arrays of `cells`.
    pub cells: Vec<Region>,
    /// vec4s of `rows`.
    pub row_count: usize,
    /// Floats of `cells`.
    pub cell_count: usize,
    /// Words of tokens and queries.
    pub token_count: usize,
    /// vec4s of parameters.
    pub params: usize,
    /// Table rows and queries of either tower.
    pub towers: [(usize, usize); 2],
}

/// The shapes of both towers; an autoregressive run's one tower stands for both.
fn both(config: &Config) -> [TowerShape; 2] {
    let shapes = tower_shapes(config);
    [shapes[0].clone(), shapes[shapes.len() - 1].clone()]
}

fn regions(sizes: &[(&'static str, [usize; 2])]) -> (Vec<Region>, usize) {
    let mut next = 0;
    let mut place = |len: usize| {
        let start = next;
        next += len;
        (start, len)
    };
    let regions = sizes.iter().map(|(name, lens)| Region { name, towers: lens.map(&mut place) }).collect();
    (regions, next)
}

impl Layout {
    /// The buffers of a checked config.
    pub fn new(config: &Config) -> Layout {
        let shapes = both(config);
        let towers = shapes.each_ref().map(|s| (s.rows(), s.queries.len()));
        let (d, e, h) = (config.d_model as usize / 4, config.d_embed as usize / 4, config.heads as usize);
        let b = (config.batch as usize).next_multiple_of(4);
        let of = |f: &dyn Fn(usize, usize) -> usize| towers.map(|(r, q)| f(r, q));
        let (rows, row_count) = regions(&[
            ("key", of(&|r, _| r * d)),
            ("value", of(&|r, _| r * d)),
            ("query", of(&|_, q| q * d)),
            ("attended", of(&|_, _| b * d)),
            ("residual", of(&|_, _| b * d)),
            ("embedding", of(&|_, _| b * e)),
            ("d_embedding", of(&|_, _| b * e)),
            ("d_residual", of(&|_, _| b * d)),
            ("d_attended", of(&|_, _| b * d)),
            ("d_key", of(&|r, _| r * d)),
            ("d_value", of(&|r, _| r * d)),
            ("d_query", of(&|_, q| q * d)),
        ]);
        // Arrays over both towers stand in the first tower's place.
        let (cells, cell_count) = regions(&[
            ("score", of(&|r, q| q * h * r)),
            ("mass", of(&|r, _| b * h * r)),
            ("length", of(&|_, _| b)),
            ("d_mass", of(&|r, _| b * h * r)),
            ("d_score", of(&|r, q| q * h * r)),
            ("logits", [b * b, 0]),
            ("lse", [2 * b, 0]),
            ("loss", [2 * b, 0]),
            ("scale_part", [2 * b, 0]),
        ]);
        let token_count = b * (1 + config.pixels as usize + CAPTION_LENGTH + 1);
        let params = ParamTable::new(config).len / 4;
        Layout { batch: b, rows, cells, row_count, cell_count, token_count, params, towers }
    }
}

/// The constants and per-tower functions that stand in front of every shader.
pub fn wgsl(config: &Config, layout: &Layout) -> String {
    let table = ParamTable::new(config);
    let [vision, text] = both(config);
    let mut out = String::new();
    let mut constant = |name: &str, value: usize| {
        let _ = writeln!(out, "const {name} = {value}u;");
    };
    constant("B", layout.batch);
    constant("H", config.heads as usize);
    constant("D4", config.d_model as usize / 4);
    constant("E4", config.d_embed as usize / 4);
    constant("K4", config.d_head() / 4);
    constant("LABELS", config.labels as usize);
    constant("PIXELS", config.pixels as usize);
    constant("VISION_LENGTH", vision.length);
    constant("TEXT_LENGTH", text.length);
    constant("LONGEST", vision.length.max(text.length));
    constant("PARAMS", layout.params);
    constant("ROWS", layout.row_count);
    constant("CELLS", layout.cell_count);
    constant("BATCH", layout.token_count);
    constant("RING", RING as usize);
    constant("LOGIT_SCALE", table.logit_scale.unwrap_or(0) / 4);
    for (name, region) in ["LOGITS", "LSE", "LOSS", "SCALE_PART"].iter().zip(&layout.cells[layout.cells.len() - 4..]) {
        constant(name, region.towers[0].0);
    }
    let _ = writeln!(out, "const SCALE = {:?}f;", (config.d_head() as f32).powf(-0.5));

    let mut by_tower = |name: &str, [a, b]: [usize; 2]| {
        let _ = writeln!(out, "fn {name}(tower: u32) -> u32 {{ return select({a}u, {b}u, tower == 1u); }}");
    };
    by_tower("length", [vision.length, text.length]);
    by_tower("vocab", [vision.vocab, text.vocab]);
    by_tower("table_rows", [vision.rows(), text.rows()]);
    by_tower("queries", [vision.queries.len(), text.queries.len()]);
    by_tower("read_token", [vision.read_token as usize, text.read_token as usize]);
    let mut tensor = |name: &str, start: &dyn Fn(&TowerParams) -> usize| {
        by_tower(name, [&table.towers[0], &table.towers[table.towers.len() - 1]].map(|t| start(t) / 4));
    };
    tensor("rows_offset", &|t| t.rows.start);
    tensor("query_weight", &|t| t.layers[0].query.weight.start);
    tensor("query_bias", &|t| t.layers[0].query.bias.start);
    tensor("key_weight", &|t| t.layers[0].key.weight.start);
    tensor("key_bias", &|t| t.layers[0].key.bias.start);
    tensor("value_weight", &|t| t.layers[0].value.weight.start);
    tensor("value_bias", &|t| t.layers[0].value.bias.start);
    tensor("output_weight", &|t| t.layers[0].output.weight.start);
    tensor("output_bias", &|t| t.layers[0].output.bias.start);
    tensor("projection", &|t| t.projection.start);
    for region in &layout.rows {
        by_tower(&format!("{}_rows", region.name), region.towers.map(|(start, _)| start));
    }
    for region in layout.cells.iter().take(5) {
        by_tower(&format!("{}_cells", region.name), region.towers.map(|(start, _)| start));
    }
    out
}
