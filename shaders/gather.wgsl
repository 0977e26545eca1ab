// The rows of x that stand where the rows of out do (src/engine/cpu/graph/gather.rs): pairs to tokens, and tokens or pairs to
// read places.
//   forward   out[row] = x[what stands there], or out[row] plus it
//   backward  dx[row] = sum of d_out over where it stands
// Reads batch, world, x [x_rows, width], d_out; writes out [rows, width], d_x. Forward an invocation per number; backward a
// workgroup per row of x and 16 columns (shared/columns.wgsl), whose lanes share the sequences.

@compute @workgroup_size(forward_lanes)
fn forward(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let model = model_of(group);
    let op = ops[op_of(group)];
    let at = forward_at(op, group, groups, lane);
    if (at.x >= op.rows) {
        return;
    }
    let own = slots(op.places, op.kind);
    let sequence = at.x / own;
    let position = slot_position(model, op.places, op.kind, sequence, at.x % own);
    let source = row_at(model, op.places, op.x_kind, sequence, position);
    let out = runs[model].floats + op.out + at.x * op.width + at.y;
    floats[out] = select(0.0, floats[out], op.adds == 1u) + floats[runs[model].floats + op.x + source * op.width + at.y];
}

@compute @workgroup_size(backward_lanes)
fn backward(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) invocation: u32) {
    let model = model_of(group);
    let op = ops[op_of(group)];
    let at = backward_at(op, group, groups, invocation);
    if (at.x >= op.x_rows) {
        return;
    }
    let column = at.y + invocation % COLUMNS;
    let first = first_sequence(op.places, op.x_kind, at.x);
    let end = first + sequence_count(op.places, op.x_kind);
    var sum = 0.0;
    if (column < op.width) {
        for (var sequence = first + invocation / COLUMNS; sequence < end; sequence += SUM_LANES) {
            let position = position_in(model, op.places, op.x_kind, at.x, sequence);
            if (position == NOWHERE) {
                continue;
            }
            let target_row = row_at(model, op.places, op.kind, sequence, position);
            if (target_row != NOWHERE) {
                sum += floats[runs[model].floats + op.out + target_row * op.width + column];
            }
        }
    }
    let total = sum_over_lanes(invocation, sum);
    if (invocation < COLUMNS && column < op.width) {
        let d_x = runs[model].floats + op.x + at.x * op.width + column;
        floats[d_x] = select(0.0, floats[d_x], op.adds == 1u) + total;
    }
}
