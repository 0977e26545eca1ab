// CLIP's symmetric contrastive loss and its gradient (src/engine/cpu/contrast.rs), seen from each tower:
// `own` is its sequence, `other` the other tower's, N sequences, c = u v^T the cosines,
// s = min(exp(logit_scale), max_scale):
//   normalise    u = z / |z|
//   softmax      lse_own = log sum over others of exp(s c);  loss part (lse_own - s c[own,own]) / 2N
//   d_cosines    dc = s/2N (exp(s c - lse_own) + exp(s c - lse_other) - 2 [own = other]);  du = dc u_other
//   d_normalise  along = du . u,  dz = (du - u along) / |z|;  d logit_scale = sum of along (report.wgsl)
// Both towers have cosines [own, other], so that no row is read down a column. d_cosines an invocation per
// number, the others a workgroup per row.

fn logit_scale(run: Run, op: Op) -> f32 {
    return min(exp(floats[run.params + op.logit_scale]), run.max_scale);
}

@compute @workgroup_size(normalise_lanes)
fn normalise(here: Workgroup, @builtin(local_invocation_index) lane: u32) {
    let op = ops[op_of(here)];
    let row = normalise_at(op, here, lane).x;
    if (row >= op.sequences) {
        return;
    }
    let share = runs[model_of(here)].floats;
    let at = share + row * op.width;
    var squares = 0.0;
    for (var i = lane; i < op.width; i += normalise_lanes) {
        squares += floats[at + op.z + i] * floats[at + op.z + i];
    }
    let length = sqrt(sum_over_workgroup(lane, squares));
    for (var i = lane; i < op.width; i += normalise_lanes) {
        floats[at + op.unit + i] = floats[at + op.z + i] / length;
    }
    if (lane == 0u) {
        floats[share + op.length + row] = length;
    }
}

@compute @workgroup_size(softmax_lanes)
fn softmax(here: Workgroup, @builtin(local_invocation_index) lane: u32) {
    let op = ops[op_of(here)];
    let own = softmax_at(op, here, lane).x;
    if (own >= op.sequences) {
        return;
    }
    let run = runs[model_of(here)];
    let scale = logit_scale(run, op);
    let cosines = run.floats + op.cosines + own * op.sequences;
    var most = -3.0e38;
    for (var other = lane; other < op.sequences; other += softmax_lanes) {
        most = max(most, scale * floats[cosines + other]);
    }
    let greatest = max_over_workgroup(lane, most);
    var sum = 0.0;
    for (var other = lane; other < op.sequences; other += softmax_lanes) {
        sum += exp(scale * floats[cosines + other] - greatest);
    }
    let lse = greatest + log(sum_over_workgroup(lane, sum));
    if (lane == 0u) {
        floats[run.floats + op.lse + own] = lse;
        floats[run.floats + op.loss + own] = (lse - scale * floats[cosines + own]) * 0.5 / f32(op.sequences);
    }
}

@compute @workgroup_size(d_cosines_lanes)
fn d_cosines(here: Workgroup, @builtin(local_invocation_index) lane: u32) {
    let op = ops[op_of(here)];
    let at = d_cosines_at(op, here, lane);
    if (at.x >= op.sequences) {
        return;
    }
    let run = runs[model_of(here)];
    let scale = logit_scale(run, op);
    let i = run.floats + at.x * op.sequences + at.y;
    let logit = scale * floats[i + op.cosines];
    let own_lse = floats[run.floats + op.lse + at.x];
    let other_lse = floats[run.floats + op.other_lse + at.y];
    let p = exp(logit - own_lse) + exp(logit - other_lse);
    floats[i + op.d_cosines] = (p - select(0.0, 2.0, at.x == at.y)) * scale * 0.5 / f32(op.sequences);
}

@compute @workgroup_size(d_normalise_lanes)
fn d_normalise(here: Workgroup, @builtin(local_invocation_index) lane: u32) {
    let op = ops[op_of(here)];
    let row = d_normalise_at(op, here, lane).x;
    if (row >= op.sequences) {
        return;
    }
    let share = runs[model_of(here)].floats;
    let at = share + row * op.width;
    var part = 0.0;
    for (var i = lane; i < op.width; i += d_normalise_lanes) {
        part += floats[at + op.d_unit + i] * floats[at + op.unit + i];
    }
    let along = sum_over_workgroup(lane, part);
    let length = floats[share + op.length + row];
    for (var i = lane; i < op.width; i += d_normalise_lanes) {
        floats[at + op.d_z + i] = (floats[at + op.d_unit + i] - floats[at + op.unit + i] * along) / length;
    }
    if (lane == 0u) {
        floats[share + op.along + row] = along;
    }
}
