//! The towers, backward: the mirror of `forward.rs`, table rows and all. Shapes as there.

use super::forward::{Activations, Tables, asked_query};
use super::graph;
use crate::math::{Matrix, Real, Store, axpy, dot, matmul};
use crate::model::TowerModel;

/// Buffers of one tower's backward pass.
#[derive(Clone, Debug, Default)]
pub struct Backward<T> {
    /// dL/d residual `[B, D]`.
    pub residual: Vec<T>,
    /// dL/d attended `[B, D]`.
    pub attended: Vec<T>,
    mass: Vec<T>,
    /// dL/d scores `[Q, H, R]`.
    pub scores: Vec<T>,
    /// dL/d value rows `[R, D]`.
    pub value: Vec<T>,
    seen: Vec<T>,
    d_query: Vec<T>,
    read: Vec<T>,
    d_read: Vec<T>,
    /// The gradients of the graph's arrays, where there is one.
    pub graph: graph::Gradients<T>,
}

pub(super) fn sum_rows<T: Real>(rows: &[T], sum: &mut [T]) {
    sum.fill(T::default());
    rows.chunks(sum.len())
        .for_each(|row| axpy(T::from_f64(1.0), row, sum));
}

/// `grad[outputs, inputs] = dy[rows, outputs]^T x[rows, inputs]`, a weight's gradient.
pub(super) fn outer<T: Real>(
    (rows, outputs, inputs): (usize, usize, usize),
    dy: &[T],
    x: &[T],
    grad: &mut [T],
) {
    matmul(
        (outputs, inputs, rows),
        Matrix::rows(dy, outputs).transposed(),
        Matrix::rows(x, inputs),
        grad,
        inputs,
        Store::Set,
    );
}

/// `dx[rows, inputs] (+)= dy[rows, outputs] W[outputs, inputs]`, an input's gradient.
pub(super) fn through<T: Real>(
    (rows, outputs, inputs): (usize, usize, usize),
    dy: &[T],
    weight: &[T],
    dx: &mut [T],
    store: Store,
) {
    matmul(
        (rows, inputs, outputs),
        Matrix::rows(dy, outputs),
        Matrix::rows(weight, inputs),
        dx,
        inputs,
        store,
    );
}

impl<T: Real> Backward<T> {
    /// From dL/d embedding `[B, E]` (overwritten) to every gradient of the tower, set in `grads`.
    #[allow(clippy::too_many_arguments)] // what the forward pass had and left
    pub fn step(
        &mut self,
        tower: &TowerModel,
        params: &[T],
        tables: &Tables<T>,
        act: &Activations<T>,
        (tokens, query): (&[u32], &[u32]),
        d_embedding: &mut [T],
        grads: &mut [T],
    ) {
        let (d, e) = (tower.d, tower.e);
        let n = act.residual.len() / d;
        self.residual.resize(n * d, T::default());
        if tower.unit {
            for ((g, u), length) in d_embedding
                .chunks_mut(e)
                .zip(act.embedding.chunks(e))
                .zip(&act.length)
            {
                let (along, inverse) = (dot(g, u), T::from_f64(1.0) / *length);
                g.iter_mut()
                    .zip(u)
                    .for_each(|(g, u)| *g = (*g - *u * along) * inverse);
            }
        }
        let p = &tower.params;
        outer(
            (n, e, d),
            d_embedding,
            &act.residual,
            &mut grads[p.projection.clone()],
        );
        through(
            (n, e, d),
            d_embedding,
            &params[p.projection.clone()],
            &mut self.residual,
            Store::Set,
        );
        if tower.by_tables {
            self.layer(tower, params, tables, act, (tokens, query), grads);
        } else {
            let context = graph::Context {
                tower,
                params,
                tokens,
                query,
            };
            self.graph
                .backward(&tower.graph, &context, &act.graph, &self.residual, grads);
        }
    }

    /// From dL/d residual through the layer that tables computed.
    fn layer(
        &mut self,
        tower: &TowerModel,
        params: &[T],
        tables: &Tables<T>,
        act: &Activations<T>,
        (tokens, query): (&[u32], &[u32]),
        grads: &mut [T],
    ) {
        let (d, p) = (tower.d, &tower.params.layers[0]);
        let b = tokens.len() / tower.shape.length;
        self.attended.resize(b * d, T::default());
        sum_rows(&self.residual, &mut grads[p.output.bias.clone()]);
        outer(
            (b, d, d),
            &self.residual,
            &act.attended,
            &mut grads[p.output.weight.clone()],
        );
        through(
            (b, d, d),
            &self.residual,
            &params[p.output.weight.clone()],
            &mut self.attended,
            Store::Set,
        );
        sum_rows(&self.attended, &mut grads[p.value.bias.clone()]);

        self.attention(tower, tables, act, tokens, query);
        self.tables(tower, params, tables, query, grads);
    }

