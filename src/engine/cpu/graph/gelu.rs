//! `out = x Phi(x)`, Phi the standard normal distribution: the exact GELU.

use super::Parts;
use super::parts::total;
use crate::math::Real;

/// Phi(x).
fn cumulative<T: Real>(x: T) -> T {
    T::from_f64(0.5) * (T::from_f64(1.0) + (x * T::from_f64(std::f64::consts::FRAC_1_SQRT_2)).erf())
}

pub fn forward<T: Real>(x: &[T], out: &mut [T]) {
    for (x, out) in x.iter().zip(out) {
        *out = *x * cumulative(*x);
    }
}

/// Every part times the whole's gate.
pub fn split<T: Real>(parts: &Parts<T>) -> Parts<T> {
    let gates: Vec<T> = total(parts).into_iter().map(cumulative).collect();
    parts
        .each_ref()
        .map(|part| part.iter().zip(&gates).map(|(x, gate)| *x * *gate).collect())
}

/// `dx += d_out (Phi(x) + x phi(x))`.
pub fn backward<T: Real>(x: &[T], d_out: &[T], dx: &mut [T]) {
    let root = T::from_f64((2.0 * std::f64::consts::PI).powf(-0.5));
    for ((x, d_out), dx) in x.iter().zip(d_out).zip(dx) {
        let density = root * (T::from_f64(-0.5) * *x * *x).exp();
        *dx += *d_out * (cumulative(*x) + *x * density);
    }
}
