//! Files as the crate reads and writes them, with this program's errors, and stdout as a command's `--out`.

use std::io::{self, Write};
use std::path::Path;

use leftright::file;

use crate::Failure;

/// The bytes of a file, of which `what` has at most `most`.
pub fn read(path: &Path, what: &str, most: usize) -> Result<Vec<u8>, Failure> {
    file::read(path, what, most).map_err(|error| Failure::file(path, error))
}

/// Writes a file whole.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    file::write(path, bytes).map_err(|error| Failure::file(path, error))
}

/// What `--out` calls stdout.
const STDOUT: [&str; 4] = ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"];

/// A place for a command's answer, found out before the work that there is to write.
pub struct Out<'a> {
    path: &'a Path,
    /// None where it is stdout.
    place: Option<file::Place>,
}

impl Out<'_> {
    /// Refuses a folder and what cannot be written; leaves no trace.
    pub fn open(path: &Path) -> Result<Out<'_>, Failure> {
        let place = match STDOUT.iter().any(|name| path == Path::new(name)) {
            true => None,
            false => Some(file::Place::open(path).map_err(|error| Failure::file(path, error))?),
        };
        Ok(Out { path, place })
    }

    /// Its name as a file's; none where it is stdout.
    pub fn file(&self) -> Option<&Path> {
        self.place.as_ref().map(|_| self.path)
    }

    /// Its name in a sentence.
    pub fn name(&self) -> String {
        self.file()
            .map_or("stdout".to_owned(), |path| path.display().to_string())
    }

    /// Refuses to be a file whose name has the ending of another format.
    pub fn check_ending(&self, format: &str) -> Result<(), Failure> {
        match self.file().and_then(Path::extension) {
            Some(ending) if !ending.eq_ignore_ascii_case(format) => Err(Failure::Usage(format!(
                "{} ends in .{}, but would hold {format}; end its name in .{format}, or in nothing",
                self.name(),
                ending.display()
            ))),
            _ => Ok(()),
        }
    }

    /// Fills the place. Gives where to say so: stdout or, where that has the bytes, stderr.
    pub fn write(self, bytes: &[u8]) -> Result<Box<dyn Write>, Failure> {
        match self.place {
            Some(place) => {
                let written = place.write(bytes);
                written.map_err(|error| Failure::file(self.path, error))?;
                Ok(Box::new(io::stdout()))
            }
            None => {
                let mut stdout = io::stdout().lock();
                stdout.write_all(bytes)?;
                stdout.flush()?;
                Ok(Box::new(io::stderr()))
            }
        }
    }
}
