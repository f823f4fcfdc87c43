//! Orders: what bots submit, how the venue fills it, and the reasons to reject an order.

use std::fmt;

use thiserror::Error;

use super::exit::Exit;
use super::quantity::Quantity;
use super::quote::{Phase, Tick};
use super::refusals::RejectionKind;
use super::sol::Sol;

/// Limits of the real orders of a bot; none where one is unset. On paper none of them holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OrderLimits {
    /// The largest stake of one order, in SOL.
    pub max_stake: Option<Sol>,
    /// The most that may be lost in a session, in SOL.
    pub max_loss: Option<Sol>,
    /// The most orders within any minute.
    pub max_orders_per_minute: Option<u32>,
    /// The most consecutive losing games.
    pub max_losing_streak: Option<u32>,
    /// The most orders in a session.
    pub max_orders: Option<u32>,
    /// The longest time in which orders with a stake are sent, in minutes.
    pub max_minutes: Option<u32>,
}

/// What a bot does at a tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Buy at the price of execution.
    Buy {
        /// The amount to pay, in SOL.
        stake: Sol,
    },
    /// Sell a portion of the position.
    Sell {
        /// The portion to sell.
        portion: Portion,
        /// Why it is sold; changes nothing but what is told of the sale.
        exit: Exit,
    },
    /// Wager that the rug comes within the window.
    Sidebet {
        /// The amount to wager, in SOL.
        stake: Sol,
    },
}

impl Action {
    /// Sells the whole position, for no reason that is told.
    pub const SELL_ALL: Self = Self::sell(Portion::ALL);

    /// Sells the whole position, and says why.
    #[must_use]
    pub const fn sell_all(exit: Exit) -> Self {
        Self::Sell { portion: Portion::ALL, exit }
    }

    /// Sells a portion of the position, for no reason that is told.
    #[must_use]
    pub const fn sell(portion: Portion) -> Self {
        Self::Sell { portion, exit: Exit::OTHER }
    }

    /// Why it sells; [`Exit::OTHER`] for what is not a sale.
    #[must_use]
    pub const fn exit(&self) -> Exit {
        match self {
            Self::Sell { exit, .. } => *exit,
            Self::Buy { .. } | Self::Sidebet { .. } => Exit::OTHER,
        }
    }

    /// True for a sidebet; a buy and a sale are trades.
    #[must_use]
    #[inline]
    pub const fn is_sidebet(&self) -> bool {
        matches!(self, Self::Sidebet { .. })
    }
}

/// What a bot submits at a tick: nothing, one action, or a trade and a sidebet.
///
/// `None`, an [`Action`] and `Some` of one turn into it; [`Actions::both`] makes two. The trade is
/// executed first, then the sidebet. Of two trades, or two sidebets, the second is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Actions {
    first: Option<Action>,
    /// None where there is no first.
    second: Option<Action>,
}

impl Actions {
    /// Nothing: the bot waits.
    #[must_use]
    #[inline]
    pub const fn none() -> Self {
        Self { first: None, second: None }
    }

    /// A trade and a sidebet, or what there is of them.
    #[must_use]
    #[inline]
    pub fn both(trade: impl Into<Option<Action>>, sidebet: impl Into<Option<Action>>) -> Self {
        match (trade.into(), sidebet.into()) {
            (Some(one), Some(other)) if one.is_sidebet() && !other.is_sidebet() => {
                Self { first: Some(other), second: Some(one) }
            }
            (Some(one), other) => Self { first: Some(one), second: other },
            (None, other) => Self { first: other, second: None },
        }
    }

    /// True when the bot waits.
    #[must_use]
    #[inline]
    pub const fn is_none(&self) -> bool {
        self.first.is_none()
    }

    /// The actions in the order in which they are executed.
    #[inline]
    pub fn iter(&self) -> impl Iterator<Item = Action> + use<> {
        self.first.into_iter().chain(self.second)
    }

    /// The first, and what comes behind it.
    #[inline]
    pub(crate) const fn pair(self) -> (Option<Action>, Option<Action>) {
        (self.first, self.second)
    }
}

impl From<Action> for Actions {
    #[inline]
    fn from(action: Action) -> Self {
        Self { first: Some(action), second: None }
    }
}

impl From<Option<Action>> for Actions {
    #[inline]
    fn from(action: Option<Action>) -> Self {
        Self { first: action, second: None }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Buy { stake } => write!(f, "buy {stake}"),
            Self::Sell { portion, .. } => write!(f, "sell {portion}"),
            Self::Sidebet { stake } => write!(f, "sidebet {stake}"),
        }
    }
}

