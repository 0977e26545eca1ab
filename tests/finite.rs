//! A model whose weights are numbers and whose scores are not: counted, said, and never shown as a number.

mod common;

use common::small;
use half::f16;
use leftright::analysis::{AnalysisError, Evaluator, Scene};
use leftright::checkpoint::{Contents, load, save};
use leftright::config::{Config, Population, ValidConfig};
use leftright::experiment::{Experiment, Job, Measure, Measurement, Metric, Trainer, Values};
use leftright::model::{ParamTable, Snapshot};
use leftright::task::Split;
use leftright::training::EngineRequest;
use pollster::block_on;
use safetensors::SafeTensors;

/// A new model with some tensors multiplied.
fn scaled(config: &ValidConfig, by: f32, which: impl Fn(&str) -> bool) -> Snapshot {
    let mut snapshot = Snapshot::initial(&Population::from(config));
    for tensor in ParamTable::new(config)
        .tensors
        .iter()
        .filter(|tensor| which(&tensor.name))
    {
        snapshot.params[tensor.range.clone()]
            .iter_mut()
            .for_each(|x| *x *= by);
    }
    assert!(snapshot.is_finite());
    snapshot
}

fn strip() -> Scene {
    Scene::Strip(vec![0, 0, 16, 0, 0, 0, 0, 17, 0, 0])
}

#[test]
fn scenes_without_a_finite_score_are_counted() {
    let config = small();
    let evaluator = Evaluator::new(&config);
    let good = evaluator
        .accuracies(&scaled(&config, 1.0, |_| true).params, &[])
        .unwrap();
    assert!(Split::ALL.iter().all(|split| good[*split].not_finite == 0));
    assert!(!serde_json::to_string(&good).unwrap().contains("not_finite"));
    // Embeddings that are infinite; that are numbers, but too large for their length to be one; and that have
    // no length.
    for (by, tensor) in [
        (1e38, "vision.projection.weight"),
        (1e30, "vision.projection.weight"),
        (0.0, "text.projection.weight"),
    ] {
        let params = scaled(&config, by, |name| name == tensor).params;
        let bad = evaluator.accuracies(&params, &[]).unwrap();
        for split in Split::ALL {
            let accuracy = &bad[split];
            assert_eq!(
                (accuracy.not_finite, accuracy.order.unwrap_or(0.0)),
                (accuracy.items, 0.0),
                "{tensor} times {by}"
            );
        }
        assert!(serde_json::to_string(&bad).unwrap().contains("not_finite"));
        let error = evaluator.decompose(&params, &strip(), 1, &[]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the model's cosine with a caption is not finite, though its weights are"
        );
    }
    // One label alone: the scenes that show it, and no other.
    let mut one = scaled(&config, 1.0, |_| true);
    let tokens = ParamTable::new(&config).towers[0].rows.start;
    one.params[tokens + 16 * 20..][..16].fill(1e38);
    let some = evaluator.accuracies(&one.params, &[]).unwrap();
    assert!(
        (1..some.unseen.items).contains(&some.unseen.not_finite) && some.seen.not_finite == 0,
        "{some:?}"
    );
}

#[test]
fn an_autoregressive_model_is_counted_too() {
    let config = Config {
        autoregressive: true,
        ..small().into()
    }
    .validate()
    .unwrap();
    let params = scaled(&config, 1e38, |name| name == "decoder.projection.weight").params;
    let accuracies = Evaluator::new(&config).accuracies(&params, &[]).unwrap();
    assert!(
        (1..accuracies.unseen.items).contains(&accuracies.unseen.not_finite),
        "{accuracies:?}"
    );
}

/// The decomposition that the rotation comes from never ends on such numbers.
#[test]
fn an_alignment_that_is_not_finite_is_an_error() {
    let config = small();
    let params = vec![3e38; ParamTable::new(&config).len];
    assert!(matches!(
        Evaluator::new(&config).alignment(&params),
        Err(AnalysisError::NotFinite("alignment"))
    ));
}

