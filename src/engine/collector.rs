//! What takes the games of a run or a session, and how it ended.

use crate::base::error::Error;
use crate::engine::journal::GameRecord;

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
