// The mirror of forward.wgsl (src/engine/cpu/backward.rs), from dz on, the towers that are computed by tables:
//   d_attended  da = dz joint;  gain_t = da . v_t;  ds_t = w_t (gain_t - sum w gain), summed into table rows;
//               djoint = dz^T attended;  dstraight_q = sum of dz over b asking q
//   d_tables    dvalue[r] = sum_b mass[b,r] da_b;  dscore[q,h,r] = sum over b asking q of ds[b,h,r];
//               dquery_q = sum_r dscore key[r] / sqrt(K);
//               dread_q = dstraight_q Wp;  seen[q,h] = query[q,h] Wk_h / sqrt(K), what a row's score moves in it;
//               dWp = djoint Wo^T + sum_q dstraight_q^T (x_q + Bo),  dWo = Wp^T djoint,  dBo, dBv
//   d_weights   dX[r] = dvalue Wv + sum dscore seen, plus dread_q + dquery_q Wq at the rows that are read;
//               dWv = dvalue^T X,  dWk = dkey^T X,  dWq = dquery^T x_q  with dkey of dscore;  dBq, dBk
// Reads what forward and contrast left; writes rows: d_attended [B,D], d_joint [E,D], d_straight [Q,E], d_value [R,D],
// d_query, d_read [Q,D], seen [Q,H,D]; cells: d_mass [B,H,R in eights], d_score [Q,H,R]; parameters learn where their
// gradient is whole.
// A boundary each: d_tables sums over the batch what d_attended finds per sequence, d_weights over what d_tables sums.
// In tiles (shared/tile.wgsl) of 2.7 FLOPs a byte. d_attended: 4 B D E FLOPs, and 2 B R D for the gains of the tables' rows, of
// which gain_t is two, 2 a byte; d_tables: 4 D^2 E FLOPs and 2 B R D; d_weights: 4 R D^2 FLOPs.

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
        for (var i = 0u; i < quad_count(K4); i++) {
            let column = head * K4 + quad(i, K4);
            let tiles = tiles_backward(dz + sequence * E4, at + joint_rows(tower), E, D4, column);
            store_both(at + d_attended_rows(tower) + sequence * D4, D4, column, tiles);
        }
        let d_out = at + d_attended_rows(tower) + sequence * D4 + head * K4;
        let value = at + value_rows(tower) + head * K4;
        let width = eights(table_rows(tower));
        for (var r = 0u; r < width; r += 8u) {
            let gains = tile_forward(d_out, value, K4, D4, width, pair(r / 8u, width / 4u));
            store_cells(d_mass_row(model, tower, sequence, head) + r, H * width, gains);
        }
        for (var s = sequence; s < min(sequence + 8u, n); s++) {
            d_attention(model, tower, s, head);
        }
        return;
    }
    item -= (B / 8u) * H;
    if (item < pair_count(E4) * quad_count(D4)) {
        let out = item / quad_count(D4);
        let column = quad(item % quad_count(D4), D4);
        let tiles = tiles_outer(dz, E4, pair(out, E4), at + attended_rows(tower), D4, column, n);
        store_both(at + d_joint_rows(tower) + 8u * out * D4, D4, column, tiles);
        return;
    }
    item -= pair_count(E4) * quad_count(D4);
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

// From the gains of the tables' rows, which it replaces, to a head's attention logits, of one sequence.
fn d_attention(model: u32, tower: u32, sequence: u32, head: u32) {
    let keys = visible_keys(tower, read_position(tower, query_of(model, tower, sequence)));
    let tokens = tokens_at(model, tower, sequence);
    let mass = mass_row(model, tower, sequence, head) + vocab(tower);
    let row = d_mass_row(model, tower, sequence, head);
    var gain: array<f32, LONGEST>;
    var mean = 0.0;
    for (var t = 0u; t < keys; t++) {
        gain[t] = cells[row + batch[tokens + t]] + cells[row + vocab(tower) + t];
        mean += cells[mass + t] * gain[t];
    }
    for (var r = 0u; r < table_rows(tower); r++) {
        cells[row + r] = 0.0;
    }
    for (var t = 0u; t < keys; t++) {
        let d = cells[mass + t] * (gain[t] - mean);
        cells[row + batch[tokens + t]] += d;
        cells[row + vocab(tower) + t] = d;
    }
}

// Where the gradients of a sequence's mass begin, eights of them.
fn d_mass_row(model: u32, tower: u32, sequence: u32, head: u32) -> u32 {
    return model * CELLS + d_mass_cells(tower) + (sequence * H + head) * eights(table_rows(tower));
}

