//! Accuracies against their definitions, caption by caption: of models that compare embeddings, and of models
//! that write.

use leftright::analysis::{Accuracy, Evaluator, Score};
use leftright::config::{Config, Population, Preset, ValidConfig};
use leftright::engine::cpu::{Cpu, encode};
use leftright::model::Snapshot;
use leftright::task::{Batch, Caption, Item, Split, all_captions, eot, holds, split_items};

/// What a model makes of every caption of a scene: how well it fits, and whether the model gives it.
type Judged = Vec<(Caption, f64, bool)>;

/// The share of scenes of which a law holds.
fn share(scenes: &[(Item, Judged)], law: impl Fn(&Item, &Judged) -> f64) -> f64 {
    scenes.iter().map(|(item, judged)| law(item, judged)).sum::<f64>() / scenes.len() as f64
}

/// The accuracies by their definitions.
fn defined(config: &ValidConfig, split: Split, scenes: &[(Item, Judged)]) -> Accuracy {
    let is = |truth: bool| f64::from(u8::from(truth));
    let given = |judged: &Judged, law: &dyn Fn(Caption) -> bool| {
        is(judged.iter().any(|(caption, _, given)| *given && law(*caption)))
    };
    let named = |caption: Caption| {
        let mut labels = caption.labels().to_vec();
        labels.sort_unstable();
        labels
    };
    let order = share(scenes, |item, judged| {
        let fit = |wanted: Caption| {
            judged
                .iter()
                .find(|(caption, ..)| *caption == wanted)
                .map_or(f64::NAN, |(_, fit, _)| *fit)
        };
        let rivals = item.caption.rivals();
        is(!rivals.is_empty() && rivals.into_iter().all(|rival| fit(item.caption) > fit(rival)))
    });
    let recognition = share(scenes, |item, judged| {
        given(judged, &|caption| named(caption) == named(item.caption))
    });
    let single = split == Split::Single;
    Accuracy {
        retrieval: Some(share(scenes, |item, judged| {
            given(judged, &|caption| holds(config, &item.strip, caption))
        })),
        order: (!single).then_some(order),
        recognition: (!single).then_some(recognition),
        items: scenes.len() as u32,
        not_finite: 0,
    }
}

/// Every caption's cosine with the scene; the model gives the nearest.
fn by_cosine(evaluator: &Evaluator, params: &[f32], item: &Item) -> Judged {
    let config = evaluator.config();
    let captions = all_captions(config);
    let mut batch = Batch::default();
    captions
        .iter()
        .for_each(|caption| batch.push(config, &item.strip, *caption));
    let [images, texts] = [
        (0, &batch.vision, &[][..]),
        (1, &batch.text, &batch.text_query[..]),
    ]
    .map(|(tower, tokens, query)| encode(&evaluator.towers()[tower], params, None, (tokens, query)));
    let width = evaluator.towers()[0].e;
    let cosines: Vec<f64> = images
        .chunks(width)
        .zip(texts.chunks(width))
        .map(|(a, b)| a.iter().zip(b).map(|(a, b)| f64::from(a * b)).sum())
        .collect();
    let most = cosines.iter().copied().fold(f64::MIN, f64::max);
    let judged = captions.into_iter().zip(cosines);
    judged
        .map(|(caption, cosine)| (caption, cosine, cosine == most))
        .collect()
}

/// The log-likelihood of every caption's words behind the strip; the model gives the one of which each word
/// is the likeliest.
fn by_writing(evaluator: &Evaluator, params: &[f32], item: &Item) -> Judged {
    let (config, tower) = (evaluator.config(), &evaluator.towers()[0]);
    let judge = |caption: Caption| {
        let mut batch = Batch::default();
        batch.push(config, &item.strip, caption);
        let logits = encode(tower, params, None, (&batch.text, &batch.text_query));
        // The strip, then SOT, and then each word of the caption, told by what stands before it.
        let words = &batch.text[config.pixels as usize + 1..];
        let end = words.iter().position(|word| *word == eot(config)).unwrap();
        let mut judged = (caption, 0.0, true);
        for (word, logits) in words[..=end].iter().zip(logits.chunks(tower.e)) {
            let total: f64 = logits.iter().map(|x| f64::from(*x).exp()).sum();
            let own = logits[*word as usize];
            judged.1 += f64::from(own) - total.ln();
            judged.2 &= logits.iter().all(|x| *x <= own);
        }
        judged
    };
    all_captions(config).into_iter().map(judge).collect()
}

