//! Orders: what bots submit, what became of it, and the reasons to reject an order.

use std::fmt;

use thiserror::Error;

use super::quantity::Quantity;
use super::quote::{Phase, Tick};
use super::sol::Sol;

/// What a bot does at a tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Put a stake into the position at the price of execution.
    Buy {
        /// What is paid, in SOL.
        stake: Sol,
    },
    /// Sell a portion of the position.
    Sell {
        /// How much of it.
        portion: Portion,
    },
    /// Wager that the rug comes within the window.
    Sidebet {
        /// What is wagered, in SOL.
        stake: Sol,
    },
}

impl Action {
    /// Sell everything held.
    pub const SELL_ALL: Self = Self::Sell { portion: Portion::ALL };
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Buy { stake } => write!(f, "buy {stake}"),
            Self::Sell { portion } => write!(f, "sell {portion}"),
            Self::Sidebet { stake } => write!(f, "sidebet {stake}"),
        }
    }
}

/// A portion of a position in basis points: above none, at most all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Portion(u16);

impl Portion {
    /// All of it.
    pub const ALL: Self = Self(10_000);

    /// The portions that the site's buttons offer (docs/spec/game.md#selling).
    pub const BUTTONS: [Self; 4] = [Self(1_000), Self(2_500), Self(5_000), Self::ALL];

    /// A portion from basis points, 1 to 10,000; `None` outside.
    #[must_use]
    pub const fn from_basis_points(points: u16) -> Option<Self> {
        if points >= 1 && points <= 10_000 { Some(Self(points)) } else { None }
    }

    /// A portion from percent, 1 to 100; `None` outside.
    #[must_use]
    pub const fn percent(percent: u16) -> Option<Self> {
        match percent.checked_mul(100) {
            Some(points) => Self::from_basis_points(points),
            None => None,
        }
    }

    /// The portion in basis points.
    #[must_use]
    pub const fn basis_points(self) -> u16 {
        self.0
    }
}

impl fmt::Display for Portion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0 / 100, self.0 % 100);
        if rest == 0 { write!(f, "{whole}%") } else { write!(f, "{whole}.{rest:02}%") }
    }
}

/// Why an order was refused. Nothing is debited for a refused order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Rejection {
    /// The phase does not permit it.
    #[error("not allowed in the {0} phase")]
    Phase(Phase),
    /// The game was rugged, or ended, before the order could be executed.
    #[error("the game was over before it could be executed")]
    TooLate,
    /// The stake is under the rules' minimum.
    #[error("below minimum of {0} SOL")]
    BelowMinimum(Sol),
    /// The stake is over the rules' maximum.
    #[error("exceeds maximum of {0} SOL")]
    AboveMaximum(Sol),
    /// The wallet holds less than the stake.
    #[error("insufficient balance: {0} SOL")]
    InsufficientBalance(Sol),
    /// There is nothing to sell, or the portion is less than a billionth.
    #[error("no position to sell")]
    NothingToSell,
    /// The rules offer other portions only.
    #[error("a portion of {0} is not offered: 10, 25, 50 or 100 %")]
    PortionNotOffered(Portion),
    /// A sidebet is already open; one at a time (docs/spec/game.md#sidebets).
    #[error("a sidebet is already active")]
    SidebetOpen,
    /// The last sidebet was settled too recently.
    #[error("sidebet cooldown: {0} ticks remaining")]
    SidebetCooldown(Tick),
    /// An order of the same bot is still on its way.
    #[error("another order is in flight")]
    InFlight,
    /// The game was closed at this tick: it was not heard in time, or could not be relied on.
    #[error("the game is closed: its feed is late or cannot be relied on")]
    Closed,
    /// The site did not do it, or nobody pressed the button.
    #[error("it was not carried out")]
    NotDone,
    /// The button was pressed, and nobody knows what came of it; the site's account will say.
    #[error("nobody knows whether it was carried out")]
    Unconfirmed,
}

impl Rejection {
    /// A word for tables and files, stable across versions.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Phase(_) => "phase",
            Self::TooLate => "too_late",
            Self::BelowMinimum(_) => "below_minimum",
            Self::AboveMaximum(_) => "above_maximum",
            Self::InsufficientBalance(_) => "insufficient_balance",
            Self::NothingToSell => "nothing_to_sell",
            Self::PortionNotOffered(_) => "portion_not_offered",
            Self::SidebetOpen => "sidebet_open",
            Self::SidebetCooldown(_) => "sidebet_cooldown",
            Self::InFlight => "in_flight",
            Self::Closed => "closed",
            Self::NotDone => "not_done",
            Self::Unconfirmed => "unconfirmed",
        }
    }
}

/// What became of an order at the venue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fill {
    /// Bought: the stake became a quantity.
    Bought {
        /// What was paid.
        stake: Sol,
        /// What was received.
        quantity: Quantity,
    },
    /// Sold: a quantity became SOL.
    Sold {
        /// What was given.
        quantity: Quantity,
        /// What was received.
        proceeds: Sol,
    },
    /// A sidebet was placed.
    Placed {
        /// What was wagered.
        stake: Sol,
    },
}
