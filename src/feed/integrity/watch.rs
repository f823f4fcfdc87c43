//! What the monitor notes of the game that is on.

use crate::model::quote::Tick;

/// How a game was entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum WatchEntry {
    /// Its presale has not been told.
    #[default]
    Ahead,
    /// In its presale, from the beginning.
    Whole,
    /// In its presale, but later.
    Part,
    /// After its activation.
    Late,
}

impl WatchEntry {
    /// True when the presale was heard in its time.
    pub(super) const fn is_timely(self) -> bool {
        matches!(self, Self::Whole | Self::Part)
    }
}

/// One game, as far as the monitor cares.
#[derive(Debug, Default)]
pub(super) struct FeedWatch {
    entry: WatchEntry,
    left_ms: u32,
    late_ticks: Tick,
    spoilt: bool,
}

impl FeedWatch {
    pub(super) const fn entry(&self) -> WatchEntry {
        self.entry
    }

    pub(super) const fn count_down(&mut self, left_ms: u32) {
        self.left_ms = left_ms;
    }

    /// The presale was told.
    pub(super) const fn enter(&mut self, late: bool, left_ms_least: u32) {
        self.entry = match late {
            true => WatchEntry::Late,
            false if self.left_ms >= left_ms_least => WatchEntry::Whole,
            false => WatchEntry::Part,
        };
    }

    /// So many more ticks came too late; all that did.
    pub(super) const fn lag(&mut self, ticks: Tick) -> Tick {
        self.late_ticks = self.late_ticks.saturating_add(ticks);
        self.late_ticks
    }

    /// This game will not count as clean.
    pub(super) const fn spoil(&mut self) {
        self.spoilt = true;
    }

    /// True when the game has been heard from the beginning of its presale and nothing was wrong.
    pub(super) fn is_clean(&self) -> bool {
        self.entry == WatchEntry::Whole && self.late_ticks == 0 && !self.spoilt
    }
}
