//! Every ablation against the f64 reference (`tests/oracle/ablated.py`).

use leftright::analysis::{Ablation, Term};
use leftright::config::Config;

use super::VARIANTS;
use super::common::Fixture;
use super::model::{Model, asked, error, layers, name};

#[test]
fn every_ablation_is_the_references() {
    for fixture in VARIANTS.map(Fixture::open) {
        let (model, asked) = (Model::from_fixture(&fixture), asked(&fixture));
        for (tower, lists) in &asked {
            let [embeddings, attention] =
                ["embedding", "attention"].map(|what| fixture.f32(&format!("{}.{what}", name(*tower))));
            let (width, weights) = (embeddings.len() / lists.len(), attention.len() / lists.len());
            for (i, list) in lists.iter().enumerate() {
                // What is cut in the other tower changes nothing in this one.
                let others = asked
                    .iter()
                    .filter(|(other, _)| other != tower)
                    .flat_map(|(_, lists)| lists[1].clone());
                let list: Vec<Ablation> = list.iter().cloned().chain(others).collect();
                let ours = model.encode(*tower, &list);
                let off = [
                    error(&ours.embedding, &embeddings[i * width..][..width]),
                    error(&ours.attention, &attention[i * weights..][..weights]),
                ];
                assert!(
                    off.iter().all(|off| *off < 1e-5),
                    "{} {list:?}: {off:?}",
                    fixture.name
                );
            }
        }
    }
}

/// One thing wrong in an ablation, unless it has nothing of the kind.
type Wrong = fn(&mut Ablation, &Config) -> bool;

const WRONG: [(&str, Wrong); 4] = [
    ("its sign turned", |a, _| {
        a.strength = -a.strength;
        a.strength != 0.0
    }),
    ("the other head", |a, _| {
        a.heads.iter_mut().flatten().for_each(|head| *head = 1 - *head);
        a.heads.is_some()
    }),
    ("the other layer", |a, config| {
        a.layer = 3 - a.layer;
        layers(config, a.tower) == 2
    }),
    ("query and key swapped", |a, _| match &mut a.terms[..] {
        [term] => {
            let swapped: String = term.name().chars().rev().collect();
            swapped
                .parse::<Term>()
                .is_ok_and(|swapped| std::mem::replace(term, swapped) != swapped)
        }
        _ => false,
    }),
];

/// Negative control: an ablation with one thing wrong is not the reference's, wherever the right one changes
/// something.
#[test]
fn a_wrong_ablation_fails() {
    let mut tried = [0; WRONG.len()];
    for fixture in VARIANTS.map(Fixture::open) {
        let model = Model::from_fixture(&fixture);
        for (tower, lists) in asked(&fixture) {
            let embeddings = fixture.f32(&format!("{}.embedding", name(tower)));
            let mut expected = embeddings.chunks(embeddings.len() / lists.len());
            let unablated = expected.next().unwrap();
            for (list, expected) in lists[1..]
                .iter()
                .zip(expected)
                .filter(|(_, expected)| error(expected, unablated) > 1e-4)
            {
                for ((what, wrong), tried) in WRONG.iter().zip(&mut tried) {
                    let mut list = list.clone();
                    if list.len() > 1 || !wrong(&mut list[0], &fixture.config) {
                        continue;
                    }
                    let off = error(&model.encode(tower, &list).embedding, expected);
                    assert!(off > 1e-4, "{} {list:?} with {what}: {off}", fixture.name);
                    *tried += 1;
                }
            }
        }
    }
    assert!(tried.iter().all(|tried| *tried >= 10), "{tried:?}");
}
