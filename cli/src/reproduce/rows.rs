//! An experiment's raw rows as CSV: one per model and measurement; the settings that differ between its
//! models, then every number.

use std::collections::{BTreeMap, BTreeSet};

use leftright::experiment::{Job, Measurement};

use crate::Failure;

/// The whole file.
pub fn csv(jobs: &[Job], measurements: &[Measurement]) -> Result<Vec<u8>, Failure> {
    // The settings in which any job differs from the first, by their places in the table.
    let settings: Vec<(usize, &str)> = jobs[0]
        .config
        .values()
        .map(|(name, _)| name)
        .enumerate()
        .collect();
    let value = |job: &Job, place: usize| {
        job.config
            .values()
            .nth(place)
            .expect("every config has every setting")
            .1
    };
    let differs = |place: usize| jobs.iter().any(|job| value(job, place) != value(&jobs[0], place));
    let settings: Vec<(usize, &str)> = settings
        .into_iter()
        .filter(|(place, _)| differs(*place))
        .collect();
    let metrics: BTreeSet<&str> = measurements
        .iter()
        .flat_map(|m| m.values.iter().map(|(name, _)| name))
        .collect();
    let wrong = |error: csv::Error| Failure::Output(std::io::Error::other(error));
    let mut writer = csv::Writer::from_writer(Vec::new());
    let names = settings.iter().map(|(_, name)| name);
    writer
        .write_record(["model", "step"].iter().chain(names).chain(&metrics))
        .map_err(wrong)?;
    for m in measurements {
        let numbers: BTreeMap<&str, f64> = m.values.iter().collect();
        let numbers = metrics
            .iter()
            .map(|name| numbers.get(name).map_or_else(String::new, |x| format!("{x:.6}")));
        let settings = settings
            .iter()
            .map(|(place, _)| value(&jobs[m.job as usize], *place).to_string());
        let row = [m.job.to_string(), m.step.to_string()]
            .into_iter()
            .chain(settings)
            .chain(numbers);
        writer.write_record(row).map_err(wrong)?;
    }
    writer
        .into_inner()
        .map_err(|error| Failure::Output(std::io::Error::other(error.to_string())))
}
