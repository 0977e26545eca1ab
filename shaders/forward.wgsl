// The towers that are computed by tables. Nothing but linear maps stands between attention and the embedding, so the
// residual stream is skipped: one joint map Wp Wo takes what is attended to the embedding.
//   tables   key = X Wk^T, value = X Wv^T over the R rows X = [E; P];  joint = Wp Wo;
//            query_q = x_q Wq^T + Bq, straight_q = (x_q + Bo) Wp^T with x_q = E[read] + P[read];  and the batch is drawn
//   attend   score[r] = query[q,h] . key[r,h] / sqrt(K);  w_t = softmax_t(score[token_t] + score[vocab+t]);
//            mass[b,h,r] = sum of w over r;  attended = mass value + Bv
//   embed    z = attended joint^T + straight_q
// Reads params, world; writes batch; rows: key, value [R,D], joint [E,D], query [Q,D], straight [Q,E], attended [B,D],
// embedding [B,E]; cells: mass [B,H,R].
// A boundary each: attend needs whole keys and values, embed whole rows of attended.
// In tiles (shared/tile.wgsl) of 2.7 FLOPs a byte. tables: 2 (2 R D^2 + E D^2) FLOPs; attend: 2 R D FLOPs for the scores of eight
// sequences, 2 a byte, and 2 R D a sequence for its values, of tables that stay in cache; embed: 2 B D E FLOPs.

@compute @workgroup_size(64)
fn tables(@builtin(global_invocation_id) id: vec3<u32>) {
    let model = id.z;
    let tower = table_tower(id.y);
    let at = model * ROWS;
    let params = runs[model].params;
    let blocks = eights(table_rows(tower)) / 8u;
    let column = quad(id.x % quad_count(D4), D4);
    var item = id.x / quad_count(D4);
    if (item < 2u * blocks) {
        let is_value = item >= blocks;
        let row = 8u * (item % blocks) * D4;
        let weight = params + select(key_weight(tower), value_weight(tower), is_value);
        let tiles = tiles_forward(params + rows_offset(tower) + row, weight, D4, D4, 4u * D4, column);
        store_both(at + select(key_rows(tower), value_rows(tower), is_value) + row, D4, column, tiles);
        return;
    }
    item -= 2u * blocks;
    if (item < pair_count(E4)) {
        let row = 8u * item * D4;
        let tiles = tiles_backward(params + projection(tower) + row, params + output_weight(tower), 4u * D4, D4, column);
        store_both(at + joint_rows(tower) + row, D4, column, tiles);
        return;
    }
    item = id.x - (2u * blocks + pair_count(E4)) * quad_count(D4);
    if (item < queries(tower) * D4) {
        let query = item / D4;
        let out = item % D4;
        var sum = rows[params + query_bias(tower) + out];
        for (var i = 0u; i < D4; i++) {
            sum += read_embedding(model, tower, query, i) * four(params + query_weight(tower) + 4u * out * D4 + i, D4);
        }
        rows[at + query_rows(tower) + item] = sum;
        return;
    }
    item -= queries(tower) * D4;
    if (item < queries(tower) * E4) {
        let query = item / E4;
        let out = item % E4;
        var sum = vec4<f32>();
        for (var i = 0u; i < D4; i++) {
            sum += read_stream(model, tower, query, i) * four(params + projection(tower) + 4u * out * D4 + i, D4);
        }
        rows[at + straight_rows(tower) + item] = sum;
        return;
    }
    if (id.y == 0u) {
        draw(model, item - queries(tower) * E4);
    }
}

