//! The GPU engine: a population's training step as WGSL dispatches (`shaders/`). Batches are drawn on the device,
//! many steps go into a submit, two submits are in flight, and losses are read one submit late.

mod constants;
mod device;
mod kernels;
mod layout;
mod operations;
mod readback;
mod world;

pub use device::{Adapter, adapter};
pub use kernels::{STAGES, Stage, source};
pub use layout::Layout;

use std::collections::VecDeque;

use bytemuck::{Pod, Zeroable};
use web_time::Instant;

use self::device::Device;
use self::kernels::{Kernel, OP_STRIDE};
use self::layout::{RING, Region};
use super::{EngineError, Snapshot};
use crate::config::Config;
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
    padding: [u32; 3],
}

impl RunConstants {
    fn new(config: &Config, drawn: u32) -> RunConstants {
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
            drawn,
            padding: [0; 3],
        }
    }
}

/// Milliseconds a submit should take: long enough to hide its cost, short enough to keep a desktop alive.
const SUBMIT_MS: f64 = 50.0;
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
    group: wgpu::BindGroup,
    ops: wgpu::BindGroup,
    params: wgpu::Buffer,
    moments: wgpu::Buffer,
    grads: wgpu::Buffer,
    batch: wgpu::Buffer,
    rows: wgpu::Buffer,
    cells: wgpu::Buffer,
    ring: wgpu::Buffer,
    step: u32,
    steps_per_submit: u32,
}

/// The first setting in which the shapes of two models differ.
fn shape_difference(a: &Config, b: &Config) -> Option<&'static str> {
    let (a, b) = (a.shape(), b.shape());
    a.fields().into_iter().map(|field| field.name).find(|name| a.text(name) != b.text(name))
}

impl Gpu {
    /// The engine of a population of checked configs of one shape, going on from a snapshot.
    pub async fn new(adapter: &Adapter, configs: &[Config], from: &Snapshot) -> Result<Gpu, EngineError> {
        Gpu::edited(adapter, configs, from, &|_, source| source).await
    }

    /// The engine with its shaders edited by stage name: how the tests show that a wrong shader is caught.
    pub async fn edited(
        adapter: &Adapter,
        configs: &[Config],
        from: &Snapshot,
        edit: &dyn Fn(&str, String) -> String,
    ) -> Result<Gpu, EngineError> {
        if let Some(name) = configs.iter().find_map(|c| shape_difference(&configs[0], c)) {
            return Err(EngineError::Shapes(name));
        }
        let layout = Layout::new(configs);
        let population = configs.len();
        let runs: Vec<RunConstants> = configs.iter().zip(&layout.world.drawn).map(|(c, drawn)| RunConstants::new(c, *drawn)).collect();
        for (needed, allowed) in
            [(layout.largest_buffer(), adapter.largest_buffer()), (size_of_val(&runs[..]) as u64, adapter.largest_uniform())]
        {
            if needed > allowed {
                return Err(EngineError::TooLarge { needed, allowed });
            }
        }
        let ops = operations::constants(&layout);
        let device = adapter.device().await?;
        let buffer = |label, kind, bytes: usize| {
            device.inner.create_buffer(&wgpu::BufferDescriptor {
                label: Some(label),
                size: bytes as u64,
                usage: kind | wgpu::BufferUsages::COPY_SRC | wgpu::BufferUsages::COPY_DST,
                mapped_at_creation: false,
            })
        };
        let scope = device.inner.push_error_scope(wgpu::ErrorFilter::OutOfMemory);
        let run_buffer = buffer("runs", wgpu::BufferUsages::UNIFORM, size_of_val(&runs[..]));
        // A run without a graph has no `Op`, but its bind group is there all the same.
        let op_buffer = buffer("ops", wgpu::BufferUsages::UNIFORM, ops.len().max(1) * OP_STRIDE);
        let [params, moments, grads, batch, rows, cells, ring, world] = [
            ("params", population * layout.params * 16),
            ("moments", population * layout.params * 32),
            ("grads", population * layout.params * 16),
            ("batch", (2 + population * layout.token_count) * 4),
            ("rows", population * layout.row_count * 16),
            ("cells", population * layout.cell_count * 4),
            ("ring", population * RING as usize * 4),
            ("world", layout.world.words.len() * 4),
        ]
        .map(|(label, bytes)| buffer(label, wgpu::BufferUsages::STORAGE, bytes));
        if let Some(error) = scope.pop().await {
            return Err(EngineError::Unavailable(error.to_string()));
        }
        let layouts = kernels::bind_group_layouts(&device.inner);
        let bind = |layout, entries: &[wgpu::BindGroupEntry]| {
            device.inner.create_bind_group(&wgpu::BindGroupDescriptor { label: None, layout, entries })
        };
        let buffers = [&run_buffer, &params, &moments, &grads, &batch, &rows, &cells, &ring, &world];
        let entries: Vec<_> =
            (0u32..).zip(buffers).map(|(binding, buffer)| wgpu::BindGroupEntry { binding, resource: buffer.as_entire_binding() }).collect();
        let group = bind(&layouts[0], &entries);
        let one = wgpu::BufferBinding { buffer: &op_buffer, offset: 0, size: wgpu::BufferSize::new(OP_STRIDE as u64) };
        let op_group = bind(&layouts[1], &[wgpu::BindGroupEntry { binding: 0, resource: wgpu::BindingResource::Buffer(one) }]);
        device.queue.write_buffer(&run_buffer, 0, bytemuck::cast_slice(&runs));
        device.queue.write_buffer(&world, 0, bytemuck::cast_slice(&layout.world.words));
        for (i, op) in ops.iter().enumerate() {
            device.queue.write_buffer(&op_buffer, (i * OP_STRIDE) as u64, bytemuck::bytes_of(op));
        }
        let kernels = kernels::compile(&device.inner, &layouts, &layout, edit);
        device.check()?;
        let mut gpu = Gpu {
            device,
            layout,
            population,
            kernels,
            group,
            ops: op_group,
            params,
            moments,
            grads,
            batch,
            rows,
            cells,
            ring,
            step: 0,
            steps_per_submit: 1,
        };
        gpu.restore(from);
        Ok(gpu)
    }

