//! 1. Three generalizations over training.

use super::parts::{Runs, SKILL, models, on, open, over_steps, seeds};
use crate::analysis::Score;
use crate::config::Config;
use crate::experiment::{
    Axis, Bound, Chart, Condition, Experiment, Job, Measure, Measurement, Metric, Scale, Summary,
};
use crate::task::Split;

/// The claim, its rule, its models and what they say.
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
    let jobs = seeds(&Config::default(), scale.pick(2, 3, 16), 1000, &measures);
    jobs.into_iter().map(|job| Job { every: 50, ..job }).collect()
}

fn summarise(jobs: &[Job], measurements: &[Measurement]) -> Summary {
    let line = |split: Split, score| {
        let metric = on(split, score);
        over_steps(measurements, split.name(), |values| values.get(&metric))
    };
    let chart = |score: Score| Chart::Lines {
        title: format!("{} over training", score.name()),
        x: Axis::fitted("step"),
        y: Axis::share(score.name()),
        series: Split::ALL
            .into_iter()
            .filter(|split| Score::on(*split).contains(&score))
            .map(|split| line(split, score))
            .collect(),
    };
    let charts = Score::ALL.map(chart).into();
    let runs = Runs::finished(jobs, measurements);
    if runs.count() == 0 {
        return open(charts);
    }
    let retrievals = Split::ALL.map(|split| on(split, Score::Retrieval));
    let finding = format!(
        "Over {}, retrieval is {} on single objects, {} on seen pairs and {} on unseen pairs; on unseen pairs order is {} and recognition {}.",
        models(runs.count()),
        runs.text(&retrievals[0]),
        runs.text(&retrievals[1]),
        runs.text(&retrievals[2]),
        runs.text(&Metric::unseen(Score::Order)),
        runs.text(&Metric::unseen(Score::Recognition)),
    );
    let criteria = Split::ALL.map(|split| {
        let what = format!("retrieval, {}", split.name());
        Condition::new(
            what,
            runs.median(&on(split, Score::Retrieval)),
            Bound::AtLeast(SKILL),
        )
        .into()
    });
    let criteria = criteria.into();
    Summary::decided(criteria, finding, charts)
}
