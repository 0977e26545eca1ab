//! A tower's graph as operations of kernels, forward and backward.

use super::array::{Allocator, Array};
use super::describe::Call;
use super::kernels::{Places, columns, matmul};
use super::schedule::Task;
use crate::model::{Linear, Op, Rows, Step, TowerModel};

/// What all towers share.
#[derive(Clone, Copy, Debug)]
pub struct Shared {
    /// The gradients of all parameters, laid out as they are.
    pub gradients: Array,
    /// One zero.
    pub zero: Array,
    /// The words of `batch`.
    pub batch: Array,
}

/// A tower's arrays.
#[derive(Debug)]
pub struct TowerArrays {
    /// The graph's arrays, and behind them the embedding, not normalised, or the next word's logits.
    pub values: Vec<Array>,
    /// Their gradients.
    pub gradients: Vec<Array>,
    /// What a step keeps for itself: attention weights, the gradient of their logits, and of the queries
    /// where rows share them; a norm's rows before weight and bias, and their scales.
    pub kept: Vec<Vec<Array>>,
}

/// A tower and its arrays.
#[derive(Debug)]
pub struct TowerPlan<'a> {
    /// The tower.
    pub tower: &'a TowerModel,
    /// What all towers share.
    pub shared: Shared,
    /// Where its rows stand.
    pub places: Places,
    /// What it reads and writes.
    pub arrays: TowerArrays,
}

/// A task of its operands and of what it reads and writes.
pub fn task(call: Call, reads: &[Array], writes: &[Array]) -> Task {
    Task {
        call,
        reads: reads.to_vec(),
        writes: writes.to_vec(),
    }
}

/// `out = a b + bias + plus`, each of `a` and `b` transposed where it says so.
pub fn product(
    shared: &Shared,
    [a, b]: [(Array, bool); 2],
    out: Array,
    bias: Option<Array>,
    plus: Option<Array>,
) -> Task {
    let view = |(array, transposed): (Array, bool)| {
        if transposed {
            array.transposed()
        } else {
            array.matrix()
        }
    };
    let shape = |(array, transposed): (Array, bool)| {
        if transposed {
            [array.width, array.rows]
        } else {
            [array.rows, array.width]
        }
    };
    let ([rows, depth], [inner, columns]) = (shape(a), shape(b));
    assert_eq!(
        (rows, columns, depth),
        (out.rows, out.width, inner),
        "the shapes of a product"
    );
    let op = matmul::Op {
        rows,
        columns,
        depth,
        a: view(a),
        b: view(b),
        out: out.matrix(),
        bias: bias.map_or(shared.zero.everywhere(), |bias| bias.every_row()),
        plus: plus.map_or(shared.zero.everywhere(), |plus| plus.matrix()),
    };
    let reads: Vec<Array> = [a.0, b.0].into_iter().chain(bias).chain(plus).collect();
    task(op.matmul(), &reads, &[out])
}

/// `out` = the sum of the rows of `a`, times `b` where it is there.
fn sum_rows(a: Array, b: Option<Array>, out: Array) -> Task {
    let op = columns::Op {
        rows: a.rows,
        columns: a.width,
        a: a.start,
        b: b.map_or(0, |b| b.start),
        is_product: u32::from(b.is_some()),
        out: out.start,
    };
    task(
        op.columns(),
        &[Some(a), b].into_iter().flatten().collect::<Vec<_>>(),
        &[out],
    )
}

