//! 13. Reversal: every term from -1 to 2.

use super::parts::{EFFECTIVE, Runs, SKILL, models, number, open, seeds, those, under};
use crate::analysis::{Ablation, Score, Term};
use crate::config::Config;
use crate::experiment::{
    Axis, Bound, Chart, Condition, Criterion, Experiment, Job, Measure, Measurement, Metric, Point, Scale,
    Series, Summary,
};
use crate::task::Split;

/// The claim, its rule, its models and what they say.
pub const EXPERIMENT: Experiment = Experiment {
    id: 13,
    name: "reversal",
    title: "Reversal",
    claim: "EP at strength −1 makes the model say the opposite; no other term does that.",
    rule: "Median order on unseen pairs with EP reversed at most 0.1; and at least 0.9 times the baseline with any one of PE, PP, BP and VP reversed. Both reproduce it, one partly.",
    jobs,
    summarise,
};

fn strengths() -> impl Iterator<Item = f64> {
    (0..=12).map(|i| -1.0 + 0.25 * f64::from(i))
}

fn jobs(scale: Scale) -> Vec<Job> {
    let unseen = vec![Split::Unseen];
    let mut measures = vec![Measure::Accuracies(unseen.clone())];
    // EP first, so that a figure fills in from what matters.
    let swept = EFFECTIVE
        .into_iter()
        .flat_map(|term| strengths().map(move |strength| (term, strength)))
        .filter(|(_, strength)| *strength != 1.0);
    measures.extend(
        swept.map(|(term, strength)| Measure::Ablation(Ablation::vision(&[term], strength), unseen.clone())),
    );
    seeds(&Config::default(), scale.pick(2, 4, 16), 1000, &measures)
}

fn summarise(jobs: &[Job], measurements: &[Measurement]) -> Summary {
    let runs = Runs::finished(jobs, measurements);
    let metric = |term: Term, strength: f64, score: Score| match strength {
        1.0 => Metric::unseen(score),
        _ => under(&Ablation::vision(&[term], strength), score),
    };
    let series = |term: Term, score: Score| {
        let point = |x: f64| Some(Point::spread(x, runs.spread(&metric(term, x, score))?));
        Series {
            name: term.name().to_owned(),
            points: strengths().filter_map(point).collect(),
        }
    };
    let chart = |score: Score| Chart::Lines {
        title: format!(
            "{} on unseen pairs, each term from reversed (−1) to doubled (2)",
            score.name()
        ),
        x: Axis {
            label: "strength".to_owned(),
            bounds: Some([-1.0, 2.0]),
            log: false,
        },
        y: Axis::share(score.name()),
        series: EFFECTIVE
            .iter()
            .map(|term| series(*term, score))
            .filter(|s| s.points.len() > 1)
            .collect(),
    };
    let charts = vec![chart(Score::Order), chart(Score::Recognition)];
    let reversed = |term: Term| metric(term, -1.0, Score::Order);
    let others = [Term::PE, Term::PP, Term::BP, Term::VP];
    if !others
        .iter()
        .all(|term| runs.median(&reversed(*term)).is_finite())
    {
        return open(charts);
    }
    let opposite = runs.holds(|v| number(v, &reversed(Term::EP)) <= 0.1);
    let finding = format!(
        "Over {}, with EP reversed order on unseen pairs is {} (at most 0.1 in {}) and recognition {}; with PE, PP, BP or VP reversed order is {}.",
        models(runs.count()),
        runs.text(&reversed(Term::EP)),
        those(opposite, runs.count()),
        runs.text(&metric(Term::EP, -1.0, Score::Recognition)),
        others.map(|term| runs.text(&reversed(term))).join(", "),
    );
    let order = runs.median(&Metric::unseen(Score::Order));
    let kept = others.map(|term| {
        let what = format!("order with {} reversed", term.name());
        Condition::new(what, runs.median(&reversed(term)), Bound::AtLeast(SKILL * order))
    });
    let criteria = vec![
        Condition::new(
            "order with EP reversed",
            runs.median(&reversed(Term::EP)),
            Bound::AtMost(0.1),
        )
        .into(),
        Criterion(kept.into()),
    ];
    Summary::decided(criteria, finding, charts)
}
