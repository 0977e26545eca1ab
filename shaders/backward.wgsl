// Both towers backward, the mirror of forward.wgsl (src/engine/cpu/backward.rs):
//   d_normalise   dz = (du - u (u . du)) / length
//   d_residual    dx = dz Wp
//   d_attended    da = dx Wo
//   d_attention   gain_t = da . v_t;  ds_t = w_t (gain_t - sum w gain), summed into table rows
//   d_tables      dvalue[r] = sum_b mass[b,r] da_b;  dscores[q,h,r] = sum over b asking q of ds[b,h,r]
//   d_queries     dkey[r] = sum_q dscores query_q / sqrt(K);  dquery_q = sum_r dscores key_r / sqrt(K)
//   d_weights     dW = dy^T x for Wq, Wk, Wv, Wo, Wp (dispatch y: 2 * weight + tower)
//   d_rows        dX[r] = dkey Wk + dvalue Wv, plus query and residual at the rows that are read; biases; logit scale
// Reads what forward and contrast left; writes rows: d_embedding (in place), d_residual, d_attended [B,D], d_key,
// d_value [R,D], d_query [Q,D]; cells: d_mass [B,H,R], d_scores [Q,H,R]; and every element of grads.

// Four rows of dy [., 4 * width] times W [4 * width, columns], one vec4 column of the product.
fn through_rows(dy: u32, weight: u32, width: u32, columns: u32, column: u32) -> mat4x4<f32> {
    var sum = mat4x4<f32>();
    for (var i = 0u; i < width; i++) {
        let w = weight + 4u * i * columns + column;
        let w0 = params[w];
        let w1 = params[w + columns];
        let w2 = params[w + 2u * columns];
        let w3 = params[w + 3u * columns];
        for (var r = 0u; r < 4u; r++) {
            let y = rows[dy + r * width + i];
            sum[r] += y.x * w0 + y.y * w1 + y.z * w2 + y.w * w3;
        }
    }
    return sum;
}

@compute @workgroup_size(64)
fn d_normalise(@builtin(global_invocation_id) id: vec3<u32>) {
    let model = id.z;
    let tower = id.y;
    if (id.x >= runs[model].batch) {
        return;
    }
    let u = model * ROWS + embedding_rows(tower) + id.x * E4;
    let g = model * ROWS + d_embedding_rows(tower) + id.x * E4;
    let size = cells[model * CELLS + length_cells(tower) + id.x];
    var along = 0.0;
    for (var i = 0u; i < E4; i++) {
        along += dot(rows[u + i], rows[g + i]);
    }
    for (var i = 0u; i < E4; i++) {
        rows[g + i] = (rows[g + i] - rows[u + i] * along) / size;
    }
}

@compute @workgroup_size(64)
fn d_residual(@builtin(global_invocation_id) id: vec3<u32>) {
    let model = id.z;
    let tower = id.y;
    let column = id.x % D4;
    let sequence = 4u * (id.x / D4);
    if (sequence >= runs[model].batch) {
        return;
    }
    let dy = model * ROWS + d_embedding_rows(tower) + sequence * E4;
    let sum = through_rows(dy, model * PARAMS + projection(tower), E4, D4, column);
    for (var r = 0u; r < 4u; r++) {
        rows[model * ROWS + d_residual_rows(tower) + (sequence + r) * D4 + column] = sum[r];
    }
}

@compute @workgroup_size(64)
fn d_attended(@builtin(global_invocation_id) id: vec3<u32>) {
    let model = id.z;
    let tower = id.y;
    let column = id.x % D4;
    let sequence = 4u * (id.x / D4);
    if (sequence >= runs[model].batch) {
        return;
    }
    let dy = model * ROWS + d_residual_rows(tower) + sequence * D4;
    let sum = through_rows(dy, model * PARAMS + output_weight(tower), D4, D4, column);
    for (var r = 0u; r < 4u; r++) {
        rows[model * ROWS + d_attended_rows(tower) + (sequence + r) * D4 + column] = sum[r];
    }
}

