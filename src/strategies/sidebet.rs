//! Sidebet: the sidebet first, a position beside it (docs/spec/original.md#strategies).

use rust_decimal::Decimal;

use super::exits::Exits;
use super::trade::Trade;
use crate::engine::strategy::{LifeStart, PlannedOrder, Strategy, View};
use crate::model::expectation::Oracle;
use crate::model::order::Actions;
use crate::model::setup::Setup;
use crate::model::sol::Sol;
use crate::params;

params! {
    /// Parameters of [`SidebetOnce`], with defaults and bounds.
    pub struct SidebetParams {
        /// Stake of each sidebet
        sidebet: Sol = Sol::milli(3), "SOL", Sol::milli(1)..;
        /// Stake of each buy
        buy: Sol = Sol::milli(5), "SOL", Sol::milli(1)..;
        /// Buys only below this price
        buy_below: Decimal = Decimal::new(2, 0), "x", Decimal::ZERO..;
        /// Sells above this gain over the average cost; there is no stop loss
        take_profit: Decimal = Decimal::new(30, 0), "%", Decimal::ZERO..;
    }
}

/// Bets whenever it can; else buys below 2x and sells at more than +30 %, never at a loss.
#[derive(Debug, Clone)]
pub struct SidebetOnce {
    trade: Trade,
}

impl Strategy for SidebetOnce {
    type Params = SidebetParams;
    const NAME: &'static str = "Sidebet";
    const ABOUT: &'static str =
        "Always has a sidebet open, and a position without a stop beside it.";

    fn new(params: &SidebetParams, _: LifeStart<'_>) -> Self {
        // A loss of 100 % is never undercut.
        let exits = Exits::at(params.take_profit, Decimal::ONE_HUNDRED);
        Self { trade: Trade::new(params.buy_below, exits) }
    }

    #[inline]
    fn decide(&mut self, params: &SidebetParams, view: &View<'_>) -> impl Into<Actions> {
        if !view.is_active() {
            return None;
        }
        view.sidebet(params.sidebet).or_else(|| self.trade.decide(params.buy, view))
    }

    fn can_bet_again(&self, params: &SidebetParams, view: &View<'_>) -> Option<bool> {
        Some(view.can_stake(params.buy) || view.can_stake(params.sidebet))
    }

    fn oracles(_: &SidebetParams, setup: &Setup) -> Vec<Oracle> {
        vec![Oracle::of_win_rate(setup.rules.sidebet_window)]
    }

    fn planned(params: &SidebetParams) -> Vec<PlannedOrder> {
        vec![PlannedOrder::new("sidebet", params.sidebet), PlannedOrder::new("buy", params.buy)]
    }
}
