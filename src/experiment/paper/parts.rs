//! What experiments share: seeds, spreads over seeds, and the charts most of them draw.

use super::super::chart::{Axis, Chart, Point, Row, Series};
use super::super::job::last;
use super::super::stats::{NO_NUMBER, Spread, distinct, median};
use super::super::{Bound, Intervention, Job, Measure, Measurement, Metric, Scale, Summary, Values, Verdict};
use crate::analysis::{Ablation, Score, Term};
use crate::config::{Config, ValidConfig};
use crate::task::Split;

/// Accuracies at or above this are skill; chance is a half.
pub const SKILL: f64 = 0.9;

/// Heads of a model, at most (`Config::heads`).
pub const HEADS: u32 = 16;

/// The terms that change an attention row, and VP: EP first, so that a figure fills in from what matters.
pub const EFFECTIVE: [Term; 7] = [
    Term::EP,
    Term::PE,
    Term::PP,
    Term::BP,
    Term::BE,
    Term::EE,
    Term::VP,
];

/// The terms whose cuts are compared with the claim in every variant of the model or the task.
pub const ABLATED: [Term; 5] = [Term::EP, Term::PE, Term::PP, Term::BP, Term::VP];

/// An order accuracy that is a coin toss.
pub const COIN: Bound = Bound::Between(0.4, 0.6);

/// A job measured at its end, of settings that an experiment chose.
pub fn job(config: Config, steps: u32, measures: Vec<Measure>) -> Job {
    Job::new(
        config
            .validate()
            .expect("an experiment's settings are within bounds"),
        steps,
        measures,
    )
}

/// One job per seed.
pub fn seeds(base: &Config, count: u32, steps: u32, measures: &[Measure]) -> Vec<Job> {
    (0..count)
        .map(|seed| job(Config { seed, ..base.clone() }, steps, measures.to_vec()))
        .collect()
}

/// The same jobs; at full scale each trained until a plateau, so that what it lacks is not more steps.
pub fn to_plateau(jobs: Vec<Job>, scale: Scale) -> Vec<Job> {
    if scale == Scale::Full {
        jobs.into_iter().map(Job::until_plateau).collect()
    } else {
        jobs
    }
}

/// The different values of a setting among jobs, in order.
pub fn settings(jobs: &[Job], setting: impl Fn(&Config) -> f64) -> Vec<f64> {
    distinct(jobs.iter().map(|job| setting(&job.config)))
}

/// An ablation of vision terms in all heads.
pub fn cut(terms: &[Term]) -> Ablation {
    Ablation::vision(terms, 0.0)
}

/// The accuracies on unseen pairs without vision terms.
pub fn without(terms: &[Term]) -> Measure {
    Measure::Ablation(cut(terms), vec![Split::Unseen])
}

/// A score on unseen pairs under an ablation.
pub fn under(ablation: &Ablation, score: Score) -> Metric {
    Metric::Accuracy(Intervention::Ablation(ablation.clone()), Split::Unseen, score)
}

/// A score on unseen pairs without vision terms in any head; what [`without`] measures.
pub fn after(terms: &[Term], score: Score) -> Metric {
    under(&cut(terms), score)
}

/// A score on a split, with nothing done before.
pub fn on(split: Split, score: Score) -> Metric {
    Metric::Accuracy(Intervention::None, split, score)
}

/// Chance, of what is known of it: order among two.
pub fn chance(score: Score) -> Option<f64> {
    (score == Score::Order).then_some(0.5)
}

/// Finished jobs with their last measurements.
#[derive(Clone)]
pub struct Runs<'a>(Vec<(&'a Job, &'a Measurement)>);

