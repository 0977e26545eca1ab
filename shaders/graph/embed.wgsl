// The rows that the first layer reads (src/engine/cpu/graph/embed.rs):
//   forward   out[pair] = E[token] + P[position]
//   backward  dE[token] = sum of d_out over its positions,  dP[position] = sum of d_out over its tokens
// Reads params, world; writes rows: out [pairs, D]; learns: token and position embeddings [vocab + length, D].
// One invocation per vec4.

@compute @workgroup_size(64)
fn forward(@builtin(global_invocation_id) id: vec3<u32>) {
    let model = id.z;
    let column = id.x % D4;
    let row = id.x / D4;
    if (row >= pairs(op.tower)) {
        return;
    }
    let pair = world[pairs_start(op.tower) + row];
    let embeddings = runs[model].params + rows_offset(op.tower) + column;
    let token = rows[embeddings + (pair % vocab(op.tower)) * D4];
    let position = rows[embeddings + (vocab(op.tower) + pair / vocab(op.tower)) * D4];
    rows[model * ROWS + op.out.start + id.x] = token + position;
}

@compute @workgroup_size(64)
fn backward(@builtin(global_invocation_id) id: vec3<u32>) {
    let model = id.z;
    let column = id.x % D4;
    let row = id.x / D4;
    if (row >= table_rows(op.tower)) {
        return;
    }
    // A token's pairs stand `vocab` apart in the map of addresses, a position's side by side.
    let is_token = row < vocab(op.tower);
    let first = select((row - vocab(op.tower)) * vocab(op.tower), row, is_token);
    let step = select(1u, vocab(op.tower), is_token);
    let count = select(vocab(op.tower), length(op.tower), is_token);
    var sum = vec4<f32>();
    for (var i = 0u; i < count; i++) {
        let pair = world[addresses_start(op.tower) + first + i * step];
        if (pair != NOWHERE) {
            sum += rows[model * ROWS + op.out.gradient + pair * D4 + column];
        }
    }
    learn_one(model, rows_offset(op.tower) + id.x, sum);
}
