//! What the recorder needs of a disk: the real one, or one that tests make slow or full.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::base::files;

/// A place for files.
pub trait Disk: fmt::Debug + Send {
    /// Bytes that may still be written to a folder.
    ///
    /// # Errors
    /// When it cannot be told.
    fn free_bytes(&self, folder: &Path) -> io::Result<u64>;

    /// Begins a file that must not be there yet; makes its folder where it is missing.
    ///
    /// # Errors
    /// When it is there, or cannot be made.
    fn create(&mut self, path: &Path) -> io::Result<Box<dyn Growing>>;

    /// Gives a finished file its name, so that a power cut does not take it away again. A file
    /// that has the name stays.
    ///
    /// # Errors
    /// When that cannot be done.
    fn publish(&mut self, partial: &Path, path: &Path) -> io::Result<()>;
}

/// A file that grows.
pub trait Growing: Write + Send {
    /// Waits until everything is on the disk, and still in its folder.
    ///
    /// # Errors
    /// When it is not.
    fn sync(&mut self) -> io::Result<()>;

    /// Takes back everything behind so many bytes.
    ///
    /// # Errors
    /// When that cannot be done.
    fn truncate(&mut self, bytes: u64) -> io::Result<()>;
}

/// The file system.
#[derive(Debug, Clone, Copy)]
pub struct RecordingFolder;

/// A file of the file system, locked so that nobody repairs it while it grows.
struct Locked {
    path: PathBuf,
    file: File,
}

impl Disk for RecordingFolder {
    fn free_bytes(&self, folder: &Path) -> io::Result<u64> {
        let about = rustix::fs::statvfs(folder)?;
        Ok(about.f_bavail.saturating_mul(about.f_frsize))
    }

    fn create(&mut self, path: &Path) -> io::Result<Box<dyn Growing>> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let file = OpenOptions::new().write(true).create_new(true).open(path)?;
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
        // A file whose folder was removed takes everything and keeps nothing.
        fs::metadata(&self.path).map(drop)
    }

    fn truncate(&mut self, bytes: u64) -> io::Result<()> {
        self.file.set_len(bytes)?;
        self.file.seek(SeekFrom::Start(bytes)).map(drop)
    }
}
