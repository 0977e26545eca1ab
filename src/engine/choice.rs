//! Which engine runs: the GPU engine only where there is a real GPU, where it agrees with the CPU engine, and
//! where it is faster. The reason is data that the page shows.

use web_time::Instant;

use super::cpu::Cpu;
use super::gpu::Gpu;
use super::{Engine, EngineError, EngineInfo, EngineKind, EngineRequest, Snapshot, one_shape};
use crate::config::Config;

/// Largest difference of a gradient tensor's element from the CPU engine's, over the tensor's largest.
pub const AGREEMENT: f32 = 1e-3;
/// Steps each engine is timed for.
const TIMED: u32 = 8;

/// Opens the engine that `request` asks for, going on from a snapshot.
pub async fn open(configs: &[Config], from: &Snapshot, request: EngineRequest) -> Result<(Engine, EngineInfo), EngineError> {
    one_shape(configs)?;
    let cpu = |reason: String, adapter| {
        let info = EngineInfo { kind: EngineKind::Cpu, requested: request, reason, adapter };
        Ok((Engine::cpu(configs, from), info))
    };
    if request == EngineRequest::Cpu {
        return cpu("The CPU engine was asked for.".to_owned(), None);
    }
    let auto = request == EngineRequest::Auto;
    let adapter = match super::gpu::adapter().await {
        Ok(adapter) => adapter,
        Err(EngineError::Unavailable(why)) if auto => return cpu(format!("The CPU engine runs: {why}."), None),
        Err(error) => return Err(error),
    };
    let name = adapter.name();
    if auto && adapter.is_cpu() {
        return cpu(emulated(name.as_deref()), name);
    }
    // A browser's adapter gives one device only, so the engine that is proven is the one that trains.
    let proven = async {
        let mut gpu = Gpu::new(&adapter, configs, from).await?;
        let verdict = prove(configs, name.as_deref().unwrap_or("the GPU"), &mut gpu, auto).await?;
        gpu.restore(from);
        Ok((gpu, verdict))
    };
    match proven.await {
        Ok((gpu, Ok(reason))) => {
            let info = EngineInfo { kind: EngineKind::Gpu, requested: request, reason, adapter: name };
            Ok((Engine::Gpu(Box::new(gpu)), info))
        }
        Ok((_, Err(reason))) if auto => cpu(reason, name),
        Ok((_, Err(reason))) => Err(EngineError::Unavailable(reason)),
        Err(error) if auto => cpu(format!("The GPU here is of no use ({error}), so the CPU engine runs."), name),
        Err(error) => Err(error),
    }
}

fn emulated(name: Option<&str>) -> String {
    let name = name.map_or(String::new(), |name| format!(", {name},"));
    format!("The only GPU here{name} is emulated on the CPU, so the CPU engine is faster.")
}

/// One step compared, then (if `race`) a few timed: why the GPU engine runs, or why it does not.
async fn prove(configs: &[Config], name: &str, gpu: &mut Gpu, race: bool) -> Result<Result<String, String>, EngineError> {
    let (mut cpu, difference) = first_step(configs, gpu).await?;
    if difference.is_nan() || difference > AGREEMENT {
        return Ok(Err(format!(
            "One step on {name} differs from the CPU engine's by {difference:.1e} of a gradient's size (allowed {AGREEMENT:.0e}), so the CPU engine runs.",
        )));
    }
    if !race {
        return Ok(Ok(format!("The GPU engine was asked for; one step on {name} agrees with the CPU engine.")));
    }
    let start = Instant::now();
    gpu.train(TIMED).await?;
    let on_gpu = start.elapsed().as_secs_f64() * 1e3 / f64::from(TIMED);
    let start = Instant::now();
    (0..TIMED).for_each(|_| drop(cpu.step()));
    let on_cpu = start.elapsed().as_secs_f64() * 1e3 / f64::from(TIMED);
    let times = format!("On {name} a step takes {on_gpu:.1} ms and on the CPU engine {on_cpu:.1} ms");
    Ok(if on_gpu < on_cpu { Ok(format!("{times}; the GPU engine runs.")) } else { Err(format!("{times}; the CPU engine runs.")) })
}

/// The first step of new models on both engines: the CPU engine behind it, and how far the GPU engine's gradients are from
/// its own. Of trained models it would tell how far they are trained: where a model is right about everything its gradients
/// are what is left of large numbers taken from each other, and two right engines differ by much of them.
pub async fn first_step(configs: &[Config], gpu: &mut Gpu) -> Result<(Cpu<f32>, f32), EngineError> {
    let fresh = Snapshot::initial(configs);
    let mut cpu = Cpu::<f32>::new(configs, &fresh);
    gpu.restore(&fresh);
    gpu.train(1).await?;
    let difference = disagreement(&cpu.step_gradients(), &gpu.snapshot().await?.gradients_since(&fresh, configs), configs);
    Ok((cpu, difference))
}

/// The worst element of any gradient tensor, relative to the tensor's largest; both `[P, len]`.
fn disagreement(a: &[f32], b: &[f32], configs: &[Config]) -> f32 {
    let table = crate::params::ParamTable::new(&configs[0]);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gpu_without_a_name_is_not_called_by_one() {
        assert!(emulated(None).starts_with("The only GPU here is emulated"));
        assert!(emulated(Some("SwiftShader")).starts_with("The only GPU here, SwiftShader, is emulated"));
    }
}