impl<'a> Runs<'a> {
    pub fn finished(jobs: &'a [Job], measurements: &'a [Measurement]) -> Runs<'a> {
        Runs(last(jobs, measurements).collect())
    }

    pub fn whose(&self, law: impl Fn(&ValidConfig) -> bool) -> Runs<'a> {
        Runs(
            self.0
                .iter()
                .copied()
                .filter(|(job, _)| law(&job.config))
                .collect(),
        )
    }

    pub fn count(&self) -> usize {
        self.0.len()
    }

    pub fn iter(&self) -> impl Iterator<Item = (&'a ValidConfig, &'a Values)> + '_ {
        self.0.iter().map(|(job, m)| (&job.config, &m.values))
    }

    /// Steps trained until a plateau, as the end of a sentence; nothing where all were trained for as many steps
    /// as they were told.
    pub fn until(&self) -> String {
        if !self.0.iter().any(|(job, _)| job.plateau) {
            return String::new();
        }
        let steps: Vec<f64> = self.0.iter().map(|(_, m)| f64::from(m.step)).collect();
        let most = steps.iter().copied().fold(0.0, f64::max);
        format!(
            ", trained until a plateau, at step {:.0} (median; at most {most:.0})",
            median(steps)
        )
    }

    /// The spread of a number over the runs that have it.
    pub fn spread(&self, metric: &Metric) -> Option<Spread> {
        Spread::finite(self.iter().filter_map(|(_, values)| values.get(metric)))
    }

    /// Its median, NaN where no run has it.
    pub fn median(&self, metric: &Metric) -> f64 {
        self.spread(metric).map_or(f64::NAN, |spread| spread.median)
    }

    /// The spread as text, or a dash.
    pub fn text(&self, metric: &Metric) -> String {
        self.told(|values| number(values, metric))
    }

    /// The spread, as text, of what a law makes of each run's numbers.
    pub fn told(&self, law: impl Fn(&Values) -> f64) -> String {
        Spread::finite(self.iter().map(|(_, values)| law(values)))
            .map_or_else(|| NO_NUMBER.to_owned(), |spread| spread.to_string())
    }

    /// The spread, as text, of the steepest head's slope without its sign, which differs from seed to seed.
    pub fn steepness(&self) -> String {
        self.told(|values| number(values, &Metric::Slope).abs())
    }

    /// In how many runs a law of their numbers holds.
    pub fn holds(&self, law: impl Fn(&Values) -> bool) -> usize {
        self.iter().filter(|(_, values)| law(values)).count()
    }

    /// A row of a chart for each named number that was measured.
    pub fn rows(&self, numbers: &[(String, Metric)], chance: Option<f64>) -> Vec<Row> {
        let row = |(name, metric): &(String, Metric)| Some(Row::spread(name, self.spread(metric)?, chance));
        numbers.iter().filter_map(row).collect()
    }
}

/// One of a run's numbers, NaN where it has none.
pub fn number(values: &Values, metric: &Metric) -> f64 {
    values.get(metric).unwrap_or(f64::NAN)
}

/// How many models, in words.
pub fn models(count: usize) -> String {
    if count == 1 {
        "one model".to_owned()
    } else {
        format!("{count} models")
    }
}

/// Some of so many models, in words that follow "in".
pub fn those(some: usize, count: usize) -> String {
    match (some, count) {
        (0, 1) => "none".to_owned(),
        (1, 1) => "this one".to_owned(),
        _ => format!("{some} of them"),
    }
}

/// By how much a number changes, with its sign; a dash where it has none.
pub fn change(x: f64) -> String {
    if x.is_nan() {
        NO_NUMBER.to_owned()
    } else {
        format!("{x:+.2}")
    }
}

/// While nothing is measured.
pub fn open(charts: Vec<Chart>) -> Summary {
    Summary {
        verdict: Verdict::Open,
        conditions: Vec::new(),
        finding: String::new(),
        charts,
    }
}

/// A number over training: its spread over the jobs at every step at which some were measured.
pub fn over_steps(
    measurements: &[Measurement],
    name: &str,
    number: impl Fn(&Values) -> Option<f64>,
) -> Series {
    let steps = distinct(measurements.iter().map(|m| f64::from(m.step)));
    let at = |step: f64| {
        let values = measurements
            .iter()
            .filter(|m| f64::from(m.step) == step)
            .filter_map(|m| number(&m.values));
        Spread::finite(values).map(|spread| Point::spread(step, spread))
    };
    Series {
        name: name.to_owned(),
        points: steps.into_iter().filter_map(at).collect(),
    }
}

/// A score on unseen pairs, as it is and under each ablation, by name.
pub fn cut_rows(ablations: &[Ablation], score: Score) -> Vec<(String, Metric)> {
    let nothing = ("nothing".to_owned(), Metric::unseen(score));
    let others = ablations
        .iter()
        .map(|ablation| (ablation.to_string(), under(ablation, score)));
    std::iter::once(nothing).chain(others).collect()
}

/// A chart of these rows.
pub fn ablation_chart(
    runs: &Runs,
    title: &str,
    ablations: &[Ablation],
    score: Score,
    chance: Option<f64>,
) -> Chart {
    let rows = runs.rows(&cut_rows(ablations, score), chance);
    Chart::Rows {
        title: title.to_owned(),
        x: Axis::share(score.name()),
        rows,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_model_is_not_counted() {
        let sentence = |some, count| format!("Over {}, it leans in {}.", models(count), those(some, count));
        assert_eq!(sentence(6, 8), "Over 8 models, it leans in 6 of them.");
        assert_eq!(sentence(1, 1), "Over one model, it leans in this one.");
        assert_eq!(sentence(0, 1), "Over one model, it leans in none.");
    }
}
