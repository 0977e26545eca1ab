// The gradient of a bias, or of a norm's weight: out = sum over rows of a, or of a times b, [rows, columns]
// both. 256 invocations: 16 columns, so that loads are next to each other, and 16 lanes that share the rows.

const COLUMNS = 16u;
const SUM_LANES = 16u;

var<workgroup> parts: array<f32, 256>;

@compute @workgroup_size(columns_lanes)
fn columns(here: Workgroup, @builtin(local_invocation_index) lane: u32) {
    let op = ops[op_of(here)];
    let first = columns_at(op, here, lane).x;
    if (first >= op.columns) {
        return;
    }
    let floats_at = runs[model_of(here)].floats;
    let column = first + lane % COLUMNS;
    var sum = 0.0;
    if (column < op.columns) {
        for (var row = lane / COLUMNS; row < op.rows; row += SUM_LANES) {
            let at = floats_at + row * op.columns + column;
            var x = floats[at + op.a];
            if (op.is_product == 1u) {
                x *= floats[at + op.b];
            }
            sum += x;
        }
    }
    parts[lane] = sum;
    workgroupBarrier();
    if (lane < COLUMNS && column < op.columns) {
        var total = 0.0;
        for (var i = 0u; i < SUM_LANES; i++) {
            total += parts[i * COLUMNS + lane];
        }
        floats[floats_at + op.out + column] = total;
    }
}
