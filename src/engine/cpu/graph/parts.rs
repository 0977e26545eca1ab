//! An ablated pass in parts: what of every row comes from token embeddings, from position embeddings and from
//! biases ([`crate::model`] says what that means at any layer; `tests/oracle/sources.py` computes the same).

use super::attention::{Shapes, Terms};
use super::{Context, Values, attention, embed, gather, gelu, linear, norm};
use crate::engine::cpu::forward::asked_query;
use crate::math::{Real, axpy};
use crate::model::{Graph, Op, Step, Strengths, Term};

/// An array `[rows, width]` in the parts that come from token embeddings, from position embeddings and from
/// biases; they sum to it.
pub type Parts<T> = [Vec<T>; 3];

/// The whole of some parts.
pub fn total<T: Real>([token, position, bias]: &Parts<T>) -> Vec<T> {
    let mut whole = token.clone();
    axpy(T::from_f64(1.0), position, &mut whole);
    axpy(T::from_f64(1.0), bias, &mut whole);
    whole
}

/// One head's nine terms of a row of logits, `[9][keys]`, by [`Term::place`].
pub type TermRows<T> = [Vec<T>; 9];

/// The nine terms of every head of a layer (from 0), before that layer's own strengths, where the first
/// sequence is first read; `strengths [layers, H]` scale those of the layers before it.
pub fn term_rows<T: Real>(context: &Context<T>, strengths: &[Strengths], layer: usize) -> Vec<TermRows<T>> {
    let (tower, graph) = (context.tower, &context.tower.graph);
    let is_asked = |step: &Step| matches!(step.op, Op::Attention { layer: l } if l == layer);
    let at = graph
        .steps
        .iter()
        .position(is_asked)
        .expect("every layer has its attention");
    let mut divided = Divided {
        last: Some(layer),
        ..Divided::new(graph, tower.heads, strengths)
    };
    Values::default().run(graph, 0..at, context, Some(&mut divided));
    let step = &graph.steps[at];
    let read = tower.shape.read_position(asked_query(context.query, 0), 0);
    let row = context
        .rows(graph.arrays[step.out].rows)
        .find(|row| row.position == read)
        .expect("attention has a row wherever the tower is read");
    let [query, key] = [0, 1].map(|input: usize| &divided.arrays[step.inputs[input].0]);
    attention::term_rows(context, Shapes::new(graph, step), [query, key], row)
}

/// The arrays of an ablated pass in parts, as far as the last layer whose terms are asked for.
pub struct Divided<'a, T> {
    /// Per layer, its heads'.
    strengths: Vec<&'a [Strengths]>,
    /// The last layer that is ablated, or whose terms are asked for, until its attention is done.
    last: Option<usize>,
    arrays: Vec<Parts<T>>,
}

/// Whether any of a layer's terms is scaled.
fn ablated(strengths: &[Strengths]) -> bool {
    strengths
        .iter()
        .any(|strengths| *strengths != Strengths::default())
}

impl<'a, T: Real> Divided<'a, T> {
    /// A pass with strengths `[layers, H]`.
    pub fn new(graph: &Graph, heads: usize, strengths: &'a [Strengths]) -> Divided<'a, T> {
        let strengths: Vec<_> = strengths.chunks(heads).collect();
        let last = strengths.iter().rposition(|layer| ablated(layer));
        Divided {
            strengths,
            last,
            arrays: vec![Parts::default(); graph.arrays.len()],
        }
    }

    /// What a layer's attention is computed from, if it is ablated. From here on the position part of its
    /// values is the scaled one.
    pub fn terms(&mut self, context: &Context<T>, step: &Step, layer: usize) -> Option<Terms<'_, T>> {
        let strengths = self.strengths[layer];
        if !ablated(strengths) {
            return None;
        }
        let [query, key, value] = [0, 1, 2].map(|input| step.inputs[input].0);
        let heads = self.arrays[value][1].chunks_mut(context.tower.d_head());
        for (head, strength) in heads.zip(strengths.iter().cycle()) {
            head.iter_mut()
                .for_each(|x| *x *= T::from_f64(strength[Term::VP]));
        }
        let value = total(&self.arrays[value]);
        Some(Terms {
            strengths,
            query: &self.arrays[query],
            key: &self.arrays[key],
            value,
        })
    }

    /// The parts of what a step has computed, with its weights if it is attention.
    pub fn follow(&mut self, graph: &Graph, context: &Context<T>, step: &Step, weights: &[T]) {
        let Some(last) = self.last else { return };
        let parts = |input: usize| &self.arrays[step.inputs[input].0];
        let rows = |input: usize| graph.arrays[step.inputs[input].0].rows;
        let out = graph.arrays[step.out];
        self.arrays[step.out] = match &step.op {
            Op::Embed => embed::split(context),
            Op::Norm { params } => norm::split(context.params, params, parts(0)),
            Op::Linear { params, .. } => {
                let residual = (step.inputs.len() == 2).then(|| parts(1));
                linear::split(
                    context.params,
                    params,
                    context.count(out.rows),
                    parts(0),
                    residual,
                )
            }
            Op::Gather => gather::split(context, (rows(0), out), parts(0)),
            Op::Attention { layer } if *layer == last => return self.last = None,
            Op::Attention { .. } => attention::split(context, Shapes::new(graph, step), weights, parts(2)),
            Op::Gelu => gelu::split(parts(0)),
        };
    }
}
