//! A bot on its own: strategy and account without a world, the stages of a tick in order as one
//! function.
//!
//! What happens at a tick is written once, in [`crate::model`] and in the strategies. The schedule
//! drives it for any system and any pace; this drives it for bots that do not interact. Both give
//! the same postings, always.

use super::{LifeStart, Strategy, View};
use crate::engine::venue;
use crate::model::account::{Account, LedgerError, Market, Position, Sidebet, Tally, Wallet};
use crate::model::game::{Game, Path};
use crate::model::order::{Action, Rejection};
use crate::model::posting::{Posting, Rejected};
use crate::model::price::Price;
use crate::model::quote::{Phase, Quote, Tick};
use crate::model::rules::Latency;
use crate::model::setup::Setup;
use crate::model::streams::Streams;

/// What bots did in a game, each line with its bot. Bot by bot, or tick by tick: as it was played.
#[derive(Debug, Default)]
pub struct GameLog {
    /// What was booked.
    pub postings: Vec<(u32, Posting)>,
    /// What was refused; counted only where `keeps_refusals` is false.
    pub refusals: Vec<(u32, Rejected)>,
    /// Whether rejections are kept.
    pub keeps_refusals: bool,
}

/// A bot that plays whole games on its own.
pub trait Soloist: Send {
    /// Plays a game that was told to its end: every tick shows the bot what a table would show it.
    ///
    /// # Errors
    /// When the ledger law would break.
    fn play(&mut self, game: &Game, house: &Setup, log: &mut GameLog) -> Result<(), LedgerError>;

    /// Its money.
    fn wallet(&self) -> &Wallet;

    /// What it did in the last game.
    fn tally(&self) -> &Tally;
}

/// A bot of a strategy on its own.
#[derive(Debug, Clone)]
pub struct Solo<S: Strategy> {
    bot: u32,
    params: S::Params,
    strategy: S,
    streams: Streams,
    /// A latency of its own, in place of the rules'.
    latency: Option<Latency>,
    wallet: Wallet,
    holding: Position,
    sidebet: Sidebet,
    tally: Tally,
    /// The order on its way, and the tick at which it arrives.
    underway: Option<(Action, Tick)>,
}

/// What one tick of one game shows.
#[derive(Clone, Copy)]
struct Moment<'a> {
    quote: Quote,
    /// The game's prices, at least up to now.
    path: &'a Path,
    /// The game's place in the run.
    game: u64,
    house: &'a Setup,
}

impl<'a> Moment<'a> {
    const fn market(&self) -> Market<'a> {
        Market { quote: self.quote, path: self.path, rules: &self.house.rules }
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

impl<S: Strategy> Solo<S> {
    /// The bot at a place in the scenario, before its first game.
    #[must_use]
    pub fn new(bot: u32, params: S::Params, streams: Streams, latency: Option<Latency>) -> Self {
        Self {
            bot,
            strategy: S::new(&params, LifeStart { streams: &streams, game: 0 }),
            params,
            streams,
            latency,
            wallet: Wallet::default(),
            holding: Position::default(),
            sidebet: Sidebet::default(),
            tally: Tally::default(),
            underway: None,
        }
    }

    /// Its position.
    #[must_use]
    pub const fn position(&self) -> &Position {
        &self.holding
    }

    /// Plays one tick of a game in play.
    ///
    /// # Errors
    /// When the ledger law would break.
    #[inline]
    pub fn tick(
        &mut self,
        game: &Game,
        house: &Setup,
        log: &mut GameLog,
    ) -> Result<(), LedgerError> {
        let now = Moment { quote: game.quote(), path: &game.path, game: game.index, house };
        match now.quote.phase {
            Phase::Cooldown => Ok(()),
            Phase::Presale => self.presale(now, log),
            Phase::Active => self.active(now, log),
            Phase::Rugged => self.rugged(now, log),
        }
    }

    fn presale(&mut self, now: Moment<'_>, log: &mut GameLog) -> Result<(), LedgerError> {
        self.account().open_game(now.house.fresh_cash(now.game));
        if now.house.opens_life(now.game) {
            let birth = LifeStart { streams: &self.streams, game: now.game };
            self.strategy = S::new(&self.params, birth);
        }
        if let Some((action, _)) = self.underway.take() {
            // Sent in a game that ended without a rug.
            self.refuse(action, Rejection::TooLate, now, log);
            return Ok(());
        }
        self.decide(now, log)
    }

