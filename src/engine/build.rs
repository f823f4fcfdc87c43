//! A world of tables and bots, put together: the only list of its stages.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bevy_app::{App, AppExit};
use bevy_ecs::prelude::*;
use thiserror::Error;

use crate::base::error;
use crate::engine::bot::Bot;
use crate::engine::driver::{self, Driver, Pacing, Rewind, Stride};
use crate::engine::inbox::{self, Inbox};
use crate::engine::journal::{self, Journal, Sink};
use crate::engine::source::{self, GameQueue, Playback};
use crate::engine::strategy::registry::{BotFactory, StrategyKind, ready};
use crate::engine::strategy::{LifeStart, Strategies, Strategy};
use crate::engine::table::{Arrival, Arrivals, SeatedAt, Table, Tables};
use crate::engine::venue::OwnLatency;
use crate::engine::venue::remote::{self, RemoteVenue};
use crate::engine::{ledger, order, schedule, table, venue};
use crate::model::expectation::Oracle;
use crate::model::ids::{BotId, BotIndex, GameIndex};
use crate::model::order::OrderLimits;
use crate::model::rules::{Latency, Rules};
use crate::model::setup::Setup;
use crate::model::streams::Streams;

/// Bot entities that a world holds at most comfortably: more fall out of cache
/// (docs/spec/schedule.md#pipeline).
const BOTS_PER_WORLD: usize = 256;
/// Most tables of a world; more brought nothing (docs/spec/schedule.md#pipeline).
const TABLES_MAX: usize = 128;
/// Games that the tables of a world may finish while others are in the middle of a life.
const GAMES_AHEAD_MAX: usize = 4096;
/// Longest sleep of a paced run, so that a stop is seen in time.
const NAP: Duration = Duration::from_millis(20);

/// A bot as it takes its seat.
#[derive(Clone)]
pub struct BotSpec {
    /// The name of the bot, unique in the line-up.
    pub id: BotId,
    /// The name of its strategy among [`Strategies`].
    pub strategy: &'static str,
    /// Its strategy with its parameters.
    pub factory: Arc<dyn BotFactory>,
    /// A latency of its own, in place of the rules'.
    pub latency: Option<Latency>,
    /// The name that bots declared together share; its own otherwise.
    pub group: String,
    /// Limits of its own, where its orders are real ones.
    pub limits: OrderLimits,
}

impl BotSpec {
    /// A bot that plays a strategy with these parameters, at the latency of the rules, in no group
    /// but its own.
    #[must_use]
    pub fn new<S: Strategy>(id: BotId, params: S::Params) -> Self {
        let (factory, group) = (ready::<S>(params), id.to_string());
        let limits = OrderLimits::default();
        Self { id, strategy: S::NAME, factory, latency: None, group, limits }
    }

    /// What the law of the game says of this bot's run at a table, its own latency considered.
    #[must_use]
    pub fn oracles(&self, setup: &Setup) -> Vec<Oracle> {
        match &self.latency {
            None => self.factory.oracles(setup),
            Some(own) => {
                let rules = Rules { latency: own.clone(), ..setup.rules.clone() };
                self.factory.oracles(&Setup { rules, ..setup.clone() })
            }
        }
    }
}

impl fmt::Debug for BotSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, strategy, latency, .. } = self;
        write!(f, "BotSpec({id}: {strategy}, {latency:?})")
    }
}

/// Who plays, and by what rules: what every table of a run has in common.
#[derive(Debug, Clone, Copy)]
pub struct Lineup<'a> {
    /// The rules, the bankroll and the seed.
    pub setup: &'a Setup,
    /// The bots, in the order of the scenario.
    pub bots: &'a [BotSpec],
    /// The strategies that the players name.
    pub strategies: &'a Strategies,
}

