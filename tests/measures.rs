//! What a measure writes down is what its metrics' definitions say of the model, worked out here once more.

mod common;

use common::{Fixture, narrow, random_model, strip};
use leftright::analysis::{Ablation, Evaluator, Scene, Term};
use leftright::config::{Preset, ValidConfig};
use leftright::experiment::{Measure, Values};
use leftright::task::{Split, split_items};

/// All that some measures write of a new model.
fn taken(config: &ValidConfig, params: &[f32], measures: &[Measure]) -> Values {
    let (evaluator, mut values) = (Evaluator::new(config), Values::default());
    for measure in measures {
        measure.take(&evaluator, params, &mut values).unwrap();
    }
    values
}

/// A number by the name of its metric.
fn number(values: &Values, name: &str) -> f64 {
    let metric = name.parse().unwrap();
    values
        .get(&metric)
        .unwrap_or_else(|| panic!("{name} was not measured"))
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * (1.0 + a.abs().max(b.abs()))
}

fn mean(x: &[f64]) -> f64 {
    x.iter().sum::<f64>() / x.len() as f64
}

#[test]
fn the_slope_is_the_steepest_heads() {
    let mut seen = Vec::new();
    for seed in 0..6 {
        let config = strip(seed);
        let params = random_model(&config);
        let values = taken(&config, &params, &[Measure::Slopes, Measure::EpRows]);
        let slopes: Vec<f64> = (0..config.heads)
            .map(|head| {
                // Of five pixels: least squares over -2, -1, 0, 1, 2, whose squares sum to 10.
                let at = |pixel: u32| number(&values, &format!("ep.{head}.{pixel}"));
                (0..5).map(|i| (f64::from(i) - 2.0) * at(i)).sum::<f64>() / 10.0
            })
            .collect();
        let steepest = number(&values, "steepest") as usize;
        assert!((0..slopes.len()).all(|h| slopes[h].abs() <= slopes[steepest].abs()));
        assert!(close(number(&values, "slope"), slopes[steepest]));
        for (h, slope) in slopes.iter().enumerate() {
            assert!(
                close(number(&values, &format!("slope.{h}")), *slope),
                "{seed} {h}"
            );
        }
        seen.push((steepest, slopes[steepest] < 0.0));
    }
    // Not always the same head, nor the same sign.
    assert!(seen.iter().any(|one| one.0 != seen[0].0) && seen.iter().any(|one| one.1 != seen[0].1));
}

/// Of heads that are alike, here without a slope, the first is called the steepest.
#[test]
fn of_equal_heads_the_first_is_the_steepest() {
    let config = strip(0);
    let params = vec![0.0; random_model(&config).len()];
    let values = taken(&config, &params, &[Measure::Slopes]);
    assert_eq!(
        (number(&values, "steepest"), number(&values, "slope")),
        (0.0, 0.0)
    );
}

/// On a grid a slope is across its columns, and `down` is across its rows.
#[test]
fn a_grid_has_slopes_both_ways() {
    let config = narrow(0, Preset::Grid.config());
    let values = taken(
        &config,
        &random_model(&config),
        &[Measure::Slopes, Measure::EpRows],
    );
    for head in 0..config.heads {
        let over = |coordinate: fn(u32) -> u32| {
            let at = |cell: u32| number(&values, &format!("ep.{head}.{cell}"));
            // Four times each of -1.5, -0.5, 0.5 and 1.5, whose squares sum to 20.
            (0..16)
                .map(|cell| (f64::from(coordinate(cell)) - 1.5) * at(cell))
                .sum::<f64>()
                / 20.0
        };
        assert!(close(
            number(&values, &format!("slope.{head}")),
            over(|cell| cell % 4)
        ));
        assert!(close(
            number(&values, &format!("down.{head}")),
            over(|cell| cell / 4)
        ));
    }
}

