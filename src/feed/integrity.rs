//! Whether the feed can be relied on: levels with their reasons, and what closes a game.
//!
//! Connection loss, silence, gaps, abnormal ends and errors lower the level; a game that was heard
//! whole and clean raises it again (docs/spec/original.md#feed-quality). Below
//! [`FeedLevel::Normal`] nothing is decided. On any level a game is closed whose presale was not
//! heard from its beginning.

mod watch;

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::anomaly::{Anomaly, Gravity};
use super::fact::Fact;
use crate::model::quote::{Phase, Tick};
use crate::model::time::Moment;
use watch::{FeedWatch, WatchEntry};

/// How far the feed can be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FeedLevel {
    /// There is no connection.
    Offline,
    /// Errors come so fast that what is heard means little.
    Minimal,
    /// Something went wrong, and no clean game has been heard since.
    Degraded,
    /// Everything is heard, in its time.
    Normal,
}

/// Why a level changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum LevelReason {
    /// The first connection is up.
    Connected,
    /// The connection was lost.
    Disconnected,
    /// The connection is up again.
    Reconnected,
    /// Ticks of a game did not arrive in their time.
    Gap {
        /// How many, as far as is known.
        ticks: Tick,
    },
    /// No frame arrived for too long.
    Stale {
        /// For how long, in milliseconds.
        silent_ms: u64,
    },
    /// A game ended and nobody knows how.
    AbnormalEnd,
    /// One thing that is reason enough by itself, by the name of its kind.
    Suspect {
        /// [`Anomaly::kind`].
        kind: &'static str,
    },
    /// Too many errors in the window.
    ErrorRate {
        /// How many.
        errors: usize,
    },
    /// The errors have left the window.
    Quiet,
    /// A whole game was heard from its presale to its rug, every tick in its time.
    CleanGame,
}

/// A change of the level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct LevelChange {
    /// When.
    pub at: Moment,
    /// The level before.
    pub from: FeedLevel,
    /// The level after.
    pub to: FeedLevel,
    /// What made it change.
    #[serde(flatten)]
    pub reason: LevelReason,
}

/// From where on something is too much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Thresholds {
    /// Milliseconds without a frame while a game is in play: 2,000. Ticks come every 250, one in ten
    /// thousand takes longer than this (docs/spec/provably-fair.md#statistics-of-real-games).
    pub stale_in_play_ms: u64,
    /// Milliseconds without a frame otherwise: 10,000. The longest silence seen at a rug is 5,300.
    pub stale_otherwise_ms: u64,
    /// Ticks of one game that arrive too late: 1. On a sound connection none does.
    pub gap_ticks: Tick,
    /// Milliseconds that a presale must have left when it is first heard, to count as heard from its
    /// beginning: 9,000 of 10,000.
    pub presale_left_ms: u32,
    /// Errors within the window that make the feed degraded: 10
    /// (docs/spec/original.md#feed-quality).
    pub errors_degraded: usize,
    /// Errors within the window that make it minimal: 20 (docs/spec/original.md#feed-quality).
    pub errors_minimal: usize,
    /// The window in which errors count, in milliseconds: 60,000
    /// (docs/spec/original.md#feed-quality).
    pub errors_window_ms: u64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            stale_in_play_ms: 2_000,
            stale_otherwise_ms: 10_000,
            gap_ticks: 1,
            presale_left_ms: 9_000,
            errors_degraded: 10,
            errors_minimal: 20,
            errors_window_ms: 60_000,
        }
    }
}

/// What a message brought, as the monitor looks at it.
#[derive(Debug, Clone, Copy)]
pub struct MessageReport<'a> {
    /// True when it was a frame of a game: only those prove that the feed is alive.
    pub is_frame: bool,
    /// What became known.
    pub facts: &'a [Fact],
    /// What was strange.
    pub anomalies: &'a [Anomaly],
    /// The phase after it.
    pub phase: Phase,
}

/// The monitor.
#[derive(Debug)]
pub struct Integrity {
    thresholds: Thresholds,
    level: FeedLevel,
    reasons: Vec<LevelReason>,
    changes: Vec<LevelChange>,
    connected: bool,
    was_connected: bool,
    /// True until a clean game was heard.
    distrusted: bool,
    frame_at: Moment,
    silent: bool,
    phase: Phase,
    errors: VecDeque<Moment>,
    watch: FeedWatch,
}

impl Integrity {
    /// A monitor of a feed that is not connected yet.
    #[must_use]
    pub fn new(thresholds: Thresholds) -> Self {
        Self {
            thresholds,
            level: FeedLevel::Offline,
            reasons: Vec::new(),
            changes: Vec::new(),
            connected: false,
            was_connected: false,
            distrusted: false,
            frame_at: 0,
            silent: false,
            phase: Phase::Cooldown,
            errors: VecDeque::new(),
            watch: FeedWatch::default(),
        }
    }

    /// How far the feed can be relied on.
    #[must_use]
    pub const fn level(&self) -> FeedLevel {
        self.level
    }

    /// What has lowered the level since it was last Normal, the last of each kind.
    #[must_use]
    pub fn reasons(&self) -> &[LevelReason] {
        &self.reasons
    }

    /// True while nothing may be decided.
    #[must_use]
    pub fn closed(&self) -> bool {
        let is_on = self.phase != Phase::Cooldown;
        self.level != FeedLevel::Normal || (is_on && self.watch.entry() != WatchEntry::Whole)
    }

