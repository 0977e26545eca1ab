// The towers that are computed by tables (design section 4), up to the residual stream; from there on every tower
// (src/engine/cpu/forward.rs), N = B * reads rows:
//   tables     key = X Wk^T, value = X Wv^T over the R rows X = [E; P];  query_q = (E[read] + P[read]) Wq^T + Bq
//   scores     s[q,h,r] = query[q,h] . key[r,h] / sqrt(K)
//   attend     w_t = softmax_t(s[q,h,token_t] + s[q,h,vocab+t]);  mass[b,h,r] = sum of w over r;  attended = sum_t w_t v + Bv
//   output     residual = E[read] + P[read] + attended Wo^T + Bo
//   project    z = residual Wp^T
//   normalise  length = |z|, embedding = z / length
// Reads params, batch; writes rows: key, value [R,D], query [Q,D], attended [B,D], residual [N,D], embedding [N,E];
// cells: scores [Q,H,R], mass [B,H,R], length [B]. Products run in 4x4 tiles (shared/tile.wgsl).

@compute @workgroup_size(64)
fn tables(@builtin(global_invocation_id) id: vec3<u32>) {
    let model = id.z;
    let tower = table_tower(id.y);
    let at = model * PARAMS;
    let count = table_rows(tower);
    let column = id.x % D4;
    let item = id.x / D4;
    let blocks = (count + 3u) / 4u;
    if (item < 2u * blocks) {
        let is_value = item >= blocks;
        let row = 4u * (item % blocks);
        let w = at + select(key_weight(tower), value_weight(tower), is_value) + 4u * column * D4;
        let x = at + rows_offset(tower);
        var sum = mat4x4<f32>();
        for (var i = 0u; i < D4; i++) {
            let weights = mat4x4<f32>(params[w + i], params[w + D4 + i], params[w + 2u * D4 + i], params[w + 3u * D4 + i]);
            let last = count - 1u;
            sum += transpose(weights) * mat4x4<f32>(
                params[x + row * D4 + i],
                params[x + min(row + 1u, last) * D4 + i],
                params[x + min(row + 2u, last) * D4 + i],
                params[x + min(row + 3u, last) * D4 + i],
            );
        }
        let out = model * ROWS + select(key_rows(tower), value_rows(tower), is_value);
        for (var r = 0u; r < 4u && row + r < count; r++) {
            rows[out + (row + r) * D4 + column] = sum[r];
        }
        return;
    }
    let query = item - 2u * blocks;
    if (query >= queries(tower)) {
        return;
    }
    let w = at + query_weight(tower) + 4u * column * D4;
    var sum = params[at + query_bias(tower) + column];
    for (var i = 0u; i < D4; i++) {
        let x = read_embedding(model, tower, query, i);
        sum += vec4<f32>(dot(x, params[w + i]), dot(x, params[w + D4 + i]), dot(x, params[w + 2u * D4 + i]), dot(x, params[w + 3u * D4 + i]));
    }
    rows[model * ROWS + query_rows(tower) + query * D4 + column] = sum;
}

@compute @workgroup_size(64)
fn scores(@builtin(global_invocation_id) id: vec3<u32>) {
    let model = id.z;
    let tower = table_tower(id.y);
    let count = table_rows(tower);
    let row = id.x % count;
    let head = (id.x / count) % H;
    let query = id.x / (count * H);
    if (query >= queries(tower)) {
        return;
    }
    let q = model * ROWS + query_rows(tower) + query * D4 + head * K4;
    let k = model * ROWS + key_rows(tower) + row * D4 + head * K4;
    var sum = 0.0;
    for (var i = 0u; i < K4; i++) {
        sum += dot(rows[q + i], rows[k + i]);
    }
    cells[model * CELLS + score_cells(tower) + scores_row(tower, query, head) + row] = sum * SCALE;
}

