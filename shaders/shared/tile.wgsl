// Products in tiles of 8 rows by 16 columns held in registers: an invocation loads 24 vec4s for 128 products of 4, so 2.7 FLOPs
// come from a byte and no workgroup memory is needed. Its 128 sums and a step's loads are within the 255 registers that a
// GPU gives an invocation. Graphs, which have many more rows, use 8 by 8: 2 FLOPs a byte, half the registers. Everything lies
// in `rows`, parameters too. Products of mat4x4 rather than loops over an array: an array that a variable indexes is kept in
// memory. Rows of x, dy and of what is written are allocated in eights; those beyond the ones in use hold anything.

// 8 by 8: rows 0..4 and 4..8 of the first vec4 column (a, b) and of the second (c, d).
struct Tile {
    a: mat4x4<f32>,
    b: mat4x4<f32>,
    c: mat4x4<f32>,
    d: mat4x4<f32>,
}

// Two tiles side by side.
struct Tiles {
    left: Tile,
    right: Tile,
}

// The two vec4 columns of a tile, of `width`; an odd last one twice.
fn pair(item: u32, width: u32) -> vec2<u32> {
    return vec2<u32>(2u * item, min(2u * item + 1u, width - 1u));
}

// Pairs of `width` vec4 columns.
fn pair_count(width: u32) -> u32 {
    return (width + 1u) / 2u;
}

// Fours of `width` vec4 columns.
fn quad_count(width: u32) -> u32 {
    return (width + 3u) / 4u;
}

// The four of two tiles; the last of `width` in place of those beyond.
fn quad(item: u32, width: u32) -> vec4<u32> {
    return min(4u * item + vec4<u32>(0u, 1u, 2u, 3u), vec4<u32>(width - 1u));
}

// Rows in whole tiles.
fn eights(rows: u32) -> u32 {
    return (rows + 7u) / 8u * 8u;
}

