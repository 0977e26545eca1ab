//! Rung 5 of the ladder: laws that hold for any config.

mod common;

use std::collections::HashSet;

use common::{Fixture, random_model};
use leftright::analysis::{Ablation, Evaluator, Scene, Term, TermRow, Tower};
use leftright::config::{Config, Population, ValidConfig};
use leftright::engine::cpu::Cpu;
use leftright::model::{ParamTable, Snapshot};
use leftright::task::{Sampler, Split, cls, eot, split_items};
use proptest::prelude::*;

fn config() -> impl Strategy<Value = ValidConfig> {
    (0u32..1000, 3u32..=10, 2u32..=6, 2u32..=4, 1u32..=9, 1u32..=44).prop_map(
        |(seed, pixels, pair_labels, held_labels, n1, n2)| {
            let config = Config {
                seed,
                pixels,
                labels: pair_labels + held_labels + 1,
                pair_labels,
                held_labels,
                single_layouts: n1.min(pixels - 1),
                pair_layouts: n2.min(pixels * (pixels - 1) / 2 - 1),
                d_model: 16,
                heads: 2,
                d_embed: 8,
                batch: 12,
                ..Config::default()
            };
            config.validate().unwrap()
        },
    )
}

/// The read row's logits of every head in layer 1, as the model's definition has them:
/// (x W_Q + b_Q) . (x W_K + b_K) / sqrt(K) of x the sum of a token's and its position's embedding, normalised
/// where there is a norm. `[heads][keys]`.
fn logits(config: &ValidConfig, params: &[f32], scene: &Scene) -> Vec<Vec<f64>> {
    let table = ParamTable::new(config);
    let tensor = |name: String| -> Vec<f64> {
        let tensor = table.tensors.iter().find(|tensor| tensor.name == name).unwrap();
        params[tensor.range.clone()]
            .iter()
            .map(|x| f64::from(*x))
            .collect()
    };
    let (tower, tokens) = match scene {
        Scene::Strip(strip) => ("vision", [&[cls(config)], &strip[..]].concat()),
        Scene::Caption(_) => (
            "text",
            scene.caption(config).unwrap().tokens(config.labels).to_vec(),
        ),
    };
    // CLS sees all of its strip, EOT what stands before it.
    let end = tokens.iter().position(|token| *token == eot(config));
    let (read, keys) = if tower == "vision" {
        (0, tokens.len())
    } else {
        (end.unwrap(), end.unwrap() + 1)
    };
    let d = config.d_model as usize;
    let [token, position] =
        ["token", "position"].map(|what| tensor(format!("{tower}.{what}_embedding.weight")));
    let input = |at: usize| -> Vec<f64> {
        let x: Vec<f64> = (0..d)
            .map(|i| token[tokens[at] as usize * d + i] + position[at * d + i])
            .collect();
        if !config.layer_norm {
            return x;
        }
        let [weight, bias] = ["weight", "bias"].map(|what| tensor(format!("{tower}.layers.0.norm1.{what}")));
        let mean = x.iter().sum::<f64>() / d as f64;
        let variance = x.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / d as f64;
        (0..d)
            .map(|i| (x[i] - mean) / (variance + 1e-5).sqrt() * weight[i] + bias[i])
            .collect()
    };
    let map = |name: &str, at: usize| -> Vec<f64> {
        let [weight, bias] =
            ["weight", "bias"].map(|what| tensor(format!("{tower}.layers.0.attention.{name}.{what}")));
        let x = input(at);
        weight
            .chunks(d)
            .zip(&bias)
            .map(|(w, b)| w.iter().zip(&x).map(|(w, x)| w * x).sum::<f64>() + b)
            .collect()
    };
    let (query, keys): (Vec<f64>, Vec<Vec<f64>>) =
        (map("query", read), (0..keys).map(|at| map("key", at)).collect());
    let k = config.d_head();
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>() / (k as f64).sqrt();
    let head = |h: usize| {
        keys.iter()
            .map(|key| dot(&query[h * k..][..k], &key[h * k..][..k]))
            .collect()
    };
    (0..config.heads as usize).map(head).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// No held-out layout and no held-out pair is ever drawn, and a batch never repeats a caption.
    #[test]
    fn batches_hold_only_what_is_trained_on(config in config()) {
        let held: HashSet<Vec<u32>> = Split::ALL.into_iter().flat_map(|s| split_items(&config, s)).map(|i| i.strip).collect();
        let sampler = Sampler::new(&config);
        for step in 1..=40 {
            let batch = sampler.draw(step);
            let strips: HashSet<&[u32]> = batch.vision.chunks(1 + config.pixels as usize).map(|s| &s[1..]).collect();
            prop_assert!(strips.iter().all(|s| !held.contains(*s)));
            let captions: HashSet<&[u32]> = batch.text.chunks(9).collect();
            prop_assert_eq!(captions.len(), batch.size);
        }
    }

    /// The nine terms sum to the logits, written out here, whose softmax is the attention; the shares sum to
    /// one.
    #[test]
    fn terms_sum_to_the_logits(config in config(), layer_norm in any::<bool>(), i in 0u32..3, gap in 0u32..3) {
        let config = Config { layer_norm, ..config.into() }.validate().unwrap();
        let params = random_model(&config);
        let mut strip = vec![0; config.pixels as usize];
        strip[i as usize] = 1;
        let j = (i + 1 + gap).min(config.pixels - 1);
        if j > i { strip[j as usize] = 2; }
        for scene in [Scene::Strip(strip), Scene::Caption(vec![2, 1]), Scene::Caption(vec![3])] {
            let decomposition = Evaluator::new(&config).decompose(&params, &scene, 1, &[]).unwrap();
            for (head, expected) in decomposition.heads.iter().zip(logits(&config, &params, &scene)) {
                let total: f64 = head.attention.iter().sum();
                prop_assert!((total - 1.0).abs() < 1e-9);
                prop_assert!((head.terms.iter().map(|t| t.share).sum::<f64>() - 1.0).abs() < 1e-6);
                let sum = |terms: &[TermRow], t: usize| terms.iter().map(|term| term.row[t]).sum::<f64>();
                let off = |terms: &[TermRow]| common::worst((0..expected.len()).map(|t| (sum(terms, t) - expected[t]).abs()));
                let softmax: f64 = expected.iter().map(|x| x.exp()).sum();
                prop_assert_eq!(head.attention.len(), expected.len());
                prop_assert!(off(&head.terms) < 1e-9, "{}", off(&head.terms));
                prop_assert!(head.attention.iter().zip(&expected).all(|(w, x)| (w - x.exp() / softmax).abs() < 1e-9));
                // Negative control: without the first of them they do not.
                prop_assert!(off(&head.terms[1..]) > 1e-6);
            }
        }
    }
}

