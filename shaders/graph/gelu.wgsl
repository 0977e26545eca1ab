// The exact GELU (src/engine/cpu/graph/gelu.rs), Phi and phi the standard normal distribution and density:
//   forward   out = x Phi(x)
//   backward  dx = d_out (Phi(x) + x phi(x))
// Reads rows: x [N, width]; writes rows: out, dx [N, width]. One invocation per vec4 of four rows; 20 FLOPs an element.

// Abramowitz and Stegun 7.1.26, off by at most 1.5e-7 and f32 rounding, as in src/engine/cpu/real.rs.
fn erf(x: vec4<f32>) -> vec4<f32> {
    let t = 1.0 / (1.0 + 0.3275911 * abs(x));
    let p = (((1.0614054 * t - 1.453152) * t + 1.4214137) * t - 0.28449674) * t + 0.2548296;
    let y = 1.0 - p * t * exp(-x * x);
    return select(y, -y, x < vec4<f32>());
}

fn cumulative(x: vec4<f32>) -> vec4<f32> {
    return 0.5 * (1.0 + erf(x * 0.70710678));
}

@compute @workgroup_size(64)
fn forward(@builtin(global_invocation_id) id: vec3<u32>) {
    let model = id.z;
    let row = 4u * (id.x / op.width);
    let count = row_count(model, op.out.rows);
    for (var r = row; r < min(row + 4u, count); r++) {
        let at = r * op.width + id.x % op.width;
        let x = rows[model * ROWS + op.inputs[0].start + at];
        rows[model * ROWS + op.out.start + at] = x * cumulative(x);
    }
}

@compute @workgroup_size(64)
fn backward(@builtin(global_invocation_id) id: vec3<u32>) {
    let model = id.z;
    let row = 4u * (id.x / op.width);
    let count = row_count(model, op.out.rows);
    for (var r = row; r < min(row + 4u, count); r++) {
        let at = r * op.width + id.x % op.width;
        let x = rows[model * ROWS + op.inputs[0].start + at];
        let density = 0.39894228 * exp(-0.5 * x * x);
        give(model, op.inputs[0], at, rows[model * ROWS + op.out.gradient + at] * (cumulative(x) + x * density));
    }
}