impl<'a> TowerPlan<'a> {
    /// Places a tower's arrays.
    pub fn new(
        tower: &'a TowerModel,
        places: Places,
        shared: Shared,
        floats: &mut Allocator,
    ) -> TowerPlan<'a> {
        let (graph, shape, sequences) = (&tower.graph, &tower.shape, places.sequences as usize);
        let count = |rows: Rows| match rows {
            Rows::Pairs => shape.pairs.len(),
            Rows::ReadPairs => shape.read_pairs,
            Rows::Tokens => sequences * shape.length,
            Rows::Reads => sequences * shape.reads,
        };
        // Last to first, as an array may share the place of a later one.
        let mut arrays = |shared_with: &dyn Fn(usize) -> Option<usize>| {
            let mut arrays = vec![floats.array(count(Rows::Reads), tower.e)];
            for (id, array) in graph.arrays.iter().enumerate().rev() {
                arrays.push(match shared_with(id) {
                    Some(later) => arrays[graph.arrays.len() - later],
                    None => floats.array(count(array.rows), array.width),
                });
            }
            arrays.reverse();
            arrays
        };
        let values = arrays(&|_| None);
        // A residual stream that nothing else reads has the gradient of what it is added to.
        let added_to = |id: usize| {
            let reads = |step: &&Step| step.inputs.iter().any(|(input, _)| *input == id);
            let readers: Vec<&Step> = graph.steps.iter().filter(reads).collect();
            match readers[..] {
                [step] if matches!(step.op, Op::Linear { .. }) && step.inputs[0].0 != id => Some(step.out),
                _ => None,
            }
        };
        let gradients = arrays(&added_to);
        let kept = |step: &Step| {
            let kind = graph.arrays[step.out].rows;
            let widths = match step.op {
                // Where rows share a query, each has its own part of the query's gradient.
                Op::Attention { .. } if graph.arrays[step.inputs[0].0].rows != kind => {
                    vec![tower.heads * shape.length, tower.heads * shape.length, tower.d]
                }
                Op::Attention { .. } => vec![tower.heads * shape.length, tower.heads * shape.length],
                Op::Norm { .. } => vec![tower.d, 1],
                _ => Vec::new(),
            };
            widths
                .into_iter()
                .map(|width| floats.array(count(kind), width))
                .collect()
        };
        let kept = graph.steps.iter().map(kept).collect();
        TowerPlan {
            tower,
            shared,
            places,
            arrays: TowerArrays {
                values,
                gradients,
                kept,
            },
        }
    }

    /// The embeddings before they are normalised, or the next word's logits, and their gradient.
    pub fn output(&self) -> (Array, Array) {
        (
            self.arrays.values[self.tower.graph.arrays.len()],
            self.arrays.gradients[self.tower.graph.arrays.len()],
        )
    }

    /// Every step, then the projection.
    pub fn forward(&self) -> Vec<Task> {
        let mut tasks: Vec<Task> = (0..self.tower.graph.steps.len())
            .map(|step| self.step_forward(step))
            .collect();
        let last = self.arrays.values[self.tower.graph.arrays.len() - 1];
        tasks.push(product(
            &self.shared,
            [(last, false), (self.projection(), true)],
            self.output().0,
            None,
            None,
        ));
        tasks
    }

    /// From the gradient of the output to every parameter's.
    pub fn backward(&self) -> Vec<Task> {
        let last = self.tower.graph.arrays.len() - 1;
        let d_output = self.output().1;
        let d_projection = self
            .shared
            .gradients
            .part(&self.tower.params.projection, self.tower.e as u32);
        let mut tasks = vec![
            product(
                &self.shared,
                [(d_output, false), (self.projection(), false)],
                self.arrays.gradients[last],
                None,
                None,
            ),
            product(
                &self.shared,
                [(d_output, true), (self.arrays.values[last], false)],
                d_projection,
                None,
                None,
            ),
        ];
        tasks.extend(
            (0..self.tower.graph.steps.len())
                .rev()
                .flat_map(|step| self.step_backward(step)),
        );
        tasks
    }

    fn projection(&self) -> Array {
        Array::parameter(&self.tower.params.projection, self.tower.e as u32)
    }

    /// A weight and a bias among the parameters, and their gradients.
    fn linear(&self, params: &Linear, rows: u32) -> [Array; 4] {
        let gradients = &self.shared.gradients;
        [
            Array::parameter(&params.weight, rows),
            Array::parameter(&params.bias, 1),
            gradients.part(&params.weight, rows),
            gradients.part(&params.bias, 1),
        ]
    }

    fn step_forward(&self, step: usize) -> Task {
        let (graph, kept) = (&self.tower.graph, &self.arrays.kept[step]);
        let out = self.arrays.values[graph.steps[step].out];
        let x: Vec<Array> = graph.steps[step]
            .inputs
            .iter()
            .map(|(id, _)| self.arrays.values[*id])
            .collect();
        match &graph.steps[step].op {
            Op::Embed => task(self.embed(step).forward(), &[self.table()], &[out]),
            Op::Norm { params } => {
                let [weight, bias, ..] = self.linear(params, 1);
                task(
                    self.norm(step, params).forward(),
                    &[x[0], weight, bias],
                    &[out, kept[0], kept[1]],
                )
            }
            Op::Linear { params, .. } => {
                let [weight, bias, ..] = self.linear(params, out.width);
                product(
                    &self.shared,
                    [(x[0].first_rows(out.rows), false), (weight, true)],
                    out,
                    Some(bias),
                    x.get(1).copied(),
                )
            }
            Op::Gather => {
                let gather = self.gather(step, x[0], out, false);
                task(gather.forward(), &[x[0], self.shared.batch], &[out])
            }
            Op::Attention { .. } => task(
                self.attention(step).forward(),
                &[x[0], x[1], x[2], self.shared.batch],
                &[out, kept[0]],
            ),
            Op::Gelu => task(self.gelu(step).forward(), &[x[0]], &[out]),
        }
    }

    /// From the gradient of rows that stand where a step's output does to that of its first input's.
    fn gathered_gradient(&self, step: usize, d_rows: Array, d_x: Array, adds: bool) -> Task {
        let gather = self.gather(step, d_x, d_rows, adds);
        let reads: Vec<Array> = [d_rows, self.shared.batch]
            .into_iter()
            .chain(adds.then_some(d_x))
            .collect();
        task(gather.backward(), &reads, &[d_x])
    }

    fn step_backward(&self, step: usize) -> Vec<Task> {
        let (graph, kept, batch) = (&self.tower.graph, &self.arrays.kept[step], self.shared.batch);
        let d_out = self.arrays.gradients[graph.steps[step].out];
        let x: Vec<Array> = graph.steps[step]
            .inputs
            .iter()
            .map(|(id, _)| self.arrays.values[*id])
            .collect();
        let d: Vec<Array> = graph.steps[step]
            .inputs
            .iter()
            .map(|(id, _)| self.arrays.gradients[*id])
            .collect();
        let adds = |input: usize| !graph.steps[step].inputs[input].1;
        match &graph.steps[step].op {
            Op::Embed => {
                let rows = &self.tower.params.rows;
                let d_table = self.shared.gradients.part(rows, self.tower.shape.rows() as u32);
                vec![task(self.embed(step).backward(), &[d_out], &[d_table])]
            }
            Op::Norm { params } => {
                let [weight, _, d_weight, d_bias] = self.linear(params, 1);
                let reads = [d_out, weight, kept[0], kept[1], d[0]];
                vec![
                    task(self.norm(step, params).backward(), &reads, &[d[0]]),
                    sum_rows(d_out, Some(kept[0]), d_weight),
                    sum_rows(d_out, None, d_bias),
                ]
            }
            Op::Linear { params, keys } => {
                let [weight, _, d_weight, d_bias] = self.linear(params, d_out.width);
                assert!(
                    adds(0) || d[0].rows == d_out.rows,
                    "what sets a gradient sets all of its rows"
                );
                let [x, d_x] = [x[0], d[0]].map(|rows| rows.first_rows(d_out.rows));
                let mut tasks = vec![
                    product(
                        &self.shared,
                        [(d_out, false), (weight, false)],
                        d_x,
                        None,
                        adds(0).then_some(d_x),
                    ),
                    product(&self.shared, [(d_out, true), (x, false)], d_weight, None, None),
                ];
                // A key bias shifts all logits of a row alike: its gradient is zero, and stays as it was
                // made.
                tasks.extend((!keys).then(|| sum_rows(d_out, None, d_bias)));
                // The stream's rows stand where the output's do, and may share its gradient.
                if let Some(d_stream) = d.get(1).filter(|d_stream| !d_stream.overlaps(&d_out)) {
                    let copy = self.gather(step, d_out, *d_stream, adds(1));
                    tasks.push(task(copy.forward(), &[d_out, *d_stream], &[*d_stream]));
                }
                tasks
            }
            Op::Gather => vec![self.gathered_gradient(step, d_out, d[0], adds(0))],
            Op::Attention { .. } => {
                assert!(
                    (0..3).all(|input| !adds(input)),
                    "queries, keys and values are read by attention alone"
                );
                let attention = self.attention(step);
                let mut tasks = vec![
                    task(
                        attention.backward(),
                        &[d_out, x[1], x[2], kept[0], batch],
                        &[kept[1], *kept.get(2).unwrap_or(&d[0])],
                    ),
                    task(
                        attention.of_keys(kept[1], x[0], d[1]).keys(),
                        &[kept[1], x[0], batch],
                        &[d[1]],
                    ),
                    task(
                        attention.of_values(kept[0], d_out, d[2]).keys(),
                        &[kept[0], d_out, batch],
                        &[d[2]],
                    ),
                ];
                tasks.extend(
                    kept.get(2)
                        .map(|d_query| self.gathered_gradient(step, *d_query, d[0], false)),
                );
                tasks
            }
            Op::Gelu => vec![task(self.gelu(step).backward(), &[x[0], d_out, d[0]], &[d[0]])],
        }
    }
}
