//! The training step as a list of dispatches. Each boundary is a dependency: a stage reads what the one before it
//! wrote in other workgroups, and WebGPU orders storage writes only between dispatches.

use std::cell::LazyCell;
use std::collections::HashMap;

use super::constants::wgsl;
use super::layout::Layout;
use super::operations::operations;

/// The shader of one stage, as it stands in `shaders/`.
pub struct Stage {
    /// Its name.
    pub name: &'static str,
    /// Its text, in the parts it is joined from.
    pub source: &'static [&'static str],
    /// Its entry points.
    pub entries: &'static [&'static str],
}

macro_rules! stage {
    ($name:literal, [$($path:literal),*], $entries:expr) => {
        Stage { name: $name, source: &[$(include_str!(concat!("../../../shaders/", $path))),*], entries: &$entries }
    };
}

/// Every stage there is; a run compiles those it dispatches.
pub const STAGES: [Stage; 12] = [
    stage!("sample", ["shared/rng.wgsl", "sample.wgsl"], ["sample"]),
    stage!("forward", ["shared/tile.wgsl", "forward.wgsl"], ["tables", "scores", "attend", "output", "project", "normalise"]),
    stage!("embed", ["graph/op.wgsl", "graph/embed.wgsl"], ["forward", "backward"]),
    stage!("norm", ["graph/op.wgsl", "graph/norm.wgsl"], ["forward", "backward"]),
    stage!("linear", ["shared/tile.wgsl", "graph/op.wgsl", "graph/linear.wgsl"], ["forward", "backward"]),
    stage!("gather", ["graph/op.wgsl", "graph/gather.wgsl"], ["forward", "backward"]),
    stage!("attention", ["graph/op.wgsl", "graph/attention.wgsl"], ["forward", "d_scores", "backward"]),
    stage!("gelu", ["graph/op.wgsl", "graph/gelu.wgsl"], ["forward", "backward"]),
    stage!("contrast", ["contrast.wgsl"], ["logits", "log_sum_exp", "d_logits", "d_embedding"]),
    stage!("cross_entropy", ["cross_entropy.wgsl"], ["cross_entropy"]),
    stage!(
        "backward",
        ["shared/tile.wgsl", "backward.wgsl"],
        ["d_normalise", "d_residual", "d_projection", "d_attended", "d_attention", "d_tables", "d_queries", "d_weights", "d_rows"]
    ),
    stage!("adamw", ["adamw.wgsl"], ["adamw"]),
];

/// A stage's whole shader for a population: constants, what all share, the stage.
pub fn source(layout: &Layout, stage: &Stage) -> String {
    let shared = [&wgsl(layout), include_str!("../../../shaders/shared/model.wgsl")];
    [&shared, stage.source].concat().join("\n")
}

/// Invocations per workgroup, as every shader says.
const WORKGROUP: usize = 64;

/// A dispatch to come: its stage and entry point, invocations in x, workgroups in y, and its `Op`.
type Planned = (&'static str, &'static str, usize, usize, Option<usize>);