/// A portion of a position in basis points: from 1 to 10,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Portion(u16);

impl Portion {
    /// The whole position: 10,000 basis points.
    pub const ALL: Self = Self(10_000);

    /// The portions that the site's buttons offer (docs/spec/game.md#selling).
    pub const BUTTONS: [Self; 4] = [Self(1_000), Self(2_500), Self(5_000), Self::ALL];

    /// A portion in basis points, 1 to 10,000; `None` outside that range.
    #[must_use]
    pub const fn from_basis_points(points: u16) -> Option<Self> {
        if points >= 1 && points <= 10_000 { Some(Self(points)) } else { None }
    }

    /// A portion in percent, 1 to 100; `None` outside that range.
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

/// Why an order was rejected. A rejected order debits nothing.
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
    /// With it, the position or the wallet could leave the range of money at some price of a game.
    #[error("the position or the wallet would be too large")]
    TooLarge,
    /// There is nothing to sell, or the portion is less than a billionth.
    #[error("no position to sell")]
    NothingToSell,
    /// The rules do not offer this portion.
    #[error("a portion of {0} is not offered: 10, 25, 50 or 100 %")]
    PortionNotOffered(Portion),
    /// A sidebet is already open; only one may be (docs/spec/game.md#sidebets).
    #[error("a sidebet is already active")]
    SidebetOpen,
    /// The last sidebet was settled too recently. Holds the ticks that remain.
    #[error("sidebet cooldown: {0} ticks remaining")]
    SidebetCooldown(Tick),
    /// An order of the same bot is still on its way.
    #[error("another order is in flight")]
    InFlight,
    /// The bot submitted another trade, or another sidebet, at the same tick.
    #[error("only one trade and one sidebet a tick")]
    OnePerTick,
    /// The game was closed at this tick: it arrived too late, or the feed was unreliable.
    #[error("the game is closed: its feed is late or unreliable")]
    Closed,
    /// The site rejected it, or the button was not pressed.
    #[error("it was not carried out")]
    NotDone,
    /// The button was pressed and no confirmation came; the site's account will show the outcome.
    #[error("unconfirmed: it may or may not have been carried out")]
    Unconfirmed,
}

impl Rejection {
    /// Its kind: what it is counted by.
    #[must_use]
    pub const fn kind(&self) -> RejectionKind {
        match self {
            Self::Phase(_) => RejectionKind::Phase,
            Self::TooLate => RejectionKind::TooLate,
            Self::BelowMinimum(_) => RejectionKind::BelowMinimum,
            Self::AboveMaximum(_) => RejectionKind::AboveMaximum,
            Self::InsufficientBalance(_) => RejectionKind::InsufficientBalance,
            Self::TooLarge => RejectionKind::TooLarge,
            Self::NothingToSell => RejectionKind::NothingToSell,
            Self::PortionNotOffered(_) => RejectionKind::PortionNotOffered,
            Self::SidebetOpen => RejectionKind::SidebetOpen,
            Self::SidebetCooldown(_) => RejectionKind::SidebetCooldown,
            Self::InFlight => RejectionKind::InFlight,
            Self::OnePerTick => RejectionKind::OnePerTick,
            Self::Closed => RejectionKind::Closed,
            Self::NotDone => RejectionKind::NotDone,
            Self::Unconfirmed => RejectionKind::Unconfirmed,
        }
    }

    /// A code for tables and files, stable across versions.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.kind().code()
    }
}

/// How the venue filled an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fill {
    /// Bought: the stake became a quantity.
    Bought {
        /// What was paid, in SOL.
        stake: Sol,
        /// The quantity bought, in billionths.
        quantity: Quantity,
    },
    /// Sold: a quantity became SOL.
    Sold {
        /// The quantity sold, in billionths.
        quantity: Quantity,
        /// What was received, in SOL.
        proceeds: Sol,
    },
    /// A sidebet was placed.
    Placed {
        /// What was wagered, in SOL.
        stake: Sol,
    },
}

impl Fill {
    /// What the wallet gains (or, below zero, pays), in SOL.
    #[must_use]
    pub fn delta(&self) -> Sol {
        match *self {
            Self::Bought { stake, .. } | Self::Placed { stake } => stake.negated(),
            Self::Sold { proceeds, .. } => proceeds,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_is_as_large_as_an_amount_and_its_kind() {
        assert_eq!(size_of::<Action>(), size_of::<Sol>() + 4);
        assert_eq!(size_of::<Actions>(), 2 * size_of::<Action>());
    }
}
