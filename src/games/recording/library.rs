//! Files to games: reads them, merges them by id.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::file::Recording;
use super::folder::discover;
use super::fragment::Fragment;
use super::incomplete::Incomplete;
use super::reader::read_file;
use crate::base::error::Error;
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
    /// How often a game was told again to its rug, in the same file or in another one. Each game
    /// counts once.
    pub repeats: u64,
    /// Number of gaps between two ticks over which a recorder's clock jumped.
    pub clock_jumps: u64,
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
            library.repeats += fragment.repeats();
            library.clock_jumps += fragment.clock_jumps();
            match fragment.game() {
                Ok(game) => library.games.push(game),
                Err(why) => library.incomplete.push(IncompleteGame { id: fragment.id(), why }),
            }
        }
        library
    }
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
