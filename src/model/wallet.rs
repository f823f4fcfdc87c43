//! What a bot has at one table: its money, position, sidebet and counts.
//! [`account`](super::account) changes them.

use bevy_ecs::component::Component;
use rust_decimal::Decimal;

use super::order::{Fill, Rejection};
use super::posting::{Posting, PostingKind};
use super::price::Price;
use super::quantity::Quantity;
use super::quote::Tick;
use super::refusals::Refusals;
use super::sol::Sol;

/// A bot's money. Only the ledger writes it.
#[derive(Component, Debug, Clone, Default)]
pub struct Wallet {
    /// What the wallet started its life with, in SOL.
    pub bankroll: Sol,
    /// Cash to spend now, in SOL.
    pub cash: Sol,
    /// The highest equity so far, in SOL, marked at every tick's price.
    pub peak: Sol,
    /// The deepest fall of the equity below an earlier peak, in SOL.
    pub max_drawdown: Sol,
    /// The lowest equity of this life so far, in SOL, marked at every tick's price.
    pub low: Sol,
    /// Sum of all postings in SOL, kept apart from `cash` to assert the ledger law.
    pub(super) posted: Sol,
    /// The tick up to which equity has been marked.
    pub(super) marked: Tick,
}

impl Wallet {
    /// A copy as it will be once a fill is booked: what an order of the same tick behind it finds.
    /// An amount beyond the range of money is left to the booking, which stops the run.
    #[must_use]
    pub fn after(&self, fill: &Fill) -> Self {
        Self { cash: self.cash.plus(fill.delta()).unwrap_or(self.cash), ..self.clone() }
    }
}

/// A bot's open position. Only the ledger writes it.
#[derive(Component, Debug, Clone, Default)]
pub struct Position {
    /// The quantity held, in billionths of the token.
    pub quantity: Quantity,
    /// Average cost per unit: `sum(quantity x price) / sum(quantity)`; zero when flat.
    pub average_cost: Decimal,
    /// What the open position cost, in SOL.
    pub cost: Sol,
    /// The tick of the first buy.
    pub entry_tick: Tick,
    /// Counts the changes, so that a strategy recomputes its levels only once per fill.
    pub revision: u32,
}

impl Position {
    /// True when nothing is held.
    #[must_use]
    #[inline]
    pub const fn is_flat(&self) -> bool {
        self.quantity.is_zero()
    }
}

/// A bot's sidebet: at most one is open (docs/spec/game.md#sidebets). Only the ledger writes it.
#[derive(Component, Debug, Clone, Default)]
pub struct Sidebet {
    /// The open sidebet; `None` when there is none.
    pub open: Option<OpenSidebet>,
    /// The tick at which the last sidebet of this game was settled.
    pub settled_at: Option<Tick>,
}

impl Sidebet {
    /// True while a sidebet is open.
    #[must_use]
    #[inline]
    pub const fn is_open(&self) -> bool {
        self.open.is_some()
    }
}

/// An open sidebet: the wager that the rug comes from `start` to `end`, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenSidebet {
    /// The amount wagered, in SOL.
    pub stake: Sol,
    /// The tick at which it was placed.
    pub start: Tick,
    /// The last tick at which a rug wins.
    pub end: Tick,
}

/// What a bot did in the current game. Only the ledger writes it.
#[derive(Component, Debug, Clone, Default)]
pub struct Tally {
    /// Number of buys filled.
    pub buys: u32,
    /// Sales filled, liquidations excluded.
    pub sells: u32,
    /// Sales that paid more than the average cost of what they sold.
    pub sells_won: u32,
    /// Positions that the rug liquidated.
    pub liquidations: u32,
    /// Number of sidebets won.
    pub sidebets_won: u32,
    /// Number of sidebets lost.
    pub sidebets_lost: u32,
    /// Number of orders rejected.
    pub refused: u32,
    /// The same by kind.
    pub refusals: Refusals,
    /// SOL paid for buys.
    pub bought: Sol,
    /// SOL staked on sidebets.
    pub wagered: Sol,
    /// SOL that won sidebets paid, stakes included.
    pub sidebets_paid: Sol,
    /// Ticks through which a position was held.
    pub ticks_held: u32,
    /// Expected P&L in SOL of this exposure by the law of the game (a statistic).
    pub expected: f64,
    /// Variance, in SOL squared, of the P&L of this exposure by the law of the game (a statistic).
    pub variance: f64,
    /// Cash when the game began, in SOL.
    pub opened_with: Sol,
}

impl Tally {
    /// Counts a rejected order.
    pub(crate) const fn refuse(&mut self, rejection: &Rejection) {
        self.refused += 1;
        self.refusals.add(rejection.kind());
    }

    /// What is counted, without amounts.
    #[must_use]
    #[inline]
    pub fn counts(&self) -> Counts {
        Counts {
            buys: self.buys.into(),
            sells: self.sells.into(),
            sells_won: self.sells_won.into(),
            liquidations: self.liquidations.into(),
            sidebets_won: self.sidebets_won.into(),
            sidebets_lost: self.sidebets_lost.into(),
            refused: self.refused.into(),
        }
    }
}

/// How often a bot did what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Number of buys filled.
    pub buys: u64,
    /// Sales filled, liquidations not counted.
    pub sells: u64,
    /// Sales that paid more than the average cost of what they sold.
    pub sells_won: u64,
    /// Positions that the rug liquidated.
    pub liquidations: u64,
    /// Number of sidebets won.
    pub sidebets_won: u64,
    /// Number of sidebets lost.
    pub sidebets_lost: u64,
    /// Number of orders rejected.
    pub refused: u64,
}

impl Counts {
    /// The sums of both, count by count.
    #[must_use]
    #[inline]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            buys: self.buys + other.buys,
            sells: self.sells + other.sells,
            sells_won: self.sells_won + other.sells_won,
            liquidations: self.liquidations + other.liquidations,
            sidebets_won: self.sidebets_won + other.sidebets_won,
            sidebets_lost: self.sidebets_lost + other.sidebets_lost,
            refused: self.refused + other.refused,
        }
    }
}

/// What a bot did in this life, as far as no [`Tally`] of the present game says it. Written by the
/// ledger only.
#[derive(Component, Debug, Clone, Default)]
pub struct LifeTally {
    /// What it did in the games of this life before the present one.
    pub earlier: Counts,
    /// Its last fill in this life.
    pub last_fill: Option<LastFill>,
}

/// The last fill of a bot: a buy, a sale, a sidebet placed, or the liquidation of its position.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LastFill {
    /// Games since: 0 is the present one.
    pub games_ago: u32,
    /// The tick of its game.
    pub tick: Tick,
    /// What was filled: a buy, a sale, a liquidation or the stake of a sidebet.
    pub kind: PostingKind,
    /// The market's price at that tick.
    pub price: Price,
    /// The quantity that changed hands; zero for a sidebet.
    pub quantity: Quantity,
    /// What the wallet gained (or, below zero, paid), in SOL.
    pub delta: Sol,
    /// What a sale or liquidation paid above the cost of what it sold (below zero: a loss), in SOL;
    /// zero for a buy and a sidebet.
    pub gained: Sol,
}

impl LastFill {
    /// What was just posted of a fill, and gained by it.
    pub(super) const fn new(posting: &Posting, gained: Sol) -> Self {
        let Posting { tick, kind, price, quantity, delta, .. } = *posting;
        Self { games_ago: 0, tick, kind, price, quantity, delta, gained }
    }
}
