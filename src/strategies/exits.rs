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
    profit: Level,
    loss: Level,
}

impl Exits {
    /// Exits at a gain and at a loss, both in percent and not negative; a loss of 100 % is never
    /// undercut.
    #[must_use]
    pub const fn at(take_profit: Decimal, stop_loss: Decimal) -> Self {
        let unset = Level::UNREACHABLE;
        Self { take_profit, stop_loss, revision: None, profit: unset, loss: unset }
    }

    /// The levels of a position: of the gain, and of the loss.
    #[inline]
    pub fn of(&mut self, position: &Position) -> (Level, Level) {
        if self.revision != Some(position.revision) {
            self.revision = Some(position.revision);
            self.profit = level(position.average_cost, self.take_profit);
            self.loss = level(position.average_cost, -self.stop_loss);
        }
        (self.profit, self.loss)
    }
}

/// The level at a gain in percent of a cost. One that no decimal can hold is never reached.
fn level(cost: Decimal, gain: Decimal) -> Level {
    gain.checked_add(Decimal::ONE_HUNDRED)
        .and_then(|percent| cost.checked_mul(percent))
        .and_then(|scaled| scaled.checked_div(Decimal::ONE_HUNDRED))
        .map_or(Level::UNREACHABLE, Level::at)
}
