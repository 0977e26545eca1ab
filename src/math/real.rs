//! The number type of the CPU engine: f32 to run, f64 to check gradients by finite differences.

use super::reduce;

/// A float the engine can compute in.
pub trait Real:
    Copy
    + Default
    + PartialOrd
    + Send
    + Sync
    + std::fmt::Debug
    + std::ops::Add<Output = Self>
    + std::ops::Sub<Output = Self>
    + std::ops::Mul<Output = Self>
    + std::ops::Div<Output = Self>
    + std::ops::Neg<Output = Self>
    + std::ops::AddAssign
    + std::ops::SubAssign
    + std::ops::MulAssign
    + std::iter::Sum
    + 'static
{
    /// Rounded from f64.
    fn from_f64(x: f64) -> Self;
    /// Widened to f64.
    fn to_f64(self) -> f64;
    /// `self * a + b`, rounded once.
    fn fused(self, a: Self, b: Self) -> Self;
    /// `sums[r] += x[r] * lanes`, each rounded once if `FMA`; L is a multiple of four.
    ///
    /// # Safety
    /// On x86-64 the processor has AVX2 and FMA if `FMA`.
    #[inline(always)]
    unsafe fn accumulate<const FMA: bool, const R: usize, const L: usize>(
        x: [&Self; R],
        lanes: &[Self; L],
        sums: &mut [[Self; L]; R],
    ) {
        accumulate::<Self, FMA, R, L>(x, lanes, sums);
    }
    /// Rows for columns.
    #[inline(always)]
    fn transpose(x: [[Self; 4]; 4]) -> [[Self; 4]; 4] {
        std::array::from_fn(|i| x.map(|row| row[i]))
    }
    /// The greatest of some numbers, the least f32 if there are none.
    #[inline(always)]
    fn greatest(x: &[Self]) -> Self {
        reduce(
            x,
            Self::from_f64(f64::from(f32::MIN)),
            |a, b| if a > b { a } else { b },
        )
    }
    /// The square root.
    fn sqrt(self) -> Self;
    /// The exponential, branch-free so that loops over it vectorise.
    fn exp(self) -> Self;
    /// The exponential of each, in place of it.
    #[inline(always)]
    fn exp_all(x: &mut [Self]) {
        x.iter_mut().for_each(|x| *x = x.exp());
    }
    /// The error function.
    fn erf(self) -> Self;
}

/// [`Real::accumulate`] of any float.
#[inline(always)]
fn accumulate<T: Real, const FMA: bool, const R: usize, const L: usize>(
    x: [&T; R],
    lanes: &[T; L],
    sums: &mut [[T; L]; R],
) {
    for (sum, x) in sums.iter_mut().zip(x) {
        for (s, y) in sum.iter_mut().zip(lanes) {
            *s = if FMA { x.fused(*y, *s) } else { *s + *x * *y };
        }
    }
}

impl Real for f64 {
    fn from_f64(x: f64) -> f64 {
        x
    }
    fn to_f64(self) -> f64 {
        self
    }
    #[inline(always)]
    fn fused(self, a: f64, b: f64) -> f64 {
        // WebAssembly has no such instruction for f64, and a function that rounds once is far slower.
        if cfg!(target_arch = "wasm32") {
            self * a + b
        } else {
            self.mul_add(a, b)
        }
    }
    fn sqrt(self) -> f64 {
        self.sqrt()
    }
    fn exp(self) -> f64 {
        self.exp()
    }
    fn erf(self) -> f64 {
        libm::erf(self)
    }
}

/// Of [`exp`]: its bounds, log2(e), what rounds, ln(2) in two parts, and the polynomial from its highest
/// power down.
const EXP: [f32; 12] = [
    -87.0,
    88.0,
    std::f32::consts::LOG2_E,
    12_582_912.0,
    0.693_359_4,
    -2.121_944_4e-4,
    1.987_569_1e-4,
    1.398_199_9e-3,
    8.333_452e-3,
    4.166_579_6e-2,
    1.666_666_5e-1,
    0.5,
];

