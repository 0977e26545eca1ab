//! Answers, for a person or (`--json`) for a program.

use std::io::Write;

use leftright::analysis::{Accuracies, Accuracy, Decomposition, Evaluation};
use leftright::experiment::Metric;
use leftright::message;
use leftright::task::Split;
use leftright::training::Run;
use serde_json::{Map, Value, json};

use crate::Failure;

fn object(accuracies: &Accuracies, splits: &[Split]) -> Map<String, Value> {
    let json = |a: &Accuracy| {
        let mut numbers = json!({ "retrieval": a.retrieval, "order": a.order, "recognition": a.recognition });
        if a.not_finite > 0 {
            numbers[Metric::NotFinite.to_string()] = json!(a.not_finite);
        }
        numbers
    };
    splits
        .iter()
        .map(|s| (s.name().to_owned(), json(&accuracies[*s])))
        .collect()
}

/// An accuracy in text.
pub fn number(accuracy: Option<f64>) -> String {
    accuracy.map_or("-".to_owned(), |accuracy| format!("{accuracy:.3}"))
}

fn table(out: &mut (impl Write + ?Sized), accuracies: &Accuracies, splits: &[Split]) -> std::io::Result<()> {
    writeln!(
        out,
        "{:<8} {:>10} {:>8} {:>12} {:>7}",
        "split", "retrieval", "order", "recognition", "scenes"
    )?;
    for split in splits {
        let a = &accuracies[*split];
        let [retrieval, order, recognition] = [a.retrieval, a.order, a.recognition].map(number);
        writeln!(
            out,
            "{:<8} {retrieval:>10} {order:>8} {recognition:>12} {:>7}",
            split.name(),
            a.items
        )?;
    }
    for (split, a) in splits
        .iter()
        .map(|split| (split.name(), &accuracies[*split]))
        .filter(|(_, a)| a.not_finite > 0)
    {
        writeln!(
            out,
            "{} of the {} {split} scenes have a score that is not finite: the model's numbers grow out of bounds",
            a.not_finite, a.items
        )?;
    }
    Ok(())
}

/// Accuracies on some splits.
pub fn accuracies(accuracies: &Accuracies, splits: &[Split], json: bool) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    if json {
        return print(&mut out, &Value::Object(object(accuracies, splits)));
    }
    Ok(table(&mut out, accuracies, splits)?)
}

/// What a training run came to, and under which name it is written, said where there is room; its last evaluation is of the model that was written.
pub fn trained(
    run: &Run,
    evaluations: &[Evaluation],
    ms_per_step: f64,
    (name, out): (&str, &mut dyn Write),
    json: bool,
) -> Result<(), Failure> {
    let losses = run.losses();
    let accuracies = &evaluations
        .last()
        .expect("a run that has ended was evaluated")
        .accuracies;
    let loss = losses.last().copied();
    if json {
        let mut answer = object(accuracies, &Split::ALL);
        // With its settings it is the JSON of a run, which `train --config` takes.
        answer.insert("config".to_owned(), json!(run.config()));
        answer.insert("loss".to_owned(), json!(loss));
        answer.insert("losses".to_owned(), json!(losses));
        answer.insert("evaluations".to_owned(), json!(evaluations));
        answer.insert("steps".to_owned(), json!(run.step()));
        answer.insert("ms_per_step".to_owned(), json!(ms_per_step));
        answer.insert("engine".to_owned(), json!(run.info().kind));
        answer.insert("engine_reason".to_owned(), json!(run.info().reason));
        return print(out, &Value::Object(answer));
    }
    table(out, accuracies, &Split::ALL)?;
    let loss = loss.map_or("-".to_owned(), |x| format!("{x:.2e}"));
    Ok(writeln!(
        out,
        "{} steps, loss {loss}, {ms_per_step:.2} ms per step; wrote {name}",
        run.step()
    )?)
}

/// The nine terms of every head.
pub fn decomposition(decomposition: &Decomposition, json: bool) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    if json {
        return print(&mut out, &serde_json::to_value(decomposition)?);
    }
    let row = |out: &mut std::io::StdoutLock, name: &str, values: &[f64], note: String| {
        let values: String = values.iter().map(|x| format!("{x:>7.2}")).collect();
        writeln!(out, "{name:<10}{values}  {note}")
    };
    let tokens: String = decomposition.tokens.iter().map(|t| format!("{t:>7}")).collect();
    for (h, head) in decomposition.heads.iter().enumerate() {
        writeln!(out, "head {h}    {tokens}  share (EP slope {:+.3})", head.slope)?;
        for term in &head.terms {
            row(
                &mut out,
                &format!("  {:?}", term.term),
                &term.row,
                format!("{:>5.2}", term.share),
            )?;
        }
        row(&mut out, "  logits", &head.logits, String::new())?;
        row(&mut out, "  attention", &head.attention, String::new())?;
    }
    for (what, score) in ["true", "swapped"].iter().zip(&decomposition.captions) {
        writeln!(out, "{what}: \"{}\", cosine {:.3}", score.text, score.similarity)?;
    }
    if let Some(nearest) = &decomposition.nearest {
        writeln!(
            out,
            "nearest: \"{}\", cosine {:.3}",
            nearest.text, nearest.similarity
        )?;
    }
    Ok(())
}

/// One line on stdout: for a program, or for a person.
pub fn line(json: bool, value: &Value, text: &str) -> Result<(), Failure> {
    line_to(&mut std::io::stdout(), json, value, text)
}

/// The same, elsewhere.
pub fn line_to(out: &mut dyn Write, json: bool, value: &Value, text: &str) -> Result<(), Failure> {
    if json {
        print(out, value)
    } else {
        Ok(writeln!(out, "{text}")?)
    }
}

/// One line on stderr. An error here is ignored: there is no other place to report it.
pub fn note(text: &str) {
    let _ = writeln!(std::io::stderr(), "{}", message::shown(text));
}

fn print(out: &mut (impl Write + ?Sized), value: &Value) -> Result<(), Failure> {
    Ok(writeln!(out, "{value}")?)
}
