// Layer norm over each row (src/engine/cpu/graph/norm.rs):
//   forward   y = (x - mean) scale,  scale = 1 / sqrt(variance + eps);  out = y weight + bias
//   backward  with g = weight d_out:  dx = scale (g - mean(g) - y mean(g y));  dweight = sum d_out y,  dbias = sum d_out
// Reads params, rows: x [N, width]; writes rows: out, dx [N, width]; cells: moments (mean, scale) [N, 2]; learns: weight
// and bias [width]. One invocation per row, and backward one per vec4 of weight and bias; 10 FLOPs an element.

@compute @workgroup_size(64)
fn forward(@builtin(global_invocation_id) id: vec3<u32>) {
    let model = id.z;
    if (id.x >= row_count(model, op.out.rows)) {
        return;
    }
    let x = model * ROWS + op.inputs[0].start + id.x * op.width;
    let n = f32(4u * op.width);
    var sum = vec4<f32>();
    for (var i = 0u; i < op.width; i++) {
        sum += rows[x + i];
    }
    let mean = dot(sum, vec4<f32>(1.0)) / n;
    var squares = 0.0;
    for (var i = 0u; i < op.width; i++) {
        let centred = rows[x + i] - mean;
        squares += dot(centred, centred);
    }
    let scale = 1.0 / sqrt(squares / n + NORM_EPS);
    let moments = model * CELLS + op.cells + 2u * id.x;
    cells[moments] = mean;
    cells[moments + 1u] = scale;
    let out = model * ROWS + op.out.start + id.x * op.width;
    let weight = runs[model].params + op.weight;
    let bias = runs[model].params + op.bias;
    for (var i = 0u; i < op.width; i++) {
        rows[out + i] = (rows[x + i] - mean) * scale * rows[weight + i] + rows[bias + i];
    }
}

@compute @workgroup_size(64)
fn backward(@builtin(global_invocation_id) id: vec3<u32>) {
    let model = id.z;
    let count = row_count(model, op.out.rows);
    if (id.x < count) {
        d_row(model, id.x);
        return;
    }
    let column = id.x - count;
    if (column >= op.width) {
        return;
    }
    let x = model * ROWS + op.inputs[0].start + column;
    let d_out = model * ROWS + op.out.gradient + column;
    let moments = model * CELLS + op.cells;
    var d_weight = vec4<f32>();
    var d_bias = vec4<f32>();
    for (var row = 0u; row < count; row++) {
        let y = (rows[x + row * op.width] - cells[moments + 2u * row]) * cells[moments + 2u * row + 1u];
        d_weight += rows[d_out + row * op.width] * y;
        d_bias += rows[d_out + row * op.width];
    }
    learn_one(model, op.weight + column, d_weight);
    learn_one(model, op.bias + column, d_bias);
}

fn d_row(model: u32, row: u32) {
    let x = model * ROWS + op.inputs[0].start + row * op.width;
    let d_out = model * ROWS + op.out.gradient + row * op.width;
    let weight = runs[model].params + op.weight;
    let mean = cells[model * CELLS + op.cells + 2u * row];
    let scale = cells[model * CELLS + op.cells + 2u * row + 1u];
    let n = f32(4u * op.width);
    var g_mean = 0.0;
    var gy_mean = 0.0;
    for (var i = 0u; i < op.width; i++) {
        let g = rows[weight + i] * rows[d_out + i];
        g_mean += dot(g, vec4<f32>(1.0)) / n;
        gy_mean += dot(g, (rows[x + i] - mean) * scale) / n;
    }
    for (var i = 0u; i < op.width; i++) {
        let g = rows[weight + i] * rows[d_out + i];
        give(model, op.inputs[0], row * op.width + i, scale * (g - g_mean - (rows[x + i] - mean) * scale * gy_mean));
    }
}
