//! 3. The decomposition of the CLS row.

use super::parts::{HEADS, Runs, models, number, open, seeds, those};
use crate::analysis::{Term, least_squares_slope};
use crate::config::Config;
use crate::experiment::{
    Axis, Bound, Chart, Condition, Experiment, Job, Measure, Measurement, Metric, Part, Point, Scale, Series,
    Summary, Values, decimal,
};
use crate::task::Split;

/// The claim, its rule, its models and what they say.
pub const EXPERIMENT: Experiment = Experiment {
    id: 3,
    name: "decomposition",
    title: "What the attention logits are made of",
    claim: "X W_QK X^T is the main part of the CLS row (76 to 91 %); of its four terms only EP has a clear left-to-right gradient.",
    rule: "The main part's median share of the mean magnitude is between 0.76 and 0.91; the steepest head's EP row is monotone, but for one step, in most seeds; and its slope is at least three times that of PP and of BP. All three reproduce it, some partly.",
    jobs,
    summarise,
};

fn jobs(scale: Scale) -> Vec<Job> {
    let measures = [
        Measure::Accuracies(vec![Split::Unseen]),
        Measure::Slopes,
        Measure::Shares,
        Measure::BackgroundRows,
    ];
    seeds(&Config::default(), scale.pick(2, 4, 16), 1000, &measures)
}

/// A term's row in the steepest head.
fn row(values: &Values, term: Term) -> Vec<f64> {
    let steepest = number(values, &Metric::Steepest);
    let head = (0..HEADS).find(|head| f64::from(*head) == steepest);
    head.map_or_else(Vec::new, |head| {
        (0..)
            .map_while(|i| values.get(&Metric::Row(head, term, i)))
            .collect()
    })
}

fn slope(row: &[f64]) -> f64 {
    least_squares_slope(&(0..row.len()).map(|i| i as f64).collect::<Vec<_>>(), row).abs()
}

/// Whether a row falls, or rises, at every step but one. A model that diverged has no row, and no row does.
fn monotone(row: &[f64]) -> bool {
    let steps = row.windows(2);
    let count = |law: fn(&[f64]) -> bool| steps.clone().filter(|pair| law(pair)).count();
    !row.is_empty() && count(|pair| pair[1] < pair[0]).max(count(|pair| pair[1] > pair[0])) + 1 >= steps.len()
}

/// Whether EP's row is at least three times as steep as PP's and BP's.
fn steep(values: &Values) -> bool {
    let [ep, pp, bp] = [Term::EP, Term::PP, Term::BP].map(|term| slope(&row(values, term)));
    ep > 0.0 && ep >= 3.0 * pp.max(bp)
}

fn summarise(jobs: &[Job], measurements: &[Measurement]) -> Summary {
    let runs = Runs::finished(jobs, measurements);
    let Some((_, first)) = runs.iter().next() else {
        return open(Vec::new());
    };
    let formulas = ["X W_QK X^T", "W_Q^T B_K", "B_Q^T W_K X^T", "B_Q^T B_K"].map(str::to_owned);
    let shares: Vec<_> = formulas.into_iter().zip(Part::ALL.map(Metric::Share)).collect();
    let variances = Term::LOGIT.map(|term| (term.name().to_owned(), Metric::Variance(term)));
    let line = |term: Term| {
        let points = row(first, term)
            .into_iter()
            .enumerate()
            .map(|(i, y)| Point::exact(i as f64 + 1.0, y));
        Series {
            name: term.name().to_owned(),
            points: points.collect(),
        }
    };
    let charts = vec![
        Chart::Rows {
            title: "share of the CLS row's mean magnitude".to_owned(),
            x: Axis::share("share"),
            rows: runs.rows(&shares, None),
        },
        Chart::Rows {
            title: "share of the CLS row's variance over tokens".to_owned(),
            x: Axis::fitted("share"),
            rows: runs.rows(&variances, None),
        },
        Chart::Lines {
            title: "the steepest head's rows, first seed".to_owned(),
            x: Axis::fitted("pixel"),
            y: Axis::fitted("logits"),
            series: [Term::EP, Term::PP, Term::BP].map(line).into(),
        },
    ];
    let main = runs.median(&Metric::Share(Part::XX));
    let monotone = runs.holds(|v| monotone(&row(v, Term::EP)));
    let steep = runs.holds(steep);
    let variance = Term::LOGIT
        .map(|term| {
            format!(
                "{} {}",
                term.name(),
                decimal(runs.median(&Metric::Variance(term)))
            )
        })
        .join(", ");
    let finding = format!(
        "Over {}, X W_QK X^T has {} of the CLS row's mean magnitude; the terms' shares of its variance over tokens are {variance}. The steepest head's EP row is monotone in {} (slope {} logits per pixel, either way), and at least three times as steep as PP and BP in {}.",
        models(runs.count()),
        runs.text(&Metric::Share(Part::XX)),
        those(monotone, runs.count()),
        runs.steepness(),
        those(steep, runs.count()),
    );
    let most = Bound::MoreThan(0.5);
    let criteria = vec![
        Condition::new(
            "main part's share of the mean magnitude",
            main,
            Bound::Between(0.76, 0.91),
        )
        .into(),
        Condition::share("seeds with a monotone EP row", monotone, runs.count(), most).into(),
        Condition::share("seeds with EP three times as steep", steep, runs.count(), most).into(),
    ];
    Summary::decided(criteria, finding, charts)
}
