//! What the GPU engine refuses, and what it does not.

use leftright::config::{Config, Population, PopulationError};
use leftright::engine::EngineError;
use leftright::engine::cpu::Cpu;
use leftright::engine::gpu::{Gpu, adapter};
use leftright::model::Snapshot;
use leftright::training::{AGREEMENT, EngineKind, EngineRequest, first_step, open};
use pollster::block_on;

use super::{gpu, population};

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
