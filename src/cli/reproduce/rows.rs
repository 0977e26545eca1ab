//! An experiment's raw rows as CSV: one per model and measurement; the settings that differ between its models, then
//! every number.

use std::collections::BTreeSet;

use leftright::config::Config;
use leftright::experiment::{Job, Measurement};

use crate::cli::Failure;

/// The whole file.
pub fn csv(jobs: &[Job], measurements: &[Measurement]) -> Result<Vec<u8>, Failure> {
    let fields = Config::default().fields();
    let differs = |name: &str| jobs.iter().any(|job| job.config.text(name) != jobs[0].config.text(name));
    let settings: Vec<&str> = fields.iter().map(|field| field.name).filter(|name| differs(name)).collect();
    let numbers: BTreeSet<&str> = measurements.iter().flat_map(|m| m.values.keys().map(String::as_str)).collect();
    let wrong = |error: csv::Error| Failure::Output(std::io::Error::other(error));
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["model", "step"].iter().chain(&settings).chain(&numbers)).map_err(wrong)?;
    for m in measurements {
        let config = &jobs[m.job as usize].config;
        let values = numbers.iter().map(|name| m.values.get(*name).map_or_else(String::new, |x| format!("{:.6}", *x)));
        let settings = settings.iter().map(|name| config.text(name));
        writer.write_record([m.job.to_string(), m.step.to_string()].into_iter().chain(settings).chain(values)).map_err(wrong)?;
    }
    writer.into_inner().map_err(|error| Failure::Output(std::io::Error::other(error.to_string())))
}
