//! The GPU engine natively: rungs 2 to 4 of the ladder. Where this machine has no adapter the tests fail, as
//! a skipped test proves nothing; `cargo xtask test` points them to SwiftShader.

mod common;

use common::{Fixture, relative};
use leftright::config::{Config, Population, PopulationError};
use leftright::engine::EngineError;
use leftright::engine::cpu::Cpu;
use leftright::engine::gpu::{Gpu, adapter};
use leftright::model::Snapshot;
use leftright::task::{Batch, Sampler};
use leftright::training::{AGREEMENT, EngineKind, EngineRequest, first_step, open};
use pollster::block_on;

fn gpu(population: &Population, from: &Snapshot) -> Gpu {
    block_on(async {
        Gpu::new(&adapter().await.unwrap(), population, from)
            .await
            .unwrap()
    })
}

fn population(configs: Vec<Config>) -> Result<Population, PopulationError> {
    Population::new(
        configs
            .into_iter()
            .map(|config| config.validate().unwrap())
            .collect(),
    )
}

#[test]
fn loss_and_every_gradient() {
    for fixture in Fixture::all() {
        let name = fixture.name;
        let mut gpu = gpu(&fixture.population(), &fixture.snapshot());
        let loss = block_on(gpu.step_on(&fixture.batch())).unwrap()[0];
        let error = relative(loss, fixture.f32("loss")[0]);
        let errors = fixture.step_errors(&block_on(gpu.snapshot()).unwrap());
        println!(
            "{name}: loss {error:.1e}, gradients {:.1e}",
            errors.iter().fold(0f32, |m, (_, e)| m.max(*e))
        );
        assert!(error < 1e-5, "{name}: loss {loss}");
        for (tensor, error) in errors {
            assert!(error < 1e-4, "{name}: {tensor}: {error}");
        }
    }
}

#[test]
fn ten_adamw_losses() {
    for fixture in Fixture::all() {
        let mut gpu = gpu(&fixture.population(), &fixture.snapshot());
        let mut worst = 0f32;
        for (step, expected) in fixture.f32("losses").into_iter().enumerate() {
            let loss = block_on(gpu.step_on(&fixture.batch())).unwrap()[0];
            let error = relative(loss, expected);
            assert!(
                error < 1e-4,
                "{} step {}: {loss} against {expected}",
                fixture.name,
                step + 1
            );
            worst = worst.max(error);
        }
        println!("{}: losses {worst:.1e}", fixture.name);
    }
}

/// Negative control: one object moved to a neighbouring pixel must not pass.
#[test]
fn a_wrong_strip_fails() {
    for fixture in Fixture::all() {
        let mut gpu = gpu(&fixture.population(), &fixture.snapshot());
        block_on(gpu.step_on(&fixture.wrong_batch())).unwrap();
        let errors = fixture.step_errors(&block_on(gpu.snapshot()).unwrap());
        assert!(errors.iter().any(|(_, error)| *error > 1e-3), "{}", fixture.name);
    }
}

/// Two models of every task and variant that differ in seed, labels, layouts, learning rate and pairs met:
/// the device draws the CPU's batches bit for bit and trains to its losses. Neither 30 nor 22 captions are
/// whole tiles.
#[test]
fn a_population_draws_the_same_batches_and_trains_to_the_same_losses() {
    let presets = [
        "left-right",
        "grid-above",
        "three",
        "layer-norm-mlp",
        "autoregressive-mixed",
    ];
    for (preset, batch) in presets
        .map(|preset| (preset, 30))
        .into_iter()
        .chain([("paper", 30), ("paper", 22)])
    {
        let small = Config {
            d_model: 16,
            heads: 2,
            d_embed: 12,
            batch,
            pair_labels: 6,
            ..Config::preset(preset).unwrap()
        };
        let other = Config {
            seed: 9,
            pair_labels: 4,
            lr: 2e-3,
            pair_layouts: 7,
            mixed: false,
            ..small.clone()
        };
        let configs = population(vec![Config { seed: 3, ..small }, other]).unwrap();
        let initial = Snapshot::initial(&configs);
        let mut gpu = gpu(&configs, &initial);
        let mut cpu = Cpu::<f32>::new(&configs, &initial);
        let ours = block_on(gpu.train(10)).unwrap();
        for step in 0..10 {
            for (a, b) in ours[2 * step..].iter().zip(cpu.step()) {
                assert!(
                    relative(*a, b) < 1e-4,
                    "{preset} step {}: gpu {a}, cpu {b}",
                    step + 1
                );
            }
        }
        let tokens = block_on(gpu.tokens()).unwrap();
        for (config, tokens) in configs.iter().zip(tokens.chunks(tokens.len() / 2)) {
            let drawn = |step: u32| {
                let Batch {
                    vision,
                    text,
                    text_query,
                    ..
                } = Sampler::new(config).draw(step);
                [vision, text, text_query].concat()
            };
            assert_eq!(tokens, drawn(10), "{preset}: the device drew another batch");
            assert_ne!(tokens, drawn(9), "{preset}: another step's batch must differ");
        }
    }
}

