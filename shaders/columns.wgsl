// The gradient of a bias, or of a norm's weight: out = sum over rows of a, or of a times b, [rows, columns] both.

@compute @workgroup_size(columns_lanes)
fn columns(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) invocation: u32) {
    let op = ops[op_of(group)];
    let floats_at = runs[model_of(group)].floats;
    let column = columns_at(op, group, groups, invocation).x + invocation % COLUMNS;
    var sum = 0.0;
    if (column < op.columns) {
        for (var row = invocation / COLUMNS; row < op.rows; row += SUM_LANES) {
            let at = floats_at + row * op.columns + column;
            var x = floats[at + op.a];
            if (op.is_product == 1u) {
                x *= floats[at + op.b];
            }
            sum += x;
        }
    }
    let total = sum_over_lanes(invocation, sum);
    if (invocation < COLUMNS && column < op.columns) {
        floats[floats_at + op.out + column] = total;
    }
}
