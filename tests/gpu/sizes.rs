//! Sizes that fill no tile.

use leftright::config::Config;
use leftright::engine::gpu::{Gpu, adapter};
use leftright::model::Snapshot;
use leftright::training::{AGREEMENT, first_step};
use pollster::block_on;

use super::population;

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