/// The dispatches of a step, in order. An invocation is one tile, row or element, see the shaders.
fn plan(layout: &Layout) -> Vec<Planned> {
    let config = &layout.config;
    let (d, e, h) = (config.d_model as usize / 4, layout.towers[0].e.div_ceil(4), config.heads as usize);
    let (b, towers, tabled) = (layout.batch, layout.towers.len(), layout.by_tables.len());
    // Rows that are projected.
    let n = b * layout.towers[0].shape.reads;
    let most = |f: &dyn Fn(usize, usize) -> usize| {
        let shapes = layout.by_tables.iter().map(|t| &layout.towers[*t].shape);
        shapes.map(|s| f(s.rows(), s.queries.len())).max().unwrap_or(0)
    };
    let (forward, backward) = operations(layout);
    let graph = |list: Vec<super::operations::Operation>| list.into_iter().map(|o| (o.stage, o.entry, o.items, 1, Some(o.op)));
    let stage = |name: &'static str, entries: Vec<(&'static str, usize, usize)>| {
        entries.into_iter().map(move |(entry, items, y)| (name, entry, items, y, None))
    };

    let mut plan: Vec<Planned> = vec![("sample", "sample", b, 1, None)];
    plan.extend(stage(
        "forward",
        vec![
            ("tables", most(&|r, q| (2 * r.div_ceil(4) + q) * d), tabled),
            ("scores", most(&|r, q| q * h * r), tabled),
            ("attend", b * h, tabled),
            ("output", b / 4 * d, tabled),
        ],
    ));
    plan.extend(graph(forward));
    plan.push(("forward", "project", n / 4 * e, towers, None));
    if config.autoregressive {
        plan.push(("cross_entropy", "cross_entropy", n, 1, None));
    } else {
        plan.push(("forward", "normalise", b, towers, None));
        plan.extend(stage(
            "contrast",
            vec![("logits", (b / 4) * (b / 4), 1), ("log_sum_exp", b, 2), ("d_logits", b * b, 1), ("d_embedding", b / 4 * e, 2)],
        ));
        plan.push(("backward", "d_normalise", b, towers, None));
    }
    plan.extend(stage(
        "backward",
        vec![
            ("d_residual", n / 4 * d, towers),
            ("d_projection", e * d, towers),
            ("d_attended", b / 4 * d, tabled),
            ("d_attention", b * h, tabled),
            ("d_tables", most(&|r, q| r * d + q * h * r), tabled),
            ("d_queries", most(&|r, q| (r + q) * d), tabled),
            ("d_weights", d * d, 4 * tabled),
            ("d_rows", most(&|r, _| (r + 4) * d), tabled),
        ],
    ));
    plan.extend(graph(backward));
    plan.push(("adamw", "adamw", layout.params, 1, None));
    plan.retain(|(_, _, items, y, _)| items * y > 0);
    plan
}

/// One dispatch of the step.
pub struct Kernel {
    /// The stage it belongs to.
    pub stage: &'static str,
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

/// The bind group layouts: what all kernels share (the runs, then eight storage buffers, the last read-only), and one `Op`.
pub fn bind_group_layouts(device: &wgpu::Device) -> [wgpu::BindGroupLayout; 2] {
    let entry = |binding, ty, has_dynamic_offset| wgpu::BindGroupLayoutEntry {
        binding,
        visibility: wgpu::ShaderStages::COMPUTE,
        ty: wgpu::BindingType::Buffer { ty, has_dynamic_offset, min_binding_size: None },
        count: None,
    };
    let storage = |binding| entry(binding, wgpu::BufferBindingType::Storage { read_only: binding == 8 }, false);
    let uniform = |dynamic| entry(0, wgpu::BufferBindingType::Uniform, dynamic);
    let shared: Vec<_> = std::iter::once(uniform(false)).chain((1..9).map(storage)).collect();
    [("model", &shared[..]), ("op", &[uniform(true)])]
        .map(|(label, entries)| device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor { label: Some(label), entries }))
}

/// Compiles every stage of the plan, each source after `edit`.
pub fn compile(
    device: &wgpu::Device,
    [model, op]: &[wgpu::BindGroupLayout; 2],
    layout: &Layout,
    edit: &dyn Fn(&str, String) -> String,
) -> Vec<Kernel> {
    let pipeline_layout = |groups: &[Option<&wgpu::BindGroupLayout>]| {
        device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor { label: None, bind_group_layouts: groups, immediate_size: 0 })
    };
    let (plain, with_op) = (pipeline_layout(&[Some(model)]), pipeline_layout(&[Some(model), Some(op)]));
    let modules: HashMap<&str, _> = STAGES
        .iter()
        .map(|stage| {
            let module = move || {
                let source = wgpu::ShaderSource::Wgsl(edit(stage.name, source(layout, stage)).into());
                device.create_shader_module(wgpu::ShaderModuleDescriptor { label: Some(stage.name), source })
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
        let workgroups = (items.div_ceil(WORKGROUP) as u32, y as u32, layout.population as u32);
        Kernel { stage, pipeline: pipeline.clone(), workgroups, op: op.map(|op| op as u32) }
    };
    plan(layout).into_iter().map(kernel).collect()
}
