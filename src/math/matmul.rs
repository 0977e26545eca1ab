//! One register-blocked matrix product serves every stage: `C = A B`, both read by any strides, so that a
//! transposed operand costs nothing. [`LANES`] columns of B at a time are copied side by side into a panel
//! that stays in the nearest cache; the same columns where they stand, a power of two apart, would push each
//! other out of it. Every four rows of A then meet the panel, and [`ROWS`] by [`LANES`] elements of C stay in
//! registers.

use super::Real;

/// Columns a block holds: two 128-bit vectors in wasm, two 256-bit ones natively.
const LANES: usize = if cfg!(target_arch = "wasm32") { 8 } else { 16 };
const ROWS: usize = 4;
/// Rows of B that a panel holds.
const DEPTH: usize = 128;

/// A matrix: elements, and how many of them lie between one row and the next, and one column and the next.
#[derive(Clone, Copy, Debug)]
pub struct Matrix<'a, T> {
    data: &'a [T],
    row: usize,
    col: usize,
}

impl<'a, T> Matrix<'a, T> {
    /// A row-major matrix whose rows begin `row` elements apart. Any stride is accepted: [`matmul`] checks
    /// that the elements it needs are there.
    pub fn rows(data: &'a [T], row: usize) -> Matrix<'a, T> {
        Matrix { data, row, col: 1 }
    }

    /// Its transpose.
    pub fn transposed(self) -> Matrix<'a, T> {
        Matrix {
            row: self.col,
            col: self.row,
            ..self
        }
    }

    /// Whether every element of so many rows and columns lies within `data`. Strides come from callers, so
    /// their products can be larger than a `usize`.
    fn holds(self, rows: usize, cols: usize) -> bool {
        if rows == 0 || cols == 0 {
            return true;
        }
        let (down, across) = ((rows - 1).checked_mul(self.row), (cols - 1).checked_mul(self.col));
        let last = down
            .zip(across)
            .and_then(|(down, across)| down.checked_add(across));
        last.is_some_and(|last| last < self.data.len())
    }

    /// The address of an element.
    ///
    /// # Safety
    /// [`Matrix::holds`] more than `row` rows and `col` columns, so that the sum below neither overflows nor
    /// leaves `data`.
    #[inline(always)]
    unsafe fn at(self, row: usize, col: usize) -> *const T {
        // SAFETY: within `data`, by the caller.
        unsafe { self.data.as_ptr().add(row * self.row + col * self.col) }
    }
}

/// What becomes of C's old value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Store {
    /// It is overwritten.
    Set,
    /// The product is added to it.
    Add,
}

