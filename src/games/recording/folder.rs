//! The recordings in folders, by their names; whatever else stands in a folder is named too.

use std::ffi::OsStr;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use crate::base::error::{Error, ErrorKind};
use crate::base::files::can_be_read;

/// The names of files that a search of a folder takes, for messages.
pub const NAMES: &str = "game_*.jsonl, feed_*.jsonl, capture_*.jsonl and *.game.json, each also \
                         with .gz or .zst, and *.parquet, in upper or lower case";

/// Number of files whose names are shown of those that were not looked at.
const NAMES_SHOWN: usize = 5;

/// What is in a file, by its name. Captures come last: of a game that is in both, a recording
/// knows more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum FileKind {
    Recording,
    Capture,
}

/// The recordings at some paths, and what else is in the folders.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// The recordings, each once, in the order of recording.
    pub files: Vec<PathBuf>,
    /// The other files and the folders in the folders that were searched, in order.
    pub others: Others,
}

/// Files and folders in a folder that were not looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Others(Vec<String>);

impl Others {
    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.len() as u64
    }

    /// The names of the first ones, a folder's with a slash.
    #[must_use]
    pub fn first(&self) -> &[String] {
        &self.0[..self.0.len().min(NAMES_SHOWN)]
    }
}

impl fmt::Display for Others {
    /// `2 others not looked at: notes.txt, raw/`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let others = if self.0.len() == 1 { "other" } else { "others" };
        write!(f, "{} {others} not looked at: {}", self.0.len(), self.first().join(", "))?;
        match self.0.len() - self.first().len() {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

/// The recordings at the paths, each once, ordered by file name and then by path, which is the
/// order of recording; raw captures after all others. A file is taken whatever its name; of a
/// folder, not of its subfolders, the files with names as in [`NAMES`].
///
/// # Errors
/// When a path does not exist, or a folder cannot be listed or has no recordings.
pub fn find(paths: &[PathBuf]) -> Result<Found, Error> {
    let mut found = Found::default();
    for path in paths {
        let about = fs::metadata(path).map_err(|source| {
            Error::io("find", path, source).hint("give recordings or directories of recordings")
        })?;
        if !about.is_dir() {
            found.files.push(path.clone());
            continue;
        }
        let Found { files, others } = search(path, &|_| true)?;
        if files.is_empty() {
            let besides = if others.0.is_empty() { String::new() } else { format!(" ({others})") };
            let what = format!("no recordings in {}{besides}", path.display());
            return Err(Error::new(ErrorKind::Io, what).hint(format!(
                "a directory is searched, not recursively, for {NAMES}; name other files one by one"
            )));
        }
        found.files.extend(files);
        found.others.0.extend(others.0);
    }
    found.files.sort_by_cached_key(|path| order(path));
    found.files.dedup();
    found.others.0.sort();
    Ok(found)
}

/// The recordings at the paths, as [`find`] finds them.
///
/// # Errors
/// As [`find`].
pub fn discover(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Error> {
    find(paths).map(|found| found.files)
}

/// The recordings in a directory, without captures and subdirectories, in the order of recording.
///
/// # Errors
/// When the directory cannot be read.
pub fn list(directory: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut files = search(directory, &|kind| kind == FileKind::Recording)?.files;
    files.sort_by_cached_key(|path| order(path));
    Ok(files)
}

/// The files of the asked kinds in a directory, and everything else in it.
fn search(directory: &Path, asked: &dyn Fn(FileKind) -> bool) -> Result<Found, Error> {
    let listed = |source| Error::io("list", directory, source);
    let mut found = Found::default();
    for entry in fs::read_dir(directory).map_err(listed)? {
        let entry = entry.map_err(listed)?;
        let (name, path) = (entry.file_name(), entry.path());
        let is_folder = path.is_dir();
        if kind(&name).is_some_and(asked) && can_be_read(&path) {
            found.files.push(path);
        } else {
            let slash = if is_folder { "/" } else { "" };
            // A name may be any text, but must not reach a terminal as a command.
            let name = name.to_string_lossy().replace(char::is_control, "\u{fffd}");
            found.others.0.push(format!("{name}{slash}"));
        }
    }
    found.others.0.sort();
    Ok(found)
}

/// The place of a file in the order of recording.
fn order(path: &Path) -> (FileKind, Vec<u8>, PathBuf) {
    let name = path.file_name().unwrap_or_default();
    let name_in_lower_case = name.as_encoded_bytes().to_ascii_lowercase();
    (kind(name).unwrap_or(FileKind::Recording), name_in_lower_case, path.to_owned())
}

/// Whether a search of a directory takes a file for a recording, raw captures excluded.
#[must_use]
pub fn is_recording(name: &OsStr) -> bool {
    kind(name) == Some(FileKind::Recording)
}

/// Whether a search of a directory takes a file for a recording or a raw capture.
#[must_use]
pub fn is_readable(name: &OsStr) -> bool {
    kind(name).is_some()
}

/// What a file holds, by its name; `None` for the name of anything else.
fn kind(name: &OsStr) -> Option<FileKind> {
    let name = name.as_encoded_bytes().to_ascii_lowercase();
    let packed = [&b".gz"[..], b".zst"].into_iter().find_map(|ending| name.strip_suffix(ending));
    let plain = packed.unwrap_or(&name);
    let lines = plain.ends_with(b".jsonl");
    if lines && plain.starts_with(b"capture_") {
        Some(FileKind::Capture)
    } else if (lines && (plain.starts_with(b"game_") || plain.starts_with(b"feed_")))
        || plain.ends_with(b".game.json")
        || name.ends_with(b".parquet")
    {
        Some(FileKind::Recording)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_is_known_by_its_name_in_any_case_and_packed_in_any_way() {
        for name in [
            "game_20251029_184015.jsonl",
            "20251207T100000_deadbeef.game.json",
            "part-000000.parquet",
            "feed_20251029_184015_001.jsonl",
            "feed_20251029_184015_001.jsonl.zst",
        ] {
            assert!(is_recording(OsStr::new(name)), "{name}");
            assert!(is_recording(OsStr::new(&name.to_uppercase())), "{name}");
            if !name.ends_with(".parquet") && !name.ends_with(".zst") {
                for ending in [".gz", ".zst", ".GZ"] {
                    assert!(is_recording(OsStr::new(&format!("{name}{ending}"))), "{name}{ending}");
                }
            }
        }
        for name in ["capture_1_001.jsonl", "capture_1_001.jsonl.zst", "CAPTURE_1_001.JSONL.GZ"] {
            assert!(!is_recording(OsStr::new(name)) && is_readable(OsStr::new(name)), "{name}");
        }
        for name in [
            "manifest.jsonl",
            "game_1.json",
            "game_1.jsonl.xz",
            "20251207_x_player.jsonl",
            "index.json",
            "feed_20251029_184015_001.jsonl.zst.part",
        ] {
            assert!(!is_readable(OsStr::new(name)), "{name}");
        }
    }

    #[test]
    fn others_are_counted_and_the_first_of_them_named() {
        let others = |count: usize| Others((0..count).map(|n| format!("{n}.txt")).collect());
        assert_eq!(others(1).to_string(), "1 other not looked at: 0.txt");
        assert_eq!(
            others(7).to_string(),
            "7 others not looked at: 0.txt, 1.txt, 2.txt, 3.txt, 4.txt and 2 more"
        );
        assert_eq!(others(7).count(), 7);
    }
}
