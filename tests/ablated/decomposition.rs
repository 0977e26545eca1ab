//! The decomposition's attention, at every layer, against the reference's and the engine's own.

use leftright::analysis::{Ablation, Evaluator, Scene, Term, Tower};
use leftright::config::{Config, Preset};

use super::VARIANTS;
use super::common::Fixture;
use super::model::{Model, asked, cut, error, layers, name};

/// The scenes of a batch that a tower reads, each with the tokens it is made of.
fn scenes(model: &Model, tower: Tower) -> Vec<Scene> {
    let config = &model.config;
    let label = |token: &&u32| (1..=config.labels).contains(*token);
    let captions = model.batch.text.chunks(model.batch.text.len() / model.batch.size);
    let words = |tokens: &[u32]| tokens.iter().filter(label).copied().collect();
    match tower {
        Tower::Text => captions.map(|tokens| Scene::Caption(words(tokens))).collect(),
        Tower::Vision if config.autoregressive => {
            let first = model.towers[0].1.shape.vocab as u32 - config.labels - 1;
            captions
                .map(|tokens| {
                    Scene::Strip(
                        tokens[..config.pixels as usize]
                            .iter()
                            .map(|t| t - first)
                            .collect(),
                    )
                })
                .collect()
        }
        Tower::Vision => model
            .batch
            .vision
            .chunks(1 + config.pixels as usize)
            .map(|tokens| Scene::Strip(tokens[1..].to_vec()))
            .collect(),
    }
}

/// The attention that the decomposition shows of every scene of the batch, `[layers, B, H, length]`.
fn decomposed(model: &Model, tower: Tower, ablations: &[Ablation]) -> Vec<f32> {
    let evaluator = Evaluator::new(&model.config);
    let length = model
        .towers
        .iter()
        .find(|(t, _)| *t == tower)
        .unwrap()
        .1
        .shape
        .length;
    let mut all = Vec::new();
    for layer in 1..=layers(&model.config, tower) {
        for scene in scenes(model, tower) {
            let decomposition = evaluator
                .decompose(&model.params, &scene, layer, ablations)
                .unwrap();
            for head in decomposition.heads {
                all.extend(head.attention.iter().map(|w| *w as f32));
                all.resize(all.len() + length - head.attention.len(), 0.0);
            }
        }
    }
    all
}

#[test]
fn the_decompositions_attention_is_the_references() {
    for fixture in VARIANTS.map(Fixture::open) {
        let model = Model::from_fixture(&fixture);
        for (tower, lists) in asked(&fixture) {
            let attention = fixture.f32(&format!("{}.attention", name(tower)));
            for (list, expected) in lists.iter().zip(attention.chunks(attention.len() / lists.len())) {
                let ours = decomposed(&model, tower, list);
                let off = error(&ours, expected);
                assert!(off < 1e-5, "{} {list:?}: {off}", fixture.name);
                // Negative controls: the heads swapped, and the layers.
                let layers = layers(&fixture.config, tower) as usize;
                let layer = ours.len() / layers;
                let head = layer / model.batch.size / fixture.config.heads as usize;
                for part in [Some(head), (layers == 2).then_some(layer)].into_iter().flatten() {
                    let swapped: Vec<f32> = ours
                        .chunks(2 * part)
                        .flat_map(|both| [&both[part..], &both[..part]].concat())
                        .collect();
                    assert!(error(&swapped, expected) > 1e-3, "{} {list:?}", fixture.name);
                }
            }
        }
    }
}

/// Towers by tables and towers by graphs alike, whatever the preset.
#[test]
fn the_decompositions_attention_is_the_engines() {
    for preset in Preset::ALL {
        // A caption is asked for by its labels, and those mean `left of`: no batch holds another relation
        // here.
        let model = Model::small(Config {
            right: false,
            above: false,
            ..preset.config()
        });
        for (tower, _) in &model.towers {
            for list in [vec![], vec![cut(*tower, 1, &[Term::EP, Term::BP], -0.5)]] {
                let off = error(
                    &decomposed(&model, *tower, &list),
                    &model.encode(*tower, &list).attention,
                );
                assert!(off < 1e-5, "{preset:?} {tower:?} {list:?}: {off}");
            }
            // Negative control: of another ablation.
            let other = model.encode(*tower, &[cut(*tower, 1, &[Term::EP], 0.0)]);
            let off = error(&decomposed(&model, *tower, &[]), &other.attention);
            assert!(off > 1e-3, "{preset:?} {tower:?}");
        }
    }
}
