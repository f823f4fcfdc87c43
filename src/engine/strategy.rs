//! Stage *Decide*: strategies look at the market and their account, and submit orders.
//!
//! A strategy is a value with parameters and state ([`Strategy`]); registering it makes it a
//! component and a system of its own in each stride ([`decide`], `walk`): the one writes
//! that component and its orders, and nothing else. A strategy of a shape that this does not fit is
//! any other system in
//! [`TickSystems::Decide`](crate::engine::schedule::TickSystems::Decide) that reads [`Tables`]
//! and writes [`Orders`].

pub mod planned;
pub mod registry;
pub mod walk;

use bevy_ecs::prelude::*;

use crate::base::params::Params;
use crate::engine::bot::{Bot, InFlight, Prospect};
use crate::engine::order::Orders;
use crate::engine::table::Tables;
use crate::model::account::{Counts, LastFill, LifeTally, Position, Sidebet, Tally, Wallet};
use crate::model::expectation::Oracle;
use crate::model::ids::GameIndex;
use crate::model::order::{Action, Actions};
use crate::model::price::Price;
use crate::model::quote::{self, Phase, Quote};
use crate::model::rules::Rules;
use crate::model::setup::Setup;
use crate::model::sol::Sol;
use crate::model::streams::{Stream, Streams};
pub use planned::{OrderKinds, PlannedOrder};
pub use registry::Strategies;

/// What a bot decides by: parameters and state in, a trade and a sidebet a tick out at most.
///
/// A strategy is a plain value: the state of one life. Its parameters stand beside it
/// ([`StrategyState`]) and are handed to it. No clock, no randomness but its own stream, no state
/// outside itself. The same value is driven by the schedule and by any other driver, with equal
/// results.
pub trait Strategy: Clone + Send + Sync + 'static {
    /// What a scenario may set.
    type Params: Params;
    /// The name in scenarios.
    const NAME: &'static str;
    /// One sentence for the list of strategies.
    const ABOUT: &'static str;

    /// The strategy at the start of a life: of every game with `PerGame`, of N games with
    /// `Lives`, of the run with `Compounding`.
    fn new(params: &Self::Params, start: LifeStart<'_>) -> Self;

    /// Decides at a tick of the presale or the active phase while no order is in flight: `None`
    /// waits, `Some` of an [`Action`] submits one, [`Actions::both`] a trade and a sidebet.
    fn decide(&mut self, params: &Self::Params, view: &View<'_>) -> impl Into<Actions>;

    /// Whether the bot can stake anything again in this life, as its account stands after a game.
    ///
    /// `Some(false)` when its cash pays none of the stakes that it would place next, when the rules
    /// refuse them all ([`View::can_stake`]), or when it has stopped for good: such a life is
    /// *over* (docs/statistics.md#lives). `None`, the default, does not say. Asked at the rug of a
    /// game without a stake, and after the last game of a life; never while a game is played.
    #[must_use]
    fn can_bet_again(&self, _params: &Self::Params, _view: &View<'_>) -> Option<bool> {
        None
    }

    /// What the law of the game says of a run of this strategy at such a table: figures known
    /// exactly (docs/oracles.md). None by default.
    #[must_use]
    fn oracles(_params: &Self::Params, _setup: &Setup) -> Vec<Oracle> {
        Vec::new()
    }

    /// The orders that a bot with these parameters is known to submit, so that `replayer check`
    /// can say which are never filled. None by default.
    #[must_use]
    fn planned(_params: &Self::Params) -> Vec<PlannedOrder> {
        Vec::new()
    }

    /// The kinds of orders that a bot with these parameters can submit at all: an armed session
    /// needs the controls of these, and refuses a stake of any other. All by default.
    #[must_use]
    fn can_order(_params: &Self::Params) -> OrderKinds {
        OrderKinds::ALL
    }
}

/// The start of a strategy's life.
#[derive(Debug, Clone, Copy)]
pub struct LifeStart<'a> {
    /// The bot's random streams.
    pub streams: &'a Streams,
    /// The place in the run of the game it starts with.
    pub game: GameIndex,
}

impl LifeStart<'_> {
    /// A random stream of the bot's own for this life, by its name.
    #[must_use]
    pub fn stream(&self, name: &str) -> Stream {
        self.streams.named(name, self.game.get())
    }
}

/// What a strategy sees: this tick's quote and settlements, and the fills of earlier ticks.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// What the market shows: tick, phase and price.
    pub quote: Quote,
    /// The game's prices so far, by tick, the present one last, in multiples of that at the
    /// activation; empty in the presale.
    pub prices: &'a [f64],
    /// The rules of the table: limits in SOL, spans in ticks.
    pub rules: &'a Rules,
    /// The bot's money, in SOL.
    pub wallet: &'a Wallet,
    /// The bot's position: its quantity in billionths of the token, its cost in SOL.
    pub position: &'a Position,
    /// The bot's sidebet: its stake in SOL, its window in ticks.
    pub sidebet: &'a Sidebet,
    /// What the bot did in this game: counts, amounts in SOL, and ticks.
    pub tally: &'a Tally,
    /// What the bot did in the games of this life before, and its last fill.
    pub life: &'a LifeTally,
}

