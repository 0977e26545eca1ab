// The step's loss for `ring`, the gradient of the logit scale (zero where it is clamped), and the step that
// is done now. A workgroup per model: loss = sum of parts, d logit_scale = sum of along (contrast.wgsl).

@compute @workgroup_size(report_lanes)
fn report(here: Workgroup, @builtin(local_invocation_index) lane: u32) {
    let model = model_of(here);
    let run = runs[model];
    let op = ops[op_of(here)];
    let part = report_at(op, here, lane).x;
    if (part >= op.reports) {
        return;
    }
    var losses = 0.0;
    for (var i = lane; i < op.losses; i += report_lanes) {
        losses += floats[run.floats + op.loss + i];
    }
    let loss = sum_over_workgroup(lane, losses);
    var parts = 0.0;
    for (var i = lane; i < op.sequences; i += report_lanes) {
        parts += floats[run.floats + op.along + i];
    }
    let along = sum_over_workgroup(lane, parts);
    if (lane > 0u) {
        return;
    }
    ring[step_place(model)] = loss;
    if (model == 0u) {
        batch[0] = batch[1];
    }
    if (op.sequences > 0u) {
        let is_clamped = exp(floats[run.params + op.logit_scale]) >= run.max_scale;
        floats[run.floats + op.d_logit_scale] = select(along, 0.0, is_clamped);
    }
}
