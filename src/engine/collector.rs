//! What takes the games of a run or a session, how writing them goes, and how it ended.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;

use crate::base::error::Error;
use crate::engine::journal::GameRecord;
use crate::model::ids::GameId;

/// Most names of games that are kept.
pub const NAMES_MAX: usize = 100;

/// Takes the games of a run, in its order.
pub trait Collector {
    /// Whether records shall carry their postings and rejections.
    fn keeps_postings(&self) -> bool;

    /// Takes the next game.
    ///
    /// # Errors
    /// When it cannot be kept; the run then stops.
    fn collect(&mut self, game: GameRecord) -> Result<(), Error>;
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Every game was played.
    Complete,
    /// It was told to stop; all games up to some point were collected.
    Interrupted,
}

/// How writing the games of a session goes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct JournalState {
    /// Number of games that are kept in memory until the disk takes them.
    pub waiting: u64,
    /// Number of games that are not in the journal and never will be.
    pub lost: u64,
    /// The first hundred of them.
    pub lost_games: Vec<GameId>,
    /// Number of other files that could not be written.
    pub lost_files: u64,
    /// Number of disk failures.
    pub errors: u64,
    /// Why the disk fails now; `None` while it works.
    pub failing: Option<String>,
}

impl JournalState {
    /// Counts a game that is lost, by its name.
    pub fn lose(&mut self, game: GameId) {
        self.lost += 1;
        if self.lost_games.len() < NAMES_MAX {
            self.lost_games.push(game);
        }
    }
}

/// How writing the games goes, readable from any thread. Its clones are the same.
#[derive(Debug, Clone, Default)]
pub struct JournalGauge(Arc<GaugeInner>);

#[derive(Debug, Default)]
struct GaugeInner {
    /// Asked before every order: so without the lock.
    is_failing: AtomicBool,
    state: Mutex<JournalState>,
}

impl JournalGauge {
    /// How it goes at this moment.
    #[must_use]
    pub fn state(&self) -> JournalState {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether the disk fails now.
    #[must_use]
    pub fn is_failing(&self) -> bool {
        self.0.is_failing.load(Ordering::Relaxed)
    }

    /// Notes how it goes.
    pub fn change(&self, change: impl FnOnce(&mut JournalState)) {
        let mut state = self.0.state.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut state);
        self.0.is_failing.store(state.failing.is_some(), Ordering::Relaxed);
    }
}