/// The nine CLS-row terms of the reference.
#[test]
fn terms_are_the_fixtures() {
    let fixture = Fixture::open("step_paper");
    let evaluator = Evaluator::new(&fixture.config);
    let (params, batch) = (fixture.params("param."), fixture.batch());
    for (i, tokens) in batch.vision.chunks(11).enumerate() {
        let decomposition = evaluator
            .decompose(&params, &Scene::Strip(tokens[1..].to_vec()), 1, &[])
            .unwrap();
        for (h, head) in decomposition.heads.iter().enumerate() {
            for term in &head.terms {
                let expected = fixture.f32(&format!("cls_row.{:?}", term.term));
                for (t, value) in term.row.iter().enumerate() {
                    let expected = f64::from(expected[(i * 4 + h) * 11 + t]);
                    assert!(
                        (value - expected).abs() < 1e-4,
                        "strip {i} head {h} {:?} token {t}: {value}, {expected}",
                        term.term
                    );
                }
            }
        }
    }
}

fn trained() -> (Evaluator, Vec<f32>) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/trained.safetensors");
    let (config, snapshot) = leftright::checkpoint::load(&std::fs::read(path).unwrap()).unwrap();
    (Evaluator::new(&config), snapshot.params)
}

/// A decomposition under an ablation shows its terms scaled in its heads, all else as it was, and what the
/// captions' scores become.
#[test]
fn a_decomposition_shows_what_is_cut() {
    let (evaluator, params) = trained();
    let scene = Scene::Strip(vec![0, 0, 16, 0, 0, 0, 0, 17, 0, 0]);
    let under = |strength: f64| {
        let ablation = Ablation {
            tower: Tower::Vision,
            layer: 1,
            terms: vec![Term::EP],
            strength,
            heads: Some(vec![0, 2]),
        };
        evaluator.decompose(&params, &scene, 1, &[ablation]).unwrap()
    };
    let whole = evaluator.decompose(&params, &scene, 1, &[]).unwrap();
    assert_eq!(under(1.0), whole);
    let cut = under(-0.5);
    assert_eq!(cut.strongest, whole.strongest);
    for (h, (head, was)) in cut.heads.iter().zip(&whole.heads).enumerate() {
        let strength = if [0, 2].contains(&h) { -0.5 } else { 1.0 };
        assert!((head.slope - strength * was.slope).abs() < 1e-9);
        for (term, was) in head.terms.iter().zip(&was.terms) {
            let scale = if term.term == Term::EP { strength } else { 1.0 };
            let expected: Vec<f64> = was.row.iter().map(|logit| scale * logit).collect();
            assert_eq!(term.row, expected, "head {h} {:?}", term.term);
        }
    }
    assert!(
        cut.captions
            .iter()
            .zip(&whole.captions)
            .all(|(cut, whole)| (cut.similarity - whole.similarity).abs() > 1e-6)
    );
}

