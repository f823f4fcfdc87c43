//! What a risk gate objects to, in one sentence each, with the figures.

use std::fmt;
use std::time::Duration;

use thiserror::Error;

use crate::model::sol::{AmountError, Sol};

/// What losses and orders are counted over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// The session that is going on.
    Session,
    /// A day of UTC, over all sessions of the account.
    Day,
    /// All sessions of the account.
    AllTime,
}

impl Span {
    /// The span behind a loss; nothing for the session, which is meant where none is named.
    fn of(self) -> String {
        match self {
            Self::Session => String::new(),
            Self::Day | Self::AllTime => format!(" {self}"),
        }
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Session => "in this session",
            Self::Day => "on this day (UTC)",
            Self::AllTime => "with this account",
        })
    }
}

/// Why an order must not be clicked.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Breach {
    /// The stake is nothing, or less than that.
    #[error("a stake of {0} SOL is none")]
    NoStake(Sol),
    /// The stake is larger than permitted, or than what was ordered. Refused.
    #[error("a stake of {stake} SOL is above the largest permitted one, {limit} SOL")]
    Stake {
        /// What was to be put up.
        stake: Sol,
        /// The largest stake permitted.
        limit: Sol,
    },
    /// The stake was not reserved. Refused.
    #[error("a stake of {0} SOL was not reserved")]
    NotReserved(Sol),
    /// Too many orders within a minute. Refused.
    #[error("{limit} orders were sent within the last minute, and no more are permitted")]
    Rate {
        /// The most orders permitted per minute.
        limit: u32,
    },
    /// If everything that is at risk were lost, the loss would be above the limit. Refused.
    #[error(
        "with a stake of {stake} SOL the loss could become {worst} SOL{}, above the limit of {limit} SOL",
        .span.of()
    )]
    AtRisk {
        /// Where the limit holds.
        span: Span,
        /// What was to be put up.
        stake: Sol,
        /// The loss if it, the position and everything on its way were lost.
        worst: Sol,
        /// The largest loss permitted.
        limit: Sol,
    },
    /// The loss has reached its limit. Disarms.
    #[error("{loss} SOL are lost{}, and the limit is {limit} SOL", .span.of())]
    Loss {
        /// Where the limit holds.
        span: Span,
        /// The loss of the span so far.
        loss: Sol,
        /// The largest loss permitted.
        limit: Sol,
    },
    /// Consecutive losing games have reached their limit. Disarms.
    #[error("{games} games in a row were lost, and the limit is {limit}")]
    Streak {
        /// The number of consecutive losing games.
        games: u32,
        /// The number at which the session is disarmed.
        limit: u32,
    },
    /// The orders of a span have reached their limit. Disarms.
    #[error("{orders} orders were sent {span}, and the limit is {limit}")]
    Orders {
        /// Where the limit holds.
        span: Span,
        /// The number of orders sent.
        orders: u32,
        /// The number at which the session is disarmed.
        limit: u32,
    },
    /// The session was armed for as long as it may be. Disarms.
    #[error("the session was armed for {} min, which is the limit", .limit.as_secs() / 60)]
    Time {
        /// The longest time permitted.
        limit: Duration,
    },
    /// The session was armed for as long as it may be, and something is open: it may still be sold.
    /// Refused.
    #[error(
        "the session was armed for {} min, which is the limit: only sales are permitted",
        .limit.as_secs() / 60
    )]
    TimeWithPosition {
        /// The longest time permitted.
        limit: Duration,
    },
    /// The figures cannot be reckoned with. Disarms.
    #[error("the figures of the account cannot be reckoned with: {0}")]
    Figures(#[from] AmountError),
    /// An earlier breach disarmed.
    #[error("disarmed: {0}")]
    Disarmed(Box<Self>),
}

impl Breach {
    /// True for one after which nothing more is permitted until a person starts a new session;
    /// false for one that concerns this order only.
    #[must_use]
    pub const fn disarms(&self) -> bool {
        match self {
            Self::NoStake(_)
            | Self::Stake { .. }
            | Self::NotReserved(_)
            | Self::Rate { .. }
            | Self::AtRisk { .. }
            | Self::TimeWithPosition { .. } => false,
            Self::Loss { .. }
            | Self::Streak { .. }
            | Self::Orders { .. }
            | Self::Time { .. }
            | Self::Figures(_)
            | Self::Disarmed(_) => true,
        }
    }
}
