//! Work on other threads, watched from Python's: Ctrl-C is heard and progress told while it goes on.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use pyo3::prelude::*;

use crate::error::{Error, Result};

/// Between two looks.
const LOOK: Duration = Duration::from_millis(50);

/// What the work tells its watcher, and is told.
#[derive(Default)]
pub struct Watched {
    steps: AtomicU64,
    stop: AtomicBool,
}

impl Watched {
    /// Says that steps are done.
    ///
    /// # Errors
    /// Where the work is to stop.
    pub fn tick(&self, steps: u64) -> Result<()> {
        self.steps.fetch_add(steps, Ordering::Relaxed);
        if self.stop.load(Ordering::Relaxed) {
            return Err(Error::Stopped);
        }
        Ok(())
    }
}

/// Does some work without the GIL. `progress` is called with the steps done so far. What it raises, or Ctrl-C,
/// stops the work at its next tick.
pub fn watch<T: Send>(
    py: Python<'_>,
    progress: &Bound<'_, PyAny>,
    work: impl FnOnce(&Watched) -> Result<T> + Send,
) -> Result<T> {
    let watched = Watched::default();
    let progress = progress.clone().unbind();
    let look = || -> PyResult<()> {
        Python::attach(|py| {
            py.check_signals()?;
            progress.call1(py, (watched.steps.load(Ordering::Relaxed),))?;
            Ok(())
        })
    };
    py.detach(|| {
        let (alive, ended) = channel::<()>();
        thread::scope(|scope| {
            let (work, seen) = (work, &watched);
            let worker = scope.spawn(move || {
                // Dropped when the work has ended, be it by a panic.
                let _alive = alive;
                work(seen)
            });
            let mut looked = Ok(());
            while looked.is_ok() && ended.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
                looked = look();
            }
            watched.stop.store(looked.is_err(), Ordering::Relaxed);
            let done = worker.join().unwrap_or_else(|panic| resume_unwind(panic));
            looked?;
            let done = done?;
            look()?;
            Ok(done)
        })
    })
}
