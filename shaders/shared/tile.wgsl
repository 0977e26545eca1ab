// Products in tiles of 8 rows by 8 columns held in registers: an invocation loads 16 vec4s for 64 products of 4, so 2 FLOPs
// come from a byte and no workgroup memory is needed. Everything lies in `rows`, parameters too. Products of mat4x4 rather
// than loops over an array: an array that a variable indexes is kept in memory. Rows of x, dy and of what is written are
// allocated in eights; those beyond the ones in use hold anything.

// Rows 0..4 and 4..8 of the first vec4 column (a, b) and of the second (c, d).
struct Tile {
    a: mat4x4<f32>,
    b: mat4x4<f32>,
    c: mat4x4<f32>,
    d: mat4x4<f32>,
}

// The two vec4 columns of an invocation, of `width`; an odd last one twice.
fn pair(item: u32, width: u32) -> vec2<u32> {
    return vec2<u32>(2u * item, min(2u * item + 1u, width - 1u));
}

// Pairs of `width` vec4 columns.
fn pair_count(width: u32) -> u32 {
    return (width + 1u) / 2u;
}

// Four rows of one vec4 column.
fn four(at: u32, width: u32) -> mat4x4<f32> {
    return mat4x4<f32>(rows[at], rows[at + width], rows[at + 2u * width], rows[at + 3u * width]);
}

// Rows `first` to `first + 3` of a weight, the last of its `outputs` in place of those beyond: words come in any number.
fn four_outputs(at: u32, width: u32, first: u32, outputs: u32) -> mat4x4<f32> {
    if (E % 4u == 0u) {
        return four(at + first * width, width);
    }
    let row = min(vec4<u32>(first, first + 1u, first + 2u, first + 3u), vec4<u32>(outputs - 1u)) * width + at;
    return mat4x4<f32>(rows[row.x], rows[row.y], rows[row.z], rows[row.w]);
}

// y^T v.
fn outer(y: vec4<f32>, v: vec4<f32>) -> mat4x4<f32> {
    return mat4x4<f32>(y.x * v, y.y * v, y.z * v, y.w * v);
}

// x W^T: x [8, 4 * width], a weight [outputs, 4 * width], a pair of columns of outputs.
fn tile_forward(x: u32, weight: u32, width: u32, outputs: u32, out: vec2<u32>) -> Tile {
    var sum = Tile();
    for (var i = 0u; i < width; i++) {
        let x0 = four(x + i, width);
        let x1 = four(x + 4u * width + i, width);
        let w0 = transpose(four_outputs(weight + i, width, 4u * out.x, outputs));
        let w1 = transpose(four_outputs(weight + i, width, 4u * out.y, outputs));
        sum.a += w0 * x0;
        sum.b += w0 * x1;
        sum.c += w1 * x0;
        sum.d += w1 * x1;
    }
    return sum;
}

// dy W: dy [8, outputs] in whole vec4s, zero beyond the outputs, a pair of columns of a weight [outputs, 4 * width].
fn tile_backward(dy: u32, weight: u32, outputs: u32, width: u32, column: vec2<u32>) -> Tile {
    var sum = Tile();
    let count = (outputs + 3u) / 4u;
    for (var i = 0u; i < count; i++) {
        let y0 = four(dy + i, count);
        let y1 = four(dy + 4u * count + i, count);
        let w0 = four_outputs(weight + column.x, width, 4u * i, outputs);
        let w1 = four_outputs(weight + column.y, width, 4u * i, outputs);
        sum.a += w0 * y0;
        sum.b += w0 * y1;
        sum.c += w1 * y0;
        sum.d += w1 * y1;
    }
    return sum;
}

// dy^T x over `count` rows: a pair of dy's columns makes the tile's rows, a pair of x's its columns.
fn tile_outer(dy: u32, dy_width: u32, out: vec2<u32>, x: u32, x_width: u32, column: vec2<u32>, count: u32) -> Tile {
    var sum = Tile();
    for (var i = 0u; i < count; i++) {
        let y0 = rows[dy + i * dy_width + out.x];
        let y1 = rows[dy + i * dy_width + out.y];
        let x0 = rows[x + i * x_width + column.x];
        let x1 = rows[x + i * x_width + column.y];
        sum.a += outer(y0, x0);
        sum.b += outer(y1, x0);
        sum.c += outer(y0, x1);
        sum.d += outer(y1, x1);
    }
    return sum;
}

// Writes a tile from its first row.
fn store(at: u32, width: u32, column: vec2<u32>, tile: Tile) {
    for (var r = 0u; r < 4u; r++) {
        rows[at + r * width + column.x] = tile.a[r];
        rows[at + (r + 4u) * width + column.x] = tile.b[r];
        rows[at + r * width + column.y] = tile.c[r];
        rows[at + (r + 4u) * width + column.y] = tile.d[r];
    }
}

// The sum of `count` rows, one vec4 column: a bias' gradient.
fn sum_rows(start: u32, width: u32, count: u32) -> vec4<f32> {
    var sum = vec4<f32>();
    for (var i = 0u; i < count; i++) {
        sum += rows[start + i * width];
    }
    return sum;
}
