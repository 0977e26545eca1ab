//! Every kernel of the GPU engine (`shaders/`), each described once: see `describe`. Costs are of one model.
//! Offsets count floats from where a model's share of `floats` begins or, where it says so, its parameters;
//! tokens count words of `batch`.
//!
//! In a chain of loads, those of a loop that do not depend on each other count a fourth: compilers unroll it
//! by four.

use super::describe::{Stage, Struct, shader, shared, stage};
use super::plan::RING;
use crate::model::{NORM_EPS, Rows};
use crate::rng::{SHUFFLE_ROUNDS, Stream};
use crate::task::CAPTION_LENGTH;

/// Rounds of a loop's loads.
fn by_four(loads: u32) -> u64 {
    u64::from(loads.div_ceil(4))
}

shared! {
    /// One model's hyperparameters, and where its numbers begin.
    Run {
        seed: u32,
        /// Training captions.
        captions: u32,
        single_layouts: u32,
        pair_layouts: u32,
        max_scale: f32,
        beta1: f32,
        beta2: f32,
        eps: f32,
        weight_decay: f32,
        /// Its drawn captions, in `world`.
        drawn: u32,
        /// Its words of `batch`.
        batch: u32,
        /// Its share of `floats`.
        floats: u32,
        /// Its parameters, in `floats`.
        params: u32,
        /// Its first moments, in `moments`.
        first: u32,
        /// Its second moments.
        second: u32,
    }

    /// A matrix: where its numbers begin, and how far apart rows and columns lie.
    View {
        start: u32,
        row: u32,
        column: u32,
        /// 1 where it begins among the parameters.
        is_parameter: u32,
    }

    /// A tower's input, and where the rows of its arrays stand in it.
    Places {
        sequences: u32,
        length: u32,
        vocab: u32,
        /// Read places of a sequence.
        reads: u32,
        /// Queries that a sequence chooses from.
        queries: u32,
        /// 1 where a position sees only what stands before it and itself.
        causal: u32,
        /// Tokens `[B, length]`.
        tokens: u32,
        /// Each sequence's query `[B]`.
        asked: u32,
        /// In `world`, `position * vocab + token` of each pair.
        pairs: u32,
        /// In `world`, the map back `[length, vocab]`.
        addresses: u32,
        /// In `world`, the position that each query reads.
        positions: u32,
    }
}

stage! {
    /// Draws the batch.
    sample, "sample.wgsl", ["shared/rng.wgsl"] {
        sequences: u32,
        /// The tokens of what the strip stands in `[B, strip_length]`, where in it, and the token of an empty
        /// pixel.
        strips: u32, strip_length: u32, strip_at: u32, background: u32,
        /// The tokens of what the caption stands in, and where in it.
        texts: u32, text_length: u32, caption_at: u32,
        asked: u32,
        cls: u32,
        pixels: u32,
        layouts: u32,
        relations: u32,
    }
    sample: invocation(64) [sequences / 1], |_| 0, |_| 8, |_| 600;
}

stage! {
    /// The rows that the first layer reads.
    embed, "embed.wgsl", ["shared/places.wgsl"] {
        places: Places,
        rows: u32, table_rows: u32, width: u32,
        /// Among the parameters.
        table: u32,
        out: u32, d_out: u32, d_table: u32,
    }
    forward: invocation(64) [rows / 1, width / 1], |op| u64::from(op.rows * op.width), |_| 2, |_| 1;
    backward: invocation(64) [table_rows / 1, width / 1], |op| 2 * u64::from(op.rows * op.width),
        |op| 2 * by_four(op.places.vocab.max(op.places.length)), |_| 1;
}

stage! {
    /// A product of matrices.
    matmul, "matmul.wgsl", ["shared/tile.wgsl"] {
        rows: u32, columns: u32, depth: u32,
        a: View, b: View, out: View, bias: View, plus: View,
    }
    matmul: workgroup(64) [rows / 32, columns / 32],
        |op| 2 * u64::from(op.rows) * u64::from(op.columns) * u64::from(op.depth),
        |op| u64::from(op.depth.div_ceil(32)) + 1, |op| u64::from(op.depth);
}

stage! {
    /// Sums over rows.
    columns, "columns.wgsl", [] {
        rows: u32, columns: u32,
        a: u32, b: u32,
        /// 1 where `a` is multiplied by `b`.
        is_product: u32,
        out: u32,
    }
    columns: workgroup(256) [columns / 16],
        |op| u64::from(op.rows * op.columns), |op| by_four(op.rows.div_ceil(16)), |_| 16;
}

