//! The GPU engine natively: rungs 2 to 4 of the ladder. Where this machine has no adapter the tests fail, as
//! a skipped test proves nothing; `cargo xtask test` points them to SwiftShader.

#[path = "../common/mod.rs"]
mod common;
mod refused;
mod sizes;

use common::{Fixture, relative};
use leftright::config::{Config, Population, PopulationError, Schedule};
use leftright::engine::cpu::Cpu;
use leftright::engine::gpu::{Gpu, adapter};
use leftright::model::Snapshot;
use leftright::task::{Batch, Sampler};
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

#[test]
fn a_wrong_schedule_fails() {
    common::a_wrong_schedule_fails(|fixture, population, steps| {
        let mut gpu = gpu(population, &fixture.snapshot());
        let loss = |_| block_on(gpu.step_on(&fixture.batch())).unwrap()[0];
        (0..steps).map(loss).collect()
    });
}

/// Two models of every task and variant that differ in seed, labels, layouts, learning rate, schedule and
/// pairs met: the device draws the CPU's batches bit for bit and trains to its losses. Neither 30 nor 22
/// captions are whole tiles.
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
            schedule: Schedule::Cosine,
            schedule_steps: 8,
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

/// A run is its config: the same numbers bit for bit, however the steps are cut into calls.
#[test]
fn same_config_same_run() {
    let small = population(vec![Config {
        d_model: 16,
        heads: 2,
        d_embed: 16,
        batch: 16,
        schedule: Schedule::Cosine,
        schedule_steps: 300,
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
