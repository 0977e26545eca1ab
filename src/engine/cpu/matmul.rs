//! One register-blocked matrix product serves every stage. `C = A B` with B's rows contiguous; A may be read
//! by any strides (a transposed A costs nothing, its elements are broadcast), and a product with B transposed
//! first calls [`transpose`]. Four rows by [`LANES`] columns of C stay in registers.

use super::real::Real;

/// Columns a block holds: two 128-bit vectors in wasm, two 256-bit ones natively.
const LANES: usize = if cfg!(target_arch = "wasm32") { 8 } else { 16 };
const ROWS: usize = 4;

/// The left operand `[rows, depth]` and its strides in elements.
#[derive(Clone, Copy)]
pub struct Left<'a, T> {
    /// The elements.
    pub data: &'a [T],
    /// From one row to the next.
    pub row: usize,
    /// From one column to the next.
    pub col: usize,
}

/// A row-major matrix whose rows may lie apart.
#[derive(Clone, Copy)]
pub struct Right<'a, T> {
    /// The elements.
    pub data: &'a [T],
    /// From one row to the next.
    pub row: usize,
}

/// What becomes of C's old value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Store {
    /// It is overwritten.
    Set,
    /// The product is added to it.
    Add,
}

/// `C[m, n] (+)= A[m, k] B[k, n]`; `c_row` is C's row stride. `k` is at least 1.
#[allow(clippy::too_many_arguments)] // the shape of a matrix product
#[inline(never)] // six unrolled blocks: one copy of them is enough for a module that is downloaded
pub fn matmul<T: Real>((m, n, k): (usize, usize, usize), a: Left<T>, b: Right<T>, c: &mut [T], c_row: usize, store: Store) {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma") {
        // SAFETY: the features were just detected.
        return unsafe { matmul_avx2((m, n, k), a, b, c, c_row, store) };
    }
    #[cfg(all(target_arch = "wasm32", feature = "relaxed"))]
    return matmul_relaxed((m, n, k), a, b, c, c_row, store);
    #[cfg(not(all(target_arch = "wasm32", feature = "relaxed")))]
    product::<T, { cfg!(target_arch = "aarch64") }>((m, n, k), a, b, c, c_row, store);
}

