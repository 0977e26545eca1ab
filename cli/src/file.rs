//! Files as the crate reads and writes them, with this program's errors.

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

/// A place for a command's answer, found out before the work that there is to write.
pub struct Out<'a> {
    path: &'a Path,
    place: file::Place,
}

impl Out<'_> {
    /// Refuses a folder and what cannot be written; leaves no trace.
    pub fn open(path: &Path) -> Result<Out<'_>, Failure> {
        let place = file::Place::open(path).map_err(|error| Failure::file(path, error))?;
        Ok(Out { path, place })
    }

    /// Fills the place.
    pub fn write(self, bytes: &[u8]) -> Result<(), Failure> {
        self.place
            .write(bytes)
            .map_err(|error| Failure::file(self.path, error))
    }
}
