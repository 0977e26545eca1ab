//! 7. Image-text alignment.

use super::parts::{Runs, models, open, seeds};
use crate::analysis::Space;
use crate::config::Config;
use crate::experiment::{
    Agreement, Axis, Bound, Chart, Condition, Experiment, Job, Measure, Measurement, Metric, Scale, Summary,
};

/// The claim, its rule, its models and what they say.
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
    seeds(
        &Config::default(),
        scale.pick(2, 4, 8),
        1000,
        &[Measure::Alignment],
    )
}

fn summarise(jobs: &[Job], measurements: &[Measurement]) -> Summary {
    let runs = Runs::finished(jobs, measurements);
    let rows = |space: Space| {
        [
            ("same label, as it is", Agreement::Raw),
            ("other label, as it is", Agreement::RawMismatched),
            ("same label, rotated, fitted on", Agreement::Fitted),
            ("same label, rotated, held out", Agreement::Held),
            ("other label, rotated, held out", Agreement::HeldMismatched),
        ]
        .map(|(name, agreement)| (name.to_owned(), Metric::Alignment(space, agreement)))
    };
    let chart = |title: &str, space| Chart::Rows {
        title: title.to_owned(),
        x: Axis {
            label: "cosine".to_owned(),
            bounds: Some([-1.0, 1.0]),
            log: false,
        },
        rows: runs.rows(&rows(space), None),
    };
    let charts = vec![
        chart("cosines of token embeddings", Space::Token),
        chart("cosines after values, output and projection", Space::Circuit),
    ];
    if runs.count() == 0 {
        return open(charts);
    }
    let text = |space: Space| {
        let told = |agreement| runs.text(&Metric::Alignment(space, agreement));
        format!(
            "as they are {} (other labels {}); rotated, {} on the labels fitted on and {} on held labels (other held labels {}), a held label nearest to itself in {}",
            told(Agreement::Raw),
            told(Agreement::RawMismatched),
            told(Agreement::Fitted),
            told(Agreement::Held),
            told(Agreement::HeldMismatched),
            told(Agreement::HeldMatched),
        )
    };
    let finding = format!(
        "Cosines of a label's image and text vectors over {}. Token embeddings: {}. Carried through values, output and projection: {}.",
        models(runs.count()),
        text(Space::Token),
        text(Space::Circuit),
    );
    let median = |agreement| runs.median(&Metric::Alignment(Space::Token, agreement));
    let gained = median(Agreement::Held) - median(Agreement::HeldMismatched);
    let criteria = vec![
        Condition::new("raw cosine", median(Agreement::Raw), Bound::LessThan(0.3)).into(),
        Condition::new(
            "held labels' cosine over that of mismatched ones",
            gained,
            Bound::AtLeast(0.2),
        )
        .into(),
        Condition::new(
            "held labels nearest to themselves",
            median(Agreement::HeldMatched),
            Bound::AtLeast(0.6),
        )
        .into(),
    ];
    Summary::decided(criteria, finding, charts)
}
