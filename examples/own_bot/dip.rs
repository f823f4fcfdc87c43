//! The bot: buys after the price fell several ticks in a row, sells at a gain or after a while.

use replayer::prelude::*;

params! {
    /// What a scenario may set.
    pub struct DipParams {
        /// Stake of each buy
        stake: Sol = Sol::milli(5), "SOL", Sol::milli(1)..;
        /// Buys after N falling ticks in a row
        falls: u32 = 3, "ticks", 1..=100;
        /// Sells after N ticks, at any price
        patience: u32 = 20, "ticks", 1..;
    }
}

/// The state of one bot: it remembers nothing from tick to tick.
#[derive(Debug, Clone)]
pub(crate) struct Dip;

impl Strategy for Dip {
    type Params = DipParams;
    const NAME: &'static str = "Dip";
    const ABOUT: &'static str = "Buys after falling ticks, sells above cost or after a while.";

    fn new(_: &DipParams, _: LifeStart<'_>) -> Self {
        Self
    }

    fn decide(&mut self, params: &DipParams, view: &View<'_>) -> impl Into<Actions> {
        if !view.is_active() {
            return None;
        }
        if view.position.is_flat() {
            let enough = params.falls as usize + 1;
            let last = &view.prices[view.prices.len().saturating_sub(enough)..];
            let falling = last.len() == enough && last.windows(2).all(|pair| pair[1] < pair[0]);
            return if falling { view.buy(params.stake) } else { None };
        }
        let gained = view.price().to_decimal() > view.position.average_cost;
        let held = view.tick() - view.position.entry_tick;
        if gained {
            // The results show why it sold, and how far from this price.
            let level = Level::at(view.position.average_cost);
            return Some(Action::sell_all(Exit::target(level.price())));
        }
        (held >= params.patience).then_some(Action::sell_all(Exit::TIME))
    }

    fn can_bet_again(&self, params: &DipParams, view: &View<'_>) -> Option<bool> {
        Some(view.can_stake(params.stake))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Plays one game of these prices, which then rugs, from 0.1 SOL; gives the cash at its end.
    fn played(params: DipParams, prices: &[f64]) -> Sol {
        let outcome = TestTable::new().prices(prices).rug_at(0.01).bot::<Dip>("me", params).run();
        assert!(outcome.rejections("me").is_empty(), "the rules refuse an order");
        outcome.cash("me")
    }

    #[test]
    fn it_buys_after_falling_ticks_and_sells_above_cost() {
        let params = DipParams { falls: 2, ..DipParams::default() };
        // 0.005 SOL buys 0.00625 at 0.8, which is worth 0.0075 SOL at 1.2.
        let cash = played(params, &[1.0, 0.9, 0.8, 1.2, 1.3]);
        assert_eq!(cash, Sol::from_lamports_const(102_500_000));
    }

    #[test]
    fn it_sells_at_a_loss_when_its_patience_is_over() {
        let params = DipParams { falls: 2, patience: 2, ..DipParams::default() };
        // Bought at 0.8, sold two ticks later at 0.6.
        let cash = played(params, &[1.0, 0.9, 0.8, 0.7, 0.6, 0.6]);
        assert_eq!(cash, Sol::from_lamports_const(98_750_000));
    }

    #[test]
    fn it_waits_while_the_price_rises() {
        assert_eq!(played(DipParams::default(), &[1.0, 1.1, 1.2, 1.3]), Sol::milli(100));
    }
}