stage! {
    /// Layer norm.
    norm, "norm.wgsl", ["shared/reduce.wgsl"] {
        rows: u32, width: u32,
        /// Among the parameters.
        weight: u32, bias: u32,
        x: u32, y: u32, scale: u32, out: u32, d_out: u32, d_x: u32,
        /// 1 where the gradient is added to.
        adds: u32,
    }
    forward: workgroup(64) [rows / 1],
        |op| 8 * u64::from(op.rows * op.width), |op| 3 * by_four(op.width.div_ceil(64)), |_| 12;
    backward: workgroup(64) [rows / 1],
        |op| 10 * u64::from(op.rows * op.width), |op| 2 * by_four(op.width.div_ceil(64)), |_| 12;
}

stage! {
    /// The exact GELU.
    gelu, "gelu.wgsl", [] {
        numbers: u32,
        x: u32, out: u32, d_out: u32, d_x: u32,
        adds: u32,
    }
    forward: invocation(64) [numbers / 1], |op| 20 * u64::from(op.numbers), |_| 1, |_| 20;
    backward: invocation(64) [numbers / 1], |op| 25 * u64::from(op.numbers), |_| 1, |_| 25;
}

stage! {
    /// The rows of `x` that stand where the rows of `out` do; backward, from `out` to `x`, both gradients.
    gather, "gather.wgsl", ["shared/places.wgsl", "shared/tile.wgsl"] {
        places: Places,
        rows: u32, x_rows: u32, width: u32,
        /// What the rows are (`Rows`).
        kind: u32, x_kind: u32,
        x: u32, out: u32,
        adds: u32,
    }
    forward: invocation(64) [rows / 1, width / 1], |_| 0, |_| 4, |_| 1;
    backward: workgroup(64) [x_rows / 32, width / 32],
        |op| 2 * u64::from(op.x_rows * op.width) * rows_met(&op.places, op.x_kind, op.kind),
        |op| 4 * rows_met(&op.places, op.x_kind, op.kind).div_ceil(32),
        |op| rows_met(&op.places, op.x_kind, op.kind);
}

stage! {
    /// Multi-head attention.
    attention, "attention.wgsl", ["shared/places.wgsl", "shared/tile.wgsl"] {
        places: Places,
        rows: u32, key_rows: u32, width: u32, heads: u32, head_width: u32,
        /// A head's columns in whole tiles, and all heads'.
        head_columns: u32, all_columns: u32,
        scale: f32,
        /// What the rows are (`Rows`).
        kind: u32, query_kind: u32, key_kind: u32,
        query: u32, key: u32, value: u32, out: u32, weights: u32,
        d_query: u32, d_out: u32, d_logits: u32,
        /// For keys: the gradient of `key` (1) or of `value` (0); weights or their gradient, what they
        /// multiply, the gradient.
        is_key: u32, given: u32, given_to: u32, d_keys: u32,
    }
    forward: workgroup(64) [rows / 1], |op| 4 * attended(op),
        |op| 2 + scores_each(op) * by_four(op.head_width) + columns_each(op) * by_four(op.places.length),
        |op| scores_each(op) * 2 * u64::from(op.places.length);
    backward: workgroup(64) [rows / 1], |op| 4 * attended(op),
        |op| {
            let products = scores_each(op) * (by_four(op.head_width) + by_four(op.places.length));
            2 + products + columns_each(op) * by_four(op.places.length)
        },
        |op| scores_each(op) * u64::from(op.places.length);
    keys: workgroup(64) [key_rows / 32, all_columns / 32],
        |op| 2 * u64::from(op.key_rows * op.width) * rows_met(&op.places, op.key_kind, op.kind),
        |op| 6 * rows_met(&op.places, op.key_kind, op.kind).div_ceil(32),
        |op| rows_met(&op.places, op.key_kind, op.kind);
}

/// Rows of an array of `kind` that a tile of 32 rows of another kind meets.
fn rows_met(places: &Places, of: u32, kind: u32) -> u64 {
    let slots = |kind: u32| {
        if kind == Rows::Reads as u32 {
            places.reads
        } else {
            places.length
        }
    };
    let sequences = if [Rows::Pairs, Rows::ReadPairs]
        .map(|rows| rows as u32)
        .contains(&of)
    {
        places.sequences
    } else {
        places.sequences.min(32u32.div_ceil(slots(of)) + 1)
    };
    u64::from(sequences * slots(kind))
}

/// Products of a query's number with a key's, all heads.
fn attended(op: &attention::Op) -> u64 {
    u64::from(op.rows * op.width * op.places.length)
}

/// Scores of one of 64 invocations.
fn scores_each(op: &attention::Op) -> u64 {
    u64::from((op.heads * op.places.length).div_ceil(64))
}

