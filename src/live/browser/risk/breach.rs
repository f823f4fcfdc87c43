//! What a risk gate objects to, in one sentence each, with the figures.

use thiserror::Error;

use crate::model::sol::{AmountError, Sol};

/// Why an order must not be clicked.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Breach {
    /// The stake is nothing, or less than that.
    #[error("a stake of {0} SOL is none")]
    NoStake(Sol),
    /// The stake is larger than permitted. Refused.
    #[error("a stake of {stake} SOL is above the largest permitted one, {limit} SOL")]
    Stake {
        /// What was to be put up.
        stake: Sol,
        /// The largest stake permitted.
        limit: Sol,
    },
    /// Too many orders within a minute. Refused.
    #[error("{limit} orders were sent within the last minute, and no more are permitted")]
    Rate {
        /// The most orders permitted per minute.
        limit: u32,
    },
    /// If everything that is at risk were lost, the loss would be above the limit. Refused.
    #[error(
        "with a stake of {stake} SOL the loss could become {worst} SOL, above the limit of {limit} SOL"
    )]
    AtRisk {
        /// What was to be put up.
        stake: Sol,
        /// The loss if it, the position and everything on its way were lost.
        worst: Sol,
        /// The largest loss permitted.
        limit: Sol,
    },
    /// The loss has reached its limit. Disarms.
    #[error("{loss} SOL are lost, and the limit is {limit} SOL")]
    Loss {
        /// The loss of the session so far.
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
    /// The orders of a session have reached their limit. Disarms.
    #[error("{orders} orders were sent in this session, and the limit is {limit}")]
    Orders {
        /// The number of orders sent.
        orders: u32,
        /// The number at which the session is disarmed.
        limit: u32,
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
            Self::NoStake(_) | Self::Stake { .. } | Self::Rate { .. } | Self::AtRisk { .. } => {
                false
            }
            Self::Loss { .. }
            | Self::Streak { .. }
            | Self::Orders { .. }
            | Self::Figures(_)
            | Self::Disarmed(_) => true,
        }
    }
}
