//! What is made of a plan on a device: pipelines, bind group layouts and the operands of every dispatch.

use std::collections::HashMap;

use super::kernels::{Run, source};
use super::plan::{MOST_WORKGROUPS, Plan};
use super::schedule::Dispatch;
use crate::config::ValidConfig;

impl Run {
    /// A model's hyperparameters and places.
    pub fn new(config: &ValidConfig, plan: &Plan, model: usize) -> Run {
        let at = |floats: usize| floats as u32;
        Run {
            seed: config.seed,
            captions: config.captions(),
            single_layouts: config.single_layouts,
            pair_layouts: config.pair_layouts,
            max_scale: config.max_scale as f32,
            beta1: config.beta1 as f32,
            beta2: config.beta2 as f32,
            eps: config.eps as f32,
            weight_decay: config.weight_decay as f32,
            drawn: plan.world.drawn[model],
            batch: at(2 + model * plan.words),
            floats: at(model * plan.floats as usize),
            params: at(plan.params_start() as usize + model * plan.params),
            first: at(model * plan.params),
            second: at((plan.population + model) * plan.params),
        }
    }
}

/// Bytes to which WebGPU wants a dynamic offset aligned.
const ALIGNMENT: usize = 256;

/// Every dispatch's operands in one buffer: its bytes, where each dispatch's begin, and the bytes of the
/// largest, which are bound.
pub fn operands(dispatches: &[Dispatch]) -> (Vec<u8>, Vec<u32>, usize) {
    let (mut bytes, mut starts) = (Vec::new(), Vec::new());
    for dispatch in dispatches {
        starts.push(bytes.len() as u32);
        bytes.extend(&dispatch.ops);
        bytes.resize(bytes.len().next_multiple_of(ALIGNMENT), 0);
    }
    let largest = dispatches
        .iter()
        .map(|dispatch| dispatch.ops.len())
        .fold(0, usize::max)
        .next_multiple_of(ALIGNMENT);
    // What is bound for the last dispatch ends within the buffer too.
    bytes.resize(bytes.len() + largest, 0);
    (bytes, starts, largest)
}

/// One dispatch of the step.
pub struct Kernel {
    /// Its pipeline.
    pub pipeline: wgpu::ComputePipeline,
    /// Workgroups along each side.
    pub workgroups: [u32; 3],
    /// Where its operands begin.
    pub operands: u32,
}

/// The bind group layouts: what all kernels share, and the operands of a dispatch.
pub fn bind_group_layouts(device: &wgpu::Device) -> [wgpu::BindGroupLayout; 2] {
    let storage = |binding, read_only, has_dynamic_offset| wgpu::BindGroupLayoutEntry {
        binding,
        visibility: wgpu::ShaderStages::COMPUTE,
        ty: wgpu::BindingType::Buffer {
            ty: wgpu::BufferBindingType::Storage { read_only },
            has_dynamic_offset,
            min_binding_size: None,
        },
        count: None,
    };
    // The runs, the world and the rates are read only.
    let shared: Vec<_> = (0..7)
        .map(|binding| storage(binding, [0, 5, 6].contains(&binding), false))
        .collect();
    [("model", &shared[..]), ("ops", &[storage(0, true, true)])].map(|(label, entries)| {
        device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: Some(label),
            entries,
        })
    })
}

/// Compiles what the plan dispatches, each source after `edit`; `starts` says where each dispatch's operands
/// begin.
pub fn compile(
    device: &wgpu::Device,
    [shared, ops]: &[wgpu::BindGroupLayout; 2],
    plan: &Plan,
    starts: &[u32],
    edit: &dyn Fn(&str, String) -> String,
) -> Vec<Kernel> {
    let descriptor = wgpu::PipelineLayoutDescriptor {
        label: None,
        bind_group_layouts: &[Some(shared), Some(ops)],
        immediate_size: 0,
    };
    let layout = device.create_pipeline_layout(&descriptor);
    let (mut modules, mut pipelines) = (HashMap::new(), HashMap::new());
    let mut kernel = |(dispatch, operands): (&Dispatch, &u32)| {
        let (stage, entry) = (dispatch.stage, dispatch.entry.name);
        let module = modules.entry(stage.name).or_insert_with(|| {
            let source = wgpu::ShaderSource::Wgsl(edit(stage.name, source(stage)).into());
            device.create_shader_module(wgpu::ShaderModuleDescriptor {
                label: Some(stage.name),
                source,
            })
        });
        let pipeline = pipelines.entry((stage.name, entry)).or_insert_with(|| {
            device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
                label: Some(entry),
                layout: Some(&layout),
                module,
                entry_point: Some(entry),
                // Every kernel writes workgroup memory before it reads it.
                compilation_options: wgpu::PipelineCompilationOptions {
                    zero_initialize_workgroup_memory: false,
                    ..Default::default()
                },
                cache: None,
            })
        });
        // More workgroups than one side allows go on along the next.
        let x = dispatch.workgroups.min(MOST_WORKGROUPS as u32);
        let workgroups = [
            x,
            dispatch.workgroups.div_ceil(x),
            dispatch.count * plan.population as u32,
        ];
        Kernel {
            pipeline: pipeline.clone(),
            workgroups,
            operands: *operands,
        }
    };
    plan.dispatches.iter().zip(starts).map(&mut kernel).collect()
}
