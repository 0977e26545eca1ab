//! The towers, forward. A tower with one layer and neither norm nor MLP goes by tables: layer 1's input is a
//! token row plus a position row and every map up to the softmax is linear, so keys, values and logits are
//! computed for the rows of small tables, and a logit is the sum of a token row's score and a position row's.
//! Only the read place (CLS, EOT) asks a query and has an output. Every other tower runs its graph (`graph/`)
//! up to the residual stream.
//!
//! Shapes: B sequences, N read places (B, or more in an autoregressive run), D d_model, H heads, K = D/H, E
//! d_embed, R table rows (token ids, then positions), Q queries of the tower.

use super::graph;
use crate::math::{Matrix, Real, Store, dot, matmul, reduce};
use crate::model::{Source, Strengths, Term, TowerModel};

/// What layer 1 computes once per step, however many sequences there are.
#[derive(Clone, Debug, Default)]
pub struct Tables<T> {
    /// Values without bias `[R, D]`.
    pub value: Vec<T>,
    /// Queries `[Q, D]`.
    pub query: Vec<T>,
    /// `W_K^T q / sqrt(K)` for each head's query q, `[Q, H, D]`: a table row's score is its inner product
    /// with this, so the R rows' keys are never formed.
    pub seen: Vec<T>,
    /// Query times key (without bias, which shifts all logits of a row alike) over the root of K, `[Q, H,
    /// R]`.
    pub scores: Vec<T>,
}

/// What a batch leaves behind for the backward pass.
#[derive(Clone, Debug, Default)]
pub struct Activations<T> {
    /// Attention weight per table row `[B, H, R]`: a position row holds the weight of its position, a token
    /// row the total weight of the positions that show it.
    pub mass: Vec<T>,
    /// Heads' outputs at the read place `[B, D]`.
    pub attended: Vec<T>,
    /// The residual stream at the read places `[N, D]`.
    pub residual: Vec<T>,
    /// Unit embeddings `[B, E]`, or the next word's logits `[N, E]`.
    pub embedding: Vec<T>,
    /// Their lengths before normalisation `[B]`.
    pub length: Vec<T>,
    /// What the graph computed, where there is one.
    pub graph: graph::Values<T>,
}

pub(super) fn resize<T: Real>(buffer: &mut Vec<T>, len: usize) {
    buffer.resize(len, T::default());
}

/// The query that a sequence asks; where there is no list of queries, every sequence asks the first.
pub(super) fn asked_query(queries: &[u32], sequence: usize) -> usize {
    if queries.is_empty() {
        0
    } else {
        queries[sequence] as usize
    }
}

/// `out[rows, outputs] = x[rows, inputs] W^T` for a weight `[outputs, inputs]`.
pub(super) fn linear<T: Real>(
    (rows, outputs, inputs): (usize, usize, usize),
    x: &[T],
    weight: &[T],
    out: &mut [T],
) {
    let weight = Matrix::rows(weight, inputs).transposed();
    matmul(
        (rows, outputs, inputs),
        Matrix::rows(x, inputs),
        weight,
        out,
        outputs,
        Store::Set,
    );
}

/// Every query in its three parts: from the token, from the position, the bias; `[Q, 3, D]`, into `sources`.
fn query_sources<T: Real>(tower: &TowerModel, params: &[T], sources: &mut Vec<T>) {
    let (d, rows) = (tower.d, &params[tower.params.rows.clone()]);
    let query = &tower.params.layers[0].query;
    let weight = &params[query.weight.clone()];
    sources.clear();
    for q in 0..tower.shape.queries.len() {
        let (token, position) = tower.read_rows(q);
        let part = |row: usize| weight.chunks(d).map(move |w| dot(w, &rows[row * d..][..d]));
        sources.extend(
            part(token)
                .chain(part(position))
                .chain(params[query.bias.clone()].iter().copied()),
        );
    }
}

