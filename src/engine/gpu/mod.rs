//! The GPU engine: a population's training step as WGSL dispatches (`shaders/`). Batches are drawn on the
//! device, many steps go into a submit, two submits are in flight, and losses are read one submit late.

mod constants;
mod device;
mod kernels;
mod layout;
mod operations;
mod readback;
mod world;

pub use device::{Adapter, adapter};
#[doc(hidden)]
pub use kernels::{STAGES, Stage, source};
#[doc(hidden)]
pub use layout::Layout;

use std::collections::VecDeque;

use bytemuck::{Pod, Zeroable};
use web_time::Instant;

use self::device::Device;
use self::kernels::{Kernel, OP_STRIDE};
use self::layout::{RING, Region};
use super::EngineError;
use crate::config::{Population, ValidConfig};
use crate::message::clause;
use crate::model::Snapshot;
use crate::task::Batch;

/// One model's hyperparameters, as `struct Run` in `shaders/shared/model.wgsl`.
#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
struct RunConstants {
    seed: u32,
    captions: u32,
    single_layouts: u32,
    pair_layouts: u32,
    batch: u32,
    warmup: u32,
    max_scale: f32,
    lr: f32,
    beta1: f32,
    beta2: f32,
    eps: f32,
    weight_decay: f32,
    drawn: u32,
    params: u32,
    updated: u32,
    padding: u32,
}

impl RunConstants {
    /// Of a model of a layout, in a step that reads a half of the parameters.
    fn new(config: &ValidConfig, layout: &Layout, model: usize, half: u32) -> RunConstants {
        RunConstants {
            seed: config.seed,
            captions: config.captions(),
            single_layouts: config.single_layouts,
            pair_layouts: config.pair_layouts,
            batch: config.batch_size() as u32,
            warmup: config.warmup,
            max_scale: config.max_scale as f32,
            lr: config.lr as f32,
            beta1: config.beta1 as f32,
            beta2: config.beta2 as f32,
            eps: config.eps as f32,
            weight_decay: config.weight_decay as f32,
            drawn: layout.world.drawn[model],
            params: layout.params_at(half, model) as u32,
            updated: layout.params_at(1 - half, model) as u32,
            padding: 0,
        }
    }
}

/// Bytes of the uniform buffers: `runs`, of which there are two, and `ops`.
fn uniforms(layout: &Layout) -> [u64; 2] {
    // A run without a graph has no `Op`, but its bind group is there all the same.
    [
        size_of::<RunConstants>() * layout.population,
        OP_STRIDE * operations::count(layout).max(1),
    ]
    .map(|bytes| bytes as u64)
}

/// Milliseconds a submit should take: long enough to hide its cost, short enough to keep a desktop alive.
const SUBMIT_MS: f64 = 50.0;
/// Steps of a submit where the device is the CPU, and no desktop waits for it.
const STEPS_ON_CPU: u32 = 16;
/// Submits in flight.
const IN_FLIGHT: usize = 2;

/// A submit whose losses are not yet read.
struct Submitted {
    losses: readback::Pending,
    first: u32,
    steps: u32,
}

/// One population in training on the GPU.
pub struct Gpu {
    device: Device,
    layout: Layout,
    population: usize,
    kernels: Vec<Kernel>,
    /// For steps that read the first half of the parameters, and the second.
    groups: [wgpu::BindGroup; 2],
    ops: wgpu::BindGroup,
    moments: wgpu::Buffer,
    batch: wgpu::Buffer,
    rows: wgpu::Buffer,
    cells: wgpu::Buffer,
    ring: wgpu::Buffer,
    step: u32,
    steps_per_submit: u32,
}

impl std::fmt::Debug for Gpu {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gpu")
            .field("layout", &self.layout)
            .field("step", &self.step)
            .finish_non_exhaustive()
    }
}

