// The mirror of forward.wgsl (src/engine/cpu/backward.rs), from dz on, the towers that are computed by tables:
//   d_attended  da = dz joint;  gain_t = da . v_t;  ds_t = w_t (gain_t - sum w gain), summed into table rows;
//               djoint = dz^T attended;  dstraight_q = sum of dz over b asking q
//   d_tables    dvalue[r] = sum_b mass[b,r] da_b;  dscore[q,h,r] = sum over b asking q of ds[b,h,r];
//               dread_q = dstraight_q Wp;  seen[q,h] = query[q,h] Wk_h, what a key row's score moves in its row;
//               dWp = djoint Wo^T + sum_q dstraight_q^T (x_q + Bo),  dWo = Wp^T djoint,  dBo, dBv
//   d_weights   dX[r] = dvalue Wv + sum dscore seen / sqrt(K), plus dread_q + dquery_q Wq at the rows that are read;
//               dWv = dvalue^T X,  dWk = dkey^T X,  dWq = dquery^T x_q  with dkey and dquery of dscore;  dBq, dBk
// Reads what forward and contrast left; writes rows: d_attended [B,D], d_joint [E,D], d_straight [Q,E], d_value [R,D],
// d_read [Q,D], seen [Q,H,D]; cells: d_mass [B,H,R], d_score [Q,H,R]; parameters learn where their gradient is whole.
// A boundary each: d_tables sums over the batch what d_attended finds per sequence, d_weights over what d_tables sums.
// d_attended: 4 B D E FLOPs, 2 a byte; d_tables: 4 D^2 E FLOPs, 2 a byte, and 2 B R D, 1 a byte; d_weights: 4 R D^2 FLOPs,
// 2 a byte.

@compute @workgroup_size(64)
fn d_attended(@builtin(global_invocation_id) id: vec3<u32>) {
    let model = id.z;
    let tower = table_tower(id.y);
    let n = runs[model].batch;
    let at = model * ROWS;
    let dz = at + d_embedding_rows(tower);
    var item = id.x;
    if (item < (B / 8u) * H) {
        let head = item % H;
        let sequence = 8u * (item / H);
        for (var i = 0u; i < pair_count(K4); i++) {
            let column = head * K4 + pair(i, K4);
            let tile = tile_backward(dz + sequence * E4, at + joint_rows(tower), E, D4, column);
            store(at + d_attended_rows(tower) + sequence * D4, D4, column, tile);
        }
        for (var r = 0u; r < 8u && sequence + r < n; r++) {
            d_attention(model, tower, sequence + r, head);
        }
        return;
    }
    item -= (B / 8u) * H;
    if (item < pair_count(E4) * pair_count(D4)) {
        let out = item / pair_count(D4);
        let column = pair(item % pair_count(D4), D4);
        let tile = tile_outer(dz, E4, pair(out, E4), at + attended_rows(tower), D4, column, n);
        store(at + d_joint_rows(tower) + 8u * out * D4, D4, column, tile);
        return;
    }
    item -= pair_count(E4) * pair_count(D4);
    if (item < queries(tower) * E4) {
        var sum = vec4<f32>();
        for (var b = 0u; b < n; b++) {
            sum += select(vec4<f32>(), rows[dz + b * E4 + item % E4], query_of(model, tower, b) == item / E4);
        }
        rows[at + d_straight_rows(tower) + item] = sum;
        return;
    }
    if (item == queries(tower) * E4 && tower == 0u) {
        report(model);
    }
}

