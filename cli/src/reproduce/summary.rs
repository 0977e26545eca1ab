//! `measurements/summary.json`: every number that a sentence may use, by its name. It is two objects, with an
//! entry a line, so that a difference between two runs is a difference of lines.

use std::collections::BTreeMap;
use std::fmt::Write;

use leftright::experiment::{Condition, Scale, Spread};
use serde_json::{Value, json};

use super::Outcome;
use super::plan::scale_name;

/// Digits behind the point: a run on another machine has the same.
const DIGITS: f64 = 1e6;

/// The whole file.
pub fn summary(outcomes: &[Outcome], scale: Scale) -> String {
    let experiments = outcomes
        .iter()
        .map(|outcome| (outcome.experiment.id.to_string(), experiment(outcome)));
    let mut out = format!(
        "{{\n\"version\": {},\n\"scale\": {},\n\"experiments\": {{\n",
        json!(env!("CARGO_PKG_VERSION")),
        json!(scale_name(scale))
    );
    lines(&mut out, experiments);
    out.push_str("},\n\"numbers\": {\n");
    lines(&mut out, outcomes.iter().flat_map(numbers));
    out.push_str("}\n}\n");
    out
}

fn lines(out: &mut String, entries: impl Iterator<Item = (String, Value)>) {
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

/// `4.EP unseen.order`, and where an experiment has groups `8.text_layers=2 unseen.order`: a spread.
fn numbers(outcome: &Outcome) -> impl Iterator<Item = (String, Value)> {
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
            .map(move |(number, spread)| (format!("{id}.{before}{number}"), told(spread)))
    })
}

fn told(spread: &Spread) -> Value {
    let Spread {
        median,
        low,
        high,
        least,
        most,
        count,
    } = *spread;
    let numbers = [
        ("median", median),
        ("low", low),
        ("high", high),
        ("least", least),
        ("most", most),
    ];
    let numbers = numbers.map(|(name, x)| (name, json!(rounded(x))));
    json!(
        numbers
            .into_iter()
            .chain([("count", json!(count))])
            .collect::<BTreeMap<_, _>>()
    )
}

/// Without the digits that differ from machine to machine, and no zero below zero.
fn rounded(x: f64) -> f64 {
    (x * DIGITS).round() / DIGITS + 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_is_told_by_name_and_rounded() {
        let spread = Spread::finite([1.0 / 3.0, -1e-9, 2.0]).unwrap();
        assert_eq!(
            told(&spread),
            json!({ "median": 0.333333, "low": 0.0, "high": 2.0, "least": 0.0, "most": 2.0, "count": 3 })
        );
        assert_eq!(rounded(-1e-9).to_bits(), 0);
    }
}
