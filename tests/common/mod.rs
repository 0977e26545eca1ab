//! Fixtures made by `reference.py` (JAX, f64): parameters, one batch, gradients, ten AdamW losses, terms.
#![allow(dead_code)] // each test file uses a part

use leftright::config::{Config, Population, Schedule, ValidConfig};
use leftright::model::{ParamTable, Snapshot};
use leftright::task::Batch;
use safetensors::SafeTensors;

/// One training step of every model variant: each has its rung.
pub const STEPS: [&str; 13] = [
    "step_paper",
    "step_two_text_layers",
    "step_deep",
    "step_right",
    "step_grid",
    "step_three",
    "step_norm",
    "step_mlp",
    "step_autoregressive",
    "step_autoregressive_deep",
    "step_cosine",
    "step_pytorch",
    "step_clip",
];

pub struct Fixture {
    pub name: &'static str,
    bytes: Vec<u8>,
    pub config: ValidConfig,
    pub table: ParamTable,
}

impl Fixture {
    pub fn all() -> Vec<Fixture> {
        STEPS.map(Fixture::open).into()
    }

    pub fn open(name: &'static str) -> Fixture {
        let path = format!("{}/tests/fixtures/{name}.safetensors", env!("CARGO_MANIFEST_DIR"));
        let bytes = std::fs::read(&path).unwrap();
        let (_, header) = SafeTensors::read_metadata(&bytes).unwrap();
        let config: Config = serde_json::from_str(&header.metadata().as_ref().unwrap()["config"]).unwrap();
        let config = config.validate().unwrap();
        Fixture {
            name,
            table: ParamTable::new(&config),
            bytes,
            config,
        }
    }

    pub fn population(&self) -> Population {
        Population::from(&self.config)
    }

    /// A text of the header.
    pub fn header(&self, key: &str) -> String {
        let (_, header) = SafeTensors::read_metadata(&self.bytes).unwrap();
        header.metadata().as_ref().unwrap()[key].clone()
    }

    pub fn f32(&self, name: &str) -> Vec<f32> {
        let tensors = SafeTensors::deserialize(&self.bytes).unwrap();
        tensors
            .tensor(name)
            .unwrap()
            .data()
            .chunks(4)
            .map(|b| f32::from_le_bytes(b.try_into().unwrap()))
            .collect()
    }

    fn u32(&self, name: &str) -> Vec<u32> {
        let tensors = SafeTensors::deserialize(&self.bytes).unwrap();
        tensors
            .tensor(name)
            .unwrap()
            .data()
            .chunks(4)
            .map(|b| u32::from_le_bytes(b.try_into().unwrap()))
            .collect()
    }

    /// Every tensor with this prefix, at its place in the parameter table.
    pub fn params(&self, prefix: &str) -> Vec<f32> {
        let mut params = vec![0.0; self.table.len];
        for tensor in &self.table.tensors {
            params[tensor.range.clone()].copy_from_slice(&self.f32(&format!("{prefix}{}", tensor.name)));
        }
        params
    }

    pub fn batch(&self) -> Batch {
        Batch::from_tokens(&self.config, &self.u32("images"), &self.u32("tokens")).unwrap()
    }

    /// The batch with one object moved to a neighbouring pixel.
    pub fn wrong_batch(&self) -> Batch {
        let mut strips = self.u32("images");
        let object = (0..self.config.pixels as usize - 1)
            .find(|i| (strips[*i] > 0) != (strips[i + 1] > 0))
            .unwrap();
        strips.swap(object, object + 1);
        Batch::from_tokens(&self.config, &strips, &self.u32("tokens")).unwrap()
    }

    pub fn snapshot(&self) -> Snapshot {
        let params = self.params("param.");
        Snapshot {
            step: 0,
            first: vec![0.0; params.len()],
            second: vec![0.0; params.len()],
            params,
        }
    }

