//! Foundational: waits for a price that hardly ever comes early (docs/spec/original.md#strategies).

use rust_decimal::Decimal;

use super::exits::{Exits, Levels};
use crate::engine::strategy::{LifeStart, PlannedOrder, Strategy, View};
use crate::model::exit::Exit;
use crate::model::order::{Action, Actions};
use crate::model::price::Level;
use crate::model::quote::Tick;
use crate::model::sol::Sol;
use crate::params;

params! {
    /// Parameters of [`Foundational`], with defaults and bounds.
    pub struct FoundationalParams {
        /// Stake of each buy
        buy: Sol = Sol::milli(5), "SOL", Sol::milli(1)..;
        /// Buys only from this price
        buy_from: Decimal = Decimal::new(25, 0), "x", Decimal::ZERO..;
        /// Buys only up to this price
        buy_to: Decimal = Decimal::new(50, 0), "x", Decimal::ZERO..;
        /// Buys only before this tick
        buy_before: u32 = 69, "tick", 0..;
        /// Sells from this gain over the average cost
        take_profit: Decimal = Decimal::new(100, 0), "%", Decimal::ZERO..;
        /// Sells from this loss under the average cost
        stop_loss: Decimal = Decimal::new(30, 0), "%", Decimal::ZERO..=Decimal::ONE_HUNDRED;
        /// Sells from this tick on
        sell_from: u32 = 138, "tick", 0..;
        /// Sells after holding for this long
        hold_for: u32 = 60, "ticks", 0..;
        /// Stake of each sidebet
        sidebet: Sol = Sol::milli(2), "SOL", Sol::milli(1)..;
        /// Places sidebets from this tick
        sidebet_from: u32 = 104, "tick", 0..;
        /// Places sidebets up to this tick
        sidebet_to: u32 = 138, "tick", 0..;
    }
}

/// Buys between 25x and 50x before tick 69; sells at +100 %, -30 %, tick 138 or after 60 ticks.
#[derive(Debug, Clone)]
pub struct Foundational {
    buy_from: Level,
    buy_to: Level,
    exits: Exits,
    /// The tick of its last buy order: set even if the order fails, never cleared, and no entry at
    /// all when 0, as in the original.
    entry: Tick,
}

impl Strategy for Foundational {
    type Params = FoundationalParams;
    const NAME: &'static str = "Foundational";
    const ABOUT: &'static str =
        "Waits for 25x to 50x in the first ticks, which hardly ever comes; bets in between.";

    fn new(params: &FoundationalParams, _: LifeStart<'_>) -> Self {
        Self {
            buy_from: Level::at(params.buy_from),
            buy_to: Level::at(params.buy_to),
            exits: Exits::at(params.take_profit, params.stop_loss),
            entry: 0,
        }
    }

    #[inline]
    fn decide(&mut self, params: &FoundationalParams, view: &View<'_>) -> impl Into<Actions> {
        if !view.is_active() {
            return None;
        }
        let (price, tick) = (view.price(), view.tick());
        if view.position.is_flat() {
            let priced = self.buy_from.reached(price) && self.buy_to.met_or_undercut(price);
            if priced && tick < params.buy_before && view.can_afford(params.buy) {
                self.entry = tick;
                return view.buy(params.buy);
            }
        } else {
            let Levels { profit, loss } = self.exits.of(view.position);
            let held_long = self.entry != 0 && tick - self.entry >= params.hold_for;
            let exit = if profit.reached(price) {
                Some(Exit::target(profit.price()))
            } else if loss.met_or_undercut(price) {
                Some(Exit::stop(loss.price()))
            } else {
                (tick >= params.sell_from || held_long).then_some(Exit::TIME)
            };
            if let Some(exit) = exit {
                return Some(Action::sell_all(exit));
            }
        }
        let timely = (params.sidebet_from..=params.sidebet_to).contains(&tick);
        timely.then(|| view.sidebet(params.sidebet)).flatten()
    }

    fn planned(params: &FoundationalParams) -> Vec<PlannedOrder> {
        let sidebet = PlannedOrder::new("sidebet", params.sidebet);
        vec![
            PlannedOrder::new("buy", params.buy),
            sidebet.starting(params.sidebet_from).until(params.sidebet_to),
        ]
    }

    fn can_bet_again(&self, params: &FoundationalParams, view: &View<'_>) -> Option<bool> {
        Some(view.can_stake(params.buy) || view.can_stake(params.sidebet))
    }
}