impl Gpu {
    /// The engine of a population, going on from a snapshot of it.
    ///
    /// # Errors
    /// Where the population does not fit the adapter, or the adapter refuses a device.
    pub async fn new(adapter: &Adapter, configs: &Population, from: &Snapshot) -> Result<Gpu, EngineError> {
        Gpu::edited(adapter, configs, from, &|_, source| source).await
    }

    /// The engine with its shaders edited by stage name: how the tests show that a wrong shader is caught.
    #[doc(hidden)]
    pub async fn edited(
        adapter: &Adapter,
        configs: &Population,
        from: &Snapshot,
        edit: &dyn Fn(&str, String) -> String,
    ) -> Result<Gpu, EngineError> {
        let layout = Layout::new(configs);
        let population = configs.len();
        let largest = layout.buffers().iter().map(|(_, bytes)| *bytes).fold(0, u64::max);
        let [run_bytes, op_bytes] = uniforms(&layout);
        for (needed, allowed) in [
            (largest, adapter.largest_buffer()),
            (run_bytes, adapter.largest_uniform()),
        ] {
            if needed > allowed {
                return Err(EngineError::TooLarge { needed, allowed });
            }
        }
        let ops = operations::constants(&layout);
        let device = adapter.device().await?;
        let buffer = |label, kind, bytes| {
            device.inner.create_buffer(&wgpu::BufferDescriptor {
                label: Some(label),
                size: bytes,
                usage: kind | wgpu::BufferUsages::COPY_SRC | wgpu::BufferUsages::COPY_DST,
                mapped_at_creation: false,
            })
        };
        let scope = device.inner.push_error_scope(wgpu::ErrorFilter::OutOfMemory);
        let run_buffers = [0, 1].map(|_| buffer("runs", wgpu::BufferUsages::UNIFORM, run_bytes));
        let op_buffer = buffer("ops", wgpu::BufferUsages::UNIFORM, op_bytes);
        let [rows, moments, batch, cells, ring, world] = layout
            .buffers()
            .map(|(label, bytes)| buffer(label, wgpu::BufferUsages::STORAGE, bytes));
        if let Some(error) = scope.pop().await {
            return Err(EngineError::Unavailable(clause(&error.to_string()).to_owned()));
        }
        let layouts = kernels::bind_group_layouts(&device.inner);
        let bind = |layout, entries: &[wgpu::BindGroupEntry]| {
            device.inner.create_bind_group(&wgpu::BindGroupDescriptor {
                label: None,
                layout,
                entries,
            })
        };
        let groups = [0, 1].map(|half| {
            let runs: Vec<_> = configs
                .iter()
                .enumerate()
                .map(|(model, c)| RunConstants::new(c, &layout, model, half as u32))
                .collect();
            device
                .queue
                .write_buffer(&run_buffers[half], 0, bytemuck::cast_slice(&runs));
            let buffers = [&run_buffers[half], &rows, &moments, &batch, &cells, &ring, &world];
            let resources = (0u32..).zip(buffers.map(wgpu::Buffer::as_entire_binding));
            let entries: Vec<_> = resources
                .map(|(binding, resource)| wgpu::BindGroupEntry { binding, resource })
                .collect();
            bind(&layouts[0], &entries)
        });
        let one = wgpu::BufferBinding {
            buffer: &op_buffer,
            offset: 0,
            size: wgpu::BufferSize::new(OP_STRIDE as u64),
        };
        let op_group = bind(
            &layouts[1],
            &[wgpu::BindGroupEntry {
                binding: 0,
                resource: wgpu::BindingResource::Buffer(one),
            }],
        );
        device
            .queue
            .write_buffer(&world, 0, bytemuck::cast_slice(&layout.world.words));
        for (i, op) in ops.iter().enumerate() {
            device
                .queue
                .write_buffer(&op_buffer, (i * OP_STRIDE) as u64, bytemuck::bytes_of(op));
        }
        let kernels = kernels::compile(&device.inner, &layouts, &layout, edit);
        device.check()?;
        let mut gpu = Gpu {
            device,
            layout,
            population,
            kernels,
            groups,
            ops: op_group,
            moments,
            batch,
            rows,
            cells,
            ring,
            step: 0,
            steps_per_submit: if adapter.is_cpu() { STEPS_ON_CPU } else { 1 },
        };
        gpu.restore(from);
        Ok(gpu)
    }

