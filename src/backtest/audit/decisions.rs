//! A world with one table that plays games and collects the decisions of its bots.

use std::sync::Arc;

use bevy_app::App;
use bevy_ecs::prelude::*;

use super::retelling::Retelling;
use crate::engine::driver::{Driver, Pacing};
use crate::engine::journal::{GameRecord, Sink};
use crate::engine::ledger::Rejections;
use crate::engine::order::Orders;
use crate::engine::schedule::{Tick, TickSystems};
use crate::engine::source::{GameQueue, Playback, Playlist};
use crate::engine::strategy::LifeStart;
use crate::engine::strategy::registry::BotFactory;
use crate::engine::{self, BotSpec, Lineup};
use crate::model::ids::{BotIndex, GameId, GameIndex};
use crate::model::order::{Action, Rejection};
use crate::model::price::Price;
use crate::model::setup::Setup;
use crate::model::streams::Streams;
use crate::model::tape::Tape;

/// Maximum number of places by which a game is moved; longer lives are played where they are.
const PLACES_MOVED_MAX: u64 = 1 << 20;

/// An order that a bot submits at a tick, or one of its orders that was rejected then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BotDecision {
    /// The bot's place in the scenario.
    pub(super) bot: BotIndex,
    /// The order that it submits, or had submitted.
    pub(super) action: Action,
    /// Why it was rejected; `None` for an order that is submitted.
    pub(super) rejection: Option<Rejection>,
}

/// The orders of this tick, in the order in which admission sees them.
#[derive(Resource, Debug, Default)]
struct Heard(Vec<BotDecision>);

/// How a world plays its games: unchanged, or with one thing changed.
#[derive(Debug, Clone, Copy)]
pub(super) struct PlaybackMode {
    /// The change; `None` for none.
    pub(super) retelling: Option<Retelling>,
    /// Number of ticks after the present one that a cut leaves unchanged.
    pub(super) ahead: usize,
}

impl PlaybackMode {
    /// Games unchanged, the reference for all comparisons.
    pub(super) const WHOLE: Self = Self { retelling: None, ahead: 0 };

    /// The retelling, where it cuts games.
    fn cut(self) -> Option<Retelling> {
        self.retelling.filter(|how| how.cuts())
    }
}

/// A world and its playback mode.
#[derive(Debug)]
pub(super) struct Hearing {
    app: App,
    mode: PlaybackMode,
}

impl Hearing {
    /// A world before the presale of the game at a place, which begins a life.
    pub(super) fn new(
        lineup: Lineup<'_>,
        tapes: &[Arc<Tape>],
        mode: PlaybackMode,
        first: GameIndex,
    ) -> Self {
        let app = match mode.retelling {
            Some(Retelling::Renamed) => elsewhere(lineup, tapes, first),
            // Future games are added one by one; until then nobody can look them up.
            Some(how) if how.cuts() => world(lineup, vec![unknown(); tapes.len()], first),
            _ => world(lineup, tapes.to_vec(), first),
        };
        Self { app, mode }
    }

    /// Plays one step of the game at a place (0 is its presale, tick t is t + 1) and returns the
    /// decisions, sorted by bot.
    pub(super) fn step(&mut self, place: GameIndex, tape: &Tape, step: usize) -> Vec<BotDecision> {
        let world = self.app.world_mut();
        if let Some(how) = self.mode.cut() {
            // After this step, the number of known prices is the step's number.
            let cut = Arc::new(how.cut(tape, step + self.mode.ahead));
            world.resource_mut::<GameQueue>().exchange(place, cut.clone());
            if step > 0 {
                let mut playbacks = world.query::<&mut Playback>();
                playbacks
                    .iter_mut(world)
                    .for_each(|mut playback| playback.go_on_with(cut.clone(), step));
            }
        }
        world.resource_mut::<Driver>().pacing = Pacing::Step(1);
        self.app.update();
        let world = self.app.world_mut();
        let mut said = std::mem::take(&mut world.resource_mut::<Heard>().0);
        let refused = world.resource::<Rejections>().0.iter().map(|(_, bot, refused)| {
            let rejection = Some(refused.rejection);
            BotDecision { bot: bot.index, action: refused.action, rejection }
        });
        said.extend(refused);
        said.sort_by_key(|said| said.bot);
        said
    }
}

