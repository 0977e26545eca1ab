//! The GPU engine: a population's training step as WGSL dispatches (`shaders/`). Batches are drawn on the
//! device, many steps go into a submit, two submits are in flight, and losses are read one submit late.

mod array;
mod describe;
mod device;
mod kernels;
mod lower;
mod pipelines;
mod plan;
mod rates;
mod readback;
mod schedule;
mod tower_operands;
mod world;

#[doc(hidden)]
pub use array::Array;
#[doc(hidden)]
pub use describe::Stage;
pub use device::{Adapter, adapter};
#[doc(hidden)]
pub use kernels::{STAGES, STRUCTS, source};
#[doc(hidden)]
pub use plan::Plan;

use std::collections::VecDeque;

use web_time::Instant;

use self::device::Device;
use self::kernels::Run;
use self::pipelines::{Kernel, bind_group_layouts, compile, operands};
use self::plan::{MOST_WORKGROUPS, RING};
use self::rates::Rates;
use super::EngineError;
use crate::config::Population;
use crate::message::clause;
use crate::model::Snapshot;
use crate::task::Batch;

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
    plan: Plan,
    kernels: Vec<Kernel>,
    group: wgpu::BindGroup,
    operands: wgpu::BindGroup,
    /// Bytes of every buffer that lives as long as the engine.
    bytes: u64,
    floats: wgpu::Buffer,
    moments: wgpu::Buffer,
    batch: wgpu::Buffer,
    ring: wgpu::Buffer,
    rates: Rates,
    step: u32,
    steps_per_submit: u32,
}

impl std::fmt::Debug for Gpu {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gpu")
            .field("plan", &self.plan)
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
        let plan = Plan::new(configs);
        let buffers = plan.buffers();
        let (needed, allowed) = (
            buffers.iter().map(|(_, bytes)| *bytes).fold(0, u64::max),
            adapter.largest_buffer(),
        );
        if configs.len() > MOST_WORKGROUPS {
            return Err(EngineError::TooMany {
                models: configs.len(),
                allowed: MOST_WORKGROUPS,
            });
        }
        if needed > allowed {
            return Err(EngineError::TooLarge { needed, allowed });
        }
        let (ops, starts, bound) = operands(&plan.dispatches);
        let device = adapter.device().await?;
        let buffer = |label, bytes| {
            device.inner.create_buffer(&wgpu::BufferDescriptor {
                label: Some(label),
                size: bytes,
                usage: wgpu::BufferUsages::STORAGE
                    | wgpu::BufferUsages::COPY_SRC
                    | wgpu::BufferUsages::COPY_DST,
                mapped_at_creation: false,
            })
        };
        let scope = device.inner.push_error_scope(wgpu::ErrorFilter::OutOfMemory);
        let [runs, floats, moments, batch, ring, world, rates] =
            buffers.map(|(label, bytes)| buffer(label, bytes));
        let op_buffer = buffer("ops", ops.len() as u64);
        if let Some(error) = scope.pop().await {
            return Err(EngineError::Unavailable(clause(&error.to_string()).to_owned()));
        }
        let constants: Vec<Run> = configs
            .iter()
            .enumerate()
            .map(|(model, config)| Run::new(config, &plan, model))
            .collect();
        device
            .queue
            .write_buffer(&runs, 0, bytemuck::cast_slice(&constants));
        device
            .queue
            .write_buffer(&world, 0, bytemuck::cast_slice(&plan.world.words));
        device.queue.write_buffer(&op_buffer, 0, &ops);

