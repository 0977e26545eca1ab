//! What the shaders must know of a run, as WGSL text generated from the parameter table, the task and the
//! places in the buffers, so that nothing is kept in sync by hand. Textual constants: Safari mis-sizes arrays
//! sized by `override`.

use std::fmt::Write;

use super::layout::{Layout, RING, loss_parts};
use super::world::CAPTION_WORDS;
use crate::model::{NORM_EPS, Rows, TowerModel, TowerParams};
use crate::rng::{SHUFFLE_ROUNDS, Stream};
use crate::task::{CAPTION_LENGTH, relations, text_vocab};

/// The constants and per-tower functions that stand in front of every shader.
pub fn wgsl(layout: &Layout) -> String {
    let mut out = String::new();
    constants(layout, &mut out);
    towers(layout, &mut out);
    out
}

fn constants(layout: &Layout, out: &mut String) {
    let (config, towers) = (&layout.config, &layout.towers);
    let loss = layout
        .cells
        .iter()
        .find(|region| region.name == "loss")
        .expect("every layout has a loss");
    // The strip stands behind CLS, or first in an autoregressive run, where its tokens come after the words'.
    let (strip_at, background, caption_at) = if config.autoregressive {
        (0, text_vocab(config), config.pixels as usize)
    } else {
        (1, 0, 0)
    };
    for (name, value) in [
        ("POPULATION", layout.population),
        ("TOWERS", towers.len()),
        ("B", layout.batch),
        ("H", config.heads as usize),
        ("D4", config.d_model as usize / 4),
        ("E", towers[0].e),
        ("E4", towers[0].e.div_ceil(4)),
        ("K4", config.d_head() / 4),
        ("PIXELS", config.pixels as usize),
        ("STRIP_AT", strip_at),
        ("BACKGROUND", background),
        ("CAPTION_AT", caption_at),
        ("CAPTION_LENGTH", CAPTION_LENGTH),
        ("CAPTION_WORDS", CAPTION_WORDS),
        ("RELATIONS", relations(config).len()),
        ("LAYOUT_COUNT", config.layouts() as usize),
        (
            "LONGEST",
            towers.iter().map(|t| t.shape.length).fold(0, usize::max),
        ),
        (
            "MOST_ROWS",
            towers
                .iter()
                .map(|t| t.shape.rows().next_multiple_of(4))
                .fold(0, usize::max),
        ),
        ("PARAMS", layout.params),
        ("ROWS", layout.row_count),
        ("CELLS", layout.cell_count),
        ("BATCH", layout.token_count),
        ("QUERY", layout.tokens.1),
        ("RING", RING as usize),
        ("LOGIT_SCALE", layout.table.logit_scale.unwrap_or(0) / 4),
        ("LOSS", loss.towers[0].0),
        ("LOSS_PARTS", loss_parts(towers)),
        ("SINGLE_LAYOUTS", Stream::SingleLayouts as usize),
        ("PAIR_LAYOUTS", Stream::PairLayouts as usize),
        ("CAPTIONS", Stream::Captions as usize),
        ("LAYOUT", Stream::Layout as usize),
        ("RELATION", Stream::Relation as usize),
        ("SHUFFLE_ROUNDS", SHUFFLE_ROUNDS as usize),
        ("PAIRS", Rows::Pairs as usize),
        ("TOKENS", Rows::Tokens as usize),
        ("READS", Rows::Reads as usize),
    ] {
        let _ = writeln!(out, "const {name} = {value}u;");
    }
    let _ = writeln!(out, "const SCALE = {:?}f;", (config.d_head() as f32).powf(-0.5));
    let _ = writeln!(out, "const NORM_EPS = {:?}f;", NORM_EPS as f32);
}

fn towers(layout: &Layout, out: &mut String) {
    let mut by_tower = |name: &str, values: &[usize]| {
        let value = match values {
            [a, b] => format!("select({a}u, {b}u, tower == 1u)"),
            values => format!("{}u", values[0]),
        };
        let _ = writeln!(out, "fn {name}(tower: u32) -> u32 {{ return {value}; }}");
    };
    let mut shape = |name: &str, of: &dyn Fn(&TowerModel) -> usize| {
        by_tower(name, &layout.towers.iter().map(of).collect::<Vec<_>>())
    };
    shape("length", &|t| t.shape.length);
    shape("vocab", &|t| t.shape.vocab);
    shape("table_rows", &|t| t.shape.rows());
    shape("queries", &|t| t.shape.queries.len());
    shape("reads", &|t| t.shape.reads);
    shape("causal", &|t| usize::from(t.shape.causal));
    shape("pairs", &|t| t.shape.pairs.len());
    shape("read_token", &|t| t.shape.read_token as usize);
    let mut tensor =
        |name: &str, start: &dyn Fn(&TowerParams) -> usize| shape(name, &|t| start(&t.params) / 4);
    tensor("rows_offset", &|p| p.rows.start);
    tensor("query_weight", &|p| p.layers[0].query.weight.start);
    tensor("query_bias", &|p| p.layers[0].query.bias.start);
    tensor("key_weight", &|p| p.layers[0].key.weight.start);
    tensor("key_bias", &|p| p.layers[0].key.bias.start);
    tensor("value_weight", &|p| p.layers[0].value.weight.start);
    tensor("value_bias", &|p| p.layers[0].value.bias.start);
    tensor("output_weight", &|p| p.layers[0].output.weight.start);
    tensor("output_bias", &|p| p.layers[0].output.bias.start);
    tensor("projection", &|p| p.projection.start);
    by_tower("tokens_start", &layout.tokens.0);
    by_tower("pairs_start", &layout.world.pairs);
    by_tower("addresses_start", &layout.world.addresses);
    for (kind, regions) in [("rows", &layout.rows), ("cells", &layout.cells)] {
        for region in regions {
            by_tower(
                &format!("{}_{kind}", region.name),
                &region.towers.iter().map(|(start, _)| *start).collect::<Vec<_>>(),
            );
        }
    }
    // A dispatch over the towers that are computed by tables, or by graphs, counts those only.
    for (name, of) in [
        ("table_tower", &layout.by_tables),
        ("graph_tower", &layout.by_graphs),
    ] {
        let tower = if let [only] = of[..] {
            format!("{only}u")
        } else {
            "index".to_owned()
        };
        let _ = writeln!(out, "fn {name}(index: u32) -> u32 {{ return {tower}; }}");
    }
    let read_positions: Vec<String> = layout.towers.iter().map(read_position).collect();
    let read = if let [a, b] = &read_positions[..] {
        format!("select({a}, {b}, tower == 1u)")
    } else {
        read_positions[0].clone()
    };
    let _ = writeln!(
        out,
        "fn read_position(tower: u32, query: u32) -> u32 {{ return {read}; }}"
    );
}

/// The position that a tower's `query` reads, as an expression.
fn read_position(tower: &TowerModel) -> String {
    let queries = tower.shape.queries.iter().enumerate().skip(1);
    let first = format!("{}u", tower.shape.queries[0].position);
    queries.fold(first, |others, (q, query)| {
        format!("select({others}, {}u, query == {q}u)", query.position)
    })
}