// Eight sequences of a head, whose scores of the tables' rows are the same where they ask the same.
@compute @workgroup_size(64)
fn attend(@builtin(global_invocation_id) id: vec3<u32>) {
    let model = id.z;
    let tower = table_tower(id.y);
    let head = id.x % H;
    let sequence = 8u * (id.x / H);
    if (sequence >= runs[model].batch) {
        return;
    }
    let at = model * ROWS + head * K4;
    var scores: array<f32, MOST_ROWS>;
    var asked = queries(tower);
    for (var s = sequence; s < sequence + 8u; s++) {
        let query = query_of(model, tower, s);
        if (query != asked) {
            asked = query;
            for (var r = 0u; r < table_rows(tower); r += 4u) {
                let key = at + key_rows(tower) + r * D4;
                var sum = vec4<f32>();
                for (var i = 0u; i < K4; i++) {
                    sum += rows[at + query_rows(tower) + query * D4 + i] * four(key + i, D4);
                }
                for (var j = 0u; j < 4u; j++) {
                    scores[r + j] = SCALE * sum[j];
                }
            }
        }
        attention(model, tower, s, head, query, &scores);
    }
    let width = H * table_rows(tower);
    let upper = mass_row(model, tower, sequence, head);
    let lower = upper + 4u * width;
    let bias = runs[model].params + value_bias(tower) + head * K4;
    let ones = vec4<f32>(1.0);
    for (var i = 0u; i < quad_count(K4); i++) {
        let column = quad(i, K4);
        var sum = plus_both(Tiles(), ones, ones, columns_of(bias, column));
        for (var r = 0u; r < table_rows(tower); r++) {
            let value = columns_of(at + value_rows(tower) + r * D4, column);
            sum = plus_both(sum, four_cells(upper + r, width), four_cells(lower + r, width), value);
        }
        store_both(at + attended_rows(tower) + sequence * D4, D4, column, sum);
    }
}

// A sequence's attention weights of a head, summed into the tables' rows.
fn attention(model: u32, tower: u32, sequence: u32, head: u32, query: u32, scores: ptr<function, array<f32, MOST_ROWS>>) {
    let keys = visible_keys(tower, read_position(tower, query));
    let tokens = tokens_at(model, tower, sequence);
    var weights: array<f32, LONGEST>;
    var greatest = -3.0e38;
    for (var t = 0u; t < keys; t++) {
        weights[t] = (*scores)[batch[tokens + t]] + (*scores)[vocab(tower) + t];
        greatest = max(greatest, weights[t]);
    }
    var total = 0.0;
    for (var t = 0u; t < keys; t++) {
        weights[t] = exp(weights[t] - greatest);
        total += weights[t];
    }
    let mass = mass_row(model, tower, sequence, head);
    for (var r = 0u; r < table_rows(tower); r++) {
        cells[mass + r] = 0.0;
    }
    for (var t = 0u; t < keys; t++) {
        let weight = weights[t] / total;
        cells[mass + batch[tokens + t]] += weight;
        cells[mass + vocab(tower) + t] = weight;
    }
}

@compute @workgroup_size(64)
fn embed(@builtin(global_invocation_id) id: vec3<u32>) {
    let model = id.z;
    let tower = table_tower(id.y);
    let out = quad(id.x % quad_count(E4), E4);
    let sequence = 8u * (id.x / quad_count(E4));
    if (sequence >= runs[model].batch) {
        return;
    }
    let at = model * ROWS;
    var tiles = tiles_forward(at + attended_rows(tower) + sequence * D4, at + joint_rows(tower), D4, D4, E, out);
    for (var q = 0u; q < queries(tower); q++) {
        let straight = columns_of(at + straight_rows(tower) + q * E4, out);
        tiles = plus_both(tiles, asking(model, tower, sequence, q), asking(model, tower, sequence + 4u, q), straight);
    }
    store_both(at + embedding_rows(tower) + sequence * E4, E4, out, tiles);
}

// 1 for those of four sequences that ask a query, 0 for the others.
fn asking(model: u32, tower: u32, sequence: u32, query: u32) -> vec4<f32> {
    let asked = vec4<u32>(
        query_of(model, tower, sequence),
        query_of(model, tower, sequence + 1u),
        query_of(model, tower, sequence + 2u),
        query_of(model, tower, sequence + 3u),
    );
    return select(vec4<f32>(), vec4<f32>(1.0), asked == vec4<u32>(query));
}
