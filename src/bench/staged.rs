//! A run on either side: in a world, by ticks or by games; or in a plain loop.

use std::sync::{Arc, Mutex, PoisonError};

use bevy_app::App;

use super::cast::{Cast, SEED};
use super::measure::{Lap, time};
use crate::engine::driver::{Driver, Pacing};
use crate::engine::journal::{Digest, GameRecord, RunDigest, Sink};
use crate::engine::plain;
use crate::engine::source::{GameQueue, Playlist};
use crate::engine::table::Tables;
use crate::engine::{self, Lineup};
use crate::model::ids::GameIndex;
use crate::model::rules::{Latency, Rules};
use crate::model::setup::{Bankroll, Setup};
use crate::model::sol::Sol;

/// A run to be timed: its bots, games, rules and bankroll.
#[derive(Debug)]
pub struct Run {
    /// The rules and the bankroll.
    pub setup: Setup,
    /// The bots that play.
    pub cast: Cast,
    /// The games to play.
    pub playlist: Arc<Playlist>,
}

impl Run {
    /// Bots through generated games, each with a new bankroll of 0.1 SOL, with immediate fills.
    #[must_use]
    pub fn generated(cast: Cast, games: u64) -> Self {
        let rules = Rules { latency: Latency::Immediate, ..Rules::observed() };
        let bankroll = Bankroll::PerGame(Sol::milli(100));
        let setup = Setup { rules, bankroll, seed: SEED };
        let playlist = Playlist::Generated { seed: SEED, games };
        Self { setup, cast, playlist: Arc::new(playlist) }
    }

    /// The bots and the setup, as the engine takes them.
    #[must_use]
    pub fn lineup(&self) -> Lineup<'_> {
        let Cast { bots, strategies, .. } = &self.cast;
        Lineup { setup: &self.setup, bots, strategies }
    }

    /// A world before its first tick.
    pub fn world(&self, tables: usize, sink: Box<dyn Sink>, pacing: Pacing) -> App {
        let queue = GameQueue::new(self.playlist.clone(), self.setup.life_games());
        engine::build(self.lineup(), tables, queue, sink, pacing)
    }

    /// Plays every game in a world with `tables` tables.
    #[must_use]
    pub fn staged(&self, tables: usize) -> Lap {
        let digests = Digests::default();
        let mut app = self.world(tables, Box::new(digests.clone()), Pacing::Max);
        let (took, _) = time(|| engine::run(&mut app, &|| false));
        let ticks = app.world().resource::<Tables>().ticks();
        Lap { ticks, took, digest: digests.digest() }
    }

    /// A world that plays whole games, before its first one.
    ///
    /// # Panics
    /// When a bot requires ticks.
    pub fn world_by_games(&self, sink: Box<dyn Sink>) -> App {
        let queue = GameQueue::new(self.playlist.clone(), self.setup.life_games());
        engine::build_by_games(&[self.lineup()], queue, sink)
    }

    /// Plays every game in a world, one whole game at a time.
    ///
    /// # Panics
    /// When a bot requires ticks.
    #[must_use]
    pub fn batch(&self) -> Lap {
        let digests = Digests::default();
        let mut app = self.world_by_games(Box::new(digests.clone()));
        let (took, _) = time(|| engine::run(&mut app, &|| false));
        let ticks = app.world().resource::<Tables>().ticks();
        Lap { ticks, took, digest: digests.digest() }
    }

    /// Plays every game in a plain loop.
    #[must_use]
    pub fn plain(&self) -> Lap {
        let digests = Digests::default();
        let mut rows = self.cast.rows();
        let (took, ticks) = time(|| {
            let each = |game, digest| digests.add(game, digest);
            plain::play(&self.playlist, &self.setup, &mut rows, each)
        });
        Lap { ticks, took, digest: digests.digest() }
    }
}

/// Runs `ticks` ticks of every table of a world.
pub fn step(app: &mut App, ticks: u64) {
    app.world_mut().resource_mut::<Driver>().pacing = Pacing::Step(ticks);
    app.update();
}

/// A sink that keeps only the digests of games.
#[derive(Debug, Clone, Default)]
pub struct Digests(Arc<Mutex<Vec<(GameIndex, Digest)>>>);

impl Digests {
    /// Adds a game's digest.
    pub fn add(&self, game: GameIndex, digest: Digest) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((game, digest));
    }

    /// The digest of all games, in order.
    #[must_use]
    pub fn digest(&self) -> Digest {
        let mut games = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        games.sort_unstable();
        games.iter().map(|&(_, digest)| digest).collect::<RunDigest>().get()
    }
}

impl Sink for Digests {
    fn keeps_postings(&self) -> bool {
        false
    }

    fn take(&mut self, record: GameRecord) {
        self.add(record.index, record.digest);
    }
}