@compute @workgroup_size(64)
fn attend(@builtin(global_invocation_id) id: vec3<u32>) {
    let model = id.z;
    let tower = table_tower(id.y);
    let sequence = id.x / H;
    let head = id.x % H;
    if (sequence >= runs[model].batch) {
        return;
    }
    let query = query_of(model, tower, sequence);
    let keys = visible_keys(tower, read_position(tower, query));
    let tokens = tokens_at(model, tower, sequence);
    let score = model * CELLS + score_cells(tower) + scores_row(tower, query, head);
    let by_position = score + vocab(tower);
    var weights: array<f32, LONGEST>;
    var greatest = -3.0e38;
    for (var t = 0u; t < keys; t++) {
        weights[t] = cells[score + batch[tokens + t]] + cells[by_position + t];
        greatest = max(greatest, weights[t]);
    }
    var total = 0.0;
    for (var t = 0u; t < keys; t++) {
        weights[t] = exp(weights[t] - greatest);
        total += weights[t];
    }
    let mass = model * CELLS + mass_cells(tower) + (sequence * H + head) * table_rows(tower);
    for (var r = 0u; r < table_rows(tower); r++) {
        cells[mass + r] = 0.0;
    }
    for (var t = 0u; t < keys; t++) {
        weights[t] /= total;
        cells[mass + batch[tokens + t]] += weights[t];
        cells[mass + vocab(tower) + t] = weights[t];
    }
    let value = model * ROWS + value_rows(tower) + head * K4;
    for (var i = 0u; i < K4; i++) {
        var sum = params[model * PARAMS + value_bias(tower) + head * K4 + i];
        for (var t = 0u; t < keys; t++) {
            sum += weights[t] * (rows[value + batch[tokens + t] * D4 + i] + rows[value + (vocab(tower) + t) * D4 + i]);
        }
        rows[model * ROWS + attended_rows(tower) + sequence * D4 + head * K4 + i] = sum;
    }
}

@compute @workgroup_size(64)
fn output(@builtin(global_invocation_id) id: vec3<u32>) {
    let model = id.z;
    let tower = table_tower(id.y);
    let column = id.x % D4;
    let sequence = 4u * (id.x / D4);
    if (sequence >= runs[model].batch) {
        return;
    }
    let at = model * PARAMS;
    let sum = tile_forward(model * ROWS + attended_rows(tower) + sequence * D4, at + output_weight(tower), D4, 4u * D4, column);
    let bias = params[at + output_bias(tower) + column];
    for (var r = 0u; r < 4u && sequence + r < runs[model].batch; r++) {
        let read = read_embedding(model, tower, query_of(model, tower, sequence + r), column);
        rows[model * ROWS + residual_rows(tower) + (sequence + r) * D4 + column] = sum[r] + bias + read;
    }
}

@compute @workgroup_size(64)
fn project(@builtin(global_invocation_id) id: vec3<u32>) {
    let model = id.z;
    let tower = id.y;
    let column = id.x % E4;
    let row = 4u * (id.x / E4);
    if (row >= runs[model].batch * reads(tower)) {
        return;
    }
    let sum = tile_forward(model * ROWS + residual_rows(tower) + row * D4, model * PARAMS + projection(tower), D4, E, column);
    for (var r = 0u; r < 4u; r++) {
        rows[model * ROWS + embedding_rows(tower) + (row + r) * E4 + column] = sum[r];
    }
}

@compute @workgroup_size(64)
fn normalise(@builtin(global_invocation_id) id: vec3<u32>) {
    let model = id.z;
    let tower = id.y;
    if (id.x >= runs[model].batch) {
        return;
    }
    let z = model * ROWS + embedding_rows(tower) + id.x * E4;
    var sum = 0.0;
    for (var i = 0u; i < E4; i++) {
        sum += dot(rows[z + i], rows[z + i]);
    }
    let size = sqrt(sum);
    cells[model * CELLS + length_cells(tower) + id.x] = size;
    for (var i = 0u; i < E4; i++) {
        rows[z + i] /= size;
    }
}