/// Layer 1's tables, with each head's terms scaled by `strengths` (none: all 1).
///
/// This is the nine-term split of `graph/attention.rs` with the sums taken in another order, which is what
/// makes tables short, so the two cannot share it: the query's three sources are summed first, each times its
/// strength with the source of the key, and every row is scored against that sum. No term is formed by
/// itself, and those whose key is the bias, which change no softmax, are left out. `tests/ablated` holds both
/// to one reference.
pub fn tables<T: Real>(
    tower: &TowerModel,
    params: &[T],
    strengths: Option<&[Strengths]>,
    sources: &mut Vec<T>,
    out: &mut Tables<T>,
) {
    let (d, heads, k, r) = (tower.d, tower.heads, tower.d_head(), tower.shape.rows());
    let (queries, vocab) = (tower.shape.queries.len(), tower.shape.vocab);
    let rows = &params[tower.params.rows.clone()];
    let layer = &tower.params.layers[0];
    resize(&mut out.value, r * d);
    linear(
        (r, d, d),
        rows,
        &params[layer.value.weight.clone()],
        &mut out.value,
    );

    query_sources(tower, params, sources);
    resize(&mut out.query, queries * d);
    resize(&mut out.seen, queries * heads * d);
    resize(&mut out.scores, queries * heads * r);
    let scale = T::from_f64((k as f64).powf(-0.5));
    let key_weight = &params[layer.key.weight.clone()];
    // Under an ablation token rows and position rows meet different queries. Positions come first, since
    // afterwards `query` and `seen` must hold the query that token rows meet.
    let parts = if strengths.is_some() {
        &[(Source::Position, vocab..r), (Source::Token, 0..vocab)][..]
    } else {
        &[(Source::Token, 0..r)]
    };
    for (key, range) in parts {
        for (query, sources) in out.query.chunks_mut(d).zip(sources.chunks(3 * d)) {
            for (i, x) in query.iter_mut().enumerate() {
                let strength = |query| strengths.map_or(1.0, |s| s[i / k][Term::between(query, *key)]);
                let source =
                    |source: Source| T::from_f64(strength(source)) * sources[source as usize * d + i];
                *x = Source::ALL.into_iter().map(source).sum();
            }
        }
        for h in 0..heads {
            let (query, key) = (
                Matrix::rows(&out.query[h * k..], d),
                Matrix::rows(&key_weight[h * k * d..], d),
            );
            matmul(
                (queries, d, k),
                query,
                key,
                &mut out.seen[h * d..],
                heads * d,
                Store::Set,
            );
        }
        out.seen.iter_mut().for_each(|x| *x *= scale);
        let rows = Matrix::rows(&rows[range.start * d..], d).transposed();
        matmul(
            (queries * heads, range.len(), d),
            Matrix::rows(&out.seen, d),
            rows,
            &mut out.scores[range.start..],
            r,
            Store::Set,
        );
    }
    if let Some(strengths) = strengths {
        for (i, scores) in out.scores.chunks_mut(r).enumerate() {
            for (score, added) in scores[vocab..].iter_mut().zip(&strengths[i % heads].position_row) {
                *score += T::from_f64(*added);
            }
        }
        for row in out.value.chunks_mut(d).skip(vocab) {
            for (head, strength) in row.chunks_mut(k).zip(strengths) {
                head.iter_mut()
                    .for_each(|x| *x *= T::from_f64(strength[Term::VP]));
            }
        }
    }
}

/// The logits of one head over a sequence's keys, token score plus position score, less the greatest of them.
fn logits<T: Real>((by_token, by_position): (&[T], &[T]), tokens: &[u32], out: &mut [T]) {
    for ((x, token), position) in out.iter_mut().zip(tokens).zip(by_position) {
        *x = by_token[*token as usize] + *position;
    }
    let greatest = T::greatest(out);
    out.iter_mut().for_each(|x| *x -= greatest);
}

/// The attention of every head of every sequence, as mass per table row `[B, H, R]`; into `mass`, which is
/// zero.
fn attention<T: Real>(
    tower: &TowerModel,
    scores: &[T],
    (tokens, query): (&[u32], &[u32]),
    weights: &mut Vec<T>,
    mass: &mut [T],
) {
    let (heads, r) = (tower.heads, tower.shape.rows());
    let (length, vocab) = (tower.shape.length, tower.shape.vocab);
    // All logits first, then all exponentials in one call: it is vectorised, and one head has too few to fill
    // a vector.
    resize(weights, tokens.len() * heads);
    for (i, (tokens, weights)) in tokens
        .chunks(length)
        .zip(weights.chunks_mut(heads * length))
        .enumerate()
    {
        let q = asked_query(query, i);
        let scores = scores[q * heads * r..].chunks(r);
        for (weights, scores) in weights.chunks_mut(length).zip(scores) {
            logits(
                scores.split_at(vocab),
                tokens,
                &mut weights[..tower.shape.queries[q].keys],
            );
        }
    }
    T::exp_all(weights);
    for (row, (weights, mass)) in weights.chunks(length).zip(mass.chunks_mut(r)).enumerate() {
        let i = row / heads;
        let weights = &weights[..tower.shape.queries[asked_query(query, i)].keys];
        let share = T::from_f64(1.0) / reduce(weights, T::default(), |a, b| a + b);
        let (by_token, by_position) = mass.split_at_mut(vocab);
        for ((weight, token), at) in weights.iter().zip(&tokens[i * length..]).zip(by_position) {
            *at = *weight * share;
            by_token[*token as usize] += *at;
        }
    }
}