/// Cephes' expf: 2^n times a polynomial on |r| <= ln(2)/2, 2 ulp; below -87 it gives the least normal number.
#[inline(always)]
fn exp(x: f32, [least, greatest, log2_e, round, ln_2, ln_2_rest, polynomial @ ..]: &[f32; 12]) -> f32 {
    // By hand, since clamp would ask at run time whether its bounds are in order; a NaN stays one.
    let x = if x < *least { *least } else { x };
    let x = if x > *greatest { *greatest } else { x };
    // Adding 1.5 * 2^23 rounds to the nearest whole number, which is then in the low bits.
    let shifted = x * log2_e + round;
    let n = shifted - round;
    let r = x - n * ln_2 - n * ln_2_rest;
    let mut p = polynomial[0];
    for c in &polynomial[1..] {
        p = p * r + c;
    }
    let scale = f32::from_bits(shifted.to_bits().wrapping_add(127) << 23);
    (p * r * r + r + 1.0) * scale
}

impl Real for f32 {
    /// In vectors, since LLVM makes scalars of the loops where a crate is compiled as one unit (`codegen-units = 1`), and a step
    /// then takes nine times as long.
    #[cfg(target_arch = "x86_64")]
    #[inline(always)]
    unsafe fn accumulate<const FMA: bool, const R: usize, const L: usize>(
        x: [&f32; R],
        lanes: &[f32; L],
        sums: &mut [[f32; L]; R],
    ) {
        use std::arch::x86_64::{__m256, _mm256_fmadd_ps, _mm256_set1_ps};
        use std::mem::transmute;
        if !FMA || !L.is_multiple_of(8) {
            return accumulate::<f32, FMA, R, L>(x, lanes, sums);
        }
        let lanes = lanes.as_chunks::<8>().0;
        for (sum, x) in sums.iter_mut().zip(x) {
            // SAFETY: the processor has AVX2, by the caller.
            let x = unsafe { _mm256_set1_ps(*x) };
            for (s, y) in sum.as_chunks_mut::<8>().0.iter_mut().zip(lanes) {
                // SAFETY: as above; and eight floats and a vector of eight are the same 32 bytes.
                *s = unsafe {
                    let [y, added] = [*y, *s].map(|eight| transmute::<[f32; 8], __m256>(eight));
                    transmute::<__m256, [f32; 8]>(_mm256_fmadd_ps(x, y, added))
                };
            }
        }
    }
    #[cfg(all(target_arch = "wasm32", feature = "relaxed"))]
    #[inline(always)]
    unsafe fn accumulate<const FMA: bool, const R: usize, const L: usize>(
        x: [&f32; R],
        lanes: &[f32; L],
        sums: &mut [[f32; L]; R],
    ) {
        use std::arch::wasm32::{f32x4_relaxed_madd, v128, v128_load32_splat};
        use std::mem::transmute;
        // SAFETY: a reference is valid.
        let x = x.map(|x| unsafe { v128_load32_splat(std::ptr::from_ref(x).cast()) });
        // Vector by vector of lanes, so that one of them at a time needs a register beside the sums and the
        // splats.
        for (v, y) in lanes.as_chunks::<4>().0.iter().enumerate() {
            for (sum, x) in sums.iter_mut().zip(x) {
                let s = &mut sum.as_chunks_mut::<4>().0[v];
                // SAFETY: four floats and a vector of four are the same 16 bytes.
                let [y, added] = unsafe { [*y, *s].map(|four| transmute::<[f32; 4], v128>(four)) };
                // SAFETY: as above.
                *s = unsafe { transmute::<v128, [f32; 4]>(f32x4_relaxed_madd(x, y, added)) };
            }
        }
    }
    #[cfg(target_arch = "wasm32")]
    #[inline(always)]
    fn transpose(x: [[f32; 4]; 4]) -> [[f32; 4]; 4] {
        use std::arch::wasm32::{i32x4_shuffle as shuffle, v128};
        use std::mem::transmute;
        // SAFETY: four floats and a vector of four are the same 16 bytes.
        let [a, b, c, d] = unsafe { transmute::<[[f32; 4]; 4], [v128; 4]>(x) };
        let (ab, cd) = (shuffle::<0, 4, 1, 5>(a, b), shuffle::<0, 4, 1, 5>(c, d));
        let (ab_right, cd_right) = (shuffle::<2, 6, 3, 7>(a, b), shuffle::<2, 6, 3, 7>(c, d));
        let pairs = [(ab, cd), (ab_right, cd_right)];
        let [[a, b], [c, d]] =
            pairs.map(|(ab, cd)| [shuffle::<0, 1, 4, 5>(ab, cd), shuffle::<2, 3, 6, 7>(ab, cd)]);
        // SAFETY: as above.
        unsafe { transmute::<[v128; 4], [[f32; 4]; 4]>([a, b, c, d]) }
    }
    /// In vectors to the end: V8 makes a branch, often guessed wrong, of each choice between two scalars.
    #[cfg(target_arch = "wasm32")]
    #[inline(always)]
    fn greatest(x: &[f32]) -> f32 {
        use std::arch::wasm32::{f32x4_extract_lane, f32x4_pmax, i32x4_shuffle as shuffle, v128};
        let Some(last) = x.last_chunk::<4>() else {
            return x.iter().fold(f32::MIN, |a, b| if a > *b { a } else { *b });
        };
        // SAFETY: four floats and a vector of four are the same 16 bytes.
        let vector = |four: &[f32; 4]| unsafe { std::mem::transmute::<[f32; 4], v128>(*four) };
        // Of the last four some are met twice, which changes nothing.
        let four = x
            .as_chunks::<4>()
            .0
            .iter()
            .fold(vector(last), |a, b| f32x4_pmax(a, vector(b)));
        let two = f32x4_pmax(four, shuffle::<2, 3, 0, 1>(four, four));
        f32x4_extract_lane::<0>(f32x4_pmax(two, shuffle::<1, 0, 3, 2>(two, two)))
    }
    fn from_f64(x: f64) -> f32 {
        x as f32
    }
    fn to_f64(self) -> f64 {
        f64::from(self)
    }
    #[inline(always)]
    fn fused(self, a: f32, b: f32) -> f32 {
        self.mul_add(a, b)
    }
    #[inline(always)]
    fn sqrt(self) -> f32 {
        self.sqrt()
    }
    #[inline(always)]
    fn exp(self) -> f32 {
        exp(self, &EXP)
    }
    #[inline(never)] // one copy, as of the matrix product
    fn exp_all(x: &mut [f32]) {
        // V8 rebuilds a vector of known constants at each use, in four instructions; behind a black box it is
        // loaded.
        let constants = *std::hint::black_box(&EXP);
        x.iter_mut().for_each(|x| *x = exp(*x, &constants));
    }
    /// Abramowitz and Stegun 7.1.26, off by at most 1.5e-7 and f32 rounding; `shaders/gelu.wgsl` has
    /// the same.
    #[inline(always)]
    fn erf(self) -> f32 {
        let t = 1.0 / (1.0 + 0.327_591_1 * self.abs());
        let mut p = 1.061_405_4;
        for c in [-1.453_152, 1.421_413_7, -0.284_496_74, 0.254_829_6] {
            p = p * t + c;
        }
        (1.0 - p * t * Real::exp(-self * self)).copysign(self)
    }
}

#[cfg(test)]
mod tests {
    use super::Real;

    #[test]
    fn erf_is_exact_to_its_bound() {
        for i in -5000..5000 {
            let x = i as f32 / 1000.0;
            let error = (f64::from(Real::erf(x)) - libm::erf(f64::from(x))).abs();
            assert!(error < 6e-7, "erf({x}) is off by {error}");
        }
    }

    #[test]
    fn exp_is_exact_to_a_few_ulp() {
        for i in -87_000..88_000 {
            let x = i as f32 / 1000.0;
            let exact = f64::from(x).exp();
            let error = (f64::from(Real::exp(x)) / exact - 1.0).abs();
            assert!(error < 3e-7, "exp({x}) is off by {error}");
        }
    }
}
