//! Aggressive: buys dear, holds for large profits, always has a sidebet
//! (docs/spec/original.md#strategies).

use rust_decimal::Decimal;

use super::exits::Exits;
use super::trade::Trade;
use crate::engine::strategy::{LifeStart, PlannedOrder, Strategy, View};
use crate::model::order::Actions;
use crate::model::sol::Sol;
use crate::params;

params! {
    /// Parameters of [`Aggressive`], with defaults and bounds.
    pub struct AggressiveParams {
        /// Stake of each buy
        buy: Sol = Sol::milli(10), "SOL", Sol::milli(1)..;
        /// Buys only below this price
        buy_below: Decimal = Decimal::new(3, 0), "x", Decimal::ZERO..;
        /// Sells above this gain over the average cost
        take_profit: Decimal = Decimal::new(50, 0), "%", Decimal::ZERO..;
        /// Sells below this loss under the average cost
        stop_loss: Decimal = Decimal::new(30, 0), "%", Decimal::ZERO..=Decimal::ONE_HUNDRED;
        /// Stake of each sidebet
        sidebet: Sol = Sol::milli(3), "SOL", Sol::milli(1)..;
    }
}

/// Buys below 3x; sells at more than +50 % or less than -30 %; bets whenever it can.
#[derive(Debug, Clone)]
pub struct Aggressive {
    trade: Trade,
}

impl Strategy for Aggressive {
    type Params = AggressiveParams;
    const NAME: &'static str = "Aggressive";
    const ABOUT: &'static str = "Buys dear, holds for large profits, always has a sidebet open.";

    fn new(params: &AggressiveParams, _: LifeStart<'_>) -> Self {
        let exits = Exits::at(params.take_profit, params.stop_loss);
        Self { trade: Trade::new(params.buy_below, exits) }
    }

    #[inline]
    fn decide(&mut self, params: &AggressiveParams, view: &View<'_>) -> impl Into<Actions> {
        if !view.is_active() {
            return None;
        }
        self.trade.decide(params.buy, view).or_else(|| view.sidebet(params.sidebet))
    }

    fn planned(params: &AggressiveParams) -> Vec<PlannedOrder> {
        vec![PlannedOrder::new("buy", params.buy), PlannedOrder::new("sidebet", params.sidebet)]
    }

    fn can_bet_again(&self, params: &AggressiveParams, view: &View<'_>) -> Option<bool> {
        Some(view.can_stake(params.buy) || view.can_stake(params.sidebet))
    }
}
