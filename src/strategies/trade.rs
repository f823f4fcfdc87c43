//! A trade of one position: bought cheap enough, sold at a gain or a loss.

use rust_decimal::Decimal;

use super::exits::{Exits, Levels};
use crate::engine::strategy::View;
use crate::model::exit::Exit;
use crate::model::order::Action;
use crate::model::price::Level;
use crate::model::sol::Sol;

/// Buys a stake below a price while it holds nothing, and sells everything above its take profit or
/// below its stop loss.
#[derive(Debug, Clone)]
pub(super) struct Trade {
    buy_below: Level,
    exits: Exits,
}

impl Trade {
    /// A trade that buys below a price and sells at these exits.
    pub(super) fn new(buy_below: Decimal, exits: Exits) -> Self {
        Self { buy_below: Level::at(buy_below), exits }
    }

    /// What to do at a tick of a running game, with this stake of a buy.
    #[inline]
    pub(super) fn decide(&mut self, stake: Sol, view: &View<'_>) -> Option<Action> {
        let price = view.price();
        if view.position.is_flat() {
            return self.buy_below.undercut(price).then(|| view.buy(stake)).flatten();
        }
        let Levels { profit, loss } = self.exits.of(view.position);
        if profit.exceeded(price) {
            Some(Action::sell_all(Exit::target(profit.price())))
        } else if loss.undercut(price) {
            Some(Action::sell_all(Exit::stop(loss.price())))
        } else {
            None
        }
    }
}
