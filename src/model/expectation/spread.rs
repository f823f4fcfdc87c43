//! The spread of a wager by the law: how far what comes may lie from what is expected.
//!
//! Of each tick given its past, so that the variances of ticks, bets and games simply add up, for
//! any rule that does not know the future.

use super::price::{drift, rug_within, step_mean};
use crate::model::law::{
    BIG_MOVE, BIG_MOVE_CHANCE, Bounds, DRIFT, GOD_CANDLE_CEILING, GOD_CANDLE_CHANCE,
    GOD_CANDLE_FACTOR, RUG_CHANCE, RUG_SHARE, VOLATILITY, VOLATILITY_ROOT_MAX,
};

/// Mean square of a big move, as a share of the price.
const BIG_MOVE_SQUARE: f64 = mean_square(BIG_MOVE);
/// Mean square of the drift of an ordinary tick, without its noise.
const DRIFT_SQUARE: f64 = mean_square(DRIFT);
/// Mean square of a god candle's step.
const GOD_CANDLE_SQUARE: f64 = (GOD_CANDLE_FACTOR - 1.0) * (GOD_CANDLE_FACTOR - 1.0);

/// The mean square of a number drawn evenly between two bounds.
const fn mean_square(bounds: Bounds) -> f64 {
    let Bounds { least, most } = bounds;
    (most * most + most * least + least * least) / 3.0
}

/// Variance of the change of the price over the next tick, rug included, given the price now and
/// the lowest price of the game so far.
#[must_use]
#[inline]
pub fn price_variance(price: f64, low: f64) -> f64 {
    let root_square = price.min(VOLATILITY_ROOT_MAX * VOLATILITY_ROOT_MAX);
    let noise = VOLATILITY * VOLATILITY * root_square / 3.0;
    let plain =
        BIG_MOVE_CHANCE * BIG_MOVE_SQUARE + (1.0 - BIG_MOVE_CHANCE) * (DRIFT_SQUARE + noise);
    let alive = if price <= GOD_CANDLE_CEILING {
        GOD_CANDLE_CHANCE * GOD_CANDLE_SQUARE + (1.0 - GOD_CANDLE_CHANCE) * plain
    } else {
        plain
    };
    let rugged = RUG_SHARE * low - price;
    let mean = drift(price, low);
    (1.0 - RUG_CHANCE) * price * price * alive + RUG_CHANCE * rugged * rugged - mean * mean
}

/// What the rug of the next tick takes from the price, beyond what a tick without a rug brings on
/// average, times the chance of the rug: below zero. Times what a rug adds to something else, it is
/// the covariance of both.
#[must_use]
#[inline]
pub fn rug_pull(price: f64, low: f64) -> f64 {
    RUG_CHANCE * (RUG_SHARE * low - price * (1.0 + step_mean(price)))
}

/// Variance of the gain of a sidebet of one SOL: `payout^2 x p x (1 - p)`, 3.717 for 40 ticks and a
/// payout of 5.
#[must_use]
pub fn sidebet_variance(window_ticks: u32, payout: u32) -> f64 {
    let (chance, payout) = (rug_within(window_ticks), f64::from(payout));
    payout * payout * chance * (1.0 - chance)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::expectation::alive_at;

    #[test]
    fn the_spread_of_a_tick_is_that_of_its_outcomes() {
        // At a price of 1: rug -0.98 (0.005), big moves of 20 % on average, a god candle, drift.
        let big = 0.125 * (0.25_f64.powi(3) - 0.15_f64.powi(3)) / 0.3;
        let small = 0.875 * ((0.03_f64.powi(3) + 0.02_f64.powi(3)) / 0.15 + 2.5e-5 / 3.0);
        let alive = 0.99999 * (big + small) + 81e-5;
        let square = 0.995 * alive + 0.005 * 0.98 * 0.98;
        let expected = square - drift(1.0, 1.0).powi(2);
        assert!((price_variance(1.0, 1.0) - expected).abs() < 1e-15);
        // Above the ceiling: no god candle, and the noise no longer grows with the price.
        let high = price_variance(400.0, 1.0) / 160_000.0;
        assert!((price_variance(800.0, 2.0) / 640_000.0 - high).abs() < 1e-15);
        assert!(high < price_variance(100.0, 0.25) / 10_000.0);
    }

    #[test]
    fn a_sidebet_and_a_position_pull_against_each_other() {
        // Of one tick: the sidebet gains 5 x alive(end - t) at the rug, else it loses a little.
        let (price, low) = (1.5, 0.8);
        let (gain, fall) = (5.0 * alive_at(40), RUG_SHARE * low - price);
        let grown = price * step_mean(price);
        let lost = -gain * RUG_CHANCE / (1.0 - RUG_CHANCE);
        let by_hand = RUG_CHANCE * gain * fall + (1.0 - RUG_CHANCE) * lost * grown;
        assert!((gain * rug_pull(price, low) - by_hand).abs() < 1e-15);
        assert!(by_hand < 0.0);
    }

    #[test]
    fn a_sidebet_varies_by_3_7_squares_of_its_stake() {
        assert!((sidebet_variance(40, 5) - 3.716_83).abs() < 1e-4, "{}", sidebet_variance(40, 5));
        assert!(sidebet_variance(0, 5).abs() < 1e-15);
    }
}
