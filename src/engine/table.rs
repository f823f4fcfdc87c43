//! Stage *Advance*: frames become games and quotes. The only writer of [`Tables`].
//!
//! Fed by the sources (stage *Ingest*); read by every later stage.

use bevy_app::App;
use bevy_ecs::prelude::*;

use crate::engine::checkpoint::Checkpointed;
use crate::engine::schedule::{Tick, TickSystems, WholeGame, WholeGameSystems};
use crate::model::game::{Frame, Game, Step};
use crate::model::ids::{GameId, GameIndex, TableIndex};
use crate::model::quote::{Phase, Quote};
use crate::model::setup::Setup;

/// A seat in front of one stream of games; the number is its index in [`Tables`].
#[derive(Component, Debug, Clone, Copy)]
pub struct Table(pub TableIndex);

/// Ties a bot to its table: a table that is despawned takes its bots with it.
#[derive(Component, Debug)]
#[relationship(relationship_target = Seats)]
pub struct SeatedAt(pub Entity);

/// The bots at a table.
#[derive(Component, Debug, Default)]
#[relationship_target(relationship = SeatedAt, linked_spawn)]
pub struct Seats(Vec<Entity>);

/// What a source hands to a table at a tick.
#[derive(Debug, Clone, Copy)]
pub struct Arrival {
    /// The step of the game at this tick.
    pub step: Step,
    /// The game that begins with this frame: its place in the run and its name.
    pub begins: Option<(GameIndex, GameId)>,
}

impl Arrival {
    /// A tick at which no frame arrived.
    pub const IDLE: Self = Self { step: Step::IDLE, begins: None };
}

/// This tick's arrivals, by table. Written by the sources.
#[derive(Resource, Debug, Default)]
pub struct Arrivals(pub(crate) Vec<Arrival>);

/// The games of this stride, by table, each told to its end; in the cooldown where a table has none
/// left. Written by the sources; their memory goes back and forth between here and [`Tables`].
#[derive(Resource, Debug, Default)]
pub struct ToldGames(pub(crate) Vec<Game>);

/// Every table's quote and game: one load away from any bot.
///
/// And what they play by: a resource more to fetch costs every system of every tick.
#[derive(Resource, Debug, Clone)]
pub struct Tables {
    /// What each line-up plays by; one unless variants of a sweep play side by side.
    houses: Vec<Setup>,
    quotes: Vec<Quote>,
    games: Vec<Game>,
    in_play: usize,
    ticks: u64,
    rugged: u64,
}

impl Tables {
    /// No tables yet, for line-ups that play by these.
    ///
    /// # Panics
    /// Without a line-up.
    #[must_use]
    pub fn new(houses: Vec<Setup>) -> Self {
        assert!(!houses.is_empty(), "a world needs a line-up");
        Self { houses, quotes: Vec::new(), games: Vec::new(), in_play: 0, ticks: 0, rugged: 0 }
    }

    /// What the bots of a world of one line-up play by.
    #[must_use]
    #[inline]
    pub fn setup(&self) -> &Setup {
        &self.houses[0]
    }

    /// What the bots of a line-up play by.
    #[must_use]
    #[inline]
    pub fn setup_of(&self, variant: u32) -> &Setup {
        &self.houses[variant as usize]
    }

    /// How many line-ups play in this world.
    #[must_use]
    #[inline]
    pub const fn variants(&self) -> usize {
        self.houses.len()
    }

    /// What a table shows.
    #[must_use]
    #[inline]
    pub fn quote(&self, table: TableIndex) -> Quote {
        self.quotes[table.at()]
    }

    /// The game that a table plays.
    #[must_use]
    #[inline]
    pub fn game(&self, table: TableIndex) -> &Game {
        &self.games[table.at()]
    }

    /// Tables that had a frame at the last tick.
    #[must_use]
    #[inline]
    pub const fn in_play(&self) -> usize {
        self.in_play
    }

    /// Game ticks played so far, rug ticks included and presales not, over all tables.
    #[must_use]
    pub const fn ticks(&self) -> u64 {
        self.ticks
    }

    /// Games that reached their rug, over all tables.
    #[must_use]
    #[inline]
    pub const fn rugged(&self) -> u64 {
        self.rugged
    }

    /// Adds a table and says its index.
    pub(crate) fn add(&mut self) -> TableIndex {
        let index = TableIndex::after(self.quotes.len()).expect("fewer than 2^32 tables");
        self.quotes.push(Quote::IDLE);
        self.games.push(Game::none());
        index
    }
}

/// Adds the stage to both strides; needs [`Tables`].
pub fn plugin(app: &mut App) {
    app.init_resource::<Arrivals>()
        .init_resource::<ToldGames>()
        .checkpoint_resource::<Tables>()
        .add_systems(Tick, advance.in_set(TickSystems::Advance))
        .add_systems(WholeGame, advance_game.in_set(WholeGameSystems::Advance));
}

fn advance(arrivals: Res<Arrivals>, mut tables: ResMut<Tables>) {
    let Tables { quotes, games, in_play, ticks, rugged, .. } = &mut *tables;
    *in_play = 0;
    for ((arrival, game), quote) in arrivals.0.iter().zip(games).zip(quotes) {
        if let Some((index, id)) = arrival.begins {
            game.begin(index, id);
        }
        *quote = game.advance(arrival.step.frame, arrival.step.closed);
        *in_play += usize::from(arrival.step.frame != Frame::Idle);
        *ticks += u64::from(matches!(quote.phase, Phase::Active | Phase::Rugged));
        *rugged += u64::from(quote.phase == Phase::Rugged);
    }
}

fn advance_game(mut told: ResMut<ToldGames>, mut tables: ResMut<Tables>) {
    let Tables { quotes, games, in_play, ticks, rugged, .. } = &mut *tables;
    *in_play = 0;
    for ((told, game), quote) in told.0.iter_mut().zip(games).zip(quotes) {
        if told.quote().phase == Phase::Cooldown {
            *quote = game.advance(Frame::Idle, false);
            continue;
        }
        std::mem::swap(told, game);
        *quote = game.quote();
        *in_play += 1;
        *ticks += game.path.prices().len() as u64;
        *rugged += u64::from(quote.phase == Phase::Rugged);
    }
}