/// Sizes that are no whole tiles, nor whole workgroups, and every variant at its smallest: the gradients of a
/// step are the CPU engine's. The control: a grid whose last, partly filled tile is left out.
#[test]
fn odd_sizes_are_the_cpus() {
    let odd = Config {
        d_model: 12,
        heads: 3,
        d_embed: 4,
        batch: 2,
        labels: 4,
        pair_labels: 2,
        held_labels: 2,
        ..Config::default()
    };
    let smallest = Config {
        d_model: 8,
        heads: 1,
        pixels: 3,
        single_layouts: 1,
        pair_layouts: 1,
        ..odd.clone()
    };
    let wide = Config {
        d_model: 36,
        heads: 3,
        d_embed: 36,
        batch: 33,
        labels: 7,
        pair_labels: 5,
        ..odd.clone()
    };
    let variants: [(&str, Config); 9] = [
        ("odd", odd.clone()),
        ("smallest", smallest),
        ("wide", wide.clone()),
        (
            "three objects",
            Config {
                objects: 3,
                labels: 6,
                pair_labels: 3,
                held_labels: 3,
                ..odd.clone()
            },
        ),
        (
            "grid",
            Config {
                grid: true,
                above: true,
                pixels: 4,
                single_layouts: 1,
                pair_layouts: 2,
                ..odd.clone()
            },
        ),
        (
            "autoregressive",
            Config {
                autoregressive: true,
                ..odd.clone()
            },
        ),
        (
            "deep",
            Config {
                vision_layers: 2,
                text_layers: 3,
                ..odd.clone()
            },
        ),
        (
            "deep, all",
            Config {
                vision_layers: 2,
                text_layers: 2,
                layer_norm: true,
                mlp: true,
                right: true,
                ..wide.clone()
            },
        ),
        (
            "deep, autoregressive, all",
            Config {
                autoregressive: true,
                text_layers: 2,
                layer_norm: true,
                mlp: true,
                ..wide
            },
        ),
    ];
    let difference = |config: &Config, edit: &dyn Fn(&str, String) -> String| {
        let configs = &population(vec![config.clone()]).unwrap();
        block_on(async {
            let mut gpu = Gpu::edited(
                &adapter().await.unwrap(),
                configs,
                &Snapshot::initial(configs),
                edit,
            )
            .await
            .unwrap();
            first_step(configs, &mut gpu).await.unwrap().1
        })
    };
    for (name, config) in variants {
        let error = difference(&config, &|_, source| source);
        println!("{name}: {error:.1e}");
        assert!(error < AGREEMENT, "{name}: {error}");
    }
    let rounded_down = |name: &str, source: String| {
        if name == "matmul" {
            source.replace("+ 31u) / 32u", "+ 0u) / 32u")
        } else {
            source
        }
    };
    let wide = Config {
        d_model: 36,
        heads: 3,
        d_embed: 36,
        ..Config::default()
    };
    assert!(difference(&wide, &rounded_down) > AGREEMENT);
}

