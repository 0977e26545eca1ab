//! A training step of one model.

use super::adamw::adamw;
use super::{Cpu, forward};
use crate::math::Real;
use crate::task::Batch;

/// A float whose steps are compiled in this crate. What is generic is compiled by the crate that calls it, at that crate's
/// `opt-level`: every program would compile a step anew, and one that is less optimised would train more slowly.
pub trait Step: Real {
    /// The loss of a model on a batch; its gradient is left in the workspace.
    fn loss_and_gradient(cpu: &mut Cpu<Self>, model: usize, batch: &Batch) -> Self;
    /// Moves a model's parameters by the gradient in the workspace.
    fn update(cpu: &mut Cpu<Self>, model: usize);
}

macro_rules! compiled {
    ($($float:ty),*) => {$(
        impl Step for $float {
            fn loss_and_gradient(cpu: &mut Cpu<Self>, model: usize, batch: &Batch) -> Self {
                loss_and_gradient(cpu, model, batch)
            }

            fn update(cpu: &mut Cpu<Self>, model: usize) {
                update(cpu, model);
            }
        }
    )*};
}

compiled!(f32, f64);

fn loss_and_gradient<T: Real>(cpu: &mut Cpu<T>, model: usize, batch: &Batch) -> T {
    let work = &mut cpu.work;
    let params = &cpu.params[model * cpu.table.len..][..cpu.table.len];
    work.grads.resize(cpu.table.len, T::default());
    let config = &cpu.population[model];
    let inputs = batch.inputs(config);
    for (i, (tower, input)) in cpu.towers.iter().zip(&inputs).enumerate() {
        forward::encode(
            tower,
            params,
            None,
            *input,
            &mut work.scratch,
            &mut work.tables[i],
            &mut work.activations[i],
        );
    }
    let [image, text] = &work.activations;
    let (contrast, cross_entropy) = (&mut work.contrast, &mut work.cross_entropy);
    let loss = if let Some(at) = cpu.table.logit_scale {
        let loss = contrast.step(
            batch.size,
            cpu.towers[0].e,
            &image.embedding,
            &text.embedding,
            params[at],
            config.max_scale,
        );
        work.grads[at] = contrast.d_logit_scale;
        loss
    } else {
        cross_entropy.step(&cpu.towers[0], &batch.text, &batch.text_query, &image.embedding)
    };
    for (i, (tower, input)) in cpu.towers.iter().zip(&inputs).enumerate() {
        let d_embedding = match (cpu.table.logit_scale, i) {
            (None, _) => &mut cross_entropy.d_logits,
            (_, 0) => &mut contrast.d_image,
            _ => &mut contrast.d_text,
        };
        work.backward[i].step(
            tower,
            params,
            &work.tables[i],
            &work.activations[i],
            *input,
            d_embedding,
            &mut work.grads,
        );
    }
    loss
}

fn update<T: Real>(cpu: &mut Cpu<T>, model: usize) {
    let at = model * cpu.table.len..(model + 1) * cpu.table.len;
    let (params, first, second) = (
        &mut cpu.params[at.clone()],
        &mut cpu.first[at.clone()],
        &mut cpu.second[at],
    );
    adamw(
        &cpu.population[model],
        cpu.step,
        &cpu.work.grads,
        params,
        first,
        second,
    );
}
