//! The proof that a GPU engine may run here: its first step is the CPU engine's, and it is faster.

use web_time::Instant;

use crate::config::Population;
use crate::engine::EngineError;
use crate::engine::cpu::Cpu;
use crate::engine::gpu::Gpu;
use crate::model::{ParamTable, Snapshot};

/// Largest difference of a gradient tensor's element from the CPU engine's, over the tensor's largest.
pub const AGREEMENT: f32 = 1e-3;
/// Steps each engine is timed for.
const TIMED: u32 = 8;

/// What the proof of a GPU engine came to, each with its evidence in words.
pub(super) enum Verdict {
    /// It agrees with the CPU engine and, where they were raced, is faster.
    Runs(String),
    /// Its first step is not the CPU engine's.
    Differs(String),
    /// It lost the race.
    Slower(String),
}

/// Compares one step with the CPU engine's, then (if `race`) times a few of both.
pub(super) async fn prove(
    population: &Population,
    name: &str,
    gpu: &mut Gpu,
    race: bool,
) -> Result<Verdict, EngineError> {
    let (mut cpu, difference) = first_step(population, gpu).await?;
    if difference.is_nan() || difference > AGREEMENT {
        return Ok(Verdict::Differs(format!(
            "One step on {name} differs from the CPU engine's by {difference:.1e} of a gradient's size (allowed {AGREEMENT:.0e})",
        )));
    }
    if !race {
        let reason = format!("The GPU engine was asked for; one step on {name} agrees with the CPU engine.");
        return Ok(Verdict::Runs(reason));
    }
    let start = Instant::now();
    gpu.train(TIMED).await?;
    let on_gpu = start.elapsed().as_secs_f64() * 1e3 / f64::from(TIMED);
    let start = Instant::now();
    (0..TIMED).for_each(|_| drop(cpu.step()));
    let on_cpu = start.elapsed().as_secs_f64() * 1e3 / f64::from(TIMED);
    let times = format!("On {name} a step takes {on_gpu:.1} ms and on the CPU engine {on_cpu:.1} ms");
    Ok(if on_gpu < on_cpu {
        Verdict::Runs(format!("{times}; the GPU engine runs."))
    } else {
        Verdict::Slower(times)
    })
}

/// The first step of new models on both engines: the CPU engine behind it, and how far the GPU engine's
/// gradients are from its own. Of trained models it would tell how far they are trained: where a model is
/// right about everything its gradients are what is left of large numbers taken from each other, and two
/// right engines differ by much of them.
///
/// # Errors
/// Where the GPU device is lost.
pub async fn first_step(population: &Population, gpu: &mut Gpu) -> Result<(Cpu<f32>, f32), EngineError> {
    let fresh = Snapshot::initial(population);
    let mut cpu = Cpu::<f32>::new(population, &fresh);
    gpu.restore(&fresh);
    gpu.train(1).await?;
    let difference = disagreement(
        &cpu.step_gradients(),
        &gpu.snapshot().await?.gradients_since(&fresh, population),
        population,
    );
    Ok((cpu, difference))
}

/// The worst element of any gradient tensor, relative to the tensor's largest; both `[P, len]`.
fn disagreement(a: &[f32], b: &[f32], population: &Population) -> f32 {
    let table = ParamTable::new(population.first());
    let mut worst = 0f32;
    for (a, b) in a.chunks(table.len).zip(b.chunks(table.len)) {
        for tensor in &table.tensors {
            let (a, b) = (&a[tensor.range.clone()], &b[tensor.range.clone()]);
            let largest = a.iter().fold(f32::MIN_POSITIVE, |m, x| m.max(x.abs()));
            for (a, b) in a.iter().zip(b) {
                let error = (a - b).abs() / largest;
                worst = if error <= worst { worst } else { error };
            }
        }
    }
    worst
}
