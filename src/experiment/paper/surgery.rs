//! 14. Surgery: a ramp in the place of EP.

use super::parts::{COIN, Runs, SKILL, models, number, open, seeds, those};
use crate::analysis::Score;
use crate::config::Config;
use crate::experiment::{
    Axis, Bound, Chart, Condition, Experiment, Intervention, Job, Measure, Measurement, Metric, Point, Scale,
    Series, Spread, Summary, Values,
};
use crate::task::Split;

/// The claim, its rule, its models and what they say.
pub const EXPERIMENT: Experiment = Experiment {
    id: 14,
    name: "surgery",
    title: "Surgery",
    claim: "A straight ramp in one head is all of EP that matters: in the place of every head's EP it restores the order.",
    rule: "With the steepest head's EP row replaced by a ramp and the other heads' EP taken away, the median over seeds of the best order on unseen pairs is at least 0.9 times the model's own; and without a ramp it is 0.4 to 0.6. Both reproduce it, one partly.",
    jobs,
    summarise,
};

const SLOPES: [f64; 12] = [0.0, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0];

fn jobs(scale: Scale) -> Vec<Job> {
    let mut measures = vec![Measure::Accuracies(vec![Split::Unseen]), Measure::Slopes];
    measures.extend(SLOPES.map(Measure::Ramp));
    seeds(&Config::default(), scale.pick(2, 4, 16), 1000, &measures)
}

fn ramped(slope: f64, score: Score) -> Metric {
    Metric::Accuracy(Intervention::Ramp(slope), Split::Unseen, score)
}

/// The least slope at which order is at least 0.9.
fn least(values: &Values) -> Option<f64> {
    SLOPES
        .into_iter()
        .find(|slope| number(values, &ramped(*slope, Score::Order)) >= SKILL)
}

fn summarise(jobs: &[Job], measurements: &[Measurement]) -> Summary {
    let runs = Runs::finished(jobs, measurements);
    let series = |score: Score| {
        let point = |x: f64| Some(Point::spread(x, runs.spread(&ramped(x, score))?));
        Series {
            name: score.name().to_owned(),
            points: SLOPES.into_iter().filter_map(point).collect(),
        }
    };
    let charts = vec![Chart::Lines {
        title: "unseen pairs, with a ramp of this slope in the place of EP".to_owned(),
        x: Axis::fitted("slope of the ramp, logits per pixel"),
        y: Axis::share("accuracy"),
        series: [Score::Order, Score::Recognition]
            .map(series)
            .into_iter()
            .filter(|s| s.points.len() > 1)
            .collect(),
    }];
    let best = |v: &Values| {
        SLOPES
            .into_iter()
            .map(|slope| number(v, &ramped(slope, Score::Order)))
            .fold(f64::NAN, f64::max)
    };
    let own = |v: &Values| number(v, &Metric::unseen(Score::Order));
    let Some(restored) = Spread::finite(runs.iter().map(|(_, v)| best(v) / own(v))) else {
        return open(charts);
    };
    let slopes = Spread::finite(runs.iter().filter_map(|(_, v)| least(v)));
    let restores = slopes.map_or_else(
        || "no ramp brings order to 0.9".to_owned(),
        |s| {
            format!(
                "the least slope that brings order to 0.9 is {s} logits per pixel (in {}), where the models' own is {}",
                those(s.count, runs.count()),
                runs.steepness()
            )
        },
    );
    let flat = runs.median(&ramped(0.0, Score::Order));
    let finding = format!(
        "Over {}, with no EP at all order on unseen pairs is {}; {restores}. With the best ramp order is {restored} times the model's own.",
        models(runs.count()),
        runs.text(&ramped(0.0, Score::Order)),
    );
    let criteria = vec![
        Condition::new(
            "order with the best ramp, over the model's own",
            restored.median,
            Bound::AtLeast(0.9),
        )
        .into(),
        Condition::new("order without a ramp", flat, COIN).into(),
    ];
    Summary::decided(criteria, finding, charts)
}