/// A weight that is no number is refused by the name of its tensor, in either precision, and so is a moment: where it is
/// to be written, and where a file holds it.
#[test]
fn a_weight_or_a_moment_that_is_not_finite_is_refused() {
    let config = small();
    let sound = Snapshot::initial(&Population::from(&config));
    for contents in [Contents::Model, Contents::Half, Contents::Training] {
        for (name, bad) in [
            ("logit_scale", f32::NAN),
            ("text.projection.weight", f32::INFINITY),
            ("vision.layers.0.attention.key.bias", f32::NEG_INFINITY),
        ] {
            let tensors = ParamTable::new(&config).tensors;
            let tensor = tensors.iter().find(|tensor| tensor.name == name).unwrap();
            let at = tensor.range.end - 1;
            let [mut params, mut first, mut second] = [(); 3].map(|()| sound.clone());
            params.params[at] = bad;
            first.first[at] = bad;
            second.second[at] = bad;
            for (snapshot, prefix) in [(params, ""), (first, "adamw.first."), (second, "adamw.second.")] {
                let saved = save(&config, &snapshot, contents);
                if !prefix.is_empty() && contents != Contents::Training {
                    assert!(saved.is_ok(), "a file of this kind has no moments");
                    continue;
                }
                let name = format!("{prefix}{name}");
                let says = format!("tensor {name}: expected ");
                let error = saved.unwrap_err().to_string();
                assert!(
                    error.starts_with(&says) && error.ends_with(", found another"),
                    "{error}"
                );
                let error = load(&with(&config, contents, &name, bad))
                    .unwrap_err()
                    .to_string();
                let says = format!("tensor {name}: expected F32 or F16 ");
                assert!(
                    error.starts_with(&says) && error.ends_with("found a number that is not finite"),
                    "{error}"
                );
            }
        }
    }
}

/// A new model's file, with a number at the end of a tensor.
fn with(config: &ValidConfig, contents: Contents, name: &str, number: f32) -> Vec<u8> {
    let mut bytes = save(config, &Snapshot::initial(&Population::from(config)), contents).unwrap();
    let number = match contents {
        Contents::Half => f16::from_f32(number).to_le_bytes().to_vec(),
        Contents::Model | Contents::Training => number.to_le_bytes().to_vec(),
    };
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let end = file.tensor(name).unwrap().data().as_ptr_range().end as usize - bytes.as_ptr() as usize;
    bytes[end - number.len()..end].copy_from_slice(&number);
    assert!(SafeTensors::deserialize(&bytes).is_ok());
    bytes
}

/// In a population it counts as a model that has diverged, and the others go on.
#[test]
fn a_measure_that_is_not_finite_ends_its_model_alone() {
    let job = |config: Config| {
        Job::new(
            config.validate().unwrap(),
            0,
            vec![Measure::Accuracies(vec![Split::Unseen]), Measure::Alignment],
        )
    };
    // Embeddings of nothing but zeros have no direction to align.
    let jobs = vec![
        (
            0,
            job(Config {
                token_std: 0.0,
                cls_std: 0.0,
                position_std: 0.0,
                ..small().into()
            }),
        ),
        (1, job(small().into())),
    ];
    let mut trainer = block_on(Trainer::open(jobs, EngineRequest::Cpu)).unwrap();
    let mut measurements = Vec::new();
    for _ in 0..8 {
        measurements.extend(block_on(trainer.advance(1)).unwrap());
    }
    let number = |model: usize, name: &str| measurements[model].values.get(&name.parse::<Metric>().unwrap());
    assert!(number(0, "loss").unwrap().is_nan() && number(0, "not_finite").unwrap() > 0.0);
    assert!(number(1, "token.raw").is_some() && number(1, "not_finite").is_none());
}

/// A page hands over whatever it has: no measurements, of no such job, of numbers that are none.
#[test]
fn no_measurements_are_too_wild_for_a_summary() {
    for experiment in Experiment::ALL {
        let jobs = (experiment.jobs)(leftright::experiment::Scale::Figure);
        let evaluator = Evaluator::new(&small());
        let mut names = Values::default();
        for measure in experiment.measures() {
            // Some measure what this model has not.
            drop(measure.take(&evaluator, &scaled(&small(), 1.0, |_| true).params, &mut names));
        }
        for wild in [f64::NAN, f64::INFINITY, -1e308, 1e308, 0.0, -0.0, 5e-324] {
            let values: Values = names
                .iter()
                .map(|(name, _)| (name.parse().unwrap(), wild))
                .collect();
            for steps in [0, 1, u32::MAX, jobs[0].steps] {
                let measured = |job: u32| Measurement {
                    job,
                    step: steps,
                    values: values.clone(),
                };
                let measurements: Vec<Measurement> = (0..jobs.len() as u32)
                    .chain([0, u32::MAX])
                    .map(measured)
                    .collect();
                drop(experiment.summarise(&jobs, &measurements));
                drop(experiment.summarise(&[], &measurements));
                drop(experiment.summarise(&jobs, &[]));
            }
        }
    }
}