    /// Through the softmax: dL/d value rows into `value [R, D]`, dL/d scores into `scores [Q, H, R]`.
    fn attention(
        &mut self,
        tower: &TowerModel,
        tables: &Tables<T>,
        act: &Activations<T>,
        tokens: &[u32],
        query: &[u32],
    ) {
        let (d, heads, k, r) = (tower.d, tower.heads, tower.d_head(), tower.shape.rows());
        let (length, vocab) = (tower.shape.length, tower.shape.vocab);
        let b = tokens.len() / length;
        self.value.resize(r * d, T::default());
        self.mass.resize(b * r, T::default());
        self.scores.clear();
        self.scores
            .resize(tower.shape.queries.len() * heads * r, T::default());
        for h in 0..heads {
            let attended = Matrix::rows(&self.attended[h * k..], d);
            let values = Matrix::rows(&tables.value[h * k..], d);
            matmul(
                (b, r, k),
                attended,
                values.transposed(),
                &mut self.mass,
                r,
                Store::Set,
            );
            let mass = Matrix::rows(&act.mass[h * r..], heads * r);
            matmul(
                (r, k, b),
                mass.transposed(),
                attended,
                &mut self.value[h * k..],
                d,
                Store::Set,
            );

            for (i, tokens) in tokens.chunks(length).enumerate() {
                let q = asked_query(query, i);
                let tokens = &tokens[..tower.shape.queries[q].keys];
                let (by_token, by_position) = self.mass[i * r..][..r].split_at(vocab);
                let weights = &act.mass[(i * heads + h) * r + vocab..][..tokens.len()];
                let gains = tokens
                    .iter()
                    .zip(by_position)
                    .map(|(token, at)| by_token[*token as usize] + *at);
                let mean: T = weights.iter().zip(gains.clone()).map(|(w, gain)| *w * gain).sum();
                let (d_token, d_position) = self.scores[(q * heads + h) * r..][..r].split_at_mut(vocab);
                for (((w, gain), token), d_at) in weights.iter().zip(gains).zip(tokens).zip(d_position) {
                    let grad = *w * (gain - mean);
                    d_token[*token as usize] += grad;
                    *d_at += grad;
                }
            }
        }
    }

    /// From the tables to the weights, biases and embeddings. A key bias shifts a row's logits alike: its
    /// gradient is zero.
    fn tables(
        &mut self,
        tower: &TowerModel,
        params: &[T],
        tables: &Tables<T>,
        query: &[u32],
        grads: &mut [T],
    ) {
        let (d, heads, k, r) = (tower.d, tower.heads, tower.d_head(), tower.shape.rows());
        let p = &tower.params.layers[0];
        let embeddings = tower.params.rows.clone();
        let queries = tower.shape.queries.len();
        let rows = &params[embeddings.clone()];
        outer((r, d, d), &self.value, rows, &mut grads[p.value.weight.clone()]);
        through(
            (r, d, d),
            &self.value,
            &params[p.value.weight.clone()],
            &mut grads[embeddings.clone()],
            Store::Set,
        );

        // A score is a row of the table times what a head's query has seen.
        let (asked, scores) = (queries * heads, Matrix::rows(&self.scores, r));
        matmul(
            (r, d, asked),
            scores.transposed(),
            Matrix::rows(&tables.seen, d),
            &mut grads[embeddings.clone()],
            d,
            Store::Add,
        );
        let d_seen = &mut self.seen;
        d_seen.resize(asked * d, T::default());
        matmul(
            (asked, d, r),
            scores,
            Matrix::rows(rows, d),
            d_seen,
            d,
            Store::Set,
        );
        let scale = T::from_f64((k as f64).powf(-0.5));
        d_seen.iter_mut().for_each(|x| *x *= scale);
        let d_query = &mut self.d_query;
        d_query.clear();
        grads[p.key.bias.clone()].fill(T::default());
        let (weight, grad) = (&params[p.key.weight.clone()], &mut grads[p.key.weight.clone()]);
        grad.fill(T::default());
        for (query, d_seen) in tables.query.chunks(d).zip(d_seen.chunks(heads * d)) {
            for (i, ((query, weight), grad)) in query
                .iter()
                .zip(weight.chunks(d))
                .zip(grad.chunks_mut(d))
                .enumerate()
            {
                let d_seen = &d_seen[i / k * d..][..d];
                d_query.push(dot(weight, d_seen));
                axpy(*query, d_seen, grad);
            }
        }

        sum_rows(d_query, &mut grads[p.query.bias.clone()]);
        self.read.clear();
        self.read.extend((0..queries).flat_map(|q| {
            let (token, position) = tower.read_rows(q);
            (0..d).map(move |i| rows[token * d + i] + rows[position * d + i])
        }));
        // What reaches the read rows: through their queries, and straight down the residual stream. Too few
        // rows for a block of a matrix product, and the weight's gradient on the way.
        let d_read = &mut self.d_read;
        d_read.resize(queries * d, T::default());
        d_read.fill(T::default());
        let (weight, grad) = (
            &params[p.query.weight.clone()],
            &mut grads[p.query.weight.clone()],
        );
        grad.fill(T::default());
        for ((d_query, read), d_read) in d_query
            .chunks(d)
            .zip(self.read.chunks(d))
            .zip(d_read.chunks_mut(d))
        {
            for ((d_query, weight), grad) in d_query.iter().zip(weight.chunks(d)).zip(grad.chunks_mut(d)) {
                axpy(*d_query, weight, d_read);
                axpy(*d_query, read, grad);
            }
        }
        for (i, residual) in self.residual.chunks(d).enumerate() {
            let q = asked_query(query, i);
            axpy(T::from_f64(1.0), residual, &mut d_read[q * d..][..d]);
        }
        for (q, grad) in d_read.chunks(d).enumerate() {
            let (token, position) = tower.read_rows(q);
            let rows = &mut grads[embeddings.clone()];
            axpy(T::from_f64(1.0), grad, &mut rows[token * d..][..d]);
            axpy(T::from_f64(1.0), grad, &mut rows[position * d..][..d]);
        }
    }
}
