//! Files that are written completely or not at all, and never over another file or through a link;
//! folders that one process writes at a time.

mod again;
mod held_folder;
mod lock;
mod opened;
pub mod private;
pub mod reading;
mod unfinished;

use std::fs::{self, File, TryLockError};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use crate::base::error::{Error, ErrorKind};
pub use again::{Again, FileBody};
pub use held_folder::HeldFolder;
pub use lock::{HeldLock, lock};
use opened::{OPEN, PRIVATE};
pub(crate) use opened::{append, create_open, folder, open_shared, publish, put_in_place};
pub use opened::{append_own, create_own};
pub use unfinished::abandon;

/// Reads a JSON file; an error names the file, the line and the column.
///
/// # Errors
/// [`ErrorKind::Io`] when it cannot be read, or is not JSON of this type: the error says the file,
/// the line and the column.
pub fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, Error> {
    let text = reading::text(path, reading::RUN_BYTES_MAX)
        .map_err(|source| Error::io("read", path, source))?;
    serde_json::from_str(&text).map_err(|error| {
        let said = error.to_string();
        let said = said.split(" at line ").next().unwrap_or_default();
        let what = format!("{}:{}:{}: {said}", path.display(), error.line(), error.column());
        Error::new(ErrorKind::Io, what).hint("the file is damaged or of another version")
    })
}

/// Writes a new file: under a temporary name beside it, then renamed, so that nobody sees a partial
/// file.
///
/// # Errors
/// [`ErrorKind::Io`] when the file exists, which is left untouched, or cannot be written; the error
/// that `fill` returns. Nothing of the new file remains then.
pub fn write_new<T>(
    path: &Path,
    fill: impl FnOnce(&mut BufWriter<&File>) -> Result<T, Error>,
) -> Result<T, Error> {
    write_with(Pending::create(path)?, fill)
}

/// Writes a file as [`write_new`] does, but replaces an existing one.
///
/// # Errors
/// [`ErrorKind::Io`] when it cannot be written; the error that `fill` returns. The old file then
/// stays.
pub fn replace<T>(
    path: &Path,
    fill: impl FnOnce(&mut BufWriter<&File>) -> Result<T, Error>,
) -> Result<T, Error> {
    write_with(Pending::replacing(path)?, fill)
}

/// Writes bytes to a new file, as [`write_new`] does.
///
/// # Errors
/// [`ErrorKind::Io`] when anything has the name, or it cannot be written.
pub fn save_new(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    write_new(path, |file| file.write_all(bytes).map_err(|error| Error::io("write", path, error)))
}

/// Writes bytes to a file, as [`replace`] does.
///
/// # Errors
/// [`ErrorKind::Io`] when a link or anything but a file has the name, or it cannot be written.
pub fn save(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    replace(path, |file| file.write_all(bytes).map_err(|error| Error::io("write", path, error)))
}

/// Writes bytes where the user wants them: into a device or a pipe that is there, such as
/// `/dev/stdout`, else to a new file.
///
/// # Errors
/// As [`save_new`].
pub fn save_where_wanted(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let cannot = |error| Error::io("write", path, error);
    match opened::open_device(path).map_err(cannot)? {
        Some(mut device) => device.write_all(bytes).map_err(cannot),
        None => save_new(path, bytes),
    }
}

/// A file that grows under a temporary name and gets its own when it is finished. Dropped before
/// that, it is removed.
#[derive(Debug)]
pub struct Pending {
    path: PathBuf,
    partial: PathBuf,
    file: File,
    /// How the file gets its name.
    publish: fn(&Path, &Path) -> io::Result<()>,
    published: bool,
}

impl Pending {
    /// Begins a new file.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when it exists or cannot be created.
    pub fn create(path: &Path) -> Result<Self, Error> {
        // Fail before any work is done; `publish` checks again at the end.
        Self::begin_new(path, OPEN)
    }

    /// Begins a new file that only its owner may read.
    ///
    /// # Errors
    /// As [`Self::create`].
    pub fn create_private(path: &Path) -> Result<Self, Error> {
        Self::begin_new(path, PRIVATE)
    }

