//! Whether the feed is reliable: levels with their reasons, and what closes a game.
//!
//! Connection loss, silence, gaps, abnormal ends and errors lower the level; a game received whole
//! and clean restores it (docs/spec/original.md#feed-quality). Below [`FeedLevel::Normal`] bots are
//! paused. On any level a game is closed unless its presale was received from the beginning.

mod watch;

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::anomaly::{Anomaly, Gravity};
use super::fact::Fact;
use crate::model::quote::{Phase, Tick};
use crate::model::time::Moment;
use watch::{FeedWatch, WatchEntry};

/// How reliable the feed is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FeedLevel {
    /// There is no connection.
    Offline,
    /// Errors come so fast that the data means little.
    Minimal,
    /// Something went wrong, and no clean game was received since.
    Degraded,
    /// Everything arrives in time.
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
    /// Ticks of a game did not arrive in time.
    Gap {
        /// Number of ticks, as far as known.
        ticks: Tick,
    },
    /// No frame arrived for too long.
    Stale {
        /// Duration of the silence, in milliseconds.
        silent_ms: u64,
    },
    /// A game ended and its outcome is unknown.
    AbnormalEnd,
    /// A single anomaly that is sufficient, by the name of its kind.
    Suspect {
        /// The name as of [`Anomaly::kind`].
        kind: &'static str,
    },
    /// Too many errors in the window.
    ErrorRate {
        /// Number of errors in the window.
        errors: usize,
    },
    /// The errors have left the window.
    Quiet,
    /// A whole game was received from presale to rug, every tick in time.
    CleanGame,
}

/// A change of the level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct LevelChange {
    /// When the level changed.
    pub at: Moment,
    /// The level before the change.
    pub from: FeedLevel,
    /// The level after the change.
    pub to: FeedLevel,
    /// The reason of the change.
    #[serde(flatten)]
    pub reason: LevelReason,
}

/// The limits above which the level changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Thresholds {
    /// Milliseconds without a frame during a game: 2,000. Ticks come every 250 ms; one in ten
    /// thousand takes longer than this (docs/spec/provably-fair.md#statistics-of-real-games).
    pub stale_in_play_ms: u64,
    /// Milliseconds without a frame otherwise: 10,000. The longest silence seen at a rug is 5,300.
    pub stale_otherwise_ms: u64,
    /// Late ticks of one game: 1. A sound connection has none.
    pub gap_ticks: Tick,
    /// Remaining milliseconds of a presale when it is first received, to count as received from the
    /// beginning: 9,000 of 10,000.
    pub presale_left_ms: u32,
    /// Errors within the window that make the feed degraded: 10
    /// (docs/spec/original.md#feed-quality).
    pub errors_degraded: usize,
    /// Errors within the window that make the feed minimal: 20
    /// (docs/spec/original.md#feed-quality).
    pub errors_minimal: usize,
    /// Length of the window in which errors count, in milliseconds: 60,000
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

/// The content of a message, as the monitor sees it.
#[derive(Debug, Clone, Copy)]
pub struct MessageReport<'a> {
    /// True for a frame of a game: only those prove that the feed is alive.
    pub is_frame: bool,
    /// The facts of the message.
    pub facts: &'a [Fact],
    /// The anomalies of the message.
    pub anomalies: &'a [Anomaly],
    /// The phase after the message.
    pub phase: Phase,
}

/// The monitor of a feed's reliability.
#[derive(Debug)]
pub struct Integrity {
    thresholds: Thresholds,
    level: FeedLevel,
    reasons: Vec<LevelReason>,
    changes: Vec<LevelChange>,
    connected: bool,
    was_connected: bool,
    /// True until a clean game is received.
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
            frame_at: Moment::default(),
            silent: false,
            phase: Phase::Cooldown,
            errors: VecDeque::new(),
            watch: FeedWatch::default(),
        }
    }

    /// How reliable the feed is now.
    #[must_use]
    pub const fn level(&self) -> FeedLevel {
        self.level
    }

    /// The reasons that lowered the level since it was last Normal, the last of each kind.
    #[must_use]
    pub fn reasons(&self) -> &[LevelReason] {
        &self.reasons
    }

    /// True while bots are paused.
    #[must_use]
    pub fn closed(&self) -> bool {
        let is_on = self.phase != Phase::Cooldown;
        self.level != FeedLevel::Normal || (is_on && self.watch.entry() != WatchEntry::Whole)
    }

    /// The changes since the last call, oldest first.
    pub fn changes(&mut self) -> impl Iterator<Item = LevelChange> {
        self.changes.drain(..)
    }

    /// Reports that the connection went up or down.
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

    /// Reports the time: checks for silence and forgets old errors.
    pub fn pass(&mut self, at: Moment) {
        self.look_back(at);
        self.look_for_silence(at);
    }

    /// Reports a message that arrived.
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

    /// Ticks arrived late. In a game that was joined midway this says nothing about the connection.
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
        while self.errors.front().is_some_and(|error| at.ms_since(*error) > window) {
            self.errors.pop_front();
        }
        if self.errors.len() != before {
            self.settle(at, LevelReason::Quiet);
        }
    }

    /// Moves times that are ahead of the clock to now: the clock was set back.
    fn set_back(&mut self, at: Moment) {
        self.frame_at = self.frame_at.min(at);
        self.errors.iter_mut().for_each(|error| *error = (*error).min(at));
    }

    fn look_for_silence(&mut self, at: Moment) {
        let limit = match self.phase {
            Phase::Active => self.thresholds.stale_in_play_ms,
            _ => self.thresholds.stale_otherwise_ms,
        };
        let silent_ms = at.ms_since(self.frame_at);
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

    /// Sets the level that follows from all conditions.
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
