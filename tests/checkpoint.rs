//! Checkpoints: both ways, and what a wrong, truncated or hostile one gets.

mod common;

use std::collections::HashMap;

use common::small;
use leftright::checkpoint::{Contents, MAX_BYTES, load, save};
use leftright::config::{Config, Population, Schedule, ValidConfig};
use leftright::engine::cpu::Cpu;
use leftright::model::{ParamTable, Snapshot};
use leftright::recipe::Recipe;
use proptest::prelude::*;
use safetensors::tensor::{Dtype, TensorView};
use safetensors::{SafeTensors, serialize};

const TRAINED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/trained.safetensors");

fn initial(config: &ValidConfig) -> Snapshot {
    Snapshot::initial(&Population::from(config))
}

/// An engine that has done some steps.
fn trained(config: &ValidConfig, steps: u32) -> Cpu<f32> {
    let mut cpu = Cpu::new(&Population::from(config), &initial(config));
    (0..steps).for_each(|_| drop(cpu.step()));
    cpu
}

#[test]
fn the_references_names_and_numbers_survive() {
    let theirs = std::fs::read(TRAINED).unwrap();
    let (config, snapshot) = load(&theirs).unwrap();
    let ours = save(&config, &snapshot, Contents::Model).unwrap();
    let (a, b) = (
        SafeTensors::deserialize(&theirs).unwrap(),
        SafeTensors::deserialize(&ours).unwrap(),
    );
    assert_eq!(a.len(), b.len());
    for (name, tensor) in a.tensors() {
        let ours = b.tensor(&name).unwrap();
        assert_eq!(
            (tensor.shape(), tensor.data()),
            (ours.shape(), ours.data()),
            "{name}"
        );
    }
}

/// No config in bounds has a training state that its own file is refused for.
#[test]
fn the_largest_training_state_is_read() {
    let mut config = Config {
        layer_norm: true,
        mlp: true,
        ..Config::default()
    };
    for name in [
        "pixels",
        "labels",
        "d_model",
        "d_embed",
        "vision_layers",
        "text_layers",
    ] {
        let most = config
            .fields()
            .into_iter()
            .find(|field| field.name == name)
            .unwrap()
            .max;
        config.set(name, &most.to_string()).unwrap();
    }
    for [layer_norm, mlp] in [[false, false], [true, true]] {
        let config = Config {
            layer_norm,
            mlp,
            ..config.clone()
        };
        let config = config.validate().unwrap();
        let bytes = save(&config, &initial(&config), Contents::Training).unwrap();
        let header = u64::from_le_bytes(*bytes.first_chunk().unwrap());
        println!("{} bytes, {header} of them the header", bytes.len());
        assert!(bytes.len() < MAX_BYTES && load(&bytes).is_ok());
    }
}

/// A header as long as a file may be would take a gigabyte to parse.
#[test]
fn a_header_that_no_model_needs_is_not_parsed() {
    let tensors = (0..6000).map(|i| {
        (
            format!("t{i}"),
            TensorView::new(Dtype::F32, vec![0], &[]).unwrap(),
        )
    });
    let config = serde_json::to_string(&Config::default()).unwrap();
    let bytes = serialize(tensors, Some([("config".to_owned(), config)].into())).unwrap();
    assert!(bytes.len() > 1 << 18);
    assert!(load(&bytes).unwrap_err().to_string().contains("too large"));
}

/// What could not be read again is not written.
#[test]
fn numbers_that_are_not_finite_are_not_saved() {
    let config = small();
    let tensor = ParamTable::new(&config).tensors.swap_remove(2);
    let with = |value: f32, contents| {
        let mut snapshot = initial(&config);
        snapshot.params[tensor.range.start] = value;
        save(&config, &snapshot, contents).map(|bytes| load(&bytes).is_ok())
    };
    assert!(with(7e4, Contents::Model).unwrap());
    assert!(with(65_519.99, Contents::Half).unwrap());
    assert!(with(65_520.0, Contents::Half).is_err());
    let says = "expected numbers that half precision holds, found another";
    let error = with(7e4, Contents::Half).unwrap_err().to_string();
    assert_eq!(error, format!("tensor {}: {says}", tensor.name));
    assert!(
        with(f32::NAN, Contents::Training)
            .unwrap_err()
            .to_string()
            .ends_with("expected finite numbers, found another")
    );
}

/// The bytes of a file are its model's: a hash of one is a name for the other.
#[test]
fn one_model_is_always_the_same_bytes() {
    let config = small();
    let save = || save(&config, &initial(&config), Contents::Training).unwrap();
    let first = save();
    assert!((0..20).all(|_| save() == first));
    let (_, header) = SafeTensors::read_metadata(&first).unwrap();
    let metadata = header.metadata().as_ref().unwrap();
    assert_eq!(metadata["step"], "0");
    assert_eq!(
        serde_json::from_str::<ValidConfig>(&metadata["config"]).unwrap(),
        config
    );
}

#[test]
fn a_training_state_goes_on_where_it_stopped() {
    let config = small();
    let mut cpu = trained(&config, 7);
    let (read, snapshot) = load(&save(&config, &cpu.snapshot(), Contents::Training).unwrap()).unwrap();
    assert_eq!((&read, &snapshot), (&config, &cpu.snapshot()));
    let mut resumed = Cpu::<f32>::new(&Population::from(read), &snapshot);
    for _ in 0..5 {
        assert_eq!(cpu.step(), resumed.step());
    }
}

