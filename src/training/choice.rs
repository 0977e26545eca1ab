//! Which engine runs: the GPU engine only where there is a real GPU, where it agrees with the CPU engine, and
//! where it is faster. The reason is data that the page shows.

use serde::{Deserialize, Serialize};

#[cfg(feature = "gpu")]
use super::proof::{Verdict, prove};
use crate::config::Population;
#[cfg(feature = "gpu")]
use crate::engine::gpu::{Gpu, adapter};
use crate::engine::{Engine, EngineError};
use crate::model::Snapshot;

/// Which engine a user asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "web", derive(tsify::Tsify))]
#[serde(rename_all = "lowercase")]
pub enum EngineRequest {
    /// The GPU engine where it is right and faster, else the CPU engine.
    #[default]
    Auto,
    /// The CPU engine.
    Cpu,
    /// The GPU engine, or an error.
    Gpu,
}

impl EngineRequest {
    /// All of them, the default first.
    pub const ALL: [EngineRequest; 3] = [EngineRequest::Auto, EngineRequest::Cpu, EngineRequest::Gpu];

    /// Its name, as users and files write it.
    pub fn name(self) -> &'static str {
        match self {
            EngineRequest::Auto => "auto",
            EngineRequest::Cpu => EngineKind::Cpu.name(),
            EngineRequest::Gpu => EngineKind::Gpu.name(),
        }
    }

    /// The engine that is asked for by name; of `Auto`, where nothing has been chosen, the one that is everywhere.
    pub fn kind(self) -> EngineKind {
        match self {
            EngineRequest::Auto | EngineRequest::Cpu => EngineKind::Cpu,
            EngineRequest::Gpu => EngineKind::Gpu,
        }
    }
}

/// Which engine runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "web", derive(tsify::Tsify))]
#[serde(rename_all = "lowercase")]
pub enum EngineKind {
    /// Rust, SIMD.
    Cpu,
    /// WGSL compute shaders.
    Gpu,
}

impl EngineKind {
    /// Those that this build of the crate has.
    pub const BUILT: &[EngineKind] = &[
        EngineKind::Cpu,
        #[cfg(feature = "gpu")]
        EngineKind::Gpu,
    ];

    /// Its name, as files write it.
    pub fn name(self) -> &'static str {
        match self {
            EngineKind::Cpu => "cpu",
            EngineKind::Gpu => "gpu",
        }
    }
}

/// The engine that runs, and why.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "web", derive(tsify::Tsify), tsify(missing_as_null))]
pub struct EngineInfo {
    /// Which runs.
    pub kind: EngineKind,
    /// Which was asked for.
    pub requested: EngineRequest,
    /// Why, in one sentence.
    pub reason: String,
    /// The GPU adapter's name, where one was found.
    pub adapter: Option<String>,
}

/// Opens the engine that `request` asks for, going on from a snapshot of the population.
///
/// # Errors
/// Where the GPU engine is asked for and cannot start, does not fit or is not right. `Auto` and `Cpu` have no
/// errors.
pub async fn open(
    population: &Population,
    from: &Snapshot,
    request: EngineRequest,
) -> Result<(Engine, EngineInfo), EngineError> {
    if request == EngineRequest::Cpu {
        return Ok(cpu(
            population,
            from,
            request,
            "The CPU engine was asked for.".to_owned(),
            None,
        ));
    }
    open_gpu(population, from, request).await
}

fn cpu(
    population: &Population,
    from: &Snapshot,
    requested: EngineRequest,
    reason: String,
    adapter: Option<String>,
) -> (Engine, EngineInfo) {
    (
        Engine::cpu(population, from),
        EngineInfo {
            kind: EngineKind::Cpu,
            requested,
            reason,
            adapter,
        },
    )
}

/// Without the GPU engine: the CPU engine, unless the other was asked for.
#[cfg(not(feature = "gpu"))]
async fn open_gpu(
    population: &Population,
    from: &Snapshot,
    request: EngineRequest,
) -> Result<(Engine, EngineInfo), EngineError> {
    let why = "this program was built without it";
    match request {
        EngineRequest::Gpu => Err(EngineError::Unavailable(why.to_owned())),
        _ => Ok(cpu(
            population,
            from,
            request,
            format!("The CPU engine runs; as for the GPU engine, {why}."),
            None,
        )),
    }
}

/// The GPU engine where it may run; the CPU engine where it may not and was not asked for by name.
#[cfg(feature = "gpu")]
async fn open_gpu(
    population: &Population,
    from: &Snapshot,
    request: EngineRequest,
) -> Result<(Engine, EngineInfo), EngineError> {
    let cpu = |reason, adapter| Ok(cpu(population, from, request, reason, adapter));
    let auto = request == EngineRequest::Auto;
    let adapter = match adapter().await {
        Ok(adapter) => adapter,
        Err(EngineError::Unavailable(why)) if auto => {
            return cpu(format!("The CPU engine runs: {why}."), None);
        }
        Err(error) => return Err(error),
    };
    let name = adapter.name();
    if auto && adapter.is_cpu() {
        return cpu(emulated(name.as_deref()), name);
    }
    // A browser's adapter gives one device only, so the engine that is proven is the one that trains.
    let proven = async {
        let mut gpu = Gpu::new(&adapter, population, from).await?;
        let verdict = prove(population, name.as_deref().unwrap_or("the GPU"), &mut gpu, auto).await?;
        gpu.restore(from);
        Ok((gpu, verdict))
    };
    match proven.await {
        Ok((gpu, Verdict::Runs(reason))) => {
            let info = EngineInfo {
                kind: EngineKind::Gpu,
                requested: request,
                reason,
                adapter: name,
            };
            Ok((Engine::Gpu(Box::new(gpu)), info))
        }
        Ok((_, Verdict::Differs(how))) if auto => cpu(format!("{how}, so the CPU engine runs."), name),
        Ok((_, Verdict::Slower(times))) if auto => cpu(format!("{times}; the CPU engine runs."), name),
        Ok((_, Verdict::Differs(why) | Verdict::Slower(why))) => Err(EngineError::Unavailable(why)),
        Err(error) if auto => cpu(
            format!("The GPU here is of no use ({error}), so the CPU engine runs."),
            name,
        ),
        Err(error) => Err(error),
    }
}

#[cfg(feature = "gpu")]
fn emulated(name: Option<&str>) -> String {
    let name = name.map_or(String::new(), |name| format!(", {name},"));
    format!("The only GPU here{name} is emulated on the CPU, so the CPU engine is faster.")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A name is what serde writes.
    #[test]
    fn engines_have_one_name() {
        for request in EngineRequest::ALL {
            assert_eq!(serde_json::to_value(request).unwrap(), request.name());
        }
        for kind in EngineKind::BUILT {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
        }
    }

    #[cfg(feature = "gpu")]
    #[test]
    fn a_gpu_without_a_name_is_not_called_by_one() {
        assert!(emulated(None).starts_with("The only GPU here is emulated"));
        assert!(emulated(Some("SwiftShader")).starts_with("The only GPU here, SwiftShader, is emulated"));
    }
}
