// A linear map, plus the residual stream where there is a second input (src/engine/cpu/graph/linear.rs), N rows:
//   forward   out = x W^T + b + stream
//   backward  dx = d_out W,  dstream = d_out,  dW = d_out^T x,  db = sum d_out (zero for keys, see there)
// Reads params, rows: x [N, width], stream [N, outputs]; writes rows: out [N, outputs], dx, dstream; W [outputs, width] and
// b [outputs] learn. In tiles (shared/tile.wgsl), an invocation each: 2 N width outputs FLOPs a product, 2 FLOPs a byte.

@compute @workgroup_size(64)
fn forward(@builtin(global_invocation_id) id: vec3<u32>) {
    let model = id.z;
    let pairs_out = pair_count(op.outputs);
    let out = pair(id.x % pairs_out, op.outputs);
    let row = 8u * (id.x / pairs_out);
    if (row >= row_count(model, op.out.rows)) {
        return;
    }
    let x = model * ROWS + op.inputs[0].start + row * op.width;
    var tile = tile_forward(x, runs[model].params + op.weight, op.width, op.width, 4u * op.outputs, out);
    let bias = runs[model].params + op.bias;
    tile = added(tile, every(rows[bias + out.x]), every(rows[bias + out.x]), every(rows[bias + out.y]), every(rows[bias + out.y]));
    if (op.input_count == 2u) {
        let stream = model * ROWS + op.inputs[1].start + row * op.outputs;
        let below = stream + 4u * op.outputs;
        let width = op.outputs;
        tile = added(tile, four(stream + out.x, width), four(below + out.x, width), four(stream + out.y, width), four(below + out.y, width));
    }
    store(model * ROWS + op.out.start + row * op.outputs, op.outputs, out, tile);
}

fn added(tile: Tile, a: mat4x4<f32>, b: mat4x4<f32>, c: mat4x4<f32>, d: mat4x4<f32>) -> Tile {
    return Tile(tile.a + a, tile.b + b, tile.c + c, tile.d + d);
}

fn every(row: vec4<f32>) -> mat4x4<f32> {
    return mat4x4<f32>(row, row, row, row);
}

@compute @workgroup_size(64)
fn backward(@builtin(global_invocation_id) id: vec3<u32>) {
    let model = id.z;
    let count = row_count(model, op.out.rows);
    let tiles = eights(count) / 8u;
    let columns = pair_count(op.width);
    var item = id.x;
    if (item < tiles * columns) {
        d_input(model, count, 8u * (item / columns), pair(item % columns, op.width));
        return;
    }
    item -= tiles * columns;
    let stream = select(0u, count * op.outputs, op.input_count == 2u);
    if (item < stream) {
        give(model, op.inputs[1], item, rows[model * ROWS + op.out.gradient + item]);
        return;
    }
    item -= stream;
    if (item < pair_count(op.outputs) * columns) {
        d_weight(model, count, item / columns, pair(item % columns, op.width));
        return;
    }
    item -= pair_count(op.outputs) * columns;
    if (item < op.outputs) {
        let sum = sum_rows(model * ROWS + op.out.gradient + item, op.outputs, count);
        // A key bias shifts all logits of a row alike, so its gradient is zero.
        learn_one(model, op.bias + item, select(sum, vec4<f32>(), op.keys == 1u));
    }
}

fn d_input(model: u32, count: u32, row: u32, column: vec2<u32>) {
    let d_out = model * ROWS + op.out.gradient + row * op.outputs;
    let tile = tile_backward(d_out, runs[model].params + op.weight, 4u * op.outputs, op.width, column);
    for (var r = 0u; r < 4u; r++) {
        give(model, op.inputs[0], (row + r) * op.width + column.x, tile.a[r]);
        give(model, op.inputs[0], (row + r + 4u) * op.width + column.x, tile.b[r]);
        if (column.y != column.x) {
            give(model, op.inputs[0], (row + r) * op.width + column.y, tile.c[r]);
            give(model, op.inputs[0], (row + r + 4u) * op.width + column.y, tile.d[r]);
        }
    }
}

fn d_weight(model: u32, count: u32, output: u32, column: vec2<u32>) {
    let x = model * ROWS + op.inputs[0].start;
    let tile = tile_outer(model * ROWS + op.out.gradient, op.outputs, pair(output, op.outputs), x, op.width, column, count);
    learn_tile(model, op.width, op.weight + 8u * output * op.width, 4u * op.outputs - 8u * output, column, tile);
}
