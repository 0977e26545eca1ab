//! The learning rates that the device is given ahead of its steps.

use super::plan::RING;
use crate::config::Population;

/// The buffer `rates` `[RING, P]` and what stands in it.
pub struct Rates {
    buffer: wgpu::Buffer,
    population: Population,
    written: Vec<f32>,
}

impl Rates {
    /// Nothing is written yet.
    pub fn new(buffer: wgpu::Buffer, population: &Population) -> Rates {
        Rates {
            buffer,
            population: population.clone(),
            written: Vec::new(),
        }
    }

    /// Gives the device the rates of the [`RING`] steps behind `step`. What is submitted after this sees them,
    /// what was submitted before does not. Where they are what the device has, as behind the warm-up of a
    /// constant rate, nothing is uploaded.
    pub fn write(&mut self, queue: &wgpu::Queue, step: u32) {
        let models = self.population.len();
        let mut rates = vec![0.0; RING as usize * models];
        for step in step..step + RING {
            let at = (step % RING) as usize * models;
            for (rate, config) in rates[at..].iter_mut().zip(self.population.iter()) {
                *rate = config.learning_rate(step + 1) as f32;
            }
        }
        if rates != self.written {
            queue.write_buffer(&self.buffer, 0, bytemuck::cast_slice(&rates));
            self.written = rates;
        }
    }
}
