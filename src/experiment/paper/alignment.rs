//! 7. Image-text alignment.

use super::parts::{Runs, models, number, open, seeds, settings};
use crate::analysis::Space;
use crate::config::Config;
use crate::experiment::{
    Agreement, Axis, Bound, Chart, Condition, Criterion, Experiment, Job, Measure, Measurement, Metric,
    Scale, Summary, Values, decimal,
};

/// The claim, its rule, its models and what they say.
pub const EXPERIMENT: Experiment = Experiment {
    id: 7,
    name: "alignment",
    title: "Do a label's two embeddings mean the same?",
    claim: "A label's image and text token embeddings have a low cosine as they are, but a rotation fitted on labels 1 to 15 aligns labels 16 to 20 as well.",
    rule: "Token embeddings, of 20 labels, of 40 and of 64: the raw cosine is below 0.3; after the rotation the held labels' cosine is, in at least three quarters of the seeds, above what 95 % of rotations at random give, and of rotations fitted to labels that were shuffled; it is at least half of that of the labels fitted on; and a held label is nearest to itself in at least 0.6 of cases. All reproduce it, some partly.",
    jobs,
    summarise,
};

fn jobs(scale: Scale) -> Vec<Job> {
    let labels: &[u32] = scale.pick(&[20], &[20], &[20, 40, 64]);
    let measures = vec![
        Measure::Alignment,
        #[cfg(feature = "report")]
        Measure::AlignmentChance,
    ];
    let count = scale.pick(2, 4, 8);
    let paper = Config::default();
    let jobs = labels.iter().flat_map(|labels| {
        let config = Config {
            labels: *labels,
            pair_labels: labels - paper.held_labels,
            ..paper.clone()
        };
        // Four times the labels make sixteen times the pairs.
        seeds(&config, count, if *labels > 20 { 3000 } else { 1000 }, &measures)
    });
    jobs.collect()
}

/// The models of so many labels.
struct Group<'a> {
    labels: u32,
    runs: Runs<'a>,
}

impl Group<'_> {
    fn text(&self, space: Space) -> String {
        let told = |agreement| self.runs.text(&Metric::Alignment(space, agreement));
        let chance = |agreement| self.runs.spread(&Metric::Alignment(space, agreement));
        let by_chance = match (
            chance(Agreement::ChanceRotation),
            chance(Agreement::ChancePermutation),
        ) {
            (Some(rotation), Some(permutation)) => format!(
                "; 95 % of rotations at random stay below {}, of rotations to shuffled labels below {}",
                decimal(rotation.median),
                decimal(permutation.median)
            ),
            _ => String::new(),
        };
        format!(
            "as they are {} (other labels {}); rotated, {} on the labels fitted on and {} on held labels (other held labels {}{by_chance}), a held label nearest to itself in {}",
            told(Agreement::Raw),
            told(Agreement::RawMismatched),
            told(Agreement::Fitted),
            told(Agreement::Held),
            told(Agreement::HeldMismatched),
            told(Agreement::HeldMatched),
        )
    }

    fn conditions(&self) -> Vec<Condition> {
        let token = |agreement| Metric::Alignment(Space::Token, agreement);
        let median = |agreement| self.runs.median(&token(agreement));
        let what = |text: &str| format!("{} labels: {text}", self.labels);
        let mut conditions = vec![
            Condition::new(what("raw cosine"), median(Agreement::Raw), Bound::LessThan(0.3)),
            Condition::new(
                what("held labels' cosine, of the fitted ones'"),
                median(Agreement::Held) / median(Agreement::Fitted),
                Bound::AtLeast(0.5),
            ),
            Condition::new(
                what("held labels nearest to themselves"),
                median(Agreement::HeldMatched),
                Bound::AtLeast(0.6),
            ),
        ];
        for (name, chance) in [
            ("rotations at random", Agreement::ChanceRotation),
            ("rotations to shuffled labels", Agreement::ChancePermutation),
        ] {
            if self.runs.spread(&token(chance)).is_some() {
                let above = |v: &Values| number(v, &token(Agreement::Held)) > number(v, &token(chance));
                conditions.push(Condition::share(
                    what(&format!("models above 95 % of {name}")),
                    self.runs.holds(above),
                    self.runs.count(),
                    Bound::AtLeast(0.75),
                ));
            }
        }
        conditions
    }

    fn chart(&self, what: &str, space: Space) -> Chart {
        let rows = [
            ("same label, as it is", Agreement::Raw),
            ("other label, as it is", Agreement::RawMismatched),
            ("same label, rotated, fitted on", Agreement::Fitted),
            ("same label, rotated, held out", Agreement::Held),
            ("other label, rotated, held out", Agreement::HeldMismatched),
            ("random rotations, 95 %", Agreement::ChanceRotation),
            ("shuffled labels, 95 %", Agreement::ChancePermutation),
        ]
        .map(|(name, agreement)| (name.to_owned(), Metric::Alignment(space, agreement)));
        Chart::Rows {
            title: format!("cosines of {what}, {} labels", self.labels),
            x: Axis {
                label: "cosine".to_owned(),
                bounds: Some([-1.0, 1.0]),
                log: false,
            },
            rows: self.runs.rows(&rows, None),
        }
    }
}

fn summarise(jobs: &[Job], measurements: &[Measurement]) -> Summary {
    let runs = Runs::finished(jobs, measurements);
    let labels = settings(jobs, |c| c.labels.into());
    let groups: Vec<Group> = labels
        .into_iter()
        .map(|labels| Group {
            labels: labels as u32,
            runs: runs.whose(|c| f64::from(c.labels) == labels),
        })
        .collect();
    let charts = groups.iter().flat_map(|group| {
        [
            group.chart("token embeddings", Space::Token),
            group.chart("values, output and projection", Space::Circuit),
        ]
    });
    let charts = charts.collect();
    if groups.iter().any(|group| group.runs.count() == 0) {
        return open(charts);
    }
    let text = |group: &Group| {
        format!(
            "With {} labels, over {}. Token embeddings: {}. Carried through values, output and projection: {}.",
            group.labels,
            models(group.runs.count()),
            group.text(Space::Token),
            group.text(Space::Circuit),
        )
    };
    let finding = format!(
        "Cosines of a label's image and text vectors. {}",
        groups.iter().map(text).collect::<Vec<_>>().join(" ")
    );
    let criteria = groups.iter().flat_map(Group::conditions).map(Criterion::from);
    Summary::decided(criteria.collect(), finding, charts)
}
