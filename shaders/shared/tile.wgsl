// Products in 4x4 tiles held in registers: an invocation reads 8 vec4s for 16 products of 4, so 16 FLOPs come from
// 16 bytes and no workgroup memory is needed. x and dy lie in `rows`, weights [outputs, 4 * width] in `params`. Where
// `outputs` is no multiple of 4 (words), a tile's last outputs repeat the last there is; dy is zero there.

// Four rows of x W^T: x from `x` [., 4 * width], outputs 4 * column and on.
fn tile_forward(x: u32, weight: u32, width: u32, outputs: u32, column: u32) -> mat4x4<f32> {
    var sum = mat4x4<f32>();
    let first = 4u * column;
    let w0 = weight + first * width;
    let w1 = weight + min(first + 1u, outputs - 1u) * width;
    let w2 = weight + min(first + 2u, outputs - 1u) * width;
    let w3 = weight + min(first + 3u, outputs - 1u) * width;
    for (var i = 0u; i < width; i++) {
        let w = mat4x4<f32>(params[w0 + i], params[w1 + i], params[w2 + i], params[w3 + i]);
        let at = x + i;
        sum += transpose(w) * mat4x4<f32>(rows[at], rows[at + width], rows[at + 2u * width], rows[at + 3u * width]);
    }
    return sum;
}

// Four rows of dy W, one vec4 column of `width`: dy from `dy` [., outputs].
fn tile_backward(dy: u32, weight: u32, outputs: u32, width: u32, column: u32) -> mat4x4<f32> {
    var sum = mat4x4<f32>();
    let count = (outputs + 3u) / 4u;
    for (var i = 0u; i < count; i++) {
        let first = 4u * i;
        let w = mat4x4<f32>(params[weight + first * width + column],
            params[weight + min(first + 1u, outputs - 1u) * width + column],
            params[weight + min(first + 2u, outputs - 1u) * width + column],
            params[weight + min(first + 3u, outputs - 1u) * width + column]);
        let at = dy + i;
        sum += w * mat4x4<f32>(rows[at], rows[at + count], rows[at + 2u * count], rows[at + 3u * count]);
    }
    return sum;
}

// y^T v.
fn outer(y: vec4<f32>, v: vec4<f32>) -> mat4x4<f32> {
    return mat4x4<f32>(y.x * v, y.y * v, y.z * v, y.w * v);
}

// Four outputs by four inputs of a weight's gradient dy^T x over `count` rows: dy and x from their first row's vec4,
// their rows `dy_width` and `x_width` vec4s apart.
fn tile_outer(dy: u32, dy_width: u32, x: u32, x_width: u32, count: u32) -> mat4x4<f32> {
    var sum = mat4x4<f32>();
    for (var i = 0u; i < count; i++) {
        sum += outer(rows[dy + i * dy_width], rows[x + i * x_width]);
    }
    return sum;
}

// The sum of `count` rows, one vec4 column: a bias' gradient.
fn sum_rows(start: u32, width: u32, count: u32) -> vec4<f32> {
    var sum = vec4<f32>();
    for (var i = 0u; i < count; i++) {
        sum += rows[start + i * width];
    }
    return sum;
}
