//! Layer norm: `out = (x - mean) / sqrt(variance + 1e-5) * weight + bias` over each row.

use super::Context;
use crate::math::Real;
use crate::model::{Linear, moments};

pub fn forward<T: Real>(context: &Context<T>, params: &Linear, x: &[T], out: &mut [T]) {
    let (weight, bias) = (&context.params[params.weight.clone()], &context.params[params.bias.clone()]);
    for (x, out) in x.chunks(weight.len()).zip(out.chunks_mut(weight.len())) {
        let (mean, scale) = moments(x);
        for (((out, x), weight), bias) in out.iter_mut().zip(x).zip(weight).zip(bias) {
            *out = (*x - mean) * scale * *weight + *bias;
        }
    }
}

/// With y = (x - mean) scale and g = weight d_out: `dx += scale (g - mean(g) - y mean(g y))`.
pub fn backward<T: Real>(context: &Context<T>, params: &Linear, x: &[T], d_out: &[T], dx: &mut [T], grads: &mut [T]) {
    let weight = &context.params[params.weight.clone()];
    let width = weight.len();
    let n = T::from_f64(width as f64);
    let (mut d_weight, mut d_bias) = (vec![T::default(); width], vec![T::default(); width]);
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
    grads[params.weight.clone()].copy_from_slice(&d_weight);
    grads[params.bias.clone()].copy_from_slice(&d_bias);
}
