//! The disk operations of the recorder: on the real disk, or on one that tests make slow or full.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::base::files;

/// Creates and finishes files.
pub trait Disk: fmt::Debug + Send {
    /// Free bytes on the disk of a folder.
    ///
    /// # Errors
    /// When the number cannot be determined.
    fn free_bytes(&self, folder: &Path) -> io::Result<u64>;

    /// Creates a new file, and its folder when missing.
    ///
    /// # Errors
    /// When the file exists or cannot be created.
    fn create(&mut self, path: &Path) -> io::Result<Box<dyn Growing>>;

    /// Gives a finished file its name so that a power cut does not undo it. Never replaces an
    /// existing file.
    ///
    /// # Errors
    /// When the file cannot be renamed.
    fn publish(&mut self, partial: &Path, path: &Path) -> io::Result<()>;
}

/// A file that grows.
pub trait Growing: Write + Send {
    /// Waits until everything is on the disk, and checks that the file still exists.
    ///
    /// # Errors
    /// When either fails.
    fn sync(&mut self) -> io::Result<()>;

    /// Cuts the file to its first `bytes` bytes.
    ///
    /// # Errors
    /// When the disk refuses.
    fn truncate(&mut self, bytes: u64) -> io::Result<()>;
}

/// The real file system.
#[derive(Debug, Clone, Copy)]
pub struct RecordingFolder;

/// A file of the file system, locked so that no other process repairs it while it grows.
struct Locked {
    path: PathBuf,
    file: File,
}

impl Drop for Locked {
    fn drop(&mut self) {
        // At once, also where a child that is just being started still has a copy of the file.
        let _ = self.file.unlock();
    }
}

impl Disk for RecordingFolder {
    fn free_bytes(&self, folder: &Path) -> io::Result<u64> {
        let about = rustix::fs::statvfs(folder)?;
        Ok(about.f_bavail.saturating_mul(about.f_frsize))
    }

    fn create(&mut self, path: &Path) -> io::Result<Box<dyn Growing>> {
        if let Some(folder) = path.parent() {
            files::folder(folder)?;
        }
        let file = files::create_open(path)?;
        file.try_lock()?;
        Ok(Box::new(Locked { path: path.to_owned(), file }))
    }

    fn publish(&mut self, partial: &Path, path: &Path) -> io::Result<()> {
        files::publish(partial, path)?;
        files::sync_folder_of(path);
        Ok(())
    }
}

impl Write for Locked {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Growing for Locked {
    fn sync(&mut self) -> io::Result<()> {
        self.file.sync_data()?;
        // A file whose folder was removed accepts every write and keeps nothing.
        fs::metadata(&self.path).map(drop)
    }

    fn truncate(&mut self, bytes: u64) -> io::Result<()> {
        self.file.set_len(bytes)?;
        self.file.seek(SeekFrom::Start(bytes)).map(drop)
    }
}
