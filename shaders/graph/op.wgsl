// What every operation of a graph sees (src/model/graph.rs): one `Op` (src/engine/gpu/operations.rs), and where the rows
// of arrays stand in the batch. An array's rows are PAIRS (the (token, position) pairs that can occur), TOKENS (every
// token of every sequence) or READS (the read places of every sequence). Sequences that only pad the batch have no rows.
// An array [rows, width] and its gradient lie in `rows`; backward adds to a gradient or, coming first, sets it.

struct Array {
    start: u32,     // in a model's share of `rows`
    gradient: u32,
    rows: u32,      // PAIRS, TOKENS or READS
    adds: u32,      // 1 where another operation has set the gradient before
}

struct Op {
    inputs: array<Array, 3>,
    out: Array,
    input_count: u32,
    tower: u32,
    width: u32,     // vec4s of a row of the first input
    outputs: u32,   // vec4s of a row of the output
    weight: u32,    // in a model's share of `params`
    bias: u32,
    keys: u32,      // 1 for keys, whose bias has no gradient
    cells: u32,     // attention weights [rows, H, length] or a norm's moments [rows, 2], in a model's share of `cells`
    d_cells: u32,   // the gradient of the attention logits
}

@group(1) @binding(0) var<uniform> op: Op;

const NOWHERE = 0xffffffffu;

// Rows in use.
fn row_count(model: u32, rows_of: u32) -> u32 {
    if (rows_of == PAIRS) {
        return pairs(op.tower);
    }
    return runs[model].batch * slots(rows_of);
}

// Rows that a sequence has of its own.
fn slots(rows_of: u32) -> u32 {
    return select(length(op.tower), reads(op.tower), rows_of == READS);
}

// The position of one of them.
fn slot_position(model: u32, rows_of: u32, sequence: u32, slot: u32) -> u32 {
    if (rows_of == READS) {
        return read_position(op.tower, select(query_of(model, op.tower, sequence), slot, reads(op.tower) > 1u));
    }
    return slot;
}

// The row that stands at a position of a sequence, or NOWHERE: read places do not stand at every position.
fn row_at(model: u32, rows_of: u32, sequence: u32, position: u32) -> u32 {
    if (rows_of == PAIRS) {
        let token = batch[tokens_at(model, op.tower, sequence) + position];
        return world[addresses_start(op.tower) + position * vocab(op.tower) + token];
    }
    if (rows_of == TOKENS) {
        return sequence * length(op.tower) + position;
    }
    for (var slot = 0u; slot < reads(op.tower); slot++) {
        if (slot_position(model, READS, sequence, slot) == position) {
            return sequence * reads(op.tower) + slot;
        }
    }
    return NOWHERE;
}

// The sequences that a row can stand in: a pair in any, a token or read place in its own.
fn first_sequence(rows_of: u32, row: u32) -> u32 {
    return select(row / slots(rows_of), 0u, rows_of == PAIRS);
}

fn end_sequence(model: u32, rows_of: u32, row: u32) -> u32 {
    return select(row / slots(rows_of) + 1u, runs[model].batch, rows_of == PAIRS);
}

// Where a row stands in one of those sequences, or NOWHERE.
fn position_in(model: u32, rows_of: u32, row: u32, sequence: u32) -> u32 {
    if (rows_of == PAIRS) {
        let pair = world[pairs_start(op.tower) + row];
        let position = pair / vocab(op.tower);
        let token = batch[tokens_at(model, op.tower, sequence) + position];
        return select(NOWHERE, position, token == pair % vocab(op.tower));
    }
    return slot_position(model, rows_of, sequence, row % slots(rows_of));
}

// One vec4 of an array's gradient, `at` vec4s from its start.
fn give(model: u32, input: Array, at: u32, value: vec4<f32>) {
    let place = model * ROWS + input.gradient + at;
    if (input.adds == 1u) {
        rows[place] += value;
    } else {
        rows[place] = value;
    }
}