@compute @workgroup_size(64)
fn d_attention(@builtin(global_invocation_id) id: vec3<u32>) {
    let model = id.z;
    let tower = id.y;
    let sequence = id.x / H;
    let head = id.x % H;
    if (sequence >= runs[model].batch) {
        return;
    }
    let keys = visible_keys(tower, query_of(model, tower, sequence));
    let tokens = tokens_at(model, tower, sequence);
    let row = (sequence * H + head) * table_rows(tower);
    let mass = model * CELLS + mass_cells(tower) + row;
    let out = model * CELLS + d_mass_cells(tower) + row;
    let value = model * ROWS + value_rows(tower) + head * K4;
    let d_out = model * ROWS + d_attended_rows(tower) + sequence * D4 + head * K4;
    var gain: array<f32, LONGEST>;
    var mean = 0.0;
    for (var t = 0u; t < keys; t++) {
        let by_token = value + batch[tokens + t] * D4;
        let by_position = value + (vocab(tower) + t) * D4;
        var sum = 0.0;
        for (var i = 0u; i < K4; i++) {
            sum += dot(rows[d_out + i], rows[by_token + i] + rows[by_position + i]);
        }
        gain[t] = sum;
        mean += cells[mass + vocab(tower) + t] * sum;
    }
    for (var r = 0u; r < table_rows(tower); r++) {
        cells[out + r] = 0.0;
    }
    for (var t = 0u; t < keys; t++) {
        let d = cells[mass + vocab(tower) + t] * (gain[t] - mean);
        cells[out + batch[tokens + t]] += d;
        cells[out + vocab(tower) + t] = d;
    }
}

@compute @workgroup_size(64)
fn d_tables(@builtin(global_invocation_id) id: vec3<u32>) {
    let model = id.z;
    let tower = id.y;
    let n = runs[model].batch;
    let count = table_rows(tower);
    if (id.x < count * D4) {
        let row = id.x / D4;
        let column = id.x % D4;
        let mass = model * CELLS + mass_cells(tower) + (column / K4) * count + row;
        let d_out = model * ROWS + d_attended_rows(tower) + column;
        var sum = vec4<f32>();
        for (var b = 0u; b < n; b++) {
            sum += cells[mass + b * H * count] * rows[d_out + b * D4];
        }
        rows[model * ROWS + d_value_rows(tower) + id.x] = sum;
        return;
    }
    let item = id.x - count * D4;
    if (item >= queries(tower) * H * count) {
        return;
    }
    let query = item / (H * count);
    var sum = 0.0;
    for (var b = 0u; b < n; b++) {
        if (query_of(model, tower, b) == query) {
            sum += cells[model * CELLS + d_mass_cells(tower) + b * H * count + item % (H * count)];
        }
    }
    cells[model * CELLS + d_score_cells(tower) + item] = sum;
}

@compute @workgroup_size(64)
fn d_queries(@builtin(global_invocation_id) id: vec3<u32>) {
    let model = id.z;
    let tower = id.y;
    let count = table_rows(tower);
    let column = id.x % D4;
    let row = id.x / D4;
    let at = model * ROWS + column;
    let scores = model * CELLS + d_score_cells(tower);
    var sum = vec4<f32>();
    if (row < count) {
        for (var q = 0u; q < queries(tower); q++) {
            sum += cells[scores + scores_row(tower, q, column / K4) + row] * rows[at + query_rows(tower) + q * D4];
        }
        rows[at + d_key_rows(tower) + row * D4] = sum * SCALE;
        return;
    }
    let query = row - count;
    if (query >= queries(tower)) {
        return;
    }
    for (var r = 0u; r < count; r++) {
        sum += cells[scores + scores_row(tower, query, column / K4) + r] * rows[at + key_rows(tower) + r * D4];
    }
    rows[at + d_query_rows(tower) + query * D4] = sum * SCALE;
}

