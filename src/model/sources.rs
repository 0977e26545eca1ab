//! The first layer's input in three parts: what comes from token embeddings, from position embeddings, and from biases.
//! A layer norm is linear once its scale is frozen (App. R), so it splits too.

use super::TowerModel;
use crate::math::Real;

/// Added to a row's variance by a layer norm.
pub const NORM_EPS: f64 = 1e-5;

/// A row's mean and the reciprocal of its standard deviation, as a layer norm takes them.
pub fn moments<T: Real>(x: &[T]) -> (T, T) {
    let n = T::from_f64(x.len() as f64);
    let mean = x.iter().copied().sum::<T>() / n;
    let variance = x.iter().map(|x| (*x - mean) * (*x - mean)).sum::<T>() / n;
    (mean, T::from_f64(1.0) / (variance + T::from_f64(NORM_EPS)).sqrt())
}

/// The parts of the rows that the first layer's maps see; they sum to the rows.
#[derive(Debug)]
pub struct Sources<T> {
    /// From token embeddings `[pairs, D]`.
    pub token: Vec<T>,
    /// From position embeddings `[pairs, D]`.
    pub position: Vec<T>,
    /// From the norm's bias `[D]`.
    pub bias: Vec<T>,
}

/// The parts of some (token, position) pairs' rows.
pub fn sources<T: Real>(tower: &TowerModel, params: &[T], pairs: &[(u32, u32)]) -> Sources<T> {
    let d = tower.d;
    let rows = &params[tower.params.rows.clone()];
    let row = |place: usize| &rows[place * d..][..d];
    let part = |of: &dyn Fn(&(u32, u32)) -> usize| pairs.iter().flat_map(|pair| row(of(pair)).iter().copied()).collect::<Vec<T>>();
    let mut parts = Sources {
        token: part(&|(token, _)| *token as usize),
        position: part(&|(_, position)| tower.shape.vocab + *position as usize),
        bias: vec![T::default(); d],
    };
    if let Some(norm) = &tower.params.layers[0].norm1 {
        let weight = &params[norm.weight.clone()];
        parts.bias.copy_from_slice(&params[norm.bias.clone()]);
        for (token, position) in parts.token.chunks_mut(d).zip(parts.position.chunks_mut(d)) {
            let whole: Vec<T> = token.iter().zip(&*position).map(|(e, p)| *e + *p).collect();
            let (_, scale) = moments(&whole);
            for part in [token, position] {
                let (mean, _) = moments(part);
                part.iter_mut().zip(weight).for_each(|(x, weight)| *x = (*x - mean) * scale * *weight);
            }
        }
    }
    parts
}
