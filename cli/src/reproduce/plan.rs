//! What one experiment trains, in which parts, and what its file of measurements says of itself.

use std::collections::BTreeSet;

use leftright::config::ValidConfig;
use leftright::experiment::{Experiment, Job, Measurement, Metric, Scale, differing};
use leftright::sweep::{Part, Rows};
use leftright::training::EngineRequest;
use serde_json::json;

use crate::rows::About;
use crate::{Failure, shell, table};

/// The keys that a file has in its metadata, and what they mean. A file is a run's own where it has the run's
/// values of all.
pub const KEYS: [(&str, &str); 8] = [
    ("experiment", "its number and its name"),
    ("version", "of leftright"),
    ("scale", "full, or quick: fewer seeds and settings"),
    ("engine", "cpu or gpu; their numbers agree within rounding"),
    ("steps", "that its models were trained for, at most"),
    ("seeds", "of its models"),
    ("settings", "those that all its models share"),
    (
        "jobs",
        "a hash of every model's settings, steps and measures: two files with the same hash hold the same models",
    ),
];

/// A key that a file has beside them where it is known. Another commit of the same version can go on with the file.
pub const COMMIT: (&str, &str) = (
    shell::COMMIT,
    "of leftright's repository, where the program was built in it",
);

/// An experiment at a scale, on an engine.
pub struct Plan {
    pub experiment: &'static Experiment,
    /// One per model.
    pub jobs: Vec<Job>,
    /// Theirs.
    pub configs: Vec<ValidConfig>,
    /// What every file of it says of itself.
    pub about: About,
    /// In which its models differ.
    settings: Vec<&'static str>,
}

impl Plan {
    pub fn new(
        experiment: &'static Experiment,
        scale: Scale,
        engine: EngineRequest,
    ) -> Result<Plan, Failure> {
        let jobs = (experiment.jobs)(scale);
        let settings = differing(&jobs);
        let distinct = |number: fn(&Job) -> u32| jobs.iter().map(number).collect::<BTreeSet<u32>>();
        let shared: serde_json::Map<_, _> = jobs[0]
            .config
            .values()
            .filter(|(name, _)| !settings.contains(name))
            .map(|(name, value)| (name.to_owned(), json!(value)))
            .collect();
        let values = [
            format!("{}-{}", experiment.id, experiment.name),
            env!("CARGO_PKG_VERSION").to_owned(),
            scale_name(scale).to_owned(),
            engine.kind().name().to_owned(),
            json!(distinct(|job| job.steps)).to_string(),
            json!(distinct(|job| job.config.seed)).to_string(),
            json!(shared).to_string(),
            format!("{:016x}", fnv1a(&serde_json::to_vec(&jobs)?)),
        ];
        Ok(Plan {
            experiment,
            configs: jobs.iter().map(|job| job.config.clone()).collect(),
            about: KEYS
                .map(|(key, _)| key.to_owned())
                .into_iter()
                .zip(values)
                .chain(shell::commit())
                .collect(),
            jobs,
            settings,
        })
    }

    /// The name of its files, without an ending.
    pub fn name(&self) -> String {
        format!("{:02}-{}", self.experiment.id, self.experiment.name)
    }

    /// Its models by part.
    pub fn parts(&self) -> Vec<Part> {
        Part::all(self.jobs.len())
    }

    /// Whether its models differ in a setting.
    pub fn differs(&self, setting: &str) -> bool {
        self.settings.contains(&setting)
    }

    /// The jobs of a part.
    pub fn of(&self, part: &Part) -> &[Job] {
        &self.jobs[part.models.start as usize..part.models.end as usize]
    }

    /// A file of measurements: a column for each setting in which its models differ and each number.
    pub fn encode(&self, measurements: &[Measurement]) -> Result<Vec<u8>, Failure> {
        let names: BTreeSet<&str> = measurements
            .iter()
            .flat_map(|m| m.values.iter().map(|(name, _)| name))
            .collect();
        let metrics: Vec<Metric> = names
            .into_iter()
            .map(|name| name.parse().expect("what is measured has a metric's name"))
            .collect();
        let rows = Rows {
            configs: &self.configs,
            settings: &self.settings,
            metrics: &metrics,
        };
        table::parquet(&rows.table(measurements, &self.about))
    }
}

/// A scale as files and the command line call it.
pub fn scale_name(scale: Scale) -> &'static str {
    match scale {
        Scale::Figure => "figure",
        Scale::Quick => "quick",
        Scale::Full => "full",
    }
}

/// A hash of bytes that is the same in every version of Rust (Fowler, Noll, Vo: FNV-1a, 64 bits).
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The two words are FNV's own test vectors.
    #[test]
    fn the_hash_is_the_published_one() {
        assert_eq!(fnv1a(b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8);
    }

    /// Another scale, experiment or engine is said by the metadata, and nothing else is.
    #[test]
    fn files_say_what_they_are_of() {
        let about =
            |place: usize, scale, engine| Plan::new(Experiment::ALL[place], scale, engine).unwrap().about;
        let one = about(3, Scale::Quick, EngineRequest::Cpu);
        assert_eq!(one, about(3, Scale::Quick, EngineRequest::Cpu));
        assert_eq!(
            (one["seeds"].as_str(), one["steps"].as_str()),
            ("[0,1,2,3]", "[1000]")
        );
        assert!(one["settings"].contains("\"d_model\":128") && !one["settings"].contains("seed"));
        let differs = |other: &About| -> Vec<String> {
            let keys = one.iter().filter(|(key, value)| other[*key] != **value);
            keys.map(|(key, _)| key.clone()).collect()
        };
        let gpu = about(3, Scale::Quick, EngineRequest::Gpu);
        assert_eq!(differs(&gpu), ["engine"]);
        let full = about(3, Scale::Full, EngineRequest::Cpu);
        assert_eq!(differs(&full), ["jobs", "scale", "seeds"]);
        // The same models, measured by other measures.
        let measures = about(2, Scale::Quick, EngineRequest::Cpu);
        assert_eq!(differs(&measures), ["experiment", "jobs"]);
    }
}
