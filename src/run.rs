//! One execution of a scenario: worlds on threads, finished games in order, a report at the end.
//!
//! Each thread runs a world of its own ([`engine`]); all draw games from one deck and hand finished
//! games over a bounded channel. Here they are put back in the order of the run before anything is
//! counted or written, so neither threads nor tables can be seen in a result.

pub mod folder;
pub mod inputs;

use std::collections::BTreeMap;
use std::panic;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crossbeam_channel::{Receiver, Sender, bounded};

use crate::driver::Pacing;
use crate::engine::{self, Lineup};
use crate::error::Error;
use crate::journal::{GameRecord, Sink};
use crate::source::{Deck, Playlist};

/// Finished games on their way from the worlds: full, a world waits for the journal.
const HANDOVER_GAMES: usize = 256;

/// How a run is carried out. Nothing here changes a result.
#[derive(Debug, Clone, Copy)]
pub struct Execution {
    /// Worlds, each on a thread of its own.
    pub threads: usize,
    /// Tables in each world.
    pub tables: usize,
    /// When ticks run.
    pub pacing: Pacing,
}

impl Execution {
    /// As fast as this machine can: a thread per core, and at most so many tables in each world
    /// ([`Lineup::tables_for`]).
    #[must_use]
    pub fn fastest(tables: usize, games: u64) -> Self {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let games = usize::try_from(games).unwrap_or(usize::MAX).max(1);
        let threads = if tables == 1 { 1 } else { cores.min(games.div_ceil(16)) };
        let tables = tables.min(games.div_ceil(threads));
        Self { threads, tables, pacing: Pacing::Max }
    }
}

/// Whoever takes the games of a run, in its order.
pub trait Collector {
    /// Whether records shall carry their postings and refusals.
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

/// Plays every game of a playlist and collects them in order.
///
/// # Errors
/// When the collector fails.
///
/// # Panics
/// When a world does: a broken invariant.
pub fn run(
    lineup: Lineup<'_>,
    playlist: Arc<Playlist>,
    execution: Execution,
    stop: &AtomicBool,
    collector: &mut impl Collector,
) -> Result<Ending, Error> {
    let deck = Deck::new(playlist, lineup.house.life_games());
    let keeps_postings = collector.keeps_postings();
    let (sender, finished) = bounded(HANDOVER_GAMES);
    let halt = AtomicBool::new(false);
    thread::scope(|scope| {
        let worlds: Vec<_> = (0..execution.threads.max(1))
            .map(|_| {
                let sink = Handover { sender: sender.clone(), keeps_postings };
                let (deck, halt) = (deck.clone(), &halt);
                scope.spawn(move || {
                    let Execution { tables, pacing, .. } = execution;
                    let mut app = engine::build(lineup, tables, deck, Box::new(sink), pacing);
                    engine::run(&mut app, &|| {
                        halt.load(Ordering::Relaxed) || stop.load(Ordering::Relaxed)
                    })
                })
            })
            .collect();
        drop(sender);
        let collected = collect_in_order(&finished, collector);
        halt.store(collected.is_err(), Ordering::Relaxed);
        // Worlds that wait for room in a channel that nobody reads must not wait for ever.
        drop(finished);
        let mut ended = true;
        for world in worlds {
            ended &= world.join().unwrap_or_else(|broken| panic::resume_unwind(broken));
        }
        collected.map(|()| if ended { Ending::Complete } else { Ending::Interrupted })
    })
}

/// Takes finished games in any order and collects them in that of the run.
///
/// What has to be held back is bounded by the longest game: while it lasts, at most 5,000 ticks
/// (spec/provably-fair.md 1.2), every other table can finish some 5,000 / 200 games.
fn collect_in_order(
    finished: &Receiver<GameRecord>,
    collector: &mut impl Collector,
) -> Result<(), Error> {
    let mut early = BTreeMap::new();
    let mut next = 0;
    for game in finished {
        early.insert(game.index, game);
        while let Some(game) = early.remove(&next) {
            next += 1;
            collector.collect(game)?;
        }
    }
    Ok(())
}

struct Handover {
    sender: Sender<GameRecord>,
    keeps_postings: bool,
}

impl Sink for Handover {
    fn keeps_postings(&self) -> bool {
        self.keeps_postings
    }

    fn take(&mut self, record: GameRecord) {
        // The receiver goes first only when the collector failed; the run is over then.
        let _ = self.sender.send(record);
    }
}
