// The rows of x that stand where the rows of out do (src/engine/cpu/graph/gather.rs): pairs to tokens, and
// tokens or pairs to read places.
//   forward   out[row] = x[what stands there], or out[row] plus it
//   backward  dx[row] = sum of d_out over where it stands
// Reads batch, world, x [x_rows, width], d_out; writes out [rows, width], d_x. Forward an invocation per
// number; backward a product with ones and zeros, in tiles (shared/tile.wgsl): 2 x_rows rows width FLOPs for
// pairs, less for the others.

// The row of x that stands where a row of out does.
fn source(model: u32, op: Op, row: u32) -> u32 {
    let own = slots(op.places, op.kind);
    let sequence = row / own;
    let position = slot_position(model, op.places, op.kind, sequence, row % own);
    return row_at(model, op.places, op.x_kind, sequence, position);
}

@compute @workgroup_size(forward_lanes)
fn forward(here: Workgroup, @builtin(local_invocation_index) lane: u32) {
    let model = model_of(here);
    let op = ops[op_of(here)];
    let at = forward_at(op, here, lane);
    if (at.x >= op.rows) {
        return;
    }
    let out = runs[model].floats + op.out + at.x * op.width + at.y;
    let x = runs[model].floats + op.x + source(model, op, at.x) * op.width + at.y;
    floats[out] = select(0.0, floats[out], op.adds == 1u) + floats[x];
}

@compute @workgroup_size(backward_lanes)
fn backward(here: Workgroup, @builtin(local_invocation_index) lane: u32) {
    let model = model_of(here);
    let op = ops[op_of(here)];
    let first = backward_at(op, here, lane);
    if (first.x >= op.x_rows) {
        return;
    }
    let at = runs[model].floats;
    let met = rows_met(op.places, first.x, op.x_rows, op.x_kind, op.kind);
    var sum = mat4x4<f32>();
    for (var k = met.x; k < met.y; k += TILE) {
        // An invocation fills half a column of the one tile and of the other.
        let row = k + lane % TILE;
        var stands = NOWHERE;
        if (row < met.y) {
            stands = source(model, op, row);
        }
        for (var i = lane / TILE; i < TILE; i += 2u) {
            a_tile[i * STRIDE + lane % TILE] = select(0.0, 1.0, stands == first.x + i);
            let column = first.y + lane % TILE;
            var y = 0.0;
            if (k + i < met.y && column < op.width) {
                y = floats[at + op.out + (k + i) * op.width + column];
            }
            b_tile[i * STRIDE + lane % TILE] = y;
        }
        sum += tile_product(lane);
    }
    let d_x = Target(at + op.x, op.width, vec2<u32>(op.x_rows, op.width), first);
    store_tile(lane, sum, d_x, op.adds == 1u);
}
