//! 13. Reversal: every term from -1 to 2.

use super::parts::{Runs, SKILL, models, number, open, seeds, those};
use crate::analysis::Term;
use crate::config::Config;
use crate::experiment::{Axis, Chart, Experiment, Job, Measure, Measurement, Point, Scale, Series, Summary, Verdict, label, scaled};
use crate::task::Split;

pub const EXPERIMENT: Experiment = Experiment {
    id: 13,
    name: "reversal",
    title: "Reversal",
    claim: "EP at strength -1 makes the model say the opposite; no other term does that.",
    rule: "Median order on unseen pairs with EP reversed at most 0.1; and at least 0.9 times the baseline with any one of PE, PP, BP and VP reversed. Both reproduce it, one partly.",
    jobs,
    summarise,
};

const TERMS: [Term; 7] = [Term::EP, Term::PE, Term::PP, Term::BP, Term::BE, Term::EE, Term::VP];

fn strengths() -> impl Iterator<Item = f64> {
    (0..=12).map(|i| -1.0 + 0.25 * f64::from(i))
}

fn name(term: Term, strength: f64) -> String {
    label(&scaled(&[term], strength))
}

fn jobs(scale: Scale) -> Vec<Job> {
    let unseen = vec![Split::Unseen];
    let mut measures = vec![Measure::Accuracies(unseen.clone())];
    // EP first, so that a figure fills in from what matters.
    let swept =
        TERMS.into_iter().flat_map(|term| strengths().map(move |strength| (term, strength))).filter(|(_, strength)| *strength != 1.0);
    measures.extend(swept.map(|(term, strength)| Measure::Ablation(scaled(&[term], strength), unseen.clone())));
    seeds(&Config::default(), scale.pick(2, 4, 8), 1000, &measures)
}

fn summarise(jobs: &[Job], measurements: &[Measurement]) -> Summary {
    let runs = Runs::of(jobs, measurements);
    let key = |term: Term, strength: f64, metric: &str| match strength {
        1.0 => format!("unseen.{metric}"),
        _ => format!("{} unseen.{metric}", name(term, strength)),
    };
    let series = |term: Term, metric: &str| {
        let point = |x: f64| Some(Point::of(x, runs.spread(&key(term, x, metric))?));
        Series { name: term.name().to_owned(), points: strengths().filter_map(point).collect() }
    };
    let chart = |metric: &str| Chart::Lines {
        title: format!("{metric} on unseen pairs, each term from reversed (-1) through removed (0) to doubled (2)"),
        x: Axis { label: "strength".to_owned(), bounds: Some([-1.0, 2.0]), log: false },
        y: Axis::share(metric),
        series: TERMS.iter().map(|term| series(*term, metric)).filter(|s| s.points.len() > 1).collect(),
    };
    let charts = vec![chart("order"), chart("recognition")];
    let reversed = |term: Term| key(term, -1.0, "order");
    let others = [Term::PE, Term::PP, Term::BP, Term::VP];
    if !others.iter().all(|term| runs.median(&reversed(*term)).is_finite()) {
        return open(charts);
    }
    let opposite = runs.holds(|v| number(v, &reversed(Term::EP)) <= 0.1);
    let kept = |term: &Term| runs.median(&reversed(*term)) >= SKILL * runs.median("unseen.order");
    let finding = format!(
        "Over {}, with EP reversed order on unseen pairs is {} (at most 0.1 in {}) and recognition {}; with PE, PP, BP or VP reversed order is {}.",
        models(runs.count()),
        runs.text(&reversed(Term::EP)),
        those(opposite, runs.count()),
        runs.text(&key(Term::EP, -1.0, "recognition")),
        others.map(|term| runs.text(&reversed(term))).join(", "),
    );
    Summary { verdict: Verdict::of(&[runs.median(&reversed(Term::EP)) <= 0.1, others.iter().all(kept)]), finding, charts }
}
