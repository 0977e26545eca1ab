//! Files broken on purpose, given to the command line as a stranger's are. `cargo xtask fuzz` runs many,
//! `tests/hostile` a few. Case `i` of a seed is the same file wherever it is made, alone or among others.

mod checkpoint;
mod text;
mod trial;

use std::fmt;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use fastrand::Rng;
use trial::{FAULTS, Fault, Trial, run};

/// What is broken.
#[derive(Clone, Copy, PartialEq)]
pub enum Kind {
    Checkpoint,
    Run,
    Sweep,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Kind::Checkpoint => "checkpoint",
            Kind::Run => "run",
            Kind::Sweep => "sweep",
        })
    }
}

/// What came of some cases.
#[derive(Default)]
pub struct Tally {
    /// Files that got an answer.
    pub answered: u64,
    /// Files that got one clear line.
    pub refused: u64,
    /// Of the answered, models said to have scores that are not finite.
    pub not_finite: u64,
    /// What else happened, and the file to which it did.
    pub faults: Vec<(Fault, PathBuf)>,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Tally {
            answered,
            refused,
            not_finite,
            faults,
        } = self;
        write!(
            f,
            "{answered} answered ({not_finite} of them said to be not finite), {refused} refused"
        )?;
        for (fault, name) in FAULTS {
            let files: Vec<&PathBuf> = faults
                .iter()
                .filter(|(found, _)| *found == fault)
                .map(|(_, file)| file)
                .collect();
            write!(f, ", {} {name}", files.len())?;
            files
                .iter()
                .take(3)
                .try_for_each(|file| write!(f, " {}", file.display()))?;
        }
        Ok(())
    }
}

/// The files that cases are made of, and where those go that were not answered well.
pub struct Campaign {
    binary: PathBuf,
    folder: PathBuf,
    seed: u64,
    checkpoints: Vec<Vec<u8>>,
}

/// Small models of every kind, as arguments of `train`.
const MODELS: [&[&str]; 6] = [
    &[],
    &["--half"],
    &["--preset", "left-right", "--set", "vision_layers=2"],
    &["--preset", "grid-above", "--set", "layer_norm=true"],
    &[
        "--preset",
        "three",
        "--set",
        "labels=8",
        "--set",
        "pair_labels=4",
        "--set",
        "held_labels=4",
    ],
    &["--preset", "autoregressive", "--set", "mlp=true"],
];

impl Campaign {
    /// Trains the small models; `trained` is a large one.
    pub fn new(binary: &Path, trained: &Path, folder: &Path, seed: u64) -> io::Result<Campaign> {
        std::fs::create_dir_all(folder)?;
        let mut checkpoints = Vec::new();
        for (i, model) in MODELS.iter().enumerate() {
            let out = folder.join(format!("base-{i}.safetensors"));
            let mut train = Command::new(binary);
            train
                .args(["train", "--json", "--engine", "cpu", "--steps", "20", "--out"])
                .arg(&out)
                .args(*model);
            train.args([
                "--set",
                "d_model=16",
                "--set",
                "heads=2",
                "--set",
                "d_embed=8",
                "--set",
                "batch=16",
            ]);
            if !train.output()?.status.success() {
                return Err(io::Error::other(format!("{train:?} failed")));
            }
            checkpoints.push(std::fs::read(out)?);
        }
        checkpoints.push(std::fs::read(trained)?);
        Ok(Campaign {
            binary: binary.to_owned(),
            folder: folder.to_owned(),
            seed,
            checkpoints,
        })
    }

    /// The file of one case.
    fn file(&self, kind: Kind, case: u64) -> Vec<u8> {
        // Neighbouring seeds are no neighbours after this.
        let mut random = Rng::with_seed(
            (self.seed ^ (kind as u64 + 1) << 56).wrapping_add(case.wrapping_mul(0x9e37_79b9_7f4a_7c15)),
        );
        match kind {
            // The trained model is large, and answers slowly.
            Kind::Checkpoint => {
                let last = self.checkpoints.len() - 1;
                let base = if random.u8(..) < 8 {
                    last
                } else {
                    random.usize(..last)
                };
                checkpoint::broken(&self.checkpoints[base], &mut random)
            }
            Kind::Run => text::broken_run(&mut random),
            Kind::Sweep => text::broken_sweep(&mut random),
        }
    }

    /// Runs some cases, on every thread.
    pub fn run(&self, kind: Kind, cases: Range<u64>) -> io::Result<Tally> {
        let (next, tally) = (AtomicU64::new(cases.start), Mutex::new(Tally::default()));
        let worker = || -> io::Result<()> {
            loop {
                let case = next.fetch_add(1, Ordering::Relaxed);
                if case >= cases.end {
                    return Ok(());
                }
                let extension = ["safetensors", "json", "toml"][kind as usize];
                let file = self
                    .folder
                    .join(format!("{kind}-{}-{case}.{extension}", self.seed));
                std::fs::write(&file, self.file(kind, case))?;
                let trial = run(&self.binary, kind, &file)?;
                let mut tally = tally.lock().expect("no worker panics while it counts");
                if trial.faults.is_empty() {
                    std::fs::remove_file(&file)?;
                }
                tally.add(trial, &file);
            }
        };
        let threads = std::thread::available_parallelism()?.get();
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
            workers
                .into_iter()
                .try_for_each(|worker| worker.join().expect("a worker does not panic"))
        })?;
        Ok(tally.into_inner().expect("no worker panicked while it counted"))
    }
}

impl Tally {
    fn add(&mut self, trial: Trial, file: &Path) {
        self.answered += u64::from(trial.answered);
        self.refused += u64::from(!trial.answered && trial.faults.is_empty());
        self.not_finite += u64::from(trial.not_finite);
        self.faults
            .extend(trial.faults.into_iter().map(|fault| (fault, file.to_owned())));
    }
}
