//! What a bot has at one table: its money, its position, its sidebet, and what it did.
//! [`account`](super::account) changes them.

use bevy_ecs::component::Component;
use rust_decimal::Decimal;

use super::quantity::Quantity;
use super::quote::Tick;
use super::sol::Sol;

/// A bot's money. Written by the ledger only.
#[derive(Component, Debug, Clone, Default)]
pub struct Wallet {
    /// What the wallet started its life with, in SOL.
    pub bankroll: Sol,
    /// What can be spent now, in SOL.
    pub cash: Sol,
    /// The highest equity so far, in SOL, marked at every tick's price.
    pub peak: Sol,
    /// The deepest fall of the equity below an earlier peak, in SOL.
    pub max_drawdown: Sol,
    /// Sum of all postings, kept apart from `cash` to assert the ledger law by.
    pub(super) posted: Sol,
    /// The tick up to which equity has been marked.
    pub(super) marked: Tick,
}

/// A bot's open position. Written by the ledger only.
#[derive(Component, Debug, Clone, Default)]
pub struct Position {
    /// What is held, in billionths of the token.
    pub quantity: Quantity,
    /// Average cost per unit: `sum(quantity x price) / sum(quantity)`; zero when flat.
    pub average_cost: Decimal,
    /// What was paid for what is held, in SOL.
    pub cost: Sol,
    /// The tick of the first buy.
    pub entry_tick: Tick,
    /// Counts the changes, so that a strategy recomputes its levels once per fill only.
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

/// A bot's sidebet: at most one is open (docs/spec/game.md#sidebets). Written by the ledger only.
#[derive(Component, Debug, Clone, Default)]
pub struct Sidebet {
    /// The open one.
    pub open: Option<OpenSidebet>,
    /// The tick at which the last one of this game was settled.
    pub settled_at: Option<Tick>,
    /// Sidebets won since the wallet started its life.
    pub won: u32,
    /// Sidebets lost since the wallet started its life.
    pub lost: u32,
}

impl Sidebet {
    /// True while one is open.
    #[must_use]
    #[inline]
    pub const fn is_open(&self) -> bool {
        self.open.is_some()
    }
}

/// An open sidebet: the wager that the rug comes from `start` to `end`, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenSidebet {
    /// What was wagered, in SOL.
    pub stake: Sol,
    /// The tick at which it was placed.
    pub start: Tick,
    /// The last tick whose rug wins.
    pub end: Tick,
}

/// What a bot did in the present game. Written by the ledger only.
#[derive(Component, Debug, Clone, Default)]
pub struct Tally {
    /// Buys filled.
    pub buys: u32,
    /// Sales filled, liquidations not counted.
    pub sells: u32,
    /// Sales that paid more than the average cost of what they sold.
    pub sells_won: u32,
    /// Positions that the rug liquidated.
    pub liquidations: u32,
    /// Sidebets won.
    pub sidebets_won: u32,
    /// Sidebets lost.
    pub sidebets_lost: u32,
    /// Orders refused.
    pub refused: u32,
    /// SOL put into buys.
    pub bought: Sol,
    /// SOL put into sidebets.
    pub wagered: Sol,
    /// SOL that won sidebets paid, their stakes included.
    pub sidebets_paid: Sol,
    /// Ticks through which something was held.
    pub ticks_held: u32,
    /// SOL that the law of the game makes of this exposure on average (a statistic).
    pub expected: f64,
    /// Cash when the game began.
    pub opened_with: Sol,
}
