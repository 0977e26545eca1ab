//! Every experiment's rule on measurements whose verdict is known: each of its parts at the limit and just
//! beyond it, both ways; with seeds that diverged, with none that ended, and with numbers that its models are
//! really measured for.

mod cases;
mod charts;
mod circuit;
mod findings;
mod rules;
mod undecided;

use std::collections::BTreeSet;

use cases::{CASES, Case, values};
use leftright::analysis::Evaluator;
use leftright::config::{Config, ValidConfig};
use leftright::experiment::{Experiment, Job, Measurement, Metric, Scale, Summary, Values, Verdict};
use leftright::model::ParamTable;

/// Every number of a row, spoilt.
fn not_finite(row: &Values) -> Values {
    row.iter()
        .map(|(name, _)| (name.parse::<Metric>().unwrap(), f64::NAN))
        .collect()
}

fn named(name: &str) -> &'static Experiment {
    Experiment::ALL
        .into_iter()
        .find(|experiment| experiment.name == name)
        .unwrap()
}

/// Every measurement of a job.
fn measured(place: u32, job: &Job, row: &dyn Fn(&ValidConfig, f64) -> Values) -> Vec<Measurement> {
    let mut step = 0;
    let mut all = Vec::new();
    while step < job.steps {
        step = job.next_measurement(step);
        all.push(Measurement {
            job: place,
            step,
            values: row(&job.config, f64::from(step) / f64::from(job.steps)),
        });
    }
    all
}

fn summary(name: &str, scale: Scale, row: &dyn Fn(&ValidConfig, f64) -> Values) -> Summary {
    let experiment = named(name);
    let jobs = (experiment.jobs)(scale);
    let measurements: Vec<Measurement> = (0..)
        .zip(&jobs)
        .flat_map(|(place, job)| measured(place, job, row))
        .collect();
    experiment.summarise(&jobs, &measurements)
}

fn verdict(name: &str, row: &dyn Fn(&ValidConfig, f64) -> Values) -> Verdict {
    summary(name, Scale::Quick, row).verdict
}

const SCALES: [Scale; 3] = [Scale::Figure, Scale::Quick, Scale::Full];

#[test]
fn every_experiment_can_be_reproduced_and_can_fail() {
    assert_eq!(
        CASES.map(|case| case.name).to_vec(),
        Experiment::ALL.iter().map(|e| e.name).collect::<Vec<_>>()
    );
    for Case {
        name,
        reproduced,
        not,
    } in CASES
    {
        for scale in SCALES {
            let (right, wrong) = (summary(name, scale, &reproduced), summary(name, scale, &not));
            assert_eq!(
                (right.verdict, wrong.verdict),
                (Verdict::Reproduced, Verdict::Not),
                "{name} {scale:?}: {}",
                right.finding
            );
            assert!(
                right.finding.ends_with('.')
                    && !right.finding.contains("NaN")
                    && right.finding != wrong.finding,
                "{}",
                right.finding
            );
            // Each number of the rule is told with its bound, and all hold where the claim does.
            assert!(
                right.conditions.len() > 1 && right.conditions.iter().all(|c| c.holds && c.value.is_some())
            );
            assert!(wrong.conditions.iter().any(|c| !c.holds));
            assert!(!right.charts.is_empty() && right.charts.iter().all(|chart| !chart.title().is_empty()));
        }
    }
}

/// What is said of those numbers, sentence by sentence: a finding is written from the numbers, and these are
/// them.
#[test]
fn findings_are_written_from_the_numbers() {
    let said = CASES
        .map(|case| {
            format!(
                "{}: {}\n",
                case.name,
                summary(case.name, Scale::Quick, &case.reproduced).finding
            )
        })
        .concat();
    assert_eq!(said, include_str!("findings.txt"));
}

/// A seed that diverges has no numbers, or none that is finite; it changes no verdict of the others.
#[test]
fn a_seed_that_diverged_decides_nothing() {
    for Case {
        name,
        reproduced,
        not,
    } in CASES
    {
        for (row, expected) in [(reproduced, Verdict::Reproduced), (not, Verdict::Not)] {
            let without = |broken: fn(Values) -> Values| {
                let whole = move |c: &ValidConfig, part: f64| {
                    if c.seed == 0 {
                        broken(row(c, part))
                    } else {
                        row(c, part)
                    }
                };
                summary(name, Scale::Full, &whole).verdict
            };
            let none = without(|_| values([("loss", f64::NAN)]));
            let spoilt = without(|row| not_finite(&row));
            assert_eq!([none, spoilt], [expected, expected], "{name}");
        }
    }
}