#[test]
fn shares_are_means_over_unseen_scenes_and_heads() {
    let config = strip(1);
    let params = random_model(&config);
    let evaluator = Evaluator::new(&config);
    let items = split_items(&config, Split::Unseen);
    assert!(items.len() > 10 && items.len() <= 60);
    let mut heads = Vec::new();
    for item in items {
        heads.extend(
            evaluator
                .decompose(&params, &Scene::Strip(item.strip), 1, &[])
                .unwrap()
                .heads,
        );
    }
    let values = taken(&config, &params, &[Measure::Shares, Measure::BackgroundRows]);
    let parts = [
        ("XX", &[Term::EE, Term::EP, Term::PE, Term::PP][..]),
        ("XB", &[Term::EB, Term::PB]),
        ("BX", &[Term::BE, Term::BP]),
        ("BB", &[Term::BB]),
    ];
    let magnitudes = parts.map(|(_, terms)| {
        let all = heads.iter().flat_map(|head| {
            (0..head.logits.len()).map(|t| {
                terms
                    .iter()
                    .map(|term| head.term(*term).row[t])
                    .sum::<f64>()
                    .abs()
            })
        });
        mean(&all.collect::<Vec<_>>())
    });
    for ((name, _), magnitude) in parts.iter().zip(magnitudes) {
        let share = magnitude / magnitudes.iter().sum::<f64>();
        assert!(close(number(&values, &format!("share.{name}")), share), "{name}");
    }
    for term in Term::LOGIT {
        let share = mean(&heads.iter().map(|head| head.term(term).share).collect::<Vec<_>>());
        assert!(
            close(number(&values, &format!("variance.{}", term.name())), share),
            "{term:?}"
        );
    }
    // The rows do not depend on what stands there, as a background pixel's do.
    let row = &heads[1].term(Term::BP).row[1..];
    for (pixel, logit) in row.iter().enumerate() {
        assert!(close(number(&values, &format!("row.1.BP.{pixel}")), *logit));
    }
}

#[test]
fn a_text_heads_numbers_are_of_every_pair_it_orders() {
    let config = strip(2);
    let params = random_model(&config);
    let evaluator = Evaluator::new(&config);
    let labels = 1..=config.labels;
    let pairs = labels
        .clone()
        .flat_map(|x| labels.clone().filter(move |y| *y != x).map(move |y| vec![x, y]));
    let decompositions: Vec<_> = pairs
        .map(|pair| {
            evaluator
                .decompose(&params, &Scene::Caption(pair), 1, &[])
                .unwrap()
        })
        .collect();
    let values = taken(&config, &params, &[Measure::Text]);
    for h in 0..config.heads as usize {
        let heads: Vec<_> = decompositions
            .iter()
            .map(|decomposition| &decomposition.heads[h])
            .collect();
        let attention = |t: usize| heads.iter().map(|head| head.attention[t]).collect::<Vec<_>>();
        // SOT X is on the left of Y EOT.
        for token in 0..9 {
            assert!(close(
                number(&values, &format!("attention.{h}.{token}")),
                mean(&attention(token))
            ));
        }
        assert!(close(number(&values, &format!("first.{h}")), mean(&attention(1))));
        assert!(close(
            number(&values, &format!("second.{h}")),
            mean(&attention(7))
        ));
        let least = attention(1).into_iter().reduce(f64::min).unwrap();
        assert!(close(number(&values, &format!("least.{h}")), least));
        for term in Term::LOGIT {
            let lead = heads
                .iter()
                .map(|head| head.term(term).row[1] - head.term(term).row[7]);
            let name = format!("preference.{h}.{}", term.name());
            assert!(
                close(number(&values, &name), mean(&lead.collect::<Vec<_>>())),
                "{name}"
            );
        }
    }
}

