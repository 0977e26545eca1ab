//! A tower's graph on the CPU, one file per operation (`shaders/` has the same names; `linear` is `matmul`
//! and `columns` there).

mod attention;
mod embed;
mod gather;
mod gelu;
mod linear;
mod norm;
mod parts;

use attention::Shapes;
use parts::Divided;
pub use parts::{Parts, TermRows, term_rows};

use std::ops::Range;

use super::forward::asked_query;
use crate::math::Real;
use crate::model::{Graph, Op, Rows, Strengths, TowerModel};

/// What a graph runs on.
#[derive(Debug)]
pub struct Context<'a, T> {
    /// The tower.
    pub tower: &'a TowerModel,
    /// A model's parameters `[len]`.
    pub params: &'a [T],
    /// Tokens `[B, length]`.
    pub tokens: &'a [u32],
    /// Which query each sequence asks `[B]`; empty: the first.
    pub query: &'a [u32],
}

/// A row of an array: its sequence, its position there, and its place among the array's rows.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    sequence: usize,
    position: usize,
    place: usize,
}

impl<T: Real> Context<'_, T> {
    fn batch(&self) -> usize {
        self.tokens.len() / self.tower.shape.length
    }

    /// How many rows an array has.
    pub fn count(&self, rows: Rows) -> usize {
        match rows {
            Rows::Pairs => self.tower.shape.pairs.len(),
            Rows::ReadPairs => self.tower.shape.read_pairs,
            Rows::Tokens => self.tokens.len(),
            Rows::Reads => self.batch() * self.tower.shape.reads,
        }
    }

    /// The rows of tokens or of read places, in order.
    fn rows(&self, rows: Rows) -> impl Iterator<Item = Row> + '_ {
        let shape = &self.tower.shape;
        let per = if rows == Rows::Reads {
            shape.reads
        } else {
            shape.length
        };
        (0..self.batch() * per).map(move |place| {
            let (sequence, slot) = (place / per, place % per);
            let asked = asked_query(self.query, sequence);
            let position = if rows == Rows::Reads {
                shape.read_position(asked, slot)
            } else {
                slot
            };
            Row {
                sequence,
                position,
                place,
            }
        })
    }

    /// The place, in an array over `rows`, of what stands where `row` stands.
    fn place(&self, rows: Rows, row: Row) -> usize {
        let token = row.sequence * self.tower.shape.length + row.position;
        match rows {
            Rows::Pairs | Rows::ReadPairs => self.tower.addresses.pair(self.tokens[token], row.position),
            Rows::Tokens => token,
            Rows::Reads => row.place,
        }
    }
}

/// Every array of a graph, and the attention weights `[rows, H, length]` of its attention steps.
#[derive(Clone, Debug, Default)]
pub struct Values<T> {
    arrays: Vec<Vec<T>>,
    weights: Vec<Vec<T>>,
    scratch: attention::Scratch<T>,
}

impl<T: Real> Values<T> {
    /// Runs the graph; `strengths [layers, H]` scale the terms of every layer (none: all 1).
    pub fn forward(&mut self, graph: &Graph, context: &Context<T>, strengths: Option<&[Strengths]>) {
        let mut divided = strengths.map(|strengths| Divided::new(graph, context.tower.heads, strengths));
        self.run(graph, 0..graph.steps.len(), context, divided.as_mut());
    }

    /// Runs the graph, and has the residual stream after a layer (from 0) changed on the way.
    pub fn forward_changed(
        &mut self,
        graph: &Graph,
        context: &Context<T>,
        layer: usize,
        change: &mut dyn FnMut(&mut [T]),
    ) {
        let stream = graph.streams[layer];
        let writes = graph.steps.iter().position(|step| step.out == stream);
        let behind = writes.expect("every array is written by a step") + 1;
        self.run(graph, 0..behind, context, None);
        change(&mut self.arrays[stream]);
        self.run(graph, behind..graph.steps.len(), context, None);
    }