    /// Begins a file that replaces an existing one.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when a link or anything but a file has the name, or it cannot be created.
    pub fn replacing(path: &Path) -> Result<Self, Error> {
        Self::begin_other(path, OPEN)
    }

    /// Begins a file that only its owner may read and that replaces an existing one.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when it cannot be created.
    pub fn replacing_private(path: &Path) -> Result<Self, Error> {
        Self::begin_other(path, PRIVATE)
    }

    /// The temporary path under which it grows.
    #[must_use]
    pub fn partial(&self) -> &Path {
        &self.partial
    }

    /// Cuts the file to its first `bytes` bytes, which frees the space of the rest.
    ///
    /// # Errors
    /// When the file system refuses.
    pub fn truncate(&mut self, bytes: u64) -> io::Result<()> {
        self.file.set_len(bytes)?;
        self.file.seek(SeekFrom::Start(bytes)).map(drop)
    }

    /// Waits until the file is on the disk, then gives it its name. So a file of that name is
    /// complete even after a power cut.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when it cannot be written, or another file has taken the name.
    pub fn finish_durably(mut self) -> Result<(), Error> {
        self.file.sync_all().map_err(|source| Error::io("write", &self.path, source))?;
        self.publish()?;
        sync_folder_of(&self.path);
        Ok(())
    }

    fn begin_new(path: &Path, mode: u32) -> Result<Self, Error> {
        // A link that leads nowhere has the name, too.
        if fs::symlink_metadata(path).is_ok() {
            return Err(exists(path));
        }
        Self::begin(path, publish, mode)
    }

    fn begin_other(path: &Path, mode: u32) -> Result<Self, Error> {
        opened::can_be_replaced(path).map_err(|source| Error::io("write", path, source))?;
        Self::begin(path, put_in_place, mode)
    }

    fn begin(
        path: &Path,
        publish: fn(&Path, &Path) -> io::Result<()>,
        mode: u32,
    ) -> Result<Self, Error> {
        let (path, partial) = (path.to_owned(), partial_name(path));
        // Left by a process with the same id. Create a new file, so that we set its mode.
        let _ = fs::remove_file(&partial);
        let file = opened::create(&partial, mode);
        let file = file.map_err(|source| Error::io("create", &path, source))?;
        unfinished::partial(&partial, true);
        // Tells a process that removes unfinished files that this one is being written.
        let _ = file.try_lock();
        Ok(Self { path, partial, file, publish, published: false })
    }

    fn publish(&mut self) -> Result<(), Error> {
        (self.publish)(&self.partial, &self.path).map_err(|source| match source.kind() {
            io::ErrorKind::AlreadyExists => exists(&self.path),
            _ => Error::io("create", &self.path, source),
        })?;
        unfinished::partial(&self.partial, false);
        self.published = true;
        Ok(())
    }
}

impl Write for Pending {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        if !self.published {
            // Nothing can be done when it cannot be removed.
            let _ = fs::remove_file(&self.partial);
            unfinished::partial(&self.partial, false);
        }
    }
}

/// Removes the unfinished files that a killed process left in a folder, where `is_wanted` accepts
/// the name.
///
/// # Errors
/// [`ErrorKind::Io`] when the folder cannot be read or a file cannot be removed.
pub fn remove_unfinished(folder: &Path, is_wanted: fn(&str) -> bool) -> Result<(), Error> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries.map_err(|source| Error::io("read", folder, source))?,
    };
    for entry in entries {
        let path = entry.map_err(|source| Error::io("read", folder, source))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let of = name.strip_prefix('.').filter(|name| name.ends_with(".partial"));
        if of.is_some_and(is_wanted) && !is_being_written(&path) {
            fs::remove_file(&path).map_err(|source| Error::io("remove", &path, source))?;
        }
    }
    Ok(())
}

fn is_being_written(path: &Path) -> bool {
    let lock = File::open(path).map(|file| file.try_lock());
    matches!(lock, Ok(Err(TryLockError::WouldBlock)))
}

