//! What one file held: its counts, its games and how good it is.

use std::fmt;

use serde::Serialize;

use super::fragment::Fragment;
use super::layout::Layout;

/// How good a recording is, for each game in it; a file is as good as its worst game.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Grade {
    /// Complete (ticks 0 to the rug, none missing), and nothing had to be repaired.
    A,
    /// Complete, after repairs: bad lines, salvaged rows, duplicate, conflicting or out-of-order
    /// ticks, prices with more digits than a double holds.
    B,
    /// Not complete, but one unbroken stretch: only its beginning or its end is missing.
    C,
    /// Ticks are missing in the middle.
    D,
    /// A recording without a tick of a game: only a countdown, a header or a player's actions.
    E,
    /// Nothing in it is a recording, or it cannot be read.
    F,
}

impl fmt::Display for Grade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letter = match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
            Self::D => "D",
            Self::E => "E",
            Self::F => "F",
        };
        f.pad(letter)
    }
}

/// A line that says nothing that could be used, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadLine {
    /// Its number in the file, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub reason: String,
}

/// Everything that one file told, and how well.
#[derive(Debug, Clone, Default)]
pub struct Recording {
    /// Who wrote it; `None` when no row was recognised.
    pub layout: Option<Layout>,
    /// Good lines: rows of any kind. A document of layout 3.3 is one.
    pub records: u64,
    /// Tick rows on good lines, countdown rows included; known prices in layout 3.3.
    pub ticks: u64,
    /// Lines that are no row. Blank lines are neither good nor bad.
    pub bad_lines: u64,
    /// Whole rows found inside bad lines.
    pub salvaged: u64,
    /// The first few bad lines.
    pub first_bad: Vec<BadLine>,
    /// Footers that contradict the rows before them.
    pub wrong_footers: u64,
    /// Prices with more digits than a double holds.
    pub inexact_prices: u64,
    /// Its games, in order of appearance; in practice one.
    pub games: Vec<Fragment>,
}

impl Recording {
    /// How good it is.
    #[must_use]
    pub fn grade(&self) -> Grade {
        if self.records + self.salvaged == 0 {
            return Grade::F;
        }
        let repaired = self.bad_lines + self.inexact_prices > 0;
        let grades = self.games.iter().filter(|game| game.first_tick().is_some()).map(|game| {
            match game.incomplete() {
                Some(why) if why.missing_ticks > 0 => Grade::D,
                Some(_) => Grade::C,
                None if repaired || game.is_noisy() => Grade::B,
                None => Grade::A,
            }
        });
        grades.max().unwrap_or(Grade::E)
    }

    /// True when every game in it is complete, and there is one.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        !self.games.is_empty() && self.games.iter().all(|game| game.incomplete().is_none())
    }

    /// Ticks missing inside its games.
    #[must_use]
    pub fn missing_ticks(&self) -> u64 {
        self.games.iter().map(|game| u64::from(game.missing_ticks())).sum()
    }

    /// Its game, when it holds exactly one.
    #[must_use]
    pub fn only_game(&self) -> Option<&Fragment> {
        match self.games.as_slice() {
            [game] => Some(game),
            _ => None,
        }
    }
}
