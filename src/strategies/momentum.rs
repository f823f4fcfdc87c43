//! Momentum: buys what just rose and holds it for a few ticks
//! (docs/spec/users.md#games-chosen-by-their-length).
//!
//! On all games it loses what holding for that many ticks loses, whatever it looks at first; in
//! games chosen for their length it seems to gain (docs/oracles.md).

use rust_decimal::Decimal;

use crate::engine::strategy::{LifeStart, OrderKinds, PlannedOrder, Strategy, View};
use crate::model::exit::Exit;
use crate::model::order::{Action, Actions};
use crate::model::sol::Sol;
use crate::params;

params! {
    /// Parameters of [`Momentum`], with defaults and bounds.
    pub struct MomentumParams {
        /// Stake of each buy
        stake: Sol = Sol::milli(10), "SOL", Sol::milli(1)..;
        /// Buys from this tick
        from: u32 = 21, "tick", 0..;
        /// Buys up to this tick
        to: u32 = 55, "tick", 0..;
        /// Looks this far back for the quick rise
        quick_ticks: u32 = 3, "ticks", 1..;
        /// Buys only after a quick rise of more than this
        quick_rise: Decimal = Decimal::new(15, 1), "%", Decimal::ZERO..;
        /// Looks this far back for the slow rise
        slow_ticks: u32 = 5, "ticks", 1..;
        /// Buys only after a slow rise of more than this
        slow_rise: Decimal = Decimal::new(2, 0), "%", Decimal::ZERO..;
        /// Sells after holding for this long
        hold_for: u32 = 9, "ticks", 1..;
    }
}

/// Buys at more than +1.5 % over 3 ticks and +2 % over 5, from tick 21 to 55; sells after 9 ticks.
/// One position at a time; after a sale it may buy again from the next tick on.
#[derive(Debug, Clone)]
pub struct Momentum {
    /// What the price must have been multiplied by, more than, for the quick rise and for the slow.
    quick: f64,
    slow: f64,
}

impl Strategy for Momentum {
    type Params = MomentumParams;
    const NAME: &'static str = "Momentum";
    const ABOUT: &'static str = "Buys what just rose and sells a few ticks later.";

    fn new(params: &MomentumParams, _: LifeStart<'_>) -> Self {
        let factor = |rise: Decimal| 1.0 + f64::try_from(rise).unwrap_or(f64::INFINITY) / 100.0;
        Self { quick: factor(params.quick_rise), slow: factor(params.slow_rise) }
    }

    #[inline]
    fn decide(&mut self, params: &MomentumParams, view: &View<'_>) -> impl Into<Actions> {
        if !view.is_active() {
            return None;
        }
        let tick = view.tick();
        if !view.position.is_flat() {
            let held = tick - view.position.entry_tick;
            return (held >= params.hold_for).then_some(Action::sell_all(Exit::TIME));
        }
        let timely = (params.from..=params.to).contains(&tick);
        let rising = timely
            && rose(view.prices, params.quick_ticks, self.quick)
            && rose(view.prices, params.slow_ticks, self.slow);
        rising.then(|| view.buy(params.stake)).flatten()
    }

    fn planned(params: &MomentumParams) -> Vec<PlannedOrder> {
        vec![PlannedOrder::new("stake", params.stake).starting(params.from).until(params.to)]
    }

    fn can_order(_: &MomentumParams) -> OrderKinds {
        OrderKinds::TRADES
    }

    fn can_bet_again(&self, params: &MomentumParams, view: &View<'_>) -> Option<bool> {
        Some(view.can_stake(params.stake))
    }
}

/// True when the last price is more than `factor` times that of some ticks before.
#[inline]
fn rose(prices: &[f64], ticks: u32, factor: f64) -> bool {
    let before = prices.len().checked_sub(1 + ticks as usize);
    before.zip(prices.last()).is_some_and(|(before, now)| now / prices[before] > factor)
}