// From a head's da to its attention logits, of one sequence.
fn d_attention(model: u32, tower: u32, sequence: u32, head: u32) {
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
        var sum = vec4<f32>();
        for (var i = 0u; i < K4; i++) {
            sum += rows[d_out + i] * (rows[by_token + i] + rows[by_position + i]);
        }
        gain[t] = dot(sum, vec4<f32>(1.0));
        mean += cells[mass + vocab(tower) + t] * gain[t];
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
    let at = model * ROWS;
    let params = runs[model].params;
    let joint_tiles = pair_count(E4) * pair_count(D4);
    let output_tiles = pair_count(D4) * pair_count(D4);
    let value_tiles = ((count + 7u) / 8u) * H * pair_count(K4);
    let d_joint = at + d_joint_rows(tower);
    var learned = Learned();
    var item = id.x;
    if (item < joint_tiles + output_tiles) {
        learned.column = pair(item % pair_count(D4), D4);
        item /= pair_count(D4);
        if (item < pair_count(E4)) {
            learned.at = projection(tower) + 8u * item * D4;
            learned.count = E - 8u * item;
            learned.tile = tile_forward(d_joint + 8u * item * D4, params + output_weight(tower), D4, 4u * D4, learned.column);
            let out = pair(item, E4);
            for (var q = 0u; q < queries(tower); q++) {
                let straight = at + d_straight_rows(tower) + q * E4;
                let x = read_stream(model, tower, q, learned.column.x);
                let y = read_stream(model, tower, q, learned.column.y);
                learned.tile = plus(learned.tile, rows[straight + out.x], rows[straight + out.y], x, y);
            }
        } else {
            item -= pair_count(E4);
            learned.at = output_weight(tower) + 8u * item * D4;
            learned.count = 4u * D4 - 8u * item;
            learned.tile = tile_outer(params + projection(tower), D4, pair(item, D4), d_joint, D4, learned.column, E);
        }
    } else if (item < joint_tiles + output_tiles + value_tiles) {
        item -= joint_tiles + output_tiles;
        let head = (item / pair_count(K4)) % H;
        let column = head * K4 + pair(item % pair_count(K4), K4);
        let row = 8u * (item / (pair_count(K4) * H));
        let mass = model * CELLS + mass_cells(tower) + head * count + row;
        let d_out = at + d_attended_rows(tower);
        var sum = Tile();
        for (var b = 0u; b < n; b++) {
            let upper = read_cells(mass + b * H * count);
            let lower = read_cells(mass + b * H * count + 4u);
            sum = plus(sum, upper, lower, rows[d_out + b * D4 + column.x], rows[d_out + b * D4 + column.y]);
        }
        store(at + d_value_rows(tower) + row * D4, D4, column, sum);
    } else {
        item -= joint_tiles + output_tiles + value_tiles;
        let scores = queries(tower) * H * count;
        let seen = queries(tower) * H * D4;
        if (item < scores) {
            let query = item / (H * count);
            let d_mass = model * CELLS + d_mass_cells(tower) + item % (H * count);
            var sum = 0.0;
            for (var b = 0u; b < n; b++) {
                sum += select(0.0, cells[d_mass + b * H * count], query_of(model, tower, b) == query);
            }
            cells[model * CELLS + d_score_cells(tower) + item] = sum;
        } else if (item < scores + seen) {
            item -= scores;
            let query = at + query_rows(tower) + (item / D4) * K4;
            let weight = params + key_weight(tower) + ((item / D4) % H) * 4u * K4 * D4 + item % D4;
            var sum = vec4<f32>();
            for (var i = 0u; i < K4; i++) {
                sum += four(weight + 4u * i * D4, D4) * rows[query + i];
            }
            rows[at + seen_rows(tower) + item] = sum;
        } else if (item < scores + seen + 2u * D4) {
            item -= scores + seen;
            let column = item % D4;
            learned.count = 1u;
            learned.column = vec2<u32>(column);
            if (item < D4) {
                learned.at = output_bias(tower);
                for (var q = 0u; q < queries(tower); q++) {
                    var sum = vec4<f32>();
                    for (var i = 0u; i < E4; i++) {
                        let straight = rows[at + d_straight_rows(tower) + q * E4 + i];
                        sum += four(params + projection(tower) + 4u * i * D4 + column, D4) * straight;
                    }
                    rows[at + d_read_rows(tower) + q * D4 + column] = sum;
                    learned.tile.a[0] += sum;
                }
            } else {
                learned.at = value_bias(tower);
                learned.tile.a[0] = sum_rows(at + d_attended_rows(tower) + column, D4, n);
            }
        }
    }
    learn(model, D4, learned);
}

// dquery, one vec4 of it: of the scores' gradients and the keys.
fn d_query(model: u32, tower: u32, query: u32, column: u32) -> vec4<f32> {
    let score = model * CELLS + d_score_cells(tower) + scores_row(tower, query, column / K4);
    var sum = vec4<f32>();
    for (var r = 0u; r < table_rows(tower); r++) {
        sum += cells[score + r] * rows[model * ROWS + key_rows(tower) + r * D4 + column];
    }
    return sum * SCALE;
}

