//! A bot's account at one table, and the only functions that change it.
//!
//! The ledger law, asserted in release builds too: bankroll + sum of postings = cash, no wallet
//! below zero, and no game ends with an open position or sidebet.

use thiserror::Error;

use super::exit::{Exit, Sale};
use super::expectation;
use super::game::Path;
use super::order::Fill;
use super::posting::{Posting, PostingKind};
use super::quantity::Quantity;
use super::quote::{Phase, Quote};
use super::rounding;
use super::rules::Rules;
use super::sol::{AmountError, Sol};
pub use super::wallet::{
    Counts, LastFill, LifeTally, OpenSidebet, Position, Sidebet, Tally, Wallet,
};

/// A broken ledger. The message holds the state that broke it. A bug, never the user's fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum LedgerError {
    /// An amount left the range of money.
    #[error(transparent)]
    Amount(#[from] AmountError),
    /// The average cost left the range of decimals.
    #[error("the average cost left the range of decimals")]
    AverageCost,
    /// A wallet would fall below zero.
    #[error("the wallet would fall to {0} SOL")]
    Overdrawn(Sol),
    /// Cash is not bankroll plus postings.
    #[error("cash {cash} SOL is not bankroll {bankroll} plus postings {posted}")]
    Unbalanced {
        /// Cash as the wallet keeps it, in SOL.
        cash: Sol,
        /// What the wallet started its life with, in SOL.
        bankroll: Sol,
        /// The sum of the postings, in SOL.
        posted: Sol,
    },
    /// A game ended with an open position or sidebet.
    #[error("the game ended with an open position or sidebet")]
    LeftOpen,
}

/// The market's side of an account: what the ledger reads to book something.
#[derive(Debug, Clone, Copy)]
pub struct Market<'a> {
    /// What the market shows now.
    pub quote: Quote,
    /// The game's price so far.
    pub path: &'a Path,
    /// The rules of the table.
    pub rules: &'a Rules,
}

/// The five parts of a bot's account, borrowed to be changed together.
#[derive(Debug)]
pub struct Account<'a> {
    /// Cash, bankroll and drawdown, all in SOL.
    pub wallet: &'a mut Wallet,
    /// The open position; flat when nothing is held.
    pub position: &'a mut Position,
    /// The open sidebet, and how many were won and lost.
    pub sidebet: &'a mut Sidebet,
    /// Counts and sums of the current game.
    pub tally: &'a mut Tally,
    /// What it did in this life before.
    pub life: &'a mut LifeTally,
}

/// The five parts of an account that no world keeps as components.
#[derive(Debug, Clone, Default)]
pub struct OwnedAccount {
    /// Cash, bankroll and drawdown, all in SOL.
    pub wallet: Wallet,
    /// The open position; flat when nothing is held.
    pub position: Position,
    /// The open sidebet, and how many were won and lost.
    pub sidebet: Sidebet,
    /// Counts and sums of the current game.
    pub tally: Tally,
    /// What it did in this life before.
    pub life: LifeTally,
}

impl OwnedAccount {
    /// The parts, borrowed to be changed together.
    #[inline]
    pub const fn parts(&mut self) -> Account<'_> {
        let Self { wallet, position, sidebet, tally, life } = self;
        Account { wallet, position, sidebet, tally, life }
    }
}

