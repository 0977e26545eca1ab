//! Layer norm: `out = (x - mean) / sqrt(variance + 1e-5) * weight + bias` over each row.

use super::parts::total;
use super::{Context, Parts};
use crate::math::{Real, axpy};
use crate::model::{Linear, NORM_EPS};

/// A row's mean and the reciprocal of its standard deviation.
pub fn moments<T: Real>(x: &[T]) -> (T, T) {
    let n = T::from_f64(x.len() as f64);
    let mean = x.iter().copied().sum::<T>() / n;
    let variance = x.iter().map(|x| (*x - mean) * (*x - mean)).sum::<T>() / n;
    (mean, T::from_f64(1.0) / (variance + T::from_f64(NORM_EPS)).sqrt())
}

pub fn forward<T: Real>(context: &Context<T>, params: &Linear, x: &[T], out: &mut [T]) {
    let (weight, bias) = (
        &context.params[params.weight.clone()],
        &context.params[params.bias.clone()],
    );
    for (x, out) in x.chunks(weight.len()).zip(out.chunks_mut(weight.len())) {
        let (mean, scale) = moments(x);
        for (((out, x), weight), bias) in out.iter_mut().zip(x).zip(weight).zip(bias) {
            *out = (*x - mean) * scale * *weight + *bias;
        }
    }
}

/// Every part is centred and scaled by the whole row's scale; the norm's bias joins the biases.
pub fn split<T: Real>(params: &[T], norm: &Linear, parts: &Parts<T>) -> Parts<T> {
    let (weight, bias) = (&params[norm.weight.clone()], &params[norm.bias.clone()]);
    let width = weight.len();
    let scales: Vec<T> = total(parts).chunks(width).map(|row| moments(row).1).collect();
    let mut out = parts.clone();
    for part in &mut out {
        for (row, scale) in part.chunks_mut(width).zip(&scales) {
            let (mean, _) = moments(row);
            row.iter_mut()
                .zip(weight)
                .for_each(|(x, weight)| *x = (*x - mean) * *scale * *weight);
        }
    }
    out[2]
        .chunks_mut(width)
        .for_each(|row| axpy(T::from_f64(1.0), bias, row));
    out
}

/// With y = (x - mean) scale and g = weight d_out: `dx += scale (g - mean(g) - y mean(g y))`.
pub fn backward<T: Real>(
    context: &Context<T>,
    params: &Linear,
    x: &[T],
    d_out: &[T],
    dx: &mut [T],
    grads: &mut [T],
) {
    let weight = &context.params[params.weight.clone()];
    let width = weight.len();
    let n = T::from_f64(width as f64);
    let [d_weight, d_bias] = grads
        .get_disjoint_mut([params.weight.clone(), params.bias.clone()])
        .expect("a weight and a bias lie apart among the parameters");
    d_weight.fill(T::default());
    d_bias.fill(T::default());
    for ((x, d_out), dx) in x.chunks(width).zip(d_out.chunks(width)).zip(dx.chunks_mut(width)) {
        let (mean, scale) = moments(x);
        let (mut g_mean, mut gy_mean) = (T::default(), T::default());
        for i in 0..width {
            let y = (x[i] - mean) * scale;
            let g = weight[i] * d_out[i];
            g_mean += g;
            gy_mean += g * y;
            d_weight[i] += d_out[i] * y;
            d_bias[i] += d_out[i];
        }
        let (g_mean, gy_mean) = (g_mean / n, gy_mean / n);
        for i in 0..width {
            dx[i] += scale * (weight[i] * d_out[i] - g_mean - (x[i] - mean) * scale * gy_mean);
        }
    }
}
