//! Models that differ in nothing but their seed, and how what was measured of them at the end is spread.

use std::collections::BTreeMap;

use super::job::last;
use super::{Job, Measurement, Metric, Spread};

/// Models of an experiment that differ in nothing but their seed.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// What tells them from the experiment's other models, `cls_std=0.1 position_std=0.3`; empty where there
    /// are no others.
    pub name: String,
    /// By name, every number that can be compared between seeds. `|slope|` is [`Metric::Slope`] without its
    /// sign, which is a seed's own.
    pub numbers: BTreeMap<String, Spread>,
}

/// The settings in which the models of some jobs differ, in the order of their table.
pub fn differing(jobs: &[Job]) -> Vec<&'static str> {
    let Some(first) = jobs.first() else {
        return Vec::new();
    };
    let mut settings: Vec<(&str, bool)> = first.config.values().map(|(name, _)| (name, false)).collect();
    for job in jobs {
        let pairs = first.config.values().zip(job.config.values());
        for ((_, differs), (one, other)) in settings.iter_mut().zip(pairs) {
            *differs |= one != other;
        }
    }
    let differing = settings.into_iter().filter(|(_, differs)| *differs);
    differing.map(|(name, _)| name).collect()
}

/// The models whose training has ended, by group, in the order of their jobs.
pub fn groups(jobs: &[Job], measurements: &[Measurement]) -> Vec<Group> {
    let settings = differing(jobs);
    let steps = jobs.iter().any(|job| job.steps != jobs[0].steps);
    let name = |job: &Job| -> String {
        let told = |(name, _): &(&str, _)| *name != "seed" && settings.contains(name);
        let values = job.config.values().filter(told);
        values
            .map(|(name, value)| format!("{name}={value}"))
            .chain(steps.then(|| format!("steps={}", job.steps)))
            .collect::<Vec<_>>()
            .join(" ")
    };
    let mut groups: Vec<(String, BTreeMap<String, Vec<f64>>)> = Vec::new();
    for (job, measurement) in last(jobs, measurements) {
        let name = name(job);
        let place = groups.iter().position(|(known, _)| *known == name);
        let place = place.unwrap_or_else(|| {
            groups.push((name, BTreeMap::new()));
            groups.len() - 1
        });
        let values = measurement.values.iter();
        for (number, x) in values.filter_map(|(number, x)| comparable(number, x)) {
            groups[place].1.entry(number).or_default().push(x);
        }
    }
    let spread = |(number, values)| Some((number, Spread::finite(values)?));
    groups
        .into_iter()
        .map(|(name, numbers)| Group {
            name,
            numbers: numbers.into_iter().filter_map(spread).collect(),
        })
        .collect()
}

/// A number as it is compared between seeds; none of one that cannot be.
fn comparable(name: &str, x: f64) -> Option<(String, f64)> {
    match name.parse().expect("what is measured has a metric's name") {
        Metric::Slope => Some(("|slope|".to_owned(), x.abs())),
        metric if metric.by_head() => None,
        _ => Some((name.to_owned(), x)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::Score;
    use crate::config::Config;
    use crate::experiment::Values;

    fn job(seed: u32, text_layers: u32, steps: u32) -> Job {
        let config = Config {
            seed,
            text_layers,
            ..Config::default()
        };
        Job::new(config.validate().unwrap(), steps, Vec::new())
    }

    fn measured(job: u32, step: u32, order: f64, slope: f64) -> Measurement {
        let values = [
            (Metric::unseen(Score::Order), order),
            (Metric::Slope, slope),
            (Metric::HeadSlope(0), slope),
            (Metric::Loss, f64::NAN),
        ];
        Measurement {
            job,
            step,
            values: values.into_iter().collect::<Values>(),
        }
    }

    #[test]
    fn a_group_differs_by_seed_alone_and_is_told_from_the_others() {
        let jobs = [job(0, 1, 9), job(1, 1, 9), job(0, 2, 9), job(1, 2, 9)];
        assert_eq!(differing(&jobs), ["seed", "text_layers"]);
        assert_eq!(differing(&jobs[..1]), [""; 0]);
        // The last of the models is still in training.
        let measurements = [
            measured(0, 3, 0.1, 0.0),
            measured(0, 9, 0.5, 2.0),
            measured(1, 9, 0.7, -3.0),
            measured(2, 9, 0.9, 1.0),
            measured(3, 3, 0.0, 0.0),
        ];
        let groups = groups(&jobs, &measurements);
        let names: Vec<&str> = groups.iter().map(|group| group.name.as_str()).collect();
        assert_eq!(names, ["text_layers=1", "text_layers=2"]);
        let numbers: Vec<&str> = groups[0].numbers.keys().map(String::as_str).collect();
        assert_eq!(
            numbers,
            ["unseen.order", "|slope|"],
            "neither a head's number nor one that none has"
        );
        let told = |group: usize, number: &str| {
            let Spread {
                median,
                least,
                most,
                count,
                ..
            } = groups[group].numbers[number];
            (median, least, most, count)
        };
        assert_eq!(told(0, "unseen.order"), (0.6, 0.5, 0.7, 2));
        assert_eq!(told(0, "|slope|"), (2.5, 2.0, 3.0, 2));
        assert_eq!(told(1, "unseen.order"), (0.9, 0.9, 0.9, 1));
    }

    #[test]
    fn models_of_other_steps_are_another_group() {
        let jobs = [job(0, 1, 9), job(0, 1, 20)];
        let measurements = [measured(0, 9, 0.5, 1.0), measured(1, 20, 0.6, 1.0)];
        let names: Vec<String> = groups(&jobs, &measurements)
            .into_iter()
            .map(|group| group.name)
            .collect();
        assert_eq!(names, ["steps=9", "steps=20"]);
        let alone = groups(&jobs[..1], &measurements[..1]);
        assert_eq!((alone.len(), alone[0].name.as_str()), (1, ""));
    }
}
