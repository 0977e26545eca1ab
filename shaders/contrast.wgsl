// CLIP's symmetric contrastive loss and its gradient (src/engine/cpu/contrast.rs), N sequences in use:
//   logits        m[i,j] = s u_i . v_j,  s = min(exp(logit_scale), max_scale)
//   log_sum_exp   rows (y = 0) and columns (y = 1): lse; loss part (lse - m[i,i]) / 2N; scale part softmax . m - m[i,i]
//   d_logits      g[i,j] = s/2N (exp(m - lse_row) + exp(m - lse_column) - 2 [i = j])
//                 dscale = 1/2N sum of the scale parts (zero where s is clamped)
//   d_embedding   du_i = sum_j g[i,j] v_j  (y = 0),  dv_j = sum_i g[i,j] u_i  (y = 1)
// Reads rows: embedding [B,E]; writes cells: logits [B,B] (then g, in place), lse, scale parts [2,B],
// loss parts [B,2]; rows: d_embedding [B,E]; grads: the logit scale. `logits` and `d_embedding` do 16 N^2 E / 16 products from 4x4 register tiles.

fn logit_scale(model: u32) -> f32 {
    return min(exp(params[model * PARAMS + LOGIT_SCALE].x), runs[model].max_scale);
}

@compute @workgroup_size(64)
fn logits(@builtin(global_invocation_id) id: vec3<u32>) {
    let model = id.z;
    let n = runs[model].batch;
    let blocks = (n + 3u) / 4u;
    let i = 4u * (id.x / blocks);
    let j = 4u * (id.x % blocks);
    if (i >= n) {
        return;
    }
    let u = model * ROWS + embedding_rows(0u) + i * E4;
    let v = model * ROWS + embedding_rows(1u) + j * E4;
    var sum = mat4x4<f32>();
    for (var e = 0u; e < E4; e++) {
        let vs = mat4x4<f32>(rows[v + e], rows[v + E4 + e], rows[v + 2u * E4 + e], rows[v + 3u * E4 + e]);
        let us = mat4x4<f32>(rows[u + e], rows[u + E4 + e], rows[u + 2u * E4 + e], rows[u + 3u * E4 + e]);
        sum += transpose(vs) * us;
    }
    let scale = logit_scale(model);
    for (var r = 0u; r < 4u && i + r < n; r++) {
        for (var c = 0u; c < 4u && j + c < n; c++) {
            cells[model * CELLS + LOGITS + (i + r) * B + j + c] = sum[r][c] * scale;
        }
    }
}

@compute @workgroup_size(64)
fn log_sum_exp(@builtin(global_invocation_id) id: vec3<u32>) {
    let model = id.z;
    let side = id.y;
    let n = runs[model].batch;
    if (id.x >= n) {
        return;
    }
    let stride = select(1u, B, side == 1u);
    let start = model * CELLS + LOGITS + id.x * select(B, 1u, side == 1u);
    var greatest = -3.0e38;
    for (var j = 0u; j < n; j++) {
        greatest = max(greatest, cells[start + j * stride]);
    }
    var total = 0.0;
    var expected = 0.0;
    for (var j = 0u; j < n; j++) {
        let m = cells[start + j * stride];
        let p = exp(m - greatest);
        total += p;
        expected += p * m;
    }
    let own = cells[start + id.x * stride];
    let lse = greatest + log(total);
    let out = model * CELLS + side * B + id.x;
    cells[out + LSE] = lse;
    cells[model * CELLS + LOSS + 2u * id.x + side] = (lse - own) * 0.5 / f32(n);
    cells[out + SCALE_PART] = expected / total - own;
}

fn d_logit_scale(model: u32, n: u32) {
    var sum = 0.0;
    for (var i = 0u; i < n; i++) {
        sum += cells[model * CELLS + SCALE_PART + i] + cells[model * CELLS + SCALE_PART + B + i];
    }
    let clamped = exp(params[model * PARAMS + LOGIT_SCALE].x) >= runs[model].max_scale;
    grads[model * PARAMS + LOGIT_SCALE] = vec4<f32>(select(sum * 0.5 / f32(n), 0.0, clamped), 0.0, 0.0, 0.0);
}

@compute @workgroup_size(64)
fn d_logits(@builtin(global_invocation_id) id: vec3<u32>) {
    let model = id.z;
    let n = runs[model].batch;
    if (id.x == 0u) {
        d_logit_scale(model, n);
    }
    let i = id.x / n;
    let j = id.x % n;
    if (i >= n) {
        return;
    }
    let at = model * CELLS + LOGITS + i * B + j;
    let m = cells[at];
    let p = exp(m - cells[model * CELLS + LSE + i]) + exp(m - cells[model * CELLS + LSE + B + j]);
    cells[at] = (p - select(0.0, 2.0, i == j)) * logit_scale(model) * 0.5 / f32(n);
}

@compute @workgroup_size(64)
fn d_embedding(@builtin(global_invocation_id) id: vec3<u32>) {
    let model = id.z;
    let tower = id.y;
    let n = runs[model].batch;
    let column = id.x % E4;
    let sequence = 4u * (id.x / E4);
    if (sequence >= n) {
        return;
    }
    let row = select(B, 1u, tower == 1u);
    let stride = select(1u, B, tower == 1u);
    let g = model * CELLS + LOGITS + sequence * row;
    let other = model * ROWS + embedding_rows(1u - tower) + column;
    var sum = mat4x4<f32>();
    for (var j = 0u; j < n; j++) {
        let x = rows[other + j * E4];
        let c = g + j * stride;
        sum += outer(vec4<f32>(cells[c], cells[c + row], cells[c + 2u * row], cells[c + 3u * row]), x);
    }
    for (var r = 0u; r < 4u; r++) {
        rows[model * ROWS + d_embedding_rows(tower) + (sequence + r) * E4 + column] = sum[r];
    }
}

fn outer(y: vec4<f32>, v: vec4<f32>) -> mat4x4<f32> {
    return mat4x4<f32>(y.x * v, y.y * v, y.z * v, y.w * v);
}
