//! What one text layer can say of scenes that are captioned from either side, and what it cannot
//! (`src/analysis/factors.rs`).

mod common;

use common::random_model;
use leftright::analysis::{AnalysisError, Evaluator};
use leftright::config::{Config, ValidConfig};
use leftright::model::ParamTable;
use leftright::task::{Caption, Relation, Split, cls, eot};

fn two_sided(seed: u32, text_layers: u32) -> ValidConfig {
    Config {
        seed,
        right: true,
        text_layers,
        labels: 5,
        pair_labels: 3,
        held_labels: 2,
        d_model: 32,
        heads: 2,
        d_embed: 8,
        ..Config::default()
    }
    .validate()
    .unwrap()
}

/// A model's parameters, all of them 0, to be set by name.
struct ByHand {
    table: ParamTable,
    params: Vec<f32>,
}

impl ByHand {
    fn new(config: &ValidConfig) -> ByHand {
        let table = ParamTable::new(config);
        let params = vec![0.0; table.len];
        ByHand { table, params }
    }

    /// Sets a matrix in a row and a column.
    fn set(&mut self, name: &str, row: u32, column: u32, value: f32) {
        let tensor = self.table.tensors.iter().find(|tensor| tensor.name == name);
        let tensor = tensor.unwrap_or_else(|| panic!("there is no {name}"));
        assert!((row as usize) < tensor.shape[0] && (column as usize) < tensor.shape[1]);
        self.params[tensor.range.start + row as usize * tensor.shape[1] + column as usize] = value;
    }
}

/// A model with one text layer that reads the left object on both sides. Vision: of the objects, CLS attends
/// to the one on the left. Text: head 0 reads the first label unless `right` draws its attention away, head
/// 1 the second unless `left` does. `draw` is the logit of the words.
fn by_hand(config: &ValidConfig, draw: f32) -> Vec<f32> {
    // Columns of the residual stream: a label x has x - 1; then the words, the tokens that read, places.
    let [left, right, read, first, second, at] = [8, 9, 10, 11, 12, 13];
    let (mut model, k) = (ByHand::new(config), config.d_head() as u32);
    for tower in ["vision", "text"] {
        let attention = |map: &str| format!("{tower}.layers.0.attention.{map}.weight");
        for head in 0..2 {
            // The query is 1 times the root of K, in the head's first place.
            model.set(&attention("query"), head * k, read, (k as f32).sqrt());
            for x in 0..config.labels {
                model.set(&attention("value"), head * k + x, x, 1.0);
                model.set(&attention("output"), x, head * k + x, 1.0);
            }
        }
        for x in 0..config.labels {
            model.set(&format!("{tower}.token_embedding.weight"), x + 1, x, 1.0);
            model.set(&format!("{tower}.projection.weight"), x, x, 1.0);
        }
    }
    let tokens = |relation| Caption::Pair(relation, 1, 2).tokens(config.labels);
    for (token, column) in [
        (tokens(Relation::Left)[5], left),
        (tokens(Relation::Right)[5], right),
        (eot(config), read),
    ] {
        model.set("text.token_embedding.weight", token, column, 1.0);
    }
    model.set("text.position_embedding.weight", 1, first, 1.0);
    model.set("text.position_embedding.weight", 7, second, 1.0);
    for (head, place, shuts) in [(0, first, right), (1, second, left)] {
        model.set("text.layers.0.attention.key.weight", head * k, place, 20.0);
        model.set("text.layers.0.attention.key.weight", head * k, shuts, draw);
    }
    model.set("vision.token_embedding.weight", cls(config), read, 1.0);
    for pixel in 0..config.pixels {
        model.set(
            "vision.position_embedding.weight",
            pixel + 1,
            at,
            -5.0 * pixel as f32,
        );
    }
    for head in 0..2 {
        model.set("vision.layers.0.attention.key.weight", head * k, at, 1.0);
        for x in 0..config.labels {
            model.set("vision.layers.0.attention.key.weight", head * k, x, 100.0);
        }
    }
    model.params
}

