//! Both towers, forward, the way of design section 4: layer 1's input is a token row plus a position row and
//! every map up to the softmax is linear, so keys, values and logits are computed for the rows of small
//! tables, and a logit is the sum of a token row's score and a position row's. Only the read place (CLS, EOT)
//! asks a query and has an output.
//!
//! Shapes: B sequences, D d_model, H heads, K = D/H, E d_embed, R table rows (token ids, then positions),
//! Q queries of the tower.

use super::matmul::{Left, Right, Store, axpy, dot, matmul, transpose};
use super::real::Real;
use crate::config::Config;
use crate::params::{ParamTable, TowerParams};
use crate::task::{TowerShape, text_shape, vision_shape};

/// One tower's sizes and where its tensors lie.
#[derive(Clone, Debug)]
pub struct Tower {
    /// Its input.
    pub shape: TowerShape,
    /// Its tensors.
    pub params: TowerParams,
    /// D.
    pub d: usize,
    /// H.
    pub heads: usize,
    /// E.
    pub e: usize,
}

impl Tower {
    /// The vision and the text tower of a config.
    pub fn both(config: &Config, table: &ParamTable) -> [Tower; 2] {
        let tower = |shape, params: &TowerParams| Tower {
            shape,
            params: params.clone(),
            d: config.d_model as usize,
            heads: config.heads as usize,
            e: config.d_embed as usize,
        };
        [tower(vision_shape(config), &table.vision), tower(text_shape(config), &table.text)]
    }

    /// K.
    pub fn d_head(&self) -> usize {
        self.d / self.heads
    }

    /// The table row of the token that query `q` reads, and of its position.
    pub fn read_rows(&self, q: usize) -> (usize, usize) {
        (self.shape.read_token as usize, self.shape.vocab + self.shape.queries[q].position)
    }
}

/// What multiplies each term of a head's logits before the softmax, and its position values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Strengths {
    /// `logit[3 q + k]`: query source q, key source k, each 0 token (E), 1 position (P), 2 bias (B).
    pub logit: [f64; 9],
    /// The position part of the values (VP).
    pub value_position: f64,
}

impl Default for Strengths {
    fn default() -> Self {
        Strengths { logit: [1.0; 9], value_position: 1.0 }
    }
}

/// What layer 1 computes once per step, however many sequences there are.
#[derive(Clone, Debug, Default)]
pub struct Tables<T> {
    /// Keys without bias `[R, D]` (a key bias shifts all logits of a row alike).
    pub key: Vec<T>,
    /// Values without bias `[R, D]`.
    pub value: Vec<T>,
    /// Queries `[Q, D]`, as token rows see them.
    pub query_token: Vec<T>,
    /// Queries `[Q, D]`, as position rows see them; they differ only under ablation.
    pub query_position: Vec<T>,
    /// Query times key over the root of K, `[Q, H, R]`.
    pub scores: Vec<T>,
}

/// What a batch leaves behind for the backward pass.
#[derive(Clone, Debug, Default)]
pub struct Activations<T> {
    /// Attention mass per table row `[B, H, R]`: a position row holds its token's weight, a token row the sum over where it stands.
    pub mass: Vec<T>,
    /// Heads' outputs at the read place `[B, D]`.
    pub attended: Vec<T>,
    /// The residual stream after attention `[B, D]`.
    pub residual: Vec<T>,
    /// Unit embeddings `[B, E]`.
    pub embedding: Vec<T>,
    /// Their lengths before normalisation `[B]`.
    pub length: Vec<T>,
}

fn resize<T: Real>(buffer: &mut Vec<T>, len: usize) {
    buffer.resize(len, T::default());
}

/// `out[rows, outputs] = x[rows, inputs] W^T` for a weight `[outputs, inputs]`.
fn linear<T: Real>((rows, outputs, inputs): (usize, usize, usize), x: &[T], weight: &[T], scratch: &mut Vec<T>, out: &mut [T]) {
    resize(scratch, outputs * inputs);
    transpose(outputs, inputs, weight, inputs, scratch);
    let left = Left { data: x, row: inputs, col: 1 };
    matmul((rows, outputs, inputs), left, Right { data: scratch, row: outputs }, out, outputs, Store::Set);
}

/// The query of `q` in its three parts: from the token, from the position, the bias; `[3, D]`.
pub fn query_sources<T: Real>(tower: &Tower, params: &[T], q: usize) -> Vec<T> {
    let (d, rows) = (tower.d, &params[tower.params.rows.clone()]);
    let weight = &params[tower.params.query.weight.clone()];
    let (token, position) = tower.read_rows(q);
    let part = |row: usize| weight.chunks(d).map(move |w| dot(w, &rows[row * d..][..d]));
    part(token).chain(part(position)).chain(params[tower.params.query.bias.clone()].iter().copied()).collect()
}

