// Sums and maxima over the 64 invocations of a workgroup; all are given the result.

var<workgroup> partial: array<f32, 64>;

fn sum_over_workgroup(lane: u32, x: f32) -> f32 {
    partial[lane] = x;
    workgroupBarrier();
    for (var half = 32u; half > 0u; half /= 2u) {
        if (lane < half) {
            partial[lane] += partial[lane + half];
        }
        workgroupBarrier();
    }
    let total = partial[0];
    workgroupBarrier();
    return total;
}

fn max_over_workgroup(lane: u32, x: f32) -> f32 {
    partial[lane] = x;
    workgroupBarrier();
    for (var half = 32u; half > 0u; half /= 2u) {
        if (lane < half) {
            partial[lane] = max(partial[lane], partial[lane + half]);
        }
        workgroupBarrier();
    }
    let greatest = partial[0];
    workgroupBarrier();
    return greatest;
}
