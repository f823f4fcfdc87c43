//! A bot walked through a game: the stages of a tick, from Settle to Post, as one function on one
//! bot's components.
//!
//! What happens at a tick is written once, in [`crate::model`] and in the strategies. The `Tick`
//! schedule drives it for any system and any pace; `walk` drives it in the schedule of whole
//! games, for bots that do not interact. Both give the same postings, always
//! (docs/decisions/0011-two-strides-one-world.md).

use std::fmt;

use bevy_ecs::prelude::*;

use super::{LifeStart, Strategy, StrategyState, View};
use crate::engine::bot::{Books, InFlight, Prospect};
use crate::engine::journal::{GameLog, OpenGames};
use crate::engine::table::Tables;
use crate::engine::venue::{self, OrdersInFlight, OwnLatency};
use crate::model::account::{Account, LedgerError, Market};
use crate::model::game::{Game, Path};
use crate::model::ids::{BotIndex, GameIndex};
use crate::model::order::{Action, Actions, Rejection};
use crate::model::posting::Rejected;
use crate::model::price::Price;
use crate::model::quote::{Phase, Quote, Tick};
use crate::model::rules::Latency;
use crate::model::setup::Setup;
use crate::model::streams::Streams;

/// The system of one strategy in the schedule of whole games: walks every bot that plays it through
/// the game of its table.
#[expect(clippy::needless_pass_by_value, clippy::type_complexity, reason = "a system's parameters")]
pub(crate) fn walk<S: Strategy>(
    tables: Res<Tables>,
    (mut open, mut orders): (ResMut<OpenGames>, ResMut<OrdersInFlight>),
    mut bots: Query<(
        (Entity, &Streams, &OwnLatency),
        Books,
        (&mut InFlight, &mut Prospect, &mut StrategyState<S>),
    )>,
) {
    bots.iter_mut().for_each(
        |((entity, streams, own), mut books, (mut in_flight, mut prospect, mut strategy))| {
            let bot = *books.bot;
            let (game, setup) = (tables.game(bot.table), tables.setup_of(bot.variant));
            if game.quote().phase == Phase::Cooldown {
                return;
            }
            // Only what was sent in a game that ended without a rug is on its way between two games.
            let mut underway = in_flight.is_on_its_way().then(|| orders.recall(entity)).flatten();
            let walker = Walker {
                bot: bot.index,
                strategy: strategy.bypass_change_detection(),
                streams,
                latency: own.0.as_ref(),
                account: books.account(),
                underway: &mut underway,
            };
            if let Err(error) = walker.walk(game, setup, open.log(&bot, &tables)) {
                panic!(
                    "the ledger law is broken: {error}; {bot:?} in game {}: {:?}, {:?}, {:?}, {:?}",
                    game.id, books.wallet, books.position, books.sidebet, books.tally
                );
            }
            if game.quote().phase == Phase::Rugged {
                let view = View {
                    quote: game.quote(),
                    prices: game.path.prices(),
                    rules: &setup.rules,
                    wallet: &books.wallet,
                    position: &books.position,
                    sidebet: &books.sidebet,
                    tally: &books.tally,
                    life: &books.life,
                };
                *prospect = strategy.prospect(&view, setup, game.index);
            }
            let mut left = InFlight::default();
            if let Some((actions, due)) = underway {
                for action in actions.iter() {
                    orders.leave((entity, bot), action, (game.index, due));
                    left.send();
                }
            }
            in_flight.set_if_neq(left);
        },
    );
}

/// A bot's components, borrowed to play.
pub struct Walker<'a, S: Strategy> {
    /// The bot's place in the scenario.
    pub bot: BotIndex,
    /// The parameters and state of its strategy.
    pub strategy: &'a mut StrategyState<S>,
    /// The random streams of the bot.
    pub streams: &'a Streams,
    /// A latency of its own, in place of the rules'.
    pub latency: Option<&'a Latency>,
    /// The wallet, position and sidebet of the bot.
    pub account: Account<'a>,
    /// What it has on the way, and the tick at which it arrives.
    pub underway: &'a mut Option<(Actions, Tick)>,
}

