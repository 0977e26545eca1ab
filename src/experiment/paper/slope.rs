//! 5. Slope and ability, over models that have them and models that have not.

use super::parts::{Runs, job, number, open};
use crate::analysis::Score;
use crate::config::{Config, ValidConfig};
use crate::experiment::{
    Axis, Bound, Chart, Condition, Criterion, Dot, Experiment, Job, Measure, Measurement, Metric, Scale,
    Summary, Values, decimal, median, rank_correlation,
};
use crate::task::Split;

/// The claim, its rule, its models and what they say.
pub const EXPERIMENT: Experiment = Experiment {
    id: 5,
    name: "slope",
    title: "Slope and ability",
    claim: "Models that do not generalize to unseen pairs have no EP gradient at all; the gradient and the ability come together (App. G).",
    rule: "Where labels, layouts or weight decay vary: slope and order on unseen pairs have a rank correlation of at least 0.5; models with order below 0.65 have at most a third of the median slope of those above 0.9. And the converse where the initial scales vary: every model without a slope (below 0.2) has order below 0.75. All three reproduce it, some partly.",
    jobs,
    summarise,
};

const GROUPS: [&str; 4] = [
    "labels in pairs",
    "layouts per pair",
    "weight decay",
    "initial scales",
];
/// The place of the initial scales among them: the group that is judged by itself.
const SCALES: u32 = 3;

fn group(config: &Config) -> u32 {
    let paper = Config::default();
    if (config.cls_std, config.position_std) != (paper.cls_std, paper.position_std) {
        SCALES
    } else if config.weight_decay != paper.weight_decay {
        2
    } else {
        u32::from(config.pair_layouts != paper.pair_layouts)
    }
}

fn jobs(scale: Scale) -> Vec<Job> {
    let labels: Vec<u32> = scale.pick(vec![2, 3, 5, 9, 15], vec![2, 3, 4, 6, 9, 15], (2..=15).collect());
    let layouts: &[u32] = scale.pick(&[], &[], &[1, 2, 5, 10, 40]);
    let decays: &[f64] = scale.pick(
        &[0.3, 1.0],
        &[0.1, 0.3, 1.0],
        &[0.03, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0],
    );
    let scales: &[(f64, f64)] = scale.pick(
        &[(0.1, 0.02), (1.0, 0.3)],
        &[(0.1, 0.02), (1.0, 0.1), (0.1, 0.3)],
        &[
            (0.03, 0.02),
            (0.1, 0.02),
            (0.3, 0.02),
            (1.0, 0.1),
            (1.0, 0.3),
            (0.1, 0.1),
            (0.1, 0.3),
            (0.03, 0.3),
        ],
    );
    let mut jobs = Vec::new();
    for seed in 0..scale.pick(1, 2, 8) {
        let mut add = |config: Config| {
            let config = Config { seed, ..config };
            jobs.push(job(
                config,
                1000,
                vec![Measure::Accuracies(vec![Split::Unseen]), Measure::Slopes],
            ));
        };
        labels.iter().for_each(|pair_labels| {
            add(Config {
                pair_labels: *pair_labels,
                ..Config::default()
            })
        });
        layouts.iter().for_each(|pair_layouts| {
            add(Config {
                pair_layouts: *pair_layouts,
                ..Config::default()
            })
        });
        decays.iter().for_each(|weight_decay| {
            add(Config {
                weight_decay: *weight_decay,
                ..Config::default()
            })
        });
        scales.iter().for_each(|(cls_std, position_std)| {
            add(Config {
                cls_std: *cls_std,
                position_std: *position_std,
                ..Config::default()
            })
        });
    }
    jobs
}

/// A model's slope, and a score on unseen pairs.
fn point(values: &Values, score: Score) -> Option<(f64, f64)> {
    let (slope, score) = (
        number(values, &Metric::Slope).abs(),
        number(values, &Metric::unseen(score)),
    );
    (slope.is_finite() && score.is_finite()).then_some((slope, score))
}

/// Slope and a score, one mark per model.
fn scatter(runs: &Runs, score: Score) -> Chart {
    let name = score.name();
    let dot = |(config, values): (&ValidConfig, &Values)| {
        let (x, y) = point(values, score)?;
        let label = format!(
            "N_pair {}, n_2 {}, weight decay {}, CLS scale {}, position scale {}, seed {}: slope {x:.2}, {name} {y:.2}",
            config.pair_labels,
            config.pair_layouts,
            config.weight_decay,
            config.cls_std,
            config.position_std,
            config.seed
        );
        Some(Dot {
            x,
            y,
            group: group(config),
            label,
        })
    };
    Chart::Scatter {
        title: format!("EP slope and {name} on unseen pairs, one mark per model"),
        x: Axis::fitted("|EP slope| of the steepest head, logits per pixel"),
        y: Axis::share(&format!("{name}, unseen pairs")),
        groups: GROUPS.map(str::to_owned).into(),
        dots: runs.iter().filter_map(dot).collect(),
    }
}

fn summarise(jobs: &[Job], measurements: &[Measurement]) -> Summary {
    let runs = Runs::finished(jobs, measurements);
    let charts = [Score::Order, Score::Retrieval].map(|score| scatter(&runs, score));
    let points = |scales: bool, score: Score| {
        runs.whose(|config| (group(config) == SCALES) == scales)
            .iter()
            .filter_map(|(_, v)| point(v, score))
            .collect::<Vec<_>>()
    };
    let diverse = points(false, Score::Order);
    let scales = points(true, Score::Order);
    let correlation = rank_correlation(&diverse);
    let slopes = |points: &[(f64, f64)], law: &dyn Fn(f64) -> bool| {
        median(
            points
                .iter()
                .filter(|(_, order)| law(*order))
                .map(|(slope, _)| *slope),
        )
    };
    let (unable, able) = (
        slopes(&diverse, &|order| order < 0.65),
        slopes(&diverse, &|order| order > 0.9),
    );
    if !correlation.is_finite() || !unable.is_finite() || !able.is_finite() || scales.is_empty() {
        return open(charts.into());
    }
    let flat: Vec<f64> = scales
        .iter()
        .filter(|(slope, _)| *slope < 0.2)
        .map(|(_, order)| *order)
        .collect();
    let elsewhere = flat.iter().filter(|order| **order >= 0.75).count();
    let converse = match flat.len() {
        0 => format!("none of {} models is without a slope", scales.len()),
        flat => {
            format!(
                "{elsewhere} of {flat} models without a slope have order 0.75 or more all the same: they break the symmetry elsewhere"
            )
        }
    };
    let finding = format!(
        "Where labels, layouts or weight decay vary ({} models), slope and order have a rank correlation of {correlation:.2} (slope and retrieval {}, slope and recognition {}); the median slope is {unable:.2} where order is below 0.65 and {able:.2} where it is above 0.9. Where the initial scales vary, {converse}.",
        diverse.len(),
        decimal(rank_correlation(&points(false, Score::Retrieval))),
        decimal(rank_correlation(&points(false, Score::Recognition))),
    );
    let mut criteria: Vec<Criterion> = vec![
        Condition::new(
            "rank correlation of slope and order",
            correlation,
            Bound::AtLeast(0.5),
        )
        .into(),
        Condition::new(
            "median slope where order is below 0.65",
            unable,
            Bound::AtMost(able / 3.0),
        )
        .into(),
    ];
    if !flat.is_empty() {
        let what = "models without a slope that have order 0.75 or more";
        criteria.push(Condition::share(what, elsewhere, flat.len(), Bound::AtMost(0.0)).into());
    }
    Summary::decided(criteria, finding, charts.into())
}
