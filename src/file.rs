//! Files as the command line and Python read and write them: no more is read than a file of its kind can have,
//! and what is written appears whole. An error is the system's own, with its number, and names no file but the
//! one that the caller named.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

/// The bytes of a file, of which `what` has at most `most`. No more than these are read, so that a device
/// that never ends is refused like any file that is too long.
///
/// # Errors
/// Where the file cannot be read, and, of the kind [`ErrorKind::FileTooLarge`], where it is longer.
pub fn read(path: &Path, what: &str, most: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(most as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > most {
        return Err(io::Error::new(
            ErrorKind::FileTooLarge,
            format!("the file is longer than the {most} bytes that {what} may have"),
        ));
    }
    Ok(bytes)
}

/// Writes a file whole.
///
/// # Errors
/// As [`Place::open`] and [`Place::write`].
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    Place::open(path)?.write(bytes)
}

/// A place that can be written, found out before the work that there is to write.
#[derive(Debug)]
pub struct Place(Kind);

#[derive(Debug)]
enum Kind {
    /// A file, there already or not: the bytes are written beside it and moved there, so nobody sees half of
    /// them.
    File(PathBuf),
    /// A device or a pipe, which is not ours to replace.
    Stream(File),
}

impl Place {
    /// Opens the place that a path leads to, through symbolic links; leaves no trace.
    ///
    /// # Errors
    /// Where it is a folder, of the kind [`ErrorKind::IsADirectory`], and where it cannot be written.
    pub fn open(path: &Path) -> io::Result<Place> {
        let kind = match fs::metadata(path) {
            Ok(there) if there.is_dir() => {
                return Err(io::Error::new(
                    ErrorKind::IsADirectory,
                    "it is a folder; name a file in it",
                ));
            }
            Ok(there) if !there.is_file() => Kind::Stream(OpenOptions::new().write(true).open(path)?),
            _ => {
                let path = followed(path)?;
                // A file without a name, which is gone however this process ends.
                tempfile::tempfile_in(folder(&path))?;
                Kind::File(path)
            }
        };
        Ok(Place(kind))
    }

    /// Fills the place, and waits until the disk has it.
    ///
    /// # Errors
    /// Where it can no longer be written; a file is then as it was.
    pub fn write(self, bytes: &[u8]) -> io::Result<()> {
        match self.0 {
            Kind::File(path) => replace(&path, bytes),
            Kind::Stream(mut stream) => stream.write_all(bytes),
        }
    }
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
    // Opened here, so that an error does not name it.
    let make = |beside: &Path| OpenOptions::new().write(true).create_new(true).open(beside);
    let (mut file, beside) = builder.make_in(folder(path), make)?.into_parts();
    file.write_all(bytes)?;
    file.sync_all()?;
    // Some systems do not rename an open file.
    drop(file);
    beside.persist(path).map_err(|failed| failed.error)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is written is read, and an error says what is wrong in the system's words, without the name of a
    /// file that the caller has not named.
    #[test]
    fn a_file_is_read_as_it_was_written_or_the_error_is_plain() {
        let folder = tempfile::tempdir().unwrap();
        let [path, missing] = ["file", "no/file"].map(|name| folder.path().join(name));
        for bytes in [&b"one"[..], b"others"] {
            write(&path, bytes).unwrap();
            assert_eq!(read(&path, "a word", 6).unwrap(), bytes);
        }
        assert_eq!(
            fs::read_dir(&folder).unwrap().count(),
            1,
            "nothing is left beside"
        );
        let long = read(&path, "a word", 5).unwrap_err();
        assert_eq!(long.kind(), ErrorKind::FileTooLarge);
        assert!(long.to_string().contains("5 bytes that a word may have"));
        let of_folder = write(folder.path(), b"").unwrap_err();
        assert_eq!(of_folder.kind(), ErrorKind::IsADirectory);
        for error in [
            write(&missing, b"").unwrap_err(),
            replace(&missing, b"").unwrap_err(),
            read(&missing, "", 1).unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::NotFound);
            assert!(error.raw_os_error().is_some(), "{error}");
        }
    }
}