fn ablation(terms: &[Term], strength: f64, heads: Option<Vec<u32>>) -> Ablation {
    Ablation {
        tower: Tower::Vision,
        layer: 1,
        terms: terms.to_vec(),
        strength,
        heads,
    }
}

/// Strength 1 changes nothing, and neither do the terms that shift a whole row (EB, PB, BB), at any strength.
#[test]
fn what_must_change_nothing_changes_nothing() {
    let (evaluator, params) = trained();
    let before = evaluator.accuracies(&params, &[]).unwrap();
    let all = [Term::LOGIT.as_slice(), &[Term::VP]].concat();
    for ablation in [
        ablation(&all, 1.0, None),
        ablation(&[Term::EB, Term::PB, Term::BB], -1.0, None),
        ablation(&[Term::EP], 0.0, Some(vec![])),
    ] {
        assert_eq!(
            evaluator
                .accuracies(&params, std::slice::from_ref(&ablation))
                .unwrap(),
            before,
            "{ablation:?}"
        );
    }
    // Negative control: the one term that matters.
    assert_ne!(
        evaluator
            .accuracies(&params, &[ablation(&[Term::EP], 0.0, None)])
            .unwrap(),
        before
    );
}

/// Ablating every head by name is ablating all heads.
#[test]
fn heads_by_name_are_all_heads() {
    let (evaluator, params) = trained();
    let by_name = evaluator
        .accuracies(&params, &[ablation(&[Term::EP], 0.3, Some(vec![0, 1, 2, 3]))])
        .unwrap();
    assert_eq!(
        by_name,
        evaluator
            .accuracies(&params, &[ablation(&[Term::EP], 0.3, None)])
            .unwrap()
    );
}

#[test]
fn questions_out_of_bounds_are_refused_by_name() {
    let (evaluator, params) = trained();
    for (ablation, says) in [
        (
            ablation(&[Term::EP], 2.5, None),
            "strength is 2.5, but must be between -1 and 2",
        ),
        (
            ablation(&[Term::EP], f64::NAN, None),
            "strength is NaN, but must be between -1 and 2",
        ),
        (
            ablation(&[Term::EP], 0.0, Some(vec![4])),
            "head is 4, but must be between 0 and 3",
        ),
    ] {
        assert_eq!(
            evaluator
                .accuracies(&params, &[ablation])
                .unwrap_err()
                .to_string(),
            says
        );
    }
    for (scene, says) in [
        (
            Scene::Strip(vec![1, 2]),
            "the strip has 2 pixels, but must have 10",
        ),
        (
            Scene::Strip(vec![0; 10]),
            "the scene has 0 objects, but must have one or two",
        ),
        (
            Scene::Strip(vec![0, 21, 0, 0, 0, 0, 0, 0, 0, 0]),
            "the label is 21, but must be between 1 and 20",
        ),
        (
            Scene::Caption(vec![4, 4]),
            "both objects are 4, but they must differ",
        ),
    ] {
        assert_eq!(
            evaluator
                .decompose(&params, &scene, 1, &[])
                .unwrap_err()
                .to_string(),
            says
        );
    }
    assert!(
        "XP".parse::<Term>()
            .unwrap_err()
            .to_string()
            .starts_with("there is no term \"XP\"")
    );
}

/// A run is its config: bit for bit, alone or in a population; another seed is another run.
#[test]
fn same_config_same_run() {
    let base = Config {
        d_model: 16,
        heads: 2,
        d_embed: 16,
        batch: 16,
        ..Config::default()
    };
    let other = Config {
        seed: 1,
        pair_labels: 6,
        ..base.clone()
    };
    let run = |configs: Vec<Config>| {
        let population = Population::new(
            configs
                .into_iter()
                .map(|config| config.validate().unwrap())
                .collect(),
        )
        .unwrap();
        let mut cpu = Cpu::<f32>::new(&population, &Snapshot::initial(&population));
        (0..20).for_each(|_| drop(cpu.step()));
        cpu.snapshot().params
    };
    let alone = run(vec![base.clone()]);
    let both = run(vec![base.clone(), other]);
    assert_eq!(alone, run(vec![base]));
    assert_eq!(alone, both[..alone.len()]);
    assert_ne!(alone, both[alone.len()..]);
}

/// The model's own positions are all that tells a strip from its swap: a bag of tokens has one embedding.
#[test]
fn without_positions_a_strip_and_its_swap_are_one() {
    let config = ValidConfig::default();
    let evaluator = Evaluator::new(&config);
    let mut params = random_model(&config);
    let cosine = |params: &[f32]| evaluator.swap_cosine(params, &[]).unwrap().unwrap();
    assert!(cosine(&params) < 0.9999, "{}", cosine(&params));
    for tensor in ParamTable::new(&config).tensors {
        if tensor.name == "vision.position_embedding.weight" {
            params[tensor.range].fill(0.0);
        }
    }
    assert!((cosine(&params) - 1.0).abs() < 1e-6, "{}", cosine(&params));
}
