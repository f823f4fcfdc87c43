//! A file that is rewritten from its beginning with the same bytes, and grows after them.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::{opened, unfinished};

/// Bytes of memory that are kept for what is held, once it was more.
const KEPT_BYTES: usize = 1 << 20;

/// The operations on the bytes of a file: on a real one, or on one that a test makes full.
pub trait FileBody: Read + Write + Seek {
    /// Cuts it to its first `bytes` bytes.
    ///
    /// # Errors
    /// When the file system refuses.
    fn cut_to(&mut self, bytes: u64) -> io::Result<()>;
}

impl FileBody for File {
    fn cut_to(&mut self, bytes: u64) -> io::Result<()> {
        self.set_len(bytes)
    }
}

/// A file that grows under its own name. Bytes written over existing ones must equal them; after
/// those, the file grows. So a writer that produces the same bytes again continues where it was cut
/// off, even in the middle of a line, and no other file is ever changed.
///
/// What is written is held in memory until it is flushed. A flush that fails leaves the file as it
/// was, as far as the disk permits, and everything that is held: the next one writes the same bytes.
#[derive(Debug)]
pub struct Again<F: FileBody = File> {
    path: PathBuf,
    file: F,
    /// Where the file ends, as far as it was written.
    at: u64,
    /// Existing bytes after `at`.
    there: u64,
    /// What is still to be written there.
    held: Vec<u8>,
    seen: Vec<u8>,
}

impl Again {
    /// Begins a new file.
    ///
    /// # Errors
    /// When anything has the name, or it cannot be created.
    pub fn new(path: &Path) -> io::Result<Self> {
        Ok(Self::begin(path, opened::create_open(path)?, 0))
    }

    /// Opens a file to rewrite it from its beginning; creates it when it is missing.
    ///
    /// # Errors
    /// When it cannot be opened, is a link, or has a second name.
    pub fn retrace(path: &Path) -> io::Result<Self> {
        let file = opened::open_or_create(path, opened::OPEN)?;
        let there = file.metadata()?.len();
        Ok(Self::begin(path, file, there))
    }
}

impl<F: FileBody> Again<F> {
    fn begin(path: &Path, file: F, there: u64) -> Self {
        unfinished::growing(path, true);
        let (held, seen) = (Vec::new(), Vec::new());
        Self { path: path.to_owned(), file, at: 0, there, held, seen }
    }

    /// Number of bytes that were written here and are not in the file.
    #[must_use]
    pub const fn held(&self) -> usize {
        self.held.len()
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
        self.flush()?;
        self.file.cut_to(self.at)?;
        Ok(std::mem::take(&mut self.there))
    }

    /// Holds what is to be written against the bytes that are there.
    fn compare(&mut self) -> io::Result<()> {
        let there = usize::try_from(self.there).unwrap_or(usize::MAX).min(self.held.len());
        self.seen.resize(there, 0);
        self.file.seek(SeekFrom::Start(self.at))?;
        self.file.read_exact(&mut self.seen)?;
        let is_another = |(seen, byte): (&u8, &u8)| seen != byte;
        if let Some(offset) = self.seen.iter().zip(&self.held).position(is_another) {
            let at = self.at + offset as u64;
            let what = format!("its byte {at} differs from the one to be written");
            return Err(io::Error::new(io::ErrorKind::InvalidData, what));
        }
        self.at += there as u64;
        self.there -= there as u64;
        self.held.drain(..there);
        Ok(())
    }

    /// Writes what is held to the end of the file.
    fn append(&mut self) -> io::Result<()> {
        // A failure may have left a part of it, which is written over with the same bytes.
        self.file.seek(SeekFrom::Start(self.at))?;
        let written = self.file.write_all(&self.held).and_then(|()| self.file.flush());
        if let Err(error) = written {
            // A half line is cut off by the next to resume, if not now.
            let _ = self.file.cut_to(self.at);
            return Err(error);
        }
        self.at += self.held.len() as u64;
        self.held.clear();
        self.held.shrink_to(KEPT_BYTES);
        Ok(())
    }
}

impl<F: FileBody> Drop for Again<F> {
    fn drop(&mut self) {
        unfinished::growing(&self.path, false);
    }
}

impl<F: FileBody> Write for Again<F> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.held.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.there > 0 && !self.held.is_empty() {
            self.compare()?;
        }
        if self.held.is_empty() { Ok(()) } else { self.append() }
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
        let mut pieces = text.as_bytes().chunks(3);
        let all: io::Result<()> =
            pieces.try_for_each(|piece| again.write_all(piece).and_then(|()| again.flush()));
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
        let mut again = Again::new(&path).unwrap();
        again.write_all(b"one").unwrap();
        again.flush().unwrap();
        assert_eq!(Again::new(&path).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"one");
    }

    /// A file in memory, on a disk of a limited size.
    #[derive(Debug)]
    struct Small {
        bytes: io::Cursor<Vec<u8>>,
        room: usize,
        /// Whether it cannot even be cut.
        read_only: bool,
    }

    impl Read for Small {
        fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
            self.bytes.read(bytes)
        }
    }

    impl Seek for Small {
        fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
            self.bytes.seek(to)
        }
    }

    impl Write for Small {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let at = usize::try_from(self.bytes.position()).unwrap();
            let fits = bytes.len().min(self.room.saturating_sub(at));
            if self.read_only || fits == 0 {
                return Err(io::ErrorKind::StorageFull.into());
            }
            self.bytes.write(&bytes[..fits])
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl FileBody for Small {
        fn cut_to(&mut self, bytes: u64) -> io::Result<()> {
            if self.read_only {
                return Err(io::ErrorKind::ReadOnlyFilesystem.into());
            }
            self.bytes.get_mut().truncate(usize::try_from(bytes).unwrap());
            Ok(())
        }
    }

    #[test]
    fn what_a_full_disk_refuses_is_held_and_written_once_when_there_is_room() {
        let text = b"one\ntwo\nthree\n";
        for read_only in [false, true] {
            for room in 4..text.len() {
                let bytes = io::Cursor::new(Vec::new());
                let small = Small { bytes, room, read_only: false };
                let mut again = Again::begin(Path::new("nowhere"), small, 0);
                again.write_all(&text[..4]).unwrap();
                again.flush().unwrap();
                again.file.read_only = read_only;
                again.write_all(&text[4..]).unwrap();
                for _ in 0..3 {
                    assert!(again.flush().is_err(), "{room}");
                    assert_eq!(again.file.bytes.get_ref(), &text[..4], "whole lines only");
                }
                assert_eq!(again.held(), text.len() - 4);
                (again.file.room, again.file.read_only) = (usize::MAX, false);
                again.flush().unwrap();
                assert_eq!((again.held(), again.file.bytes.get_ref().as_slice()), (0, &text[..]));
            }
        }
    }
}
