// Multi-head attention of a row to the keys its position sees (src/engine/cpu/graph/attention.rs):
//   forward   w_t = softmax_t(query . key_t / sqrt(K)),  out = sum_t w_t value_t
//   d_scores  with gain_t = d_out . value_t:  ds_t = w_t (gain_t - sum w gain) / sqrt(K)
//   backward  dquery = sum_t ds_t key_t;  over the rows that see a key:  dkey = sum ds query,  dvalue = sum w d_out
// Reads batch, world, rows: query, key, value [their rows, D]; writes rows: out [N, D] and the three gradients; cells:
// w and ds [N, H, length]. One invocation per row and head, backward one per vec4 of a gradient: nothing is scattered,
// each query, key and value looks up the rows that read it.

// An asking row: where it stands, the keys it sees, and where its weights and its query lie.
struct Asker {
    sequence: u32,
    keys: u32,
    weights: u32,
    query: u32,
}

fn asker(model: u32, row: u32, head: u32) -> Asker {
    let sequence = row / slots(op.out.rows);
    let position = slot_position(model, op.out.rows, sequence, row % slots(op.out.rows));
    var query = row;
    if (op.inputs[0].rows != op.out.rows) {
        query = row_at(model, op.inputs[0].rows, sequence, position);
    }
    return Asker(
        sequence,
        visible_keys(op.tower, position),
        (row * H + head) * length(op.tower),
        model * ROWS + op.inputs[0].start + query * D4 + head * K4,
    );
}

@compute @workgroup_size(64)
fn forward(@builtin(global_invocation_id) id: vec3<u32>) {
    let model = id.z;
    let head = id.x % H;
    let row = id.x / H;
    if (row >= row_count(model, op.out.rows)) {
        return;
    }
    let asks = asker(model, row, head);
    let key = model * ROWS + op.inputs[1].start + head * K4;
    let value = model * ROWS + op.inputs[2].start + head * K4;
    var places: array<u32, LONGEST>;
    var weights: array<f32, LONGEST>;
    var greatest = -3.0e38;
    for (var t = 0u; t < asks.keys; t++) {
        places[t] = row_at(model, op.inputs[1].rows, asks.sequence, t) * D4;
        var sum = 0.0;
        for (var i = 0u; i < K4; i++) {
            sum += dot(rows[asks.query + i], rows[key + places[t] + i]);
        }
        weights[t] = sum * SCALE;
        greatest = max(greatest, weights[t]);
    }
    var total = 0.0;
    for (var t = 0u; t < asks.keys; t++) {
        weights[t] = exp(weights[t] - greatest);
        total += weights[t];
    }
    for (var t = 0u; t < asks.keys; t++) {
        weights[t] /= total;
        cells[model * CELLS + op.cells + asks.weights + t] = weights[t];
    }
    for (var i = 0u; i < K4; i++) {
        var sum = vec4<f32>();
        for (var t = 0u; t < asks.keys; t++) {
            sum += weights[t] * rows[value + places[t] + i];
        }
        rows[model * ROWS + op.out.start + row * D4 + head * K4 + i] = sum;
    }
}

@compute @workgroup_size(64)
fn d_scores(@builtin(global_invocation_id) id: vec3<u32>) {
    let model = id.z;
    let head = id.x % H;
    let row = id.x / H;
    if (row >= row_count(model, op.out.rows)) {
        return;
    }
    let asks = asker(model, row, head);
    let value = model * ROWS + op.inputs[2].start + head * K4;
    let d_out = model * ROWS + op.out.gradient + row * D4 + head * K4;
    let weights = model * CELLS + op.cells + asks.weights;
    var gains: array<f32, LONGEST>;
    var mean = 0.0;
    for (var t = 0u; t < asks.keys; t++) {
        let place = value + row_at(model, op.inputs[2].rows, asks.sequence, t) * D4;
        var gain = 0.0;
        for (var i = 0u; i < K4; i++) {
            gain += dot(rows[d_out + i], rows[place + i]);
        }
        gains[t] = gain;
        mean += cells[weights + t] * gain;
    }
    for (var t = 0u; t < asks.keys; t++) {
        cells[model * CELLS + op.d_cells + asks.weights + t] = cells[weights + t] * (gains[t] - mean) * SCALE;
    }
}

@compute @workgroup_size(64)
fn backward(@builtin(global_invocation_id) id: vec3<u32>) {
    let model = id.z;
    let column = id.x % D4;
    let row = id.x / D4;
    let keys = row_count(model, op.inputs[1].rows);
    if (row < keys) {
        d_key_and_value(model, row, column);
    } else if (row - keys < row_count(model, op.inputs[0].rows)) {
        d_query(model, row - keys, column);
    }
}

fn d_key_and_value(model: u32, row: u32, column: u32) {
    let rows_of = op.inputs[1].rows;
    let d_out = model * ROWS + op.out.gradient + column;
    let asking = slots(op.out.rows);
    var d_key = vec4<f32>();
    var d_value = vec4<f32>();
    for (var sequence = first_sequence(rows_of, row); sequence < end_sequence(model, rows_of, row); sequence++) {
        let position = position_in(model, rows_of, row, sequence);
        if (position == NOWHERE) {
            continue;
        }
        for (var i = sequence * asking; i < (sequence + 1u) * asking; i++) {
            let asks = asker(model, i, column / K4);
            if (position >= asks.keys) {
                continue;
            }
            let at = model * CELLS + asks.weights + position;
            d_key += cells[at + op.d_cells] * rows[asks.query + column % K4];
            d_value += cells[at + op.cells] * rows[d_out + i * D4];
        }
    }
    give(model, op.inputs[1], row * D4 + column, d_key);
    give(model, op.inputs[2], row * D4 + column, d_value);
}

fn d_query(model: u32, row: u32, column: u32) {
    let rows_of = op.inputs[0].rows;
    let key = model * ROWS + op.inputs[1].start + column;
    var sum = vec4<f32>();
    for (var sequence = first_sequence(rows_of, row); sequence < end_sequence(model, rows_of, row); sequence++) {
        let position = position_in(model, rows_of, row, sequence);
        if (position == NOWHERE) {
            continue;
        }
        let asking_row = row_at(model, op.out.rows, sequence, position);
        if (asking_row == NOWHERE) {
            continue;
        }
        let asks = asker(model, asking_row, column / K4);
        for (var t = 0u; t < asks.keys; t++) {
            let place = key + row_at(model, op.inputs[1].rows, sequence, t) * D4;
            sum += cells[model * CELLS + op.d_cells + asks.weights + t] * rows[place];
        }
    }
    give(model, op.inputs[0], row * D4 + column, sum);
}
