//! Stage *Ingest*: sources tell games, frame by frame, one frame per table and tick.
//!
//! Every source is a numbered list of games ([`Playlist`]); tables draw the next number whenever
//! their game is over, so which table plays which game depends on timing, and no result depends on
//! which table plays it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bevy_app::App;
use bevy_ecs::prelude::*;

use crate::checkpoint::Checkpointed;
use crate::fair::game::FairGame;
use crate::fair::generated::generated;
use crate::fair::seed::ServerSeed;
use crate::model::game::Frame;
use crate::model::ids::GameId;
use crate::model::quote::TICK_MS;
use crate::model::tape::Tape;
use crate::schedule::{Tick, TickSystems};
use crate::table::{Arrival, Arrivals, Table};

/// The games of a run, by their place in it.
#[derive(Debug, Clone)]
pub enum Playlist {
    /// Provably-fair games without end: this many of a run's seed.
    Generated {
        /// The seed of the run.
        seed: u64,
        /// How many.
        games: u64,
    },
    /// Historic games, regenerated from their revealed seeds.
    Seeds(Vec<(ServerSeed, GameId)>),
    /// Games whose prices are known.
    Tapes(Vec<Arc<Tape>>),
}

impl Playlist {
    /// How many games there are.
    #[must_use]
    pub fn games(&self) -> u64 {
        match self {
            Self::Generated { games, .. } => *games,
            Self::Seeds(seeds) => seeds.len() as u64,
            Self::Tapes(tapes) => tapes.len() as u64,
        }
    }

    /// The game at a place, ready to be told from its presale; `None` beyond the last.
    #[must_use]
    pub fn game(&self, place: u64) -> Option<(GameId, Reel)> {
        let at = usize::try_from(place).ok()?;
        match self {
            Self::Generated { seed, games } => (place < *games).then(|| {
                let (server_seed, id) = generated(*seed, place);
                (id, Reel(Telling::Fair(FairGame::new(&server_seed, &id))))
            }),
            Self::Seeds(seeds) => {
                seeds.get(at).map(|(seed, id)| (*id, Reel(Telling::Fair(FairGame::new(seed, id)))))
            }
            Self::Tapes(tapes) => {
                let tape = tapes.get(at)?;
                Some((tape.id, Reel(Telling::Tape { tape: tape.clone(), step: 0 })))
            }
        }
    }
}

/// The playlist as the tables of a run draw from it, in all its worlds.
#[derive(Resource, Debug, Clone)]
pub struct Deck {
    playlist: Arc<Playlist>,
    next: Arc<AtomicU64>,
}

impl Deck {
    /// A deck at the first game.
    #[must_use]
    pub fn new(playlist: Arc<Playlist>) -> Self {
        Self { playlist, next: Arc::new(AtomicU64::new(0)) }
    }

    /// Goes on with the game at a place.
    pub fn rewind_to(&self, place: u64) {
        self.next.store(place, Ordering::Relaxed);
    }

    fn draw(&self) -> Option<(u64, GameId, Reel)> {
        let place = self.next.fetch_add(1, Ordering::Relaxed);
        self.playlist.game(place).map(|(id, reel)| (place, id, reel))
    }
}

/// The game that a table is being told. Written by this stage only.
#[derive(Component, Debug, Clone, Default)]
pub struct Reel(Telling);

#[derive(Debug, Clone, Default)]
#[expect(clippy::large_enum_variant, reason = "one per table, told in place")]
enum Telling {
    #[default]
    Over,
    Fair(FairGame),
    Tape {
        tape: Arc<Tape>,
        /// Frames told: 0 before the presale, then one more than the next tick's number.
        step: usize,
    },
}

impl Reel {
    /// The next frame, and the milliseconds since the one before it.
    #[inline]
    pub fn next_frame(&mut self) -> (Frame, u32) {
        match &mut self.0 {
            Telling::Over => (Frame::Idle, TICK_MS),
            Telling::Fair(game) => (game.next(), TICK_MS),
            Telling::Tape { tape, step } => {
                let told = *step;
                *step += 1;
                (tape.frame(told), tape.gap_ms(told))
            }
        }
    }
}

/// Adds the stage; needs a [`Deck`].
pub fn plugin(app: &mut App) {
    app.checkpoint_component::<Reel>().add_systems(Tick, ingest.in_set(TickSystems::Ingest));
}

fn ingest(deck: Res<Deck>, mut reels: Query<(&Table, &mut Reel)>, mut arrivals: ResMut<Arrivals>) {
    reels.iter_mut().for_each(|(&Table(table), mut reel)| {
        let reel = reel.bypass_change_detection();
        let (frame, gap_ms) = reel.next_frame();
        let arrival = match frame {
            Frame::Idle => deck.draw().map_or(Arrival::IDLE, |(place, id, drawn)| {
                *reel = drawn;
                let (frame, gap_ms) = reel.next_frame();
                Arrival { frame, gap_ms, begins: Some((place, id)) }
            }),
            frame => Arrival { frame, gap_ms, begins: None },
        };
        arrivals.0[table as usize] = arrival;
    });
}