@compute @workgroup_size(64)
fn d_weights(@builtin(global_invocation_id) id: vec3<u32>) {
    let model = id.z;
    let tower = table_tower(id.y);
    let count = table_rows(tower);
    let columns = pair_count(D4);
    let row_tiles = ((count + 7u) / 8u) * columns;
    let embeddings = runs[model].params + rows_offset(tower);
    var learned = Learned();
    learned.column = pair(id.x % columns, D4);
    var item = id.x;
    if (item < row_tiles) {
        let row = 8u * (item / columns);
        learned.at = rows_offset(tower) + row * D4;
        learned.count = count - row;
        learned.tile = d_rows(model, tower, row, learned.column);
    } else if (item < row_tiles + columns * columns) {
        item = item / columns - row_tiles / columns;
        learned.at = value_weight(tower) + 8u * item * D4;
        learned.count = 4u * D4 - 8u * item;
        learned.tile = tile_outer(model * ROWS + d_value_rows(tower), D4, pair(item, D4), embeddings, D4, learned.column, count);
    } else {
        item -= row_tiles + columns * columns;
        let tiles = columns * columns;
        let is_key = item < tiles;
        if (item < 2u * tiles) {
            let out = pair((item / columns) % columns, D4);
            learned.column = pair(item % columns, D4);
            learned.at = select(query_weight(tower), key_weight(tower), is_key) + 4u * out.x * D4;
            learned.count = 4u * D4 - 4u * out.x;
            for (var q = 0u; q < queries(tower); q++) {
                learned.tile = plus_scores(learned.tile, model, tower, q, out, learned.column, is_key);
            }
        } else {
            item -= 2u * tiles;
            learned.column = vec2<u32>(item % D4);
            learned.count = select(0u, 1u, item < 2u * D4);
            // A key bias shifts all logits of a row alike, so its gradient is zero.
            learned.at = select(key_bias(tower), query_bias(tower), item < D4);
            for (var q = 0u; q < queries(tower) && item < D4; q++) {
                learned.tile.a[0] += d_query(model, tower, q, item);
            }
        }
    }
    learn(model, D4, learned);
}

// A tile of dWk or dWq plus a query's share: dkey^T X = query^T sum_r dscore[r] X[r], and dquery^T x_q.
fn plus_scores(tile: Tile, model: u32, tower: u32, query: u32, out: vec2<u32>, column: vec2<u32>, is_key: bool) -> Tile {
    let at = model * ROWS;
    let embeddings = runs[model].params + rows_offset(tower);
    let source = select(at + key_rows(tower) + out, embeddings + column, is_key);
    let score = model * CELLS + d_score_cells(tower) + scores_row(tower, query, 0u);
    let heads = (out / K4) * table_rows(tower) + score;
    var by_x = mat2x4<f32>();
    var by_y = mat2x4<f32>();
    for (var r = 0u; r < table_rows(tower); r++) {
        let d = vec2<f32>(cells[heads.x + r], cells[heads.y + r]) * SCALE;
        let both = mat2x4<f32>(rows[source.x + r * D4], rows[source.y + r * D4]);
        by_x += d.x * both;
        by_y += d.y * both;
    }
    if (is_key) {
        let from_query = at + query_rows(tower) + query * D4 + out;
        let x = rows[from_query.x];
        let y = rows[from_query.y];
        return Tile(tile.a + outer(x, by_x[0]), tile.b + outer(y, by_y[0]), tile.c + outer(x, by_x[1]), tile.d + outer(y, by_y[1]));
    }
    let x = read_embedding(model, tower, query, column.x);
    let y = read_embedding(model, tower, query, column.y);
    return plus(tile, by_x[0], by_y[1], x, y);
}

// The gradient of eight rows of embeddings.
fn d_rows(model: u32, tower: u32, row: u32, column: vec2<u32>) -> Tile {
    let at = model * ROWS;
    let params = runs[model].params;
    let upper = row + vec4<u32>(0u, 1u, 2u, 3u);
    let lower = upper + 4u;
    var tile = tile_backward(at + d_value_rows(tower) + row * D4, params + value_weight(tower), 4u * D4, D4, column);
    for (var i = 0u; i < queries(tower) * H; i++) {
        let score = model * CELLS + d_score_cells(tower) + i * table_rows(tower) + row;
        let seen = at + seen_rows(tower) + i * D4;
        let up = SCALE * read_cells(score);
        let low = SCALE * read_cells(score + 4u);
        tile = plus(tile, up, low, rows[seen + column.x], rows[seen + column.y]);
    }
    for (var q = 0u; q < queries(tower); q++) {
        let token = vec4<u32>(read_token(tower));
        let position = vec4<u32>(vocab(tower) + read_position(tower, q));
        let one = vec4<f32>(1.0);
        let up = select(vec4<f32>(), one, (upper == token) | (upper == position));
        let low = select(vec4<f32>(), one, (lower == token) | (lower == position));
        if (dot(up + low, one) == 0.0) {
            continue;
        }
        var x = rows[at + d_read_rows(tower) + q * D4 + column.x];
        var y = rows[at + d_read_rows(tower) + q * D4 + column.y];
        for (var i = 0u; i < D4; i++) {
            let d = d_query(model, tower, q, i);
            let weight = params + query_weight(tower) + 4u * i * D4;
            x += four(weight + column.x, D4) * d;
            y += four(weight + column.y, D4) * d;
        }
        tile = plus(tile, up, low, x, y);
    }
    return tile;
}

// A tile plus the outer product of its rows' numbers, upper and lower, and x, its first column, and y, its second.
fn plus(tile: Tile, up: vec4<f32>, low: vec4<f32>, x: vec4<f32>, y: vec4<f32>) -> Tile {
    return Tile(tile.a + outer(up, x), tile.b + outer(low, x), tile.c + outer(up, y), tile.d + outer(low, y));
}
