//! 11. Layer norm and MLP.

use super::parts::{ABLATED, COIN, Runs, SKILL, after, models, open, seeds, to_plateau, without};
use super::subsets;
use crate::analysis::{Score, Term};
use crate::config::{Config, ValidConfig};
use crate::experiment::{
    Axis, Bound, Chart, Condition, Criterion, Experiment, Job, Measure, Measurement, Metric, Row, Scale,
    Summary,
};
use crate::task::Split;

/// The claim, its rule, its models and what they say.
pub const EXPERIMENT: Experiment = Experiment {
    id: 11,
    name: "norm-mlp",
    title: "Layer norm and MLP",
    claim: "Layer norm and an MLP modify the mechanism (App. R); with the norm's scale frozen the decomposition still finds EP.",
    rule: "For each of layer norm, MLP and both, where held labels are in no training pair and where they meet others: median order on unseen pairs at least 0.9, and at least 0.2 lower without EP. All twelve reproduce it, some partly.",
    jobs,
    summarise,
};

/// Layer norm, MLP, name.
const VARIANTS: [(bool, bool, &str); 4] = [
    (false, false, "neither"),
    (true, false, "layer norm"),
    (false, true, "MLP"),
    (true, true, "both"),
];

fn jobs(scale: Scale) -> Vec<Job> {
    let mut measures = vec![
        Measure::Accuracies(vec![Split::Seen, Split::Unseen]),
        Measure::Slopes,
    ];
    measures.extend(ABLATED.map(|term| without(&[term])));
    measures.push(without(&[Term::EP, Term::PP]));
    if scale == Scale::Full {
        subsets::add(&mut measures);
    }
    let mut jobs = Vec::new();
    for mixed in [true, false] {
        for (layer_norm, mlp, _) in VARIANTS {
            let base = Config {
                layer_norm,
                mlp,
                mixed,
                ..Config::default()
            };
            jobs.extend(seeds(&base, scale.pick(1, 2, 5), 1000, &measures));
        }
    }
    to_plateau(jobs, scale)
}

fn summarise(jobs: &[Job], measurements: &[Measurement]) -> Summary {
    let runs = Runs::finished(jobs, measurements);
    let with = |layer_norm: bool, mlp: bool, mixed: bool| {
        runs.whose(move |c: &ValidConfig| (c.layer_norm, c.mlp, c.mixed) == (layer_norm, mlp, mixed))
    };
    let rows = |mixed: bool, metric: &Metric| -> Vec<Row> {
        let row = |(norm, mlp, name): (bool, bool, &str)| {
            with(norm, mlp, mixed).rows(&[(name.to_owned(), metric.clone())], Some(0.5))
        };
        VARIANTS.into_iter().flat_map(row).collect()
    };
    let chart = |title: &str, mixed: bool, metric: &Metric| Chart::Rows {
        title: title.to_owned(),
        x: Axis::share("order"),
        rows: rows(mixed, metric),
    };
    let (whole, cut) = (Metric::unseen(Score::Order), after(&[Term::EP], Score::Order));
    let charts = vec![
        chart("order on unseen pairs, held labels meet others", true, &whole),
        chart("order without EP, held labels meet others", true, &cut),
        chart("order on unseen pairs, held labels in no pair", false, &whole),
        chart("order without EP, held labels in no pair", false, &cut),
    ];
    let changed: Vec<_> = VARIANTS
        .into_iter()
        .skip(1)
        .map(|(norm, mlp, name)| (name, with(norm, mlp, true), with(norm, mlp, false)))
        .collect();
    if changed
        .iter()
        .any(|(_, met, strict)| met.count() == 0 || strict.count() == 0)
    {
        return open(charts);
    }
    let text = |(name, met, strict): &(&str, Runs, Runs)| {
        format!(
            "{name}: order {} and {} without EP where held labels meet others (retrieval {}); {} and {} where they are in no pair (retrieval {})",
            met.text(&whole),
            met.text(&cut),
            met.text(&Metric::unseen(Score::Retrieval)),
            strict.text(&whole),
            strict.text(&cut),
            strict.text(&Metric::unseen(Score::Retrieval)),
        )
    };
    let groups = changed.iter().flat_map(|(name, met, strict)| {
        [
            (format!("{name}, held labels met"), met),
            (format!("{name}, in no pair"), strict),
        ]
    });
    let groups: Vec<(String, &Runs)> = groups.collect();
    let groups: Vec<(&str, &Runs)> = groups.iter().map(|(name, runs)| (name.as_str(), *runs)).collect();
    let finding = format!(
        "On unseen pairs, {}. Over {}{}.{}",
        changed.iter().map(text).collect::<Vec<_>>().join("; "),
        models(runs.count()),
        runs.until(),
        subsets::sentence(&groups, COIN),
    );
    let conditions = |name: &str, held: &str, runs: &Runs| {
        let (before, after) = (runs.median(&whole), runs.median(&cut));
        [
            Condition::new(
                format!("{name}, held labels {held}: order"),
                before,
                Bound::AtLeast(SKILL),
            ),
            Condition::new(
                format!("{name}, held labels {held}: drop without EP"),
                before - after,
                Bound::AtLeast(0.2),
            ),
        ]
    };
    let criteria = changed.iter().flat_map(|(name, met, strict)| {
        [
            conditions(name, "met", met),
            conditions(name, "in no pair", strict),
        ]
        .concat()
    });
    let criteria = criteria.map(Criterion::from).collect();
    Summary::decided(criteria, finding, charts)
}
