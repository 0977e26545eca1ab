//! The training step as a list of dispatches. Each boundary is a dependency: a stage reads what the one before it
//! wrote in other workgroups, and WebGPU orders storage writes only between dispatches.

use super::constants::{Layout, wgsl};
use crate::config::Config;

/// The shader of one stage, as it stands in `shaders/`.
pub struct Stage {
    /// Its name.
    pub name: &'static str,
    /// Its text.
    pub source: &'static str,
    /// Its entry points, in order of dispatch.
    pub entries: &'static [&'static str],
}

/// Every stage of a step, in order.
pub const STAGES: [Stage; 5] = [
    Stage { name: "sample", source: include_str!("../../../shaders/sample.wgsl"), entries: &["sample"] },
    Stage {
        name: "forward",
        source: include_str!("../../../shaders/forward.wgsl"),
        entries: &["tables", "scores", "attend", "output", "project", "normalise"],
    },
    Stage {
        name: "contrast",
        source: include_str!("../../../shaders/contrast.wgsl"),
        entries: &["logits", "log_sum_exp", "d_logits", "d_embedding"],
    },
    Stage {
        name: "backward",
        source: include_str!("../../../shaders/backward.wgsl"),
        entries: &["d_normalise", "d_residual", "d_attended", "d_attention", "d_tables", "d_queries", "d_weights", "d_rows"],
    },
    Stage { name: "adamw", source: include_str!("../../../shaders/adamw.wgsl"), entries: &["adamw"] },
];

/// A stage's whole shader for a config: constants, what all share, the stage.
pub fn source(config: &Config, layout: &Layout, stage: &Stage) -> String {
    let shared = [include_str!("../../../shaders/shared/model.wgsl"), include_str!("../../../shaders/shared/rng.wgsl")];
    [&wgsl(config, layout), shared[0], shared[1], stage.source].join("\n")
}

/// Invocations per workgroup, as every shader says.
const WORKGROUP: usize = 64;

/// Workgroups (x, y) of an entry point; z is the population. An invocation is one tile, row or element, see the shaders.
fn workgroups(config: &Config, layout: &Layout, entry: &str) -> (u32, u32) {
    let (d, e, h) = (config.d_model as usize / 4, config.d_embed as usize / 4, config.heads as usize);
    let b = layout.batch;
    let most = |f: &dyn Fn(usize, usize) -> usize| layout.towers.iter().map(|(r, q)| f(*r, *q)).max().unwrap_or(0);
    let (x, y) = match entry {
        "sample" => (b, 1),
        "tables" => (most(&|r, q| (2 * r.div_ceil(4) + q) * d), 2),
        "scores" => (most(&|r, q| q * h * r), 2),
        "attend" | "d_attention" => (b * h, 2),
        "output" | "d_residual" | "d_attended" => (b / 4 * d, 2),
        "project" | "d_embedding" => (b / 4 * e, 2),
        "normalise" | "d_normalise" | "log_sum_exp" => (b, 2),
        "logits" => ((b / 4) * (b / 4), 1),
        "d_logits" => (b * b, 1),
        "d_tables" => (most(&|r, q| r * d + q * h * r), 2),
        "d_queries" => (most(&|r, q| (r + q) * d), 2),
        "d_weights" => (d.max(e) * d, 10),
        "d_rows" => (most(&|r, _| (r + 5) * d), 2),
        _ => (layout.params, 1),
    };
    (x.div_ceil(WORKGROUP) as u32, y)
}

/// One dispatch of the step.
pub struct Kernel {
    /// The stage it belongs to.
    pub stage: &'static str,
    pipeline: wgpu::ComputePipeline,
    workgroups: (u32, u32, u32),
}

impl Kernel {
    /// Records it.
    pub fn dispatch(&self, pass: &mut wgpu::ComputePass) {
        pass.set_pipeline(&self.pipeline);
        let (x, y, z) = self.workgroups;
        pass.dispatch_workgroups(x, y, z);
    }
}

/// The bind group layout that all kernels share: eight storage buffers, the first read-only.
pub fn bind_group_layout(device: &wgpu::Device) -> wgpu::BindGroupLayout {
    let entries: Vec<_> = (0..8)
        .map(|binding| wgpu::BindGroupLayoutEntry {
            binding,
            visibility: wgpu::ShaderStages::COMPUTE,
            ty: wgpu::BindingType::Buffer {
                ty: wgpu::BufferBindingType::Storage { read_only: binding == 0 },
                has_dynamic_offset: false,
                min_binding_size: None,
            },
            count: None,
        })
        .collect();
    device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor { label: Some("model"), entries: &entries })
}

/// Compiles every stage, each source after `edit`.
pub fn compile(
    device: &wgpu::Device,
    group: &wgpu::BindGroupLayout,
    config: &Config,
    layout: &Layout,
    population: u32,
    edit: &dyn Fn(&str, String) -> String,
) -> Vec<Kernel> {
    let pipelines = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
        label: Some("model"),
        bind_group_layouts: &[Some(group)],
        immediate_size: 0,
    });
    let mut kernels = Vec::new();
    for stage in &STAGES {
        let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some(stage.name),
            source: wgpu::ShaderSource::Wgsl(edit(stage.name, source(config, layout, stage)).into()),
        });
        for entry in stage.entries {
            let pipeline = device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
                label: Some(entry),
                layout: Some(&pipelines),
                module: &module,
                entry_point: Some(entry),
                compilation_options: wgpu::PipelineCompilationOptions::default(),
                cache: None,
            });
            let (x, y) = workgroups(config, layout, entry);
            kernels.push(Kernel { stage: stage.name, pipeline, workgroups: (x, y, population) });
        }
    }
    kernels
}
