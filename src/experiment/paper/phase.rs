//! 15. Which term breaks the symmetry, over the initial scales.

use super::parts::{Runs, after, job, models, open, settings, without};
use crate::analysis::{Score, Term};
use crate::config::Config;
use crate::experiment::{
    Bound, Chart, Condition, Experiment, Job, Measure, Measurement, Metric, Scale, Summary,
};
use crate::task::Split;

/// The claim, its rule, its models and what they say.
pub const EXPERIMENT: Experiment = Experiment {
    id: 15,
    name: "phase",
    title: "Which term breaks the symmetry",
    claim: "The initial scales choose the mechanism: EP where CLS starts much larger than positions, another term or the values elsewhere.",
    rule: "EP is the term whose removal costs most order in at least three quarters of the cells where CLS starts at least 25 times as large as positions; and another term, or none alone, in at least half of the cells where it starts no larger. Both reproduce it, one partly.",
    jobs,
    summarise,
};

const TERMS: [Term; 6] = [Term::EP, Term::PE, Term::PP, Term::BP, Term::BE, Term::VP];
/// A model that orders fewer unseen pairs than this breaks no symmetry.
const ABLE: f64 = 0.7;
/// A term whose removal costs less than this is not what breaks it.
const COST: f64 = 0.15;

fn scales(scale: Scale) -> (Vec<f64>, Vec<f64>) {
    let full = (
        vec![0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0],
        vec![0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5],
    );
    let few = (vec![0.02, 0.1, 0.5, 2.0], vec![0.005, 0.02, 0.1, 0.5]);
    scale.pick(few.clone(), few, full)
}

fn jobs(scale: Scale) -> Vec<Job> {
    let mut measures = vec![Measure::Accuracies(vec![Split::Unseen]), Measure::Slopes];
    measures.extend(TERMS.map(|term| without(&[term])));
    let (cls, positions) = scales(scale);
    let mut jobs = Vec::new();
    for seed in 0..scale.pick(1, 1, 5) {
        for cls_std in &cls {
            for position_std in &positions {
                let config = Config {
                    seed,
                    cls_std: *cls_std,
                    position_std: *position_std,
                    ..Config::default()
                };
                jobs.push(job(config, 1000, measures.clone()));
            }
        }
    }
    jobs
}

/// What is said of a cell, as a place in the legend: a term, "no term alone", "no order learned".
fn phase(runs: &Runs) -> Option<usize> {
    let order = runs.spread(&Metric::unseen(Score::Order))?.median;
    if order < ABLE {
        return Some(TERMS.len() + 1);
    }
    let cost = |term: Term| order - runs.median(&after(&[term], Score::Order));
    let worst = (0..TERMS.len()).max_by(|a, b| cost(TERMS[*a]).total_cmp(&cost(TERMS[*b])))?;
    Some(if cost(TERMS[worst]) < COST {
        TERMS.len()
    } else {
        worst
    })
}

fn summarise(jobs: &[Job], measurements: &[Measurement]) -> Summary {
    let runs = Runs::finished(jobs, measurements);
    let (cls, positions) = (settings(jobs, |c| c.cls_std), settings(jobs, |c| c.position_std));
    let at = |c: f64, p: f64| runs.whose(move |config| config.cls_std == c && config.position_std == p);
    let cells: Vec<(f64, Option<usize>, Option<f64>)> = positions
        .iter()
        .rev()
        .flat_map(|p| cls.iter().map(move |c| (*c, *p)))
        .map(|(c, p)| {
            (
                c / p,
                phase(&at(c, p)),
                at(c, p).spread(&Metric::unseen(Score::Order)).map(|s| s.median),
            )
        })
        .collect();
    let names: Vec<String> = TERMS
        .iter()
        .map(|term| term.name())
        .chain(["no term alone", "no order learned"])
        .map(str::to_owned)
        .collect();
    let map = |title: &str, cells: Vec<Option<f64>>, range: [f64; 2], names: Vec<String>| Chart::Map {
        title: title.to_owned(),
        x_label: "initial scale of CLS".to_owned(),
        columns: cls.iter().map(f64::to_string).collect(),
        y_label: "initial scale of positions".to_owned(),
        rows: positions.iter().rev().map(f64::to_string).collect(),
        cells,
        range,
        names,
    };
    let last = names.len() as f64 - 1.0;
    let charts = vec![
        map(
            "the term whose removal costs most order",
            cells
                .iter()
                .map(|(_, phase, _)| phase.map(|p| p as f64))
                .collect(),
            [0.0, last],
            names,
        ),
        map(
            "order on unseen pairs, nothing removed",
            cells.iter().map(|(.., order)| *order).collect(),
            [0.0, 1.0],
            Vec::new(),
        ),
    ];
    let known = |law: &dyn Fn(f64) -> bool| {
        cells
            .iter()
            .filter(|(ratio, ..)| law(*ratio))
            .filter_map(|(_, phase, _)| *phase)
            .collect::<Vec<_>>()
    };
    let (large, small) = (known(&|ratio| ratio >= 25.0), known(&|ratio| ratio <= 1.0));
    if large.is_empty() || small.is_empty() {
        return open(charts);
    }
    let by_ep = |phases: &[usize]| phases.iter().filter(|phase| **phase == 0).count();
    let elsewhere = small
        .iter()
        .filter(|phase| (1..=TERMS.len()).contains(*phase))
        .count();
    let finding = format!(
        "EP is what breaks the symmetry in {} of {} cells where CLS starts at least 25 times as large as positions, and in {} of {} where it starts no larger; there another term, or none alone, does it in {elsewhere}. Over {}.",
        by_ep(&large),
        large.len(),
        by_ep(&small),
        small.len(),
        models(runs.count()),
    );
    let criteria = vec![
        Condition::share(
            "large CLS: cells that EP carries",
            by_ep(&large),
            large.len(),
            Bound::AtLeast(0.75),
        )
        .into(),
        Condition::share(
            "small CLS: cells carried elsewhere",
            elsewhere,
            small.len(),
            Bound::AtLeast(0.5),
        )
        .into(),
    ];
    Summary::decided(criteria, finding, charts)
}
