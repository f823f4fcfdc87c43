//! What the law of the game makes of a wager on average: closed forms, in doubles.
//!
//! These are statistics to set beside results, never money. All follow from the step law of
//! spec/provably-fair.md 1.2.

use super::law::{
    BIG_MOVE_CHANCE, DRIFT, GOD_CANDLE_CEILING, GOD_CANDLE_CHANCE, GOD_CANDLE_FACTOR, RUG_CHANCE,
    RUG_SHARE,
};

/// Mean of a step that is neither rug nor god candle: big moves and the volatility term are
/// symmetric, which leaves the drift.
const STEP_MEAN: f64 = (1.0 - BIG_MOVE_CHANCE) * (DRIFT.0 + DRIFT.1) / 2.0;

/// Expected change of the price over the next tick, rug included, given the price now and the
/// lowest of the game so far (the present one included).
#[must_use]
#[inline]
pub fn drift(price: f64, low: f64) -> f64 {
    let god = if price <= GOD_CANDLE_CEILING { GOD_CANDLE_CHANCE } else { 0.0 };
    let alive = god * (GOD_CANDLE_FACTOR - 1.0) + (1.0 - god) * STEP_MEAN;
    price * ((1.0 - RUG_CHANCE) * alive - RUG_CHANCE) + RUG_CHANCE * RUG_SHARE * low
}

/// Chance that the rug comes within so many ticks: 18.17 % for 40 (spec/domain.md F3).
#[must_use]
pub fn rug_within(ticks: u32) -> f64 {
    1.0 - (1.0 - RUG_CHANCE).powf(f64::from(ticks))
}

/// Expected gain of a sidebet per SOL staked: -9.16 % for 40 ticks and 5 times the stake.
#[must_use]
pub fn sidebet_edge(window_ticks: u32, payout: u32) -> f64 {
    rug_within(window_ticks) * f64::from(payout) - 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sidebet_loses_nine_percent_of_its_stake() {
        assert!((rug_within(40) - 0.1817).abs() < 1e-4);
        assert!((sidebet_edge(40, 5) - -0.0916).abs() < 1e-4);
    }

    #[test]
    fn holding_loses_about_a_twentieth_of_a_percent_each_tick() {
        // spec/domain.md 1.3: about -0.057 %, without the remnant at the rug price.
        assert!((drift(1.0, 0.0) - -0.00056).abs() < 0.00002, "{}", drift(1.0, 0.0));
        assert!(drift(200.0, 0.0) / 200.0 < drift(1.0, 0.0));
    }
}
