//! What the command line makes of one file, and what it costs.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Map, Value};
use wait4::Wait4;

use super::Kind;

/// What can go wrong.
#[derive(Clone, Copy, PartialEq)]
pub enum Fault {
    Panic,
    Hang,
    Memory,
    /// A number that is none, without a word.
    Silent,
    /// A message of more than one line, too long, or one that a terminal obeys.
    Unclear,
}

/// All of them, and what many are called.
pub const FAULTS: [(Fault, &str); 5] = [
    (Fault::Panic, "panics"),
    (Fault::Hang, "hangs"),
    (Fault::Memory, "over memory"),
    (Fault::Silent, "silent NaN"),
    (Fault::Unclear, "unclear messages"),
];

/// Most seconds of one command, of a CPU and, for one that waits for nothing, of the clock.
const CPU_SECONDS: f64 = 5.0;
const SECONDS: &str = "60";
/// Most bytes of memory.
const BYTES: u64 = 500 << 20;
/// Characters of a message.
const CHARACTERS: usize = 300;

/// What came of one file.
#[derive(Default)]
pub struct Trial {
    /// Whether the first command had an answer.
    pub answered: bool,
    /// Whether it said that scores are not finite.
    pub not_finite: bool,
    pub faults: Vec<Fault>,
}

struct Outcome {
    code: Option<i32>,
    out: String,
    error: String,
}

impl Trial {
    fn fault(&mut self, fault: Fault, found: bool) {
        if found && !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
    }

    /// Runs the command line and judges what can be judged of any command.
    fn command(
        &mut self,
        binary: &Path,
        file: &Path,
        before: &[&str],
        after: &[&str],
    ) -> io::Result<Outcome> {
        let (mut out, mut error) = (tempfile::tempfile()?, tempfile::tempfile()?);
        let mut command = Command::new("timeout");
        // The limit on memory only keeps this machine alive: what counts is what was used.
        command
            .args([
                SECONDS,
                "sh",
                "-c",
                "ulimit -v 8000000; ulimit -t 20; exec \"$@\"",
                "sh",
            ])
            .arg(binary);
        command
            .args(before)
            .arg(file)
            .args(after)
            .env("RAYON_NUM_THREADS", "1");
        command
            .stdin(Stdio::null())
            .stdout(out.try_clone()?)
            .stderr(error.try_clone()?);
        let used = command.spawn()?.wait4()?;
        let outcome = Outcome {
            code: used.status.code(),
            out: read(&mut out)?,
            error: read(&mut error)?,
        };
        let seconds = (used.rusage.utime + used.rusage.stime).as_secs_f64();
        self.fault(
            Fault::Panic,
            outcome.code == Some(101) || outcome.error.contains("panicked"),
        );
        // 124 is `timeout`'s; 128 and more are signals, as a shell tells of them.
        self.fault(
            Fault::Hang,
            seconds > CPU_SECONDS || matches!(outcome.code, None | Some(124)),
        );
        self.fault(
            Fault::Memory,
            used.rusage.maxrss > BYTES
                || outcome.code == Some(134)
                || outcome.error.contains("memory allocation"),
        );
        let long = outcome
            .error
            .lines()
            .any(|line| line.chars().count() > CHARACTERS);
        let wild = outcome.error.contains(|c: char| {
            c.is_control() && c != '\n'
                || ('\u{202a}'..='\u{202e}').contains(&c)
                || ('\u{2066}'..='\u{2069}').contains(&c)
        });
        let lines = if outcome.code == Some(0) {
            outcome.error.lines().count()
        } else {
            outcome.error.lines().count().abs_diff(1)
        };
        self.fault(Fault::Unclear, long || wild || lines > 0);
        self.fault(
            Fault::Silent,
            outcome.code == Some(0) && ["NaN", "inf "].iter().any(|number| outcome.out.contains(number)),
        );
        Ok(outcome)
    }
}

fn read(file: &mut File) -> io::Result<String> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A command's answer, where it gave one.
fn answer(outcome: &Outcome) -> Option<Value> {
    (outcome.code == Some(0)).then(|| serde_json::from_str(&outcome.out).unwrap_or_default())
}

/// Every `null` in an answer is a number that was none, but for what single objects have not.
fn has_null(answer: &Value) -> bool {
    let of = |map: &Map<String, Value>| {
        map.iter().any(|(key, value)| {
            !(value.is_null() && ["order", "recognition", "nearest"].contains(&&**key)) && has_null(value)
        })
    };
    match answer {
        Value::Null => true,
        Value::Array(values) => values.iter().any(has_null),
        Value::Object(map) => of(map),
        _ => false,
    }
}

/// Gives a file to the commands that read its kind.
pub fn run(binary: &Path, kind: Kind, file: &Path) -> io::Result<Trial> {
    let mut trial = Trial::default();
    match kind {
        Kind::Checkpoint => {
            let evaluated = answer(&trial.command(binary, file, &["evaluate"], &["--json"])?);
            let decomposed = trial.command(
                binary,
                file,
                &["decompose"],
                &["--json", "--strip", "0 0 16 0 0 0 0 17 0 0"],
            )?;
            trial.command(binary, file, &["ablate"], &["--terms", "EP,VP"])?;
            trial.answered = evaluated.is_some();
            trial.not_finite = evaluated
                .as_ref()
                .is_some_and(|answer| answer.to_string().contains("not_finite"));
            // One scene without a cosine is enough to know of a model.
            let cosine = decomposed.error.contains("cosine with a caption is not finite");
            let shown = answer(&decomposed).is_some_and(|answer| has_null(&answer));
            let silent =
                evaluated.as_ref().is_some_and(has_null) || trial.answered && cosine && !trial.not_finite;
            trial.fault(Fault::Silent, shown || silent);
        }
        Kind::Run => {
            trial.answered =
                answer(&trial.command(binary, file, &["train", "--plan", "--json", "--config"], &[])?)
                    .is_some();
            if trial.answered {
                let step = [
                    "--json",
                    "--steps",
                    "1",
                    "--memory",
                    "0.06",
                    "--engine",
                    "cpu",
                    "--out",
                    "/dev/null",
                ];
                let trained = answer(&trial.command(binary, file, &["train", "--config"], &step)?);
                trial.fault(
                    Fault::Silent,
                    trained.is_some_and(|answer| {
                        has_null(&answer) && !answer.to_string().contains("not_finite")
                    }),
                );
            }
        }
        Kind::Sweep => {
            let plan = answer(&trial.command(
                binary,
                file,
                &["sweep", "--plan", "--json", "--memory", "1000"],
                &[],
            )?);
            trial.answered = plan.is_some();
        }
    }
    Ok(trial)
}
