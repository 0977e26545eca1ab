//! `out = x W^T + b`, plus the residual stream where there is one.

use super::{Context, Parts};
use crate::engine::cpu::backward::{outer, sum_rows, through};
use crate::engine::cpu::forward;
use crate::math::{Real, Store, axpy};
use crate::model::Linear;

pub fn forward<T: Real>(
    context: &Context<T>,
    params: &Linear,
    x: &[T],
    residual: Option<&[T]>,
    out: &mut [T],
) {
    let (weight, bias) = (
        &context.params[params.weight.clone()],
        &context.params[params.bias.clone()],
    );
    let (outputs, inputs) = (bias.len(), weight.len() / bias.len());
    forward::linear((out.len() / outputs, outputs, inputs), x, weight, out);
    out.chunks_mut(outputs)
        .for_each(|row| axpy(T::from_f64(1.0), bias, row));
    if let Some(residual) = residual {
        axpy(T::from_f64(1.0), residual, out);
    }
}

/// Every part of so many rows through the weight; the bias joins the biases.
pub fn split<T: Real>(
    params: &[T],
    map: &Linear,
    rows: usize,
    parts: &Parts<T>,
    residual: Option<&Parts<T>>,
) -> Parts<T> {
    let (weight, bias) = (&params[map.weight.clone()], &params[map.bias.clone()]);
    let (outputs, inputs) = (bias.len(), weight.len() / bias.len());
    let mut out = parts.each_ref().map(|part| {
        let mut out = vec![T::default(); rows * outputs];
        forward::linear((rows, outputs, inputs), part, weight, &mut out);
        out
    });
    out[2]
        .chunks_mut(outputs)
        .for_each(|row| axpy(T::from_f64(1.0), bias, row));
    for (out, residual) in out.iter_mut().zip(residual.into_iter().flatten()) {
        axpy(T::from_f64(1.0), residual, out);
    }
    out
}

/// `d` holds the gradient of x and, where there is one, of the residual stream; both are added to.
pub fn backward<T: Real>(
    context: &Context<T>,
    (params, keys): (&Linear, bool),
    x: &[T],
    d_out: &[T],
    d: &mut [Vec<T>],
    grads: &mut [T],
) {
    let weight = &context.params[params.weight.clone()];
    let (outputs, inputs) = (params.bias.len(), weight.len() / params.bias.len());
    let shape = (d_out.len() / outputs, outputs, inputs);
    outer(shape, d_out, x, &mut grads[params.weight.clone()]);
    let d_bias = &mut grads[params.bias.clone()];
    if keys {
        d_bias.fill(T::default());
    } else {
        sum_rows(d_out, d_bias);
    }
    through(shape, d_out, weight, &mut d[0], Store::Add);
    if let Some(residual) = d.get_mut(1) {
        axpy(T::from_f64(1.0), d_out, residual);
    }
}
