//! A kit for testing bots: a table, a few games, scripts and strategies, and the outcome.
//!
//! It plays by the real schedule ([`engine::build`]), so what a test sees is what a run does.
//!
//! ```
//! use replayer::model::order::Action;
//! use replayer::model::sol::Sol;
//! use replayer::engine::testing::{TestTable, at};
//!
//! let outcome = TestTable::new()
//!     .prices(&[1.0, 1.5, 2.0])
//!     .rug_at(0.01)
//!     .script("me", [at(0, Action::Buy { stake: Sol::milli(5) }), at(2, Action::SELL_ALL)])
//!     .run();
//! assert_eq!(outcome.cash("me"), Sol::milli(105));
//! ```

mod outcome;
mod script;

use std::any::TypeId;
use std::sync::Arc;

use crate::base::document::{Document, Raw};
use crate::engine::driver::Pacing;
use crate::engine::source::{GameQueue, Playlist};
use crate::engine::strategy::registry::StrategyKind;
use crate::engine::strategy::{Strategies, Strategy};
use crate::engine::{self, BotSpec, Lineup};
use crate::model::ids::{BotId, GameId};
use crate::model::order::OrderLimits;
use crate::model::price::Price;
use crate::model::rules::{Latency, Rules};
use crate::model::setup::{Bankroll, Setup};
use crate::model::sol::Sol;
use crate::model::tape::Tape;
use outcome::Kept;
pub use outcome::{TestOutcome, digest};
pub use script::{Script, ScriptParams, ScriptStep, at, presale};

/// A game of these prices, from tick 0, that rugs at the last one.
///
/// # Panics
/// When the name is none, or one of the prices.
#[must_use]
pub fn tape(id: &str, prices: impl IntoIterator<Item = f64>) -> Tape {
    let id = GameId::new(id).expect("a name");
    let prices = prices.into_iter().map(|price| Price::new(price).expect("a price")).collect();
    Tape { prices, rugged: true, ..Tape::untold(id) }
}

/// A table to be: rules, games and bots. Starts with the observed rules at no latency, 0.1 SOL for
/// every game, and no games.
#[derive(Clone)]
pub struct TestTable {
    setup: Setup,
    tapes: Vec<Tape>,
    registered: Vec<Registration>,
    strategies: Arc<Strategies>,
    bots: Vec<BotSpec>,
    tables: usize,
    pacing: Pacing,
}

/// A strategy that a bot at the table plays.
#[derive(Clone)]
struct Registration {
    name: &'static str,
    /// The type that stands for it: two of one name would leave the bots of the first without a
    /// system.
    by: TypeId,
    register: Arc<dyn Fn(Strategies) -> Strategies + Send + Sync>,
}

impl TestTable {
    /// A table without games and bots.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "a table of nothing is not a sensible default")]
    pub fn new() -> Self {
        let rules = Rules { latency: Latency::Immediate, ..Rules::observed() };
        let setup = Setup { rules, bankroll: Bankroll::PerGame(Sol::milli(100)), seed: 1 };
        Self {
            setup,
            tapes: Vec::new(),
            registered: Vec::new(),
            strategies: Arc::new(Strategies::none()),
            bots: Vec::new(),
            tables: 1,
            pacing: Pacing::Max,
        }
    }

    /// Adds a game of these prices, from tick 0, that ends there without a rug.
    ///
    /// # Panics
    /// When one is not a price.
    #[must_use]
    pub fn prices(self, prices: &[f64]) -> Self {
        let id = format!("game-{}", self.tapes.len());
        self.tape(Tape { rugged: false, ..tape(&id, prices.iter().copied()) })
    }

    /// Lets the last game added rug at the tick after its last price.
    ///
    /// # Panics
    /// When there is no game, or this is not a price.
    #[must_use]
    pub fn rug_at(mut self, price: f64) -> Self {
        let tape = self.tapes.last_mut().expect("a game to rug");
        tape.prices.push(Price::new(price).expect("a price"));
        tape.rugged = true;
        self
    }

    /// Adds a game to play after the others.
    #[must_use]
    pub fn tape(self, tape: Tape) -> Self {
        self.tapes([tape])
    }

    /// Adds games to play after the others, in order.
    #[must_use]
    pub fn tapes(mut self, tapes: impl IntoIterator<Item = Tape>) -> Self {
        self.tapes.extend(tapes);
        self
    }

    /// Plays by these rules.
    #[must_use]
    pub fn rules(mut self, rules: Rules) -> Self {
        self.setup.rules = rules;
        self
    }

    /// Gives the bots this bankroll.
    #[must_use]
    pub const fn bankroll(mut self, bankroll: Bankroll) -> Self {
        self.setup.bankroll = bankroll;
        self
    }