/// One layer is able: two heads that words shut make an exclusive or. Without the words' draw on their
/// attention the same heads order nothing.
#[test]
fn one_layer_can_read_the_left_object() {
    let config = two_sided(0, 1);
    let evaluator = Evaluator::new(&config);
    let order = |draw: f32| {
        [Split::Seen, Split::Unseen].map(|split| {
            let accuracy = evaluator.accuracy(&by_hand(&config, draw), &[], split).unwrap();
            accuracy.order.unwrap()
        })
    };
    assert_eq!(order(40.0), [1.0, 1.0]);
    assert_eq!(order(0.0), [0.5, 0.5]);
    // All that the stream tells of a pair's captions is the scene.
    let (_, [_, _, scene]) = evaluator.factors(&by_hand(&config, 40.0), 1).unwrap()[0];
    assert!(scene > 0.999, "{scene}");
}

/// Where no word changes a denominator, EOT's row in layer 1 is a sum of what the words and labels give: the
/// scene, the interaction, is no part of it. A second layer makes it one all the same.
#[test]
fn without_denominators_one_layer_is_a_sum() {
    for seed in 0..4 {
        for layers in [1, 2] {
            let config = two_sided(seed, layers);
            let (evaluator, own) = (Evaluator::new(&config), random_model(&config));
            let mut even = own.clone();
            for tensor in ParamTable::new(&config).tensors {
                if tensor.name.starts_with("text.layers.0.attention.query") {
                    even[tensor.range].fill(0.0);
                }
            }
            let at_eot = |params: &[f32], layer: u32| {
                let (place, shares) = *evaluator.factors(params, layer).unwrap().last().unwrap();
                assert!(place == 8 && (shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
                shares[2]
            };
            assert!(at_eot(&even, 1) < 1e-10, "{}", at_eot(&even, 1));
            assert!(at_eot(&own, 1) > 1e-6, "{}", at_eot(&own, 1));
            if layers == 2 {
                assert!(at_eot(&even, 2) > 1e-6, "{}", at_eot(&even, 2));
            }
        }
    }
}

/// What stands before the word knows nothing of it, so patched from the caption with the other word it is
/// what it was; what stands there or behind is not. A caption of one object has no other.
#[test]
fn a_patch_changes_what_knows_the_word() {
    let config = two_sided(1, 2);
    let (evaluator, params) = (Evaluator::new(&config), random_model(&config));
    let own = evaluator.embed_captions(&params, &[]).unwrap();
    let e = config.d_embed as usize;
    let changed = |place: usize| -> Vec<f32> {
        let patched = evaluator.embed_captions_patched(&params, place).unwrap();
        let far = |(a, b): (&[f32], &[f32])| common::worst(a.iter().zip(b).map(|(a, b)| (a - b).abs()));
        own.chunks(e).zip(patched.chunks(e)).map(far).collect()
    };
    let singles = config.labels as usize;
    for place in 0..5 {
        assert!(changed(place).iter().all(|far| *far < 1e-5), "{place}");
    }
    for place in 5..9 {
        let changed = changed(place);
        let (single, pairs) = changed.split_at(singles);
        assert!(single.iter().all(|far| *far < 1e-5), "{place}: {single:?}");
        assert!(pairs.iter().all(|far| *far > 1e-4), "{place}: {pairs:?}");
    }
}

#[test]
fn models_without_two_sides_or_layers_are_refused() {
    let says = |error: Option<AnalysisError>| error.unwrap().to_string();
    let one = two_sided(0, 1);
    let (evaluator, params) = (Evaluator::new(&one), random_model(&one));
    assert_eq!(
        says(evaluator.embed_captions_patched(&params, 5).err()),
        "layer is 2, but must be 1, the tower's only one"
    );
    assert_eq!(
        says(evaluator.factors(&params, 2).err()),
        "layer is 2, but must be 1, the tower's only one"
    );
    let left = Config::default().validate().unwrap();
    let refused = Evaluator::new(&left).factors(&random_model(&left), 1).err();
    assert_eq!(
        says(refused),
        "the captions of this model do not say left and right of one pair"
    );
}
