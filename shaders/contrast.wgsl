// CLIP's symmetric contrastive loss and its gradient (src/engine/cpu/contrast.rs), N sequences in use, u = z / |z|, seen from
// each tower (y): `own` is its sequence, `other` the other tower's:
//   logits       m[own,other] = s u_own . u_other,  s = min(exp(logit_scale), max_scale);
//                the log of the sum of exp(m) over each quarter of a row, an invocation each
//   d_embedding  lse_own = log sum exp of the quarters, lse_other alike;
//                g[own,other] = 1/2N (exp(m - lse_own) + exp(m - lse_other) - 2 [own = other]);  along = sum_other g m;
//                dz_own = (s sum_other g u_other - u_own along) / |z_own|;  loss parts (lse_own - m[own,own]) / 2N
// The gradient of the logit scale is the sum of along, 0 where s is clamped (shared/adamw.wgsl).
// Reads rows: embedding [B,E], not normalised; writes rows: logits [B,B], d_embedding [B,E]; cells: length [B],
// quarter_lse [4,B], loss parts [2,B], along [B].
// The boundary between them: g needs whole rows of both towers. Both towers do the logits, so that none reads a column.
// In tiles (shared/tile.wgsl) of 2.7 FLOPs a byte. logits: 4 N^2 E FLOPs; d_embedding: 4 N^2 E FLOPs and N^2 E / 4 exps.

const LOWEST = -3.0e38;
// Sequences of a quarter, in sixteens.
const QUARTER = (B / 8u + 7u) / 8u;

fn logit_scale(model: u32) -> f32 {
    return min(exp(rows[runs[model].params + LOGIT_SCALE].x), runs[model].max_scale);
}

// The squared lengths of four rows, of one vec4 column.
fn squares(x: mat4x4<f32>) -> vec4<f32> {
    return vec4<f32>(dot(x[0], x[0]), dot(x[1], x[1]), dot(x[2], x[2]), dot(x[3], x[3]));
}

// Of inner products with eight others from `other` on, the logits; LOWEST beyond the `n` in use. Upper and lower rows are times
// `scale`; `squared` are the others' squared lengths.
fn tile_logits(m: Tile, scale: mat2x4<f32>, squared: mat2x4<f32>, other: u32, n: u32) -> Tile {
    let others = other + vec4<u32>(0u, 1u, 2u, 3u);
    let left = inverseSqrt(squared[0]);
    let right = inverseSqrt(squared[1]);
    return Tile(
        four_logits(m.a, scale[0], left, others < vec4<u32>(n)),
        four_logits(m.b, scale[1], left, others < vec4<u32>(n)),
        four_logits(m.c, scale[0], right, others + 4u < vec4<u32>(n)),
        four_logits(m.d, scale[1], right, others + 4u < vec4<u32>(n)),
    );
}

fn four_logits(m: mat4x4<f32>, by_row: vec4<f32>, by_column: vec4<f32>, used: vec4<bool>) -> mat4x4<f32> {
    let lowest = vec4<f32>(LOWEST);
    return mat4x4<f32>(
        select(lowest, m[0] * by_row.x * by_column, used),
        select(lowest, m[1] * by_row.y * by_column, used),
        select(lowest, m[2] * by_row.z * by_column, used),
        select(lowest, m[3] * by_row.w * by_column, used),
    );
}

// Log of the sum of exp over four columns, for four rows, of a matrix whose columns these are.
fn log_sum_exp(m: mat4x4<f32>) -> vec4<f32> {
    let most = max(max(m[0], m[1]), max(m[2], m[3]));
    return most + log(exp(m[0] - most) + exp(m[1] - most) + exp(m[2] - most) + exp(m[3] - most));
}

// Of two such sums, that of all.
fn both(p: vec4<f32>, q: vec4<f32>) -> vec4<f32> {
    let most = max(p, q);
    return most + log(exp(p - most) + exp(q - most));
}

// Sums for eight rows, with the eight more logits of a tile.
fn with_tile(lse: mat2x4<f32>, m: Tile) -> mat2x4<f32> {
    let upper = both(log_sum_exp(transpose(m.a)), log_sum_exp(transpose(m.c)));
    let lower = both(log_sum_exp(transpose(m.b)), log_sum_exp(transpose(m.d)));
    return mat2x4<f32>(both(lse[0], upper), both(lse[1], lower));
}