    /// Runs some of the graph's steps, and what there is of an ablated pass along with them.
    fn run(
        &mut self,
        graph: &Graph,
        steps: Range<usize>,
        context: &Context<T>,
        mut divided: Option<&mut Divided<T>>,
    ) {
        self.arrays.resize(graph.arrays.len(), Vec::new());
        self.weights.resize(graph.steps.len(), Vec::new());
        for (step, weights) in graph.steps[steps.clone()].iter().zip(&mut self.weights[steps]) {
            let shape = graph.arrays[step.out];
            let mut out = std::mem::take(&mut self.arrays[step.out]);
            out.resize(context.count(shape.rows) * shape.width, T::default());
            let x = |input: usize| &self.arrays[step.inputs[input].0][..];
            let rows = |input: usize| graph.arrays[step.inputs[input].0].rows;
            match &step.op {
                Op::Embed => embed::forward(context, &mut out),
                Op::Norm { params } => norm::forward(context, params, x(0), &mut out),
                Op::Linear { params, .. } => {
                    let residual = (step.inputs.len() == 2).then(|| x(1));
                    linear::forward(context, params, x(0), residual, &mut out);
                }
                Op::Gather => gather::forward(context, (rows(0), shape), x(0), &mut out),
                Op::Attention { layer } => {
                    let shapes = Shapes::new(graph, step);
                    let terms = divided
                        .as_deref_mut()
                        .and_then(|divided| divided.terms(context, step, *layer));
                    let inputs = [x(0), x(1)];
                    attention::weigh(
                        context,
                        shapes,
                        inputs,
                        terms.as_ref(),
                        &mut self.scratch,
                        weights,
                    );
                    let value = terms.as_ref().map_or(x(2), |terms| &terms.value);
                    attention::mix(context, shapes, weights, value, &mut out);
                }
                Op::Gelu => gelu::forward(x(0), &mut out),
            }
            self.arrays[step.out] = out;
            if let Some(divided) = divided.as_deref_mut() {
                divided.follow(graph, context, step, weights);
            }
        }
    }

    /// The last array, which the projection reads.
    pub fn last(&self) -> &Vec<T> {
        &self.arrays[self.arrays.len() - 1]
    }

    /// An array by its id.
    pub fn array(&self, id: usize) -> &[T] {
        &self.arrays[id]
    }

    /// The attention weights `[rows, H, length]` of the step that writes an array; empty of any other
    /// operation.
    pub fn weights(&self, graph: &Graph, out: usize) -> &[T] {
        let step = graph
            .steps
            .iter()
            .position(|step| step.out == out)
            .expect("every array is written by a step");
        &self.weights[step]
    }
}

/// The gradient of every array of a graph.
#[derive(Clone, Debug, Default)]
pub struct Gradients<T> {
    arrays: Vec<Vec<T>>,
    scratch: attention::Scratch<T>,
}

impl<T: Real> Gradients<T> {
    /// From the gradient of the last array to every parameter's, set in `grads`.
    pub fn backward(
        &mut self,
        graph: &Graph,
        context: &Context<T>,
        values: &Values<T>,
        d_last: &[T],
        grads: &mut [T],
    ) {
        self.arrays.resize(graph.arrays.len(), Vec::new());
        if let Some(last) = self.arrays.last_mut() {
            last.clear();
            last.extend_from_slice(d_last);
        }
        for (step, weights) in graph.steps.iter().zip(&values.weights).rev() {
            let shape = graph.arrays[step.out];
            let x = |input: usize| &values.arrays[step.inputs[input].0][..];
            let rows = |input: usize| graph.arrays[step.inputs[input].0].rows;
            // No operation reads more than three arrays.
            let mut d: [Vec<T>; 3] = Default::default();
            for (gradient, (id, sets)) in d.iter_mut().zip(&step.inputs) {
                *gradient = std::mem::take(&mut self.arrays[*id]);
                gradient.resize(values.arrays[*id].len(), T::default());
                if *sets {
                    gradient.fill(T::default());
                }
            }
            let d_out = &self.arrays[step.out];
            match &step.op {
                Op::Embed => embed::backward(context, d_out, grads),
                Op::Norm { params } => norm::backward(context, params, x(0), d_out, &mut d[0], grads),
                Op::Linear { params, keys } => {
                    let d = &mut d[..step.inputs.len()];
                    linear::backward(context, (params, *keys), x(0), d_out, d, grads);
                }
                Op::Gather => gather::backward(context, (rows(0), shape), d_out, &mut d[0]),
                Op::Attention { .. } => {
                    let shapes = Shapes::new(graph, step);
                    let (inputs, scratch) = ([x(0), x(1), x(2)], &mut self.scratch);
                    attention::backward(context, shapes, inputs, weights, d_out, scratch, &mut d);
                }
                Op::Gelu => gelu::backward(x(0), d_out, &mut d[0]),
            }
            for ((id, _), gradient) in step.inputs.iter().zip(d) {
                self.arrays[*id] = gradient;
            }
        }
    }

    /// An array's gradient by its id.
    pub fn array(&self, id: usize) -> &[T] {
        &self.arrays[id]
    }
}