/// Layer 1's tables, with each head's terms scaled by `strengths` (none: all 1).
pub fn tables<T: Real>(tower: &Tower, params: &[T], strengths: Option<&[Strengths]>, scratch: &mut Vec<T>, out: &mut Tables<T>) {
    let (d, k, r) = (tower.d, tower.d_head(), tower.shape.rows());
    let rows = &params[tower.params.rows.clone()];
    for (weight, table) in [(&tower.params.key.weight, &mut out.key), (&tower.params.value.weight, &mut out.value)] {
        resize(table, r * d);
        linear((r, d, d), rows, &params[weight.clone()], scratch, table);
    }
    let queries = tower.shape.queries.len();
    for x in [&mut out.query_token, &mut out.query_position] {
        resize(x, queries * d);
    }
    resize(&mut out.scores, queries * tower.heads * r);
    let scale = T::from_f64((k as f64).powf(-0.5));
    for q in 0..queries {
        let sources = query_sources(tower, params, q);
        for h in 0..tower.heads {
            let strength = strengths.map_or_else(Strengths::default, |s| s[h]).logit.map(T::from_f64);
            for i in h * k..(h + 1) * k {
                let seen_by = |key: usize| (0..3).map(|s| strength[3 * s + key] * sources[s * d + i]).sum();
                out.query_token[q * d + i] = seen_by(0);
                out.query_position[q * d + i] = seen_by(1);
            }
            let head = q * d + h * k..q * d + (h + 1) * k;
            for row in 0..r {
                let query = if row < tower.shape.vocab { &out.query_token } else { &out.query_position };
                let score = dot(&query[head.clone()], &out.key[row * d + h * k..][..k]) * scale;
                out.scores[(q * tower.heads + h) * r + row] = score;
            }
        }
    }
    if let Some(strengths) = strengths {
        for row in out.value.chunks_mut(d).skip(tower.shape.vocab) {
            for (head, strength) in row.chunks_mut(k).zip(strengths) {
                head.iter_mut().for_each(|x| *x *= T::from_f64(strength.value_position));
            }
        }
    }
}

/// The attention of one head over a sequence's keys: softmax of token score plus position score, into `weights[keys]`.
pub fn attention<T: Real>(tower: &Tower, scores: &[T], tokens: &[u32], weights: &mut [T]) {
    let (token_scores, position_scores) = scores.split_at(tower.shape.vocab);
    let mut greatest = T::from_f64(f64::from(f32::MIN));
    for ((w, token), position) in weights.iter_mut().zip(tokens).zip(position_scores) {
        *w = token_scores[*token as usize] + *position;
        greatest = if *w > greatest { *w } else { greatest };
    }
    weights.iter_mut().for_each(|w| *w = (*w - greatest).exp());
    let total: T = weights.iter().copied().sum();
    weights.iter_mut().for_each(|w| *w = *w / total);
}

/// Encodes sequences: `tokens [B, length]`, `query [B]` (empty: all ask query 0).
pub fn encode<T: Real>(
    tower: &Tower,
    params: &[T],
    tables: &Tables<T>,
    tokens: &[u32],
    query: &[u32],
    scratch: &mut Vec<T>,
    out: &mut Activations<T>,
) {
    let (d, e, heads, k, r) = (tower.d, tower.e, tower.heads, tower.d_head(), tower.shape.rows());
    let length = tower.shape.length;
    let b = tokens.len() / length;
    let place = |i: usize| query.get(i).map_or(0, |q| *q as usize);

    out.mass.clear();
    resize(&mut out.mass, b * heads * r);
    resize(&mut out.attended, b * d);
    let mut weights = vec![T::default(); length];
    for (i, tokens) in tokens.chunks(length).enumerate() {
        let q = place(i);
        let weights = &mut weights[..tower.shape.queries[q].keys];
        for h in 0..heads {
            attention(tower, &tables.scores[(q * heads + h) * r..][..r], tokens, weights);
            let mass = &mut out.mass[(i * heads + h) * r..][..r];
            for (t, (w, token)) in weights.iter().zip(tokens).enumerate() {
                mass[*token as usize] += *w;
                mass[tower.shape.vocab + t] = *w;
            }
        }
    }
    let bias = &params[tower.params.value.bias.clone()];
    out.attended.chunks_mut(d).for_each(|row| row.copy_from_slice(bias));
    for h in 0..heads {
        let mass = Left { data: &out.mass[h * r..], row: heads * r, col: 1 };
        let value = Right { data: &tables.value[h * k..], row: d };
        matmul((b, k, r), mass, value, &mut out.attended[h * k..], d, Store::Add);
    }

    resize(&mut out.residual, b * d);
    linear((b, d, d), &out.attended, &params[tower.params.output.weight.clone()], scratch, &mut out.residual);
    let rows = &params[tower.params.rows.clone()];
    for (i, residual) in out.residual.chunks_mut(d).enumerate() {
        let (token, position) = tower.read_rows(place(i));
        axpy(T::from_f64(1.0), &params[tower.params.output.bias.clone()], residual);
        axpy(T::from_f64(1.0), &rows[token * d..][..d], residual);
        axpy(T::from_f64(1.0), &rows[position * d..][..d], residual);
    }

    resize(&mut out.embedding, b * e);
    resize(&mut out.length, b);
    linear((b, e, d), &out.residual, &params[tower.params.projection.clone()], scratch, &mut out.embedding);
    for (z, length) in out.embedding.chunks_mut(e).zip(&mut out.length) {
        *length = dot(z, z).sqrt();
        z.iter_mut().for_each(|x| *x = *x / *length);
    }
}
