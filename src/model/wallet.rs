//! What a bot has at one table: its money, position, sidebet and counts.
//! [`account`](super::account) changes them.

use bevy_ecs::component::Component;
use rust_decimal::Decimal;

use super::quantity::Quantity;
use super::quote::Tick;
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
    /// Sum of all postings in SOL, kept apart from `cash` to assert the ledger law.
    pub(super) posted: Sol,
    /// The tick up to which equity has been marked.
    pub(super) marked: Tick,
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
    /// Sidebets won since the wallet started its life.
    pub won: u32,
    /// Sidebets lost since the wallet started its life.
    pub lost: u32,
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
    /// Cash when the game began, in SOL.
    pub opened_with: Sol,
}