    /// The fixture's gradients, each tensor within 1e-4 of its own largest magnitude. A key bias shifts a
    /// row's logits alike, so its exact gradient is zero and the fixture holds autodiff's rounding: ours must
    /// be exactly zero.
    pub fn gradient_errors(&self, grads: &[f32]) -> Vec<(String, f32)> {
        let mut errors = Vec::new();
        for tensor in &self.table.tensors {
            let expected = self.f32(&format!("grad.{}", tensor.name));
            let ours = &grads[tensor.range.clone()];
            let largest = expected.iter().fold(0f32, |m, x| m.max(x.abs()));
            if tensor.name.ends_with("key.bias") {
                assert!(
                    largest < 1e-8,
                    "{}: the fixture's gradient is {largest}",
                    tensor.name
                );
                errors.push((tensor.name.clone(), worst(ours.iter().map(|x| x.abs()))));
            } else {
                let error = worst(ours.iter().zip(&expected).map(|(a, b)| (a - b).abs()));
                errors.push((tensor.name.clone(), error / largest));
            }
        }
        errors
    }

    /// The same, of the gradients that one step on the fixture's own state left in AdamW's moments.
    pub fn step_errors(&self, after: &Snapshot) -> Vec<(String, f32)> {
        self.gradient_errors(&after.gradients_since(&self.snapshot(), &self.population()))
    }
}

/// A negative control of an engine's schedule: with a rate that stays, the losses of the cosine's fixture are
/// others. Its horizon is step 7, from which its rate is 0 and its loss stays. `losses`: those of so many steps
/// on the fixture's batch.
pub fn a_wrong_schedule_fails(losses: impl Fn(&Fixture, &Population, usize) -> Vec<f32>) {
    let fixture = Fixture::open("step_cosine");
    let expected = fixture.f32("losses");
    assert_eq!(expected[7..], [expected[7]; 3]);
    let worst_loss = |schedule| {
        let config = Config {
            schedule,
            ..fixture.config.clone().into()
        };
        let losses = losses(&fixture, &config.validate().unwrap().into(), expected.len());
        worst(
            losses
                .into_iter()
                .zip(&expected)
                .map(|(loss, expected)| relative(loss, *expected)),
        )
    };
    let (right, wrong) = (worst_loss(Schedule::Cosine), worst_loss(Schedule::Constant));
    assert!(right < 1e-4 && wrong > 1e-3, "{right}, {wrong}");
}

/// A model that trains in no time.
pub fn small() -> ValidConfig {
    Config {
        d_model: 16,
        heads: 2,
        d_embed: 16,
        batch: 16,
        seed: 5,
        ..Config::default()
    }
    .validate()
    .unwrap()
}

/// A model that is measured in no time.
pub fn narrow(seed: u32, config: Config) -> ValidConfig {
    Config {
        seed,
        d_model: 16,
        d_embed: 16,
        ..config
    }
    .validate()
    .unwrap()
}

/// One with few enough unseen pairs, 20, that a measure takes them all.
pub fn strip(seed: u32) -> ValidConfig {
    narrow(
        seed,
        Config {
            pixels: 5,
            labels: 5,
            held_labels: 2,
            pair_labels: 3,
            single_layouts: 3,
            pair_layouts: 5,
            ..Config::default()
        },
    )
}

/// A new model's parameters with embeddings, biases and norms of a size that none of them can hide behind
/// another.
pub fn random_model(config: &ValidConfig) -> Vec<f32> {
    let table = ParamTable::new(config);
    let mut params = table.initialise(config);
    let mut random = fastrand::Rng::with_seed(u64::from(config.seed) + 1);
    for tensor in &table.tensors {
        if ["embedding", "norm", "bias"]
            .iter()
            .any(|part| tensor.name.contains(part))
        {
            params[tensor.range.clone()]
                .iter_mut()
                .for_each(|x| *x += 1.2 * (random.f32() - 0.5));
        }
    }
    params
}

/// The largest of some errors, 0 of none. One that is no number is the largest of all: `f32::max` would leave it
/// out, and the worst of errors that are all NaN would be 0.
pub fn worst<X: Copy + Default + PartialOrd>(errors: impl IntoIterator<Item = X>) -> X {
    let larger = |worst: X, error: X| match worst.partial_cmp(&error) {
        Some(std::cmp::Ordering::Less) => error,
        Some(_) => worst,
        // One of the two is NaN, which cannot be compared with itself.
        None if worst.partial_cmp(&worst).is_some() => error,
        None => worst,
    };
    errors.into_iter().fold(X::default(), larger)
}

pub fn relative(a: f32, b: f32) -> f32 {
    (a / b - 1.0).abs()
}
