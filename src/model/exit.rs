//! Exits: why a position, or a part of it, is sold, and the price at which it was meant to be.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::price::Price;
use super::sol::Sol;

/// Why a position, or a part of it, is sold.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ExitReason {
    /// The price reached the gain that the bot wanted.
    Target,
    /// The price fell to the loss that the bot accepts.
    Stop,
    /// The price fell too far below its highest since the buy.
    Trail,
    /// The position was held for long enough, or until a tick.
    Time,
    /// The bot gave no reason.
    #[default]
    Other,
    /// The rug liquidated the position; no bot orders this.
    Rug,
}

impl ExitReason {
    /// A code for tables and files, stable across versions.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Target => "target",
            Self::Stop => "stop",
            Self::Trail => "trail",
            Self::Time => "time",
            Self::Other => "other",
            Self::Rug => "rug",
        }
    }
}

impl fmt::Display for ExitReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

/// Why an order sells, and the price level that it waited for, if there was one.
///
/// ```
/// use replayer::prelude::*;
///
/// let level = Level::at(Decimal::new(8, 1));
/// let order = Action::sell_all(Exit::stop(level.price()));
/// assert_eq!(order.exit().reason(), ExitReason::Stop);
/// assert_eq!(order.exit().level(), level.price());
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Exit {
    /// The level as the bytes of a double; those of zero, never a price, where there is none. So an
    /// action, which every bot returns at every tick, is no larger than its largest amount.
    level: [u8; 8],
    reason: ExitReason,
}

impl Exit {
    /// A sale without a reason.
    pub const OTHER: Self = Self { level: [0; 8], reason: ExitReason::Other };
    /// The liquidation at the rug.
    pub(crate) const RUG: Self = Self { level: [0; 8], reason: ExitReason::Rug };
    /// A sale because of the time: at a tick, or after a number of ticks.
    pub const TIME: Self = Self { level: [0; 8], reason: ExitReason::Time };

    /// A sale at a gain, where the price reached a level.
    #[must_use]
    pub fn target(level: impl Into<Option<Price>>) -> Self {
        Self::at(ExitReason::Target, level.into())
    }

    /// A sale at a loss, where the price fell to a level.
    #[must_use]
    pub fn stop(level: impl Into<Option<Price>>) -> Self {
        Self::at(ExitReason::Stop, level.into())
    }

    /// A sale where the price fell to a level that follows its highest since the buy.
    #[must_use]
    pub fn trail(level: impl Into<Option<Price>>) -> Self {
        Self::at(ExitReason::Trail, level.into())
    }

    fn at(reason: ExitReason, level: Option<Price>) -> Self {
        Self { level: level.map_or(0.0, Price::get).to_ne_bytes(), reason }
    }

    /// Why the order sells.
    #[must_use]
    pub const fn reason(self) -> ExitReason {
        self.reason
    }

    /// The price that the order waited for; none for a sale without a level.
    #[must_use]
    pub fn level(self) -> Option<Price> {
        Price::new(f64::from_ne_bytes(self.level)).ok()
    }
}

/// What the ledger knows of a sale or a liquidation, beside its posting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sale {
    /// Why it was sold, and at which level it was meant to be.
    pub exit: Exit,
    /// What the quantity sold had cost, in SOL.
    pub cost: Sol,
}
