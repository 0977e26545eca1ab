//! A tower's graph as the shaders see it: each step's `Op` (`shaders/graph/op.wgsl`), and the dispatches that
//! run it.

use bytemuck::{Pod, Zeroable};

use super::layout::{GraphPlaces, Layout, allocated};
use crate::model::{Graph, Linear, Op, Rows, Step, TowerModel};

/// An array's place in a model's share of `rows`.
#[repr(C)]
#[derive(Clone, Copy, Default, Pod, Zeroable)]
struct ArrayConstants {
    start: u32,
    gradient: u32,
    rows: u32,
    adds: u32,
}

/// One step, as `struct Op` in `shaders/graph/op.wgsl`.
#[repr(C)]
#[derive(Clone, Copy, Default, Pod, Zeroable)]
pub struct OpConstants {
    inputs: [ArrayConstants; 3],
    out: ArrayConstants,
    input_count: u32,
    tower: u32,
    width: u32,
    outputs: u32,
    weight: u32,
    bias: u32,
    keys: u32,
    cells: u32,
    d_cells: u32,
}

/// A dispatch of one step: the stage and entry point that run it, its invocations, and its place among all
/// steps.
pub struct Operation {
    /// The shader's stage.
    pub stage: &'static str,
    /// The entry point.
    pub entry: &'static str,
    /// Invocations.
    pub items: usize,
    /// Which `Op` it reads.
    pub op: usize,
}

/// Every step of every graph, in order of the forward pass.
fn steps(layout: &Layout) -> impl Iterator<Item = (usize, &TowerModel, &Graph, &GraphPlaces, usize)> {
    let graphs = layout.towers.iter().zip(&layout.graphs).enumerate();
    let graphs =
        graphs.filter_map(|(t, (tower, places))| Some((t, tower, tower.graph.as_ref()?, places.as_ref()?)));
    graphs.flat_map(|(t, tower, graph, places)| {
        (0..graph.steps.len()).map(move |step| (t, tower, graph, places, step))
    })
}

/// How many operations there are.
pub fn count(layout: &Layout) -> usize {
    steps(layout).count()
}

/// Every step's constants.
pub fn constants(layout: &Layout) -> Vec<OpConstants> {
    steps(layout)
        .map(|(tower, _, graph, places, step)| {
            let Step { op, inputs, out } = &graph.steps[step];
            let array = |(id, sets): (usize, bool)| {
                let (start, gradient, _) = places.arrays[id];
                let rows = graph.arrays[id].rows as u32;
                ArrayConstants {
                    start: start as u32,
                    gradient: gradient as u32,
                    rows,
                    adds: u32::from(!sets),
                }
            };
            let params = match op {
                Op::Norm { params } | Op::Linear { params, .. } => params.clone(),
                _ => Linear {
                    weight: 0..0,
                    bias: 0..0,
                },
            };
            let mut constants = OpConstants {
                out: array((*out, true)),
                input_count: inputs.len() as u32,
                tower: tower as u32,
                width: inputs
                    .first()
                    .map_or(0, |(id, _)| graph.arrays[*id].width as u32 / 4),
                outputs: graph.arrays[*out].width as u32 / 4,
                weight: params.weight.start as u32 / 4,
                bias: params.bias.start as u32 / 4,
                keys: u32::from(matches!(op, Op::Linear { keys: true, .. })),
                cells: places.cells[step].0 as u32,
                d_cells: places.cells[step].1 as u32,
                ..OpConstants::default()
            };
            for (place, input) in constants.inputs.iter_mut().zip(inputs) {
                *place = array(*input);
            }
            constants
        })
        .collect()
}

/// The dispatches forward, and those backward.
pub fn operations(layout: &Layout) -> (Vec<Operation>, Vec<Operation>) {
    let (mut forward, mut backward) = (Vec::new(), Vec::new());
    for (index, (_, tower, graph, _, step)) in steps(layout).enumerate() {
        let Step { op, inputs, out } = &graph.steps[step];
        let (out, heads) = (graph.arrays[*out], tower.heads);
        let inputs: Vec<_> = inputs.iter().map(|(id, _)| graph.arrays[*id]).collect();
        let count = |rows: Rows| allocated(rows, tower, layout.batch);
        let (n, width, tiles) = (count(out.rows), out.width / 4, count(out.rows) / 8);
        let operation = |stage, entry, items| Operation {
            stage,
            entry,
            items,
            op: index,
        };
        let (stage, ahead, back) = match op {
            Op::Embed => ("embed", n * width, tower.shape.rows() * width),
            Op::Norm { .. } => ("norm", n, n + width),
            Op::Linear { .. } => {
                let (outputs, columns) = (width.div_ceil(2), (inputs[0].width / 4).div_ceil(2));
                let stream = if inputs.len() == 2 { n * width } else { 0 };
                (
                    "linear",
                    tiles * outputs,
                    tiles * columns + stream + outputs * columns + width,
                )
            }
            Op::Gather => ("gather", n * width, count(inputs[0].rows) * width),
            Op::Attention { .. } => (
                "attention",
                n * heads,
                (count(inputs[0].rows) + count(inputs[1].rows)) * width,
            ),
            Op::Gelu => ("gelu", n / 4 * width, n / 4 * width),
        };
        forward.push(operation(stage, "forward", ahead));
        // Pushed in reverse: the whole list is turned round below.
        backward.push(operation(stage, "backward", back));
        if let Op::Attention { .. } = op {
            backward.push(operation(stage, "d_scores", n * heads));
        }
    }
    backward.reverse();
    (forward, backward)
}
