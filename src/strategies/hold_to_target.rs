//! Hold to target: one buy a game, held until its target or the rug.

use rust_decimal::Decimal;

use crate::engine::strategy::{LifeStart, OrderKinds, PlannedOrder, Strategy, View};
use crate::model::exit::Exit;
use crate::model::order::{Action, Actions};
use crate::model::price::Level;
use crate::model::sol::Sol;
use crate::params;

params! {
    /// Parameters of [`HoldToTarget`], with defaults and bounds.
    pub struct HoldToTargetParams {
        /// Stake of the buy
        stake: Sol = Sol::milli(5), "SOL", Sol::milli(1)..;
        /// Buys from this tick on
        entry: u32 = 0, "tick", 0..;
        /// Sells at this price or above
        target: Decimal = Decimal::new(2, 0), "x", Decimal::ZERO..;
    }
}

/// Buys once a game and sells at the target, or never.
#[derive(Debug, Clone)]
pub struct HoldToTarget {
    target: Level,
    bought: bool,
}

impl Strategy for HoldToTarget {
    type Params = HoldToTargetParams;
    const NAME: &'static str = "HoldToTarget";
    const ABOUT: &'static str = "Buys once a game and sells at a target price, or never.";

    fn new(params: &HoldToTargetParams, _: LifeStart<'_>) -> Self {
        Self { target: Level::at(params.target), bought: false }
    }

    #[inline]
    fn decide(&mut self, params: &HoldToTargetParams, view: &View<'_>) -> impl Into<Actions> {
        if !view.is_active() {
            self.bought = false;
            return None;
        }
        if !view.position.is_flat() {
            let exit = || Action::sell_all(Exit::target(self.target.price()));
            return self.target.reached(view.price()).then(exit);
        }
        if self.bought || view.tick() < params.entry {
            return None;
        }
        let buy = view.buy(params.stake);
        self.bought = buy.is_some();
        buy
    }

    fn planned(params: &HoldToTargetParams) -> Vec<PlannedOrder> {
        vec![PlannedOrder::new("stake", params.stake).starting(params.entry)]
    }

    fn can_order(_: &HoldToTargetParams) -> OrderKinds {
        OrderKinds::TRADES
    }

    fn can_bet_again(&self, params: &HoldToTargetParams, view: &View<'_>) -> Option<bool> {
        Some(view.can_stake(params.stake))
    }
}