impl<S: Strategy> fmt::Debug for Walker<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Walker({:?} of {}: {:?})", self.bot, S::NAME, self.account)
    }
}

/// What one tick of one game shows.
#[derive(Clone, Copy)]
struct Moment<'a> {
    quote: Quote,
    /// The game's prices, at least up to now.
    path: &'a Path,
    /// The game's place in the run.
    game: GameIndex,
    setup: &'a Setup,
}

impl<'a> Moment<'a> {
    const fn market(&self) -> Market<'a> {
        Market { quote: self.quote, path: self.path, rules: &self.setup.rules }
    }

    /// The prices that a bot may know.
    #[inline]
    fn prices(&self) -> &'a [f64] {
        match self.quote.phase {
            Phase::Cooldown | Phase::Presale => &[],
            Phase::Active | Phase::Rugged => &self.path.prices()[..=self.quote.tick as usize],
        }
    }
}

impl<S: Strategy> Walker<'_, S> {
    /// Plays a game that was told to its end: every tick shows the bot what a table would show it.
    ///
    /// # Errors
    /// When the ledger law would break.
    pub fn walk(
        mut self,
        game: &Game,
        setup: &Setup,
        log: &mut GameLog,
    ) -> Result<(), LedgerError> {
        let end = game.quote();
        let at = |quote| Moment { quote, path: &game.path, game: game.index, setup };
        let closed = game.closed.has(0);
        self.presale(at(Quote { tick: 0, phase: Phase::Presale, price: Price::ONE, closed }), log)?;
        let active = match end.phase {
            Phase::Cooldown | Phase::Presale => 0,
            // One past the last active tick; a tape that just ends has no rug.
            Phase::Active => end.tick + 1,
            Phase::Rugged => end.tick,
        };
        for tick in 0..active {
            let price = game.path.price(tick);
            let closed = game.closed.has(tick + 1);
            self.active(at(Quote { tick, phase: Phase::Active, price, closed }), log)?;
        }
        if end.phase == Phase::Rugged { self.rugged(at(end), log) } else { Ok(()) }
    }

    /// Plays one tick of a game in play.
    ///
    /// # Errors
    /// When the ledger law would break.
    #[inline]
    pub fn tick(
        &mut self,
        game: &Game,
        setup: &Setup,
        log: &mut GameLog,
    ) -> Result<(), LedgerError> {
        let now = Moment { quote: game.quote(), path: &game.path, game: game.index, setup };
        match now.quote.phase {
            Phase::Cooldown => Ok(()),
            Phase::Presale => self.presale(now, log),
            Phase::Active => self.active(now, log),
            Phase::Rugged => self.rugged(now, log),
        }
    }

    fn presale(&mut self, now: Moment<'_>, log: &mut GameLog) -> Result<(), LedgerError> {
        self.account.open_game(now.setup.fresh_cash(now.game));
        if now.setup.opens_life(now.game) {
            self.strategy.begin(LifeStart { streams: self.streams, game: now.game });
        }
        if self.underway.is_some() {
            // Sent in a game that ended without a rug.
            self.come_too_late(now, log);
            return Ok(());
        }
        self.decide(now, log)
    }

    #[inline]
    fn active(&mut self, now: Moment<'_>, log: &mut GameLog) -> Result<(), LedgerError> {
        if self.account.sidebet.open.is_some_and(|bet| bet.end <= now.quote.tick) {
            self.settle(now, log)?;
        }
        match self.underway {
            None => self.decide(now, log),
            Some((_, due)) if *due > now.quote.tick => Ok(()),
            Some(_) => self.arrive(now, log),
        }
    }

    /// Executes what has been on the way.
    #[inline(never)]
    fn arrive(&mut self, now: Moment<'_>, log: &mut GameLog) -> Result<(), LedgerError> {
        let due = self.underway.take().map_or(Actions::none(), |(actions, _)| actions);
        self.execute_all(due, now, log)
    }

    fn rugged(&mut self, now: Moment<'_>, log: &mut GameLog) -> Result<(), LedgerError> {
        self.settle(now, log)?;
        self.come_too_late(now, log);
        Ok(())
    }

    /// Refuses what is on the way: its game is over.
    fn come_too_late(&mut self, now: Moment<'_>, log: &mut GameLog) {
        let late = self.underway.take().map_or(Actions::none(), |(actions, _)| actions);
        for action in late.iter() {
            self.reject(action, Rejection::TooLate, now, log);
        }
    }

    #[inline]
    fn decide(&mut self, now: Moment<'_>, log: &mut GameLog) -> Result<(), LedgerError> {
        if now.quote.closed {
            return Ok(());
        }
        let view = View {
            quote: now.quote,
            prices: now.prices(),
            rules: &now.setup.rules,
            wallet: self.account.wallet,
            position: self.account.position,
            sidebet: self.account.sidebet,
            tally: self.account.tally,
            life: self.account.life,
        };
        let actions = self.strategy.decide(&view);
        if actions.is_none() { Ok(()) } else { self.send(actions, now, log) }
    }

    // Kept out of the loop over the ticks, of which few send anything.
    #[inline(never)]
    fn send(
        &mut self,
        actions: Actions,
        now: Moment<'_>,
        log: &mut GameLog,
    ) -> Result<(), LedgerError> {
        let latency = self.latency.unwrap_or(&now.setup.rules.latency);
        let delay = venue::delay(latency, now.quote, now.game, self.streams);
        match actions.pair() {
            // Admitted and executed in one.
            (Some(only), None) if delay == 0 => return self.execute(only, now, log),
            _ => {}
        }
        let admitted = self.admit_all(actions, now, log);
        if delay == 0 {
            return self.execute_all(admitted, now, log);
        }
        if !admitted.is_none() {
            *self.underway = Some((admitted, now.quote.tick + delay));
        }
        Ok(())
    }

    /// Refuses what is not permitted, and says what is left.
    fn admit_all(&mut self, actions: Actions, now: Moment<'_>, log: &mut GameLog) -> Actions {
        let mut last = None;
        let mut admitted = [None; 2];
        for (action, place) in actions.iter().zip(&mut admitted) {
            let sort = Some(action.is_sidebet());
            let verdict = if std::mem::replace(&mut last, sort) == sort {
                Err(Rejection::OnePerTick)
            } else {
                self.admit(action, now)
            };
            match verdict {
                Ok(()) => *place = Some(action),
                Err(rejection) => self.reject(action, rejection, now, log),
            }
        }
        Actions::both(admitted[0], admitted[1])
    }

    /// Executes in order, each against the account as the one before leaves it.
    fn execute_all(
        &mut self,
        actions: Actions,
        now: Moment<'_>,
        log: &mut GameLog,
    ) -> Result<(), LedgerError> {
        actions.iter().try_for_each(|action| self.execute(action, now, log))
    }

    fn admit(&self, action: Action, now: Moment<'_>) -> Result<(), Rejection> {
        let Account { wallet, position, sidebet, .. } = &self.account;
        now.setup.rules.admit(action, now.quote, (wallet, position, sidebet))
    }

    fn reject(&mut self, action: Action, rejection: Rejection, now: Moment<'_>, log: &mut GameLog) {
        self.account.tally.refuse(&rejection);
        if log.keeps_refusals {
            let tick = now.quote.tick;
            log.rejections.push((self.bot, Rejected { tick, action, rejection, said: None }));
        }
    }

    fn execute(
        &mut self,
        action: Action,
        now: Moment<'_>,
        log: &mut GameLog,
    ) -> Result<(), LedgerError> {
        if let Err(rejection) = self.admit(action, now) {
            self.reject(action, rejection, now, log);
            return Ok(());
        }
        let fill = now.setup.rules.execute(action, now.quote, self.account.position)?;
        let bot = self.bot;
        let post = &mut |line| log.postings.push((bot, line));
        self.account.apply(fill, action.exit(), now.market(), post)
    }

    fn settle(&mut self, now: Moment<'_>, log: &mut GameLog) -> Result<(), LedgerError> {
        let bot = self.bot;
        self.account.settle(now.market(), &mut |line| log.postings.push((bot, line)))
    }
}