    #[inline]
    fn active(&mut self, now: Moment<'_>, log: &mut GameLog) -> Result<(), LedgerError> {
        if self.sidebet.open.is_some_and(|bet| bet.end <= now.quote.tick) {
            self.settle(now, log)?;
        }
        match self.underway {
            None => self.decide(now, log),
            Some((action, due)) if due <= now.quote.tick => {
                self.underway = None;
                self.execute(action, now, log)
            }
            Some(_) => Ok(()),
        }
    }

    fn rugged(&mut self, now: Moment<'_>, log: &mut GameLog) -> Result<(), LedgerError> {
        self.settle(now, log)?;
        if let Some((action, _)) = self.underway.take() {
            self.refuse(action, Rejection::TooLate, now, log);
        }
        Ok(())
    }

    #[inline]
    fn decide(&mut self, now: Moment<'_>, log: &mut GameLog) -> Result<(), LedgerError> {
        if now.quote.closed {
            return Ok(());
        }
        let view = View {
            quote: now.quote,
            prices: now.prices(),
            rules: &now.house.rules,
            wallet: &self.wallet,
            position: &self.holding,
            sidebet: &self.sidebet,
        };
        match self.strategy.decide(&view) {
            None => Ok(()),
            Some(action) => self.send(action, now, log),
        }
    }

    fn send(
        &mut self,
        action: Action,
        now: Moment<'_>,
        log: &mut GameLog,
    ) -> Result<(), LedgerError> {
        let latency = self.latency.as_ref().unwrap_or(&now.house.rules.latency);
        let delay = venue::delay(latency, now.quote, now.game, &self.streams);
        if delay == 0 {
            return self.execute(action, now, log);
        }
        match self.admit(action, now) {
            Ok(()) => self.underway = Some((action, now.quote.tick + delay)),
            Err(refusal) => self.refuse(action, refusal, now, log),
        }
        Ok(())
    }

    fn admit(&self, action: Action, now: Moment<'_>) -> Result<(), Rejection> {
        let account = (&self.wallet, &self.holding, &self.sidebet);
        now.house.rules.admit(action, now.quote, account)
    }

    fn refuse(&mut self, action: Action, refusal: Rejection, now: Moment<'_>, log: &mut GameLog) {
        self.tally.refused += 1;
        if log.keeps_refusals {
            log.refusals
                .push((self.bot, Rejected { tick: now.quote.tick, action, rejection: refusal }));
        }
    }

    fn execute(
        &mut self,
        action: Action,
        now: Moment<'_>,
        log: &mut GameLog,
    ) -> Result<(), LedgerError> {
        if let Err(refusal) = self.admit(action, now) {
            self.refuse(action, refusal, now, log);
            return Ok(());
        }
        let fill = now.house.rules.execute(action, now.quote, &self.holding)?;
        let bot = self.bot;
        self.account().apply(fill, now.market(), &mut |line| log.postings.push((bot, line)))
    }

    fn settle(&mut self, now: Moment<'_>, log: &mut GameLog) -> Result<(), LedgerError> {
        let bot = self.bot;
        self.account().settle(now.market(), &mut |line| log.postings.push((bot, line)))
    }

    fn account(&mut self) -> Account<'_> {
        Account {
            wallet: &mut self.wallet,
            position: &mut self.holding,
            sidebet: &mut self.sidebet,
            tally: &mut self.tally,
        }
    }
}

impl<S: Strategy> Soloist for Solo<S> {
    fn play(&mut self, game: &Game, house: &Setup, log: &mut GameLog) -> Result<(), LedgerError> {
        let end = game.quote();
        let at = |quote| Moment { quote, path: &game.path, game: game.index, house };
        let closed = game.closed.has(0);
        self.presale(at(Quote { tick: 0, phase: Phase::Presale, price: Price::ONE, closed }), log)?;
        let rugged = end.phase == Phase::Rugged;
        // One past the last active tick; a tape that just ends has no rug.
        let active = if rugged { end.tick } else { end.tick + 1 };
        for tick in 0..active {
            let price = game.path.price(tick);
            let closed = game.closed.has(tick + 1);
            self.active(at(Quote { tick, phase: Phase::Active, price, closed }), log)?;
        }
        if rugged { self.rugged(at(end), log) } else { Ok(()) }
    }

    fn wallet(&self) -> &Wallet {
        &self.wallet
    }

    fn tally(&self) -> &Tally {
        &self.tally
    }
}
