//! Stage *Decide*: strategies look at the market and their account, and submit orders.
//!
//! A strategy is a value with parameters and state ([`Strategy`]); registering it makes it a
//! component and a system of its own in each stride ([`decide`], [`walk::walk`]): the one writes that
//! component and its orders, and nothing else. A strategy of a shape that this does not fit is any other system in
//! [`TickSystems::Decide`](crate::engine::schedule::TickSystems::Decide) that reads [`Tables`] and writes [`Orders`].

pub mod registry;
pub mod walk;

use bevy_ecs::prelude::*;

use crate::base::params::Params;
use crate::engine::bot::{Bot, InFlight};
use crate::engine::order::Orders;
use crate::engine::table::Tables;
use crate::model::account::{Position, Sidebet, Wallet};
use crate::model::expectation::Oracle;
use crate::model::order::Action;
use crate::model::price::Price;
use crate::model::quote::{self, Phase, Quote};
use crate::model::rules::Rules;
use crate::model::setup::Setup;
use crate::model::sol::Sol;
use crate::model::streams::Streams;
pub use registry::Strategies;

/// What a bot decides by: parameters and state in, one action a tick out.
///
/// A strategy is a plain value: no clock, no randomness but its own stream, no state outside
/// itself. The same value is driven by the schedule and by any other driver, with equal results.
pub trait Strategy: Clone + Send + Sync + 'static {
    /// What a scenario may set.
    type Params: Params;
    /// The name in scenarios.
    const NAME: &'static str;
    /// One sentence for the list of strategies.
    const ABOUT: &'static str;

    /// The strategy at the start of a life: of every game with `PerGame`, of so many games with
    /// `Lives`, of the run with `Compounding`.
    fn new(params: &Self::Params, start: LifeStart<'_>) -> Self;

    /// Decides at a tick of the presale or the active phase while no order is in flight. One
    /// action a tick; `None` waits.
    fn decide(&mut self, view: &View<'_>) -> Option<Action>;

    /// What the law of the game says of a run of this strategy at such a table: figures known
    /// exactly (docs/oracles.md). None by default.
    #[must_use]
    fn oracles(_params: &Self::Params, _setup: &Setup) -> Vec<Oracle> {
        Vec::new()
    }
}

/// The start of a strategy's life.
#[derive(Debug, Clone, Copy)]
pub struct LifeStart<'a> {
    /// The bot's random streams.
    pub streams: &'a Streams,
    /// The place in the run of the game it starts with.
    pub game: u64,
}

/// What a strategy sees: this tick's quote and settlements, and the fills of earlier ticks.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// What the market shows.
    pub quote: Quote,
    /// The game's prices so far, by tick, the present one last; empty in the presale.
    pub prices: &'a [f64],
    /// The rules of the table.
    pub rules: &'a Rules,
    /// The bot's money.
    pub wallet: &'a Wallet,
    /// The bot's position.
    pub position: &'a Position,
    /// The bot's sidebet.
    pub sidebet: &'a Sidebet,
}

impl View<'_> {
    /// The tick's number.
    #[must_use]
    #[inline]
    pub const fn tick(&self) -> quote::Tick {
        self.quote.tick
    }

    /// The price at this tick.
    #[must_use]
    #[inline]
    pub const fn price(&self) -> Price {
        self.quote.price
    }

    /// True in the active phase; false in the presale.
    #[must_use]
    #[inline]
    pub fn is_active(&self) -> bool {
        self.quote.phase == Phase::Active
    }

    /// True when the wallet holds at least this much.
    #[must_use]
    #[inline]
    pub fn can_afford(&self, stake: Sol) -> bool {
        self.wallet.cash >= stake
    }

    /// A buy, if the wallet covers it.
    #[must_use]
    #[inline]
    pub fn buy(&self, stake: Sol) -> Option<Action> {
        self.can_afford(stake).then_some(Action::Buy { stake })
    }

    /// A sidebet, if one may be placed and the wallet covers it.
    #[must_use]
    #[inline]
    pub fn sidebet(&self, stake: Sol) -> Option<Action> {
        (self.can_sidebet() && self.can_afford(stake)).then_some(Action::Sidebet { stake })
    }

    /// True when no sidebet is open and the cooldown of the last one is over.
    #[must_use]
    #[inline]
    pub fn can_sidebet(&self) -> bool {
        !self.sidebet.is_open() && self.rules.sidebet_wait(self.sidebet, self.quote) == 0
    }
}

/// A strategy at a bot: its parameters and its state. Written by the strategy's own system only.
#[derive(Component, Debug, Clone)]
pub struct StrategyState<S: Strategy> {
    params: S::Params,
    state: S,
}

impl<S: Strategy> StrategyState<S> {
    /// A strategy with its parameters, at the start of its first life.
    #[must_use]
    pub fn new(params: S::Params, start: LifeStart<'_>) -> Self {
        let state = S::new(&params, start);
        Self { params, state }
    }

    /// Begins a life.
    #[inline]
    fn begin(&mut self, start: LifeStart<'_>) {
        self.state = S::new(&self.params, start);
    }
}

/// The system of one strategy: asks every bot that plays it.
#[expect(clippy::needless_pass_by_value, clippy::type_complexity, reason = "a system's parameters")]
pub fn decide<S: Strategy>(
    tables: Res<Tables>,
    mut orders: ResMut<Orders>,
    mut bots: Query<(
        (Entity, &Bot, &Streams, &InFlight),
        (&Wallet, &Position, &Sidebet),
        &mut StrategyState<S>,
    )>,
) {
    bots.iter_mut().for_each(|((entity, bot, streams, in_flight), account, mut strategy)| {
        let game = tables.game(bot.table);
        let quote = tables.quote(bot.table);
        // Nothing reads whether a strategy changed, so the change is not marked.
        let strategy = strategy.bypass_change_detection();
        match quote.phase {
            Phase::Active => {}
            Phase::Presale => {
                if tables.setup().opens_life(game.index) {
                    strategy.begin(LifeStart { streams, game: game.index });
                }
            }
            Phase::Cooldown | Phase::Rugged => return,
        }
        if in_flight.0 || quote.closed {
            return;
        }
        let (wallet, position, sidebet) = account;
        let prices = game.path.prices();
        let view = View { quote, prices, rules: &tables.setup().rules, wallet, position, sidebet };
        if let Some(action) = strategy.state.decide(&view) {
            orders.submit(entity, *bot, action);
        }
    });
}
