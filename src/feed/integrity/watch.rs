//! The monitor's notes on the current game.

use crate::model::quote::Tick;

/// When the first fact of a game was received.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum WatchEntry {
    /// The presale has not been reported.
    #[default]
    Ahead,
    /// In the presale, from its beginning.
    Whole,
    /// In the presale, after its beginning.
    Part,
    /// After tick 0 began.
    Late,
}

impl WatchEntry {
    /// True when the presale was received in time.
    pub(super) const fn is_timely(self) -> bool {
        matches!(self, Self::Whole | Self::Part)
    }
}

/// One game, as the monitor sees it.
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

    /// Notes that the presale was reported.
    pub(super) const fn enter(&mut self, late: bool, left_ms_least: u32) {
        self.entry = match late {
            true => WatchEntry::Late,
            false if self.left_ms >= left_ms_least => WatchEntry::Whole,
            false => WatchEntry::Part,
        };
    }

    /// Adds late ticks; returns the total of the game.
    pub(super) const fn lag(&mut self, ticks: Tick) -> Tick {
        self.late_ticks = self.late_ticks.saturating_add(ticks);
        self.late_ticks
    }

    /// Marks this game as not clean.
    pub(super) const fn spoil(&mut self) {
        self.spoilt = true;
    }

    /// True when the game was received from the beginning of its presale without a fault.
    pub(super) fn is_clean(&self) -> bool {
        self.entry == WatchEntry::Whole && self.late_ticks == 0 && !self.spoilt
    }
}
