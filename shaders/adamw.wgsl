// AdamW (src/engine/cpu/adamw.rs), an invocation per parameter:
//   m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g^2
//   p -= rate (m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + eps) + decay p)
// The rate of the step comes from src/config/schedule.rs.
// 6 floats of traffic per parameter and about 12 FLOPs.

@compute @workgroup_size(adamw_lanes)
fn adamw(here: Workgroup, @builtin(local_invocation_index) lane: u32) {
    let model = model_of(here);
    let run = runs[model];
    let op = ops[op_of(here)];
    let i = adamw_at(op, here, lane).x;
    if (i >= op.params) {
        return;
    }
    let t = f32(batch[1]);
    let rate = rates[step_place(model)];
    let gradient = floats[run.floats + op.gradients + i];
    let m = run.beta1 * moments[run.first + i] + (1.0 - run.beta1) * gradient;
    let v = run.beta2 * moments[run.second + i] + (1.0 - run.beta2) * gradient * gradient;
    moments[run.first + i] = m;
    moments[run.second + i] = v;
    let m_hat = m / (1.0 - pow(run.beta1, t));
    let v_hat = v / (1.0 - pow(run.beta2, t));
    let p = floats[run.params + i];
    floats[run.params + i] = p - rate * (m_hat / (sqrt(v_hat) + run.eps) + run.weight_decay * p);
}
