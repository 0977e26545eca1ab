//! A tower as a list of operations, which both engines run forward, and backward from last to first:
//! `engine/cpu/graph/` and `shaders/` have one file per operation. The CPU engine computes a tower of one
//! layer without norm or MLP by tables instead, which takes it half the time (bench/EXECUTOR.md).
//!
//! The first layer's rows are the (token, position) pairs that can occur, far fewer than a batch's tokens;
//! the last layer has only the rows that are read.

use super::params::{LayerParams, Linear, TowerParams};
use crate::task::TowerShape;

/// What the rows of an array stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    /// The (token, position) pairs that can occur, `TowerShape::pairs`.
    Pairs,
    /// Those of them at a position that is read, which are the first.
    ReadPairs,
    /// Every token of every sequence.
    Tokens,
    /// The read places of every sequence.
    Reads,
}

/// An array of activations `[rows, width]`; it has a gradient of the same shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Array {
    /// What its rows are.
    pub rows: Rows,
    /// Floats per row.
    pub width: usize,
}

/// An array's place in [`Graph::arrays`].
pub type Id = usize;

/// One operation.
#[derive(Clone, Debug)]
pub enum Op {
    /// `out = E[token] + P[position]`, over pairs.
    Embed,
    /// Layer norm over each row.
    Norm {
        /// Weight and bias `[width]`.
        params: Linear,
    },
    /// `out = x W^T + b`, plus the second input where there is one; of pairs, the read ones alone where `out`
    /// has no others.
    Linear {
        /// Weight `[out, in]` and bias `[out]`.
        params: Linear,
        /// Whether these are keys, whose bias shifts all logits of a row alike: its gradient is zero.
        keys: bool,
    },
    /// The rows of `x` that stand where the rows of `out` do.
    Gather,
    /// Multi-head attention of the first input's rows to the second's keys and the third's values.
    Attention {
        /// Its layer, from 0.
        layer: usize,
    },
    /// `out = x Phi(x)`, exact.
    Gelu,
}

/// An operation with what it reads and writes.
#[derive(Clone, Debug)]
pub struct Step {
    /// What is done.
    pub op: Op,
    /// The arrays read, and whether the backward pass is the first to write their gradient (it sets, else it
    /// adds).
    pub inputs: Vec<(Id, bool)>,
    /// The array written.
    pub out: Id,
}

/// One tower's operations; the last array is what the projection reads.
#[derive(Clone, Debug)]
pub struct Graph {
    /// Shapes of all arrays.
    pub arrays: Vec<Array>,
    /// In order of the forward pass.
    pub steps: Vec<Step>,
    /// The residual stream after each layer, an array.
    pub streams: Vec<Id>,
}

impl Graph {
    fn add(&mut self, op: Op, inputs: &[Id], rows: Rows, width: usize) -> Id {
        let out = self.arrays.len();
        self.arrays.push(Array { rows, width });
        self.steps.push(Step {
            op,
            inputs: inputs.iter().map(|id| (*id, false)).collect(),
            out,
        });
        out
    }

    fn norm(&mut self, params: Option<&Linear>, x: Id) -> Id {
        let Array { rows, width } = self.arrays[x];
        params.map_or(x, |params| {
            self.add(
                Op::Norm {
                    params: params.clone(),
                },
                &[x],
                rows,
                width,
            )
        })
    }

    fn map(&mut self, params: &Linear, keys: bool, inputs: &[Id], rows: Rows) -> Id {
        let params = params.clone();
        let width = params.bias.len();
        self.add(Op::Linear { params, keys }, inputs, rows, width)
    }

    fn linear(&mut self, params: &Linear, x: Id, residual: Option<Id>) -> Id {
        let inputs: Vec<Id> = std::iter::once(x).chain(residual).collect();
        self.map(params, false, &inputs, self.arrays[x].rows)
    }

    fn keys(&mut self, params: &Linear, x: Id) -> Id {
        self.map(params, true, &[x], self.arrays[x].rows)
    }

