//! The training step as a list of dispatches. Each boundary is a dependency: a stage reads what the one
//! before it wrote in other workgroups, and WebGPU orders storage writes only between dispatches.

use std::cell::LazyCell;
use std::collections::HashMap;

use super::constants::wgsl;
use super::layout::Layout;
use super::operations::operations;

/// The shader of one stage, from `shaders/`.
#[derive(Debug)]
pub struct Stage {
    /// Its name.
    pub name: &'static str,
    /// Its text, in the parts it is joined from.
    pub source: &'static [&'static str],
    /// Its entry points.
    pub entries: &'static [&'static str],
}

/// A file of `shaders/` as it is compiled: without comments and indentation, which a reader would download
/// for nothing.
macro_rules! shader {
    ($path:literal) => {{
        const SOURCE: &str = include_str!(concat!("../../../shaders/", $path));
        const BARE: [u8; bare::<0>(SOURCE).1] = bare(SOURCE).0;
        match std::str::from_utf8(&BARE) {
            Ok(text) => text,
            Err(_) => panic!("stripping comments keeps UTF-8 intact"),
        }
    }};
}

/// The first `N` bytes of a shader's text without comments and indentation, and how many there are in all.
const fn bare<const N: usize>(source: &str) -> ([u8; N], usize) {
    let bytes = source.as_bytes();
    let (mut kept, mut count, mut at, mut indent) = ([0; N], 0, 0, true);
    while at < bytes.len() {
        if bytes[at] == b'/' && at + 1 < bytes.len() && bytes[at + 1] == b'/' {
            while at < bytes.len() && bytes[at] != b'\n' {
                at += 1;
            }
            continue;
        }
        indent = bytes[at] == b'\n' || indent && bytes[at] == b' ';
        if !indent || bytes[at] == b'\n' {
            if count < N {
                kept[count] = bytes[at];
            }
            count += 1;
        }
        at += 1;
    }
    (kept, count)
}

macro_rules! stage {
    ($name:literal, [$($path:literal),*], $entries:expr) => {
        Stage { name: $name, source: &[$(shader!($path)),*], entries: &$entries }
    };
}

/// Every stage there is; a run compiles those it dispatches.
pub const STAGES: [Stage; 11] = [
    stage!(
        "forward",
        ["shared/rng.wgsl", "sample.wgsl", "forward.wgsl"],
        ["sample", "tables", "attend", "embed"]
    ),
    stage!(
        "embed",
        ["graph/op.wgsl", "graph/embed.wgsl"],
        ["forward", "backward"]
    ),
    stage!(
        "norm",
        ["graph/op.wgsl", "graph/norm.wgsl"],
        ["forward", "backward"]
    ),
    stage!(
        "linear",
        ["graph/op.wgsl", "graph/linear.wgsl"],
        ["forward", "backward"]
    ),
    stage!(
        "gather",
        ["graph/op.wgsl", "graph/gather.wgsl"],
        ["forward", "backward"]
    ),
    stage!(
        "attention",
        ["graph/op.wgsl", "graph/attention.wgsl"],
        ["forward", "d_scores", "backward"]
    ),
    stage!(
        "gelu",
        ["graph/op.wgsl", "graph/gelu.wgsl"],
        ["forward", "backward"]
    ),
    stage!("joint", ["graph/joint.wgsl"], ["forward", "backward"]),
    stage!("contrast", ["contrast.wgsl"], ["logits", "d_embedding"]),
    stage!("cross_entropy", ["cross_entropy.wgsl"], ["cross_entropy"]),
    stage!(
        "backward",
        ["backward.wgsl"],
        ["d_attended", "d_tables", "d_weights"]
    ),
];

/// A stage's whole shader for a population: constants, what all share, the stage.
pub fn source(layout: &Layout, stage: &Stage) -> String {
    let shared: [&str; 4] = [
        &wgsl(layout),
        shader!("shared/model.wgsl"),
        shader!("shared/tile.wgsl"),
        shader!("shared/adamw.wgsl"),
    ];
    [&shared, stage.source].concat().join("\n")
}

/// Invocations per workgroup, as every shader says.
const WORKGROUP: usize = 64;

/// A dispatch to come: its stage and entry point, invocations in x, workgroups in y, and its `Op`.
type Planned = (&'static str, &'static str, usize, usize, Option<usize>);

