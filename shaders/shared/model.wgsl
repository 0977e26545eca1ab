// What every kernel sees. P models (dispatch z), two towers (0 vision, 1 text: dispatch y where a kernel serves
// both), B sequences, D d_model, H heads, K = D/H, E d_embed, T tokens, R = vocab + T table rows, Q queries.
// The constants in front of this file are generated from the parameter table (src/engine/gpu/constants.rs);
// offsets into vec4 buffers count vec4s. P is the slowest dimension of every buffer but `ring`.

struct Run {
    seed: u32,
    captions: u32,       // training captions
    pair_labels: u32,
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
}

@group(0) @binding(0) var<storage, read> runs: array<Run>;                  // [P]
@group(0) @binding(1) var<storage, read_write> params: array<vec4<f32>>;    // [P, PARAMS]
@group(0) @binding(2) var<storage, read_write> moments: array<vec4<f32>>;   // [P, 2, PARAMS]
@group(0) @binding(3) var<storage, read_write> grads: array<vec4<f32>>;     // [P, PARAMS]
@group(0) @binding(4) var<storage, read_write> batch: array<u32>;           // [next step, this step], then [P, BATCH]
@group(0) @binding(5) var<storage, read_write> rows: array<vec4<f32>>;      // [P, ROWS]: matrices whose rows are D or E wide
@group(0) @binding(6) var<storage, read_write> cells: array<f32>;           // [P, CELLS]: everything narrower
@group(0) @binding(7) var<storage, read_write> ring: array<f32>;            // [RING, P] losses

// Where a model's tokens begin; behind them, which query reads each caption.
fn tokens_at(model: u32, tower: u32, sequence: u32) -> u32 {
    return 2u + model * BATCH + select(0u, B * VISION_LENGTH, tower == 1u) + sequence * length(tower);
}

fn query_of(model: u32, tower: u32, sequence: u32) -> u32 {
    if (tower == 0u) {
        return 0u;
    }
    return batch[2u + model * BATCH + B * (VISION_LENGTH + TEXT_LENGTH) + sequence];
}

// Position and visible keys of a query: CLS stands first and sees all; EOT sees what stands before it.
fn read_position(tower: u32, query: u32) -> u32 {
    return select(0u, select(6u, 8u, query == 1u), tower == 1u);
}

fn visible_keys(tower: u32, query: u32) -> u32 {
    return select(VISION_LENGTH, read_position(1u, query) + 1u, tower == 1u);
}

fn scores_row(tower: u32, query: u32, head: u32) -> u32 {
    return (query * H + head) * table_rows(tower);
}

// The embedding E[token] + P[position] that a query reads, one vec4 of it.
fn read_embedding(model: u32, tower: u32, query: u32, column: u32) -> vec4<f32> {
    let at = model * PARAMS + rows_offset(tower);
    let position = vocab(tower) + read_position(tower, query);
    return params[at + read_token(tower) * D4 + column] + params[at + position * D4 + column];
}
