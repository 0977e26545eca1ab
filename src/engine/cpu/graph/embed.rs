//! `out[pair] = E[token] + P[position]`.

use super::{Context, Parts};
use crate::math::{Real, axpy};
use crate::model::TowerModel;

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

/// The token rows and the position rows of some pairs; there is no bias yet.
pub fn split<T: Real>(tower: &TowerModel, params: &[T], pairs: &[(u32, u32)]) -> Parts<T> {
    let rows = &params[tower.params.rows.clone()];
    let row = |place: usize| rows[place * tower.d..][..tower.d].iter().copied();
    let token = pairs.iter().flat_map(|(token, _)| row(*token as usize)).collect();
    let position = pairs
        .iter()
        .flat_map(|(_, position)| row(tower.shape.vocab + *position as usize))
        .collect();
    [token, position, vec![T::default(); pairs.len() * tower.d]]
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
