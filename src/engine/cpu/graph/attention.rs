//! Multi-head attention: `w_t = softmax_t(query . key_t / sqrt(K))` over the keys a query sees, `out = sum_t
//! w_t value_t`.

use super::{Context, Parts, Row, TermRows};
use crate::math::{Real, axpy, dot};
use crate::model::{Graph, Rows, Step, Strengths, Term};

/// What the rows of queries, of keys and values, and of the output are.
#[derive(Clone, Copy, Debug)]
pub struct Shapes {
    pub query: Rows,
    pub key: Rows,
    pub out: Rows,
}

impl Shapes {
    /// Those of an attention step.
    pub fn new(graph: &Graph, step: &Step) -> Shapes {
        let rows = |id: usize| graph.arrays[id].rows;
        Shapes {
            query: rows(step.inputs[0].0),
            key: rows(step.inputs[1].0),
            out: rows(step.out),
        }
    }
}

/// The nine terms, before scaling, between a query and a key of one head, by [`Term::place`]: of both, their
/// parts and where in them the head's first floats are.
fn terms<T: Real>((query, asks): (&Parts<T>, usize), (key, at): (&Parts<T>, usize), k: usize) -> [T; 9] {
    Term::of_sources(|from, to| dot(&query[from as usize][asks..][..k], &key[to as usize][at..][..k]))
}

/// What attention needs for one row that asks.
#[derive(Clone, Debug, Default)]
pub struct Scratch<T> {
    /// Where the keys that it sees begin.
    keys: Vec<usize>,
    /// Their gains.
    gains: Vec<T>,
}

impl<T: Real> Scratch<T> {
    /// Finds the keys that a row sees, each `width` floats.
    fn see(&mut self, context: &Context<T>, key: Rows, row: Row, width: usize) {
        let positions = 0..context.tower.shape.visible(row.position);
        self.keys.clear();
        self.keys
            .extend(positions.map(|position| context.place(key, Row { position, ..row }) * width));
        self.gains.resize(self.keys.len(), T::default());
    }
}

/// An ablated layer: its queries and keys in parts, the strengths of its terms by head, and the values that
/// are left.
pub struct Terms<'a, T> {
    pub strengths: &'a [Strengths],
    pub query: &'a Parts<T>,
    pub key: &'a Parts<T>,
    pub value: Vec<T>,
}

impl<T: Real> Terms<'_, T> {
    /// The logit, before scaling, between a query and a key of head `h`: the places of their first floats.
    fn logit(&self, h: usize, query: usize, key: usize, k: usize) -> T {
        let terms = terms((self.query, query), (self.key, key), k);
        Term::LOGIT
            .into_iter()
            .zip(terms)
            .map(|(term, x)| T::from_f64(self.strengths[h][term]) * x)
            .sum()
    }
}

/// The nine terms of every head, between one row and the keys that it sees.
pub fn term_rows<T: Real>(
    context: &Context<T>,
    shapes: Shapes,
    [query, key]: [&Parts<T>; 2],
    row: Row,
) -> Vec<TermRows<T>> {
    let (d, k) = (context.tower.d, context.tower.d_head());
    let scale = T::from_f64((k as f64).powf(-0.5));
    let asks = context.place(shapes.query, row) * d;
    let mut scratch = Scratch::default();
    scratch.see(context, shapes.key, row, d);
    let head = |h: usize| {
        let of_key = |at: &usize| terms((query, asks + h * k), (key, at + h * k), k);
        let keys: Vec<[T; 9]> = scratch.keys.iter().map(of_key).collect();
        std::array::from_fn(|place| keys.iter().map(|terms| terms[place] * scale).collect())
    };
    (0..context.tower.heads).map(head).collect()
}