    /// Goes on from a snapshot of the same population.
    pub fn restore(&mut self, from: &Snapshot) {
        let queue = &self.device.queue;
        for half in 0..2 {
            queue.write_buffer(
                &self.rows,
                16 * self.layout.params_at(half, 0) as u64,
                bytemuck::cast_slice(&from.params),
            );
        }
        let len = 4 * self.layout.params;
        let both: Vec<f32> = from
            .first
            .chunks(len)
            .zip(from.second.chunks(len))
            .flat_map(|(m, v)| m.iter().chain(v).copied())
            .collect();
        queue.write_buffer(&self.moments, 0, bytemuck::cast_slice(&both));
        queue.write_buffer(&self.batch, 0, bytemuck::cast_slice(&[from.step, from.step]));
        self.step = from.step;
    }

    /// Records kernels of one step.
    fn record(&self, encoder: &mut wgpu::CommandEncoder, step: u32, kernels: &[Kernel]) {
        let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
        pass.set_bind_group(0, &self.groups[step as usize % 2], &[]);
        kernels.iter().for_each(|k| k.dispatch(&mut pass, &self.ops));
    }

    fn submit(&mut self, steps: u32) -> Submitted {
        let mut encoder = self
            .device
            .inner
            .create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        for step in self.step..self.step + steps {
            self.record(&mut encoder, step, &self.kernels);
        }
        let staging = readback::copy(&self.device, &mut encoder, &self.ring, 0, self.ring.size());
        self.device.queue.submit([encoder.finish()]);
        let first = self.step;
        self.step += steps;
        Submitted {
            losses: readback::map(staging),
            first,
            steps,
        }
    }

    /// Trains every model `steps` steps, each on its own batches; gives the losses `[steps, P]`.
    ///
    /// # Errors
    /// Where the device is lost.
    pub async fn train(&mut self, steps: u32) -> Result<Vec<f32>, EngineError> {
        let end = self.step + steps;
        let mut losses = Vec::with_capacity(steps as usize * self.population);
        let mut flying = VecDeque::new();
        let mut last = Instant::now();
        while self.step < end || !flying.is_empty() {
            self.device.check()?;
            while self.step < end && flying.len() < IN_FLIGHT {
                let steps = self.steps_per_submit.min(end - self.step);
                let submitted = self.submit(steps);
                flying.push_back(submitted);
            }
            let Some(Submitted {
                losses: pending,
                first,
                steps,
            }) = flying.pop_front()
            else {
                break;
            };
            let ring: Vec<f32> = pending.read(&self.device).await?;
            for step in first..first + steps {
                let at = (step % RING) as usize * self.population;
                losses.extend_from_slice(&ring[at..at + self.population]);
            }
            let ms = last.elapsed().as_secs_f64() * 1e3;
            last = Instant::now();
            if ms < SUBMIT_MS / 2.0 && steps == self.steps_per_submit {
                self.steps_per_submit = (self.steps_per_submit * 2).min(RING / IN_FLIGHT as u32);
            }
        }
        self.device.check()?;
        Ok(losses)
    }

    /// One step of every model on one given batch; gives the losses `[P]`.
    ///
    /// # Errors
    /// Where the device is lost.
    pub async fn step_on(&mut self, batch: &Batch) -> Result<Vec<f32>, EngineError> {
        let b = self.layout.batch;
        let padded =
            |tokens: &[u32]| [tokens, &vec![0; b * (tokens.len() / batch.size) - tokens.len()]].concat();
        let tokens = [
            padded(&batch.vision),
            padded(&batch.text),
            padded(&batch.text_query),
        ]
        .concat();
        // The first kernel draws a batch, which the given one replaces.
        let (first, others) = self.kernels.split_at(1);
        let submit = |kernels| {
            let mut encoder = self
                .device
                .inner
                .create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
            self.record(&mut encoder, self.step, kernels);
            self.device.queue.submit([encoder.finish()]);
        };
        submit(first);
        self.device.queue.write_buffer(
            &self.batch,
            8,
            bytemuck::cast_slice(&tokens.repeat(self.population)),
        );
        submit(others);
        let ring: Vec<f32> = self.read(&self.ring, 0, self.ring.size()).await?;
        let at = (self.step % RING) as usize * self.population;
        self.step += 1;
        Ok(ring[at..at + self.population].to_vec())
    }