fn write_with<T>(
    mut pending: Pending,
    fill: impl FnOnce(&mut BufWriter<&File>) -> Result<T, Error>,
) -> Result<T, Error> {
    let mut file = BufWriter::new(&pending.file);
    let value = fill(&mut file)?;
    file.flush().map_err(|source| Error::io("write", &pending.path, source))?;
    drop(file);
    pending.publish()?;
    Ok(value)
}

/// Waits until a file's directory entry is on the disk too.
pub(crate) fn sync_folder_of(path: &Path) {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    // The name is stored in the folder, which not every file system can sync.
    let _ = File::open(folder.unwrap_or(Path::new("."))).and_then(|folder| folder.sync_all());
}

/// A hidden name beside the file, unique to this process.
fn partial_name(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{}.partial", std::process::id()))
}

fn exists(path: &Path) -> Error {
    Error::new(ErrorKind::Io, format!("{} exists already and is not overwritten", path.display()))
        .hint("choose another folder, or move the file away")
}

/// Where a folder is that a user asks for: theirs may be a link, those that are made in it may not.
#[must_use]
pub fn leads_to(folder: &Path) -> PathBuf {
    let is_link = fs::symlink_metadata(folder).is_ok_and(|about| about.is_symlink());
    let leads_to = is_link.then(|| fs::canonicalize(folder).ok()).flatten();
    leads_to.unwrap_or_else(|| folder.to_owned())
}

/// Whether a search of a folder takes what is at a path for a file. A link that leads nowhere is
/// taken: reading it says what is wrong. A pipe is not: reading it would wait.
#[must_use]
pub fn can_be_read(path: &Path) -> bool {
    fs::metadata(path).map_or(true, |about| about.is_file())
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
        assert_eq!(error.unwrap_err().kind(), ErrorKind::Io);
        assert_eq!(fs::read(&path).unwrap(), b"theirs");
        assert_eq!(names(folder.path()), ["a.txt"]);
    }

    #[test]
    fn a_pending_file_has_its_name_once_it_is_finished_and_vanishes_if_it_never_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        let mut pending = Pending::create(&path).unwrap();
        pending.write_all(b"all").unwrap();
        assert!(!path.exists());
        pending.finish_durably().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"all");
        drop(Pending::create(&folder.path().join("b.txt")).unwrap());
        assert_eq!(names(folder.path()), ["a.txt"]);
        assert_eq!(Pending::create(&path).unwrap_err().kind(), ErrorKind::Io);
    }

    #[test]
    fn a_file_that_cannot_be_finished_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        let error = write_new(&path, |_| Err::<(), _>(Error::usage("no")));
        assert_eq!(error.unwrap_err().kind(), ErrorKind::Usage);
        assert_eq!(names(folder.path()), [""; 0]);
        let nowhere = folder.path().join("no/a.txt");
        assert_eq!(write_new(&nowhere, |_| Ok(())).unwrap_err().kind(), ErrorKind::Io);
    }

    #[test]
    fn a_device_that_the_user_gave_is_written_to_and_a_link_to_a_file_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        save_where_wanted(Path::new("/dev/null"), b"nothing").unwrap();
        std::os::unix::fs::symlink("/dev/null", at("device")).unwrap();
        save_where_wanted(&at("device"), b"nothing").unwrap();
        fs::write(at("theirs"), "theirs").unwrap();
        std::os::unix::fs::symlink(at("theirs"), at("link")).unwrap();
        for there in ["link", "theirs"] {
            assert!(save_where_wanted(&at(there), b"ours").is_err(), "{there}");
        }
        assert!(save(&at("device"), b"ours").is_err() && save(&at("link"), b"ours").is_err());
        assert_eq!(fs::read(at("theirs")).unwrap(), b"theirs");
        save_where_wanted(&at("new"), b"ours").unwrap();
        assert_eq!(fs::read(at("new")).unwrap(), b"ours");
    }
}
