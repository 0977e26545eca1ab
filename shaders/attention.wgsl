// Multi-head attention of a row to the keys its position sees (src/engine/cpu/graph/attention.rs):
//   forward   w_t = softmax_t(query . key_t / sqrt(K)),  out = sum_t w_t value_t
//   backward  with gain_t = d_out . value_t:  ds_t = w_t (gain_t - sum w gain) / sqrt(K),  dquery = sum_t
//   ds_t key_t
//   keys      over the rows that see a key:  dkey = sum ds query,  or  dvalue = sum w d_out
// Reads batch, world, query, key, value [their rows, D]; writes out [rows, D], w and ds [rows, H, length],
// d_query [rows, D] and the gradients of key and value. A workgroup per row, all its heads; for keys a
// product per head, in tiles (shared/tile.wgsl).

// Of a row that asks: where its keys and values begin, its logits of all heads (16 heads, 25 tokens), and its
// weights or the logits' gradient.
var<workgroup> key_starts: array<u32, 25>;
var<workgroup> logits: array<f32, 400>;
var<workgroup> weights: array<f32, 400>;

// A row that asks: its sequence, the keys it sees, and the row of its query.
struct Asker {
    sequence: u32,
    keys: u32,
    query: u32,
}

fn asker(model: u32, op: Op, row: u32) -> Asker {
    let own = slots(op.places, op.kind);
    let sequence = row / own;
    let position = slot_position(model, op.places, op.kind, sequence, row % own);
    var query = row;
    if (op.query_kind != op.kind) {
        query = row_at(model, op.places, op.query_kind, sequence, position);
    }
    return Asker(sequence, visible_keys(op.places, position), query);
}

// Finds where a row's keys begin, for the whole workgroup.
fn find_keys(model: u32, op: Op, asks: Asker, lane: u32) {
    for (var t = lane; t < asks.keys; t += forward_lanes) {
        key_starts[t] = row_at(model, op.places, op.key_kind, asks.sequence, t) * op.width;
    }
    workgroupBarrier();
}

// The inner product of a head's part of two rows.
fn head_product(a: u32, b: u32, width: u32) -> f32 {
    var sum = 0.0;
    for (var i = 0u; i < width; i++) {
        sum += floats[a + i] * floats[b + i];
    }
    return sum;
}

// Keys or values, one column, times the weights of its head.
fn weighted_sum(op: Op, keys: u32, rows: u32, column: u32) -> f32 {
    let first = column / op.head_width * keys;
    var sum = 0.0;
    for (var t = 0u; t < keys; t++) {
        sum += weights[first + t] * floats[rows + key_starts[t] + column];
    }
    return sum;
}

@compute @workgroup_size(forward_lanes)
fn forward(here: Workgroup, @builtin(local_invocation_index) lane: u32) {
    let model = model_of(here);
    let op = ops[op_of(here)];
    let row = forward_at(op, here, lane).x;
    if (row >= op.rows) {
        return;
    }
    let asks = asker(model, op, row);
    let at = runs[model].floats;
    find_keys(model, op, asks, lane);
    for (var i = lane; i < op.heads * asks.keys; i += forward_lanes) {
        let head = i / asks.keys * op.head_width;
        let query = at + op.query + asks.query * op.width + head;
        let key = at + op.key + key_starts[i % asks.keys] + head;
        logits[i] = op.scale * head_product(query, key, op.head_width);
    }
    workgroupBarrier();
    for (var i = lane; i < op.heads * asks.keys; i += forward_lanes) {
        let first = i / asks.keys * asks.keys;
        var greatest = logits[first];
        for (var t = 1u; t < asks.keys; t++) {
            greatest = max(greatest, logits[first + t]);
        }
        var total = 0.0;
        for (var t = 0u; t < asks.keys; t++) {
            total += exp(logits[first + t] - greatest);
        }
        weights[i] = exp(logits[i] - greatest) / total;
        let kept = (row * op.heads + i / asks.keys) * op.places.length + i % asks.keys;
        floats[at + op.weights + kept] = weights[i];
    }
    workgroupBarrier();
    for (var column = lane; column < op.width; column += forward_lanes) {
        floats[at + op.out + row * op.width + column] = weighted_sum(op, asks.keys, at + op.value, column);
    }
}