/// The weights `[rows, H, length]` of the rows of `shapes.out`, zero where a query does not see; from its
/// terms where they are scaled.
pub fn weigh<T: Real>(
    context: &Context<T>,
    shapes: Shapes,
    [query, key]: [&[T]; 2],
    terms: Option<&Terms<T>>,
    scratch: &mut Scratch<T>,
    weights: &mut Vec<T>,
) {
    let (d, heads, k, length) = (
        context.tower.d,
        context.tower.heads,
        context.tower.d_head(),
        context.tower.shape.length,
    );
    let scale = T::from_f64((k as f64).powf(-0.5));
    weights.clear();
    weights.resize(context.count(shapes.out) * heads * length, T::default());
    for row in context.rows(shapes.out) {
        let asks = context.place(shapes.query, row) * d;
        scratch.see(context, shapes.key, row, d);
        for h in 0..heads {
            let weights = &mut weights[(row.place * heads + h) * length..][..scratch.keys.len()];
            let asks = asks + h * k;
            for (w, at) in weights.iter_mut().zip(&scratch.keys) {
                let at = at + h * k;
                *w = scale
                    * match terms {
                        Some(terms) => terms.logit(h, asks, at, k),
                        None => dot(&query[asks..][..k], &key[at..][..k]),
                    };
            }
            let greatest = T::greatest(weights);
            weights.iter_mut().for_each(|w| *w -= greatest);
            T::exp_all(weights);
            let total: T = weights.iter().copied().sum();
            weights.iter_mut().for_each(|w| *w = *w / total);
        }
    }
}

/// The values that rows see, by their weights.
pub fn mix<T: Real>(context: &Context<T>, shapes: Shapes, weights: &[T], value: &[T], out: &mut [T]) {
    let (d, heads, k, length) = (
        context.tower.d,
        context.tower.heads,
        context.tower.d_head(),
        context.tower.shape.length,
    );
    out.fill(T::default());
    for row in context.rows(shapes.out) {
        for position in 0..context.tower.shape.visible(row.position) {
            let at = context.place(shapes.key, Row { position, ..row }) * d;
            for h in 0..heads {
                let weight = weights[(row.place * heads + h) * length + position];
                axpy(
                    weight,
                    &value[at + h * k..][..k],
                    &mut out[row.place * d + h * k..][..k],
                );
            }
        }
    }
}

/// What every part of the values comes to, by the same weights.
pub fn split<T: Real>(context: &Context<T>, shapes: Shapes, weights: &[T], value: &Parts<T>) -> Parts<T> {
    value.each_ref().map(|value| {
        let mut out = vec![T::default(); context.count(shapes.out) * context.tower.d];
        mix(context, shapes, weights, value, &mut out);
        out
    })
}

/// With gain_t = d_out . value_t: `d value_t += w_t d_out`, `ds_t = w_t (gain_t - sum w gain) / sqrt(K)`,
/// `d query += sum ds_t key_t`, `d key_t += ds_t query`.
pub fn backward<T: Real>(
    context: &Context<T>,
    shapes: Shapes,
    [query, key, value]: [&[T]; 3],
    weights: &[T],
    d_out: &[T],
    scratch: &mut Scratch<T>,
    [d_query, d_key, d_value]: &mut [Vec<T>; 3],
) {
    let (width, heads, k, length) = (
        context.tower.d,
        context.tower.heads,
        context.tower.d_head(),
        context.tower.shape.length,
    );
    let scale = T::from_f64((k as f64).powf(-0.5));
    for row in context.rows(shapes.out) {
        let asks = context.place(shapes.query, row) * width;
        scratch.see(context, shapes.key, row, width);
        let Scratch { keys, gains } = &mut *scratch;
        for h in 0..heads {
            let weights = &weights[(row.place * heads + h) * length..][..keys.len()];
            let d_out = &d_out[row.place * width + h * k..][..k];
            let mut mean = T::default();
            for ((gain, w), at) in gains.iter_mut().zip(weights).zip(&*keys) {
                *gain = dot(d_out, &value[at + h * k..][..k]);
                mean += *w * *gain;
                axpy(*w, d_out, &mut d_value[at + h * k..][..k]);
            }
            for ((gain, w), at) in gains.iter().zip(weights).zip(&*keys) {
                let ds = *w * (*gain - mean) * scale;
                axpy(ds, &key[at + h * k..][..k], &mut d_query[asks + h * k..][..k]);
                axpy(ds, &query[asks + h * k..][..k], &mut d_key[at + h * k..][..k]);
            }
        }
    }
}