/// Where every seed diverged the finding says so, whatever is claimed; where only some settings' seeds did,
/// it has a dash for what they leave unknown.
#[test]
fn no_finding_speaks_of_numbers_that_are_none() {
    for Case { name, reproduced, .. } in CASES {
        let diverged = |is: fn(&ValidConfig) -> bool| {
            summary(name, Scale::Full, &|config, part| {
                let row = reproduced(config, part);
                if is(config) { not_finite(&row) } else { row }
            })
        };
        let all = diverged(|_| true);
        let models = (named(name).jobs)(Scale::Full).len();
        assert_eq!(
            (all.verdict, all.finding),
            (
                Verdict::Not,
                format!(
                    "Training diverged in all {models} models, so nothing of the claim could be measured."
                )
            ),
            "{name}"
        );
        // The settings by which experiments tell their models apart.
        let some: [fn(&ValidConfig) -> bool; 8] = [
            |c| c.mixed,
            |c| !c.mixed,
            |c| c.single_layouts == 2,
            |c| c.pair_labels == 15,
            |c| c.pair_layouts == 40,
            |c| c.above,
            |c| c.text_layers == 2,
            |c| c.layer_norm,
        ];
        for is in some {
            let finding = diverged(is).finding;
            assert!(
                !finding.contains("NaN") && !finding.contains("inf"),
                "{name}: {finding}"
            );
        }
    }
    // One number alone that no seed has.
    for Case { name, reproduced, .. } in CASES {
        let metrics: Vec<String> = reproduced(&(named(name).jobs)(Scale::Quick)[0].config, 1.0)
            .iter()
            .map(|(metric, _)| metric.to_owned())
            .collect();
        for metric in metrics {
            let finding = summary(name, Scale::Quick, &|config, part| {
                let mut row = reproduced(config, part);
                row.insert(metric.parse().unwrap(), f64::NAN);
                row
            })
            .finding;
            assert!(!finding.contains("NaN"), "{name} without {metric}: {finding}");
        }
    }
}

/// What is not measured at a run's end, and what is of no job at all, decides nothing.
#[test]
fn only_whole_runs_decide() {
    for Case { name, reproduced, .. } in CASES {
        let experiment = named(name);
        let jobs = (experiment.jobs)(Scale::Quick);
        let all = (0..)
            .zip(&jobs)
            .flat_map(|(place, job)| measured(place, job, &reproduced));
        let unfinished: Vec<Measurement> = all
            .map(|m| Measurement {
                step: m.step - 1,
                ..m
            })
            .collect();
        let nobodys: Vec<Measurement> = measured(jobs.len() as u32, &jobs[0], &reproduced);
        for measurements in [&[][..], &unfinished, &nobodys] {
            let summary = experiment.summarise(&jobs, measurements);
            assert_eq!(
                (summary.verdict, summary.finding.as_str()),
                (Verdict::Open, ""),
                "{name}"
            );
        }
    }
}

/// Every number that the verdicts above rest on is one that the experiment's own models are measured for.
#[test]
fn verdicts_rest_on_what_is_measured() {
    for Case {
        name,
        reproduced,
        not,
    } in CASES
    {
        // Of models that are measured alike the first stands for all.
        let mut jobs = (named(name).jobs)(Scale::Quick);
        jobs.dedup_by(|one, another| one.measures == another.measures);
        for job in jobs {
            let config = Config {
                d_model: 16,
                d_embed: 16,
                labels: 7,
                pair_labels: 3,
                held_labels: 3,
                pair_layouts: 5,
                ..job.config.clone().into()
            };
            let config = config.validate().unwrap();
            let (evaluator, params) = (
                Evaluator::new(&config),
                ParamTable::new(&config).initialise(&config),
            );
            let mut measured = values([("loss", 0.0)]);
            job.measures
                .iter()
                .for_each(|measure| measure.take(&evaluator, &params, &mut measured).unwrap());
            let known: BTreeSet<&str> = measured.iter().map(|(name, _)| name).collect();
            for row in [reproduced, not] {
                let row = row(&job.config, 1.0);
                let unknown: Vec<&str> = row
                    .iter()
                    .map(|(name, _)| name)
                    .filter(|name| !known.contains(name))
                    .collect();
                assert!(unknown.is_empty(), "{name} is not measured for {unknown:?}");
            }
        }
    }
}
