//! Conservative: buys cheap, takes small profits, bets late (docs/spec/original.md#strategies).

use rust_decimal::Decimal;

use super::exits::Exits;
use super::trade::Trade;
use crate::engine::strategy::{LifeStart, PlannedOrder, Strategy, View};
use crate::model::exit::Exit;
use crate::model::order::{Action, Actions};
use crate::model::price::Level;
use crate::model::sol::Sol;
use crate::params;

params! {
    /// Parameters of [`Conservative`], with defaults and bounds.
    pub struct ConservativeParams {
        /// Stake of each buy
        buy: Sol = Sol::milli(5), "SOL", Sol::milli(1)..;
        /// Buys only below this price
        buy_below: Decimal = Decimal::new(15, 1), "x", Decimal::ZERO..;
        /// Sells above this gain over the average cost
        take_profit: Decimal = Decimal::new(20, 0), "%", Decimal::ZERO..;
        /// Sells below this loss under the average cost
        stop_loss: Decimal = Decimal::new(15, 0), "%", Decimal::ZERO..=Decimal::ONE_HUNDRED;
        /// Sells above this price, whatever the gain
        sell_above: Decimal = Decimal::new(10, 0), "x", Decimal::ZERO..;
        /// Stake of each sidebet
        sidebet: Sol = Sol::milli(2), "SOL", Sol::milli(1)..;
        /// Places sidebets only after this tick
        sidebet_after: u32 = 100, "tick", 0..;
    }
}

/// Buys below 1.5x; sells at more than +20 %, less than -15 % or above 10x; bets after tick 100.
#[derive(Debug, Clone)]
pub struct Conservative {
    trade: Trade,
    sell_above: Level,
}

impl Strategy for Conservative {
    type Params = ConservativeParams;
    const NAME: &'static str = "Conservative";
    const ABOUT: &'static str = "Buys cheap, takes small profits, places sidebets late.";

    fn new(params: &ConservativeParams, _: LifeStart<'_>) -> Self {
        let exits = Exits::at(params.take_profit, params.stop_loss);
        Self {
            trade: Trade::new(params.buy_below, exits),
            sell_above: Level::at(params.sell_above),
        }
    }

    #[inline]
    fn decide(&mut self, params: &ConservativeParams, view: &View<'_>) -> impl Into<Actions> {
        if !view.is_active() {
            return None;
        }
        let dear = !view.position.is_flat() && self.sell_above.exceeded(view.price());
        let trade = if dear {
            Some(Action::sell_all(Exit::target(self.sell_above.price())))
        } else {
            self.trade.decide(params.buy, view)
        };
        trade.or_else(|| {
            let is_late = view.tick() > params.sidebet_after;
            is_late.then(|| view.sidebet(params.sidebet)).flatten()
        })
    }

    fn planned(params: &ConservativeParams) -> Vec<PlannedOrder> {
        vec![
            PlannedOrder::new("buy", params.buy),
            PlannedOrder::new("sidebet", params.sidebet)
                .starting(params.sidebet_after.saturating_add(1)),
        ]
    }

    fn can_bet_again(&self, params: &ConservativeParams, view: &View<'_>) -> Option<bool> {
        Some(view.can_stake(params.buy) || view.can_stake(params.sidebet))
    }
}