@compute @workgroup_size(64)
fn logits(@builtin(global_invocation_id) id: vec3<u32>) {
    let model = id.z;
    let tower = id.y;
    let n = runs[model].batch;
    let own = 8u * (id.x / 4u);
    let quarter = id.x % 4u;
    if (own >= n) {
        return;
    }
    let at = model * CELLS + own;
    let out = model * ROWS + logits_rows(tower) + own * (B / 4u);
    let u = model * ROWS + embedding_rows(tower) + own * E4;
    let first = 16u * QUARTER * quarter;
    var lse = mat2x4<f32>(vec4<f32>(LOWEST), vec4<f32>(LOWEST));
    for (var other = first; other < min(first + 16u * QUARTER, n); other += 16u) {
        let v = model * ROWS + embedding_rows(1u - tower) + other * E4;
        var m = Tiles();
        var own_squares = mat2x4<f32>();
        var left_squares = mat2x4<f32>();
        var right_squares = mat2x4<f32>();
        for (var e = 0u; e < E4; e++) {
            let u0 = four(u + e, E4);
            let u1 = four(u + 4u * E4 + e, E4);
            let v0 = four(v + e, E4);
            let v1 = four(v + 4u * E4 + e, E4);
            let v2 = four(v + 8u * E4 + e, E4);
            let v3 = four(v + 12u * E4 + e, E4);
            m.left = plus_product(m.left, u0, u1, transpose(v0), transpose(v1));
            m.right = plus_product(m.right, u0, u1, transpose(v2), transpose(v3));
            own_squares += mat2x4<f32>(squares(u0), squares(u1));
            left_squares += mat2x4<f32>(squares(v0), squares(v1));
            right_squares += mat2x4<f32>(squares(v2), squares(v3));
        }
        let length0 = sqrt(own_squares[0]);
        let length1 = sqrt(own_squares[1]);
        let scale = logit_scale(model) * mat2x4<f32>(1.0 / length0, 1.0 / length1);
        m.left = tile_logits(m.left, scale, left_squares, other, n);
        m.right = tile_logits(m.right, scale, right_squares, other + 8u, n);
        lse = with_tile(with_tile(lse, m.left), m.right);
        store(out, B / 4u, pair(other / 8u, B / 4u), m.left);
        if (other + 8u < B) {
            store(out, B / 4u, pair(other / 8u + 1u, B / 4u), m.right);
        }
        write_cells(at + length_cells(tower), length0);
        write_cells(at + length_cells(tower) + 4u, length1);
    }
    write_cells(at + quarter_lse_cells(tower) + quarter * B, lse[0]);
    write_cells(at + quarter_lse_cells(tower) + quarter * B + 4u, lse[1]);
}

// Of the whole row, for four sequences.
fn row_lse(model: u32, tower: u32, sequence: u32) -> vec4<f32> {
    let at = model * CELLS + quarter_lse_cells(tower) + sequence;
    return log_sum_exp(mat4x4<f32>(read_cells(at), read_cells(at + B), read_cells(at + 2u * B), read_cells(at + 3u * B)));
}

// A row of g: of sequence `own`, whose log sum exp is `own_lse`, with the four sequences `others` of the other tower.
fn d_logit(m: vec4<f32>, own: u32, own_lse: f32, others: vec4<u32>, other_lse: vec4<f32>, n: u32) -> vec4<f32> {
    let p = exp(m - own_lse) + exp(m - other_lse);
    let g = (p - select(vec4<f32>(), vec4<f32>(2.0), others == vec4<u32>(own))) * (0.5 / f32(n));
    return select(vec4<f32>(), g, others < vec4<u32>(n));
}

