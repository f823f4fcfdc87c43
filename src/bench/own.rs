//! The speed of the user's own scenario: by whole games, by ticks, and on all threads.

use std::sync::Arc;
use std::thread;

use serde::Serialize;

use super::measure::{Effort, Lap, Race, race, time_on_the_wall};
use super::staged::Digests;
use super::threads::threaded;
use crate::engine::driver::Pacing;
use crate::engine::source::{GameQueue, Playlist};
use crate::engine::table::Tables;
use crate::engine::{self, Lineup};

/// Mean number of ticks of a game, by the law of the game.
const TICKS_PER_GAME: u64 = 200;
/// Approximate ticks times bots in a lap of full effort: half a second of work.
const BOT_TICKS: u64 = 4_000_000;

/// The speed of a scenario, driven in one way.
#[derive(Debug, Clone, Serialize)]
pub struct Speed {
    /// How it is driven, and against what baseline.
    pub what: String,
    /// Ticks of games per second of real time.
    pub ticks_per_s: f64,
    /// The same, with each tick counted once per bot.
    pub bot_ticks_per_s: f64,
    /// Ticks of games per second of the baseline; absent without one.
    pub baseline_ticks_per_s: Option<f64>,
}

impl Speed {
    /// The throughput as a share of the baseline's.
    #[must_use]
    pub fn ratio(&self) -> Option<f64> {
        self.baseline_ticks_per_s.map(|baseline| self.ticks_per_s / baseline)
    }
}

/// Plays the first games of a scenario several times: on one thread by whole games against tick by
/// tick, if its bots allow that, and on all threads against one. Also returns the number of games.
#[must_use]
pub fn measure(lineup: Lineup<'_>, mut playlist: Playlist, effort: Effort) -> (u64, Vec<Speed>) {
    let bots = lineup.bots.len() as u64;
    playlist.truncate((effort.of(BOT_TICKS) / (bots.max(1) * TICKS_PER_GAME)).max(1));
    let playlist = Arc::new(playlist);
    let one = || threaded(lineup, &playlist, 1);
    let world = || staged(lineup, &playlist);
    let mut speeds = Vec::new();
    if lineup.walks() {
        let what = "one thread by whole games, vs tick by tick";
        speeds.push(speed(what, bots, race(effort, one, world)));
    } else {
        let Race { left: lap, .. } = race(effort, world, world);
        let what = "one thread tick by tick: a bot cannot be played by whole games";
        speeds.push(Speed {
            baseline_ticks_per_s: None,
            ..speed(what, bots, Race { left: lap, right: lap })
        });
    }
    let cores = thread::available_parallelism().map_or(1, usize::from);
    if cores > 1 {
        let all = || threaded(lineup, &playlist, cores);
        speeds.push(speed(&format!("{cores} threads, vs one"), bots, race(effort, all, one)));
    }
    (playlist.games(), speeds)
}

#[expect(clippy::cast_precision_loss, reason = "a figure for people")]
fn speed(what: &str, bots: u64, race: Race) -> Speed {
    Speed {
        what: what.to_owned(),
        ticks_per_s: race.left.rate(),
        bot_ticks_per_s: race.left.rate() * bots as f64,
        baseline_ticks_per_s: Some(race.right.rate()),
    }
}

/// Every game in a world, with the best number of tables.
fn staged(lineup: Lineup<'_>, playlist: &Arc<Playlist>) -> Lap {
    let digests = Digests::default();
    let tables = Lineup::tables_for(lineup.setup, lineup.bots.len());
    let queue = GameQueue::new(playlist.clone(), lineup.setup.life_games());
    let mut app = engine::build(lineup, tables, queue, Box::new(digests.clone()), Pacing::Max);
    let (took, _) = time_on_the_wall(|| engine::run(&mut app, &|| false));
    Lap { ticks: app.world().resource::<Tables>().ticks(), took, digest: digests.digest() }
}

#[cfg(test)]
mod tests {
    use super::super::generated;
    use super::*;

    #[test]
    fn every_way_of_playing_a_scenario_does_the_same_work() {
        let run = generated::run(40);
        let (lineup, playlist) = (run.lineup(), &run.playlist);
        let expected = run.plain();
        for lap in [threaded(lineup, playlist, 1), staged(lineup, playlist)] {
            assert_eq!((lap.ticks, lap.digest), (expected.ticks, expected.digest));
        }
    }

    #[test]
    fn a_scenario_of_many_bots_is_measured_on_fewer_games() {
        let run = generated::run(1_000);
        let effort = Effort { laps: 1, percent: 1 };
        let (games, speeds) = measure(run.lineup(), (*run.playlist).clone(), effort);
        assert_eq!(games, 40_000 / (4 * TICKS_PER_GAME));
        for speed in speeds {
            assert!(speed.ratio() > Some(0.0), "{speed:?}");
            assert!((speed.bot_ticks_per_s / speed.ticks_per_s - 4.0).abs() < 1e-9, "{speed:?}");
        }
    }
}
