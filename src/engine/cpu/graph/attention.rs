//! Multi-head attention: `w_t = softmax_t(query . key_t / sqrt(K))` over the keys a query sees, `out = sum_t w_t value_t`.

use super::Context;
use crate::engine::cpu::forward::linear;
use crate::math::{Real, axpy, dot};
use crate::model::{Linear, Rows, Source, Strengths, Term, sources};

/// What the rows of queries, of keys and values, and of the output are.
#[derive(Clone, Copy)]
pub struct Shapes {
    pub query: Rows,
    pub key: Rows,
    pub out: Rows,
}

/// The first layer's queries, keys and values in parts, with the strengths of their terms.
pub struct Parts<'a, T> {
    strengths: &'a [Strengths],
    /// Queries by source (token, position, bias) `[pairs, D]`, the last `[D]`.
    query: [Vec<T>; 3],
    /// Keys, alike.
    key: [Vec<T>; 3],
    /// Values, each head's position part scaled, `[pairs, D]`.
    value: Vec<T>,
}

impl<'a, T: Real> Parts<'a, T> {
    pub fn new(context: &Context<T>, strengths: &'a [Strengths]) -> Parts<'a, T> {
        let (tower, d, k) = (context.tower, context.tower.d, context.tower.d_head());
        let parts = sources(tower, context.params, &tower.shape.pairs);
        let mapped = |map: &Linear| {
            let weight = &context.params[map.weight.clone()];
            let through = |x: &[T]| {
                let mut out = vec![T::default(); x.len()];
                linear((x.len() / d, d, d), x, weight, &mut out);
                out
            };
            let mut bias = through(&parts.bias);
            axpy(T::from_f64(1.0), &context.params[map.bias.clone()], &mut bias);
            [through(&parts.token), through(&parts.position), bias]
        };
        let layer = &tower.params.layers[0];
        let [token, position, bias] = mapped(&layer.value);
        let mut value = token;
        for (value, position) in value.chunks_mut(d).zip(position.chunks(d)) {
            axpy(T::from_f64(1.0), &bias, value);
            for ((value, position), strength) in value.chunks_mut(k).zip(position.chunks(k)).zip(strengths) {
                axpy(T::from_f64(strength[Term::VP]), position, value);
            }
        }
        Parts { strengths, query: mapped(&layer.query), key: mapped(&layer.key), value }
    }

    /// The logit, before scaling, between head `h` of the pairs `query` and `key`.
    fn logit(&self, query: usize, key: usize, h: usize, d: usize, k: usize) -> T {
        let start = |source, pair: usize| if source == Source::Bias { h * k } else { pair * d + h * k };
        let term = |from: Source, to: Source| {
            let strength = self.strengths[h][Term::between(from, to)];
            let query = &self.query[from as usize][start(from, query)..][..k];
            let key = &self.key[to as usize][start(to, key)..][..k];
            T::from_f64(strength) * dot(query, key)
        };
        Source::ALL.into_iter().flat_map(|from| Source::ALL.map(|to| term(from, to))).sum()
    }
}

pub fn forward<T: Real>(
    context: &Context<T>,
    shapes: Shapes,
    [query, key, value]: [&[T]; 3],
    parts: Option<&Parts<T>>,
    weights: &mut Vec<T>,
    out: &mut [T],
) {
    let (d, heads, k, length) = (context.tower.d, context.tower.heads, context.tower.d_head(), context.tower.shape.length);
    let scale = T::from_f64((k as f64).powf(-0.5));
    let value = parts.map_or(value, |parts| &parts.value);
    weights.clear();
    weights.resize(out.len() / d * heads * length, T::default());
    out.fill(T::default());
    let mut keys = Vec::with_capacity(length);
    for row in context.rows(shapes.out) {
        let asks = context.place(shapes.query, row);
        keys.clear();
        let seen = context.tower.shape.visible(row.position);
        keys.extend((0..seen).map(|position| context.place(shapes.key, super::Row { position, ..row })));
        let asking_pair = parts.map(|_| context.place(Rows::Pairs, row));
        for h in 0..heads {
            let weights = &mut weights[(row.place * heads + h) * length..][..seen];
            let head = |place: usize| place * d + h * k..place * d + (h + 1) * k;
            for (w, at) in weights.iter_mut().zip(&keys) {
                *w = scale
                    * match (parts, asking_pair) {
                        (Some(parts), Some(asking)) => parts.logit(asking, *at, h, d, k),
                        _ => dot(&query[head(asks)], &key[head(*at)]),
                    };
            }
            let greatest = T::greatest(weights);
            weights.iter_mut().for_each(|w| *w -= greatest);
            T::exp_all(weights);
            let total: T = weights.iter().copied().sum();
            for (w, at) in weights.iter_mut().zip(&keys) {
                *w = *w / total;
                axpy(*w, &value[head(*at)], &mut out[row.place * d + h * k..][..k]);
            }
        }
    }
}

/// With gain_t = d_out . value_t: `d value_t += w_t d_out`, `ds_t = w_t (gain_t - sum w gain) / sqrt(K)`,
/// `d query += sum ds_t key_t`, `d key_t += ds_t query`. `d` holds the three gradients, which are added to.
pub fn backward<T: Real>(
    context: &Context<T>,
    shapes: Shapes,
    [query, key, value]: [&[T]; 3],
    weights: &[T],
    d_out: &[T],
    d: &mut [Vec<T>],
) {
    let (width, heads, k, length) = (context.tower.d, context.tower.heads, context.tower.d_head(), context.tower.shape.length);
    let scale = T::from_f64((k as f64).powf(-0.5));
    let [d_query, d_key, d_value] = d else { panic!("attention has three inputs, so three gradients") };
    let mut keys = Vec::with_capacity(length);
    let mut gains = vec![T::default(); length];
    for row in context.rows(shapes.out) {
        let asks = context.place(shapes.query, row) * width;
        keys.clear();
        let seen = context.tower.shape.visible(row.position);
        keys.extend((0..seen).map(|position| context.place(shapes.key, super::Row { position, ..row }) * width));
        for h in 0..heads {
            let weights = &weights[(row.place * heads + h) * length..][..seen];
            let d_out = &d_out[row.place * width + h * k..][..k];
            let mut mean = T::default();
            for ((gain, w), at) in gains.iter_mut().zip(weights).zip(&keys) {
                *gain = dot(d_out, &value[at + h * k..][..k]);
                mean += *w * *gain;
                axpy(*w, d_out, &mut d_value[at + h * k..][..k]);
            }
            for ((gain, w), at) in gains.iter().zip(weights).zip(&keys) {
                let ds = *w * (*gain - mean) * scale;
                axpy(ds, &key[at + h * k..][..k], &mut d_query[asks + h * k..][..k]);
                axpy(ds, &query[asks + h * k..][..k], &mut d_key[at + h * k..][..k]);
            }
        }
    }
}
