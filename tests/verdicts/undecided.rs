//! What an experiment cannot decide: where one of the things it compares is missing it stays open.

use leftright::config::ValidConfig;
use leftright::experiment::{Experiment, Measurement, Scale, Summary, Values, Verdict};

use super::cases::{case, initial, metric, phase, values};
use super::{measured, named, summary, verdict};

/// Whether a model has ended.
type Ended = fn(&ValidConfig) -> bool;

/// What an experiment says when only some of its models have ended.
fn ended(experiment: &Experiment, is: Ended) -> Summary {
    let jobs = (experiment.jobs)(Scale::Full);
    let measurements: Vec<Measurement> = (0..)
        .zip(&jobs)
        .filter(|(_, job)| is(&job.config))
        .flat_map(|(place, job)| measured(place, job, &case(experiment.name).reproduced))
        .collect();
    experiment.summarise(&jobs, &measurements)
}

#[test]
fn one_side_of_a_comparison_decides_nothing() {
    let sides: [(&str, [Ended; 2]); 8] = [
        ("captions", [|c| c.text_layers == 1, |c| c.text_layers == 2]),
        ("grid", [|c| c.above, |c| !c.above]),
        ("three", [|c| c.pair_labels == 8, |c| c.pair_labels == 15]),
        ("norm-mlp", [|c| c.mixed, |c| !c.mixed]),
        ("norm-mlp", [|c| c.mlp, |c| !c.mlp]),
        ("autoregressive", [|c| c.mixed, |c| !c.mixed]),
        ("exclusive-or", [|c| c.right, |c| !c.right]),
        ("exclusive-or", [|c| c.text_layers == 1, |c| c.text_layers == 2]),
    ];
    for (name, sides) in sides {
        for is in sides {
            let summary = ended(named(name), is);
            assert_eq!(
                (summary.verdict, &summary.finding[..]),
                (Verdict::Open, ""),
                "{name}"
            );
        }
        assert_eq!(ended(named(name), |_| true).verdict, Verdict::Reproduced);
    }
}

#[test]
fn diversity_needs_the_fewest_and_the_most_of_both() {
    let sides: [Ended; 4] = [
        |c| c.pair_labels < 15,
        |c| c.pair_labels > 2,
        |c| c.pair_layouts < 40,
        |c| c.pair_layouts > 1,
    ];
    for is in sides {
        assert_eq!(ended(named("diversity"), is).verdict, Verdict::Open);
    }
}

#[test]
fn slope_needs_able_and_unable_models_that_vary_and_the_initial_scales() {
    // Slope and order by labels; weight decay as the fewest labels; then the initial scales.
    let of = |labels: fn(u32) -> (f64, f64), scales: f64| {
        verdict("slope", &|c, _| {
            let (slope, order) = labels(if c.weight_decay > 0.0 { 2 } else { c.pair_labels });
            let order = if initial(c) { scales } else { order };
            values([("slope", slope), ("unseen.order", order)])
        })
    };
    let whole = |n: u32| if n < 9 { (0.1, 0.6) } else { (1.0, 0.95) };
    assert_eq!(of(whole, 0.7), Verdict::Reproduced);
    assert_eq!(of(whole, f64::NAN), Verdict::Open);
    assert_eq!(
        [
            of(|n| (1.0, if n < 9 { 0.6 } else { 0.95 }), 0.7),
            // An order of 0.65 is not below it, and one of 0.9 is not above it.
            of(|n| (f64::from(n), if n < 9 { 0.65 } else { 0.95 }), 0.7),
            of(|n| (f64::from(n), if n < 9 { 0.6 } else { 0.9 }), 0.7),
        ],
        [Verdict::Open; 3]
    );
}

/// The cells on one side alone say nothing; those without an order are no cells.
#[test]
fn phase_needs_cells_on_both_sides() {
    for large in [true, false] {
        let row = |c: &ValidConfig, _: f64| {
            let here = (c.cls_std / c.position_std >= 25.0) == large;
            if here { phase("EP", 0.2) } else { Values::default() }
        };
        assert_eq!(summary("phase", Scale::Quick, &row).verdict, Verdict::Open);
    }
}

/// Three quarters of the cells of one side, and half of the other's.
#[test]
fn phase_counts_cells() {
    // Four cells have a ratio of at least 25: 2 / 0.005, 2 / 0.02, 0.5 / 0.005 and 0.5 / 0.02; six have at
    // most 1.
    let of = |large: usize, small: usize| {
        let row = move |c: &ValidConfig, _: f64| {
            let (cls, position) = (c.cls_std, c.position_std);
            let high = [(2.0, 0.005), (2.0, 0.02), (0.5, 0.005), (0.5, 0.02)];
            let low = [
                (0.02, 0.02),
                (0.02, 0.1),
                (0.02, 0.5),
                (0.1, 0.1),
                (0.1, 0.5),
                (0.5, 0.5),
            ];
            let place = |cells: &[(f64, f64)]| cells.iter().position(|cell| *cell == (cls, position));
            match (place(&high), place(&low)) {
                (Some(i), _) => phase(if i < large { "EP" } else { "PP" }, 0.2),
                (_, Some(i)) => phase(if i < small { "PP" } else { "EP" }, 0.2),
                _ => phase("BE", 0.2),
            }
        };
        verdict("phase", &row)
    };
    assert_eq!(
        [of(3, 3), of(2, 3), of(3, 2)],
        [Verdict::Reproduced, Verdict::Partly, Verdict::Partly]
    );
}

/// A model is able from 0.7 on.
#[test]
fn phase_counts_what_is_just_able() {
    let row = |_: &ValidConfig, _: f64| {
        let mut row = phase("PP", 0.5);
        row.insert(metric("unseen.order"), 0.7);
        row
    };
    let finding = summary("phase", Scale::Quick, &row).finding;
    assert!(
        finding.contains("another term, or none alone, does it in 6"),
        "{finding}"
    );
}

/// A ramp is judged against the model's own order.
#[test]
fn surgery_restores_a_part_of_the_models_own() {
    let of = |best: f64| {
        verdict("surgery", &|_, _| {
            values([
                ("unseen.order", 0.5),
                ("ramp 0 unseen.order", 0.4),
                ("ramp 2 unseen.order", best),
            ])
        })
    };
    assert_eq!([of(0.45), of(0.44)], [Verdict::Reproduced, Verdict::Partly]);
}