// Four vec4 columns of a row.
fn columns_of(row: u32, column: vec4<u32>) -> mat4x4<f32> {
    return mat4x4<f32>(rows[row + column.x], rows[row + column.y], rows[row + column.z], rows[row + column.w]);
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

// x W^T over the first `count` vec4s: x [8, 4 * width], a weight [outputs, 4 * width], a pair of columns of outputs.
fn tile_forward(x: u32, weight: u32, count: u32, width: u32, outputs: u32, out: vec2<u32>) -> Tile {
    var sum = Tile();
    for (var i = 0u; i < count; i++) {
        let x0 = four(x + i, width);
        let x1 = four(x + 4u * width + i, width);
        let w0 = transpose(four_outputs(weight + i, width, 4u * out.x, outputs));
        let w1 = transpose(four_outputs(weight + i, width, 4u * out.y, outputs));
        sum = plus_product(sum, x0, x1, w0, w1);
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
        sum = plus_product(sum, y0, y1, w0, w1);
    }
    return sum;
}

// Two neighbouring tiles of x W^T, for an invocation that would load x for each.
fn tiles_forward(x: u32, weight: u32, count: u32, width: u32, outputs: u32, out: vec4<u32>) -> Tiles {
    var sum = Tiles();
    for (var i = 0u; i < count; i++) {
        let x0 = four(x + i, width);
        let x1 = four(x + 4u * width + i, width);
        let w0 = transpose(four_outputs(weight + i, width, 4u * out.x, outputs));
        let w1 = transpose(four_outputs(weight + i, width, 4u * out.y, outputs));
        let w2 = transpose(four_outputs(weight + i, width, 4u * out.z, outputs));
        let w3 = transpose(four_outputs(weight + i, width, 4u * out.w, outputs));
        sum.left = plus_product(sum.left, x0, x1, w0, w1);
        sum.right = plus_product(sum.right, x0, x1, w2, w3);
    }
    return sum;
}

// Two neighbouring tiles of dy W.
fn tiles_backward(dy: u32, weight: u32, outputs: u32, width: u32, column: vec4<u32>) -> Tiles {
    var sum = Tiles();
    let count = (outputs + 3u) / 4u;
    for (var i = 0u; i < count; i++) {
        let y0 = four(dy + i, count);
        let y1 = four(dy + 4u * count + i, count);
        let w0 = four_outputs(weight + column.x, width, 4u * i, outputs);
        let w1 = four_outputs(weight + column.y, width, 4u * i, outputs);
        let w2 = four_outputs(weight + column.z, width, 4u * i, outputs);
        let w3 = four_outputs(weight + column.w, width, 4u * i, outputs);
        sum.left = plus_product(sum.left, y0, y1, w0, w1);
        sum.right = plus_product(sum.right, y0, y1, w2, w3);
    }
    return sum;
}

// dy^T x over `count` rows: a pair of dy's columns makes the tile's rows, a pair of x's its columns.
fn tile_outer(dy: u32, dy_width: u32, out: vec2<u32>, x: u32, x_width: u32, column: vec2<u32>, count: u32) -> Tile {
    var sum = Tile();
    for (var i = 0u; i < count; i++) {
        let y = dy + i * dy_width + out;
        let v = x + i * x_width + column;
        sum = plus(sum, rows[y.x], rows[y.y], rows[v.x], rows[v.y]);
    }
    return sum;
}

// Two neighbouring tiles of dy^T x.
fn tiles_outer(dy: u32, dy_width: u32, out: vec2<u32>, x: u32, x_width: u32, column: vec4<u32>, count: u32) -> Tiles {
    var sum = Tiles();
    for (var i = 0u; i < count; i++) {
        let y = dy + i * dy_width + out;
        sum = plus_both(sum, rows[y.x], rows[y.y], columns_of(x + i * x_width, column));
    }
    return sum;
}

// A tile plus the product over four more: of its rows, upper and lower, and x, its first column, and y, its second.
fn plus_product(tile: Tile, up: mat4x4<f32>, low: mat4x4<f32>, x: mat4x4<f32>, y: mat4x4<f32>) -> Tile {
    return Tile(tile.a + x * up, tile.b + x * low, tile.c + y * up, tile.d + y * low);
}

// A tile plus the outer product of its rows' numbers, upper and lower, and x, its first column, and y, its second.
fn plus(tile: Tile, up: vec4<f32>, low: vec4<f32>, x: vec4<f32>, y: vec4<f32>) -> Tile {
    return Tile(tile.a + outer(up, x), tile.b + outer(low, x), tile.c + outer(up, y), tile.d + outer(low, y));
}

// The same for two tiles and their four columns.
fn plus_both(tiles: Tiles, up: vec4<f32>, low: vec4<f32>, x: mat4x4<f32>) -> Tiles {
    return Tiles(plus(tiles.left, up, low, x[0], x[1]), plus(tiles.right, up, low, x[2], x[3]));
}

// Writes a tile from its first row.
fn store(at: u32, width: u32, column: vec2<u32>, tile: Tile) {
    store_four(at + column.x, width, tile.a);
    store_four(at + 4u * width + column.x, width, tile.b);
    store_four(at + column.y, width, tile.c);
    store_four(at + 4u * width + column.y, width, tile.d);
}

fn store_four(at: u32, width: u32, m: mat4x4<f32>) {
    rows[at] = m[0];
    rows[at + width] = m[1];
    rows[at + 2u * width] = m[2];
    rows[at + 3u * width] = m[3];
}

// Writes two.
fn store_both(at: u32, width: u32, column: vec4<u32>, tiles: Tiles) {
    store(at, width, column.xy, tiles.left);
    store(at, width, column.zw, tiles.right);
}

// Writes a tile into `cells` from its first row on.
fn store_cells(at: u32, width: u32, tile: Tile) {
    store_four_cells(at, width, tile.a);
    store_four_cells(at + 4u * width, width, tile.b);
    store_four_cells(at + 4u, width, tile.c);
    store_four_cells(at + 4u * width + 4u, width, tile.d);
}

fn store_four_cells(at: u32, width: u32, m: mat4x4<f32>) {
    write_cells(at, m[0]);
    write_cells(at + width, m[1]);
    write_cells(at + 2u * width, m[2]);
    write_cells(at + 3u * width, m[3]);
}

// The sum of `count` rows, one vec4 column: a bias' gradient.
fn sum_rows(start: u32, width: u32, count: u32) -> vec4<f32> {
    var sum = vec4<f32>();
    for (var i = 0u; i < count; i++) {
        sum += rows[start + i * width];
    }
    return sum;
}
