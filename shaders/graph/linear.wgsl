// A linear map, plus the residual stream where there is a second input (src/engine/cpu/graph/linear.rs), N rows:
//   forward   out = x W^T + b + stream
//   backward  dx = d_out W,  dstream = d_out,  dW = d_out^T x,  db = sum d_out (zero for keys, see there)
// Reads params, rows: x [N, width], stream [N, outputs]; writes rows: out [N, outputs], dx, dstream; grads: W
// [outputs, width], b [outputs]. In 4x4 tiles (shared/tile.wgsl), an invocation each: 2 N width outputs FLOPs a product.

@compute @workgroup_size(64)
fn forward(@builtin(global_invocation_id) id: vec3<u32>) {
    let model = id.z;
    let column = id.x % op.outputs;
    let row = 4u * (id.x / op.outputs);
    let count = row_count(model, op.out.rows);
    if (row >= count) {
        return;
    }
    let x = model * ROWS + op.inputs[0].start + row * op.width;
    let sum = tile_forward(x, model * PARAMS + op.weight, op.width, 4u * op.outputs, column);
    for (var r = 0u; r < 4u && row + r < count; r++) {
        let at = (row + r) * op.outputs + column;
        var out = sum[r] + params[model * PARAMS + op.bias + column];
        if (op.input_count == 2u) {
            out += rows[model * ROWS + op.inputs[1].start + at];
        }
        rows[model * ROWS + op.out.start + at] = out;
    }
}

@compute @workgroup_size(64)
fn backward(@builtin(global_invocation_id) id: vec3<u32>) {
    let model = id.z;
    let count = row_count(model, op.out.rows);
    let tiles = (count + 3u) / 4u;
    var item = id.x;
    if (item < tiles * op.width) {
        d_input(model, count, 4u * (item / op.width), item % op.width);
        return;
    }
    item -= tiles * op.width;
    let stream = select(0u, tiles * op.outputs, op.input_count == 2u);
    if (item < stream) {
        d_stream(model, count, 4u * (item / op.outputs), item % op.outputs);
        return;
    }
    item -= stream;
    if (item < op.outputs * op.width) {
        d_weight(model, count, item / op.width, item % op.width);
        return;
    }
    item -= op.outputs * op.width;
    if (item < op.outputs) {
        let sum = sum_rows(model * ROWS + op.out.gradient + item, op.outputs, count);
        // A key bias shifts all logits of a row alike, so its gradient is zero.
        grads[model * PARAMS + op.bias + item] = select(sum, vec4<f32>(), op.keys == 1u);
    }
}

fn d_input(model: u32, count: u32, row: u32, column: u32) {
    let d_out = model * ROWS + op.out.gradient + row * op.outputs;
    let sum = tile_backward(d_out, model * PARAMS + op.weight, 4u * op.outputs, op.width, column);
    for (var r = 0u; r < 4u && row + r < count; r++) {
        give(model, op.inputs[0], (row + r) * op.width + column, sum[r]);
    }
}

fn d_stream(model: u32, count: u32, row: u32, column: u32) {
    for (var r = 0u; r < 4u && row + r < count; r++) {
        let at = (row + r) * op.outputs + column;
        give(model, op.inputs[1], at, rows[model * ROWS + op.out.gradient + at]);
    }
}

fn d_weight(model: u32, count: u32, output: u32, column: u32) {
    let d_out = model * ROWS + op.out.gradient + output;
    let x = model * ROWS + op.inputs[0].start + column;
    let sum = tile_outer(d_out, op.outputs, x, op.width, count);
    for (var r = 0u; r < 4u; r++) {
        grads[model * PARAMS + op.weight + (4u * output + r) * op.width + column] = sum[r];
    }
}