/// Encodes sequences: `tokens [B, length]`, `query [B]` (empty: all ask query 0), the terms scaled by
/// `strengths [layers, H]` (none: all 1). Leaves the tables, where there are any, in `tables`.
pub fn encode<T: Real>(
    tower: &TowerModel,
    params: &[T],
    strengths: Option<&[Strengths]>,
    (tokens, query): (&[u32], &[u32]),
    scratch: &mut Vec<T>,
    computed: &mut Tables<T>,
    out: &mut Activations<T>,
) {
    if tower.by_tables {
        tables(tower, params, strengths, scratch, computed);
        attend(tower, params, computed, tokens, query, scratch, out);
    } else {
        let context = graph::Context {
            tower,
            params,
            tokens,
            query,
        };
        out.graph.forward(&tower.graph, &context, strengths);
        out.residual.clone_from(out.graph.last());
    }
    project(tower, params, out);
}

/// The embeddings of sequences, computed by the graph, the residual stream after a layer (from 0) changed on
/// the way: the rows of all tokens `[B, length, D]`, or after the last layer those that are read `[N, D]`.
pub fn encode_changed<T: Real>(
    tower: &TowerModel,
    params: &[T],
    (tokens, query): (&[u32], &[u32]),
    layer: usize,
    change: &mut dyn FnMut(&mut [T]),
) -> Vec<T> {
    let context = graph::Context {
        tower,
        params,
        tokens,
        query,
    };
    let mut out = Activations::default();
    out.graph.forward_changed(&tower.graph, &context, layer, change);
    out.residual.clone_from(out.graph.last());
    project(tower, params, &mut out);
    out.embedding
}

/// From the tables to the residual stream at the read place.
fn attend<T: Real>(
    tower: &TowerModel,
    params: &[T],
    tables: &Tables<T>,
    tokens: &[u32],
    query: &[u32],
    scratch: &mut Vec<T>,
    out: &mut Activations<T>,
) {
    let (d, heads, k, r) = (tower.d, tower.heads, tower.d_head(), tower.shape.rows());
    let layer = &tower.params.layers[0];
    let length = tower.shape.length;
    let b = tokens.len() / length;

    out.mass.clear();
    resize(&mut out.mass, b * heads * r);
    resize(&mut out.attended, b * d);
    attention(tower, &tables.scores, (tokens, query), scratch, &mut out.mass);
    let bias = &params[layer.value.bias.clone()];
    out.attended
        .chunks_mut(d)
        .for_each(|row| row.copy_from_slice(bias));
    for h in 0..heads {
        let mass = Matrix::rows(&out.mass[h * r..], heads * r);
        let value = Matrix::rows(&tables.value[h * k..], d);
        matmul((b, k, r), mass, value, &mut out.attended[h * k..], d, Store::Add);
    }

    resize(&mut out.residual, b * d);
    linear(
        (b, d, d),
        &out.attended,
        &params[layer.output.weight.clone()],
        &mut out.residual,
    );
    let rows = &params[tower.params.rows.clone()];
    for (i, residual) in out.residual.chunks_mut(d).enumerate() {
        let (token, position) = tower.read_rows(asked_query(query, i));
        let read = rows[token * d..][..d].iter().zip(&rows[position * d..][..d]);
        for ((x, bias), (token, position)) in residual
            .iter_mut()
            .zip(&params[layer.output.bias.clone()])
            .zip(read)
        {
            *x = *x + *bias + *token + *position;
        }
    }
}

/// From the residual stream to unit embeddings, or to words' logits.
fn project<T: Real>(tower: &TowerModel, params: &[T], out: &mut Activations<T>) {
    let (d, e) = (tower.d, tower.e);
    let n = out.residual.len() / d;
    resize(&mut out.embedding, n * e);
    linear(
        (n, e, d),
        &out.residual,
        &params[tower.params.projection.clone()],
        &mut out.embedding,
    );
    if !tower.unit {
        return;
    }
    resize(&mut out.length, n);
    for (z, length) in out.embedding.chunks_mut(e).zip(&mut out.length) {
        *length = dot(z, z).sqrt();
        // A vector whose length overflows has no direction. It becomes NaN, since zeros would pass for an
        // embedding.
        let inverse = T::from_f64(if length.to_f64() < f64::INFINITY {
            1.0
        } else {
            f64::NAN
        }) / *length;
        z.iter_mut().for_each(|x| *x *= inverse);
    }
}
