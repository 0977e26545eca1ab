//! What experiments share: seeds, spreads over seeds, and the charts most of them draw.

use super::super::chart::{Axis, Chart, Point, Row, Series};
use super::super::job::last;
use super::super::stats::{Spread, distinct};
use super::super::{Job, Measure, Measurement, Summary, Values, Verdict};
use super::super::{label, scaled};
use crate::analysis::Term;
use crate::config::Config;
use crate::task::Split;

/// Accuracies at or above this are skill; chance is a half.
pub const SKILL: f64 = 0.9;

/// Whether an order accuracy is a coin toss.
pub fn coin(order: f64) -> bool {
    (0.4..=0.6).contains(&order)
}

/// One job per seed.
pub fn seeds(base: &Config, count: u32, steps: u32, measures: &[Measure]) -> Vec<Job> {
    (0..count).map(|seed| Job::new(Config { seed, ..base.clone() }, steps, measures.to_vec())).collect()
}

/// The different values of a setting among jobs, in order.
pub fn settings(jobs: &[Job], of: impl Fn(&Config) -> f64) -> Vec<f64> {
    distinct(jobs.iter().map(|job| of(&job.config)))
}

/// A preset that is known to exist; another name gives preset `paper`.
pub fn preset(name: &str) -> Config {
    Config::preset(name).unwrap_or_default()
}

/// An ablation of vision terms in all heads, judged on unseen pairs.
pub fn without(terms: &[Term]) -> Measure {
    Measure::Ablation(scaled(terms, 0.0), vec![Split::Unseen])
}

/// The name of some ablated vision terms in the numbers' names.
pub fn named(terms: &[Term]) -> String {
    label(&scaled(terms, 0.0))
}

/// Finished jobs with their last measurements.
#[derive(Clone)]
pub struct Runs<'a>(Vec<(&'a Job, &'a Values)>);

impl<'a> Runs<'a> {
    pub fn of(jobs: &'a [Job], measurements: &'a [Measurement]) -> Runs<'a> {
        Runs(last(jobs, measurements).collect())
    }

    pub fn whose(&self, law: impl Fn(&Config) -> bool) -> Runs<'a> {
        Runs(self.0.iter().copied().filter(|(job, _)| law(&job.config)).collect())
    }

    pub fn count(&self) -> usize {
        self.0.len()
    }

    pub fn iter(&self) -> impl Iterator<Item = (&'a Config, &'a Values)> + '_ {
        self.0.iter().map(|(job, values)| (&job.config, *values))
    }

    /// The spread of a number over the runs that have it.
    pub fn spread(&self, key: &str) -> Option<Spread> {
        Spread::of(self.0.iter().filter_map(|(_, values)| values.get(key).copied()))
    }

    /// Its median, NaN where no run has it.
    pub fn median(&self, key: &str) -> f64 {
        self.spread(key).map_or(f64::NAN, |spread| spread.median)
    }

    /// The spread as text, or a dash.
    pub fn text(&self, key: &str) -> String {
        self.told(|values| number(values, key))
    }

    /// The spread, as text, of what a law makes of each run's numbers.
    pub fn told(&self, law: impl Fn(&Values) -> f64) -> String {
        Spread::of(self.0.iter().map(|(_, values)| law(values))).map_or_else(|| "–".to_owned(), |spread| spread.to_string())
    }

    /// The spread, as text, of the steepest head's slope without its sign, which differs from seed to seed.
    pub fn steepness(&self) -> String {
        self.told(|values| number(values, "slope").abs())
    }

    /// In how many runs a law of their numbers holds.
    pub fn holds(&self, law: impl Fn(&Values) -> bool) -> usize {
        self.0.iter().filter(|(_, values)| law(values)).count()
    }

    /// A row of a chart for each named number that was measured.
    pub fn rows(&self, numbers: &[(String, String)], chance: Option<f64>) -> Vec<Row> {
        let row = |(name, key): &(String, String)| Some(Row::of(name, self.spread(key)?, chance));
        numbers.iter().filter_map(row).collect()
    }
}

/// One of a run's numbers, NaN where it has none.
pub fn number(values: &Values, key: &str) -> f64 {
    values.get(key).copied().unwrap_or(f64::NAN)
}

/// How many models, in words.
pub fn models(count: usize) -> String {
    if count == 1 { "one model".to_owned() } else { format!("{count} models") }
}

/// Some of so many models, in words that follow "in".
pub fn those(some: usize, count: usize) -> String {
    match (some, count) {
        (0, 1) => "none".to_owned(),
        (1, 1) => "this one".to_owned(),
        _ => format!("{some} of them"),
    }
}

/// While nothing is measured.
pub fn open(charts: Vec<Chart>) -> Summary {
    Summary { verdict: Verdict::Open, finding: String::new(), charts }
}

/// A number over training: its spread over the jobs at every step at which some were measured.
pub fn over_steps(measurements: &[Measurement], name: &str, number: impl Fn(&Values) -> Option<f64>) -> Series {
    let steps = distinct(measurements.iter().map(|m| f64::from(m.step)));
    let at = |step: f64| {
        let values = measurements.iter().filter(|m| f64::from(m.step) == step).filter_map(|m| number(&m.values));
        Spread::of(values).map(|spread| Point::of(step, spread))
    };
    Series { name: name.to_owned(), points: steps.into_iter().filter_map(at).collect() }
}

/// Accuracy rows, one per ablation, of one metric on unseen pairs.
pub fn ablation_chart(runs: &Runs, title: &str, ablations: &[String], metric: &str, chance: Option<f64>) -> Chart {
    let nothing = ("nothing".to_owned(), format!("unseen.{metric}"));
    let others = ablations.iter().map(|name| (name.clone(), format!("{name} unseen.{metric}")));
    let rows: Vec<(String, String)> = std::iter::once(nothing).chain(others).collect();
    Chart::Rows { title: title.to_owned(), x: Axis::share(metric), rows: runs.rows(&rows, chance) }
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
