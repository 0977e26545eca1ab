// Sums over rows by 256 invocations: 16 columns, so that loads are next to each other, and 16 lanes that share the rows.

const COLUMNS = 16u;
const SUM_LANES = 16u;

var<workgroup> parts: array<f32, 256>;

// The sum of the lanes' `x` for the column of an invocation; only the first lane is given it.
fn sum_over_lanes(invocation: u32, x: f32) -> f32 {
    parts[invocation] = x;
    workgroupBarrier();
    var total = 0.0;
    if (invocation < COLUMNS) {
        for (var lane = 0u; lane < SUM_LANES; lane++) {
            total += parts[lane * COLUMNS + invocation];
        }
    }
    workgroupBarrier();
    return total;
}