/// The dispatches of a step, in order; the first draws the batch. An invocation is one tile, row or element,
/// see the shaders.
fn plan(layout: &Layout) -> Vec<Planned> {
    let config = &layout.config;
    let (d, e, h) = (
        config.d_model as usize / 4,
        layout.towers[0].e.div_ceil(4),
        config.heads as usize,
    );
    let (d_pairs, e_pairs) = (d.div_ceil(2), e.div_ceil(2));
    let (d_quads, e_quads) = (d.div_ceil(4), e.div_ceil(4));
    let (b, tabled, graphs) = (layout.batch, layout.by_tables.len(), layout.by_graphs.len());
    // Eights of sequences, and of rows that are projected.
    let (blocks, n) = (b / 8, b / 8 * layout.towers[0].shape.reads);
    let most = |f: &dyn Fn(usize, usize) -> usize| {
        let shapes = layout.by_tables.iter().map(|t| &layout.towers[*t].shape);
        shapes.map(|s| f(s.rows(), s.queries.len())).max().unwrap_or(0)
    };
    let (forward, backward) = operations(layout);
    let graph = |list: Vec<super::operations::Operation>| {
        list.into_iter()
            .map(|o| (o.stage, o.entry, o.items, 1, Some(o.op)))
    };

    let mut plan: Vec<Planned> = Vec::new();
    if tabled > 0 {
        let tables = most(&|r, q| (2 * r.div_ceil(8) + e_pairs) * d_quads + q * (d + e) + b);
        plan.push(("forward", "tables", tables, tabled, None));
        plan.push(("forward", "attend", blocks * h, tabled, None));
        plan.push(("forward", "embed", blocks * e_quads, tabled, None));
    } else {
        plan.push(("forward", "sample", b, 1, None));
    }
    plan.extend(graph(forward));
    plan.push(("joint", "forward", n * e_pairs, graphs, None));
    if config.autoregressive {
        plan.push((
            "cross_entropy",
            "cross_entropy",
            b * layout.towers[0].shape.reads,
            1,
            None,
        ));
    } else {
        plan.push(("contrast", "logits", 4 * blocks, 2, None));
        plan.push(("contrast", "d_embedding", blocks * e_quads, 2, None));
    }
    plan.push((
        "backward",
        "d_attended",
        most(&|_, q| blocks * h + e_pairs * d_quads + q * e + 1),
        tabled,
        None,
    ));
    let d_tables = most(&|r, q| {
        (e_pairs + d_pairs) * d_quads + r.div_ceil(8) * h * (d / h).div_ceil(4) + q * h * (1 + d) + 2 * d
    });
    plan.push(("backward", "d_tables", d_tables, tabled, None));
    let d_weights = most(&|r, _| (r.div_ceil(8) + 3 * d_pairs) * d_quads + 2 * d);
    plan.push(("backward", "d_weights", d_weights, tabled, None));
    plan.push(("joint", "backward", (n + e_pairs + 1) * d_pairs, graphs, None));
    plan.extend(graph(backward));
    plan.retain(|(_, _, items, y, _)| items * y > 0);
    plan
}

/// One dispatch of the step.
pub struct Kernel {
    pipeline: wgpu::ComputePipeline,
    workgroups: (u32, u32, u32),
    op: Option<u32>,
}

impl Kernel {
    /// Records it; `ops` is bound where it reads an `Op`.
    pub fn dispatch(&self, pass: &mut wgpu::ComputePass, ops: &wgpu::BindGroup) {
        pass.set_pipeline(&self.pipeline);
        if let Some(op) = self.op {
            pass.set_bind_group(1, ops, &[op * OP_STRIDE as u32]);
        }
        let (x, y, z) = self.workgroups;
        pass.dispatch_workgroups(x, y, z);
    }
}

/// Bytes from one `Op` to the next: the alignment WebGPU asks of a dynamic offset.
pub const OP_STRIDE: usize = 256;

/// The bind group layouts: what all kernels share (the runs, then six storage buffers, the last read-only),
/// and one `Op`.
pub fn bind_group_layouts(device: &wgpu::Device) -> [wgpu::BindGroupLayout; 2] {
    let entry = |binding, ty, has_dynamic_offset| wgpu::BindGroupLayoutEntry {
        binding,
        visibility: wgpu::ShaderStages::COMPUTE,
        ty: wgpu::BindingType::Buffer {
            ty,
            has_dynamic_offset,
            min_binding_size: None,
        },
        count: None,
    };
    let storage = |binding| {
        entry(
            binding,
            wgpu::BufferBindingType::Storage {
                read_only: binding == 6,
            },
            false,
        )
    };
    let uniform = |dynamic| entry(0, wgpu::BufferBindingType::Uniform, dynamic);
    let shared: Vec<_> = std::iter::once(uniform(false))
        .chain((1..7).map(storage))
        .collect();
    [("model", &shared[..]), ("op", &[uniform(true)])].map(|(label, entries)| {
        device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: Some(label),
            entries,
        })
    })
}

/// Compiles every stage of the plan, each source after `edit`.
pub fn compile(
    device: &wgpu::Device,
    [model, op]: &[wgpu::BindGroupLayout; 2],
    layout: &Layout,
    edit: &dyn Fn(&str, String) -> String,
) -> Vec<Kernel> {
    let pipeline_layout = |groups: &[Option<&wgpu::BindGroupLayout>]| {
        device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            label: None,
            bind_group_layouts: groups,
            immediate_size: 0,
        })
    };
    let (plain, with_op) = (
        pipeline_layout(&[Some(model)]),
        pipeline_layout(&[Some(model), Some(op)]),
    );
    let modules: HashMap<&str, _> = STAGES
        .iter()
        .map(|stage| {
            let module = move || {
                let source = wgpu::ShaderSource::Wgsl(edit(stage.name, source(layout, stage)).into());
                device.create_shader_module(wgpu::ShaderModuleDescriptor {
                    label: Some(stage.name),
                    source,
                })
            };
            (stage.name, LazyCell::new(module))
        })
        .collect();
    let mut pipelines = HashMap::new();
    let kernel = |(stage, entry, items, y, op): Planned| {
        let pipeline = pipelines.entry((stage, entry)).or_insert_with(|| {
            device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
                label: Some(entry),
                layout: Some(if op.is_some() { &with_op } else { &plain }),
                module: &modules[stage],
                entry_point: Some(entry),
                compilation_options: wgpu::PipelineCompilationOptions::default(),
                cache: None,
            })
        });
        let workgroups = (
            items.div_ceil(WORKGROUP) as u32,
            y as u32,
            layout.population as u32,
        );
        Kernel {
            pipeline: pipeline.clone(),
            workgroups,
            op: op.map(|op| op as u32),
        }
    };
    plan(layout).into_iter().map(kernel).collect()
}
