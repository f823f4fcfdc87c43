//! Files and directories to games: finds them, reads them, merges them by id.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use super::file::Recording;
use super::fragment::Fragment;
use super::incomplete::Incomplete;
use super::reader::read_file;
use crate::base::error::{Error, ErrorKind};
use crate::model::ids::GameId;
use crate::model::tape::Tape;

/// A game that cannot be played.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncompleteGame {
    /// The name of the game.
    pub id: GameId,
    /// The missing parts of the game.
    pub why: Incomplete,
}

/// The games of a set of files.
#[derive(Debug, Clone, Default)]
pub struct Library {
    /// Complete games, in the order of their first mention in the files.
    pub games: Vec<Tape>,
    /// Incomplete games, in the same order.
    pub incomplete: Vec<IncompleteGame>,
    /// Number of games that occur in more than one file.
    pub merged: u64,
    /// Number of rows that contradicted an earlier row of the same game, across files too.
    pub conflicts: u64,
    /// Number of lines that are not rows, and of rows with impossible ticks, over all files.
    pub bad_lines: u64,
    /// Number of whole rows found inside such lines.
    pub salvaged: u64,
}

impl Library {
    /// Reads all recordings at the paths. [`discover`] says which, and in which order.
    ///
    /// # Errors
    /// When a path does not exist, a directory has no recordings or a file cannot be read. Damage
    /// inside a file is counted, not an error, and incomplete games are set aside.
    pub fn load(paths: &[PathBuf]) -> Result<Self, Error> {
        let mut merger = Merger::default();
        for path in discover(paths)? {
            merger.add(read_file(&path)?);
        }
        Ok(merger.finish())
    }
}

/// Joins what several files know of the same games. The earliest file wins.
#[derive(Debug, Default)]
pub struct Merger {
    games: Vec<(Fragment, u32)>,
    places: BTreeMap<GameId, usize>,
    library: Library,
}

impl Merger {
    /// Adds the content of one file.
    pub fn add(&mut self, recording: Recording) {
        self.library.bad_lines += recording.bad_lines;
        self.library.salvaged += recording.salvaged;
        for fragment in recording.games {
            let games = &mut self.games;
            if let Some(&at) = self.places.get(&fragment.id()) {
                let (known, files) = &mut games[at];
                known.absorb(fragment);
                // Two files may be possible each, and not together.
                self.library.bad_lines += known.remove_impossible().len() as u64;
                *files += 1;
            } else {
                self.places.insert(fragment.id(), games.len());
                games.push((fragment, 1));
            }
        }
    }

    /// The fragment of each game so far and the number of its files, in the order of first mention.
    #[must_use]
    pub fn known(&self) -> &[(Fragment, u32)] {
        &self.games
    }

    /// The games, complete and incomplete ones.
    #[must_use]
    pub fn finish(self) -> Library {
        let mut library = self.library;
        for (fragment, files) in self.games {
            library.merged += u64::from(files > 1);
            library.conflicts += fragment.conflicts();
            match fragment.game() {
                Ok(game) => library.games.push(game),
                Err(why) => library.incomplete.push(IncompleteGame { id: fragment.id(), why }),
            }
        }
        library
    }
}

/// The recordings at the paths, each once, ordered by file name and then by path, which is the
/// order of recording. A file is taken whatever its name; of a directory, not of its
/// subdirectories, every file called `game_*.jsonl`, `feed_*.jsonl`, either with `.zst` appended,
/// `*.game.json` or `*.parquet`.
///
/// # Errors
/// When a path does not exist, or a directory cannot be listed or has no recordings.
pub fn discover(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    for path in paths {
        let about = fs::metadata(path).map_err(|source| {
            Error::io("find", path, source).hint("give recordings or directories of recordings")
        })?;
        if about.is_dir() {
            let listed = list(path)?;
            if listed.is_empty() {
                let what = format!("no recordings in {}", path.display());
                return Err(Error::new(ErrorKind::Io, what).hint(
                    "a directory is searched, not recursively, for game_*.jsonl, feed_*.jsonl, \
                     both also .zst, *.game.json and *.parquet; name other files one by one",
                ));
            }
            found.extend(listed);
        } else {
            found.push(path.clone());
        }
    }
    found.sort_by(|a, b| a.file_name().cmp(&b.file_name()).then_with(|| a.cmp(b)));
    found.dedup();
    Ok(found)
}

/// The recordings in a directory, without subdirectories, in the order of recording.
///
/// # Errors
/// When the directory cannot be read.
pub fn list(directory: &Path) -> Result<Vec<PathBuf>, Error> {
    let listed = |source| Error::io("list", directory, source);
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).map_err(listed)? {
        let entry = entry.map_err(listed)?;
        if is_recording(&entry.file_name()) && !entry.path().is_dir() {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

/// Every game of files that were recorded one after another, each once and in order, with one game
/// in memory at a time: the last game of a file may continue in the next.
///
/// # Errors
/// When a file cannot be read; the error that `take` returns.
pub fn each_game(
    paths: &[PathBuf],
    read: impl Fn(&Path) -> Result<Vec<Fragment>, Error>,
    mut take: impl FnMut(Fragment) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut last: Option<Fragment> = None;
    for path in paths {
        for game in read(path)? {
            match &mut last {
                Some(known) if known.id() == game.id() => known.absorb(game),
                _ => last.replace(game).map_or(Ok(()), &mut take)?,
            }
        }
    }
    last.map_or(Ok(()), take)
}

/// Whether a search of a directory takes a file for a recording.
#[must_use]
pub fn is_recording(name: &OsStr) -> bool {
    let name = name.as_encoded_bytes();
    let lines = name.strip_suffix(b".zst").unwrap_or(name).ends_with(b".jsonl");
    (lines && (name.starts_with(b"game_") || name.starts_with(b"feed_")))
        || name.ends_with(b".game.json")
        || name.ends_with(b".parquet")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_is_known_by_its_name() {
        for name in [
            "game_20251029_184015.jsonl",
            "20251207T100000_deadbeef.game.json",
            "part-000000.parquet",
            "feed_20251029_184015_001.jsonl",
            "feed_20251029_184015_001.jsonl.zst",
        ] {
            assert!(is_recording(OsStr::new(name)), "{name}");
        }
        for name in [
            "manifest.jsonl",
            "game_1.json",
            "20251207_x_player.jsonl",
            "index.json",
            "feed_20251029_184015_001.jsonl.zst.part",
            "capture_20251029_184015_001.jsonl.zst",
        ] {
            assert!(!is_recording(OsStr::new(name)), "{name}");
        }
    }
}
