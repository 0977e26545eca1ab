//! 1. Three generalizations over training.

use super::parts::{Runs, SKILL, models, open, over_steps, seeds};
use crate::config::Config;
use crate::experiment::{Axis, Chart, Experiment, Job, Measure, Measurement, Scale, Summary, Verdict};
use crate::task::Split;

pub const EXPERIMENT: Experiment = Experiment {
    id: 1,
    name: "generalization",
    title: "Three generalizations",
    claim: "With 15 labels in pairs a one-layer CLIP generalizes to held-out positions, held-out layouts and unseen pairs, nearly perfectly.",
    rule: "Median retrieval over seeds at least 0.9 on each of the three splits: all three reproduce it, some partly.",
    jobs,
    summarise,
};

fn jobs(scale: Scale) -> Vec<Job> {
    let measures = [Measure::Accuracies(Split::ALL.to_vec()), Measure::Slopes];
    let jobs = seeds(&Config::default(), scale.pick(2, 3, 8), 1000, &measures);
    jobs.into_iter().map(|job| Job { every: 50, ..job }).collect()
}

fn summarise(jobs: &[Job], measurements: &[Measurement]) -> Summary {
    let series = |metric: &'static str, splits: &[&'static str]| {
        splits.iter().map(|split| over_steps(measurements, split, move |v| v.get(&format!("{split}.{metric}")).copied())).collect()
    };
    let chart = |metric: &'static str, splits: &[&'static str]| Chart::Lines {
        title: format!("{metric} over training"),
        x: Axis::fitted("step"),
        y: Axis::share(metric),
        series: series(metric, splits),
    };
    let charts = vec![
        chart("retrieval", &["single", "seen", "unseen"]),
        chart("order", &["seen", "unseen"]),
        chart("recognition", &["seen", "unseen"]),
    ];
    let runs = Runs::of(jobs, measurements);
    if runs.count() == 0 {
        return open(charts);
    }
    let keys = ["single.retrieval", "seen.retrieval", "unseen.retrieval"];
    let finding = format!(
        "Over {}, retrieval is {} on single objects, {} on seen pairs and {} on unseen pairs; on unseen pairs order is {} and recognition {}.",
        models(runs.count()),
        runs.text(keys[0]),
        runs.text(keys[1]),
        runs.text(keys[2]),
        runs.text("unseen.order"),
        runs.text("unseen.recognition"),
    );
    Summary { verdict: Verdict::of(&keys.map(|key| runs.median(key) >= SKILL)), finding, charts }
}