impl Lineup<'_> {
    /// True when no bot interacts with another, so that whole games can be played at a time.
    #[must_use]
    pub fn walks(&self) -> bool {
        let walks =
            |spec: &BotSpec| self.strategies.get(spec.strategy).is_some_and(StrategyKind::walks);
        self.bots.iter().all(walks)
    }

    /// Tables that make good use of a world for this many bots. Fewer where a life, which one
    /// table plays, is so long that finished games would pile up behind an unfinished one.
    #[must_use]
    pub fn tables_for(setup: &Setup, bots: usize) -> usize {
        let life = usize::try_from(setup.life_games()).unwrap_or(usize::MAX);
        (BOTS_PER_WORLD / bots.max(1)).min(GAMES_AHEAD_MAX / life).clamp(1, TABLES_MAX)
    }

    /// Checks that every bot plays a strategy that is registered: nothing would ask it otherwise.
    ///
    /// # Errors
    /// When one does not.
    pub fn check(&self) -> Result<(), UnknownStrategy> {
        let unknown = |spec: &&BotSpec| self.strategies.get(spec.strategy).is_none();
        match self.bots.iter().find(unknown) {
            None => Ok(()),
            Some(spec) => Err(UnknownStrategy {
                bot: spec.id,
                strategy: spec.strategy,
                known: self.strategies.iter().map(StrategyKind::name).collect(),
            }),
        }
    }
}

/// A bot whose strategy is not registered.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "bot `{bot}` plays `{strategy}`, which is not registered; registered are: {}",
    if known.is_empty() { "none".to_owned() } else { known.join(", ") }
)]
pub struct UnknownStrategy {
    /// The bot that cannot be seated.
    pub bot: BotId,
    /// The name of the missing strategy.
    pub strategy: &'static str,
    /// The strategies that are registered.
    pub known: Vec<&'static str>,
}

impl From<UnknownStrategy> for error::Error {
    fn from(unknown: UnknownStrategy) -> Self {
        Self::usage(unknown.to_string())
            .hint("`Strategies::with` and `Strategies::with_kind` register a strategy")
    }
}

/// Builds a world of several tables, every one with all the bots, that plays a game queue into a
/// sink, tick by tick.
///
/// # Panics
/// When a bot's strategy is not registered ([`Lineup::check`]).
pub fn build(
    lineup: Lineup<'_>,
    tables: usize,
    queue: GameQueue,
    sink: Box<dyn Sink>,
    pacing: Pacing,
) -> App {
    open(with_queue(queue), &[lineup], tables, sink, Driver::new(Stride::Tick, pacing))
}