@compute @workgroup_size(64)
fn d_tables(@builtin(global_invocation_id) id: vec3<u32>) {
    let model = id.z;
    let tower = table_tower(id.y);
    let n = runs[model].batch;
    let count = table_rows(tower);
    let at = model * ROWS;
    let params = runs[model].params;
    let joint_tiles = pair_count(E4) * quad_count(D4);
    let output_tiles = pair_count(D4) * quad_count(D4);
    let value_tiles = eights(count) / 8u * H * quad_count(K4);
    let d_joint = at + d_joint_rows(tower);
    let heads = queries(tower) * H;
    var learned = Learned();
    var item = id.x - heads;
    // The longest first, so that none waits for it.
    if (id.x < heads) {
        d_scores(model, tower, id.x / H, id.x % H);
    } else if (item < joint_tiles + output_tiles) {
        learned.column = quad(item % quad_count(D4), D4);
        item /= quad_count(D4);
        if (item < pair_count(E4)) {
            learned.at = projection(tower) + 8u * item * D4;
            learned.count = E - 8u * item;
            learned.tiles = tiles_forward(d_joint + 8u * item * D4, params + output_weight(tower), D4, D4, 4u * D4, learned.column);
            let out = pair(item, E4);
            for (var q = 0u; q < queries(tower); q++) {
                let straight = at + d_straight_rows(tower) + q * E4;
                let x = four_read_streams(model, tower, q, learned.column);
                learned.tiles = plus_both(learned.tiles, rows[straight + out.x], rows[straight + out.y], x);
            }
        } else {
            item -= pair_count(E4);
            learned.at = output_weight(tower) + 8u * item * D4;
            learned.count = 4u * D4 - 8u * item;
            learned.tiles = tiles_outer(params + projection(tower), D4, pair(item, D4), d_joint, D4, learned.column, E);
        }
    } else if (item < joint_tiles + output_tiles + value_tiles) {
        item -= joint_tiles + output_tiles;
        let head = (item / quad_count(K4)) % H;
        let column = head * K4 + quad(item % quad_count(K4), K4);
        let row = 8u * (item / (quad_count(K4) * H));
        let mass = mass_row(model, tower, 0u, head) + row;
        let d_out = at + d_attended_rows(tower);
        var sum = Tiles();
        for (var b = 0u; b < n; b++) {
            let upper = read_cells(mass + b * H * count);
            let lower = read_cells(mass + b * H * count + 4u);
            sum = plus_both(sum, upper, lower, columns_of(d_out + b * D4, column));
        }
        store_both(at + d_value_rows(tower) + row * D4, D4, column, sum);
    } else {
        item -= joint_tiles + output_tiles + value_tiles;
        let seen = heads * D4;
        if (item < seen) {
            let query = at + query_rows(tower) + (item / D4) * K4;
            let weight = params + key_weight(tower) + ((item / D4) % H) * 4u * K4 * D4 + item % D4;
            var sum = vec4<f32>();
            for (var i = 0u; i < K4; i++) {
                sum += four(weight + 4u * i * D4, D4) * rows[query + i];
            }
            rows[at + seen_rows(tower) + item] = SCALE * sum;
        } else if (item < seen + 2u * D4) {
            item -= seen;
            let column = item % D4;
            learned.count = 1u;
            learned.column = vec4<u32>(column);
            if (item < D4) {
                learned.at = output_bias(tower);
                for (var q = 0u; q < queries(tower); q++) {
                    var sum = vec4<f32>();
                    for (var i = 0u; i < E4; i++) {
                        let straight = rows[at + d_straight_rows(tower) + q * E4 + i];
                        sum += four(params + projection(tower) + 4u * i * D4 + column, D4) * straight;
                    }
                    rows[at + d_read_rows(tower) + q * D4 + column] = sum;
                    learned.tiles.left.a[0] += sum;
                }
            } else {
                learned.at = value_bias(tower);
                learned.tiles.left.a[0] = sum_rows(at + d_attended_rows(tower) + column, D4, n);
            }
        }
    }
    learn(model, D4, learned);
}

// A query's dscore in a head, and with the keys its dquery there.
fn d_scores(model: u32, tower: u32, query: u32, head: u32) {
    let d_mass = d_mass_row(model, tower, 0u, head);
    let width = H * eights(table_rows(tower));
    let score = model * CELLS + d_score_cells(tower) + scores_row(tower, query, head);
    for (var r = 0u; r < table_rows(tower); r += 4u) {
        var sum = vec4<f32>();
        for (var b = 0u; b < runs[model].batch; b++) {
            sum += select(vec4<f32>(), read_cells(d_mass + b * width + r), query_of(model, tower, b) == query);
        }
        for (var j = 0u; j < min(4u, table_rows(tower) - r); j++) {
            cells[score + r + j] = sum[j];
        }
    }
    for (var i = head * K4; i < (head + 1u) * K4; i++) {
        var sum = vec4<f32>();
        for (var r = 0u; r < table_rows(tower); r++) {
            sum += cells[score + r] * rows[model * ROWS + key_rows(tower) + r * D4 + i];
        }
        rows[model * ROWS + d_query_rows(tower) + query * D4 + i] = SCALE * sum;
    }
}

