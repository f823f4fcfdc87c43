//! What a bot is known to order before it plays.

use std::ops::RangeInclusive;

use crate::model::order::Action;
use crate::model::quote::Tick;
use crate::model::sol::Sol;

/// The kinds of orders that a bot can submit: what a session must be able to execute before it is
/// armed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderKinds {
    /// It buys, and sells what it bought.
    pub trades: bool,
    /// It places sidebets, which need no exit.
    pub sidebets: bool,
}

impl OrderKinds {
    /// Trades as well as sidebets.
    pub const ALL: Self = Self { trades: true, sidebets: true };
    /// Buys and sales, and no sidebet.
    pub const TRADES: Self = Self { trades: true, sidebets: false };
    /// Sidebets, and no trade.
    pub const SIDEBETS: Self = Self { trades: false, sidebets: true };

    /// Whether an action is of one of these kinds.
    #[must_use]
    pub const fn permit(self, action: Action) -> bool {
        if action.is_sidebet() { self.sidebets } else { self.trades }
    }
}

/// A kind of order that a bot is known to submit, for `replayer check`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedOrder {
    /// The parameter that asks for it: `buy`, `sidebet`.
    pub parameter: &'static str,
    /// Its stake in SOL, where it is the same each time.
    pub stake: Option<Sol>,
    /// The ticks at which it may be submitted.
    pub ticks: RangeInclusive<Tick>,
}

impl PlannedOrder {
    /// An order of one stake, at any tick.
    #[must_use]
    pub const fn new(parameter: &'static str, stake: Sol) -> Self {
        Self { parameter, stake: Some(stake), ticks: 0..=Tick::MAX }
    }

    /// An order whose stake differs from time to time, at any tick.
    #[must_use]
    pub const fn of_any_stake(parameter: &'static str) -> Self {
        Self { parameter, stake: None, ticks: 0..=Tick::MAX }
    }

    /// The same order from a tick on.
    #[must_use]
    pub fn starting(self, tick: Tick) -> Self {
        Self { ticks: tick..=*self.ticks.end(), ..self }
    }

    /// The same order up to a tick, that one included.
    #[must_use]
    pub fn until(self, tick: Tick) -> Self {
        Self { ticks: *self.ticks.start()..=tick, ..self }
    }
}
