//! Image-text alignment on models whose label embeddings are made to be rotations of each other, or to have
//! nothing in common.

mod common;

use common::random_model;
use leftright::analysis::Evaluator;
use leftright::config::{Config, ValidConfig};
use leftright::model::ParamTable;

const D: usize = 8;

fn config() -> ValidConfig {
    Config {
        d_model: D as u32,
        heads: 2,
        d_embed: D as u32,
        ..Config::default()
    }
    .validate()
    .unwrap()
}

/// A rotation: every number in the place of its neighbour, some with the other sign.
fn rotated(x: &[f32]) -> Vec<f32> {
    (0..D)
        .map(|i| {
            if i % 3 == 0 {
                -x[(i + 1) % D]
            } else {
                x[(i + 1) % D]
            }
        })
        .collect()
}

/// What the vision tower's values, output and projection together do: three places further, the other sign.
fn carried(x: &[f32]) -> Vec<f32> {
    (0..D).map(|i| -x[(i + 3) % D]).collect()
}

/// Parameters, and the labels' embeddings in them: those of text are made of those of vision.
fn model(text: impl Fn(&[f32]) -> Vec<f32>) -> (Vec<f32>, [Vec<Vec<f32>>; 2]) {
    let table = ParamTable::new(&config());
    let mut params = random_model(&config());
    let labels = config().labels as usize;
    let [vision, language] = [0, 1].map(|tower| table.towers[tower].rows.start + D);
    for label in 0..labels {
        let row = text(&params[vision + label * D..][..D]);
        params[language + label * D..][..D].copy_from_slice(&row);
    }
    for (tower, [value, output, projection]) in table
        .towers
        .iter()
        .zip([[(1, 1.0), (0, -1.0), (2, 1.0)], [(0, 1.0); 3]])
    {
        let layer = &tower.layers[0];
        let maps = [
            (&layer.value.weight, value),
            (&layer.output.weight, output),
            (&tower.projection, projection),
        ];
        for (range, (shift, sign)) in maps {
            let weight = &mut params[range.clone()];
            weight.fill(0.0);
            (0..D).for_each(|i| weight[i * D + (i + shift) % D] = sign);
        }
    }
    let rows = [vision, language].map(|start| {
        params[start..][..labels * D]
            .chunks(D)
            .map(<[f32]>::to_vec)
            .collect()
    });
    (params, rows)
}

fn cosine(a: &[f32], b: &[f32]) -> f64 {
    let dot = |a: &[f32], b: &[f32]| {
        a.iter()
            .zip(b)
            .map(|(a, b)| f64::from(*a) * f64::from(*b))
            .sum::<f64>()
    };
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

fn mean(x: impl Iterator<Item = f64>) -> f64 {
    let x: Vec<f64> = x.collect();
    x.iter().sum::<f64>() / x.len() as f64
}

/// The mean cosine of every label with itself, or with every other.
fn mean_cosine(a: &[Vec<f32>], b: &[Vec<f32>], same: bool) -> f64 {
    let pairs = a
        .iter()
        .enumerate()
        .flat_map(|(i, a)| b.iter().enumerate().map(move |(j, b)| (i == j, a, b)));
    mean(
        pairs
            .filter(|(own, ..)| *own == same)
            .map(|(_, a, b)| cosine(a, b)),
    )
}

#[test]
fn a_rotation_is_found_and_fits_held_labels_in_both_spaces() {
    let (params, [vision, text]) = model(rotated);
    let alignment = Evaluator::new(&config()).alignment(&params).unwrap();
    let circuit: Vec<Vec<f32>> = vision.iter().map(|x| carried(x)).collect();
    let held = &text[text.len() - config().held_labels as usize..];
    for (ours, image) in alignment.iter().zip([&vision, &circuit]) {
        for (what, ours, expected) in [
            ("raw", ours.raw, mean_cosine(image, &text, true)),
            (
                "raw, mismatched",
                ours.raw_mismatched,
                mean_cosine(image, &text, false),
            ),
            ("fitted", ours.fitted, 1.0),
            ("held", ours.held, 1.0),
            // Rotated, a label's image is its text.
            (
                "held, mismatched",
                ours.held_mismatched,
                mean_cosine(held, held, false),
            ),
            ("held, matched", ours.held_matched, 1.0),
        ] {
            assert!((ours - expected).abs() < 1e-6, "{what}: {ours}, {expected}");
        }
    }
    assert_eq!(alignment.len(), 2);
    assert!(alignment[0].raw < 0.5 && alignment[0].raw != alignment[1].raw);
}

/// Negative control: squares of numbers are no rotation of them.
#[test]
fn where_there_is_no_rotation_held_labels_do_not_fit() {
    let (params, _) = model(|x| {
        x.iter()
            .enumerate()
            .map(|(i, x)| x * x - 0.1 * i as f32)
            .collect()
    });
    let alignment = Evaluator::new(&config()).alignment(&params).unwrap();
    assert!(
        alignment
            .iter()
            .all(|a| a.held < 0.9 && a.fitted < 0.95 && a.held_matched < 1.0),
        "{alignment:?}"
    );
}

/// Two held labels that look the same are not told apart: neither is nearest to itself.
#[test]
fn a_held_label_with_a_double_is_not_matched() {
    let (mut params, _) = model(rotated);
    let table = ParamTable::new(&config());
    let (labels, held) = (config().labels as usize, config().held_labels as usize);
    for tower in &table.towers {
        let last = tower.rows.start + labels * D;
        params.copy_within(last..last + D, last - D);
    }
    let alignment = Evaluator::new(&config()).alignment(&params).unwrap();
    for ours in alignment {
        let expected = (held - 2) as f64 / held as f64;
        assert!((ours.held_matched - expected).abs() < 1e-12, "{ours:?}");
    }
}

/// Held labels that a rotation carries over are above chance of either kind, and labels whose text has nothing
/// to do with their image are not.
#[test]
fn only_what_carries_over_is_above_chance() {
    let above = |params: &[f32]| {
        let evaluator = Evaluator::new(&config());
        let found = evaluator.alignment(params).unwrap();
        let chance = evaluator.alignment_chance(params).unwrap();
        let both = found.into_iter().zip(chance);
        both.map(|(a, c)| [a.held > c.rotation, a.held > c.permutation])
            .collect::<Vec<_>>()
    };
    assert_eq!(above(&model(rotated).0), [[true; 2]; 2]);
    let unlike = |x: &[f32]| x.iter().map(|x| (12_345.6 * x).sin()).collect();
    assert_eq!(above(&model(unlike).0), [[false; 2]; 2]);
}