/// What was written before a setting was there has its default: a checkpoint, a run's JSON.
#[test]
fn a_file_of_before_has_the_defaults_of_what_is_new() {
    let bytes = std::fs::read(TRAINED).unwrap();
    let (_, header) = SafeTensors::read_metadata(&bytes).unwrap();
    let old = &header.metadata().as_ref().unwrap()["config"];
    assert!(!old.contains("schedule"), "{old}");
    let (config, _) = load(&bytes).unwrap();
    assert_eq!(config, ValidConfig::default());
    let run = Recipe::read(format!(r#"{{"config": {old}, "steps": 9}}"#).as_bytes()).unwrap();
    assert_eq!((run.config, run.steps), (Config::default(), 9));
    let new = old.replacen('{', r#"{"schedule": "cosine", "#, 1);
    let run = Recipe::read(format!(r#"{{"config": {new}, "steps": 9}}"#).as_bytes()).unwrap();
    assert_eq!(run.config.schedule, Schedule::Cosine);
}

/// Half precision keeps every weight to its 11 bits, and a file without moments the step it stands at.
#[test]
fn a_half_precision_model_is_read() {
    let config = small();
    let whole = trained(&config, 3).snapshot();
    let bytes = save(&config, &whole, Contents::Half).unwrap();
    assert!(
        bytes.len() < 6 * whole.params.len() / 2,
        "half the bytes, and a header"
    );
    let (_, half) = load(&bytes).unwrap();
    assert_eq!(half.step, 3);
    let pairs = whole.params.iter().zip(&half.params);
    let worst = common::worst(pairs.map(|(a, b)| (a - b).abs() / a.abs().max(6e-5)));
    assert!(worst > 0.0 && worst <= 1.0 / 2048.0, "{worst}");
    assert!(half.first.iter().chain(&half.second).all(|v| *v == 0.0));
}

/// The tensors of a good checkpoint, changed by `edit`, under a header config.
fn edited(config: &str, edit: impl Fn(&mut Vec<(String, Vec<usize>, Vec<u8>)>)) -> Vec<u8> {
    let small = small();
    let bytes = save(&small, &initial(&small), Contents::Model).unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let mut tensors: Vec<_> = file
        .tensors()
        .into_iter()
        .map(|(n, t)| (n, t.shape().to_vec(), t.data().to_vec()))
        .collect();
    tensors.sort();
    edit(&mut tensors);
    let views: Vec<_> = tensors
        .iter()
        .map(|(n, s, d)| (n.clone(), TensorView::new(Dtype::F32, s.clone(), d).unwrap()))
        .collect();
    serialize(
        views,
        Some(HashMap::from([("config".to_owned(), config.to_owned())])),
    )
    .unwrap()
}

#[test]
fn a_wrong_checkpoint_is_refused_by_name() {
    let good = serde_json::to_string(&small()).unwrap();
    assert!(
        load(&edited(&good, |_| ())).is_ok(),
        "the edit that changes nothing must pass"
    );
    let place = |tensors: &[(String, Vec<usize>, Vec<u8>)], name: &str| {
        tensors.iter().position(|t| t.0 == name).unwrap()
    };
    let cases = [
        (
            edited(&good, |t| drop(t.remove(place(t, "text.projection.weight")))),
            "tensor text.projection.weight: expected F32 or F16 [16, 16], found nothing",
        ),
        (
            edited(&good, |t| {
                let i = place(t, "vision.position_embedding.weight");
                t[i].1 = vec![16, 11];
            }),
            "tensor vision.position_embedding.weight: expected F32 or F16 [11, 16], found F32 [16, 11]",
        ),
        (
            edited(&good, |t| {
                let i = place(t, "logit_scale");
                t[i].2 = f32::NAN.to_le_bytes().to_vec();
            }),
            "tensor logit_scale: expected F32 or F16 [1], found a number that is not finite",
        ),
        (
            edited(&good, |t| t[0].0 = "extra".to_owned()),
            "tensor extra: expected no such tensor, found one",
        ),
        (
            edited(r#"{"d_model": 1e9}"#, |_| ()),
            "the header's \"config\" is not ours",
        ),
        (
            edited(r#"{"labels": 9}"#, |_| ()),
            "the checkpoint's config cannot be run: pair_labels is 15",
        ),
    ];
    for (bytes, says) in cases {
        let error = load(&bytes).unwrap_err().to_string();
        assert!(error.starts_with(says), "{error}");
    }
}

/// A header that claims terabytes, or itself to be terabytes long, asks for no memory.
#[test]
fn a_header_that_claims_too_much_is_refused() {
    let mut long = u64::MAX.to_le_bytes().to_vec();
    long.extend_from_slice(b"{}");
    assert!(load(&long).is_err());
    let json = br#"{"logit_scale":{"dtype":"F32","shape":[1000000000000],"data_offsets":[0,4000000000000]}}"#;
    let huge = [&(json.len() as u64).to_le_bytes()[..], json].concat();
    let says = "tensor logit_scale: expected 4000000000000 bytes, found 0, as the file ends there";
    assert_eq!(load(&huge).unwrap_err().to_string(), says);
}

proptest! {
    /// Bytes cut short or overwritten anywhere give an answer, never a panic; what is cut short is an error.
    #[test]
    fn damage_is_an_answer(cut in 0usize..100_000, at in 0usize..4_000, byte: u8) {
        let config = small();
        let mut bytes = save(&config, &initial(&config), Contents::Model).unwrap();
        prop_assert!(load(&bytes[..cut.min(bytes.len() - 1)]).is_err());
        bytes[at] = byte;
        drop(load(&bytes));
    }
}