    /// Plays the games at this many tables side by side.
    #[must_use]
    pub const fn tables(mut self, tables: usize) -> Self {
        self.tables = tables;
        self
    }

    /// Plays at this pace.
    #[must_use]
    pub const fn pacing(mut self, pacing: Pacing) -> Self {
        self.pacing = pacing;
        self
    }

    /// Seats a bot, and registers its strategy.
    ///
    /// # Panics
    /// When the name is none, or another strategy of that name plays here.
    #[must_use]
    pub fn bot<S: Strategy>(self, id: &str, params: S::Params) -> Self {
        self.seat::<S>(id, params, None)
    }

    /// Seats a bot with a latency of its own, and registers its strategy.
    ///
    /// # Panics
    /// When the name is none, or another strategy of that name plays here.
    #[must_use]
    pub fn seat<S: Strategy>(mut self, id: &str, params: S::Params, own: Option<Latency>) -> Self {
        self.register(Registration {
            name: S::NAME,
            by: TypeId::of::<S>(),
            register: Arc::new(Strategies::with::<S>),
        });
        let spec = BotSpec::new::<S>(BotId::new(id).expect("a name"), params);
        self.bots.push(BotSpec { latency: own, ..spec });
        self
    }

    /// Seats a bot of a strategy of another shape, and registers that. The parameters are those
    /// that a scenario writes between the parentheses: `stake: 0.01`; those left out keep their
    /// default.
    ///
    /// # Panics
    /// When the name is none, a parameter is wrong, or another strategy of that name plays here.
    #[must_use]
    pub fn kind<K: StrategyKind + Clone + 'static>(
        mut self,
        id: &str,
        kind: K,
        params: &str,
    ) -> Self {
        let name = kind.name();
        let document = Document::new(&format!("{name}({params})"));
        let factory = document.root().and_then(Raw::fields).map(|mut fields| {
            let factory = kind.read(&mut fields);
            fields.finish();
            factory
        });
        let problems: Vec<String> = document.problems().iter().map(ToString::to_string).collect();
        assert!(problems.is_empty(), "bot `{id}`: {name}({params}): {}", problems.join("; "));
        let factory = factory.expect("what is not read leaves a problem");
        let id = BotId::new(id).expect("a name");
        let (group, limits) = (id.to_string(), OrderLimits::default());
        self.bots.push(BotSpec { id, strategy: name, factory, latency: None, group, limits });
        self.register(Registration {
            name,
            by: TypeId::of::<K>(),
            register: Arc::new(move |strategies| strategies.with_kind(Box::new(kind.clone()))),
        });
        self
    }

    /// Registers a strategy that is not registered yet.
    fn register(&mut self, new: Registration) {
        if let Some(known) = self.registered.iter().find(|known| known.name == new.name) {
            assert!(known.by == new.by, "two strategies at this table are called `{}`", new.name);
            return;
        }
        self.registered.push(new);
        // From the first on: every clone of this table shares what it has.
        let all = self.registered.iter();
        self.strategies =
            Arc::new(all.fold(Strategies::none(), |known, next| (next.register)(known)));
    }

    /// Seats a bot that acts by a list.
    #[must_use]
    pub fn script(self, id: &str, cues: impl IntoIterator<Item = ScriptStep>) -> Self {
        self.bot::<Script>(id, ScriptParams(cues.into_iter().collect()))
    }

    /// What the engine is built from, to run it in other ways.
    #[must_use]
    pub fn parts(&self) -> (Lineup<'_>, Arc<Playlist>) {
        let Self { setup, bots, strategies, .. } = self;
        let lineup = Lineup { setup, bots, strategies };
        (lineup, Arc::new(Playlist::Tapes(self.tapes.iter().cloned().map(Arc::new).collect())))
    }

    /// Builds the world, before its first tick.
    #[must_use]
    pub fn build(&self) -> TestOutcome {
        let ((lineup, playlist), kept) = (self.parts(), Kept::default());
        let sink = Box::new(kept.clone());
        let app = engine::build(
            lineup,
            self.tables,
            GameQueue::new(playlist, lineup.setup.life_games()),
            sink,
            self.pacing,
        );
        TestOutcome::new(app, self.bots.iter().map(|spec| spec.id).collect(), kept)
    }

    /// Plays every game to its end.
    #[must_use]
    pub fn run(&self) -> TestOutcome {
        self.build().finish()
    }
}

impl std::fmt::Debug for TestTable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let bots = self.bots.iter().map(|spec| spec.id).collect::<Vec<_>>();
        f.debug_struct("TestTable").field("setup", &self.setup).field("bots", &bots).finish()
    }
}