/// Builds a world of one table that plays a game queue into a sink, a whole game at a time: the
/// bots of every line-up walk through the same game, each for itself.
///
/// # Panics
/// When a bot needs ticks ([`Lineup::walks`]), or without a line-up.
pub fn build_by_games(lineups: &[Lineup<'_>], queue: GameQueue, sink: Box<dyn Sink>) -> App {
    assert!(lineups.iter().all(Lineup::walks), "a bot of another shape is played tick by tick");
    open(with_queue(queue), lineups, 1, sink, Driver::new(Stride::Game, Pacing::Max))
}

fn with_queue(queue: GameQueue) -> App {
    let mut app = App::new();
    app.add_plugins((schedule::plugin, venue::plugin));
    app.insert_resource(queue).add_plugins(source::plugin);
    app
}

/// Goes on with another game queue where the one before was played to its end.
pub fn go_on(app: &mut App, queue: GameQueue) {
    app.insert_resource(queue);
    app.world_mut().resource_mut::<Messages<AppExit>>().clear();
}

/// Builds a world of one table, with all the bots, that plays a live feed into a sink, whenever
/// something was heard.
///
/// # Panics
/// When a bot's strategy is not registered ([`Lineup::check`]).
pub fn build_live(lineup: Lineup<'_>, inbox: Inbox, sink: Box<dyn Sink>) -> App {
    let mut app = App::new();
    app.add_plugins(schedule::plugin).insert_resource(inbox).add_plugins(inbox::plugin);
    app.init_resource::<Rewind>().add_plugins(venue::plugin);
    open(app, &[lineup], 1, sink, Driver::new(Stride::Tick, Pacing::Heard))
}

/// Builds a live world whose orders somebody elsewhere is shown, too.
///
/// # Panics
/// When a bot's strategy is not registered ([`Lineup::check`]).
pub fn build_dry_run(
    lineup: Lineup<'_>,
    inbox: Inbox,
    sink: Box<dyn Sink>,
    remote: Box<dyn RemoteVenue>,
) -> App {
    let mut app = build_live(lineup, inbox, sink);
    remote::dry_run(&mut app, remote);
    app
}

/// Builds a world of one table and one bot that plays a live feed into a sink, and whose orders a
/// venue elsewhere executes. What was done in a void game stays done.
///
/// # Panics
/// When a bot's strategy is not registered ([`Lineup::check`]).
pub fn build_remote(
    lineup: Lineup<'_>,
    inbox: Inbox,
    sink: Box<dyn Sink>,
    remote: Box<dyn RemoteVenue>,
) -> App {
    let mut app = App::new();
    app.add_plugins(schedule::plugin).insert_resource(inbox).add_plugins(inbox::plugin);
    remote::plugin(&mut app, remote);
    open(app, &[lineup], 1, sink, Driver::new(Stride::Tick, Pacing::Heard))
}

/// Adds the stages behind the source, but for the venue, and the tables.
///
/// # Panics
/// When a bot's strategy is not registered.
fn open(
    mut app: App,
    lineups: &[Lineup<'_>],
    tables: usize,
    sink: Box<dyn Sink>,
    driver: Driver,
) -> App {
    for lineup in lineups {
        lineup.check().unwrap_or_else(|unknown| panic!("{unknown}"));
    }
    let houses = lineups.iter().map(|lineup| lineup.setup.clone()).collect();
    app.insert_resource(Tables::new(houses))
        .insert_resource(Journal::new(sink))
        .insert_resource(driver);
    app.add_plugins((
        table::plugin,
        ledger::plugin,
        order::plugin,
        journal::plugin,
        driver::plugin,
    ));
    let mut installed = BTreeSet::new();
    for lineup in lineups {
        let is_played = |name| lineup.bots.iter().any(|spec| spec.strategy == name);
        for kind in lineup.strategies.iter().filter(|kind| is_played(kind.name())) {
            if installed.insert(kind.name()) {
                kind.install(&mut app);
            }
        }
    }
    for _ in 0..tables {
        open_table(app.world_mut(), lineups);
    }
    app.finish();
    app.cleanup();
    app
}

/// Adds a table with every bot of every line-up seated at it, line-up by line-up.
fn open_table(world: &mut World, lineups: &[Lineup<'_>]) {
    let index = world.resource_mut::<Tables>().add();
    world.resource_mut::<Arrivals>().0.push(Arrival::IDLE);
    let table = world.spawn((Table(index), Playback::default())).id();
    for (variant, lineup) in (0..).zip(lineups) {
        for (place, spec) in (0..).filter_map(BotIndex::after).zip(lineup.bots) {
            let streams = Streams::new(lineup.setup.seed, spec.id);
            let bot = Bot { index: place, table: index, variant };
            let mut bot =
                world.spawn((bot, SeatedAt(table), streams, OwnLatency(spec.latency.clone())));
            spec.factory.seat(&mut bot, LifeStart { streams: &streams, game: GameIndex::FIRST });
        }
    }
}

/// Runs an app until its games are over, or until told to stop. True when it came to its end.
pub fn run(app: &mut App, stop: &impl Fn() -> bool) -> bool {
    while app.should_exit().is_none() {
        if stop() {
            return false;
        }
        app.update();
        let idle = app.world().resource::<Driver>().idle;
        if !idle.is_zero() {
            nap(idle.min(NAP));
        }
    }
    let lost_ms = app.world().resource::<Driver>().lost_ms;
    if lost_ms > 0.0 {
        tracing::warn!("fell {lost_ms:.0} ms behind the pace; no tick was left out");
    }
    true
}

#[expect(clippy::disallowed_methods, reason = "a paced run waits for its next tick")]
fn nap(idle: Duration) {
    std::thread::sleep(idle);
}