/// A run is its config: the same numbers bit for bit, however the steps are cut into calls.
#[test]
fn same_config_same_run() {
    let small = population(vec![Config {
        d_model: 16,
        heads: 2,
        d_embed: 16,
        batch: 16,
        ..Config::default()
    }])
    .unwrap();
    let initial = Snapshot::initial(&small);
    let run = |cuts: &[u32]| {
        let mut gpu = gpu(&small, &initial);
        let losses: Vec<f32> = cuts
            .iter()
            .flat_map(|n| block_on(gpu.train(*n)).unwrap())
            .collect();
        (losses, block_on(gpu.snapshot()).unwrap())
    };
    assert_eq!(run(&[150]), run(&[1, 9, 140]));
}

/// Whether the GPU may run does not depend on how far a model is trained; a wrong shader may not, wherever it
/// starts from.
#[test]
fn a_trained_model_opens_and_a_wrong_shader_does_not() {
    let trained = std::fs::read(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/fixtures/trained.safetensors"
    ))
    .unwrap();
    let (config, mut snapshot) = leftright::checkpoint::load(&trained).unwrap();
    let configs = &Population::from(config);
    // Until its gradients are what large numbers leave of each other.
    let mut cpu = Cpu::<f32>::new(configs, &snapshot);
    (0..500).for_each(|_| drop(cpu.step()));
    snapshot = cpu.snapshot();
    let (engine, info) = block_on(open(configs, &snapshot, EngineRequest::Gpu)).unwrap();
    assert_eq!(
        (info.kind, block_on(engine.snapshot()).unwrap()),
        (EngineKind::Gpu, snapshot.clone())
    );
    let wrong = |name: &str, source: String| match name {
        "attention" => source.replace(
            "op.scale * weight * (logits[i] - mean)",
            "-op.scale * weight * (logits[i] - mean)",
        ),
        _ => source,
    };
    for (edit, right) in [
        (
            &(|_: &str, source: String| source) as &dyn Fn(&str, String) -> String,
            true,
        ),
        (&wrong, false),
    ] {
        let difference = block_on(async {
            let mut gpu = Gpu::edited(&adapter().await.unwrap(), configs, &snapshot, edit)
                .await
                .unwrap();
            first_step(configs, &mut gpu).await.unwrap().1
        });
        assert_eq!(difference <= AGREEMENT, right, "{difference}");
    }
}

#[test]
fn a_lost_device_is_an_error() {
    let small = population(vec![Config {
        d_model: 16,
        heads: 2,
        d_embed: 16,
        batch: 16,
        ..Config::default()
    }])
    .unwrap();
    let mut gpu = gpu(&small, &Snapshot::initial(&small));
    block_on(gpu.train(2)).unwrap();
    gpu.destroy();
    assert!(matches!(block_on(gpu.train(2)), Err(EngineError::DeviceLost(_))));
}

#[test]
fn what_is_no_population_is_refused() {
    for (name, value) in [
        ("d_model", "64"),
        ("right", "true"),
        ("text_layers", "2"),
        ("layer_norm", "true"),
        ("autoregressive", "true"),
    ] {
        let mut other = Config::default();
        other.set(name, value).unwrap();
        assert_eq!(
            population(vec![Config::default(), other]),
            Err(PopulationError::Shapes(name))
        );
    }
    // Three labels make fewer captions than a batch holds.
    let few = Config {
        pair_labels: 3,
        ..Config::default()
    };
    assert_eq!(
        population(vec![Config::default(), few]),
        Err(PopulationError::Shapes("batch"))
    );
    assert_eq!(population(Vec::new()), Err(PopulationError::Empty));
}

#[test]
fn what_does_not_fit_is_refused() {
    let refusal = |configs: Vec<Config>| {
        let (configs, nothing) = (population(configs).unwrap(), Snapshot::default());
        block_on(async {
            Gpu::new(&adapter().await.unwrap(), &configs, &nothing)
                .await
                .err()
                .unwrap()
        })
    };
    let wide = Config {
        d_model: 256,
        vision_layers: 4,
        text_layers: 4,
        mlp: true,
        batch: 1024,
        ..Config::default()
    };
    assert!(matches!(
        refusal(vec![wide.clone(), wide.clone(), wide]),
        EngineError::TooLarge { .. }
    ));
}
