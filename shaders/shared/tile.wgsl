// Products in tiles of 32 by 32 by a workgroup of 64: it fills a tile of each factor in workgroup memory,
// then each invocation multiplies 4 rows by 4 columns, 8 apart, so that neighbours store next to each other.
// 8 FLOPs for each byte that is loaded.

const TILE = 32u;
// From one row of a tile to the next: one more than its columns, so that a column lies in different banks.
const STRIDE = 33u;

var<workgroup> a_tile: array<f32, 1056>;
var<workgroup> b_tile: array<f32, 1056>;

// An invocation's part of the product of both tiles, once all have filled them; they may be filled anew then.
fn tile_product(lane: u32) -> mat4x4<f32> {
    workgroupBarrier();
    var sum = mat4x4<f32>();
    for (var k = 0u; k < TILE; k++) {
        let x = (lane / 8u) * STRIDE + k;
        let y = k * STRIDE + lane % 8u;
        let next = 8u * STRIDE;
        let column = vec4<f32>(a_tile[x], a_tile[x + next], a_tile[x + 2u * next], a_tile[x + 3u * next]);
        let row = vec4<f32>(b_tile[y], b_tile[y + 8u], b_tile[y + 16u], b_tile[y + 24u]);
        sum += mat4x4<f32>(column.x * row, column.y * row, column.z * row, column.w * row);
    }
    workgroupBarrier();
    return sum;
}

// Where a tile goes: a matrix of so many rows and columns, from one row to the next `width` numbers, that
// begins at `start` of `floats`; and the tile's first row and column in it.
struct Target {
    start: u32,
    width: u32,
    extent: vec2<u32>,
    first: vec2<u32>,
}

// Stores an invocation's part of a tile, or adds it to what is there.
fn store_tile(lane: u32, sum: mat4x4<f32>, to: Target, adds: bool) {
    for (var i = 0u; i < 4u; i++) {
        for (var j = 0u; j < 4u; j++) {
            let place = to.first + tile_place(lane, i, j);
            if (all(place < to.extent)) {
                let at = to.start + place.x * to.width + place.y;
                floats[at] = select(0.0, floats[at], adds) + sum[i][j];
            }
        }
    }
}

// The row and column in the tile of number [i, j] of an invocation's part.
fn tile_place(lane: u32, i: u32, j: u32) -> vec2<u32> {
    return vec2<u32>(lane / 8u + 8u * i, lane % 8u + 8u * j);
}