    /// The queries: of pairs, those of the pairs that ask, however many sequences they stand in.
    fn queries(&mut self, params: &Linear, x: Id, last: bool) -> Id {
        match (last, self.arrays[x].rows) {
            (true, Rows::Pairs) => self.map(params, false, &[x], Rows::ReadPairs),
            (true, _) => {
                let asking = self.gather(x, Rows::Reads);
                self.linear(params, asking, None)
            }
            (false, _) => self.linear(params, x, None),
        }
    }

    fn gather(&mut self, x: Id, rows: Rows) -> Id {
        if self.arrays[x].rows == rows {
            return x;
        }
        // The queries and the residual stream may want the same rows.
        let same = |step: &&Step| {
            matches!(step.op, Op::Gather) && step.inputs[0].0 == x && self.arrays[step.out].rows == rows
        };
        match self.steps.iter().find(same) {
            Some(step) => step.out,
            None => self.add(Op::Gather, &[x], rows, self.arrays[x].width),
        }
    }

    fn layer(&mut self, (l, layer): (usize, &LayerParams), x: Id, last: bool) -> Id {
        let onward = if last { Rows::Reads } else { Rows::Tokens };
        let h = self.norm(layer.norm1.as_ref(), x);
        // Queries may be of fewer rows than keys, which therefore come later: backward they are the first to
        // write, and set, the gradient of all rows.
        let query = self.queries(&layer.query, h, last);
        let (key, value) = (self.keys(&layer.key, h), self.linear(&layer.value, h, None));
        let attended = self.add(
            Op::Attention { layer: l },
            &[query, key, value],
            onward,
            self.arrays[value].width,
        );
        let stream = self.gather(x, onward);
        let x = self.linear(&layer.output, attended, Some(stream));
        let Some((up, down)) = &layer.mlp else { return x };
        let h = self.norm(layer.norm2.as_ref(), x);
        let up = self.linear(up, h, None);
        let hidden = self.add(Op::Gelu, &[up], onward, self.arrays[up].width);
        self.linear(down, hidden, Some(x))
    }

    /// The graph of a tower.
    pub fn new(params: &TowerParams, d: usize) -> Graph {
        let mut graph = Graph {
            arrays: Vec::new(),
            steps: Vec::new(),
            streams: Vec::new(),
        };
        let mut x = graph.add(Op::Embed, &[], Rows::Pairs, d);
        for (l, layer) in params.layers.iter().enumerate() {
            x = graph.layer((l, layer), x, l + 1 == params.layers.len());
            graph.streams.push(x);
        }
        graph.norm(params.final_norm.as_ref(), x);
        // Backward runs from the last step: the first step to write a gradient sets it, the others add to it.
        let mut written = vec![false; graph.arrays.len()];
        for (id, sets) in graph.steps.iter_mut().rev().flat_map(|step| &mut step.inputs) {
            *sets = !std::mem::replace(&mut written[*id], true);
        }
        graph
    }
}

/// Whether tables hold a tower: one layer without norm or MLP, read at one place.
pub(super) fn fits_tables(params: &TowerParams, shape: &TowerShape) -> bool {
    let plain = params.layers.len() == 1 && params.layers[0].mlp.is_none() && params.final_norm.is_none();
    plain && shape.reads == 1
}

/// Where the rows of arrays stand in a batch: the addressing that both engines share.
#[derive(Clone, Debug)]
pub struct Addresses {
    vocab: usize,
    /// The pair at `position * vocab + token`; `u32::MAX` where none can occur.
    pairs: Vec<u32>,
}

impl Addresses {
    /// The addresses of a tower.
    pub fn new(shape: &TowerShape) -> Addresses {
        let mut pairs = vec![u32::MAX; shape.length * shape.vocab];
        for (i, (token, position)) in (0u32..).zip(&shape.pairs) {
            pairs[*position as usize * shape.vocab + *token as usize] = i;
        }
        Addresses {
            vocab: shape.vocab,
            pairs,
        }
    }

    /// The whole map, `[length, vocab]`.
    pub fn pairs(&self) -> &[u32] {
        &self.pairs
    }

    /// The pair of a token at a position.
    pub fn pair(&self, token: u32, position: usize) -> usize {
        self.pairs[position * self.vocab + token as usize] as usize
    }
}