@compute @workgroup_size(backward_lanes)
fn backward(here: Workgroup, @builtin(local_invocation_index) lane: u32) {
    let model = model_of(here);
    let op = ops[op_of(here)];
    let row = backward_at(op, here, lane).x;
    if (row >= op.rows) {
        return;
    }
    let asks = asker(model, op, row);
    let at = runs[model].floats;
    find_keys(model, op, asks, lane);
    // First the gains.
    for (var i = lane; i < op.heads * asks.keys; i += backward_lanes) {
        let head = i / asks.keys * op.head_width;
        let d_out = at + op.d_out + row * op.width + head;
        logits[i] = head_product(d_out, at + op.value + key_starts[i % asks.keys] + head, op.head_width);
    }
    workgroupBarrier();
    for (var i = lane; i < op.heads * asks.keys; i += backward_lanes) {
        let first = i / asks.keys * asks.keys;
        let kept = (row * op.heads + i / asks.keys) * op.places.length;
        var mean = 0.0;
        for (var t = 0u; t < asks.keys; t++) {
            mean += floats[at + op.weights + kept + t] * logits[first + t];
        }
        let weight = floats[at + op.weights + kept + i % asks.keys];
        weights[i] = op.scale * weight * (logits[i] - mean);
        floats[at + op.d_logits + kept + i % asks.keys] = weights[i];
    }
    workgroupBarrier();
    for (var column = lane; column < op.width; column += backward_lanes) {
        floats[at + op.d_query + row * op.width + column] = weighted_sum(op, asks.keys, at + op.key, column);
    }
}

// What a row of weights, or of their gradients, gives a key: nothing where the row does not see it.
fn given(model: u32, op: Op, row: u32, key: u32, head: u32) -> f32 {
    let asks = asker(model, op, row);
    let position = position_in(model, op.places, op.key_kind, key, asks.sequence);
    if (position >= asks.keys) {
        return 0.0;
    }
    return floats[runs[model].floats + op.given + (row * op.heads + head) * op.places.length + position];
}

@compute @workgroup_size(keys_lanes)
fn keys(here: Workgroup, @builtin(local_invocation_index) lane: u32) {
    let model = model_of(here);
    let op = ops[op_of(here)];
    let first = keys_at(op, here, lane);
    if (first.x >= op.key_rows) {
        return;
    }
    let at = runs[model].floats;
    // A tile's columns are of one head.
    let head = first.y / op.head_columns;
    let first_column = first.y % op.head_columns;
    let met = rows_met(op.places, first.x, op.key_rows, op.key_kind, op.kind);
    var sum = mat4x4<f32>();
    for (var k = met.x; k < met.y; k += TILE) {
        // An invocation fills half a column of the one tile and of the other.
        let row = k + lane % TILE;
        for (var i = lane / TILE; i < TILE; i += 2u) {
            var x = 0.0;
            if (row < met.y && first.x + i < op.key_rows) {
                x = given(model, op, row, first.x + i, head);
            }
            a_tile[i * STRIDE + lane % TILE] = x;
            let column = first_column + lane % TILE;
            var y = 0.0;
            if (k + i < met.y && column < op.head_width) {
                var source = k + i;
                if (op.is_key == 1u) {
                    source = asker(model, op, k + i).query;
                }
                y = floats[at + op.given_to + source * op.width + head * op.head_width + column];
            }
            b_tile[i * STRIDE + lane % TILE] = y;
        }
        sum += tile_product(lane);
    }
    let extent = vec2<u32>(op.key_rows, op.head_width);
    let start = at + op.d_keys + head * op.head_width;
    store_tile(lane, sum, Target(start, op.width, extent, vec2<u32>(first.x, first_column)), false);
}
