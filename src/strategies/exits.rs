//! Take profit and stop loss: the price levels of an open position, computed once per fill.

use rust_decimal::Decimal;

use crate::model::account::Position;
use crate::model::price::Level;

/// The two price levels of a position at given gains and losses, in percent of its average cost.
#[derive(Debug, Clone)]
pub struct Exits {
    take_profit: Decimal,
    stop_loss: Decimal,
    /// The change of the position that the levels were computed for.
    revision: Option<u32>,
    levels: Levels,
}

/// The price levels at which a position is sold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Levels {
    /// The level of the gain.
    pub profit: Level,
    /// The level of the loss.
    pub loss: Level,
}

impl Exits {
    /// Exits at a gain and at a loss, both in percent and not negative; a loss of 100 % is never
    /// undercut.
    #[must_use]
    pub const fn at(take_profit: Decimal, stop_loss: Decimal) -> Self {
        let levels = Levels { profit: Level::UNREACHABLE, loss: Level::UNREACHABLE };
        Self { take_profit, stop_loss, revision: None, levels }
    }

    /// The levels of a position.
    #[inline]
    pub fn of(&mut self, position: &Position) -> Levels {
        if self.revision != Some(position.revision) {
            self.revision = Some(position.revision);
            self.levels.profit = level(position.average_cost, self.take_profit);
            self.levels.loss = level(position.average_cost, -self.stop_loss);
        }
        self.levels
    }
}

/// The level at a gain in percent of a cost. One that no decimal can hold is never reached.
fn level(cost: Decimal, gain: Decimal) -> Level {
    gain.checked_add(Decimal::ONE_HUNDRED)
        .and_then(|percent| cost.checked_mul(percent))
        .and_then(|scaled| scaled.checked_div(Decimal::ONE_HUNDRED))
        .map_or(Level::UNREACHABLE, Level::at)
}