@compute @workgroup_size(64)
fn d_weights(@builtin(global_invocation_id) id: vec3<u32>) {
    let model = id.z;
    let tower = id.y % 2u;
    let weight = id.y / 2u;
    let column = id.x % D4;
    let outputs = id.x / D4;
    let width = select(D4, E4, weight == 4u);
    if (outputs >= width) {
        return;
    }
    var dy = model * ROWS + outputs;
    var x = column;
    var count = table_rows(tower);
    var grad = model * PARAMS;
    switch weight {
        case 0u: { dy += d_query_rows(tower); grad += query_weight(tower); count = queries(tower); }
        case 1u: { dy += d_key_rows(tower); grad += key_weight(tower); x += model * PARAMS + rows_offset(tower); }
        case 2u: { dy += d_value_rows(tower); grad += value_weight(tower); x += model * PARAMS + rows_offset(tower); }
        case 3u: { dy += d_residual_rows(tower); grad += output_weight(tower); x += model * ROWS + attended_rows(tower); count = runs[model].batch; }
        default: { dy += d_embedding_rows(tower); grad += projection(tower); x += model * ROWS + residual_rows(tower); count = runs[model].batch; }
    }
    var sum = mat4x4<f32>();
    for (var i = 0u; i < count; i++) {
        var v = vec4<f32>();
        if (weight == 0u) {
            v = read_embedding(model, tower, i, column);
        } else if (weight < 3u) {
            v = params[x + i * D4];
        } else {
            v = rows[x + i * D4];
        }
        let y = rows[dy + i * width];
        sum[0] += y.x * v;
        sum[1] += y.y * v;
        sum[2] += y.z * v;
        sum[3] += y.w * v;
    }
    for (var r = 0u; r < 4u; r++) {
        grads[grad + (4u * outputs + r) * D4 + column] = sum[r];
    }
}

// Sums one vec4 column of `count` rows, D wide.
fn sum_rows(start: u32, count: u32) -> vec4<f32> {
    var sum = vec4<f32>();
    for (var i = 0u; i < count; i++) {
        sum += rows[start + i * D4];
    }
    return sum;
}

@compute @workgroup_size(64)
fn d_rows(@builtin(global_invocation_id) id: vec3<u32>) {
    let model = id.z;
    let tower = id.y;
    let n = runs[model].batch;
    let count = table_rows(tower);
    let column = id.x % D4;
    let row = id.x / D4;
    let at = model * ROWS + column;
    let grad = model * PARAMS;
    if (row < count) {
        var sum = vec4<f32>();
        let dkey = model * ROWS + d_key_rows(tower) + row * D4;
        let dvalue = model * ROWS + d_value_rows(tower) + row * D4;
        let key = grad + key_weight(tower) + column;
        let value = grad + value_weight(tower) + column;
        for (var i = 0u; i < D4; i++) {
            let k = rows[dkey + i];
            let v = rows[dvalue + i];
            let w = 4u * i * D4;
            sum += k.x * params[key + w] + k.y * params[key + w + D4] + k.z * params[key + w + 2u * D4] + k.w * params[key + w + 3u * D4];
            sum += v.x * params[value + w] + v.y * params[value + w + D4] + v.z * params[value + w + 2u * D4] + v.w * params[value + w + 3u * D4];
        }
        for (var q = 0u; q < queries(tower); q++) {
            if (row != read_token(tower) && row != vocab(tower) + read_position(tower, q)) {
                continue;
            }
            let dquery = model * ROWS + d_query_rows(tower) + q * D4;
            let weight = grad + query_weight(tower) + column;
            for (var i = 0u; i < D4; i++) {
                let y = rows[dquery + i];
                let w = weight + 4u * i * D4;
                sum += y.x * params[w] + y.y * params[w + D4] + y.z * params[w + 2u * D4] + y.w * params[w + 3u * D4];
            }
            for (var b = 0u; b < n; b++) {
                if (query_of(model, tower, b) == q) {
                    sum += rows[at + d_residual_rows(tower) + b * D4];
                }
            }
        }
        grads[grad + rows_offset(tower) + id.x] = sum;
        return;
    }
    switch row - count {
        case 0u: { grads[grad + query_bias(tower) + column] = sum_rows(at + d_query_rows(tower), queries(tower)); }
        // A key bias shifts all logits of a row alike, so its gradient is zero.
        case 1u: { grads[grad + key_bias(tower) + column] = vec4<f32>(); }
        case 2u: { grads[grad + value_bias(tower) + column] = sum_rows(at + d_attended_rows(tower), n); }
        case 3u: { grads[grad + output_bias(tower) + column] = sum_rows(at + d_residual_rows(tower), n); }
        case 4u: {
            if (column == 0u && tower == 0u) {
                var sum = 0.0;
                for (var i = 0u; i < n; i++) {
                    sum += cells[model * CELLS + SCALE_PART + i] + cells[model * CELLS + SCALE_PART + B + i];
                }
                let clamped = exp(params[grad + LOGIT_SCALE].x) >= runs[model].max_scale;
                grads[grad + LOGIT_SCALE] = vec4<f32>(select(sum * 0.5 / f32(n), 0.0, clamped), 0.0, 0.0, 0.0);
            }
        }
        default: {}
    }
}