impl Account<'_> {
    /// Opens a game with a flat position, no sidebet and an empty tally. `Some(bankroll)` begins a
    /// life with a fresh wallet; `None` keeps the current one.
    pub fn open_game(&mut self, bankroll: Option<Sol>) {
        if let Some(cash) = bankroll {
            *self.wallet =
                Wallet { bankroll: cash, cash, peak: cash, low: cash, ..Wallet::default() };
            *self.life = LifeTally::default();
        } else {
            self.life.earlier = self.life.earlier.plus(self.tally.counts());
            if let Some(fill) = &mut self.life.last_fill {
                fill.games_ago = fill.games_ago.saturating_add(1);
            }
        }
        *self.sidebet = Sidebet::default();
        self.wallet.marked = 0;
        let revision = self.position.revision.wrapping_add(1);
        *self.position = Position { revision, ..Position::default() };
        *self.tally = Tally { opened_with: self.wallet.cash, ..Tally::default() };
    }

    /// Settles what a tick settles, before the bots decide. A sidebet that no rug has won by its
    /// end tick is lost *at* that tick. At the rug, an open sidebet is won, then the position is
    /// sold at the rug price (docs/spec/game.md#liquidation, docs/spec/game.md#sidebets).
    ///
    /// # Errors
    /// When the ledger law would break.
    pub fn settle(
        &mut self,
        market: Market<'_>,
        post: &mut impl FnMut(Posting),
    ) -> Result<(), LedgerError> {
        let Quote { phase, price, .. } = market.quote;
        let rugged = phase == Phase::Rugged;
        self.settle_sidebet(market, post)?;
        if rugged && !self.position.is_flat() {
            let quantity = self.position.quantity;
            self.mark(market)?;
            let cost = self.reduce(quantity, quantity)?;
            self.tally.liquidations += 1;
            let proceeds = rounding::proceeds(quantity, price)?;
            let posting = self.post(market.quote, PostingKind::Liquidation, quantity, proceeds)?;
            self.life.last_fill = Some(LastFill::new(&posting, proceeds.minus(cost)?));
            post(Posting { sale: Some(Sale { exit: Exit::RUG, cost }), ..posting });
            self.mark_now()?;
        }
        if rugged { self.assert_closed() } else { Ok(()) }
    }

    /// Books a fill. A sale is booked with the `exit` of its order; other fills have none.
    ///
    /// # Errors
    /// When the ledger law would break.
    pub fn apply(
        &mut self,
        fill: Fill,
        exit: Exit,
        market: Market<'_>,
        post: &mut impl FnMut(Posting),
    ) -> Result<(), LedgerError> {
        let Quote { tick, .. } = market.quote;
        self.mark(market)?;
        let mut sale = None;
        let (kind, quantity, gained) = match fill {
            Fill::Bought { stake, quantity } => {
                self.add(stake, quantity, market.quote)?;
                self.tally.buys += 1;
                self.tally.bought = self.tally.bought.plus(stake)?;
                (PostingKind::Buy, quantity, Sol::ZERO)
            }
            Fill::Sold { quantity, proceeds } => {
                let cost = self.reduce(quantity, self.position.quantity)?;
                self.tally.sells += 1;
                self.tally.sells_won += u32::from(proceeds > cost);
                sale = Some(Sale { exit, cost });
                (PostingKind::Sell, quantity, proceeds.minus(cost)?)
            }
            Fill::Placed { stake } => {
                let end = tick + market.rules.sidebet_window;
                self.sidebet.open = Some(OpenSidebet { stake, start: tick, end });
                self.tally.wagered = self.tally.wagered.plus(stake)?;
                let Rules { sidebet_window, sidebet_payout, .. } = *market.rules;
                let edge = expectation::sidebet_edge(sidebet_window, sidebet_payout);
                self.tally.expected += stake.to_f64() * edge;
                let variance = expectation::sidebet_variance(sidebet_window, sidebet_payout);
                self.tally.variance += stake.to_f64().powi(2) * variance;
                (PostingKind::SidebetStake, Quantity::ZERO, Sol::ZERO)
            }
        };
        let posting = self.post(market.quote, kind, quantity, fill.delta())?;
        self.life.last_fill = Some(LastFill::new(&posting, gained));
        post(Posting { sale, ..posting });
        self.mark_now()
    }

    /// Books the difference between the site's account and ours.
    ///
    /// # Errors
    /// When the ledger law would break.
    pub fn correct(
        &mut self,
        delta: Sol,
        market: Market<'_>,
        post: &mut impl FnMut(Posting),
    ) -> Result<(), LedgerError> {
        self.mark(market)?;
        post(self.post(market.quote, PostingKind::Correction, Quantity::ZERO, delta)?);
        self.mark_now()
    }

    fn settle_sidebet(
        &mut self,
        market: Market<'_>,
        post: &mut impl FnMut(Posting),
    ) -> Result<(), LedgerError> {
        let Quote { tick, phase, .. } = market.quote;
        let Some(bet) = self.sidebet.open else { return Ok(()) };
        let won = phase == Phase::Rugged && tick <= bet.end;
        if !won && tick < bet.end {
            return Ok(());
        }
        self.mark(market)?;
        (self.sidebet.open, self.sidebet.settled_at) = (None, Some(tick));
        let (kind, payout) = if won {
            let payout = bet.stake.times(market.rules.sidebet_payout)?;
            self.tally.sidebets_won += 1;
            self.tally.sidebets_paid = self.tally.sidebets_paid.plus(payout)?;
            (PostingKind::SidebetWon, payout)
        } else {
            self.tally.sidebets_lost += 1;
            (PostingKind::SidebetLost, Sol::ZERO)
        };
        post(self.post(market.quote, kind, Quantity::ZERO, payout)?);
        self.mark_now()
    }

    fn add(&mut self, stake: Sol, quantity: Quantity, quote: Quote) -> Result<(), LedgerError> {
        let held = &mut *self.position;
        if held.is_flat() {
            held.entry_tick = quote.tick;
        }
        held.average_cost =
            rounding::average_cost(held.quantity, held.average_cost, quantity, quote.price)
                .ok_or(LedgerError::AverageCost)?;
        held.quantity = held.quantity.plus(quantity)?;
        held.cost = held.cost.plus(stake)?;
        held.revision = held.revision.wrapping_add(1);
        Ok(())
    }

    /// Takes a part out of the position and returns what that part had cost, in SOL.
    fn reduce(&mut self, part: Quantity, whole: Quantity) -> Result<Sol, LedgerError> {
        let held = &mut *self.position;
        let cost = rounding::cost_of_part(held.cost, part, whole)?;
        held.quantity = held.quantity.less(part);
        held.cost = held.cost.minus(cost)?;
        held.revision = held.revision.wrapping_add(1);
        if held.is_flat() {
            *held = Position { revision: held.revision, ..Position::default() };
        }
        Ok(cost)
    }

    fn post(
        &mut self,
        quote: Quote,
        kind: PostingKind,
        quantity: Quantity,
        delta: Sol,
    ) -> Result<Posting, LedgerError> {
        let wallet = &mut *self.wallet;
        let cash = wallet.cash.plus(delta)?;
        if cash < Sol::ZERO {
            return Err(LedgerError::Overdrawn(cash));
        }
        wallet.cash = cash;
        wallet.posted = wallet.posted.plus(delta)?;
        let Quote { tick, price, .. } = quote;
        Ok(Posting { tick, kind, price, quantity, delta, cash, sale: None })
    }

    /// Marks equity over the ticks since it was last marked, up to and including the current one.
    ///
    /// Lazy (docs/decisions/0007-lazy-marking-to-market.md): between two fills equity moves with
    /// the price alone, so its peak and its deepest fall are computed from the path on demand. The
    /// rug tick itself is left to what its settlements leave in cash.
    fn mark(&mut self, market: Market<'_>) -> Result<(), LedgerError> {
        let (wallet, held) = (&mut *self.wallet, &*self.position);
        let Quote { tick, phase, .. } = market.quote;
        // A fill that the site confirms later was executed at an earlier tick.
        let from = wallet.marked;
        wallet.marked = tick.max(from);
        if held.is_flat() || from >= tick {
            return Ok(());
        }
        self.tally.ticks_held += tick - from;
        let quantity = held.quantity.to_f64();
        self.tally.expected += quantity * market.path.drift(from, tick);
        self.tally.variance += quantity * quantity * market.path.variance(from, tick);
        if let Some(bet) = self.sidebet.open {
            let (from, to) = (from.max(bet.start), tick.min(bet.end));
            let payout = bet.stake.to_f64() * f64::from(market.rules.sidebet_payout);
            let shared = market.path.covariance_with_rug(from.min(to), to, bet.end);
            self.tally.variance += 2.0 * quantity * payout * shared;
        }
        let last = if phase == Phase::Rugged { tick - 1 } else { tick };
        Ok(wallet.mark(held.quantity, market.path, from..=last)?)
    }

    /// Marks equity after a booking. While a position is open, the next marking starts at this very
    /// tick with the present cash, so only a flat account needs it.
    fn mark_now(&mut self) -> Result<(), LedgerError> {
        if self.position.is_flat() {
            self.wallet.mark_at(self.wallet.cash)?;
        }
        Ok(())
    }

    fn assert_closed(&self) -> Result<(), LedgerError> {
        let Wallet { bankroll, cash, posted, .. } = *self.wallet;
        if bankroll.plus(posted)? != cash {
            return Err(LedgerError::Unbalanced { cash, bankroll, posted });
        }
        if self.position.is_flat() && !self.sidebet.is_open() {
            Ok(())
        } else {
            Err(LedgerError::LeftOpen)
        }
    }
}
