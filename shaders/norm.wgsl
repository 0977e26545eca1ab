// Layer norm over each row (src/engine/cpu/graph/norm.rs):
//   forward   y = (x - mean) scale,  scale = 1 / sqrt(variance + eps);  out = y weight + bias
//   backward  with g = weight d_out:  dx = scale (g - mean(g) - y mean(g y))
// Reads x [rows, width]; writes y, out [rows, width], scale [rows], d_x [rows, width]. A workgroup per row;
// 10 FLOPs a number. The gradients of weight and bias are sums over rows (columns.wgsl).

@compute @workgroup_size(forward_lanes)
fn forward(here: Workgroup, @builtin(local_invocation_index) lane: u32) {
    let run = runs[model_of(here)];
    let op = ops[op_of(here)];
    let row = forward_at(op, here, lane).x;
    if (row >= op.rows) {
        return;
    }
    let at = run.floats + row * op.width;
    var sum = 0.0;
    for (var i = lane; i < op.width; i += forward_lanes) {
        sum += floats[at + op.x + i];
    }
    let mean = sum_over_workgroup(lane, sum) / f32(op.width);
    var squares = 0.0;
    for (var i = lane; i < op.width; i += forward_lanes) {
        let centred = floats[at + op.x + i] - mean;
        squares += centred * centred;
    }
    let scale = 1.0 / sqrt(sum_over_workgroup(lane, squares) / f32(op.width) + NORM_EPS);
    for (var i = lane; i < op.width; i += forward_lanes) {
        let y = (floats[at + op.x + i] - mean) * scale;
        floats[at + op.y + i] = y;
        floats[at + op.out + i] = y * floats[run.params + op.weight + i] + floats[run.params + op.bias + i];
    }
    if (lane == 0u) {
        floats[run.floats + op.scale + row] = scale;
    }
}

@compute @workgroup_size(backward_lanes)
fn backward(here: Workgroup, @builtin(local_invocation_index) lane: u32) {
    let run = runs[model_of(here)];
    let op = ops[op_of(here)];
    let row = backward_at(op, here, lane).x;
    if (row >= op.rows) {
        return;
    }
    let at = run.floats + row * op.width;
    var g_sum = 0.0;
    var gy_sum = 0.0;
    for (var i = lane; i < op.width; i += backward_lanes) {
        let g = floats[run.params + op.weight + i] * floats[at + op.d_out + i];
        g_sum += g;
        gy_sum += g * floats[at + op.y + i];
    }
    let g_mean = sum_over_workgroup(lane, g_sum) / f32(op.width);
    let gy_mean = sum_over_workgroup(lane, gy_sum) / f32(op.width);
    let scale = floats[run.floats + op.scale + row];
    for (var i = lane; i < op.width; i += backward_lanes) {
        let g = floats[run.params + op.weight + i] * floats[at + op.d_out + i];
        let before = select(0.0, floats[at + op.d_x + i], op.adds == 1u);
        floats[at + op.d_x + i] = before + scale * (g - g_mean - floats[at + op.y + i] * gy_mean);
    }
}
