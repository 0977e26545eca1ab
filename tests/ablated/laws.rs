//! What can change nothing, and what is refused.

use leftright::analysis::{Ablation, Term, Tower, strengths};
use leftright::config::Preset;

use super::VARIANTS;
use super::common::Fixture;
use super::model::{Model, cut, error, layers};

/// How far an ablation moves a tower's embeddings.
fn change(model: &Model, ablation: Ablation) -> f32 {
    let tower = ablation.tower;
    error(
        &model.encode(tower, &[ablation]).embedding,
        &model.encode(tower, &[]).embedding,
    )
}

const SHIFTS: [Term; 3] = [Term::EB, Term::PB, Term::BB];
const OTHERS: [Term; 7] = [
    Term::EE,
    Term::EP,
    Term::PE,
    Term::PP,
    Term::BE,
    Term::BP,
    Term::VP,
];

/// In layer 1, and beyond it where there is neither norm nor MLP, EB, PB and BB shift a row of logits alike:
/// they change nothing. Every other term does.
#[test]
fn shifts_change_nothing_on_every_preset() {
    for preset in Preset::ALL {
        let model = Model::small(preset.config());
        for (tower, _) in &model.towers {
            for layer in 1..=layers(&model.config, *tower) {
                for term in SHIFTS {
                    let moved = change(&model, cut(*tower, layer, &[term], -1.0));
                    assert!(
                        moved < 1e-5,
                        "{preset:?} {tower:?} layer {layer} {term:?}: {moved}"
                    );
                }
                for term in OTHERS {
                    let moved = change(&model, cut(*tower, layer, &[term], -1.0));
                    assert!(
                        moved > 1e-3,
                        "{preset:?} {tower:?} layer {layer} {term:?}: {moved}"
                    );
                }
            }
        }
    }
}

/// Beyond layer 1 a norm's scale or an MLP's gate makes the bias part differ from row to row: there the three
/// terms count.
#[test]
fn beyond_layer_one_shifts_count_where_rows_are_scaled() {
    for name in ["ablated_two_norm_mlp", "ablated_autoregressive_two"] {
        let model = Model::from_fixture(&Fixture::open(name));
        for term in SHIFTS {
            let moved = change(&model, cut(Tower::Vision, 2, &[term], -1.0));
            assert!(moved > 1e-3, "{name} {term:?}: {moved}");
        }
    }
}

#[test]
fn strength_one_changes_nothing_in_any_layer() {
    for fixture in VARIANTS.map(Fixture::open) {
        let model = Model::from_fixture(&fixture);
        for (tower, _) in &model.towers {
            let all = [Term::LOGIT.as_slice(), &[Term::VP]].concat();
            for layer in 1..=layers(&fixture.config, *tower) {
                // Beside a cut in one head of one term, so that the layer is computed from its terms.
                let small = Ablation {
                    heads: Some(vec![0]),
                    ..cut(*tower, layer, &[Term::EB], 1.0 + 1e-12)
                };
                let one = model.encode(*tower, &[cut(*tower, layer, &all, 1.0), small]);
                let off = error(&one.embedding, &model.encode(*tower, &[]).embedding);
                assert!(off < 1e-5, "{} {tower:?} layer {layer}: {off}", fixture.name);
            }
        }
    }
}

#[test]
fn a_layer_or_a_tower_that_is_not_there_is_refused() {
    let refused = |name: &'static str, tower, layer| {
        strengths(
            &Fixture::open(name).config,
            tower,
            &[cut(tower, layer, &[Term::EP], 0.0)],
        )
        .unwrap_err()
        .to_string()
    };
    assert_eq!(
        refused("ablated_plain", Tower::Vision, 2),
        "layer is 2, but must be 1, the tower's only one"
    );
    assert_eq!(
        refused("ablated_two", Tower::Text, 3),
        "layer is 3, but must be between 1 and 2"
    );
    assert_eq!(
        refused("ablated_autoregressive_two", Tower::Vision, 0),
        "layer is 0, but must be between 1 and 2"
    );
    assert_eq!(
        refused("ablated_autoregressive", Tower::Text, 1),
        "tower is text, but must be vision: an autoregressive model has one Transformer, which goes by that name"
    );
}

/// An ablation as JSON says its terms and strength; the rest is the vision tower's first layer, every head.
#[test]
fn what_an_ablation_leaves_out_is_the_first_layer() {
    let ablation: Ablation = serde_json::from_str(r#"{ "terms": ["EP"], "strength": 0.5 }"#).unwrap();
    assert_eq!(ablation, cut(Tower::Vision, 1, &[Term::EP], 0.5));
}
