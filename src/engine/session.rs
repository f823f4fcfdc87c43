//! One table that can be stepped, sought and rewound: what an interactive player is made of.
//!
//! Every game's start is a checkpoint; any tick is the checkpoint of its game and re-execution
//! from there. The same decisions come out again, so a session that wandered back and forth ends
//! with the same digest as one that did not.

use std::collections::BTreeMap;
use std::sync::Arc;

use bevy_app::App;
use crossbeam_channel::{Receiver, unbounded};
use thiserror::Error;

use crate::engine::checkpoint::Checkpoint;
use crate::engine::driver::{Driver, Pacing};
use crate::engine::journal::GameRecord;
use crate::engine::source::{GameQueue, Playlist};
use crate::engine::table::Tables;
use crate::engine::{self, Lineup};
use crate::model::ids::{GameIndex, TableIndex};
use crate::model::quote::{Phase, Tick};

/// Checkpoints kept; when there are more, every second one goes and re-execution takes longer.
const CHECKPOINTS_MAX: usize = 256;

/// Where a session stands, or shall stand: a game of the run and a tick of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SessionPlace {
    /// The game's place in the run.
    pub game: GameIndex,
    /// The tick; `None` is the presale.
    pub tick: Option<Tick>,
}

/// Why a position cannot be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SeekError {
    /// The run has fewer games.
    #[error("there is no game {0}: the run has {1}")]
    NoSuchGame(GameIndex, u64),
    /// The game was rugged before that tick.
    #[error("game {0} ended at tick {1}")]
    NoSuchTick(GameIndex, Tick),
    /// There is nothing before the first presale.
    #[error("this is the beginning of the run")]
    Beginning,
}

/// A run at one table, under control.
#[derive(Debug)]
pub struct SteppedSession {
    app: App,
    queue: GameQueue,
    games: u64,
    life_games: u64,
    /// The state before the presale of a game, by game.
    starts: BTreeMap<GameIndex, Checkpoint>,
    finished: Receiver<GameRecord>,
    records: BTreeMap<GameIndex, GameRecord>,
}

impl SteppedSession {
    /// A session before its first presale.
    ///
    /// # Panics
    /// When a bot's strategy is not registered ([`Lineup::check`]).
    pub fn new(lineup: Lineup<'_>, playlist: Playlist) -> Self {
        let games = playlist.games();
        let life_games = lineup.setup.life_games();
        let queue = GameQueue::new(Arc::new(playlist), life_games);
        let (sender, finished) = unbounded();
        let sink = Box::new(sender);
        let mut app = engine::build(lineup, 1, queue.clone(), sink, Pacing::Paused);
        let starts = BTreeMap::from([(GameIndex::FIRST, Checkpoint::of(app.world_mut()))]);
        Self { app, queue, games, life_games, starts, finished, records: BTreeMap::new() }
    }

    /// Where it stands; `None` before the first presale and after the last rug.
    #[must_use]
    pub fn position(&self) -> Option<SessionPlace> {
        let game = self.app.world().resource::<Tables>().game(TableIndex::FIRST);
        let tick = match game.quote().phase {
            Phase::Cooldown => return None,
            Phase::Presale => None,
            Phase::Active | Phase::Rugged => Some(game.quote().tick),
        };
        Some(SessionPlace { game: game.index, tick })
    }

    /// The world, to look at.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// The finished games so far, by game; one that was played again stands as played last.
    #[must_use]
    pub const fn records(&self) -> &BTreeMap<GameIndex, GameRecord> {
        &self.records
    }

    /// Plays one tick; false when the run is over.
    pub fn step(&mut self) -> bool {
        self.app.world_mut().resource_mut::<Driver>().pacing = Pacing::Step(1);
        self.app.update();
        self.records.extend(self.finished.try_iter().map(|record| (record.index, record)));
        let tables = self.app.world().resource::<Tables>();
        let game = tables.game(TableIndex::FIRST);
        if game.quote().phase == Phase::Rugged {
            let next = game.index.next();
            self.keep_start(next);
        }
        self.position().is_some()
    }

    /// Goes to a position, forwards or backwards.
    ///
    /// # Errors
    /// When the run has no such game or the game no such tick; the session then stands at the last
    /// tick that there is.
    pub fn seek(&mut self, to: SessionPlace) -> Result<(), SeekError> {
        if to.game.get() >= self.games {
            return Err(SeekError::NoSuchGame(to.game, self.games));
        }
        if self.position().is_none_or(|here| here > to || here.game < to.game) {
            self.restart_at(to.game);
        }
        while self.position().is_none_or(|here| here < to) {
            let game = self.app.world().resource::<Tables>().game(TableIndex::FIRST);
            if game.index == to.game && game.quote().phase == Phase::Rugged {
                return Err(SeekError::NoSuchTick(to.game, game.quote().tick));
            }
            self.step();
        }
        Ok(())
    }

    /// Goes back one tick, over the start of the game into the one before where need be.
    ///
    /// # Errors
    /// [`SeekError::Beginning`] at the first presale.
    pub fn back(&mut self) -> Result<(), SeekError> {
        match self.position() {
            None | Some(SessionPlace { game: GameIndex::FIRST, tick: None }) => {
                Err(SeekError::Beginning)
            }
            Some(SessionPlace { game, tick: Some(tick) }) => {
                self.seek(SessionPlace { game, tick: tick.checked_sub(1) })
            }
            Some(SessionPlace { game, tick: None }) => {
                let before = GameIndex::after(game.get() - 1);
                self.restart_at(before);
                while self.app.world().resource::<Tables>().quote(TableIndex::FIRST).phase
                    != Phase::Rugged
                {
                    self.step();
                }
                Ok(())
            }
        }
    }

    /// Stands before the presale of a game, or, where it was never reached, of the nearest earlier
    /// one of its life: where none was reached, before that life.
    fn restart_at(&mut self, game: GameIndex) {
        let start = GameIndex::after(game.get() - game.get() % self.life_games);
        let mut kept = self.starts.range(start..=game).rev();
        if let Some((&start, checkpoint)) = kept.next() {
            checkpoint.restore(self.app.world_mut());
            let life = start.get().next_multiple_of(self.life_games);
            self.queue.rewind_to(GameIndex::after(life));
        } else {
            // Nothing is left of one life in the next, so the state before any life will do.
            self.starts[&GameIndex::FIRST].restore(self.app.world_mut());
            self.queue.rewind_to(start);
        }
    }

    fn keep_start(&mut self, game: GameIndex) {
        self.starts.entry(game).or_insert_with(|| Checkpoint::of(self.app.world_mut()));
        if self.starts.len() > CHECKPOINTS_MAX {
            let mut odd = true;
            self.starts.retain(|_, _| {
                odd = !odd;
                !odd
            });
        }
    }
}
