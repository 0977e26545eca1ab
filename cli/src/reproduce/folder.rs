//! The folder of a reproduction: `measurements/NN-name.parquet` holds the rows of an experiment that is
//! trained whole, `measurements/parts/` those of the parts of one that is not. Everything else in the folder
//! is made of the former. All files are of one version, scale and engine.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use leftright::experiment::Measurement;
use leftright::sweep::Part;

use super::plan::{KEYS, Plan};
use crate::rows::{About, Reader};
use crate::{Failure, file};

/// A folder, which may not be there yet.
pub struct Folder {
    /// Where it is.
    pub out: PathBuf,
}

impl Folder {
    fn parts(&self) -> PathBuf {
        self.out.join("measurements/parts")
    }

    fn whole(&self, plan: &Plan) -> PathBuf {
        self.out.join(format!("measurements/{}.parquet", plan.name()))
    }

    fn part(&self, plan: &Plan, part: &Part) -> PathBuf {
        self.parts()
            .join(format!("{}-{:03}.parquet", plan.name(), part.place))
    }

    /// Whether any part of any experiment is there.
    pub fn begun(&self, plans: &[Plan]) -> Result<bool, Failure> {
        for plan in plans {
            if self.missing(plan)?.len() < plan.parts().len() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Makes the folders that files go into.
    pub fn make(&self) -> Result<(), Failure> {
        for path in ["figures", "measurements"].map(|name| self.out.join(name)) {
            fs::create_dir_all(&path).map_err(|error| Failure::file(&path, error))?;
        }
        Ok(())
    }

    /// The parts of an experiment whose measurements are not there, neither by themselves nor in the whole. A
    /// file of other models is an error.
    pub fn missing(&self, plan: &Plan) -> Result<Vec<Part>, Failure> {
        let mut missing = Vec::new();
        if open(&self.whole(plan), plan)?.is_none() {
            for part in plan.parts() {
                if open(&self.part(plan, &part), plan)?.is_none() {
                    missing.push(part);
                }
            }
        }
        Ok(missing)
    }

    /// Writes the measurements of a part.
    pub fn keep(&self, plan: &Plan, part: &Part, measurements: &[Measurement]) -> Result<(), Failure> {
        // Another run, for which nothing was left to wait for, may have tidied up.
        let parts = self.parts();
        fs::create_dir_all(&parts).map_err(|error| Failure::file(&parts, error))?;
        file::write(&self.part(plan, part), &plan.encode(measurements)?)
    }

    /// All measurements of an experiment, from the file that holds them; its parts, when all are there, are
    /// joined into one first. None where some are missing.
    pub fn measurements(&self, plan: &Plan) -> Result<Option<Vec<Measurement>>, Failure> {
        let path = self.whole(plan);
        if open(&path, plan)?.is_none()
            && let Some(measurements) = self.join(plan)?
        {
            file::write(&path, &plan.encode(&measurements)?)?;
        }
        let Some(whole) = open(&path, plan)? else {
            return Ok(None);
        };
        for part in plan.parts() {
            let path = self.part(plan, &part);
            match fs::remove_file(&path) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(Failure::file(&path, error)),
                _ => {}
            }
        }
        whole.measurements().map(Some)
    }

    /// What the parts hold; none where one is missing, be it that another shard has joined them just now.
    fn join(&self, plan: &Plan) -> Result<Option<Vec<Measurement>>, Failure> {
        let mut measurements = Vec::new();
        for part in plan.parts() {
            match open(&self.part(plan, &part), plan)? {
                Some(reader) => measurements.extend(reader.measurements()?),
                None => return Ok(None),
            }
        }
        Ok(Some(measurements))
    }

    /// Removes the folder of the parts where nothing is left in it; where something is, it stays.
    pub fn tidy(&self) {
        let _ = fs::remove_dir(self.parts());
    }
}

/// A file of a plan's; none where there is none. One that says of itself what the plan does not is refused.
fn open<'a>(path: &'a Path, plan: &Plan) -> Result<Option<Reader<'a>>, Failure> {
    let Some(reader) = Reader::open(path)? else {
        return Ok(None);
    };
    let theirs = reader.about();
    let other = KEYS
        .iter()
        .find(|(key, _)| theirs.get(*key) != plan.about.get(*key));
    let Some((key, _)) = other else {
        return Ok(Some(reader));
    };
    let said = |about: &About| about.get(*key).map_or("not said", String::as_str).to_owned();
    Err(Failure::Usage(format!(
        "{} differs from this run in its {key}: {}, not {}; name another folder, or remove the file",
        path.display(),
        said(&theirs),
        said(&plan.about),
    )))
}
