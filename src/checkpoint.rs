//! Checkpoints: safetensors with the tensor names of the parameter table and the config as JSON in the header,
//! as `reference.py` writes them. A training state adds AdamW's moments and the step.

use std::collections::HashMap;

use safetensors::tensor::{Dtype, SafeTensorError, TensorView};
use safetensors::{SafeTensors, serialize};

use crate::config::{Config, ConfigError};
use crate::engine::Snapshot;
use crate::params::ParamTable;

/// Why a file is not a checkpoint of ours.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// The file is not safetensors, is truncated, or its header claims what is not there.
    #[error("not a whole safetensors file: {0}")]
    Format(#[from] SafeTensorError),
    /// The header has no readable config.
    #[error("the header's \"config\" is {0}")]
    Header(String),
    /// The config is out of bounds.
    #[error("the checkpoint's config cannot be run: {0}")]
    Config(#[from] ConfigError),
    /// A tensor is missing, or is not what the config asks for.
    #[error("tensor {name}: expected {expected}, found {found}")]
    Tensor {
        /// Its name.
        name: String,
        /// What the config asks for.
        expected: String,
        /// What the file holds.
        found: String,
    },
}

/// Largest file looked at. The training state of the largest model there can be, 78 MB, stands below it (a test holds
/// it), and nobody's header can ask for more.
pub const MAX_BYTES: usize = 96 << 20;

/// What a file holds beside the parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contents {
    /// The model alone, for other programs.
    Model,
    /// Also AdamW's moments and the step, to go on training.
    Training,
}

const MOMENTS: [&str; 2] = ["adamw.first.", "adamw.second."];

/// Writes the first model of a snapshot.
pub fn save(config: &Config, snapshot: &Snapshot, contents: Contents) -> Result<Vec<u8>, CheckpointError> {
    let table = ParamTable::new(config);
    let mut header = HashMap::new();
    let json = serde_json::to_string(config).map_err(|e| CheckpointError::Header(e.to_string()))?;
    header.insert("config".to_owned(), json);
    let mut parts = vec![("", &snapshot.params)];
    if contents == Contents::Training {
        header.insert("step".to_owned(), snapshot.step.to_string());
        parts.extend(MOMENTS.into_iter().zip([&snapshot.first, &snapshot.second]));
    }
    let mut tensors = Vec::new();
    for (prefix, values) in parts {
        for tensor in &table.tensors {
            let bytes = bytemuck::cast_slice(&values[tensor.range.clone()]);
            tensors.push((format!("{prefix}{}", tensor.name), TensorView::new(Dtype::F32, tensor.shape.clone(), bytes)?));
        }
    }
    Ok(serialize(tensors, Some(header))?)
}

/// Reads a checkpoint. One without moments starts them at zero, at step 0.
pub fn load(bytes: &[u8]) -> Result<(Config, Snapshot), CheckpointError> {
    if bytes.len() > MAX_BYTES {
        return Err(CheckpointError::Header(format!(
            "not read: the file has {} bytes, and {MAX_BYTES} are the most a model can need",
            bytes.len()
        )));
    }
    let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(|error| cut_short(bytes).unwrap_or(error.into()))?;
    let file = SafeTensors::deserialize(bytes)?;
    let header = metadata.metadata().clone().unwrap_or_default();
    let json = header.get("config").ok_or_else(|| CheckpointError::Header("missing".to_owned()))?;
    let config: Config = serde_json::from_str(json).map_err(|e| CheckpointError::Header(format!("not ours: {e}")))?;
    config.check()?;
    let table = ParamTable::new(&config);

    let training = header.contains_key("step");
    let known = |name: &str| {
        let name = MOMENTS.iter().filter(|_| training).find_map(|prefix| name.strip_prefix(prefix)).unwrap_or(name);
        table.tensors.iter().any(|t| t.name == name)
    };
    if let Some(name) = file.names().into_iter().find(|name| !known(name)) {
        return Err(CheckpointError::Tensor { name: name.to_owned(), expected: "no such tensor".to_owned(), found: "one".to_owned() });
    }
    let params = read(&file, &table, "")?;
    let snapshot = match header.get("step") {
        Some(step) => Snapshot {
            step: step.parse().map_err(|_| CheckpointError::Header("beside a \"step\" that is no whole number".to_owned()))?,
            params,
            first: read(&file, &table, MOMENTS[0])?,
            second: read(&file, &table, MOMENTS[1])?,
        },
        None => Snapshot { step: 0, params, first: vec![0.0; table.len], second: vec![0.0; table.len] },
    };
    Ok((config, snapshot))
}

/// What a header says of one tensor.
#[derive(serde::Deserialize)]
struct Claim {
    /// The header's metadata has none.
    #[serde(default)]
    data_offsets: (usize, usize),
}

/// Where the header is whole but the data is not: the first tensor whose bytes are not all there.
fn cut_short(bytes: &[u8]) -> Option<CheckpointError> {
    let (length, rest) = bytes.split_first_chunk()?;
    let (json, data) = rest.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)?;
    let header: HashMap<String, Claim> = serde_json::from_slice(json).ok()?;
    let claims = header.into_iter().map(|(name, claim)| (name, claim.data_offsets));
    let (name, (start, end)) = claims.filter(|(_, (start, end))| start < end && *end > data.len()).min_by_key(|(_, (start, _))| *start)?;
    let found = format!("{}, as the file ends there", data.len().saturating_sub(start));
    Some(CheckpointError::Tensor { name, expected: format!("{} bytes", end - start), found })
}

fn read(file: &SafeTensors, table: &ParamTable, prefix: &str) -> Result<Vec<f32>, CheckpointError> {
    let mut values = vec![0.0; table.len];
    for tensor in &table.tensors {
        let name = format!("{prefix}{}", tensor.name);
        let expected = format!("F32 {:?}", tensor.shape);
        let wrong = |found: String| CheckpointError::Tensor { name: name.clone(), expected: expected.clone(), found };
        let view = file.tensor(&name).map_err(|_| wrong("nothing".to_owned()))?;
        if view.dtype() != Dtype::F32 || view.shape() != tensor.shape {
            return Err(wrong(format!("{:?} {:?}", view.dtype(), view.shape())));
        }
        for (value, bytes) in values[tensor.range.clone()].iter_mut().zip(view.data().as_chunks().0) {
            *value = f32::from_le_bytes(*bytes);
            if !value.is_finite() {
                return Err(wrong("a number that is not finite".to_owned()));
            }
        }
    }
    Ok(values)
}
