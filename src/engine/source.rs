//! Stage *Ingest*: sources tell games, frame by frame, one frame per table and tick.
//!
//! Every source is a numbered list of games ([`Playlist`]); tables draw the next number whenever
//! their game is over, so which table plays which game depends on timing, and no result depends on
//! which table plays it.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bevy_app::App;
use bevy_ecs::prelude::*;

use crate::engine::checkpoint::Checkpointed;
use crate::engine::schedule::{Tick, TickSystems, WholeGame, WholeGameSystems};
use crate::engine::table::{Arrival, Arrivals, Table, ToldGames};
use crate::games::fair::game::FairGame;
use crate::games::fair::generated::generated;
use crate::games::fair::seed::ServerSeed;
use crate::model::game::{Frame, Game, Step};
use crate::model::ids::{GameId, GameIndex};
use crate::model::quote::TICK_MS;
use crate::model::tape::Tape;

/// The games of a run, by their place in it.
#[derive(Debug, Clone)]
pub enum Playlist {
    /// Provably-fair games without end: this many of a run's seed.
    Generated {
        /// The seed of the run.
        seed: u64,
        /// Number of games to generate.
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

    /// Keeps the first games only.
    pub fn truncate(&mut self, most: u64) {
        let most_listed = usize::try_from(most).unwrap_or(usize::MAX);
        match self {
            Self::Generated { games, .. } => *games = most.min(*games),
            Self::Seeds(seeds) => seeds.truncate(most_listed),
            Self::Tapes(tapes) => tapes.truncate(most_listed),
        }
    }

    /// The game at a place, ready to be told from its presale; `None` beyond the last.
    #[must_use]
    pub fn game(&self, place: GameIndex) -> Option<(GameId, GameStream)> {
        let at = place.at()?;
        match self {
            Self::Generated { seed, games } => (place.get() < *games).then(|| {
                let (server_seed, id) = generated(*seed, place.get());
                (id, GameStream::Fair(FairGame::new(&server_seed, &id)))
            }),
            Self::Seeds(seeds) => {
                seeds.get(at).map(|(seed, id)| (*id, GameStream::Fair(FairGame::new(seed, id))))
            }
            Self::Tapes(tapes) => {
                let tape = tapes.get(at)?;
                Some((tape.id, GameStream::Tape { tape: tape.clone(), step: 0 }))
            }
        }
    }

    /// The game at a place as a tape, told from its beginning to its end; `None` beyond the last.
    #[must_use]
    pub fn tape(&self, place: GameIndex) -> Option<Arc<Tape>> {
        if let Self::Tapes(tapes) = self {
            return tapes.get(place.at()?).cloned();
        }
        let (id, mut playback) = self.game(place)?;
        let mut tape = Tape::untold(id);
        loop {
            match playback.next_frame().frame {
                Frame::Presale => {}
                Frame::Price(price) => tape.prices.push(price),
                Frame::Rug(price) => {
                    tape.prices.push(price);
                    tape.rugged = true;
                }
                Frame::Idle => return Some(Arc::new(tape)),
            }
        }
    }
}

/// The playlist as the tables of a run draw from it, in all its worlds: life by life, because the
/// games of a life are played by one table, one after another.
#[derive(Resource, Debug, Clone)]
pub struct GameQueue {
    playlist: Arc<Playlist>,
    life_games: u64,
    next_life: Arc<AtomicU64>,
    /// The place after the last game.
    end: u64,
}

impl GameQueue {
    /// A game queue at the first game, of lives of this many games ([`Setup::life_games`]).
    ///
    /// [`Setup::life_games`]: crate::model::setup::Setup::life_games
    #[must_use]
    pub fn new(playlist: Arc<Playlist>, life_games: u64) -> Self {
        let end = playlist.games();
        Self { playlist, life_games, next_life: Arc::new(AtomicU64::new(0)), end }
    }

    /// The part of a playlist from one place to before another. A life begins at the first.
    #[must_use]
    pub fn part(playlist: Arc<Playlist>, life_games: u64, games: Range<u64>) -> Self {
        let end = games.end.min(playlist.games());
        let queue = Self { end, ..Self::new(playlist, life_games) };
        queue.rewind_to(GameIndex::after(games.start));
        queue
    }

    /// The games that are played.
    #[must_use]
    pub fn playlist(&self) -> &Playlist {
        &self.playlist
    }

    /// Goes on with the life that begins at a place.
    pub fn rewind_to(&self, place: GameIndex) {
        self.next_life.store(place.get() / self.life_games, Ordering::Relaxed);
    }

