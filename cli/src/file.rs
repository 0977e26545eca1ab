//! Files as every command reads and writes them: no more is read than a file of its kind can have, and what
//! is written appears whole.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::Failure;

/// The bytes of a file, of which `what` has at most `most`. No more than these are read, so that a device
/// that never ends is refused like any file that is too long.
pub fn read(path: &Path, what: &str, most: usize) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(most as u64 + 1).read_to_end(&mut bytes));
    read.map_err(|error| Failure::file(path, error))?;
    if bytes.len() > most {
        return Err(Failure::Usage(format!(
            "{}: the file is longer than the {most} bytes that {what} may have",
            path.display()
        )));
    }
    Ok(bytes)
}

/// Writes a file whole.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    Place::open(path)?.write(bytes)
}

/// A place that can be written, found out before the work that there is to write.
pub struct Place {
    /// As it was named.
    path: PathBuf,
    kind: Kind,
}

enum Kind {
    /// A file, there already or not: the bytes are written beside it and moved there, so nobody sees half of
    /// them.
    File(PathBuf),
    /// A device or a pipe, which is not ours to replace.
    Stream(File),
}

impl Place {
    /// Refuses a folder and what cannot be written; leaves no trace.
    pub fn open(path: &Path) -> Result<Place, Failure> {
        if path.is_dir() {
            return Err(Failure::Usage(format!(
                "{} is a folder; name a file in it",
                path.display()
            )));
        }
        let kind = kind(path).map_err(|error| Failure::file(path, error))?;
        Ok(Place {
            path: path.to_owned(),
            kind,
        })
    }

    /// Fills the place, and waits until the disk has it.
    pub fn write(self, bytes: &[u8]) -> Result<(), Failure> {
        let written = match self.kind {
            Kind::File(path) => replace(&path, bytes),
            Kind::Stream(mut stream) => stream.write_all(bytes),
        };
        written.map_err(|error| Failure::file(&self.path, error))
    }
}

fn kind(path: &Path) -> io::Result<Kind> {
    if fs::metadata(path).is_ok_and(|there| !there.is_file()) {
        return Ok(Kind::Stream(OpenOptions::new().write(true).open(path)?));
    }
    let path = followed(path)?;
    // A file without a name, which is gone however this process ends.
    tempfile::tempfile_in(folder(&path))?;
    Ok(Kind::File(path))
}

/// Where symbolic links lead, though nothing may be there yet.
fn followed(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..32 {
        match fs::read_link(&path) {
            Ok(to) => path = folder(&path).join(to),
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::other("its symbolic links lead in a circle"))
}

fn folder(path: &Path) -> &Path {
    path.parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".leftright-").suffix(".partial");
    // As a file has it that is made in the ordinary way, less what the umask takes.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut beside = builder.tempfile_in(folder(path))?;
    beside.write_all(bytes)?;
    beside.as_file().sync_all()?;
    beside.persist(path)?;
    Ok(())
}