#[cfg(all(target_arch = "wasm32", feature = "relaxed"))]
#[target_feature(enable = "relaxed-simd")]
fn matmul_relaxed<T: Real>(shape: (usize, usize, usize), a: Left<T>, b: Right<T>, c: &mut [T], c_row: usize, store: Store) {
    product::<T, true>(shape, a, b, c, c_row, store);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn matmul_avx2<T: Real>(shape: (usize, usize, usize), a: Left<T>, b: Right<T>, c: &mut [T], c_row: usize, store: Store) {
    product::<T, true>(shape, a, b, c, c_row, store);
}

/// Blocks of C, then its right and lower edges. `FMA` says that a fused multiply-add is one instruction.
#[inline(always)]
fn product<T: Real, const FMA: bool>((m, n, k): (usize, usize, usize), a: Left<T>, b: Right<T>, c: &mut [T], c_row: usize, store: Store) {
    let mut i = 0;
    while i < m {
        let rows = ROWS.min(m - i);
        let mut j = 0;
        while j < n {
            let at = i * c_row + j;
            let left = Left { data: &a.data[i * a.row..], ..a };
            let right = Right { data: &b.data[j..], ..b };
            match (rows == ROWS, n - j) {
                (true, LANES..) => block::<T, FMA, ROWS, LANES>(k, left, right, &mut c[at..], c_row, store),
                (true, 4..) => block::<T, FMA, ROWS, 4>(k, left, right, &mut c[at..], c_row, store),
                (true, _) => block::<T, FMA, ROWS, 1>(k, left, right, &mut c[at..], c_row, store),
                (false, width) => {
                    for row in 0..rows {
                        let left = Left { data: &a.data[(i + row) * a.row..], ..a };
                        let c = &mut c[at + row * c_row..];
                        match width {
                            LANES.. => block::<T, FMA, 1, LANES>(k, left, right, c, c_row, store),
                            4.. => block::<T, FMA, 1, 4>(k, left, right, c, c_row, store),
                            _ => block::<T, FMA, 1, 1>(k, left, right, c, c_row, store),
                        }
                    }
                }
            }
            j += match n - j {
                LANES.. => LANES,
                4.. => 4,
                _ => 1,
            };
        }
        i += rows;
    }
}

#[inline(always)]
fn block<T: Real, const FMA: bool, const R: usize, const L: usize>(
    k: usize,
    a: Left<T>,
    b: Right<T>,
    c: &mut [T],
    c_row: usize,
    store: Store,
) {
    // One check of the furthest element read frees the loop of its bounds checks.
    assert!(k > 0 && a.data.len() > (R - 1) * a.row + (k - 1) * a.col && b.data.len() >= (k - 1) * b.row + L);
    let mut sum = [[T::default(); L]; R];
    for p in 0..k {
        // SAFETY: p < k and L lanes, r < R, within what was asserted above.
        let lanes = unsafe { &*b.data.as_ptr().add(p * b.row).cast::<[T; L]>() };
        for (r, sum) in sum.iter_mut().enumerate() {
            // SAFETY: as above.
            let x = unsafe { *a.data.get_unchecked(r * a.row + p * a.col) };
            x.accumulate::<FMA, L>(lanes, sum);
        }
    }
    for (r, sum) in sum.iter().enumerate() {
        for (c, s) in c[r * c_row..][..L].iter_mut().zip(sum) {
            *c = if store == Store::Add { *c + *s } else { *s };
        }
    }
}

/// `out[cols, rows] = x[rows, cols]^T`; `x_row` is x's row stride.
#[inline(never)]
pub fn transpose<T: Real>(rows: usize, cols: usize, x: &[T], x_row: usize, out: &mut [T]) {
    const TILE: usize = 8;
    for i0 in (0..rows).step_by(TILE) {
        for j in 0..cols {
            for i in i0..rows.min(i0 + TILE) {
                out[j * rows + i] = x[i * x_row + j];
            }
        }
    }
}

/// The inner product of two slices of one length, in a fixed order of eight partial sums.
#[inline(always)]
pub fn dot<T: Real>(a: &[T], b: &[T]) -> T {
    let mut sum = [T::default(); 8];
    let (a, b) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: T = a.remainder().iter().zip(b.remainder()).map(|(x, y)| *x * *y).sum();
    for (x, y) in a.zip(b) {
        for ((s, x), y) in sum.iter_mut().zip(x).zip(y) {
            *s += *x * *y;
        }
    }
    rest + ((sum[0] + sum[4]) + (sum[1] + sum[5])) + ((sum[2] + sum[6]) + (sum[3] + sum[7]))
}

/// `y += a x`.
#[inline(always)]
pub fn axpy<T: Real>(a: T, x: &[T], y: &mut [T]) {
    for (y, x) in y.iter_mut().zip(x) {
        *y += a * *x;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Any shape, A straight or transposed, set or added: the plain triple loop's numbers.
        #[test]
        fn matmul_is_the_triple_loop(m in 1usize..21, n in 1usize..37, k in 1usize..19, transposed: bool, add: bool) {
            let value = |i: usize| ((i * 37 + 11) % 23) as f64 - 11.0;
            let a: Vec<f64> = (0..m * k).map(value).collect();
            let b: Vec<f64> = (0..k * n).map(|i| value(i + 5)).collect();
            let (row, col) = if transposed { (1, m) } else { (k, 1) };
            let store = if add { Store::Add } else { Store::Set };
            let mut c = vec![2.0; m * n];
            matmul((m, n, k), Left { data: &a, row, col }, Right { data: &b, row: n }, &mut c, n, store);
            for i in 0..m {
                for j in 0..n {
                    let sum: f64 = (0..k).map(|p| a[i * row + p * col] * b[p * n + j]).sum();
                    prop_assert_eq!(c[i * n + j], sum + if add { 2.0 } else { 0.0 });
                }
            }
        }
    }
}