    /// Puts another tape in the place of a game, for all who look it up or draw it from now on.
    /// Does nothing where the games are not tapes.
    pub(crate) fn exchange(&mut self, place: GameIndex, tape: Arc<Tape>) {
        if let Playlist::Tapes(tapes) = Arc::make_mut(&mut self.playlist)
            && let Some(held) = place.at().and_then(|at| tapes.get_mut(at))
        {
            *held = tape;
        }
    }

    /// The places of the next life's games; `None` when all are drawn.
    #[must_use]
    pub fn draw_life(&self) -> Option<Range<u64>> {
        let life = self.next_life.fetch_add(1, Ordering::Relaxed);
        let first = life.checked_mul(self.life_games).filter(|&first| first < self.end)?;
        Some(first..first.saturating_add(self.life_games).min(self.end))
    }
}

/// The game that a table is being told. Written by this stage only.
#[derive(Component, Debug, Clone, Default)]
pub struct Playback {
    stream: GameStream,
    /// The games of the table's life that are still to come, by place.
    life: Range<u64>,
}

/// A game while it is told, frame by frame.
#[derive(Debug, Clone, Default)]
#[expect(clippy::large_enum_variant, reason = "one per table, told in place")]
pub enum GameStream {
    /// No game: every further frame is idle.
    #[default]
    Over,
    /// A fair game, made as it is told.
    Fair(FairGame),
    /// A game whose prices are known.
    Tape {
        /// The game, shared and never changed.
        tape: Arc<Tape>,
        /// Frames told: 0 before the presale, then one more than the next tick's number.
        step: usize,
    },
}

impl GameStream {
    /// Returns the next step; idle frames after the last one.
    #[inline]
    pub fn next_frame(&mut self) -> Step {
        let open = |frame| Step { frame, gap_ms: TICK_MS, closed: false };
        match self {
            Self::Over => open(Frame::Idle),
            Self::Fair(game) => open(game.next()),
            Self::Tape { tape, step } => {
                let next = tape.step(*step);
                *step += 1;
                next
            }
        }
    }
}

impl GameStream {
    /// Tells the rest of a game to its end.
    pub fn tell(&mut self, game: &mut Game) {
        loop {
            let step = self.next_frame();
            match step.frame {
                Frame::Idle => return,
                frame => _ = game.advance(frame, step.closed),
            }
        }
    }
}

impl Playback {
    /// Goes on with another tape, of which `told` frames count as told: the presale and the ticks
    /// before the next.
    pub(crate) fn go_on_with(&mut self, tape: Arc<Tape>, told: usize) {
        self.stream = GameStream::Tape { tape, step: told };
    }

    /// Goes on to the next game of the table's life, or of the next life in the game queue.
    fn draw(&mut self, queue: &GameQueue) -> Option<(GameIndex, GameId)> {
        if self.life.is_empty() {
            self.life = queue.draw_life()?;
        }
        let place = GameIndex::after(self.life.next()?);
        let (id, stream) = queue.playlist.game(place)?;
        self.stream = stream;
        Some((place, id))
    }
}

/// Adds the stage to both strides; needs a [`GameQueue`].
pub fn plugin(app: &mut App) {
    app.checkpoint_component::<Playback>()
        .add_systems(Tick, ingest.in_set(TickSystems::Ingest))
        .add_systems(WholeGame, ingest_game.in_set(WholeGameSystems::Ingest));
}

/// Tells every table its next game, to its end.
fn ingest_game(
    queue: Res<GameQueue>,
    mut playbacks: Query<(&Table, &mut Playback)>,
    mut told: ResMut<ToldGames>,
) {
    playbacks.iter_mut().for_each(|(&Table(table), mut playback)| {
        let playback = playback.bypass_change_detection();
        let table = table.at();
        if told.0.len() <= table {
            told.0.resize_with(table + 1, Game::none);
        }
        let game = &mut told.0[table];
        match playback.draw(&queue) {
            None => _ = game.advance(Frame::Idle, false),
            Some((place, id)) => {
                game.begin(place, id);
                playback.stream.tell(game);
            }
        }
    });
}

fn ingest(
    queue: Res<GameQueue>,
    mut playbacks: Query<(&Table, &mut Playback)>,
    mut arrivals: ResMut<Arrivals>,
) {
    playbacks.iter_mut().for_each(|(&Table(table), mut playback)| {
        let playback = playback.bypass_change_detection();
        let step = playback.stream.next_frame();
        arrivals.0[table.at()] = match step.frame {
            Frame::Idle => playback.draw(&queue).map_or(Arrival::IDLE, |game| Arrival {
                step: playback.stream.next_frame(),
                begins: Some(game),
            }),
            _ => Arrival { step, begins: None },
        };
    });
}
