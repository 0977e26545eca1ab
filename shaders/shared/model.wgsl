// What every kernel sees. P models (dispatch z), T towers (0 vision, 1 text, or the one of an autoregressive run: dispatch
// y where a kernel serves all), B sequences, D d_model, H heads, K = D/H, E d_embed or words, R = vocab + length table
// rows, Q queries. The constants in front of this file are generated (src/engine/gpu/constants.rs); offsets into vec4
// buffers count vec4s. P is the slowest dimension of every buffer but `ring`.

struct Run {
    seed: u32,
    captions: u32,       // training captions
    single_layouts: u32,
    pair_layouts: u32,
    batch: u32,          // sequences in use, at most B
    warmup: u32,
    max_scale: f32,
    lr: f32,
    beta1: f32,
    beta2: f32,
    eps: f32,
    weight_decay: f32,
    drawn: u32,          // where its drawn captions begin in `world`
    params: u32,         // where this step's parameters begin in `rows`
    @size(8) updated: u32, // and where the next step's do
}

@group(0) @binding(0) var<uniform> runs: array<Run, POPULATION>;            // [P]
// Matrices whose rows are vec4s [P, ROWS], then the parameters twice [2, P, PARAMS]: a step reads one half and writes the other.
@group(0) @binding(1) var<storage, read_write> rows: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> moments: array<vec4<f32>>;   // [P, 2, PARAMS]
@group(0) @binding(3) var<storage, read_write> batch: array<u32>;           // [steps done, this step], then [P, BATCH]
@group(0) @binding(4) var<storage, read_write> cells: array<f32>;           // [P, CELLS]: everything narrower
@group(0) @binding(5) var<storage, read_write> ring: array<f32>;            // [RING, P] losses
@group(0) @binding(6) var<storage, read> world: array<u32>;                 // captions, layouts, pairs (src/engine/gpu/world.rs)

// Where a sequence's tokens begin.
fn tokens_at(model: u32, tower: u32, sequence: u32) -> u32 {
    return 2u + model * BATCH + tokens_start(tower) + sequence * length(tower);
}

// Which query reads a sequence; in an autoregressive run, how many words it writes.
fn query_of(model: u32, tower: u32, sequence: u32) -> u32 {
    if (queries(tower) == 1u) {
        return 0u;
    }
    return batch[2u + model * BATCH + QUERY + sequence];
}

// Keys that a position sees: all, or what stands before it and itself.
fn visible_keys(tower: u32, position: u32) -> u32 {
    return select(length(tower), position + 1u, causal(tower) == 1u);
}

// Where a query's and a head's scores begin.
fn scores_row(tower: u32, query: u32, head: u32) -> u32 {
    return (query * H + head) * table_rows(tower);
}

// Where a sequence's and a head's mass begins.
fn mass_row(model: u32, tower: u32, sequence: u32, head: u32) -> u32 {
    return model * CELLS + mass_cells(tower) + (sequence * H + head) * table_rows(tower);
}

// The embedding E[token] + P[position] that a query reads, one vec4 of it.
fn read_embedding(model: u32, tower: u32, query: u32, column: u32) -> vec4<f32> {
    let at = runs[model].params + rows_offset(tower);
    let position = vocab(tower) + read_position(tower, query);
    return rows[at + read_token(tower) * D4 + column] + rows[at + position * D4 + column];
}

// Four of it.
fn four_read_embeddings(model: u32, tower: u32, query: u32, column: vec4<u32>) -> mat4x4<f32> {
    let at = runs[model].params + rows_offset(tower);
    let position = vocab(tower) + read_position(tower, query);
    return columns_of(at + read_token(tower) * D4, column) + columns_of(at + position * D4, column);
}

// What the residual stream holds at the read place before attention adds to it, with the output bias.
fn read_stream(model: u32, tower: u32, query: u32, column: u32) -> vec4<f32> {
    return read_embedding(model, tower, query, column) + rows[runs[model].params + output_bias(tower) + column];
}

// Four of it.
fn four_read_streams(model: u32, tower: u32, query: u32, column: vec4<u32>) -> mat4x4<f32> {
    return four_read_embeddings(model, tower, query, column) + columns_of(runs[model].params + output_bias(tower), column);
}

// Four cells, `stride` apart.
fn four_cells(at: u32, stride: u32) -> vec4<f32> {
    return vec4<f32>(cells[at], cells[at + stride], cells[at + 2u * stride], cells[at + 3u * stride]);
}

// Four cells in a row.
fn read_cells(at: u32) -> vec4<f32> {
    return four_cells(at, 1u);
}

fn write_cells(at: u32, value: vec4<f32>) {
    cells[at] = value.x;
    cells[at + 1u] = value.y;
    cells[at + 2u] = value.z;
    cells[at + 3u] = value.w;
}
