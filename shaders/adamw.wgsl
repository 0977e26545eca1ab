// AdamW (src/engine/cpu/adamw.rs), one invocation per vec4 of parameters:
//   m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g^2
//   p -= rate (m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + eps) + decay p),  rate = lr min(1, t / warmup)
// Reads grads, cells (loss parts, which sum to the loss); writes params, moments, and the step's loss into ring [RING, P].
// 7 floats of traffic per parameter and about 12 FLOPs: bound by memory.

@compute @workgroup_size(64)
fn adamw(@builtin(global_invocation_id) id: vec3<u32>) {
    let model = id.z;
    let run = runs[model];
    let step = batch[1];
    if (id.x == 0u) {
        var loss = 0.0;
        for (var i = 0u; i < run.batch * LOSS_PARTS; i++) {
            loss += cells[model * CELLS + LOSS + i];
        }
        ring[((step - 1u) % RING) * POPULATION + model] = loss;
        if (model == 0u) {
            batch[0] = step;
        }
    }
    if (id.x >= PARAMS) {
        return;
    }
    let t = f32(step);
    let rate = run.lr * min(1.0, t / f32(run.warmup));
    let first = model * 2u * PARAMS + id.x;
    let second = first + PARAMS;
    let at = model * PARAMS + id.x;
    let g = grads[at];
    let m = run.beta1 * moments[first] + (1.0 - run.beta1) * g;
    let v = run.beta2 * moments[second] + (1.0 - run.beta2) * g * g;
    moments[first] = m;
    moments[second] = v;
    let p = params[at];
    let direction = m / (1.0 - pow(run.beta1, t)) / (sqrt(v / (1.0 - pow(run.beta2, t))) + run.eps);
    params[at] = p - rate * (direction + run.weight_decay * p);
}
