//! Log files of bounded size and number.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::base::error::{Error, ErrorKind};
use crate::base::files::{self, HeldLock};

/// Name of the current file; older ones have a number appended, the oldest the highest.
const NAME: &str = "replayer.log";

/// A log file that is replaced by a new one before it exceeds its size.
#[derive(Debug)]
pub(super) struct Rotating {
    folder: PathBuf,
    /// Maximum size of a file, in bytes; a longer line gets a file of its own.
    bytes_max: u64,
    /// Maximum number of files, including the current one.
    files_max: u32,
    /// `None` after a failure: reopened for the next line.
    file: Option<File>,
    bytes: u64,
    /// Number of lines that could not be written.
    failed: Arc<AtomicU64>,
    /// Held while this writes: two writers would rename each other's files.
    _lock: HeldLock,
}

impl Rotating {
    /// Opens the log in a folder, which is created if missing, and appends to it.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when it cannot be written, or another process writes it.
    pub(super) fn open(folder: &Path, bytes_max: u64, files_max: u32) -> Result<Self, Error> {
        let cannot = |source| Error::io("write a log to", folder, source);
        fs::create_dir_all(folder).map_err(cannot)?;
        let lock = files::lock(&folder.join(format!("{NAME}.lock")))?.ok_or_else(|| {
            let what = format!("another session writes its log to {}", folder.display());
            Error::new(ErrorKind::Io, what).hint("give each session a `log.folder` of its own")
        })?;
        let folder = folder.to_owned();
        let mut log = Self {
            folder,
            bytes_max,
            files_max,
            file: None,
            bytes: 0,
            failed: Arc::default(),
            _lock: lock,
        };
        match log.begin() {
            Ok(_) => Ok(log),
            Err(source) => Err(Error::io("write a log to", &log.folder.join(NAME), source)),
        }
    }

    /// Number of lines that could not be written so far, updated while writing.
    pub(super) fn failed(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.failed)
    }

    /// Writes a whole line to the file it belongs in.
    fn put(&mut self, line: &[u8]) -> io::Result<()> {
        let length = line.len() as u64;
        if self.bytes > 0 && self.bytes + length > self.bytes_max {
            self.rotate()?;
        }
        let file = match &mut self.file {
            Some(file) => file,
            None => self.begin()?,
        };
        let written = file.write_all(line);
        if written.is_err() {
            // A half line would spoil the next one, too: a full disk takes it back.
            let _ = self.file.take().map(|file| file.set_len(self.bytes));
            return written;
        }
        self.bytes += length;
        Ok(())
    }

    /// Opens the current file for appending.
    fn begin(&mut self) -> io::Result<&mut File> {
        let file = files::append(&self.folder.join(NAME))?;
        self.bytes = file.metadata()?.len();
        Ok(self.file.insert(file))
    }

    /// Increments the number of every file; the last one is removed.
    fn rotate(&mut self) -> io::Result<()> {
        self.file = None;
        let path = |number: u32| match number {
            0 => self.folder.join(NAME),
            _ => self.folder.join(format!("{NAME}.{number}")),
        };
        let there = |result: io::Result<()>| match result {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            result => result,
        };
        there(fs::remove_file(path(self.files_max - 1)))?;
        for number in (0..self.files_max - 1).rev() {
            there(files::put_in_place(&path(number), &path(number + 1)))?;
        }
        Ok(())
    }
}

impl Write for Rotating {
    /// Writes a whole line. A failure costs that line: it is counted, as nothing else reports it.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.put(line).inspect_err(|_| {
            self.failed.fetch_add(1, Relaxed);
        })?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), File::flush)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(path: &Path) -> Vec<u32> {
        let text = fs::read_to_string(path).unwrap();
        text.lines().map(|line| line.trim().parse().unwrap()).collect()
    }

    #[test]
    fn the_last_lines_are_kept_in_so_many_files_of_such_a_size() {
        let place = tempfile::tempdir().unwrap();
        let mut log = Rotating::open(place.path(), 100, 3).unwrap();
        for line in 0..1_005_u32 {
            log.write_all(format!("{line:>9}\n").as_bytes()).unwrap();
        }
        let path = |name: &str| place.path().join(name);
        assert_eq!(lines(&path("replayer.log")), (1_000..1_005).collect::<Vec<_>>());
        assert_eq!(lines(&path("replayer.log.1")), (990..1_000).collect::<Vec<_>>());
        assert_eq!(lines(&path("replayer.log.2")), (980..990).collect::<Vec<_>>());
        assert!(!path("replayer.log.3").exists());
        let taken = Rotating::open(place.path(), 100, 3).unwrap_err();
        assert!(taken.to_string().contains("another session"), "{taken}");
        drop(log);
        let mut log = Rotating::open(place.path(), 100, 3).unwrap();
        log.write_all(b"1005\n").unwrap();
        assert_eq!(lines(&path("replayer.log")), (1_000..=1_005).collect::<Vec<_>>());
    }

    #[test]
    fn a_line_that_cannot_be_written_is_counted_and_the_next_one_is_tried() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("log");
        let mut log = Rotating::open(&folder, 10, 1).unwrap();
        log.write_all(b"123456789\n").unwrap();
        let away = place.path().join("away");
        fs::rename(&folder, &away).unwrap();
        assert!(log.write_all(b"lost\n").is_err());
        fs::rename(&away, &folder).unwrap();
        log.write_all(b"1\n").unwrap();
        assert_eq!(log.failed.load(Relaxed), 1);
        assert_eq!(lines(&folder.join(NAME)), [1]);
    }
}