impl View<'_> {
    /// The number of the tick, from 0 at the activation.
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

    /// True when the wallet covers this stake and the limits of the rules permit it.
    #[must_use]
    pub fn can_stake(&self, stake: Sol) -> bool {
        (self.rules.min_bet..=self.rules.max_bet).contains(&stake) && self.can_afford(stake)
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

    /// The bot's last fill in this life: a buy, a sale, a sidebet placed, or the liquidation of its
    /// position.
    #[must_use]
    #[inline]
    pub const fn last_fill(&self) -> Option<&LastFill> {
        self.life.last_fill.as_ref()
    }

    /// How often the bot did what in this life, this game included.
    #[must_use]
    #[inline]
    pub fn counts_of_life(&self) -> Counts {
        self.life.earlier.plus(self.tally.counts())
    }

    /// What was gained in this game and is realised, in SOL: an open position counts with its cost,
    /// an open sidebet with its stake.
    ///
    /// # Panics
    /// Never: the ledger holds all that is summed up.
    #[must_use]
    #[inline]
    pub fn pnl_of_game(&self) -> Sol {
        self.realised_since(self.tally.opened_with)
    }

    /// What was gained in this life and is realised, in SOL: an open position counts with its cost,
    /// an open sidebet with its stake. What was open when a game ended without a rug is lost.
    ///
    /// # Panics
    /// Never: the ledger holds all that is summed up.
    #[must_use]
    #[inline]
    pub fn pnl_of_life(&self) -> Sol {
        self.realised_since(self.wallet.bankroll)
    }

    /// Cash, and what is open at what was paid for it, less what there was at a beginning.
    fn realised_since(&self, cash: Sol) -> Sol {
        let staked = self.sidebet.open.map_or(Sol::ZERO, |bet| bet.stake);
        let worth = self.wallet.cash.plus(self.position.cost).and_then(|sum| sum.plus(staked));
        worth.and_then(|worth| worth.minus(cash)).expect("amounts of one account")
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

    /// Starts a new life with the same parameters.
    #[inline]
    fn begin(&mut self, start: LifeStart<'_>) {
        self.state = S::new(&self.params, start);
    }

    /// Asks the strategy what to submit at this tick.
    #[inline]
    fn decide(&mut self, view: &View<'_>) -> Actions {
        self.state.decide(&self.params, view).into()
    }

    /// Asks the strategy at the rug of a game whether its bot can bet again in this life, where its
    /// life looks over: after a game without a stake, and after the last of several games.
    fn prospect(&self, view: &View<'_>, setup: &Setup, game: GameIndex) -> Prospect {
        let is_idle = view.tally.buys == 0 && !view.tally.wagered.is_positive();
        let is_asked = setup.life_games() > 1 && (is_idle || setup.opens_life(game.next()));
        let can_bet = is_asked.then(|| self.state.can_bet_again(&self.params, view)).flatten();
        Prospect { can_bet }
    }
}

/// The system of one strategy: asks every bot that plays it.
#[expect(clippy::needless_pass_by_value, clippy::type_complexity, reason = "a system's parameters")]
pub fn decide<S: Strategy>(
    tables: Res<Tables>,
    mut orders: ResMut<Orders>,
    mut bots: Query<(
        (Entity, &Bot, &Streams, &InFlight),
        (&Wallet, &Position, &Sidebet, &Tally, &LifeTally),
        &mut StrategyState<S>,
    )>,
    mut prospects: Query<&mut Prospect>,
) {
    bots.iter_mut().for_each(|((entity, bot, streams, in_flight), account, mut strategy)| {
        let game = tables.game(bot.table);
        let quote = tables.quote(bot.table);
        // Nothing reads whether a strategy changed, so the change is not marked.
        let strategy = strategy.bypass_change_detection();
        let (wallet, position, sidebet, tally, life) = account;
        let (prices, rules) = (game.path.prices(), &tables.setup().rules);
        let view = View { quote, prices, rules, wallet, position, sidebet, tally, life };
        match quote.phase {
            Phase::Active => {}
            Phase::Presale => {
                if tables.setup().opens_life(game.index) {
                    strategy.begin(LifeStart { streams, game: game.index });
                }
            }
            Phase::Cooldown => return,
            Phase::Rugged => {
                if let Ok(mut prospect) = prospects.get_mut(entity) {
                    *prospect = strategy.prospect(&view, tables.setup(), game.index);
                }
                return;
            }
        }
        if in_flight.is_on_its_way() || quote.closed {
            return;
        }
        for action in strategy.decide(&view).iter() {
            orders.submit(entity, *bot, action);
        }
    });
}
