//! Every number in the README's "What it shows" is one of `measurements/summary.json`, or said to be none.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

/// A number in a text.
enum Number {
    /// One of the summary, by name.
    Is(String),
    /// One that is chosen and not measured, as it is written.
    Chosen(&'static str),
}
use Number::{Chosen, Is};

/// Three scores on unseen pairs, each with its median, its least and its most, behind the experiment and what
/// was done to the model.
fn row(before: &str) -> Vec<Number> {
    let scores = ["retrieval", "order", "recognition"];
    let of = |score: &str| ["median", "least", "most"].map(|of| Is(format!("{before}unseen.{score}.{of}")));
    scores.into_iter().flat_map(of).collect()
}

/// The numbers of "What it shows", in order.
fn shows() -> Vec<Number> {
    let sections = [
        // The first seed, the last, the steps.
        vec![Chosen("0"), Chosen("15"), Chosen("1000")],
        row("4."),
        row("4.EP "),
        // The strength.
        vec![Chosen("-1")],
        row("13.EP*-1 "),
        row("4.PE "),
        row("4.PP "),
        row("4.BP "),
    ];
    sections.into_iter().flatten().collect()
}

/// The text under a heading of the second level.
fn section<'a>(text: &'a str, heading: &str) -> &'a str {
    let (_, after) = text.split_once(&format!("\n## {heading}\n")).unwrap();
    after.split("\n## ").next().unwrap()
}

/// Where a text has numbers: digits with a point among them and a sign before them, but in no word (`n_1`).
fn numbers(text: &str) -> Vec<&str> {
    let bytes = text.as_bytes();
    let word = |c: u8| c.is_ascii_alphanumeric() || c == b'_';
    let (mut found, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        if !word(bytes[at]) {
            at += 1;
            continue;
        }
        let mut start = at;
        while at < bytes.len()
            && (word(bytes[at]) || bytes[at] == b'.' && bytes.get(at + 1).is_some_and(u8::is_ascii_digit))
        {
            at += 1;
        }
        let number = text[start..at].parse::<f64>().is_ok() && bytes[start].is_ascii_digit();
        if number && start > 0 && bytes[start - 1] == b'-' && !(start > 1 && word(bytes[start - 2])) {
            start -= 1;
        }
        if number {
            found.push(&text[start..at]);
        }
    }
    found
}

/// A number of the summary: `4.order without EP`, a condition of the rule; `4.models`;
/// `4.unseen.order.median`.
fn look_up(summary: &Value, name: &str) -> Option<f64> {
    let (id, rest) = name.split_once('.')?;
    let experiment = &summary["experiments"][id];
    let condition = experiment["conditions"]
        .as_array()?
        .iter()
        .find(|one| one["what"] == rest);
    if let Some(condition) = condition {
        return condition["value"].as_f64();
    }
    let spread = |(number, of): (&str, &str)| {
        let place = summary["spread"].as_array()?.iter().position(|name| name == of)?;
        summary["numbers"][number][place].as_f64()
    };
    experiment[rest]
        .as_f64()
        .or_else(|| name.rsplit_once('.').and_then(spread))
}

/// What is wrong with the numbers of a text.
fn wrong(text: &str, known: &[Number], summary: &Value) -> Vec<String> {
    let numbers = numbers(text);
    let mut wrong = Vec::new();
    for (number, known) in numbers.iter().zip(known) {
        match known {
            Chosen(text) if text == number => {}
            Chosen(text) => wrong.push(format!("{number} stands where {text} must")),
            Is(name) => {
                let decimals = number.split_once('.').map_or(0, |(_, decimals)| decimals.len());
                match look_up(summary, name).map(|x| format!("{x:.decimals$}")) {
                    Some(measured) if measured == *number => {}
                    Some(measured) => wrong.push(format!("{name} is {measured} and not {number}")),
                    None => wrong.push(format!("{number} should be {name}, which was not measured")),
                }
            }
        }
    }
    if numbers.len() != known.len() {
        wrong.push(format!(
            "{} numbers, of which {} are known",
            numbers.len(),
            known.len()
        ));
    }
    wrong
}

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

#[test]
fn every_number_of_what_it_shows_was_measured() {
    let summary: Value = serde_json::from_str(&read("measurements/summary.json")).unwrap();
    let readme = read("README.md");
    let shows = section(&readme, "What it shows");
    let none: Vec<String> = Vec::new();
    assert_eq!(wrong(shows, &self::shows(), &summary), none);
    // Negative control: no number can be another one unnoticed.
    for (place, number) in numbers(shows).into_iter().enumerate() {
        let at = number.as_ptr() as usize - shows.as_ptr() as usize;
        let digit = if number.ends_with('5') { "6" } else { "5" };
        let end = at + number.len();
        let changed = format!("{}{digit}{}", &shows[..end - 1], &shows[end..]);
        assert_eq!(
            wrong(&changed, &self::shows(), &summary).len(),
            1,
            "number {place}, {number}"
        );
    }
}

/// The check itself, on a text that is right and on texts that are not.
#[test]
fn a_number_that_was_not_measured_is_found() {
    let summary = json!({
        "experiments": { "4": {
            "models": 8,
            "conditions": [{ "what": "order without EP", "value": 0.4951 }, { "what": "no model", "value": null }],
        } },
        "spread": ["median", "least", "count"],
        "numbers": { "4.cls_std=0.1 unseen.order": [0.9749, -0.25, 5] },
    });
    let known = || {
        let measured = [
            "4.order without EP",
            "4.cls_std=0.1 unseen.order.median",
            "4.cls_std=0.1 unseen.order.least",
            "4.models",
        ];
        let measured = measured.map(|name| Is(name.to_owned()));
        measured.into_iter().chain([Chosen("1000")]).collect::<Vec<_>>()
    };
    let right = "Order is 0.50 without EP (n_1, `a-b1`), 0.97 (-0.2 at least) of 8; in 1000 steps.";
    assert_eq!(numbers(right), ["0.50", "0.97", "-0.2", "8", "1000"]);
    assert!(wrong(right, &known(), &summary).is_empty());
    for (from, to, says) in [
        ("0.50", "0.51", "4.order without EP is 0.50 and not 0.51"),
        (
            "0.97",
            "0.98",
            "4.cls_std=0.1 unseen.order.median is 0.97 and not 0.98",
        ),
        (
            "-0.2",
            "0.2",
            "4.cls_std=0.1 unseen.order.least is -0.2 and not 0.2",
        ),
        ("8", "9", "4.models is 8 and not 9"),
        ("1000", "2000", "2000 stands where 1000 must"),
        ("steps", "steps, or 3", "6 numbers, of which 5 are known"),
        ("1000 ", "", "4 numbers, of which 5 are known"),
    ] {
        assert_eq!(wrong(&right.replacen(from, to, 1), &known(), &summary), [says]);
    }
    for name in [
        "4.no model",
        "5.models",
        "4.unseen.order.median",
        "4.cls_std=0.1 unseen.order.mean",
    ] {
        assert_eq!(wrong("1", &[Is(name.to_owned())], &summary).len(), 1, "{name}");
    }
}
