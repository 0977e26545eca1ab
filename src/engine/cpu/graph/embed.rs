//! `out[pair] = E[token] + P[position]`.

use super::{Context, Parts};
use crate::math::{Real, axpy};

pub fn forward<T: Real>(context: &Context<T>, out: &mut [T]) {
    let (d, shape) = (context.tower.d, &context.tower.shape);
    let rows = &context.params[context.tower.params.rows.clone()];
    for (out, (token, position)) in out.chunks_mut(d).zip(&shape.pairs) {
        out.copy_from_slice(&rows[*token as usize * d..][..d]);
        axpy(
            T::from_f64(1.0),
            &rows[(shape.vocab + *position as usize) * d..][..d],
            out,
        );
    }
}

/// The token rows and the position rows; there is no bias yet.
pub fn split<T: Real>(context: &Context<T>) -> Parts<T> {
    let (d, shape) = (context.tower.d, &context.tower.shape);
    let rows = &context.params[context.tower.params.rows.clone()];
    let row = |place: usize| rows[place * d..][..d].iter().copied();
    let pairs = shape.pairs.iter();
    let position = |(_, position): &(u32, u32)| row(shape.vocab + *position as usize);
    [
        pairs
            .clone()
            .flat_map(|(token, _)| row(*token as usize))
            .collect(),
        pairs.flat_map(position).collect(),
        vec![T::default(); shape.pairs.len() * d],
    ]
}

pub fn backward<T: Real>(context: &Context<T>, d_out: &[T], grads: &mut [T]) {
    let (d, shape) = (context.tower.d, &context.tower.shape);
    let grads = &mut grads[context.tower.params.rows.clone()];
    grads.fill(T::default());
    for (d_out, (token, position)) in d_out.chunks(d).zip(&shape.pairs) {
        axpy(T::from_f64(1.0), d_out, &mut grads[*token as usize * d..][..d]);
        axpy(
            T::from_f64(1.0),
            d_out,
            &mut grads[(shape.vocab + *position as usize) * d..][..d],
        );
    }
}
