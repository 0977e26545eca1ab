// The exact GELU (src/engine/cpu/graph/gelu.rs), Phi and phi the standard normal distribution and density:
//   forward   out = x Phi(x)
//   backward  dx = d_out (Phi(x) + x phi(x))
// One invocation per number; 20 FLOPs.

// Abramowitz and Stegun 7.1.26, off by at most 1.5e-7 and f32 rounding, as in src/math/real.rs.
fn erf(x: f32) -> f32 {
    let t = 1.0 / (1.0 + 0.3275911 * abs(x));
    let p = (((1.0614054 * t - 1.453152) * t + 1.4214137) * t - 0.28449674) * t + 0.2548296;
    let y = 1.0 - p * t * exp(-x * x);
    return select(y, -y, x < 0.0);
}

fn cumulative(x: f32) -> f32 {
    return 0.5 * (1.0 + erf(x * 0.70710678));
}

@compute @workgroup_size(forward_lanes)
fn forward(here: Workgroup, @builtin(local_invocation_index) lane: u32) {
    let op = ops[op_of(here)];
    let i = forward_at(op, here, lane).x;
    if (i >= op.numbers) {
        return;
    }
    let at = runs[model_of(here)].floats + i;
    let x = floats[at + op.x];
    floats[at + op.out] = x * cumulative(x);
}

@compute @workgroup_size(backward_lanes)
fn backward(here: Workgroup, @builtin(local_invocation_index) lane: u32) {
    let op = ops[op_of(here)];
    let i = backward_at(op, here, lane).x;
    if (i >= op.numbers) {
        return;
    }
    let at = runs[model_of(here)].floats + i;
    let x = floats[at + op.x];
    let density = 0.39894228 * exp(-0.5 * x * x);
    let before = select(0.0, floats[at + op.d_x], op.adds == 1u);
    floats[at + op.d_x] = before + floats[at + op.d_out] * (cumulative(x) + x * density);
}
