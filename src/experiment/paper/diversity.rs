//! 2. Label against layout diversity.

use super::parts::{Runs, change, job, on, open, settings};
use crate::analysis::Score;
use crate::config::Config;
use crate::experiment::{
    Bound, Chart, Condition, Experiment, Job, Measure, Measurement, Metric, Scale, Summary,
};
use crate::task::Split;

/// The claim, its rule, its models and what they say.
pub const EXPERIMENT: Experiment = Experiment {
    id: 2,
    name: "diversity",
    title: "Label against layout diversity",
    claim: "More labels in pairs (N_pair 5 to 15) lift all three generalizations, unseen pairs from near random to near perfect; more layouts per pair (n_2) do almost nothing.",
    rule: "On unseen pairs: retrieval gains at least 0.3 from the fewest labels to the most; and more layouts, from the fewest to the most, gain less than a third of that. Both reproduce it, one partly.",
    jobs,
    summarise,
};

fn jobs(scale: Scale) -> Vec<Job> {
    let labels: Vec<u32> = scale.pick(vec![3, 5, 9, 15], vec![3, 5, 9, 15], (2..=15).collect());
    let layouts: Vec<u32> = scale.pick(vec![1, 5, 20, 40], vec![1, 5, 20, 40], vec![1, 2, 5, 10, 20, 40]);
    let positions: Vec<u32> = scale.pick(vec![8], vec![8], vec![2, 8]);
    let mut jobs = Vec::new();
    for seed in 0..scale.pick(1, 2, 5) {
        for single_layouts in &positions {
            for pair_labels in labels.iter().rev() {
                for pair_layouts in &layouts {
                    let config = Config {
                        seed,
                        single_layouts: *single_layouts,
                        pair_labels: *pair_labels,
                        pair_layouts: *pair_layouts,
                        ..Config::default()
                    };
                    jobs.push(job(
                        config,
                        1000,
                        vec![Measure::Accuracies(Split::ALL.to_vec()), Measure::Slopes],
                    ));
                }
            }
        }
    }
    jobs
}

/// What a number gains from the least to the greatest value of a setting, the others held: the mean over what
/// the others are.
fn gain(runs: &Runs, by: &[Vec<f64>; 3], which: usize, metric: &Metric) -> f64 {
    let values =
        |config: &Config| [config.pair_labels, config.pair_layouts, config.single_layouts].map(f64::from);
    let (Some(least), Some(most)) = (by[which].first(), by[which].last()) else {
        return f64::NAN;
    };
    let others: Vec<usize> = (0..3).filter(|i| *i != which).collect();
    let mut gains = Vec::new();
    for a in &by[others[0]] {
        for b in &by[others[1]] {
            let at = |value: f64| {
                runs.whose(|c| {
                    values(c)[which] == value && values(c)[others[0]] == *a && values(c)[others[1]] == *b
                })
                .median(metric)
            };
            gains.push(at(*most) - at(*least));
        }
    }
    let finite: Vec<f64> = gains.into_iter().filter(|x| x.is_finite()).collect();
    finite.iter().sum::<f64>() / finite.len() as f64
}

fn summarise(jobs: &[Job], measurements: &[Measurement]) -> Summary {
    let runs = Runs::finished(jobs, measurements);
    let by = [
        settings(jobs, |c| c.pair_labels.into()),
        settings(jobs, |c| c.pair_layouts.into()),
        settings(jobs, |c| c.single_layouts.into()),
    ];
    let [labels, layouts, positions] = &by;
    let mut charts = Vec::new();
    for split in [Split::Unseen, Split::Seen, Split::Single] {
        for single in positions.iter().rev() {
            let cell = |n2: f64, n: f64| {
                let here = runs.whose(|c| {
                    (
                        f64::from(c.pair_labels),
                        f64::from(c.pair_layouts),
                        f64::from(c.single_layouts),
                    ) == (n, n2, *single)
                });
                here.spread(&on(split, Score::Retrieval))
                    .map(|spread| spread.median)
            };
            charts.push(Chart::Map {
                title: format!("retrieval, {}, n_1 = {single}", split.name()),
                x_label: "labels in pairs, N_pair".to_owned(),
                columns: labels.iter().map(f64::to_string).collect(),
                y_label: "layouts per pair, n_2".to_owned(),
                rows: layouts.iter().rev().map(f64::to_string).collect(),
                cells: layouts
                    .iter()
                    .rev()
                    .flat_map(|n2| labels.iter().map(move |n| (*n2, *n)))
                    .map(|(n2, n)| cell(n2, n))
                    .collect(),
                range: [0.0, 1.0],
                names: Vec::new(),
            });
        }
    }
    let gains = |split| [0, 1, 2].map(|which| gain(&runs, &by, which, &on(split, Score::Retrieval)));
    let [by_labels, by_layouts, _] = gains(Split::Unseen);
    if !by_labels.is_finite() || !by_layouts.is_finite() {
        return open(charts);
    }
    let (few, many) = (labels[0], labels[labels.len() - 1]);
    let at = |n: f64| {
        runs.whose(|c| f64::from(c.pair_labels) == n)
            .median(&Metric::unseen(Score::Retrieval))
    };
    let effect = |split: Split| {
        let [by_labels, by_layouts, by_positions] = gains(split);
        let of_positions = if positions.len() > 1 {
            format!(", {} from n_1", change(by_positions))
        } else {
            String::new()
        };
        format!(
            "{}: {} from labels, {} from layouts{of_positions}",
            split.name(),
            change(by_labels),
            change(by_layouts),
        )
    };
    let finding = format!(
        "Retrieval on unseen pairs goes from {:.2} with {few} labels in pairs to {:.2} with {many}. What retrieval gains on average from the least to the most of each, the others held: {}; {}; {}.",
        at(few),
        at(many),
        effect(Split::Unseen),
        effect(Split::Seen),
        effect(Split::Single),
    );
    let criteria = vec![
        Condition::new("gain of retrieval from labels", by_labels, Bound::AtLeast(0.3)).into(),
        Condition::new(
            "gain from layouts, either way",
            by_layouts.abs(),
            Bound::LessThan(by_labels / 3.0),
        )
        .into(),
    ];
    Summary::decided(criteria, finding, charts)
}
