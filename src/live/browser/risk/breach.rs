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
        /// The limit.
        limit: Sol,
    },
    /// Too many orders within a minute. Refused.
    #[error("{limit} orders were sent within the last minute, and no more are permitted")]
    Rate {
        /// The limit.
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
        /// The limit.
        limit: Sol,
    },
    /// So much is lost as may be. Disarms.
    #[error("{loss} SOL are lost, and the limit is {limit} SOL")]
    Loss {
        /// What is lost.
        loss: Sol,
        /// The limit.
        limit: Sol,
    },
    /// So many games in a row were lost as may be. Disarms.
    #[error("{games} games in a row were lost, and the limit is {limit}")]
    Streak {
        /// How many were.
        games: u32,
        /// The limit.
        limit: u32,
    },
    /// So many orders were sent as may be in a session. Disarms.
    #[error("{orders} orders were sent in this session, and the limit is {limit}")]
    Orders {
        /// How many were.
        orders: u32,
        /// The limit.
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
    /// True for one behind which nothing more is permitted, until a person begins anew; false for
    /// one that concerns this order only.
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
