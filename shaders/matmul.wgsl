// A product of two matrices, forward and backward, each a view of `floats`:
//   out = scale A B + bias + plus,  A [rows, depth], B [depth, columns]
// In tiles of 32 by 32: 64 invocations load 32 columns of A and 32 rows of B into workgroup memory and compute 4 by 4 numbers
// each, 8 rows and 8 columns apart, so that neighbours store next to each other. 8 FLOPs for each byte that is loaded.

const TILE = 32u;
// A row of a tile in workgroup memory: one more than it holds, so that a column lies in different banks.
const STRIDE = 33u;

var<workgroup> a_tile: array<f32, 1056>;
var<workgroup> b_tile: array<f32, 1056>;

fn base(model: u32, view: View) -> u32 {
    return view.start + select(runs[model].floats, runs[model].params, view.is_parameter == 1u);
}

// The row and column of a tile's `i`-th number: neighbouring invocations go along the side that lies next to each other.
fn place(i: u32, view: View) -> vec2<u32> {
    let place = vec2<u32>(i / TILE, i % TILE);
    return select(place.yx, place, view.column == 1u);
}

@compute @workgroup_size(matmul_lanes)
fn matmul(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let model = model_of(group);
    let op = ops[op_of(group)];
    let first = matmul_at(op, group, groups, lane);
    if (first.x >= op.rows) {
        return;
    }
    let a = base(model, op.a);
    let b = base(model, op.b);
    let own = vec2<u32>(lane / 8u, lane % 8u);
    var sum = mat4x4<f32>();
    for (var k = 0u; k < op.depth; k += TILE) {
        for (var i = lane; i < TILE * TILE; i += 64u) {
            let in_a = place(i, op.a);
            let of_a = vec2<u32>(first.x + in_a.x, k + in_a.y);
            var x = 0.0;
            if (of_a.x < op.rows && of_a.y < op.depth) {
                x = floats[a + of_a.x * op.a.row + of_a.y * op.a.column];
            }
            a_tile[in_a.x * STRIDE + in_a.y] = x;
            let in_b = place(i, op.b);
            let of_b = vec2<u32>(k + in_b.x, first.y + in_b.y);
            var y = 0.0;
            if (of_b.x < op.depth && of_b.y < op.columns) {
                y = floats[b + of_b.x * op.b.row + of_b.y * op.b.column];
            }
            b_tile[in_b.x * STRIDE + in_b.y] = y;
        }
        workgroupBarrier();
        for (var i = 0u; i < TILE; i++) {
            let x = own.x * STRIDE + i;
            let y = i * STRIDE + own.y;
            let row = vec4<f32>(b_tile[y], b_tile[y + 8u], b_tile[y + 16u], b_tile[y + 24u]);
            let column = vec4<f32>(a_tile[x], a_tile[x + 8u * STRIDE], a_tile[x + 16u * STRIDE], a_tile[x + 24u * STRIDE]);
            sum += mat4x4<f32>(column.x * row, column.y * row, column.z * row, column.w * row);
        }
        workgroupBarrier();
    }
    let out = base(model, op.out);
    let bias = base(model, op.bias);
    let plus = base(model, op.plus);
    for (var i = 0u; i < 4u; i++) {
        for (var j = 0u; j < 4u; j++) {
            let row = first.x + own.x + 8u * i;
            let column = first.y + own.y + 8u * j;
            if (row < op.rows && column < op.columns) {
                let added = floats[bias + row * op.bias.row + column * op.bias.column] + floats[plus + row * op.plus.row + column * op.plus.column];
                floats[out + row * op.out.row + column * op.out.column] = op.scale * sum[i][j] + added;
            }
        }
    }
}