/// `C[m, n] (+)= A[m, k] B[k, n]`; `c_row` is C's row stride. The empty sum of `k = 0` is zero.
///
/// # Panics
/// Where an operand holds fewer elements than its shape and strides ask for.
#[allow(clippy::too_many_arguments)] // the shape of a matrix product
#[inline(never)] // two unrolled blocks: one copy of them is enough for a module that is downloaded
pub fn matmul<T: Real>(
    (m, n, k): (usize, usize, usize),
    a: Matrix<T>,
    b: Matrix<T>,
    c: &mut [T],
    c_row: usize,
    store: Store,
) {
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
fn matmul_relaxed<T: Real>(
    shape: (usize, usize, usize),
    a: Matrix<T>,
    b: Matrix<T>,
    c: &mut [T],
    c_row: usize,
    store: Store,
) {
    product::<T, true>(shape, a, b, c, c_row, store);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn matmul_avx2<T: Real>(
    shape: (usize, usize, usize),
    a: Matrix<T>,
    b: Matrix<T>,
    c: &mut [T],
    c_row: usize,
    store: Store,
) {
    product::<T, true>(shape, a, b, c, c_row, store);
}

/// Panel after panel of B, block after block of C. `FMA` says that a fused multiply-add is one instruction.
#[inline(always)]
fn product<T: Real, const FMA: bool>(
    (m, n, k): (usize, usize, usize),
    a: Matrix<T>,
    b: Matrix<T>,
    c: &mut [T],
    c_row: usize,
    store: Store,
) {
    // In WebAssembly f64 is for decompositions alone: rows one by one are half the code to download.
    let one_by_one = cfg!(target_arch = "wasm32") && size_of::<T>() == size_of::<f64>();
    // One check of the furthest elements frees the loops of theirs.
    assert!(a.holds(m, k) && b.holds(k, n) && Matrix::rows(c, c_row).holds(m, n));
    if k == 0 && n > 0 && store == Store::Set {
        (0..m).for_each(|i| c[i * c_row..][..n].fill(T::default()));
    }
    let mut panel = [[T::default(); LANES]; DEPTH];
    // Blocks are whole: at C's right edge a block goes to scratch, from which `width` columns are copied to
    // C.
    let mut scratch = [T::default(); ROWS * LANES];
    for p in (0..k).step_by(DEPTH) {
        let panel = &mut panel[..DEPTH.min(k - p)];
        let store = if p == 0 { store } else { Store::Add };
        for j in (0..n).step_by(LANES) {
            let width = LANES.min(n - j);
            // SAFETY: B holds k rows of n columns.
            unsafe { pack(b, (p, j), width, panel) };
            let mut i = 0;
            while i < m {
                let rows = if one_by_one || m - i < ROWS { 1 } else { ROWS };
                // SAFETY: C holds m rows of n columns.
                let at = unsafe { c.as_mut_ptr().add(i * c_row + j) };
                let out = if width == LANES {
                    (at, c_row, store)
                } else {
                    (scratch.as_mut_ptr(), LANES, Store::Set)
                };
                // SAFETY: A holds m rows of k columns, and C the whole block, or else `scratch` does.
                unsafe {
                    if rows == ROWS {
                        block::<T, FMA, ROWS>(a, (i, p), panel, out);
                    } else {
                        block::<T, FMA, 1>(a, (i, p), panel, out);
                    }
                }
                if width < LANES {
                    let c = &mut c[i * c_row + j..];
                    for (r, row) in scratch.chunks(LANES).take(rows).enumerate() {
                        for (c, x) in c[r * c_row..][..width].iter_mut().zip(row) {
                            *c = if store == Store::Add { *c + *x } else { *x };
                        }
                    }
                }
                i += rows;
            }
        }
    }
}

/// `width` columns of B from a place on, a row of the panel each; the panel's other columns are any numbers.
///
/// # Safety
/// B holds them.
#[inline(always)]
unsafe fn pack<T: Real>(b: Matrix<T>, (row, col): (usize, usize), width: usize, panel: &mut [[T; LANES]]) {
    // SAFETY: asked only for what the caller says B holds.
    let at = |p: usize, l: usize| unsafe { b.at(row + p, col + l) };
    if b.col == 1 && width == LANES {
        for (p, lanes) in panel.iter_mut().enumerate() {
            // SAFETY: columns stand side by side.
            *lanes = unsafe { *at(p, 0).cast() };
        }
        return;
    }
    let mut p = 0;
    if b.row == 1 && width == LANES {
        // Four rows of four columns at a time, whose transpose is a few shuffles.
        for rows in panel.as_chunks_mut::<4>().0 {
            for l in (0..LANES).step_by(4) {
                // SAFETY: rows stand side by side, and the panel has these four.
                let columns = std::array::from_fn(|c| unsafe { *at(p, l + c).cast() });
                for (lanes, four) in rows.iter_mut().zip(T::transpose(columns)) {
                    lanes[l..l + 4].copy_from_slice(&four);
                }
            }
            p += 4;
        }
    }
    for (p, lanes) in panel.iter_mut().enumerate().skip(p) {
        for (l, lane) in lanes[..width].iter_mut().enumerate() {
            // SAFETY: one of the panel's rows and `width` columns.
            *lane = unsafe { *at(p, l) };
        }
    }
}

/// R rows of A from a place on, as many columns of it as the panel has rows, times the panel; to `c`, rows
/// `c_row` apart.
///
/// # Safety
/// A holds them, and `c` points to R rows of LANES.
#[inline(always)]
unsafe fn block<T: Real, const FMA: bool, const R: usize>(
    a: Matrix<T>,
    (row, col): (usize, usize),
    panel: &[[T; LANES]],
    (c, c_row, store): (*mut T, usize, Store),
) {
    let mut sum = [[T::default(); LANES]; R];
    for (p, lanes) in panel.iter().enumerate() {
        // SAFETY: A holds it, by the caller.
        let x = std::array::from_fn(|r| unsafe { &*a.at(row + r, col + p) });
        // SAFETY: on x86-64 `FMA` is set by `matmul_avx2` alone, which has AVX2 and FMA.
        unsafe { T::accumulate::<FMA, R, LANES>(x, lanes, &mut sum) };
    }
    for (r, sum) in sum.iter().enumerate() {
        // SAFETY: one of the R rows, by the caller.
        let c = unsafe { &mut *c.add(r * c_row).cast::<[T; LANES]>() };
        match store {
            Store::Set => *c = *sum,
            Store::Add => *c = std::array::from_fn(|l| c[l] + sum[l]),
        }
    }
}

/// All elements in one by `f`, in a fixed order of eight partial results.
#[inline(always)]
pub fn reduce<T: Real>(x: &[T], start: T, f: impl Fn(T, T) -> T) -> T {
    let mut partial = [start; 8];
    let (eights, rest) = x.as_chunks::<8>();
    let rest = rest.iter().fold(start, |a, b| f(a, *b));
    for eight in eights {
        for (a, b) in partial.iter_mut().zip(eight) {
            *a = f(*a, *b);
        }
    }
    partial.into_iter().fold(rest, f)
}

/// The inner product of two slices of one length, in a fixed order of eight partial sums.
#[inline(never)] // one copy of this too
pub fn dot<T: Real>(a: &[T], b: &[T]) -> T {
    let mut sum = [T::default(); 8];
    // Arrays, whose length LLVM knows: of slices by eights it makes scalar code in wasm.
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
    let rest: T = a_rest.iter().zip(b_rest).map(|(x, y)| *x * *y).sum();
    for (x, y) in a.iter().zip(b) {
        sum = std::array::from_fn(|l| sum[l] + x[l] * y[l]);
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
        /// Any shape, operands straight or transposed, set or added: the plain triple loop's numbers.
        #[test]
        fn matmul_is_the_triple_loop(m in 1usize..21, n in 1usize..37, k in 1usize..150, transposed: bool, transposed_right: bool, add: bool) {
            let value = |i: usize| ((i * 37 + 11) % 23) as f64 - 11.0;
            let a: Vec<f64> = (0..m * k).map(value).collect();
            let b: Vec<f64> = (0..k * n).map(|i| value(i + 5)).collect();
            let left = if transposed { Matrix::rows(&a, m).transposed() } else { Matrix::rows(&a, k) };
            let right = if transposed_right { Matrix::rows(&b, k).transposed() } else { Matrix::rows(&b, n) };
            let store = if add { Store::Add } else { Store::Set };
            let mut c = vec![2.0; m * n];
            matmul((m, n, k), left, right, &mut c, n, store);
            for i in 0..m {
                for j in 0..n {
                    let sum: f64 = (0..k).map(|p| a[i * left.row + p * left.col] * b[p * right.row + j * right.col]).sum();
                    prop_assert_eq!(c[i * n + j], sum + if add { 2.0 } else { 0.0 });
                }
            }
        }
    }

    /// A product of nothing is zero: set, it clears C, within its rows; added, it leaves C as it was.
    #[test]
    fn an_empty_sum_is_zero() {
        let none: [f32; 0] = [];
        for (store, expected) in [(Store::Set, [0.0, 0.0, 7.0, 0.0, 0.0]), (Store::Add, [7.0; 5])] {
            let mut c = [7f32; 5];
            matmul(
                (2, 2, 0),
                Matrix::rows(&none, 0),
                Matrix::rows(&none, 2),
                &mut c,
                3,
                store,
            );
            assert_eq!(c, expected, "{store:?}");
        }
    }

    /// Strides whose product with a row number wraps round to a small number are refused: they would point
    /// outside.
    #[test]
    fn a_stride_that_overflows_is_refused() {
        let x = [1f32; 64];
        let far = 1 << (usize::BITS - 1);
        let refused = |a: Matrix<f32>, b: Matrix<f32>, c_row: usize| {
            let mut c = [0f32; 64];
            let multiply = || matmul((3, 4, 4), a, b, &mut c, c_row, Store::Set);
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(multiply)).is_err()
        };
        let (near, wide) = (Matrix::rows(&x, 4), Matrix::rows(&x, far));
        assert!(refused(wide, near, 4) && refused(wide.transposed(), near, 4));
        assert!(refused(near, wide, 4) && refused(near, wide.transposed(), 4));
        assert!(refused(near, near, far));
        // Negative control: strides that fit.
        assert!(!refused(near, near, 4) && !refused(near.transposed(), near.transposed(), 16));
    }

    /// Its loops read and write unchecked, so it never begins with an operand one element short.
    #[test]
    fn an_operand_too_small_is_refused() {
        let (m, n, k) = (5, 9, 3);
        for short in [None, Some(0), Some(1), Some(2)] {
            let [a, b, mut c] = [m * k, k * n, m * n].map(|len| vec![1f32; len]);
            let (a, b) = (
                &a[usize::from(short == Some(0))..],
                &b[usize::from(short == Some(1))..],
            );
            let c = &mut c[usize::from(short == Some(2))..];
            let multiply = || {
                matmul(
                    (m, n, k),
                    Matrix::rows(a, k),
                    Matrix::rows(b, n),
                    c,
                    n,
                    Store::Set,
                )
            };
            let refused = std::panic::catch_unwind(std::panic::AssertUnwindSafe(multiply)).is_err();
            assert_eq!(refused, short.is_some(), "{short:?}");
        }
    }
}
