// The rows that the first layer reads (src/engine/cpu/graph/embed.rs):
//   forward   out[pair] = E[token] + P[position]
//   backward  dE[token] = sum of d_out over its positions,  dP[position] = sum of d_out over its tokens
// Reads world, parameters: E and, behind it, P [vocab + length, D]; writes out [pairs, D], d_table [vocab +
// length, D]. One invocation per number.

@compute @workgroup_size(forward_lanes)
fn forward(here: Workgroup, @builtin(local_invocation_index) lane: u32) {
    let model = model_of(here);
    let op = ops[op_of(here)];
    let at = forward_at(op, here, lane);
    if (at.x >= op.rows) {
        return;
    }
    let pair = world[op.places.pairs + at.x];
    let table = runs[model].params + op.table + at.y;
    let token = floats[table + (pair % op.places.vocab) * op.width];
    let position = floats[table + (op.places.vocab + pair / op.places.vocab) * op.width];
    floats[runs[model].floats + op.out + at.x * op.width + at.y] = token + position;
}

@compute @workgroup_size(backward_lanes)
fn backward(here: Workgroup, @builtin(local_invocation_index) lane: u32) {
    let model = model_of(here);
    let op = ops[op_of(here)];
    let at = backward_at(op, here, lane);
    if (at.x >= op.table_rows) {
        return;
    }
    // A token's pairs stand `vocab` apart in the map of addresses, a position's side by side.
    let vocab = op.places.vocab;
    let is_token = at.x < vocab;
    let first = select((at.x - vocab) * vocab, at.x, is_token);
    let step = select(1u, vocab, is_token);
    let count = select(vocab, op.places.length, is_token);
    let d_out = runs[model].floats + op.d_out + at.y;
    var sum = 0.0;
    for (var i = 0u; i < count; i++) {
        let pair = world[op.places.addresses + first + i * step];
        if (pair != NOWHERE) {
            sum += floats[d_out + pair * op.width];
        }
    }
    floats[runs[model].floats + op.d_table + at.x * op.width + at.y] = sum;
}