        let layouts = bind_group_layouts(&device.inner);
        let bind = |layout, entries: &[wgpu::BindGroupEntry]| {
            device.inner.create_bind_group(&wgpu::BindGroupDescriptor {
                label: None,
                layout,
                entries,
            })
        };
        let resources = (0u32..).zip(
            [&runs, &floats, &moments, &batch, &ring, &world, &rates].map(wgpu::Buffer::as_entire_binding),
        );
        let entries: Vec<_> = resources
            .map(|(binding, resource)| wgpu::BindGroupEntry { binding, resource })
            .collect();
        let group = bind(&layouts[0], &entries);
        let one = wgpu::BufferBinding {
            buffer: &op_buffer,
            offset: 0,
            size: wgpu::BufferSize::new(bound as u64),
        };
        let operands = bind(
            &layouts[1],
            &[wgpu::BindGroupEntry {
                binding: 0,
                resource: wgpu::BindingResource::Buffer(one),
            }],
        );
        let kernels = compile(&device.inner, &layouts, &plan, &starts, edit);
        device.check()?;
        let mut gpu = Gpu {
            bytes: buffers.iter().map(|(_, bytes)| bytes).sum::<u64>() + ops.len() as u64,
            device,
            plan,
            kernels,
            group,
            operands,
            floats,
            moments,
            batch,
            ring,
            rates: Rates::new(rates, configs),
            step: 0,
            steps_per_submit: if adapter.is_cpu() { STEPS_ON_CPU } else { 1 },
        };
        gpu.restore(from);
        Ok(gpu)
    }

    /// Goes on from a snapshot of the same population.
    pub fn restore(&mut self, from: &Snapshot) {
        let queue = &self.device.queue;
        queue.write_buffer(
            &self.floats,
            4 * self.plan.params_start(),
            bytemuck::cast_slice(&from.params),
        );
        queue.write_buffer(&self.moments, 0, bytemuck::cast_slice(&from.first));
        queue.write_buffer(
            &self.moments,
            self.moments.size() / 2,
            bytemuck::cast_slice(&from.second),
        );
        queue.write_buffer(&self.batch, 0, bytemuck::cast_slice(&[from.step, from.step]));
        self.step = from.step;
    }

    /// Records kernels of one step.
    fn record(&self, encoder: &mut wgpu::CommandEncoder, kernels: &[Kernel]) {
        let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
        pass.set_bind_group(0, &self.group, &[]);
        for kernel in kernels {
            pass.set_pipeline(&kernel.pipeline);
            pass.set_bind_group(1, &self.operands, &[kernel.operands]);
            let [x, y, z] = kernel.workgroups;
            pass.dispatch_workgroups(x, y, z);
        }
    }

    fn submit(&mut self, steps: u32) -> Submitted {
        self.rates.write(&self.device.queue, self.step);
        let mut encoder = self
            .device
            .inner
            .create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        (0..steps).for_each(|_| self.record(&mut encoder, &self.kernels));
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
        let mut losses = Vec::with_capacity(steps as usize * self.plan.population);
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
                let at = (step % RING) as usize * self.plan.population;
                losses.extend_from_slice(&ring[at..at + self.plan.population]);
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

    /// One step of every model on one given batch of the config's size; gives the losses `[P]`.
    ///
    /// # Errors
    /// Where the device is lost.
    ///
    /// # Panics
    /// Where the batch has another size.
    pub async fn step_on(&mut self, batch: &Batch) -> Result<Vec<f32>, EngineError> {
        let tokens = [&batch.vision[..], &batch.text, &batch.text_query].concat();
        assert_eq!(tokens.len(), self.plan.words, "a batch of the config's size");
        // The first kernel draws a batch, which the given one replaces.
        let (first, others) = self.kernels.split_at(1);
        self.rates.write(&self.device.queue, self.step);
        let submit = |kernels| {
            let mut encoder = self
                .device
                .inner
                .create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
            self.record(&mut encoder, kernels);
            self.device.queue.submit([encoder.finish()]);
        };
        submit(first);
        self.device.queue.write_buffer(
            &self.batch,
            8,
            bytemuck::cast_slice(&tokens.repeat(self.plan.population)),
        );
        submit(others);
        let ring: Vec<f32> = self.read(&self.ring, 0, self.ring.size()).await?;
        let at = (self.step % RING) as usize * self.plan.population;
        self.step += 1;
        Ok(ring[at..at + self.plan.population].to_vec())
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
        let bytes = self.moments.size() / 2;
        Ok(Snapshot {
            step: self.step,
            params: self
                .read(&self.floats, 4 * self.plan.params_start(), bytes)
                .await?,
            first: self.read(&self.moments, 0, bytes).await?,
            second: self.read(&self.moments, bytes, bytes).await?,
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

    /// The step, and where its arrays lie.
    #[doc(hidden)]
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// What the last step left in an array of the first model.
    #[doc(hidden)]
    pub async fn array(&self, array: Array) -> Result<Vec<f32>, EngineError> {
        self.read(
            &self.floats,
            4 * u64::from(array.start),
            4 * u64::from(array.numbers()),
        )
        .await
    }

    /// Bytes of every buffer that lives as long as the engine.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Destroys the device, as a driver reset would.
    pub fn destroy(&self) {
        self.device.inner.destroy();
    }
}