#[test]
fn agreements_are_the_alignments() {
    let config = strip(3);
    let params = random_model(&config);
    let values = taken(&config, &params, &[Measure::Alignment]);
    for (space, alignment) in ["token", "circuit"]
        .into_iter()
        .zip(Evaluator::new(&config).alignment(&params).unwrap())
    {
        for (name, expected) in [
            ("raw", alignment.raw),
            ("raw_mismatched", alignment.raw_mismatched),
            ("fitted", alignment.fitted),
            ("held", alignment.held),
            ("held_mismatched", alignment.held_mismatched),
            ("held_matched", alignment.held_matched),
        ] {
            assert_eq!(
                number(&values, &format!("{space}.{name}")),
                expected,
                "{space} {name}"
            );
        }
    }
}

#[test]
fn chance_is_measured_of_both_spaces() {
    let config = strip(3);
    let params = random_model(&config);
    let values = taken(&config, &params, &[Measure::AlignmentChance]);
    let chance = Evaluator::new(&config).alignment_chance(&params).unwrap();
    assert_eq!(values.iter().count(), 4);
    for (space, chance) in ["token", "circuit"].into_iter().zip(chance) {
        assert_eq!(
            number(&values, &format!("{space}.chance_rotation")),
            chance.rotation
        );
        assert_eq!(
            number(&values, &format!("{space}.chance_permutation")),
            chance.permutation
        );
    }
}

/// The metrics that a measure lists are those that it takes; one that goes by head lists none.
#[test]
fn the_metrics_listed_are_those_taken() {
    let config = strip(4);
    let params = random_model(&config);
    let reversed = Ablation::vision(&[Term::EP, Term::VP], -1.0);
    for measure in [
        Measure::Accuracies(Split::ALL.to_vec()),
        Measure::Accuracies(vec![Split::Seen]),
        Measure::Ablation(reversed, vec![Split::Unseen, Split::Single]),
        Measure::Shares,
    ] {
        let mut listed: Vec<String> = measure.metrics().iter().map(ToString::to_string).collect();
        listed.sort();
        let values = taken(&config, &params, std::slice::from_ref(&measure));
        let found: Vec<&str> = values.iter().map(|(name, _)| name).collect();
        assert!(!found.is_empty());
        assert_eq!(listed, found);
    }
    assert_eq!(Measure::Slopes.metrics(), []);
}

/// A scene that is judged by a score that is no number is counted, over all that is measured.
#[test]
fn scenes_without_a_score_are_counted() {
    let config = strip(5);
    let mut params = random_model(&config);
    let whole = taken(&config, &params, &[Measure::Accuracies(Split::ALL.to_vec())]);
    assert_eq!(whole.get(&"not_finite".parse().unwrap()), None);
    params.fill(0.0);
    let splits = [Split::Unseen, Split::Seen];
    let lost = taken(
        &config,
        &params,
        &splits.map(|split| Measure::Accuracies(vec![split])),
    );
    let scenes: usize = splits.map(|split| split_items(&config, split).len()).iter().sum();
    assert_eq!(number(&lost, "not_finite"), scenes as f64);
}

/// Surgery on the trained model: no ramp is no EP, a steep one in one head restores the order, and the same
/// one turned around makes it the opposite.
#[test]
fn a_ramp_stands_in_for_ep() {
    let fixture = Fixture::open("trained");
    let params = fixture.params("");
    let splits = vec![Split::Unseen];
    let without = Measure::Ablation(Ablation::vision(&[Term::EP], 0.0), splits);
    // The last spans 198 of the 200 logits that surgery allows.
    let ramps = [0.0, 3.0, -3.0, 22.0].map(Measure::Ramp);
    let values = taken(&fixture.config, &params, &[&[without][..], &ramps].concat());
    let order = |before: &str| number(&values, &format!("{before} unseen.order"));
    for score in ["retrieval", "order", "recognition"] {
        assert_eq!(
            number(&values, &format!("ramp 0 unseen.{score}")),
            number(&values, &format!("EP unseen.{score}"))
        );
    }
    assert!(
        order("ramp 3") > 0.9 && order("ramp -3") < 0.1 && order("ramp 22").is_finite(),
        "{} {}",
        order("ramp 3"),
        order("ramp -3")
    );
}