@compute @workgroup_size(64)
fn d_embedding(@builtin(global_invocation_id) id: vec3<u32>) {
    let model = id.z;
    let tower = id.y;
    let n = runs[model].batch;
    let blocks = quad_count(E4);
    let column = quad(id.x % blocks, E4);
    let own = 8u * (id.x / blocks);
    if (own >= n) {
        return;
    }
    let width = B / 4u;
    let m = model * ROWS + logits_rows(tower) + own * width;
    let other = model * ROWS + embedding_rows(1u - tower);
    let lse0 = row_lse(model, tower, own);
    let lse1 = row_lse(model, tower, own + 4u);
    var sum = Tiles();
    var along = mat2x4<f32>();
    for (var j = 0u; j < n; j += 4u) {
        let m0 = four(m + j / 4u, width);
        let m1 = four(m + 4u * width + j / 4u, width);
        let others = j + vec4<u32>(0u, 1u, 2u, 3u);
        let lse = row_lse(model, 1u - tower, j);
        let g0 = mat4x4<f32>(
            d_logit(m0[0], own, lse0.x, others, lse, n),
            d_logit(m0[1], own + 1u, lse0.y, others, lse, n),
            d_logit(m0[2], own + 2u, lse0.z, others, lse, n),
            d_logit(m0[3], own + 3u, lse0.w, others, lse, n),
        );
        let g1 = mat4x4<f32>(
            d_logit(m1[0], own + 4u, lse1.x, others, lse, n),
            d_logit(m1[1], own + 5u, lse1.y, others, lse, n),
            d_logit(m1[2], own + 6u, lse1.z, others, lse, n),
            d_logit(m1[3], own + 7u, lse1.w, others, lse, n),
        );
        along += mat2x4<f32>(
            vec4<f32>(dot(g0[0], m0[0]), dot(g0[1], m0[1]), dot(g0[2], m0[2]), dot(g0[3], m0[3])),
            vec4<f32>(dot(g1[0], m1[0]), dot(g1[1], m1[1]), dot(g1[2], m1[2]), dot(g1[3], m1[3])),
        );
        let size = read_cells(model * CELLS + length_cells(1u - tower) + j);
        let by_size = select(vec4<f32>(), 1.0 / size, others < vec4<u32>(n));
        let h0 = mat4x4<f32>(g0[0] * by_size, g0[1] * by_size, g0[2] * by_size, g0[3] * by_size);
        let h1 = mat4x4<f32>(g1[0] * by_size, g1[1] * by_size, g1[2] * by_size, g1[3] * by_size);
        let at = other + j * E4;
        let z0 = four(at + column.x, E4);
        let z1 = four(at + column.y, E4);
        let z2 = four(at + column.z, E4);
        let z3 = four(at + column.w, E4);
        sum.left = plus_product(sum.left, h0, h1, z0, z1);
        sum.right = plus_product(sum.right, h0, h1, z2, z3);
    }
    let z = model * ROWS + embedding_rows(tower) + own * E4;
    let size0 = read_cells(model * CELLS + length_cells(tower) + own);
    let size1 = read_cells(model * CELLS + length_cells(tower) + own + 4u);
    let scale = logit_scale(model) * mat2x4<f32>(1.0 / size0, 1.0 / size1);
    let u_along = mat2x4<f32>(along[0] / (size0 * size0), along[1] / (size1 * size1));
    sum.left = through_norm(sum.left, z, column.xy, scale, u_along);
    sum.right = through_norm(sum.right, z, column.zw, scale, u_along);
    store_both(model * ROWS + d_embedding_rows(tower) + own * E4, E4, column, sum);
    if (column.x > 0u) {
        return;
    }
    for (var r = 0u; r < min(8u, n - own); r++) {
        let lse = select(lse1, lse0, r < 4u)[r % 4u];
        let diagonal = rows[m + r * width + own / 4u + r / 4u][r % 4u];
        cells[model * CELLS + LOSS + tower * n + own + r] = (lse - diagonal) * 0.5 / f32(n);
        cells[model * CELLS + along_cells(tower) + own + r] = along[r / 4u][r % 4u];
    }
}

// A tile of embeddings' gradients back through the norm: each row times `scale`, less `along` times the embedding.
fn through_norm(tile: Tile, z: u32, column: vec2<u32>, scale: mat2x4<f32>, along: mat2x4<f32>) -> Tile {
    let low = z + 4u * E4;
    return Tile(
        four_through_norm(tile.a, four(z + column.x, E4), scale[0], along[0]),
        four_through_norm(tile.b, four(low + column.x, E4), scale[1], along[1]),
        four_through_norm(tile.c, four(z + column.y, E4), scale[0], along[0]),
        four_through_norm(tile.d, four(low + column.y, E4), scale[1], along[1]),
    );
}

fn four_through_norm(m: mat4x4<f32>, z: mat4x4<f32>, scale: vec4<f32>, along: vec4<f32>) -> mat4x4<f32> {
    return mat4x4<f32>(
        scale.x * m[0] - along.x * z[0],
        scale.y * m[1] - along.y * z[1],
        scale.z * m[2] - along.z * z[2],
        scale.w * m[3] - along.w * z[3],
    );
}
