//! Checkpoints: safetensors with the tensor names of the parameter table and the config as JSON in the
//! header, as `tests/oracle/reference.py` writes them. A training state adds AdamW's moments and the step.

use std::borrow::Cow;
use std::collections::HashMap;

use half::f16;
use safetensors::tensor::{Dtype, SafeTensorError, TensorView};
use safetensors::{SafeTensors, serialize};

use crate::config::{Config, ConfigError, ValidConfig};
use crate::model::{ParamTable, Snapshot, Tensor};

/// Why a file is not a checkpoint of ours.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// The file is not safetensors, is truncated, or its header claims what is not there.
    #[error("not a whole safetensors file: {0}")]
    Format(#[from] SafeTensorError),
    /// The file is larger than any model can be.
    #[error("the file has {0} bytes, but a checkpoint has at most {MAX_BYTES}")]
    Size(usize),
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

/// Bytes of the largest file that is read. The largest training state there can be has 78 MB (a test holds
/// it), so a larger file is no checkpoint.
pub const MAX_BYTES: usize = 96 << 20;

/// Bytes of the largest header that is read. The largest there can be has 46 KB (a test prints it), and one of
/// 80 MB, which fits into a file, would take a gigabyte to parse.
const MAX_HEADER: u64 = 1 << 18;

/// What a file holds beside the parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contents {
    /// The model alone, for other programs.
    Model,
    /// The model alone in half precision (F16): half the bytes, for a page to show.
    Half,
    /// Also AdamW's moments and the step, to go on training.
    Training,
}

const MOMENTS: [&str; 2] = ["adamw.first.", "adamw.second."];

/// Writes the first model of a snapshot.
///
/// # Errors
/// Where a number is not finite, or not in half precision: [`load`] would refuse it.
///
/// # Panics
/// Where the snapshot is of a config of another shape.
pub fn save(
    config: &ValidConfig,
    snapshot: &Snapshot,
    contents: Contents,
) -> Result<Vec<u8>, CheckpointError> {
    let table = ParamTable::new(config);
    let json = serde_json::to_string(config).map_err(|e| CheckpointError::Header(e.to_string()))?;
    let step = snapshot.step.to_string();
    let metadata = [("config", json.as_str()), ("step", step.as_str())];
    let header = metadata
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into();
    let mut parts = vec![("", &snapshot.params)];
    if contents == Contents::Training {
        parts.extend(MOMENTS.into_iter().zip([&snapshot.first, &snapshot.second]));
    }
    for (prefix, values) in &parts {
        writable(&table, prefix, values, contents)?;
    }
    let half = |values: &[f32]| {
        values
            .iter()
            .flat_map(|v| f16::from_f32(*v).to_le_bytes())
            .collect()
    };
    let mut tensors = Vec::new();
    for (prefix, values) in parts {
        let (dtype, bytes) = match contents {
            Contents::Half => (Dtype::F16, Cow::Owned(half(values))),
            Contents::Model | Contents::Training => (Dtype::F32, Cow::Borrowed(bytemuck::cast_slice(values))),
        };
        tensors.push((prefix, dtype, bytes));
    }
    let views = tensors.iter().flat_map(|(prefix, dtype, bytes)| {
        table.tensors.iter().map(move |tensor| {
            let size = dtype.bitsize() / 8;
            let bytes = &bytes[tensor.range.start * size..tensor.range.end * size];
            Ok((
                format!("{prefix}{}", tensor.name),
                TensorView::new(*dtype, tensor.shape.clone(), bytes)?,
            ))
        })
    });
    let mut bytes = serialize(views.collect::<Result<Vec<_>, SafeTensorError>>()?, Some(header))?;
    sort_metadata(&mut bytes, metadata)
        .ok_or_else(|| CheckpointError::Header("not written: it cannot be sorted".to_owned()))?;
    Ok(bytes)
}

/// Refuses numbers that would not be read again.
fn writable(
    table: &ParamTable,
    prefix: &str,
    values: &[f32],
    contents: Contents,
) -> Result<(), CheckpointError> {
    let (expected, below) = match contents {
        // Half way from the largest number of half precision to the next there would be.
        Contents::Half => ("numbers that half precision holds", 65_520.0),
        Contents::Model | Contents::Training => ("finite numbers", f32::INFINITY),
    };
    let wrong = |tensor: &&Tensor| !values[tensor.range.clone()].iter().all(|v| v.abs() < below);
    match table.tensors.iter().find(wrong) {
        Some(tensor) => Err(CheckpointError::Tensor {
            name: format!("{prefix}{}", tensor.name),
            expected: expected.to_owned(),
            found: "another".to_owned(),
        }),
        None => Ok(()),
    }
}

