//! Dip: buys after the price fell several ticks in a row, sells at a gain or after a while.

use replayer::engine::strategy::{LifeStart, Strategy, View};
use replayer::model::order::Action;
use replayer::model::sol::Sol;

replayer::params! {
    /// What a scenario may set.
    pub struct DipParams {
        /// Stake of each buy
        stake: Sol = Sol::milli(5), "SOL", Sol::milli(1)..;
        /// Buys after so many falling ticks in a row
        falls: u32 = 3, "ticks", 1..=100;
        /// Sells after holding for so long
        patience: u32 = 20, "ticks", 1..;
    }
}

/// Parameters and state of one bot.
#[derive(Debug, Clone)]
pub(crate) struct Dip {
    params: DipParams,
}

impl Strategy for Dip {
    type Params = DipParams;
    const NAME: &'static str = "Dip";
    const ABOUT: &'static str = "Buys after falling ticks, sells above cost or after a while.";

    fn new(params: &DipParams, _: LifeStart<'_>) -> Self {
        Self { params: params.clone() }
    }

    fn decide(&mut self, view: &View<'_>) -> Option<Action> {
        if !view.is_active() {
            return None;
        }
        if view.position.is_flat() {
            let enough = self.params.falls as usize + 1;
            let last = &view.prices[view.prices.len().saturating_sub(enough)..];
            let falling = last.len() == enough && last.windows(2).all(|pair| pair[1] < pair[0]);
            return (falling && view.can_afford(self.params.stake))
                .then_some(Action::Buy { stake: self.params.stake });
        }
        let gained = view.price().to_decimal() > view.position.average_cost;
        let held = view.tick() - view.position.entry_tick;
        (gained || held >= self.params.patience).then_some(Action::SELL_ALL)
    }
}
