//! Two threads against one: whole runs, including the ordering of results.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::generated;
use super::measure::{Effort, Figure, Lap, Race, Reach, race, time_on_the_wall};
use crate::backtest::run::{self, Drive, RunExecution};
use crate::base::error::Error;
use crate::engine::Lineup;
use crate::engine::collector::Collector;
use crate::engine::journal::{GameRecord, RunDigest};
use crate::engine::source::Playlist;

const GAMES: u64 = 20_000;

/// Two threads against one, in real time.
#[must_use]
pub fn measure(effort: Effort) -> Vec<Figure> {
    let run = generated::run(effort.of(GAMES));
    let on = |threads| threaded(run.lineup(), &run.playlist, threads);
    let Race { left: two, right: one } = race(effort, || on(2), || on(1));
    vec![Figure {
        workload: "threads",
        what: "generated games x 4 classics, two threads vs one".into(),
        ticks_per_s: two.rate(),
        baseline_ticks_per_s: Some(one.rate()),
        reach: Reach::Ratio(1.8),
    }]
}

/// Plays every game on `threads` threads, without worlds.
///
/// # Panics
/// Never: this collector does not fail.
#[must_use]
pub fn threaded(lineup: Lineup<'_>, playlist: &Arc<Playlist>, threads: usize) -> Lap {
    let execution = RunExecution { threads, drive: Drive::Games };
    let mut kept = Kept::default();
    let (took, ended) = time_on_the_wall(|| {
        let stop = AtomicBool::new(false);
        run::run(lineup, playlist.clone(), execution, &stop, &mut kept)
    });
    ended.expect("a collector that cannot fail");
    Lap { ticks: kept.ticks, took, digest: kept.digest.get() }
}

#[derive(Default)]
struct Kept {
    ticks: u64,
    digest: RunDigest,
}

impl Collector for Kept {
    fn keeps_postings(&self) -> bool {
        false
    }

    fn collect(&mut self, game: GameRecord) -> Result<(), Error> {
        self.ticks += u64::from(game.rug_tick) + 1;
        self.digest.add(game.index, game.digest);
        Ok(())
    }
}