fn check(
    config: &ValidConfig,
    params: &[f32],
    judge: fn(&Evaluator, &[f32], &Item) -> Judged,
) -> [Accuracy; 3] {
    let evaluator = Evaluator::new(config);
    Split::ALL.map(|split| {
        let items = split_items(config, split);
        let scenes: Vec<(Item, Judged)> = items
            .into_iter()
            .map(|item| (item.clone(), judge(&evaluator, params, &item)))
            .collect();
        let ours = evaluator.accuracy(params, &[], split).unwrap();
        assert_eq!(ours, defined(config, split, &scenes), "{split:?}");
        ours
    })
}

/// A world of few labels and pixels, and a model that has learned a part of it.
fn half_trained(config: Config, steps: u32) -> (ValidConfig, Vec<f32>) {
    let config = Config {
        pixels: 5,
        labels: 6,
        pair_labels: 4,
        held_labels: 2,
        single_layouts: 3,
        pair_layouts: 5,
        d_model: 16,
        d_embed: 16,
        heads: 2,
        batch: 16,
        lr: 0.01,
        ..config
    }
    .validate()
    .unwrap();
    let population = Population::from(&config);
    let mut cpu = Cpu::<f32>::new(&population, &Snapshot::initial(&population));
    (0..steps).for_each(|_| drop(cpu.step()));
    let params = cpu.snapshot().params;
    (config, params)
}

/// The accuracies on seen pairs are neither 0 nor 1, or their definition would not be tried.
fn assert_partly(accuracy: &Accuracy) {
    let scores = [accuracy.retrieval, accuracy.order, accuracy.recognition];
    let partly = scores.iter().flatten().all(|score| *score > 0.0 && *score < 1.0);
    assert!(partly, "{accuracy:?}");
}

#[test]
fn the_nearest_caption_is_what_a_model_says() {
    for preset in [Preset::Paper, Preset::LeftRight] {
        let (config, params) = half_trained(preset.config(), 40);
        let [_, seen, _] = check(&config, &params, by_cosine);
        assert_partly(&seen);
    }
}

#[test]
fn a_caption_is_written_word_by_word() {
    for right in [false, true] {
        let config = Config {
            right,
            ..Preset::Autoregressive.config()
        };
        let (config, params) = half_trained(config, 80);
        let [_, seen, _] = check(&config, &params, by_writing);
        assert_partly(&seen);
    }
}

/// In a world so small that every layout of a pair is trained on, nothing is known of seen pairs.
#[test]
fn a_split_without_scenes_has_no_accuracy() {
    let world = |seed| Config {
        seed,
        grid: true,
        above: true,
        pixels: 4,
        pair_labels: 2,
        single_layouts: 3,
        pair_layouts: 3,
        ..Config::default()
    };
    let mut worlds = (0..1000).map(|seed| world(seed).validate().unwrap());
    let config = worlds
        .find(|config| split_items(config, Split::Seen).is_empty())
        .unwrap();
    let evaluator = Evaluator::new(&config);
    let accuracies = evaluator
        .accuracies(&Snapshot::initial(&Population::from(&config)).params, &[])
        .unwrap();
    assert!(
        Score::ALL
            .iter()
            .all(|score| accuracies.seen.score(*score).is_none())
    );
    assert!(accuracies.unseen.retrieval.is_some());
}

/// Scenes that no number is known of are told of where there are any, and not else.
#[test]
fn what_is_not_finite_is_told_where_it_is() {
    let accuracy = |not_finite| Accuracy {
        retrieval: Some(1.0),
        order: None,
        recognition: None,
        items: 3,
        not_finite,
    };
    let told = |not_finite| serde_json::to_value(accuracy(not_finite)).unwrap()["not_finite"].as_u64();
    assert_eq!([told(0), told(2)], [None, Some(2)]);
}