/// A world with one table that plays tapes, from a place on.
fn world(lineup: Lineup<'_>, tapes: Vec<Arc<Tape>>, first: GameIndex) -> App {
    let queue = GameQueue::new(Arc::new(Playlist::Tapes(tapes)), lineup.setup.life_games());
    queue.rewind_to(first);
    let mut app = engine::build(lineup, 1, queue, Box::new(Nobody), Pacing::Paused);
    app.init_resource::<Heard>();
    app.add_systems(Tick, hear.after(TickSystems::Decide).before(TickSystems::Admit));
    app
}

/// A world in which the same games have other names and other places, in a run with another seed,
/// and bots keep the random streams of the places from which their games were moved.
fn elsewhere(lineup: Lineup<'_>, tapes: &[Arc<Tape>], first: GameIndex) -> App {
    let moved = places_to_move(lineup.setup, tapes.len() as u64);
    let setup = Setup { seed: !lineup.setup.seed, ..lineup.setup.clone() };
    let bots: Vec<BotSpec> = lineup
        .bots
        .iter()
        .map(|spec| {
            let streams = Streams::new(lineup.setup.seed, spec.id).moved(moved);
            let factory = Arc::new(Moved { streams, factory: spec.factory.clone() });
            BotSpec { factory, ..spec.clone() }
        })
        .collect();
    let before = (0..moved).map(|_| unknown());
    let renamed = tapes.iter().zip(0..).map(|(tape, place)| {
        let id = name(&format!("retold-{place}"));
        Arc::new(Tape { id, ..Tape::clone(tape) })
    });
    let lineup = Lineup { setup: &setup, bots: &bots, ..lineup };
    world(lineup, before.chain(renamed).collect(), GameIndex::after(moved + first.get()))
}

/// The number of places by which games are moved: whole lives, so that the same games begin one,
/// and an odd number of them, so that no place keeps its parity where a life is one game.
fn places_to_move(setup: &Setup, games: u64) -> u64 {
    let lives = games.div_ceil(setup.life_games()) | 1;
    let places = lives.checked_mul(setup.life_games());
    places.filter(|&places| places <= PLACES_MOVED_MAX).unwrap_or(0)
}

/// A game that stands for one about which nothing must be known.
fn unknown() -> Arc<Tape> {
    let prices = vec![Price::ONE, Price::ONE];
    Arc::new(Tape { prices, rugged: true, ..Tape::untold(name("unknown")) })
}

fn name(text: &str) -> GameId {
    GameId::new(text).expect("letters, digits and a hyphen")
}

fn hear(orders: Res<Orders>, mut heard: ResMut<Heard>) {
    heard.0.clear();
    let submitted = |bot, action| BotDecision { bot, action, rejection: None };
    heard.0.extend(orders.iter().map(|order| submitted(order.bot.index, order.action)));
}

/// A strategy whose bots get other random streams.
struct Moved {
    streams: Streams,
    factory: Arc<dyn BotFactory>,
}

impl BotFactory for Moved {
    fn seat(&self, bot: &mut EntityWorldMut<'_>, start: LifeStart<'_>) {
        bot.insert(self.streams);
        self.factory.seat(bot, LifeStart { streams: &self.streams, ..start });
    }
}

/// A sink without a reader: the journal of an audit is not used.
struct Nobody;

impl Sink for Nobody {
    fn keeps_postings(&self) -> bool {
        false
    }

    fn take(&mut self, _: GameRecord) {}
}
