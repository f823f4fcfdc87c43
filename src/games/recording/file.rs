//! The content of one recording file: its counts, its games and its quality.

use std::fmt;
use std::path::Path;

use serde::Serialize;

use super::fragment::Fragment;
use super::layout::Layout;

/// The quality of each game of a recording; a file is as good as its worst game.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Grade {
    /// Complete (ticks 0 to the rug, none missing), without repairs.
    A,
    /// Complete, after repairs: bad lines, salvaged rows, duplicate, conflicting or out-of-order
    /// ticks, prices with more digits than a double holds, times of two clocks, a clock that
    /// jumped.
    B,
    /// Incomplete, but one unbroken range: only its beginning or its end is missing.
    C,
    /// Ticks are missing in the middle.
    D,
    /// A recording without a tick of a game: only a countdown, a header or player actions.
    E,
    /// Not a recording, or unreadable.
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

/// Number of bad lines per file and kind whose reason is kept.
const BAD_LINES_KEPT: usize = 3;

/// A line without usable content, and the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadLine {
    /// Its line in the file, or its row in a table, from 1.
    pub line: u64,
    /// What is wrong with the line.
    pub reason: String,
    /// True for a line that can be read, and tells what no game can have.
    pub impossible: bool,
}

/// Everything read from one file, with its quality.
#[derive(Debug, Clone, Default)]
pub struct Recording {
    /// The layout of its rows; `None` when no row was recognised.
    pub layout: Option<Layout>,
    /// Good lines: rows of any kind. A document of layout 3.3 is one.
    pub records: u64,
    /// Tick rows on good lines, countdown rows included; known prices in layout 3.3.
    pub ticks: u64,
    /// Lines that are not rows, and rows of impossible ticks. Blank lines are neither good nor bad.
    pub bad_lines: u64,
    /// Whole rows found inside bad lines.
    pub salvaged: u64,
    /// The first few bad lines, with reasons.
    pub first_bad: Vec<BadLine>,
    /// Footers that contradict the rows before them.
    pub wrong_footers: u64,
    /// Prices with more digits than a double holds.
    pub inexact_prices: u64,
    /// Times that other ones of the file cannot be compared with: local times beside those with an
    /// offset. They count as unknown.
    pub mixed_times: u64,
    /// Its games, in order of appearance; in practice one.
    pub games: Vec<Fragment>,
}

impl Recording {
    /// Counts a bad line, and keeps the first few, with their reasons, of those that cannot be read
    /// and of those that tell the impossible.
    pub fn add_bad(&mut self, bad: BadLine) {
        self.bad_lines += 1;
        let alike = self.first_bad.iter().filter(|kept| kept.impossible == bad.impossible);
        if alike.count() < BAD_LINES_KEPT {
            self.first_bad.push(bad);
        }
    }

    /// The first lines that tell what no game can have, each as `FILE:LINE REASON`.
    pub fn impossible<'a>(&'a self, path: &'a Path) -> impl Iterator<Item = String> + 'a {
        let bad = self.first_bad.iter().filter(|bad| bad.impossible);
        bad.map(move |BadLine { line, reason, .. }| format!("{}:{line} {reason}", path.display()))
    }

    /// Removes the ticks that the law of the game cannot make: each counts as a bad line, and no
    /// longer as a good one. A row that was salvaged is on a line that is bad already.
    pub fn remove_impossible(&mut self, is_salvaged: impl Fn(u64) -> bool) {
        let mut games = std::mem::take(&mut self.games);
        // A document and an event hold many ticks: what else is in them is still good.
        let holds_many = matches!(self.layout, Some(Layout::Unified | Layout::Capture));
        for removed in games.iter_mut().flat_map(Fragment::remove_impossible) {
            let line = removed.line.into();
            let counted = !is_salvaged(line);
            self.ticks = self.ticks.saturating_sub(counted.into());
            self.records = self.records.saturating_sub((counted && !holds_many).into());
            self.add_bad(BadLine { line, reason: removed.reason, impossible: true });
            self.bad_lines -= u64::from(!counted);
        }
        self.games = games;
        self.first_bad.sort_by_key(|bad| bad.line);
    }

    /// The grade of its worst game.
    #[must_use]
    pub fn grade(&self) -> Grade {
        if self.records + self.salvaged == 0 {
            return Grade::F;
        }
        let repaired = self.bad_lines + self.inexact_prices + self.mixed_times > 0;
        let grades = self.games.iter().filter(|game| game.first_tick().is_some()).map(|game| {
            match game.incomplete() {
                Some(why) if why.missing_ticks > 0 => Grade::D,
                Some(_) => Grade::C,
                None if repaired || game.is_noisy() || game.clock_jumps() > 0 => Grade::B,
                None => Grade::A,
            }
        });
        grades.max().unwrap_or(Grade::E)
    }

    /// True when it holds a game and every game is complete.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        !self.games.is_empty() && self.games.iter().all(|game| game.incomplete().is_none())
    }

    /// Ticks missing inside its games.
    #[must_use]
    pub fn missing_ticks(&self) -> u64 {
        self.games.iter().map(|game| u64::from(game.missing_ticks())).sum()
    }

    /// The game of a file with exactly one.
    #[must_use]
    pub fn only_game(&self) -> Option<&Fragment> {
        match self.games.as_slice() {
            [game] => Some(game),
            _ => None,
        }
    }
}
