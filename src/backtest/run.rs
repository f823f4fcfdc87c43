//! Runs a scenario once: worlds on threads, finished games in order, a report at the end.
//!
//! Each thread takes lives from one game queue, plays them in its own world and sends finished
//! games over a bounded channel. Here they are put back into the order of the run before anything
//! is counted or written, so the number of threads and tables does not affect results.

pub mod drawn;
pub mod folder;
pub mod inputs;
mod layout;
pub mod prices;
mod queued;
pub mod recorder;
pub mod written;

use std::collections::BTreeMap;
use std::panic;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crossbeam_channel::{Receiver, Sender, bounded};

use crate::analysis::summary::Assessment;
use crate::backtest::scenario::Scenario;
use crate::base::error::Error;
use crate::engine::collector::{Collector, Ending};
use crate::engine::driver::Pacing;
use crate::engine::journal::{GameRecord, Sink};
use crate::engine::source::{GameQueue, Playlist};
use crate::engine::strategy::Strategies;
use crate::engine::{self, Lineup};
use crate::model::ids::GameIndex;
use crate::model::setup::Setup;
use recorder::RunRecorder;

/// Capacity of the channel of finished games: when it is full, threads wait for the journal.
const HANDOVERS: usize = 16;
/// Number of games that are sent at a time.
const GAMES_AT_ONCE: usize = 16;

/// How a run is carried out. None of this changes a result.
#[derive(Debug, Clone, Copy)]
pub struct RunExecution {
    /// Number of threads, each with its own games.
    pub threads: usize,
    /// How the world of each thread plays its games.
    pub drive: Drive,
}

/// How a world plays its games (docs/decisions/0011-two-strides-one-world.md).
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Drive {
    /// Whole games; tick by tick where a bot requires it ([`Lineup::walks`]).
    Games,
    /// Tick by tick, at several tables.
    Ticks {
        /// Number of tables per world.
        tables: usize,
        /// When the next tick runs.
        pacing: Pacing,
    },
}

impl RunExecution {
    /// As fast as this machine allows: one thread per core, if there are enough lives.
    #[must_use]
    pub fn fastest(setup: &Setup, games: u64) -> Self {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let lives = usize::try_from(games.div_ceil(setup.life_games())).unwrap_or(usize::MAX);
        let few = lives.min(usize::try_from(games.div_ceil(16)).unwrap_or(usize::MAX));
        Self { threads: cores.min(few).max(1), drive: Drive::Games }
    }
}

/// Plays every game of a playlist and collects them in order.
///
/// # Errors
/// When a bot's strategy is not registered, or the collector fails.
///
/// # Panics
/// When a thread does: a broken invariant.
pub fn run(
    lineup: Lineup<'_>,
    playlist: Arc<Playlist>,
    execution: RunExecution,
    stop: &AtomicBool,
    collector: &mut impl Collector,
) -> Result<Ending, Error> {
    lineup.check()?;
    let queue = GameQueue::new(playlist, lineup.setup.life_games());
    let keeps_postings = collector.keeps_postings();
    let (sender, finished) = bounded(HANDOVERS);
    let halt = AtomicBool::new(false);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..execution.threads.max(1))
            .map(|_| {
                let sink = Handover::new(sender.clone(), keeps_postings, execution.drive);
                let (queue, halt) = (queue.clone(), &halt);
                scope.spawn(move || {
                    let stop = || halt.load(Ordering::Relaxed) || stop.load(Ordering::Relaxed);
                    work(lineup, execution.drive, queue, sink, &stop)
                })
            })
            .collect();
        drop(sender);
        let collected = collect_in_order(&finished, collector);
        halt.store(collected.is_err(), Ordering::Relaxed);
        // Workers that wait for room in a channel without a reader must not wait forever.
        drop(finished);
        let mut ended = true;
        for worker in workers {
            ended &= worker.join().unwrap_or_else(|broken| panic::resume_unwind(broken));
        }
        collected.map(|()| if ended { Ending::Complete } else { Ending::Interrupted })
    })
}

/// Plays a scenario as fast as this machine allows, writes nothing, and returns its figures and
/// verdicts, as `replayer run SCENARIO --no-journal --json` prints them.
///
/// # Errors
/// When its games cannot be read.
pub fn play(scenario: &Scenario, strategies: &Strategies) -> Result<Assessment, Error> {
    let (playlist, inputs) = inputs::open(scenario)?;
    let lineup = Lineup { setup: &scenario.setup, bots: &scenario.bots, strategies };
    let execution = RunExecution::fastest(&scenario.setup, playlist.games());
    let playlist = Arc::new(playlist);
    let mut recorder = RunRecorder::new(scenario, (playlist.clone(), &inputs), None)?;
    let ending = run(lineup, playlist, execution, &AtomicBool::new(false), &mut recorder);
    recorder.finish(ending).map(|finished| finished.assessment)
}

/// Plays lives from the game queue until it is empty, or until told to stop. True at the end.
fn work(
    lineup: Lineup<'_>,
    drive: Drive,
    queue: GameQueue,
    sink: Handover,
    stop: &impl Fn() -> bool,
) -> bool {
    let sink = Box::new(sink);
    let mut app = match drive {
        Drive::Games if lineup.walks() => engine::build_by_games(&[lineup], queue, sink),
        Drive::Games => {
            let tables = Lineup::tables_for(lineup.setup, lineup.bots.len());
            engine::build(lineup, tables, queue, sink, Pacing::Max)
        }
        Drive::Ticks { tables, pacing } => engine::build(lineup, tables, queue, sink, pacing),
    };
    engine::run(&mut app, stop)
}

/// Takes finished games in any order and collects them in the order of the run.
///
/// The longest game bounds the number of games held back: while it lasts, at most 5,000 ticks
/// (docs/spec/provably-fair.md#the-law), every other table can finish some 5,000 / 200 games.
fn collect_in_order(
    finished: &Receiver<Vec<GameRecord>>,
    collector: &mut impl Collector,
) -> Result<(), Error> {
    let mut early = BTreeMap::new();
    let mut next = GameIndex::FIRST;
    for game in finished.iter().flatten() {
        early.insert(game.index, game);
        while let Some(game) = early.remove(&next) {
            next = next.next();
            collector.collect(game)?;
        }
    }
    Ok(())
}

/// Sends finished games, several at a time unless someone waits for each: waking a thread for every
/// game of some 200 ticks would take most of its time.
struct Handover {
    sender: Sender<Vec<GameRecord>>,
    keeps_postings: bool,
    kept: Vec<GameRecord>,
    at_once: usize,
}

impl Handover {
    const fn new(sender: Sender<Vec<GameRecord>>, keeps_postings: bool, drive: Drive) -> Self {
        let paced = matches!(drive, Drive::Ticks { pacing, .. } if !matches!(pacing, Pacing::Max));
        let at_once = if paced { 1 } else { GAMES_AT_ONCE };
        Self { sender, keeps_postings, kept: Vec::new(), at_once }
    }

    fn send(&mut self) {
        // The receiver goes away first only if the collector failed; then the run is over.
        let _ = self.sender.send(std::mem::take(&mut self.kept));
    }
}

impl Drop for Handover {
    fn drop(&mut self) {
        self.send();
    }
}

impl Sink for Handover {
    fn keeps_postings(&self) -> bool {
        self.keeps_postings
    }

    fn take(&mut self, record: GameRecord) {
        self.kept.push(record);
        if self.kept.len() >= self.at_once {
            self.send();
        }
    }
}
