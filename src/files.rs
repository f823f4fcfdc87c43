//! Files that are written whole or not at all, and never over another.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::error::{Error, Kind};

/// Writes a new file: under a temporary name beside it, then renamed, so that nobody ever sees
/// half of it.
///
/// # Errors
/// [`Kind::Io`] when the file exists, which is left as it is, or cannot be written; what `fill`
/// returns. Nothing of the new file is left behind then.
pub fn write_new<T>(
    path: &Path,
    fill: impl FnOnce(&mut BufWriter<File>) -> Result<T, Error>,
) -> Result<T, Error> {
    // Before any work is done; `publish` looks again when it counts.
    if path.exists() {
        return Err(exists(path));
    }
    let partial = partial_name(path);
    let written = fill_partial(&partial, fill).and_then(|value| {
        publish(&partial, path)
            .map_err(|source| match source.kind() {
                io::ErrorKind::AlreadyExists => exists(path),
                _ => Error::io("create", path, source),
            })
            .map(|()| value)
    });
    if written.is_err() {
        // It may not exist; the first error is the one to tell.
        let _ = fs::remove_file(&partial);
    }
    written
}

fn fill_partial<T>(
    partial: &Path,
    fill: impl FnOnce(&mut BufWriter<File>) -> Result<T, Error>,
) -> Result<T, Error> {
    let file = File::create(partial).map_err(|source| Error::io("create", partial, source))?;
    let mut writer = BufWriter::new(file);
    let value = fill(&mut writer)?;
    writer.flush().map_err(|source| Error::io("write", partial, source))?;
    Ok(value)
}

/// Gives the finished file its name. A link fails where a rename would overwrite.
fn publish(partial: &Path, path: &Path) -> io::Result<()> {
    match fs::hard_link(partial, path) {
        Ok(()) => fs::remove_file(partial),
        // A file system without links.
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists && !path.exists() => {
            fs::rename(partial, path)
        }
        Err(error) => Err(error),
    }
}

/// A hidden name beside the file, of this process only.
fn partial_name(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{}.partial", std::process::id()))
}

fn exists(path: &Path) -> Error {
    Error::new(Kind::Io, format!("{} exists already, and is not overwritten", path.display()))
        .hint("choose another folder, or move the file away")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn a_file_appears_whole_under_its_own_name_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        write_new(&path, |file| {
            file.write_all(b"all").unwrap();
            assert!(!path.exists());
            Ok(())
        })
        .unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"all");
        assert_eq!(names(folder.path()), ["a.txt"]);
    }

    #[test]
    fn an_existing_file_is_never_overwritten_not_even_one_that_appears_meanwhile() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        let error = write_new(&path, |_| {
            fs::write(&path, "theirs").unwrap();
            Ok(())
        });
        assert!(error.unwrap_err().to_string().contains("exists already"));
        let error = write_new(&path, |_| -> Result<(), Error> { panic!("never filled") });
        assert_eq!(error.unwrap_err().kind(), Kind::Io);
        assert_eq!(fs::read(&path).unwrap(), b"theirs");
        assert_eq!(names(folder.path()), ["a.txt"]);
    }

    #[test]
    fn a_file_that_cannot_be_finished_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        let error = write_new(&path, |_| Err::<(), _>(Error::usage("no")));
        assert_eq!(error.unwrap_err().kind(), Kind::Usage);
        assert_eq!(names(folder.path()), [""; 0]);
        let nowhere = folder.path().join("no/a.txt");
        assert_eq!(write_new(&nowhere, |_| Ok(())).unwrap_err().kind(), Kind::Io);
    }
}