    async fn read<T: bytemuck::Pod>(
        &self,
        buffer: &wgpu::Buffer,
        offset: u64,
        bytes: u64,
    ) -> Result<Vec<T>, EngineError> {
        self.device.check()?;
        let mut encoder = self
            .device
            .inner
            .create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        let staging = readback::copy(&self.device, &mut encoder, buffer, offset, bytes);
        self.device.queue.submit([encoder.finish()]);
        readback::map(staging).read(&self.device).await
    }

    /// A copy of the whole training state.
    ///
    /// # Errors
    /// Where the device is lost.
    pub async fn snapshot(&self) -> Result<Snapshot, EngineError> {
        let start = 16 * self.layout.params_at(self.step % 2, 0) as u64;
        let params = self.read(&self.rows, start, self.moments.size() / 2).await?;
        let moments: Vec<f32> = self.read(&self.moments, 0, self.moments.size()).await?;
        let len = 4 * self.layout.params;
        let half = |k: usize| {
            moments
                .chunks(2 * len)
                .flat_map(|both| both[k * len..][..len].iter().copied())
                .collect()
        };
        Ok(Snapshot {
            step: self.step,
            params,
            first: half(0),
            second: half(1),
        })
    }

    /// The tokens of the last batch, as the sampler laid them out: `[vision, text, query]` per model.
    #[doc(hidden)]
    pub async fn tokens(&self) -> Result<Vec<u32>, EngineError> {
        Ok(self
            .read::<u32>(&self.batch, 0, self.batch.size())
            .await?
            .split_off(2))
    }

    /// What the last step left in a named array of `rows` or `cells`, for one tower of the first model.
    #[doc(hidden)]
    pub async fn region(&self, name: &str, tower: usize) -> Result<Vec<f32>, EngineError> {
        let find = |regions: &[Region]| regions.iter().find(|r| r.name == name).map(|r| r.towers[tower]);
        let (buffer, (start, len)) = match (find(&self.layout.rows), find(&self.layout.cells)) {
            (Some((start, len)), _) => (&self.rows, (4 * start, 4 * len)),
            (None, Some(place)) => (&self.cells, place),
            (None, None) => panic!("there is no array {name}"),
        };
        Ok(self.read::<f32>(buffer, 0, buffer.size()).await?[start..start + len].to_vec())
    }

    /// What the last step left in an array of a tower's graph, and in its gradient, for the first model.
    #[doc(hidden)]
    pub async fn graph_array(&self, id: usize, tower: usize) -> Result<(Vec<f32>, Vec<f32>), EngineError> {
        let places = self.layout.graphs[tower].as_ref().expect("a tower with a graph");
        let (start, gradient, len) = places.arrays[id];
        let rows: Vec<f32> = self.read(&self.rows, 0, self.rows.size()).await?;
        let array = |at: usize| rows[4 * at..4 * (at + len)].to_vec();
        Ok((array(start), array(gradient)))
    }

    /// Bytes of every buffer that lives as long as the engine.
    pub fn bytes(&self) -> u64 {
        let [runs, ops] = uniforms(&self.layout);
        self.layout.buffers().iter().map(|(_, bytes)| bytes).sum::<u64>() + 2 * runs + ops
    }

    /// Destroys the device, as a driver reset would.
    pub fn destroy(&self) {
        self.device.inner.destroy();
    }
}
