//! Plays one shard: every variant plays its games, and the sums are written.

use std::fs;
use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use super::Sweep;
use bevy_app::App;

use crate::analysis::summary::Summary;
use crate::backtest::columns::schema::GAMES;
use crate::backtest::columns::tables::{self, Seat};
use crate::backtest::columns::{ParquetFile, Rows};
use crate::backtest::scenario::space::Variant;
use crate::base::error::Error;
use crate::engine::driver::Pacing;
use crate::engine::journal::{GameRecord, Sink};
use crate::engine::source::GameQueue;
use crate::engine::{self, BotSpec, Lineup};
use crate::model::setup::Setup;

/// Number of games between two progress reports.
const GAMES_PER_REPORT: u64 = 256;

/// Plays some variants of a sweep on one thread.
pub(super) struct ShardRunner<'a> {
    sweep: &'a Sweep<'a>,
    variants: Vec<u64>,
    lineups: Vec<Lineup<'a>>,
    /// All variants in one world that plays whole games; `None` if any bot needs ticks.
    world: Option<World>,
}

/// A world, and the games that it has finished.
struct World {
    app: App,
    finished: Finished,
}

impl<'a> ShardRunner<'a> {
    pub(super) fn new(sweep: &'a Sweep<'a>, variants: Vec<u64>) -> Self {
        let variant = |&number: &u64| {
            let Variant { setup, bots, .. } = sweep.variant(number);
            Lineup { setup, bots: bots, strategies: sweep.strategies }
        };
        let lineups: Vec<_> = variants.iter().map(variant).collect();
        Self { sweep, variants, lineups, world: None }
    }

    /// Plays some games and passes every variant's record of each to `each`, with its index among
    /// these; the games of a variant come in order. True at the end, false when told to stop
    /// before.
    pub(super) fn play(
        &mut self,
        games: Range<u64>,
        stopped: &impl Fn() -> bool,
        each: &mut impl FnMut(usize, GameRecord),
    ) -> bool {
        let playlist = &self.sweep.playlist;
        let queue =
            |setup: &Setup| GameQueue::part(playlist.clone(), setup.life_games(), games.clone());
        let Some(first) = self.lineups.first() else { return true };
        if self.lineups.iter().all(Lineup::walks) {
            let queue = queue(first.setup);
            match &mut self.world {
                Some(world) => engine::go_on(&mut world.app, queue),
                none => *none = Some(World::by_games(&self.lineups, queue)),
            }
            let world = self.world.as_mut().expect("built above");
            return world.play(stopped, &mut |record| each(place(&record), record));
        }
        self.lineups.iter().enumerate().all(|(place, &lineup)| {
            let mut world = World::by_ticks(lineup, queue(lineup.setup));
            world.play(stopped, &mut |record| each(place, record))
        })
    }

    /// Plays a shard and writes its sums; writes nothing when told to stop before its end.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn play_shard(
        &mut self,
        shard: u64,
        stopped: &impl Fn() -> bool,
        played: &dyn Fn(u64),
    ) -> Result<(), Error> {
        let folder = self.sweep.folder;
        let plan = &folder.manifest().plan;
        let mut summaries = self.summaries(plan.games);
        let mut rows = folder.rows(shard).map(|path| self.rows(&path)).transpose()?;
        let (mut unreported, mut written) = (0, Ok(()));
        let ended = self.play(plan.shard(shard), stopped, &mut |place, record| {
            if let (Ok(()), Some((rows, seats))) = (&written, &mut rows) {
                written = tables::games(&record, &seats[place], rows);
            }
            summaries[place].add(&record);
            unreported += 1;
            if unreported == GAMES_PER_REPORT {
                played(std::mem::take(&mut unreported));
            }
        });
        played(unreported);
        written.map_err(to_resume)?;
        if !ended {
            return Ok(());
        }
        if let Some((mut rows, _)) = rows {
            rows.finish().map_err(to_resume)?;
        }
        folder.keep(shard, &summaries)
    }

    /// Empty summaries, one per variant, each planned for `games` games.
    pub(super) fn summaries(&self, games: u64) -> Vec<Summary> {
        let name = &self.sweep.space.first.name;
        let plan = |&variant| self.sweep.variant(variant).plan(name, Some(games));
        self.variants.iter().map(plan).map(Summary::new).collect()
    }

    /// A file for the rows of all variants, and the seats of their bots.
    fn rows(&self, path: &Path) -> Result<(ParquetFile, Vec<Vec<Seat>>), Error> {
        // Rows without the shard's file are left over from an abrupt end.
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(Error::io("remove", path, error));
            }
            _ => {}
        }
        let seats = self.variants.iter().zip(&self.lineups).map(|(&variant, lineup)| {
            let seat = |bot: &BotSpec| Seat { variant, bot: bot.id.to_string() };
            lineup.bots.iter().map(seat).collect()
        });
        let file = ParquetFile::create(path, &GAMES, &self.sweep.folder.origin()?)?;
        Ok((file, seats.collect()))
    }
}

/// The index, among the variants of a world, of the one that played a game.
fn place(record: &GameRecord) -> usize {
    record.variant as usize
}

impl World {
    fn by_games(lineups: &[Lineup<'_>], queue: GameQueue) -> Self {
        let finished = Finished::default();
        let app = engine::build_by_games(lineups, queue, Box::new(finished.clone()));
        Self { app, finished }
    }

    /// A world with one table, so that its games come in order.
    fn by_ticks(lineup: Lineup<'_>, queue: GameQueue) -> Self {
        let finished = Finished::default();
        let app = engine::build(lineup, 1, queue, Box::new(finished.clone()), Pacing::Max);
        Self { app, finished }
    }

    /// Plays its queue and passes on the records, in order for each variant; true at the end.
    fn play(&mut self, stopped: &impl Fn() -> bool, each: &mut impl FnMut(GameRecord)) -> bool {
        let mut ended = false;
        while !ended && !stopped() {
            self.app.update();
            ended = self.app.should_exit().is_some();
            let mut games = self.finished.0.lock().unwrap_or_else(PoisonError::into_inner);
            games.drain(..).for_each(&mut *each);
        }
        ended
    }
}

/// Keeps finished games until they are taken.
#[derive(Clone, Default)]
struct Finished(Arc<Mutex<Vec<GameRecord>>>);

impl Sink for Finished {
    fn keeps_postings(&self) -> bool {
        false
    }

    fn take(&mut self, record: GameRecord) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(record);
    }
}

fn to_resume(error: Error) -> Error {
    error.hint("finished shards are kept: free some space, then continue with --resume")
}
