// The rows of x that stand where the rows of out do (src/engine/cpu/graph/gather.rs): pairs to tokens, and tokens or
// pairs to read places.
//   forward   out[row] = x[what stands there]
//   backward  dx[row] = sum of d_out over the rows of out that gathered it
// Reads batch, world, rows: x [M, width]; writes rows: out [N, width], dx [M, width]. One invocation per vec4.

@compute @workgroup_size(64)
fn forward(@builtin(global_invocation_id) id: vec3<u32>) {
    let model = id.z;
    let column = id.x % op.width;
    let row = id.x / op.width;
    if (row >= row_count(model, op.out.rows)) {
        return;
    }
    let sequence = row / slots(op.out.rows);
    let position = slot_position(model, op.out.rows, sequence, row % slots(op.out.rows));
    let source = row_at(model, op.inputs[0].rows, sequence, position);
    rows[model * ROWS + op.out.start + id.x] = rows[model * ROWS + op.inputs[0].start + source * op.width + column];
}

@compute @workgroup_size(64)
fn backward(@builtin(global_invocation_id) id: vec3<u32>) {
    let model = id.z;
    let column = id.x % op.width;
    let row = id.x / op.width;
    let rows_of = op.inputs[0].rows;
    if (row >= row_count(model, rows_of)) {
        return;
    }
    var sum = vec4<f32>();
    for (var sequence = first_sequence(rows_of, row); sequence < end_sequence(model, rows_of, row); sequence++) {
        let position = position_in(model, rows_of, row, sequence);
        if (position == NOWHERE) {
            continue;
        }
        let target_row = row_at(model, op.out.rows, sequence, position);
        if (target_row != NOWHERE) {
            sum += rows[model * ROWS + op.out.gradient + target_row * op.width + column];
        }
    }
    give(model, op.inputs[0], id.x, sum);
}
