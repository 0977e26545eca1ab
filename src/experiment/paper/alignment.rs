//! 7. Image-text alignment.

use super::parts::{Runs, models, open, seeds};
use crate::config::Config;
use crate::experiment::{Axis, Chart, Experiment, Job, Measure, Measurement, Scale, Summary, Verdict};

pub const EXPERIMENT: Experiment = Experiment {
    id: 7,
    name: "alignment",
    title: "Do a label's two embeddings mean the same?",
    claim: "A label's image and text token embeddings have a low cosine as they are, but a rotation fitted on labels 1 to 15 aligns labels 16 to 20 as well.",
    rule: "Token embeddings: the raw cosine is below 0.3; after the rotation the held labels' cosine exceeds that of mismatched held labels by at least 0.2; and a held label is nearest to itself in at least 0.6 of cases. All three reproduce it, some partly.",
    jobs,
    summarise,
};

fn jobs(scale: Scale) -> Vec<Job> {
    seeds(&Config::default(), scale.pick(2, 4, 8), 1000, &[Measure::Alignment])
}

fn summarise(jobs: &[Job], measurements: &[Measurement]) -> Summary {
    let runs = Runs::of(jobs, measurements);
    let rows = |space: &str| {
        [
            ("same label, as it is", "raw"),
            ("other label, as it is", "raw_mismatched"),
            ("same label, rotated, fitted on", "fitted"),
            ("same label, rotated, held out", "held"),
            ("other label, rotated, held out", "held_mismatched"),
        ]
        .map(|(name, key)| (name.to_owned(), format!("{space}.{key}")))
    };
    let chart = |title: &str, space: &str| Chart::Rows {
        title: title.to_owned(),
        x: Axis { label: "cosine".to_owned(), bounds: Some([-1.0, 1.0]), log: false },
        rows: runs.rows(&rows(space), None),
    };
    let charts = vec![chart("cosines of token embeddings", "token"), chart("cosines after values, output and projection", "circuit")];
    if runs.count() == 0 {
        return open(charts);
    }
    let of = |space: &str| {
        format!(
            "as they are {} (other labels {}); rotated, {} on the labels fitted on and {} on held labels (other held labels {}), a held label nearest to itself in {}",
            runs.text(&format!("{space}.raw")),
            runs.text(&format!("{space}.raw_mismatched")),
            runs.text(&format!("{space}.fitted")),
            runs.text(&format!("{space}.held")),
            runs.text(&format!("{space}.held_mismatched")),
            runs.text(&format!("{space}.held_matched")),
        )
    };
    let finding = format!(
        "Cosines of a label's image and text vectors over {}. Token embeddings: {}. Carried through values, output and projection: {}.",
        models(runs.count()),
        of("token"),
        of("circuit"),
    );
    let parts = [
        runs.median("token.raw") < 0.3,
        runs.median("token.held") - runs.median("token.held_mismatched") >= 0.2,
        runs.median("token.held_matched") >= 0.6,
    ];
    Summary { verdict: Verdict::of(&parts), finding, charts }
}