/// Columns of one of 64 invocations.
fn columns_each(op: &attention::Op) -> u64 {
    u64::from(op.width.div_ceil(64))
}

stage! {
    /// The contrastive loss, of one tower.
    contrast, "contrast.wgsl", ["shared/reduce.wgsl"] {
        sequences: u32, width: u32,
        /// Among the parameters.
        logit_scale: u32,
        z: u32, unit: u32, length: u32,
        cosines: u32, lse: u32, other_lse: u32, loss: u32,
        d_cosines: u32, d_unit: u32, d_z: u32, along: u32,
    }
    normalise: workgroup(64) [sequences / 1],
        |op| 3 * u64::from(op.sequences * op.width), |op| 2 * by_four(op.width.div_ceil(64)), |_| 6;
    softmax: workgroup(64) [sequences / 1],
        |op| 10 * u64::from(op.sequences).pow(2), |op| 2 * by_four(op.sequences.div_ceil(64)), |_| 12;
    d_cosines: invocation(64) [sequences / 1, sequences / 1],
        |op| 24 * u64::from(op.sequences).pow(2), |_| 2, |_| 20;
    d_normalise: workgroup(64) [sequences / 1],
        |op| 5 * u64::from(op.sequences * op.width), |op| 2 * by_four(op.width.div_ceil(64)), |_| 6;
}

stage! {
    /// The loss of a Transformer that writes the caption.
    cross_entropy, "cross_entropy.wgsl", ["shared/reduce.wgsl", "shared/places.wgsl"] {
        places: Places,
        rows: u32, words: u32,
        logits: u32, d_logits: u32, loss: u32,
    }
    cross_entropy: workgroup(64) [rows / 1], |op| 20 * u64::from(op.rows * op.words),
        |op| by_four(op.places.sequences.div_ceil(64)) + 3 * by_four(op.words.div_ceil(64)), |_| 18;
}

stage! {
    /// The step's loss, and the gradient of the logit scale.
    report, "report.wgsl", ["shared/reduce.wgsl"] {
        /// 1.
        reports: u32,
        loss: u32, losses: u32,
        /// Parts of the logit scale's gradient; none without one.
        along: u32, sequences: u32,
        /// Among the parameters.
        logit_scale: u32,
        d_logit_scale: u32,
    }
    report: workgroup(64) [reports / 1],
        |op| u64::from(op.losses + op.sequences),
        |op| by_four(op.losses.div_ceil(64)) + by_four(op.sequences.div_ceil(64)), |_| 12;
}

stage! {
    /// The optimiser.
    adamw, "adamw.wgsl", [] {
        params: u32,
        gradients: u32,
    }
    adamw: invocation(64) [params / 1], |op| 12 * u64::from(op.params), |_| 1, |_| 12;
}

/// Every shader; a run compiles those it dispatches.
pub const STAGES: [&Stage; 12] = [
    &sample::STAGE,
    &embed::STAGE,
    &matmul::STAGE,
    &columns::STAGE,
    &norm::STAGE,
    &gelu::STAGE,
    &gather::STAGE,
    &attention::STAGE,
    &contrast::STAGE,
    &cross_entropy::STAGE,
    &report::STAGE,
    &adamw::STAGE,
];

/// The structs that every shader sees.
pub const STRUCTS: [Struct; 3] = [Run::STRUCT, View::STRUCT, Places::STRUCT];

/// A whole shader: constants, structs and buffers that all share, then the stage.
pub fn source(stage: &Stage) -> String {
    let constants = [
        ("PAIRS", Rows::Pairs as u32),
        ("READ_PAIRS", Rows::ReadPairs as u32),
        ("TOKENS", Rows::Tokens as u32),
        ("READS", Rows::Reads as u32),
        ("RING", RING),
        ("SHUFFLE_ROUNDS", SHUFFLE_ROUNDS),
        ("CAPTION_LENGTH", CAPTION_LENGTH as u32),
        ("SINGLE_LAYOUTS", Stream::SingleLayouts as u32),
        ("CAPTIONS", Stream::Captions as u32),
        ("LAYOUT", Stream::Layout as u32),
        ("RELATION", Stream::Relation as u32),
    ];
    let constants: String = constants
        .map(|(name, value)| format!("const {name} = {value}u;\n"))
        .concat();
    let eps = format!("const NORM_EPS = {:?}f;\n", NORM_EPS as f32);
    let [run, view, places] = STRUCTS.map(|shared| shared.wgsl);
    stage.wgsl(&[&constants, &eps, run, view, places, shader!("shared/model.wgsl")])
}
