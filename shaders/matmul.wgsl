// A product of two matrices, forward and backward, each a view of `floats`:
//   out = A B + bias + plus,  A [rows, depth], B [depth, columns]
// A workgroup per tile of `out` (shared/tile.wgsl); 2 rows depth columns FLOPs.

fn base(model: u32, view: View) -> u32 {
    return view.start + select(runs[model].floats, runs[model].params, view.is_parameter == 1u);
}

// The row and column of a tile's `i`-th number: neighbouring invocations go along the side that lies next to
// each other.
fn spread(i: u32, view: View) -> vec2<u32> {
    let place = vec2<u32>(i / TILE, i % TILE);
    return select(place.yx, place, view.column == 1u);
}

@compute @workgroup_size(matmul_lanes)
fn matmul(here: Workgroup, @builtin(local_invocation_index) lane: u32) {
    let model = model_of(here);
    let op = ops[op_of(here)];
    let first = matmul_at(op, here, lane);
    if (first.x >= op.rows) {
        return;
    }
    let a = base(model, op.a);
    let b = base(model, op.b);
    var sum = mat4x4<f32>();
    for (var k = 0u; k < op.depth; k += TILE) {
        for (var i = lane; i < TILE * TILE; i += matmul_lanes) {
            let in_a = spread(i, op.a);
            let of_a = in_a + vec2<u32>(first.x, k);
            var x = 0.0;
            if (of_a.x < op.rows && of_a.y < op.depth) {
                x = floats[a + of_a.x * op.a.row + of_a.y * op.a.column];
            }
            a_tile[in_a.x * STRIDE + in_a.y] = x;
            let in_b = spread(i, op.b);
            let of_b = in_b + vec2<u32>(k, first.y);
            var y = 0.0;
            if (of_b.x < op.depth && of_b.y < op.columns) {
                y = floats[b + of_b.x * op.b.row + of_b.y * op.b.column];
            }
            b_tile[in_b.x * STRIDE + in_b.y] = y;
        }
        sum += tile_product(lane);
    }
    let out = base(model, op.out);
    let bias = base(model, op.bias);
    let plus = base(model, op.plus);
    for (var i = 0u; i < 4u; i++) {
        for (var j = 0u; j < 4u; j++) {
            let at = first + tile_place(lane, i, j);
            if (at.x < op.rows && at.y < op.columns) {
                let own_bias = floats[bias + at.x * op.bias.row + at.y * op.bias.column];
                let added = own_bias + floats[plus + at.x * op.plus.row + at.y * op.plus.column];
                floats[out + at.x * op.out.row + at.y * op.out.column] = sum[i][j] + added;
            }
        }
    }
}