    /// Goes on from a snapshot of the same population.
    pub fn restore(&mut self, from: &Snapshot) {
        let queue = &self.device.queue;
        queue.write_buffer(&self.params, 0, bytemuck::cast_slice(&from.params));
        let len = 4 * self.layout.params;
        let both: Vec<f32> = from.first.chunks(len).zip(from.second.chunks(len)).flat_map(|(m, v)| m.iter().chain(v).copied()).collect();
        queue.write_buffer(&self.moments, 0, bytemuck::cast_slice(&both));
        queue.write_buffer(&self.batch, 0, bytemuck::cast_slice(&[from.step, from.step]));
        self.step = from.step;
    }

    fn record(&self, encoder: &mut wgpu::CommandEncoder, skip: &str) {
        let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
        pass.set_bind_group(0, &self.group, &[]);
        self.kernels.iter().filter(|k| k.stage != skip).for_each(|k| k.dispatch(&mut pass, &self.ops));
    }

    fn submit(&mut self, steps: u32) -> Submitted {
        let mut encoder = self.device.inner.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        for _ in 0..steps {
            self.record(&mut encoder, "");
        }
        let staging = readback::copy(&self.device, &mut encoder, &self.ring, 0, self.ring.size());
        self.device.queue.submit([encoder.finish()]);
        let first = self.step;
        self.step += steps;
        Submitted { losses: readback::map(staging), first, steps }
    }

    /// Trains `steps` steps; gives the losses `[steps, P]`.
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
            let Some(Submitted { losses: pending, first, steps }) = flying.pop_front() else { break };
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

    /// One step of every model on one given batch (fixtures); gives the losses `[P]`.
    pub async fn step_on(&mut self, batch: &Batch) -> Result<Vec<f32>, EngineError> {
        let b = self.layout.batch;
        let padded = |tokens: &[u32]| [tokens, &vec![0; b * (tokens.len() / batch.size) - tokens.len()]].concat();
        let tokens = [padded(&batch.vision), padded(&batch.text), padded(&batch.text_query)].concat();
        let words = [vec![self.step, self.step + 1], tokens.repeat(self.population)].concat();
        self.device.queue.write_buffer(&self.batch, 0, bytemuck::cast_slice(&words));
        let mut encoder = self.device.inner.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        self.record(&mut encoder, "sample");
        self.device.queue.submit([encoder.finish()]);
        let ring: Vec<f32> = self.read(&self.ring).await?;
        let at = (self.step % RING) as usize * self.population;
        self.step += 1;
        Ok(ring[at..at + self.population].to_vec())
    }

    async fn read<T: bytemuck::Pod>(&self, buffer: &wgpu::Buffer) -> Result<Vec<T>, EngineError> {
        self.device.check()?;
        let mut encoder = self.device.inner.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        let staging = readback::copy(&self.device, &mut encoder, buffer, 0, buffer.size());
        self.device.queue.submit([encoder.finish()]);
        readback::map(staging).read(&self.device).await
    }

    /// A copy of the whole training state.
    pub async fn snapshot(&self) -> Result<Snapshot, EngineError> {
        let params = self.read(&self.params).await?;
        let moments: Vec<f32> = self.read(&self.moments).await?;
        let len = 4 * self.layout.params;
        let half = |k: usize| moments.chunks(2 * len).flat_map(|both| both[k * len..][..len].iter().copied()).collect();
        Ok(Snapshot { step: self.step, params, first: half(0), second: half(1) })
    }

    /// The gradients `[P, len]` of the last step.
    pub async fn gradients(&self) -> Result<Vec<f32>, EngineError> {
        self.read(&self.grads).await
    }

    /// The tokens of the last batch, as the sampler laid them out: `[vision, text, query]` per model.
    pub async fn tokens(&self) -> Result<Vec<u32>, EngineError> {
        Ok(self.read::<u32>(&self.batch).await?.split_off(2))
    }

    /// What the last step left in a named array of `rows` or `cells`, for one tower of the first model.
    pub async fn region(&self, name: &str, tower: usize) -> Result<Vec<f32>, EngineError> {
        let find = |regions: &[Region]| regions.iter().find(|r| r.name == name).map(|r| r.towers[tower]);
        let (buffer, (start, len)) = match (find(&self.layout.rows), find(&self.layout.cells)) {
            (Some((start, len)), _) => (&self.rows, (4 * start, 4 * len)),
            (_, Some(place)) => (&self.cells, place),
            _ => return Ok(Vec::new()),
        };
        Ok(self.read::<f32>(buffer).await?[start..start + len].to_vec())
    }

    /// What the last step left in an array of a tower's graph, and in its gradient, for the first model.
    pub async fn graph_array(&self, id: usize, tower: usize) -> Result<(Vec<f32>, Vec<f32>), EngineError> {
        let Some((start, gradient, len)) = self.layout.graphs[tower].as_ref().map(|places| places.arrays[id]) else {
            return Ok((Vec::new(), Vec::new()));
        };
        let rows: Vec<f32> = self.read(&self.rows).await?;
        let array = |at: usize| rows[4 * at..4 * (at + len)].to_vec();
        Ok((array(start), array(gradient)))
    }

    /// Destroys the device, as a driver reset would.
    pub fn destroy(&self) {
        self.device.inner.destroy();
    }
}
