//! Metrics of recording, readable at any time.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crossbeam_channel::Receiver;
use hdrhistogram::Histogram;
use serde::Serialize;

use crate::model::ids::GameId;

/// Most names of games that are kept.
const NAMES_MAX: usize = 100;

/// From how many milliseconds behind on the disk is taken for one that does not answer.
const LAG_MS_MAX: u64 = 15_000;

/// Longest wait that is resolved, in microseconds: a minute.
const WAIT_US_MAX: u64 = 60_000_000;

/// The metrics at one moment.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct RecordingMetrics {
    /// Number of messages in the queue.
    pub queued: usize,
    /// Most messages in the queue so far.
    pub queued_max: usize,
    /// Capacity of the queue, in messages.
    pub capacity: usize,
    /// How far the disk lags behind the last received message, in milliseconds.
    pub lag_ms: u64,
    /// Number of lines on the disk.
    pub lines: u64,
    /// Bytes of those lines as text.
    pub text_bytes: u64,
    /// Bytes on the disk.
    pub bytes: u64,
    /// Number of frames on the disk; of writes for plain text.
    pub frames: u64,
    /// Waits until the disk has a frame (fsync), in microseconds.
    pub syncs: Waits,
    /// Number of lost facts, or raw events.
    pub lost: u64,
    /// Number of games of which facts are lost.
    pub lost_in: u64,
    /// The first hundred of them.
    pub lost_games: Vec<GameId>,
    /// Number of disk failures.
    pub errors: u64,
    /// Number of parts begun.
    pub parts: u64,
    /// Why the disk fails now; `None` while it works.
    pub failing: Option<String>,
}

/// The distribution of a duration.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Waits {
    /// Number of durations measured.
    pub count: u64,
    /// The median, in microseconds.
    pub p50_us: u64,
    /// The 99 % quantile, in microseconds.
    pub p99_us: u64,
    /// The longest duration, in microseconds.
    pub max_us: u64,
}

/// The state that both sides of the queue share.
pub(super) struct Shared {
    pub(super) queued_bytes: AtomicUsize,
    pub(super) queued_max: AtomicUsize,
    /// The time of the last item that was queued.
    pub(super) heard: AtomicU64,
    /// The time up to which everything is on the disk; zero before the first write.
    pub(super) kept: AtomicU64,
    pub(super) lines: AtomicU64,
    pub(super) text_bytes: AtomicU64,
    pub(super) bytes: AtomicU64,
    pub(super) frames: AtomicU64,
    pub(super) lost: AtomicU64,
    /// Losses after the last message of the queue: set before the queue is closed.
    pub(super) lost_at_end: AtomicU64,
    pub(super) errors: AtomicU64,
    pub(super) parts: AtomicU64,
    /// True while the disk fails: checked before every message.
    pub(super) is_failing: AtomicBool,
    /// True from a loss until half of the queue is free again.
    pub(super) is_full: AtomicBool,
    lost_games: Mutex<LostGames>,
    failing: Mutex<Option<String>>,
    syncs: Mutex<Histogram<u64>>,
}

/// The games of which facts are lost.
#[derive(Debug, Default)]
struct LostGames {
    count: u64,
    first: Vec<GameId>,
    last: Option<GameId>,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}

impl Shared {
    pub(super) fn new() -> Self {
        let syncs = Histogram::new_with_max(WAIT_US_MAX, 3).expect("a valid range");
        Self {
            queued_bytes: AtomicUsize::new(0),
            queued_max: AtomicUsize::new(0),
            heard: AtomicU64::new(0),
            kept: AtomicU64::new(0),
            lines: AtomicU64::new(0),
            text_bytes: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            frames: AtomicU64::new(0),
            lost: AtomicU64::new(0),
            lost_at_end: AtomicU64::new(0),
            errors: AtomicU64::new(0),
            parts: AtomicU64::new(0),
            is_failing: AtomicBool::new(false),
            is_full: AtomicBool::new(false),
            lost_games: Mutex::default(),
            failing: Mutex::new(None),
            syncs: Mutex::new(syncs),
        }
    }

    pub(super) fn synced(&self, took: Duration) {
        let us = u64::try_from(took.as_micros()).unwrap_or(WAIT_US_MAX);
        self.syncs.lock().unwrap_or_else(PoisonError::into_inner).saturating_record(us);
    }

    /// Sets why the disk fails; `None` when it works again.
    pub(super) fn set_failing(&self, why: Option<String>) {
        self.is_failing.store(why.is_some(), Relaxed);
        *self.failing.lock().unwrap_or_else(PoisonError::into_inner) = why;
    }

    pub(super) fn failing(&self) -> Option<String> {
        self.failing.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Why not everything can be recorded now: asked before every order.
    pub(super) fn unable(&self) -> Option<String> {
        if self.is_failing.load(Relaxed) {
            return self.failing();
        }
        if self.is_full.load(Relaxed) {
            return Some("the recorder cannot keep up: its queue was full".to_owned());
        }
        let lag = self.lag_ms();
        (lag > LAG_MS_MAX).then(|| format!("the disk is {} s behind", lag / 1_000))
    }

    /// Counts lost facts, and the game that they are of, if any.
    pub(super) fn lose(&self, count: u64, game: Option<GameId>) {
        self.lost.fetch_add(count, Relaxed);
        let mut games = self.lost_games.lock().unwrap_or_else(PoisonError::into_inner);
        let LostGames { count, first, last } = &mut *games;
        if game.is_none() || *last == game {
            return;
        }
        *last = game;
        *count += 1;
        first.extend(game.filter(|_| first.len() < NAMES_MAX));
    }

    /// How many games facts are lost of.
    pub(super) fn lost_in(&self) -> u64 {
        self.lost_games.lock().unwrap_or_else(PoisonError::into_inner).count
    }

    /// How far the disk lags, in milliseconds.
    fn lag_ms(&self) -> u64 {
        match self.kept.load(Relaxed) {
            0 => 0,
            kept => self.heard.load(Relaxed).saturating_sub(kept),
        }
    }

    pub(super) fn metrics<T>(&self, queue: &Receiver<T>) -> RecordingMetrics {
        let lost_games = {
            let games = self.lost_games.lock().unwrap_or_else(PoisonError::into_inner);
            games.first.clone()
        };
        let syncs = self.syncs.lock().unwrap_or_else(PoisonError::into_inner);
        let syncs = Waits {
            count: syncs.len(),
            p50_us: syncs.value_at_quantile(0.5),
            p99_us: syncs.value_at_quantile(0.99),
            max_us: syncs.max(),
        };
        RecordingMetrics {
            queued: queue.len(),
            queued_max: self.queued_max.load(Relaxed),
            capacity: queue.capacity().unwrap_or_default(),
            lag_ms: self.lag_ms(),
            lines: self.lines.load(Relaxed),
            text_bytes: self.text_bytes.load(Relaxed),
            bytes: self.bytes.load(Relaxed),
            frames: self.frames.load(Relaxed),
            syncs,
            lost: self.lost.load(Relaxed),
            lost_in: self.lost_in(),
            lost_games,
            errors: self.errors.load(Relaxed),
            parts: self.parts.load(Relaxed),
            failing: self.failing(),
        }
    }
}
