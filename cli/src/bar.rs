//! How far a training has come, for whoever looks: a bar on a terminal and, where stderr is none (the log of a batch
//! job), a line now and then.

use std::borrow::Cow;
use std::io::IsTerminal;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::work::counted;
use super::{estimate, report};

/// A bar over the steps of one model.
const ONE: &str = "{bar:30} {pos}/{len} steps, {eta} left, {msg}";
/// A bar over the steps of many models.
const MANY: &str = "{bar:30} {percent}% {msg}, {elapsed} gone, {eta} left";

/// Until the first line of a log, which is to say soon that all is well.
const FIRST: Duration = Duration::from_secs(2);
/// From one line of a log to the next, at least.
const EVERY: Duration = Duration::from_secs(10);

/// Steps done, of so many.
pub struct Progress {
    bar: ProgressBar,
    models: Models,
    /// Where nobody looks and somebody may read.
    log: Option<Log>,
}

impl Progress {
    /// Of one model, from a step to another; silent if it is to be quiet.
    pub fn of_steps(from: u64, steps: u64, quiet: bool) -> Progress {
        Progress::new(from, steps, Models::default(), quiet, ONE)
    }

    /// Of models under a title, which may be empty, and the steps of them all.
    pub fn of_models(title: String, models: u64, steps: u64, quiet: bool) -> Progress {
        let models = Models {
            title,
            all: models,
            done: AtomicU64::new(0),
        };
        let progress = Progress::new(0, steps, models, quiet, MANY);
        progress.add_models(0);
        progress
    }

    fn new(from: u64, steps: u64, models: Models, quiet: bool, template: &'static str) -> Progress {
        let terminal = std::io::stderr().is_terminal();
        let target = if quiet || !terminal {
            ProgressDrawTarget::hidden()
        } else {
            ProgressDrawTarget::stderr()
        };
        let bar = ProgressBar::with_draw_target(Some(steps), target);
        bar.set_style(ProgressStyle::with_template(template).expect("the template is ours"));
        bar.set_position(from);
        bar.reset_eta();
        let log = (!quiet && !terminal).then(|| Log::new(from, steps, Instant::now()));
        Progress { bar, models, log }
    }

    /// So many models more, which are measured.
    pub fn add_models(&self, models: u64) {
        let done = self.models.done.fetch_add(models, Ordering::Relaxed) + models;
        let Models { title, all, .. } = &self.models;
        self.tell(format!("{title}{done} of {}", counted(*all)));
    }

    /// So many steps more.
    pub fn add(&self, steps: u64) {
        self.bar.inc(steps);
        self.log_if_due();
    }

    /// So many steps in all.
    pub fn set(&self, step: u64) {
        self.bar.set_position(step);
        self.log_if_due();
    }

    /// What there is to say beside the steps.
    pub fn tell(&self, message: impl Into<Cow<'static, str>>) {
        self.bar.set_message(message);
    }

    /// A line that stays.
    pub fn note(&self, text: &str) {
        self.bar.suspend(|| report::note(text));
    }

    /// Takes the bar away.
    pub fn end(&self) {
        self.bar.finish_and_clear();
    }

    fn log_if_due(&self) {
        let line = |log: &Log| log.line(self.bar.position(), &self.bar.message(), Instant::now());
        if let Some(line) = self.log.as_ref().and_then(line) {
            report::note(&line);
        }
    }
}

/// Models that are trained together.
#[derive(Default)]
struct Models {
    title: String,
    all: u64,
    done: AtomicU64,
}

/// The lines of a log.
struct Log {
    from: u64,
    steps: u64,
    begun: Instant,
    /// When the next is due.
    next: Mutex<Instant>,
}

impl Log {
    fn new(from: u64, steps: u64, begun: Instant) -> Log {
        let next = Mutex::new(begun + FIRST);
        Log {
            from,
            steps,
            begun,
            next,
        }
    }

    /// A line, if one is due: how far it has come, and how long the rest takes at the same speed.
    fn line(&self, done: u64, message: &str, now: Instant) -> Option<String> {
        let mut next = self.next.lock().expect("nothing panics while it is held");
        if now < *next || done <= self.from || done >= self.steps {
            return None;
        }
        *next = now + EVERY;
        let pace = now.duration_since(self.begun).as_secs_f64() / (done - self.from) as f64;
        let left = estimate::about([pace * (self.steps - done) as f64; 2]);
        let message = if message.is_empty() {
            String::new()
        } else {
            format!(" {message},")
        };
        Some(format!("{done} of {} steps,{message} {left} left", self.steps))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line comes soon and then at most every ten seconds, and its time is that of the steps left at the pace of
    /// those done since the training began.
    #[test]
    fn a_log_has_a_line_now_and_then() {
        let begun = Instant::now();
        let at = |seconds: f64| begun + Duration::from_secs_f64(seconds);
        let log = Log::new(100, 1100, begun);
        assert_eq!(log.line(150, "loss 1", at(1.9)), None);
        assert_eq!(log.line(100, "loss 1", at(2.0)), None, "nothing is done yet");
        let first = log.line(200, "loss 1", at(4.0)).unwrap();
        assert_eq!(first, "200 of 1100 steps, loss 1, about 36 seconds left");
        assert_eq!(log.line(300, "", at(13.9)), None);
        let second = log.line(600, "", at(14.0)).unwrap();
        assert_eq!(second, "600 of 1100 steps, about 14 seconds left");
        assert_eq!(
            log.line(1100, "", at(90.0)),
            None,
            "the answer says that it has ended"
        );
    }
}
