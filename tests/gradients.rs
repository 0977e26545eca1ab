//! Rung 1 of the ladder: the CPU engine's gradients in f64 against central differences.

use leftright::config::{Config, Population, ValidConfig};
use leftright::engine::cpu::Cpu;
use leftright::model::{ParamTable, Snapshot};
use leftright::task::Sampler;

mod common;
use common::worst;

/// Rounding leaves about 1e-11 of a difference, a few 1e-6 of the smallest gradients.
const NUDGE: f64 = 1e-5;

/// The worst difference between gradient and central difference over some elements of every tensor, relative
/// to the tensor's largest; `wrong` spoils the gradient of one tensor.
fn worst_gradient(config: &ValidConfig, wrong: Option<&str>) -> (String, f64) {
    let table = ParamTable::new(config);
    let population = Population::from(config);
    let mut cpu = Cpu::<f64>::new(&population, &Snapshot::initial(&population));
    // Away from initial symmetry, so that every term has a gradient.
    cpu.params_mut()
        .iter_mut()
        .enumerate()
        .for_each(|(i, p)| *p += 0.1 * ((i * 7919 % 1000) as f64 / 500.0 - 1.0));
    let batch = Sampler::new(config).draw(1);
    cpu.loss_and_gradient(0, &batch);
    let gradient = cpu.gradient().to_vec();
    let mut most = (String::new(), 0.0);
    for tensor in &table.tensors {
        let sign = if wrong == Some(tensor.name.as_str()) {
            -1.0
        } else {
            1.0
        };
        // A key bias' gradient is exactly zero; its difference is the loss' rounding, some 1e-16 * 10 /
        // NUDGE.
        let floor = if tensor.name.ends_with("key.bias") {
            1e-5
        } else {
            1e-6
        };
        let largest = gradient[tensor.range.clone()]
            .iter()
            .fold(floor, |m: f64, g| m.max(g.abs()));
        for i in tensor.range.clone().step_by(1 + tensor.range.len() / 23) {
            let mut loss_at = |nudge: f64| {
                cpu.params_mut()[i] += nudge;
                let loss = cpu.loss_and_gradient(0, &batch);
                cpu.params_mut()[i] -= nudge;
                loss
            };
            let difference = (loss_at(NUDGE) - loss_at(-NUDGE)) / (2.0 * NUDGE);
            let error = (difference - sign * gradient[i]).abs() / largest;
            if worst([most.1, error]).to_bits() != most.1.to_bits() {
                most = (tensor.name.clone(), error);
            }
        }
    }
    most
}

fn configs() -> Vec<ValidConfig> {
    let small = Config {
        d_model: 16,
        heads: 2,
        d_embed: 12,
        batch: 14,
        ..Config::default()
    };
    vec![
        small.clone(),
        Config {
            labels: 7,
            pair_labels: 4,
            held_labels: 3,
            pixels: 5,
            single_layouts: 3,
            pair_layouts: 4,
            ..small.clone()
        },
        Config {
            heads: 1,
            d_model: 8,
            d_embed: 20,
            ..small.clone()
        },
        // The logit scale at its limit has no gradient.
        Config {
            max_scale: 5.0,
            ..small.clone()
        },
    ]
    .into_iter()
    .chain(variants(&small))
    .map(|config| config.validate().unwrap())
    .collect()
}

/// A model of every kind that runs a graph, and every task.
fn variants(small: &Config) -> Vec<Config> {
    let small = Config {
        labels: 8,
        pair_labels: 4,
        held_labels: 3,
        batch: 8,
        d_model: 8,
        d_embed: 8,
        ..small.clone()
    };
    vec![
        Config {
            text_layers: 2,
            right: true,
            ..small.clone()
        },
        Config {
            vision_layers: 4,
            text_layers: 3,
            ..small.clone()
        },
        Config {
            layer_norm: true,
            ..small.clone()
        },
        Config {
            mlp: true,
            ..small.clone()
        },
        Config {
            layer_norm: true,
            mlp: true,
            vision_layers: 2,
            ..small.clone()
        },
        Config {
            grid: true,
            above: true,
            pixels: 9,
            pair_layouts: 8,
            ..small.clone()
        },
        Config {
            objects: 3,
            ..small.clone()
        },
        Config {
            autoregressive: true,
            ..small.clone()
        },
        Config {
            autoregressive: true,
            text_layers: 2,
            layer_norm: true,
            mlp: true,
            ..small
        },
    ]
}

#[test]
fn gradients_are_central_differences() {
    for config in configs() {
        let (name, error) = worst_gradient(&config, None);
        assert!(error < 1e-5, "{name}: {error:.1e} for {config:?}");
    }
}

/// Negative control: each tensor's gradient with its sign turned must fail; a key bias has none to turn.
#[test]
fn a_turned_sign_fails() {
    for config in [&configs()[0], configs().last().unwrap()] {
        for tensor in ParamTable::new(config)
            .tensors
            .iter()
            .filter(|t| !t.name.ends_with("key.bias"))
        {
            let (name, error) = worst_gradient(config, Some(&tensor.name));
            assert!(
                error > 1e-2 && name == tensor.name,
                "{}: {error:.1e} at {name}",
                tensor.name
            );
        }
    }
}

/// Negative control of every test that asks for the worst of some errors: one that is no number is not left out.
#[test]
fn an_error_that_is_no_number_is_the_worst() {
    for errors in [
        vec![f64::NAN],
        vec![f64::NAN, 1.0],
        vec![1.0, f64::NAN],
        vec![0.0, f64::NAN, f64::INFINITY],
    ] {
        assert!(worst(errors.clone()).is_nan(), "{errors:?}");
    }
    assert_eq!(worst([0.5, 2.0, 1.0]), 2.0);
    assert_eq!(worst([0f32; 0]), 0.0);
}
