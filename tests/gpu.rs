//! The GPU engine natively: rungs 2 to 4 of the ladder. Where this machine has no adapter the tests fail, as a skipped
//! test proves nothing; `cargo xtask test` points them to SwiftShader.

mod common;

use common::{Fixture, relative};
use leftright::config::Config;
use leftright::engine::cpu::Cpu;
use leftright::engine::gpu::{Gpu, adapter};
use leftright::engine::{EngineError, Snapshot};
use leftright::task::Sampler;
use pollster::block_on;

fn gpu(configs: &[Config], from: &Snapshot) -> Gpu {
    block_on(async { Gpu::new(&adapter().await.unwrap(), configs, from).await.unwrap() })
}

#[test]
fn fixture_loss_and_every_gradient() {
    let fixture = Fixture::open("step_paper");
    let mut gpu = gpu(std::slice::from_ref(&fixture.config), &fixture.snapshot());
    let loss = block_on(gpu.step_on(&fixture.batch())).unwrap()[0];
    assert!(relative(loss, fixture.f32("loss")[0]) < 1e-5, "loss {loss}");
    for (name, error) in fixture.gradient_errors(&block_on(gpu.gradients()).unwrap()) {
        println!("{name}: {error:.1e}");
        assert!(error < 1e-4, "{name}: {error}");
    }
}

#[test]
fn fixture_ten_adamw_losses() {
    let fixture = Fixture::open("step_paper");
    let mut gpu = gpu(std::slice::from_ref(&fixture.config), &fixture.snapshot());
    for (step, expected) in fixture.f32("losses").into_iter().enumerate() {
        let loss = block_on(gpu.step_on(&fixture.batch())).unwrap()[0];
        println!("step {}: {loss} {:.1e}", step + 1, relative(loss, expected));
        assert!(relative(loss, expected) < 1e-4, "step {}: {loss} against {expected}", step + 1);
    }
}

/// Negative control: one object moved to a neighbouring pixel must not pass.
#[test]
fn a_wrong_strip_fails() {
    let fixture = Fixture::open("step_paper");
    let mut gpu = gpu(std::slice::from_ref(&fixture.config), &fixture.snapshot());
    let mut batch = fixture.batch();
    let object = (1..10).find(|i| (batch.vision[*i] > 0) != (batch.vision[i + 1] > 0)).unwrap();
    batch.vision.swap(object, object + 1);
    block_on(gpu.step_on(&batch)).unwrap();
    let errors = fixture.gradient_errors(&block_on(gpu.gradients()).unwrap());
    assert!(errors.iter().any(|(_, error)| *error > 1e-3));
}

/// Two models that differ in seed, labels and learning rate: the device draws the CPU's batches and trains to its losses.
#[test]
fn a_population_draws_the_same_batches_and_trains_to_the_same_losses() {
    let small = Config { d_model: 32, heads: 2, d_embed: 24, batch: 30, ..Config::default() };
    let configs = [Config { seed: 3, ..small.clone() }, Config { seed: 9, pair_labels: 4, lr: 2e-3, pair_layouts: 7, ..small }];
    let initial = Snapshot::initial(&configs);
    let mut gpu = gpu(&configs, &initial);
    let mut cpu = Cpu::<f32>::new(&configs, &initial);
    let ours = block_on(gpu.train(10)).unwrap();
    for step in 0..10 {
        for (a, b) in ours[2 * step..].iter().zip(cpu.step()) {
            assert!(relative(*a, b) < 1e-4, "step {}: gpu {a}, cpu {b}", step + 1);
        }
    }
    let tokens = block_on(gpu.tokens()).unwrap();
    for (config, tokens) in configs.iter().zip(tokens.chunks(tokens.len() / 2)) {
        let expected = Sampler::new(config).draw(10);
        let (vision, rest) = tokens.split_at(32 * 11);
        let (text, query) = rest.split_at(32 * 9);
        assert_eq!(vision[..expected.vision.len()], expected.vision[..]);
        assert_eq!(text[..expected.text.len()], expected.text[..]);
        assert_eq!(query[..expected.size], expected.text_query[..]);
        assert_ne!(vision[..expected.vision.len()], Sampler::new(config).draw(9).vision[..], "another step's batch must differ");
    }
}

/// A run is its config: the same numbers bit for bit, however the steps are cut into calls.
#[test]
fn same_config_same_run() {
    let config = Config { d_model: 16, heads: 2, d_embed: 16, batch: 16, ..Config::default() };
    let initial = Snapshot::initial(std::slice::from_ref(&config));
    let run = |cuts: &[u32]| {
        let mut gpu = gpu(std::slice::from_ref(&config), &initial);
        let losses: Vec<f32> = cuts.iter().flat_map(|n| block_on(gpu.train(*n)).unwrap()).collect();
        (losses, block_on(gpu.snapshot()).unwrap())
    };
    assert_eq!(run(&[150]), run(&[1, 9, 140]));
}

#[test]
fn a_lost_device_is_an_error() {
    let config = Config { d_model: 16, heads: 2, d_embed: 16, batch: 16, ..Config::default() };
    let mut gpu = gpu(std::slice::from_ref(&config), &Snapshot::initial(std::slice::from_ref(&config)));
    block_on(gpu.train(2)).unwrap();
    gpu.destroy();
    assert!(matches!(block_on(gpu.train(2)), Err(EngineError::DeviceLost(_))));
}

#[test]
fn models_of_two_shapes_are_refused() {
    let configs = [Config::default(), Config { d_model: 64, ..Config::default() }];
    let initial = Snapshot::initial(&configs);
    let error = block_on(async { Gpu::new(&adapter().await.unwrap(), &configs, &initial).await.err().unwrap() });
    assert_eq!(error, EngineError::Shapes("d_model"));
}

/// What the shaders do not cover is refused by name, not trained wrongly.
#[test]
fn a_variant_beyond_the_shaders_is_refused() {
    for (name, setting) in [("grid", "grid"), ("left-right", "right"), ("layer-norm", "layer_norm"), ("autoregressive", "autoregressive")] {
        let configs = [Config::preset(name).unwrap()];
        let initial = Snapshot::initial(&configs);
        let error = block_on(async { Gpu::new(&adapter().await.unwrap(), &configs, &initial).await.err().unwrap() });
        assert!(error.to_string().contains(setting), "{error}");
    }
}
