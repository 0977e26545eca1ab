// The mirror of forward.wgsl (src/engine/cpu/backward.rs): every tower down to its residual stream, then those that are
// computed by tables. N = B * reads rows:
//   d_normalise   dz = (du - u (u . du)) / length
//   d_residual    dx = dz Wp
//   d_projection  dWp = dz^T x
//   d_attended    da = dx Wo
//   d_attention   gain_t = da . v_t;  ds_t = w_t (gain_t - sum w gain), summed into table rows
//   d_tables      dvalue[r] = sum_b mass[b,r] da_b;  dscores[q,h,r] = sum over b asking q of ds[b,h,r]
//   d_queries     dkey[r] = sum_q dscores query_q / sqrt(K);  dquery_q = sum_r dscores key_r / sqrt(K)
//   d_weights     dW = dy^T x for Wq, Wk, Wv, Wo (dispatch y: 4 * tower + weight)
//   d_rows        dX[r] = dkey Wk + dvalue Wv, plus query and residual at the rows that are read; biases
// Reads what forward and contrast left; writes rows: d_embedding [N,E] (in place), d_residual [N,D], d_attended [B,D],
// d_key, d_value [R,D], d_query [Q,D]; cells: d_mass [B,H,R], d_scores [Q,H,R]; and every element of grads.

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
    let row = 4u * (id.x / D4);
    if (row >= runs[model].batch * reads(tower)) {
        return;
    }
    let dy = model * ROWS + d_embedding_rows(tower) + row * E4;
    let sum = tile_backward(dy, model * PARAMS + projection(tower), E, D4, column);
    for (var r = 0u; r < 4u; r++) {
        rows[model * ROWS + d_residual_rows(tower) + (row + r) * D4 + column] = sum[r];
    }
}

@compute @workgroup_size(64)
fn d_projection(@builtin(global_invocation_id) id: vec3<u32>) {
    let model = id.z;
    let tower = id.y;
    let column = id.x % D4;
    let output = id.x / D4;
    if (output >= E4) {
        return;
    }
    let dy = model * ROWS + d_embedding_rows(tower) + output;
    let x = model * ROWS + residual_rows(tower) + column;
    let sum = tile_outer(dy, E4, x, D4, runs[model].batch * reads(tower));
    for (var r = 0u; r < 4u && 4u * output + r < E; r++) {
        grads[model * PARAMS + projection(tower) + (4u * output + r) * D4 + column] = sum[r];
    }
}

@compute @workgroup_size(64)
fn d_attended(@builtin(global_invocation_id) id: vec3<u32>) {
    let model = id.z;
    let tower = table_tower(id.y);
    let column = id.x % D4;
    let sequence = 4u * (id.x / D4);
    if (sequence >= runs[model].batch) {
        return;
    }
    let dy = model * ROWS + d_residual_rows(tower) + sequence * D4;
    let sum = tile_backward(dy, model * PARAMS + output_weight(tower), 4u * D4, D4, column);
    for (var r = 0u; r < 4u; r++) {
        rows[model * ROWS + d_attended_rows(tower) + (sequence + r) * D4 + column] = sum[r];
    }
}

@compute @workgroup_size(64)
fn d_attention(@builtin(global_invocation_id) id: vec3<u32>) {
    let model = id.z;
    let tower = table_tower(id.y);
    let sequence = id.x / H;
    let head = id.x % H;
    if (sequence >= runs[model].batch) {
        return;
    }
    let keys = visible_keys(tower, read_position(tower, query_of(model, tower, sequence)));
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
    let tower = table_tower(id.y);
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
    let tower = table_tower(id.y);
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
    let tower = table_tower(id.y / 4u);
    let column = id.x % D4;
    let output = id.x / D4;
    if (output >= D4) {
        return;
    }
    let in_rows = model * ROWS + output;
    let embeddings = model * PARAMS + rows_offset(tower) + column;
    var grad = model * PARAMS;
    var sum = mat4x4<f32>();
    switch id.y % 4u {
        case 0u: {
            grad += query_weight(tower);
            for (var q = 0u; q < queries(tower); q++) {
                sum += outer(rows[in_rows + d_query_rows(tower) + q * D4], read_embedding(model, tower, q, column));
            }
        }
        case 1u: {
            grad += key_weight(tower);
            for (var i = 0u; i < table_rows(tower); i++) {
                sum += outer(rows[in_rows + d_key_rows(tower) + i * D4], params[embeddings + i * D4]);
            }
        }
        case 2u: {
            grad += value_weight(tower);
            for (var i = 0u; i < table_rows(tower); i++) {
                sum += outer(rows[in_rows + d_value_rows(tower) + i * D4], params[embeddings + i * D4]);
            }
        }
        default: {
            grad += output_weight(tower);
            let attended = model * ROWS + attended_rows(tower) + column;
            sum = tile_outer(in_rows + d_residual_rows(tower), D4, attended, D4, runs[model].batch);
        }
    }
    for (var r = 0u; r < 4u; r++) {
        grads[grad + (4u * output + r) * D4 + column] = sum[r];
    }
}

@compute @workgroup_size(64)
fn d_rows(@builtin(global_invocation_id) id: vec3<u32>) {
    let model = id.z;
    let tower = table_tower(id.y);
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
        case 0u: { grads[grad + query_bias(tower) + column] = sum_rows(at + d_query_rows(tower), D4, queries(tower)); }
        // A key bias shifts all logits of a row alike, so its gradient is zero.
        case 1u: { grads[grad + key_bias(tower) + column] = vec4<f32>(); }
        case 2u: { grads[grad + value_bias(tower) + column] = sum_rows(at + d_attended_rows(tower), D4, n); }
        case 3u: { grads[grad + output_bias(tower) + column] = sum_rows(at + d_residual_rows(tower), D4, n); }
        default: {}
    }
}
