// Multi-head attention of a row to the keys its position sees (src/engine/cpu/graph/attention.rs):
//   forward   w_t = softmax_t(query . key_t / sqrt(K)),  out = sum_t w_t value_t
//   backward  with gain_t = d_out . value_t:  ds_t = w_t (gain_t - sum w gain) / sqrt(K),  dquery = sum_t ds_t key_t
//   keys      over the rows that see a key:  dkey = sum ds query,  dvalue = sum w d_out
// Reads batch, world, query, key, value [their rows, D]; writes out [rows, D], w and ds [rows, H, length], d_query [rows, D] and the
// gradients of key and value. A workgroup per row, all its heads; for keys a workgroup per key and 16 columns.

// A row's weights of all heads, or what becomes of them: 16 heads, 25 tokens.
var<workgroup> logits: array<f32, 400>;

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

// The inner product of a head's part of two rows.
fn head_product(a: u32, b: u32, width: u32) -> f32 {
    var sum = 0.0;
    for (var i = 0u; i < width; i++) {
        sum += floats[a + i] * floats[b + i];
    }
    return sum;
}

@compute @workgroup_size(forward_lanes)
fn forward(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let model = model_of(group);
    let op = ops[op_of(group)];
    let row = forward_at(op, group, groups, lane).x;
    if (row >= op.rows) {
        return;
    }
    let asks = asker(model, op, row);
    let at = runs[model].floats;
    for (var i = lane; i < op.heads * asks.keys; i += forward_lanes) {
        let head = (i / asks.keys) * op.head_width;
        let key = row_at(model, op.places, op.key_kind, asks.sequence, i % asks.keys);
        logits[i] = op.scale * head_product(at + op.query + asks.query * op.width + head, at + op.key + key * op.width + head, op.head_width);
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
        let weight = exp(logits[i] - greatest) / total;
        floats[at + op.weights + (row * op.heads + i / asks.keys) * op.places.length + i % asks.keys] = weight;
    }
    storageBarrier();
    for (var column = lane; column < op.width; column += forward_lanes) {
        let weights = at + op.weights + (row * op.heads + column / op.head_width) * op.places.length;
        var sum = 0.0;
        for (var t = 0u; t < asks.keys; t++) {
            let value = row_at(model, op.places, op.key_kind, asks.sequence, t);
            sum += floats[weights + t] * floats[at + op.value + value * op.width + column];
        }
        floats[at + op.out + row * op.width + column] = sum;
    }
}

@compute @workgroup_size(backward_lanes)
fn backward(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let model = model_of(group);
    let op = ops[op_of(group)];
    let row = backward_at(op, group, groups, lane).x;
    if (row >= op.rows) {
        return;
    }
    let asks = asker(model, op, row);
    let at = runs[model].floats;
    for (var i = lane; i < op.heads * asks.keys; i += backward_lanes) {
        let head = (i / asks.keys) * op.head_width;
        let value = row_at(model, op.places, op.key_kind, asks.sequence, i % asks.keys);
        logits[i] = head_product(at + op.d_out + row * op.width + head, at + op.value + value * op.width + head, op.head_width);
    }
    workgroupBarrier();
    for (var i = lane; i < op.heads * asks.keys; i += backward_lanes) {
        let head = i / asks.keys;
        let weights = (row * op.heads + head) * op.places.length;
        var mean = 0.0;
        for (var t = 0u; t < asks.keys; t++) {
            mean += floats[at + op.weights + weights + t] * logits[head * asks.keys + t];
        }
        let weight = floats[at + op.weights + weights + i % asks.keys];
        floats[at + op.d_logits + weights + i % asks.keys] = op.scale * weight * (logits[i] - mean);
    }
    storageBarrier();
    for (var column = lane; column < op.width; column += backward_lanes) {
        let d_logits = at + op.d_logits + (row * op.heads + column / op.head_width) * op.places.length;
        var sum = 0.0;
        for (var t = 0u; t < asks.keys; t++) {
            let key = row_at(model, op.places, op.key_kind, asks.sequence, t);
            sum += floats[d_logits + t] * floats[at + op.key + key * op.width + column];
        }
        floats[at + op.d_query + row * op.width + column] = sum;
    }
}

@compute @workgroup_size(keys_lanes)
fn keys(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) invocation: u32) {
    let model = model_of(group);
    let op = ops[op_of(group)];
    let first = keys_at(op, group, groups, invocation);
    if (first.x >= op.key_rows) {
        return;
    }
    let column = first.y + invocation % COLUMNS;
    let at = runs[model].floats;
    let asking = slots(op.places, op.kind);
    let sequences = first_sequence(op.places, op.key_kind, first.x);
    var d_key = 0.0;
    var d_value = 0.0;
    if (column < op.width) {
        // The lanes share the rows of all the sequences that the key can stand in.
        for (var i = invocation / COLUMNS; i < sequence_count(op.places, op.key_kind) * asking; i += SUM_LANES) {
            let sequence = sequences + i / asking;
            let row = sequence * asking + i % asking;
            let position = position_in(model, op.places, op.key_kind, first.x, sequence);
            let asks = asker(model, op, row);
            if (position == NOWHERE || position >= asks.keys) {
                continue;
            }
            let weight = at + (row * op.heads + column / op.head_width) * op.places.length + position;
            d_key += floats[weight + op.d_logits] * floats[at + op.query + asks.query * op.width + column];
            d_value += floats[weight + op.weights] * floats[at + op.d_out + row * op.width + column];
        }
    }
    let key = sum_over_lanes(invocation, d_key);
    let value = sum_over_lanes(invocation, d_value);
    if (invocation < COLUMNS && column < op.width) {
        floats[at + op.d_key + first.x * op.width + column] = key;
        floats[at + op.d_value + first.x * op.width + column] = value;
    }
}
