//! What a model starts from: today's presets bit for bit, PyTorch's bounds, and the reference's own numbers.

mod common;

use common::{Fixture, worst};
use leftright::config::{Config, Preset, Start, ValidConfig};
use leftright::model::ParamTable;
use leftright::rng::{Stream, key, normal};

fn initial(config: &ValidConfig) -> Vec<f32> {
    ParamTable::new(config).initialise(config)
}

/// The standard deviation of row `row` of a tensor as the first release had it: there were no starts then.
fn first_release(config: &Config, name: &str, shape: &[usize], row: usize) -> Option<f64> {
    let read = if name.starts_with("decoder") {
        0
    } else {
        config.labels as usize + 1
    };
    let part = name.rsplit('.').nth(1).unwrap_or(name);
    match part {
        "token_embedding" if row == read && !name.starts_with("text") => Some(1.0),
        "token_embedding" => Some(0.1),
        "position_embedding" => Some(0.02),
        _ if shape.len() == 2 => Some((shape[1] as f64).powf(-0.5)),
        _ => None,
    }
}

/// A preset's model of seed 5 is what it was before there were starts, to the last bit.
#[test]
fn every_preset_starts_as_it_always_did() {
    for preset in Preset::ALL {
        let config = Config {
            seed: 5,
            ..preset.config()
        }
        .validate()
        .unwrap();
        let params = initial(&config);
        for (place, tensor) in ParamTable::new(&config).tensors.iter().enumerate() {
            let key = key(5, Stream::Init, place as u32);
            let width = *tensor.shape.last().unwrap();
            for (i, x) in params[tensor.range.clone()].iter().enumerate() {
                let expected = match first_release(&config, &tensor.name, &tensor.shape, i / width) {
                    Some(std) => std as f32 * normal(key, i as u32),
                    None if tensor.name == "logit_scale" => (1.0f64 / 0.07).ln() as f32,
                    None if tensor.name.ends_with("bias") => 0.0,
                    None => 1.0,
                };
                assert_eq!(
                    x.to_bits(),
                    expected.to_bits(),
                    "{preset:?}: {} at {i}",
                    tensor.name
                );
            }
        }
    }
}

/// The numbers of every tensor whose name ends so.
fn ending<'a>(config: &ValidConfig, params: &'a [f32], end: &str) -> Vec<(&'a [f32], usize)> {
    let tensors = ParamTable::new(config)
        .tensors
        .into_iter()
        .filter(|t| t.name.ends_with(end));
    tensors
        .map(|t| (&params[t.range], *t.shape.last().unwrap()))
        .collect()
}

fn deviation(x: &[f32]) -> f64 {
    (x.iter().map(|v| f64::from(*v).powi(2)).sum::<f64>() / x.len() as f64).sqrt()
}

/// `torch.nn.Linear` draws weights and biases from U(-d^-0.5, d^-0.5), `torch.nn.Embedding` from N(0, 1).
#[test]
fn pytorch_is_uniform_within_its_bounds() {
    let config = Start::PyTorch.of(&Preset::Mlp.config()).validate().unwrap();
    let params = initial(&config);
    for end in ["attention.query.", "attention.output.", "mlp.up.", "mlp.down."] {
        for (weight, inputs) in ending(&config, &params, &format!("{end}weight")) {
            let bound = (inputs as f64).powf(-0.5) as f32;
            let (bias, _) = ending(&config, &params, &format!("{end}bias"))[0];
            for (numbers, near) in [(weight, 0.999), (bias, 0.9)] {
                let largest = numbers.iter().fold(0f32, |m, x| m.max(x.abs()));
                assert!(
                    largest < bound && largest > near * bound,
                    "{end} {largest} {bound}"
                );
                assert!((deviation(numbers) / f64::from(bound) - 1.0 / 3f64.sqrt()).abs() < 0.1);
            }
        }
    }
    for (embedding, _) in ending(&config, &params, "embedding.weight") {
        assert!((deviation(embedding) - 1.0).abs() < 0.1);
    }
    // The control: a normal distribution of the same deviation goes beyond the bound.
    let normal = Config {
        linear: leftright::config::Distribution::Normal,
        ..config.clone().into()
    };
    let normal = normal.validate().unwrap();
    let params = initial(&normal);
    let (weight, inputs) = ending(&normal, &params, "vision.layers.0.attention.query.weight")[0];
    assert!(weight.iter().any(|x| x.abs() > (inputs as f32).powf(-0.5)));
}

/// The text tower's positions have a scale of their own; by default it is the vision tower's.
#[test]
fn clips_text_positions_are_fainter() {
    let positions = |start: Start| {
        let config = start.of(&Config::default()).validate().unwrap();
        let params = initial(&config);
        let towers = ending(&config, &params, "position_embedding.weight");
        [deviation(towers[0].0), deviation(towers[1].0)]
    };
    let near = |x: f64, std: f64| (x / std - 1.0).abs() < 0.1;
    let [vision, text] = positions(Start::Clip);
    assert!(
        near(vision, 128f64.powf(-0.5)) && near(text, 0.01),
        "{vision} {text}"
    );
    let [vision, text] = positions(Start::Paper);
    assert!(near(vision, 0.02) && near(text, 0.02), "{vision} {text}");
}

/// From the same seed the reference draws the same tensors; its logarithm and cosine may round otherwise.
#[test]
fn the_reference_starts_from_the_same_numbers() {
    for name in ["step_pytorch", "step_clip"] {
        let fixture = Fixture::open(name);
        let reference = fixture.params("param.");
        let apart = |config: Config| {
            let ours = initial(&config.validate().unwrap());
            let pairs = ours.iter().zip(&reference);
            worst(pairs.map(|(a, b)| (a - b).abs() / b.abs().max(f32::MIN_POSITIVE)))
        };
        let config: Config = fixture.config.clone().into();
        let start: Start = name.trim_start_matches("step_").parse().unwrap();
        assert_eq!(start.of(&config), config, "{name}");
        assert!(apart(config.clone()) < 3e-7, "{name}: {}", apart(config.clone()));
        // Negative controls: another seed, another start.
        assert!(
            apart(Config {
                seed: config.seed + 1,
                ..config.clone()
            }) > 0.1,
            "{name}"
        );
        assert!(apart(Start::Paper.of(&config)) > 0.1, "{name}");
    }
}

/// What is said of a setting by its name overrules the start, which goes by the width that is asked for.
#[test]
fn a_start_goes_by_the_width_and_settings_overrule_it() {
    let with = |settings: &[(&str, &str)]| {
        Config::default()
            .with(Some(Start::Clip), settings.iter().copied())
            .unwrap()
    };
    assert_eq!(with(&[]), Start::Clip.of(&Config::default()));
    let config = with(&[("d_model", "64"), ("token_std", "0.5")]);
    assert_eq!(
        (config.cls_std, config.token_std, config.d_model),
        (0.125, 0.5, 64)
    );
    let none = Config::default().with(None, [("lr", "0.5")].into_iter()).unwrap();
    assert_eq!(
        none,
        Config {
            lr: 0.5,
            ..Config::default()
        }
    );
    assert!(
        Config::default()
            .with(Some(Start::Clip), [("depth", "3")].into_iter())
            .is_err()
    );
}