/// safetensors writes the metadata as a `HashMap` gives it, another way in every run; in the order of their
/// names, one model is always the same bytes. The other order is as long, so the tensors stay where they are.
fn sort_metadata(bytes: &mut [u8], [first, second]: [(&str, &str); 2]) -> Option<()> {
    let entry = |(key, value): (&str, &str)| {
        Some(format!(
            "{}:{}",
            serde_json::to_string(key).ok()?,
            serde_json::to_string(value).ok()?
        ))
    };
    let written = |a: &str, b: &str| format!(r#"{{"__metadata__":{{{a},{b}}}"#);
    let (first, second) = (entry(first)?, entry(second)?);
    let (sorted, turned) = (written(&first, &second), written(&second, &first));
    let place = bytes.get_mut(size_of::<u64>()..)?.get_mut(..sorted.len())?;
    (*place == *sorted.as_bytes() || *place == *turned.as_bytes())
        .then(|| place.copy_from_slice(sorted.as_bytes()))
}

/// Reads a checkpoint, in single or half precision. One without moments starts them at zero, one without a
/// step at step 0.
///
/// # Errors
/// Where the bytes are no checkpoint: see [`CheckpointError`]. They are taken for a stranger's, and cost no
/// more memory than the model they hold.
pub fn load(bytes: &[u8]) -> Result<(ValidConfig, Snapshot), CheckpointError> {
    if bytes.len() > MAX_BYTES {
        return Err(CheckpointError::Size(bytes.len()));
    }
    if bytes
        .first_chunk()
        .is_some_and(|length| u64::from_le_bytes(*length) > MAX_HEADER)
    {
        return Err(SafeTensorError::HeaderTooLarge.into());
    }
    let (_, metadata) =
        SafeTensors::read_metadata(bytes).map_err(|error| cut_short(bytes).unwrap_or(error.into()))?;
    let file = SafeTensors::deserialize(bytes)?;
    let header = metadata.metadata().clone().unwrap_or_default();
    let json = header
        .get("config")
        .ok_or_else(|| CheckpointError::Header("missing".to_owned()))?;
    let config: Config =
        serde_json::from_str(json).map_err(|e| CheckpointError::Header(format!("not ours: {e}")))?;
    let config = config.validate()?;
    let table = ParamTable::new(&config);

    let training = file
        .names()
        .iter()
        .any(|name| MOMENTS.iter().any(|prefix| name.starts_with(prefix)));
    let known = |name: &str| {
        let name = MOMENTS
            .iter()
            .find_map(|prefix| name.strip_prefix(prefix))
            .unwrap_or(name);
        table.tensors.iter().any(|t| t.name == name)
    };
    if let Some(name) = file.names().into_iter().filter(|name| !known(name)).min() {
        return Err(CheckpointError::Tensor {
            name: name.to_owned(),
            expected: "no such tensor".to_owned(),
            found: "one".to_owned(),
        });
    }
    let params = read(&file, &table, "")?;
    let moments = |prefix| {
        if training {
            read(&file, &table, prefix)
        } else {
            Ok(vec![0.0; table.len])
        }
    };
    let wrong_step = |_| CheckpointError::Header("beside a \"step\" that is no whole number".to_owned());
    let step = header
        .get("step")
        .map_or(Ok(0), |step| step.parse())
        .map_err(wrong_step)?;
    let snapshot = Snapshot {
        step,
        params,
        first: moments(MOMENTS[0])?,
        second: moments(MOMENTS[1])?,
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
    let (name, (start, end)) = claims
        .filter(|(_, (start, end))| start < end && *end > data.len())
        .min_by_key(|(_, (start, _))| *start)?;
    let found = format!("{}, as the file ends there", data.len().saturating_sub(start));
    Some(CheckpointError::Tensor {
        name,
        expected: format!("{} bytes", end - start),
        found,
    })
}

fn read(file: &SafeTensors, table: &ParamTable, prefix: &str) -> Result<Vec<f32>, CheckpointError> {
    let mut values = vec![0.0; table.len];
    for tensor in &table.tensors {
        let name = format!("{prefix}{}", tensor.name);
        let expected = format!("F32 or F16 {:?}", tensor.shape);
        let wrong = |found: String| CheckpointError::Tensor {
            name: name.clone(),
            expected: expected.clone(),
            found,
        };
        let view = file.tensor(&name).map_err(|_| wrong("nothing".to_owned()))?;
        if view.shape() != tensor.shape {
            return Err(wrong(format!("{:?} {:?}", view.dtype(), view.shape())));
        }
        let into = &mut values[tensor.range.clone()];
        match view.dtype() {
            Dtype::F32 => into
                .iter_mut()
                .zip(view.data().as_chunks().0)
                .for_each(|(v, bytes)| *v = f32::from_le_bytes(*bytes)),
            Dtype::F16 => into
                .iter_mut()
                .zip(view.data().as_chunks().0)
                .for_each(|(v, bytes)| *v = f16::from_le_bytes(*bytes).to_f32()),
            other => return Err(wrong(format!("{other:?} {:?}", view.shape()))),
        }
        if !into.iter().all(|v| v.is_finite()) {
            return Err(wrong("a number that is not finite".to_owned()));
        }
    }
    Ok(values)
}
