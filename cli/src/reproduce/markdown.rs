//! REPRODUCTION.md.

use std::fmt::Write;

use leftright::experiment::{Condition, Scale, decimal};

use super::first_page::first_page;
use super::{Outcome, word};

/// The report of some experiments.
pub fn report(outcomes: &[Outcome], scale: Scale) -> String {
    let mut out = first_page(outcomes, scale);
    out.push_str("\n| | experiment | verdict | models |\n| --- | --- | --- | --- |\n");
    for Outcome {
        experiment,
        models,
        summary,
        ..
    } in outcomes
    {
        let _ = writeln!(
            out,
            "| {} | [{}](#{}) | **{}** | {models} |",
            experiment.id,
            experiment.title,
            anchor(experiment.id, experiment.title),
            word(summary.verdict)
        );
    }
    for outcome in outcomes {
        let Outcome {
            experiment,
            models,
            summary,
            ..
        } = outcome;
        let _ = write!(
            out,
            "\n## {}. {}\n\n**Claim.** {}\n\n**Rule.** {}\n\n**Measured.** {}\n\n\
             **Verdict: {}.** {models} models.\n",
            experiment.id,
            experiment.title,
            experiment.claim,
            experiment.rule,
            if summary.finding.is_empty() {
                "Too little to say."
            } else {
                &summary.finding
            },
            word(summary.verdict),
        );
        if !summary.conditions.is_empty() {
            out.push_str("\n| | measured | must be | |\n| --- | --- | --- | --- |\n");
        }
        for Condition {
            what,
            value,
            bound,
            holds,
        } in &summary.conditions
        {
            let value = value.map_or_else(|| "–".to_owned(), decimal);
            let holds = if *holds { "holds" } else { "does not" };
            let _ = writeln!(out, "| {what} | {value} | {bound} | {holds} |");
        }
        for (figure, chart) in outcome.figures().zip(&summary.charts) {
            let _ = write!(out, "\n![{}]({figure})\n", chart.title());
        }
    }
    out
}

/// The name that GitHub gives a heading.
fn anchor(id: u32, title: &str) -> String {
    let kept = format!("{id}. {title}").to_lowercase();
    kept.chars()
        .filter(|c| c.is_alphanumeric() || *c == ' ' || *c == '-')
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}
