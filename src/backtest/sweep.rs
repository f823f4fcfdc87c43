//! Sweeps: every variant of a scenario on the same games, shard by shard.
//!
//! ```text
//! Space (variants) ─┐                      ┌─> shards/NNNNNN.json ─┐
//! Playlist ─────────┼─> shards on threads ─┤                       ├─> summary, curves, variants
//! SweepPlan (ranges) ────┘                      └─> games/part-NNNNNN   │
//!                        folders of other parts of the same sweep ─┘
//! ```
//!
//! What a shard is follows from the scenario alone ([`SweepPlan`]), its results are written
//! atomically ([`folder`]), and the outcome is computed from the shards in their order
//! ([`outcome`]). So threads, parts, interruptions and machines do not affect results.

mod candidates;
mod findings;
pub mod folder;
pub mod holdout;
pub mod merge;
pub mod outcome;
mod plan;
mod play;
mod seal;
mod table;

use std::panic;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crate::backtest::scenario::Space;
use crate::backtest::scenario::space::Variant;
use crate::base::error::Error;
use crate::engine::collector::Ending;
use crate::engine::source::Playlist;
use crate::engine::strategy::Strategies;
use crate::engine::{Lineup, UnknownStrategy};
use folder::{Status, SweepFolder};
use outcome::Findings;
pub use plan::{SweepPart, SweepPlan};
use play::ShardRunner;

/// A sweep: its scenario, its games and its folder.
#[derive(Debug, Clone)]
pub struct Sweep<'a> {
    /// The scenario and its variants.
    pub space: &'a Space,
    /// The strategies that the bots use.
    pub strategies: &'a Strategies,
    /// The games of the source, including those kept back.
    pub playlist: Arc<Playlist>,
    /// The folder that receives the shards.
    pub folder: &'a SweepFolder,
}

impl Sweep<'_> {
    /// The variant with this number.
    fn variant(&self, number: u64) -> &Variant {
        &self.space.variants[usize::try_from(number).expect("a variant's number")]
    }

    /// Checks that the strategies of all bots of all variants are registered.
    fn check(&self) -> Result<(), UnknownStrategy> {
        self.space.variants.iter().try_for_each(|Variant { setup, bots, .. }| {
            Lineup { setup, bots: bots, strategies: self.strategies }.check()
        })
    }
}

/// Plays the shards that a folder lacks, on `threads` threads; calls `played` with the number of
/// games played since its last call, counted per variant.
///
/// # Errors
/// When a bot's strategy is not registered, or something cannot be written; finished shards stay.
///
/// # Panics
/// When a thread does: a broken invariant.
pub fn play_shards(
    sweep: &Sweep<'_>,
    threads: usize,
    stop: &AtomicBool,
    played: &(dyn Fn(u64) + Sync),
) -> Result<Ending, Error> {
    sweep.check()?;
    let missing = sweep.folder.missing()?;
    let next = AtomicU64::new(0);
    let halt = AtomicBool::new(false);
    let failed = Mutex::new(None);
    let stopped = || stop.load(Ordering::Relaxed) || halt.load(Ordering::Relaxed);
    let work = || {
        let variants = (0..sweep.space.variants.len() as u64).collect();
        let mut runner = ShardRunner::new(sweep, variants);
        while !stopped() {
            let at = usize::try_from(next.fetch_add(1, Ordering::Relaxed)).unwrap_or(usize::MAX);
            let Some(&shard) = missing.get(at) else { break };
            if let Err(error) = runner.play_shard(shard, &stopped, played) {
                halt.store(true, Ordering::Relaxed);
                let mut first = failed.lock().unwrap_or_else(PoisonError::into_inner);
                first.get_or_insert(error);
            }
        }
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(work)).collect();
        for worker in workers {
            worker.join().unwrap_or_else(|broken| panic::resume_unwind(broken));
        }
    });
    if let Some(error) = failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(error);
    }
    let complete = sweep.folder.missing()?.is_empty();
    Ok(if complete { Ending::Complete } else { Ending::Interrupted })
}

/// Writes the outcome of a sweep when all its shards exist; a part is only marked as complete.
///
/// # Errors
/// When a shard is damaged, or something cannot be read or written.
pub fn finish(mut folder: SweepFolder, space: &Space) -> Result<Option<Findings>, Error> {
    if folder.manifest().part.is_some() {
        return folder.complete().map(|()| None);
    }
    if folder.manifest().status == Status::Complete {
        folder.tidy()?;
        return outcome::findings(folder.path()).map(Some);
    }
    let shards = folder.clone();
    outcome::write(&mut folder, space, |shard| shards.read(shard)).map(Some)
}