    /// The changes since this was last asked, oldest first.
    pub fn changes(&mut self) -> impl Iterator<Item = LevelChange> {
        self.changes.drain(..)
    }

    /// The connection went up or down.
    pub fn connection(&mut self, at: Moment, up: bool) {
        if self.connected == up {
            return;
        }
        self.connected = up;
        self.frame_at = at;
        self.silent = false;
        if !up {
            self.watch.spoil();
            self.distrust(at, LevelReason::Disconnected);
        } else if self.was_connected {
            self.distrust(at, LevelReason::Reconnected);
        } else {
            self.was_connected = true;
            self.settle(at, LevelReason::Connected);
        }
    }

    /// Time passed: looks for silence, and forgets old errors.
    pub fn pass(&mut self, at: Moment) {
        self.look_back(at);
        self.look_for_silence(at);
    }

    /// A message arrived.
    pub fn hear(&mut self, at: Moment, message: MessageReport<'_>) {
        self.look_back(at);
        if message.is_frame {
            self.look_for_silence(at);
            self.frame_at = at;
            self.silent = false;
        }
        for anomaly in message.anomalies {
            self.weigh(at, anomaly);
        }
        for fact in message.facts {
            self.follow(at, fact);
        }
        self.phase = message.phase;
    }

    fn weigh(&mut self, at: Moment, anomaly: &Anomaly) {
        if let Anomaly::Gap { from, to } = *anomaly
            && self.watch.entry().is_timely()
        {
            self.lag(at, to - from);
        }
        if anomaly.gravity() == Gravity::Harmless {
            return;
        }
        if anomaly.gravity() == Gravity::Grave {
            self.watch.spoil();
            self.distrust(at, LevelReason::Suspect { kind: anomaly.kind() });
        }
        let (degraded, minimal) = (self.thresholds.errors_degraded, self.thresholds.errors_minimal);
        if self.errors.len() >= degraded.max(minimal) {
            self.errors.pop_front();
        }
        self.errors.push_back(at);
        let errors = self.errors.len();
        if errors >= degraded.min(minimal) {
            self.watch.spoil();
            self.distrust(at, LevelReason::ErrorRate { errors });
        }
    }

    fn follow(&mut self, at: Moment, fact: &Fact) {
        match *fact {
            Fact::Game { .. } => self.watch = FeedWatch::default(),
            Fact::Countdown { left_ms } => self.watch.count_down(left_ms),
            Fact::Presale { late } => self.watch.enter(late, self.thresholds.presale_left_ms),
            Fact::Tick { late: true, .. } => self.lag(at, 1),
            Fact::Tick { .. } | Fact::Seed(_) => {}
            Fact::Rug { late, .. } => {
                if late {
                    self.lag(at, 1);
                }
                if self.watch.is_clean() && self.errors.len() < self.thresholds.errors_degraded {
                    self.distrusted = false;
                    self.settle(at, LevelReason::CleanGame);
                }
            }
            Fact::Void => {
                if self.watch.entry().is_timely() {
                    self.distrust(at, LevelReason::AbnormalEnd);
                }
            }
        }
    }

    /// Ticks came too late. In a game that was joined midway that says nothing about the connection.
    fn lag(&mut self, at: Moment, ticks: Tick) {
        let late = self.watch.lag(ticks);
        if self.watch.entry().is_timely() && late >= self.thresholds.gap_ticks {
            self.distrust(at, LevelReason::Gap { ticks: late });
        }
    }

    fn look_back(&mut self, at: Moment) {
        self.set_back(at);
        let window = self.thresholds.errors_window_ms;
        let before = self.errors.len();
        while self.errors.front().is_some_and(|error| at.saturating_sub(*error) > window) {
            self.errors.pop_front();
        }
        if self.errors.len() != before {
            self.settle(at, LevelReason::Quiet);
        }
    }

    /// Takes what is ahead of the clock as of now: the clock was set back, and what it says is all there is.
    fn set_back(&mut self, at: Moment) {
        self.frame_at = self.frame_at.min(at);
        self.errors.iter_mut().for_each(|error| *error = (*error).min(at));
    }

    fn look_for_silence(&mut self, at: Moment) {
        let limit = match self.phase {
            Phase::Active => self.thresholds.stale_in_play_ms,
            _ => self.thresholds.stale_otherwise_ms,
        };
        let silent_ms = at.saturating_sub(self.frame_at);
        if self.connected && !self.silent && silent_ms > limit {
            self.silent = true;
            self.watch.spoil();
            self.distrust(at, LevelReason::Stale { silent_ms });
        }
    }

    fn distrust(&mut self, at: Moment, reason: LevelReason) {
        self.distrusted = true;
        let same =
            |known: &LevelReason| std::mem::discriminant(known) == std::mem::discriminant(&reason);
        self.reasons.retain(|known| !same(known));
        self.reasons.push(reason);
        self.settle(at, reason);
    }

    /// Takes the level that everything together gives.
    fn settle(&mut self, at: Moment, reason: LevelReason) {
        let errors = self.errors.len();
        let to = if !self.connected {
            FeedLevel::Offline
        } else if errors >= self.thresholds.errors_minimal {
            FeedLevel::Minimal
        } else if self.distrusted {
            FeedLevel::Degraded
        } else {
            FeedLevel::Normal
        };
        if to == FeedLevel::Normal {
            self.reasons.clear();
        }
        let from = std::mem::replace(&mut self.level, to);
        if from != to {
            self.changes.push(LevelChange { at, from, to, reason });
        }
    }
}