@compute @workgroup_size(64)
fn d_weights(@builtin(global_invocation_id) id: vec3<u32>) {
    let model = id.z;
    let tower = table_tower(id.y);
    let count = table_rows(tower);
    let outputs = pair_count(D4);
    let columns = quad_count(D4);
    let row_tiles = eights(count) / 8u * columns;
    let embeddings = runs[model].params + rows_offset(tower);
    var learned = Learned();
    learned.column = quad(id.x % columns, D4);
    var item = id.x;
    if (item < row_tiles) {
        let row = 8u * (item / columns);
        learned.at = rows_offset(tower) + row * D4;
        learned.count = count - row;
        learned.tiles = d_rows(model, tower, row, learned.column);
    } else if (item < row_tiles + outputs * columns) {
        item = item / columns - row_tiles / columns;
        learned.at = value_weight(tower) + 8u * item * D4;
        learned.count = 4u * D4 - 8u * item;
        learned.tiles = tiles_outer(model * ROWS + d_value_rows(tower), D4, pair(item, D4), embeddings, D4, learned.column, count);
    } else {
        let tiles = outputs * columns;
        item -= row_tiles + tiles;
        let is_key = item < tiles;
        if (item < 2u * tiles) {
            let out = pair((item / columns) % outputs, D4);
            learned.at = select(query_weight(tower), key_weight(tower), is_key) + 4u * out.x * D4;
            learned.count = 4u * D4 - 4u * out.x;
            for (var q = 0u; q < queries(tower); q++) {
                if (is_key) {
                    learned.tiles = plus_keys(learned.tiles, model, tower, q, out, learned.column);
                } else {
                    let d_query = model * ROWS + d_query_rows(tower) + q * D4 + out;
                    let x = four_read_embeddings(model, tower, q, learned.column);
                    learned.tiles = plus_both(learned.tiles, rows[d_query.x], rows[d_query.y], x);
                }
            }
        } else {
            item -= 2u * tiles;
            learned.column = vec4<u32>(item % D4);
            learned.count = select(0u, 1u, item < 2u * D4);
            // A key bias shifts all logits of a row alike, so its gradient is zero.
            learned.at = select(key_bias(tower), query_bias(tower), item < D4);
            for (var q = 0u; q < queries(tower) && item < D4; q++) {
                learned.tiles.left.a[0] += rows[model * ROWS + d_query_rows(tower) + q * D4 + item];
            }
        }
    }
    learn(model, D4, learned);
}

// Two tiles of dWk plus a query's share: dkey^T X = query^T sum_r dscore[r] X[r] / sqrt(K).
fn plus_keys(tiles: Tiles, model: u32, tower: u32, query: u32, out: vec2<u32>, column: vec4<u32>) -> Tiles {
    let source = runs[model].params + rows_offset(tower);
    let heads = model * CELLS + d_score_cells(tower) + scores_row(tower, query, 0u) + (out / K4) * table_rows(tower);
    var by_x = mat4x4<f32>();
    var by_y = mat4x4<f32>();
    for (var r = 0u; r < table_rows(tower); r++) {
        let read = columns_of(source + r * D4, column);
        by_x += cells[heads.x + r] * read;
        by_y += cells[heads.y + r] * read;
    }
    let from_query = model * ROWS + query_rows(tower) + query * D4 + out;
    let x = SCALE * rows[from_query.x];
    let y = SCALE * rows[from_query.y];
    let left = tiles.left;
    let right = tiles.right;
    return Tiles(
        Tile(left.a + outer(x, by_x[0]), left.b + outer(y, by_y[0]), left.c + outer(x, by_x[1]), left.d + outer(y, by_y[1])),
        Tile(right.a + outer(x, by_x[2]), right.b + outer(y, by_y[2]), right.c + outer(x, by_x[3]), right.d + outer(y, by_y[3])),
    );
}

// The gradient of eight rows of embeddings.
fn d_rows(model: u32, tower: u32, row: u32, column: vec4<u32>) -> Tiles {
    let at = model * ROWS;
    let params = runs[model].params;
    let upper = row + vec4<u32>(0u, 1u, 2u, 3u);
    let lower = upper + 4u;
    var tiles = tiles_backward(at + d_value_rows(tower) + row * D4, params + value_weight(tower), 4u * D4, D4, column);
    for (var i = 0u; i < queries(tower) * H; i++) {
        let score = model * CELLS + d_score_cells(tower) + i * table_rows(tower) + row;
        let seen = columns_of(at + seen_rows(tower) + i * D4, column);
        tiles = plus_both(tiles, read_cells(score), read_cells(score + 4u), seen);
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
        var sum = columns_of(at + d_read_rows(tower) + q * D4, column);
        for (var i = 0u; i < D4; i++) {
            let d = rows[at + d_query_rows(tower) + q * D4 + i];
            let weight = params + query_weight(tower) + 4u * i * D4 + column;
            sum[0] += four(weight.x, D4) * d;
            sum[1] += four(weight.y, D4) * d;
            sum[2] += four(weight.z, D4) * d;
            sum[3] += four(weight.w, D4) * d;
        }
        tiles = plus_both(tiles, up, low, sum);
    }
    return tiles;
}
