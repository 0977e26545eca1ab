//! `measurements/summary.json`: every number that a sentence may use, by its name. It is two objects, with an
//! entry a line, so that a difference between two runs is a difference of lines.

use std::fmt::Write;

use leftright::experiment::{Condition, Intervention, Metric, Scale, Spread};
use serde_json::{Value, json};

use super::Outcome;
use super::plan::scale_name;
use crate::rounded;

/// Places after the point that are kept.
const PLACES: i32 = 6;
/// The numbers of a spread, in the order of its list.
const SPREAD: [&str; 6] = ["median", "low", "high", "least", "most", "count"];
/// An ablation of more terms is one of a search, whose finding says what it found.
const TERMS: usize = 2;

/// The whole file.
pub fn summary(outcomes: &[Outcome], scale: Scale) -> String {
    let experiments = outcomes
        .iter()
        .map(|outcome| (outcome.experiment.id.to_string(), experiment(outcome).to_string()));
    let mut out = format!(
        "{{\n\"version\": {},\n\"scale\": {},\n\"spread\": {},\n\"experiments\": {{\n",
        json!(env!("CARGO_PKG_VERSION")),
        json!(scale_name(scale)),
        json!(SPREAD)
    );
    lines(&mut out, experiments);
    out.push_str("},\n\"numbers\": {\n");
    lines(&mut out, outcomes.iter().flat_map(numbers));
    out.push_str("}\n}\n");
    out
}

/// `figures/NN-name.json`: an experiment's pictures as data, an entry a line, which the article draws with its
/// own elements.
pub fn charts(outcome: &Outcome) -> String {
    let charts = outcome.summary.charts.iter().map(|chart| {
        let mut chart = json!(chart);
        rounded::value(&mut chart, PLACES);
        chart.to_string()
    });
    let charts: Vec<String> = charts.collect();
    format!("[\n{}\n]\n", charts.join(",\n"))
}

fn lines(out: &mut String, entries: impl Iterator<Item = (String, String)>) {
    let lines: Vec<String> = entries
        .map(|(key, value)| format!("{}: {value}", json!(key)))
        .collect();
    let _ = writeln!(out, "{}", lines.join(",\n"));
}

/// What was found, without its numbers.
fn experiment(outcome: &Outcome) -> Value {
    json!({
        "name": outcome.experiment.name,
        "verdict": outcome.summary.verdict,
        "models": outcome.models,
        "steps": outcome.steps,
        "conditions": outcome.summary.conditions.iter().map(condition).collect::<Vec<_>>(),
        "finding": outcome.summary.finding,
    })
}

fn condition(condition: &Condition) -> Value {
    let Condition {
        what,
        value,
        bound,
        holds,
    } = condition;
    json!({ "what": what, "value": value.map(rounded), "bound": bound, "holds": holds })
}

/// `4.EP unseen.order`, and where an experiment has groups `8.text_layers=2 unseen.order`: a spread, as JSON.
fn numbers(outcome: &Outcome) -> impl Iterator<Item = (String, String)> {
    let id = outcome.experiment.id;
    outcome.groups.iter().flat_map(move |group| {
        let before = if group.name.is_empty() {
            String::new()
        } else {
            format!("{} ", group.name)
        };
        group
            .numbers
            .iter()
            .filter(|(number, _)| quotable(number))
            .map(move |(number, spread)| (format!("{id}.{before}{number}"), told(spread)))
    })
}

/// Whether a sentence may use a number.
fn quotable(number: &str) -> bool {
    match number.parse() {
        Ok(
            Metric::Accuracy(Intervention::Ablation(ablation), ..)
            | Metric::SwapCosine(Intervention::Ablation(ablation)),
        ) => ablation.terms.len() <= TERMS,
        // `|slope|` is no metric's name.
        Ok(_) | Err(_) => true,
    }
}

fn told(spread: &Spread) -> String {
    let Spread {
        median,
        low,
        high,
        least,
        most,
        count,
    } = *spread;
    let numbers = [median, low, high, least, most].map(|x| rounded(x).to_string());
    format!("[{}, {count}]", numbers.join(", "))
}

/// Without the digits that differ from machine to machine.
fn rounded(x: f64) -> f64 {
    rounded::number(x, PLACES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_is_told_in_order_and_rounded() {
        let spread = Spread::finite([1.0 / 3.0, -1e-9, 2.0]).unwrap();
        assert_eq!(told(&spread), "[0.333333, 0, 2, 0, 2, 3]");
        assert_eq!(rounded(-1e-9).to_bits(), 0);
    }

    #[test]
    fn a_search_over_sets_of_terms_is_not_told() {
        for number in [
            "EP+VP unseen.order",
            "EP swap_cosine",
            "|slope|",
            "loss",
            "ramp 1.5 unseen.order",
        ] {
            assert!(quotable(number), "{number}");
        }
        assert!(!quotable("EP+PP+BP unseen.order") && !quotable("EP+PE+PP swap_cosine"));
    }
}
