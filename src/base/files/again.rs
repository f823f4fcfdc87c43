//! A file that is rewritten from its beginning with the same bytes.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use super::unfinished;

/// A file that grows under its own name. Bytes written over existing ones must equal them; after
/// those, the file grows. So a writer that produces the same bytes again continues where it was cut
/// off, even in the middle of a line, and no other file is ever changed.
#[derive(Debug)]
pub struct Again {
    path: PathBuf,
    file: File,
    at: u64,
    /// Existing bytes after `at`.
    there: u64,
    seen: Vec<u8>,
}

impl Again {
    /// Begins a new file.
    ///
    /// # Errors
    /// When it exists or cannot be created.
    pub fn new(path: &Path) -> io::Result<Self> {
        Ok(Self::begin(path, File::create_new(path)?, 0))
    }

    /// Opens a file to rewrite it from its beginning; creates it when it is missing.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn retrace(path: &Path) -> io::Result<Self> {
        let file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        let there = file.metadata()?.len();
        Ok(Self::begin(path, file, there))
    }

    fn begin(path: &Path, file: File, there: u64) -> Self {
        unfinished::growing(path, true);
        Self { path: path.to_owned(), file, at: 0, there, seen: Vec::new() }
    }

    /// Whether existing bytes remain to be compared.
    #[must_use]
    pub const fn retraces(&self) -> bool {
        self.there > 0
    }

    /// Cuts the file after what was written and returns the number of bytes removed. From here on
    /// the file grows.
    ///
    /// # Errors
    /// When the file system refuses.
    pub fn cut(&mut self) -> io::Result<u64> {
        self.file.set_len(self.at)?;
        Ok(std::mem::take(&mut self.there))
    }
}

impl Drop for Again {
    fn drop(&mut self) {
        unfinished::growing(&self.path, false);
    }
}

impl Write for Again {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let there = usize::try_from(self.there).unwrap_or(usize::MAX).min(bytes.len());
        if there == 0 {
            return self.file.write(bytes).inspect(|&written| self.at += written as u64);
        }
        self.seen.resize(there, 0);
        self.file.read_exact(&mut self.seen)?;
        let is_another = |(seen, byte): (&u8, &u8)| seen != byte;
        if let Some(offset) = self.seen.iter().zip(bytes).position(is_another) {
            let at = self.at + offset as u64;
            let what = format!("its byte {at} differs from the one to be written");
            return Err(io::Error::new(io::ErrorKind::InvalidData, what));
        }
        self.at += there as u64;
        self.there -= there as u64;
        Ok(there)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// The outcome of writing a text over a file, and the file's content afterwards.
    fn written(before: &str, text: &str) -> (io::Result<bool>, String) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, before).unwrap();
        let mut again = Again::retrace(&path).unwrap();
        // In pieces, as a real writer does.
        let all: io::Result<()> =
            text.as_bytes().chunks(3).try_for_each(|piece| again.write_all(piece));
        (all.map(|()| again.retraces()), fs::read_to_string(&path).unwrap())
    }

    #[test]
    fn a_file_goes_on_wherever_it_was_cut_off() {
        let whole = "one\ntwo\nthree\n";
        for end in 0..=whole.len() {
            let (retraces, after) = written(&whole[..end], whole);
            assert_eq!((retraces.unwrap(), after.as_str()), (false, whole), "cut at {end}");
        }
    }

    #[test]
    fn what_is_there_is_never_lost_and_never_written_over() {
        let (retraces, after) = written("one\ntwo\n", "one\n");
        assert_eq!((retraces.unwrap(), after.as_str()), (true, "one\ntwo\n"));
        let (wrong, after) = written("one\ntwx", "one\ntwo\nthree\n");
        assert!(wrong.unwrap_err().to_string().contains("byte 6"));
        assert_eq!(after, "one\ntwx");
    }

    #[test]
    fn what_is_behind_is_cut_off_when_that_is_wanted_and_the_file_goes_on_from_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, "one\ntwo\nthr").unwrap();
        let mut again = Again::retrace(&path).unwrap();
        again.write_all(b"one\n").unwrap();
        assert_eq!(again.cut().unwrap(), 7);
        again.write_all(b"2\n").unwrap();
        assert_eq!((again.cut().unwrap(), again.retraces()), (0, false));
        assert_eq!(fs::read_to_string(&path).unwrap(), "one\n2\n");
    }

    #[test]
    fn a_new_file_is_never_one_that_exists() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        Again::new(&path).unwrap().write_all(b"one").unwrap();
        assert_eq!(Again::new(&path).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"one");
    }
}
