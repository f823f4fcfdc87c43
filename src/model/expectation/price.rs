//! The price and the rug: how long a game lives, and what holding through it yields.

use crate::model::law::{
    BIG_MOVE_CHANCE, Bounds, DRIFT, GOD_CANDLE_CEILING, GOD_CANDLE_CHANCE, GOD_CANDLE_FACTOR,
    RUG_CHANCE, RUG_SHARE,
};

/// Mean of a step that is neither rug nor god candle: big moves and the volatility term are
/// symmetric, which leaves the drift.
const STEP_MEAN: f64 = (1.0 - BIG_MOVE_CHANCE) * (DRIFT.least + DRIFT.most) / 2.0;

/// Mean of a step that is not the rug, at a price low enough for god candles.
const STEP_MEAN_WITH_GOD: f64 =
    GOD_CANDLE_CHANCE * (GOD_CANDLE_FACTOR - 1.0) + (1.0 - GOD_CANDLE_CHANCE) * STEP_MEAN;

/// Chance that a game is still alive at a tick, so that its rug comes later: `(1 - rug)^tick`, 36.7
/// % at tick 200.
#[must_use]
pub fn alive_at(tick: u32) -> f64 {
    (1.0 - RUG_CHANCE).powf(f64::from(tick))
}

/// Chance that the rug comes within `ticks` ticks of any tick: each tick is the rug with the same
/// chance, so `1 - (1 - rug)^ticks`, 18.17 % for 40 (docs/spec/game.md#prices).
#[must_use]
pub fn rug_within(ticks: u32) -> f64 {
    1.0 - alive_at(ticks)
}

/// Expected change of the price over the next tick, rug included, given the price now and the
/// lowest price of the game so far (the current one included). Always below zero.
#[must_use]
#[inline]
pub fn drift(price: f64, low: f64) -> f64 {
    let alive = step_mean(price);
    price * ((1.0 - RUG_CHANCE) * alive - RUG_CHANCE) + RUG_CHANCE * RUG_SHARE * low
}

/// What a price grows by in a tick, on average where no rug comes.
#[inline]
pub(super) fn step_mean(price: f64) -> f64 {
    if price <= GOD_CANDLE_CEILING { STEP_MEAN_WITH_GOD } else { STEP_MEAN }
}

/// Bounds of the expected gain per SOL of holding for `ticks` ticks or until the rug, from any
/// price and by any rule that does not look ahead.
///
/// Each tick multiplies the expected price by `(1 - rug) x (1 + mean step)`; the rug leaves between
/// nothing and 2 % of the price paid. The bounds differ by that remnant and by god candles, which
/// only come below a price of 100.
#[must_use]
pub fn held(ticks: u32) -> Bounds {
    let Bounds { least, most } = grown(ticks);
    let remnant = RUG_SHARE * rug_within(ticks);
    let alive = alive_at(ticks);
    Bounds { least: alive * least - 1.0, most: alive * most - 1.0 + remnant }
}

/// Bounds of the mean factor by which the price grows in `ticks` ticks without a rug.
fn grown(ticks: u32) -> Bounds {
    let grown = |step: f64| (1.0 + step).powf(f64::from(ticks));
    Bounds { least: grown(STEP_MEAN), most: grown(STEP_MEAN_WITH_GOD) }
}

/// Upper bound of the chance of ever reaching a multiple of the current price: its inverse.
///
/// The price, rug included, falls on average at every tick ([`drift`]), so buying now and selling
/// at the multiple returns on average no more than was paid: `chance x multiple <= 1`. For the same
/// reason no target gains. A multiple of 1 or less is already reached.
#[must_use]
pub fn reach_at_most(multiple: f64) -> f64 {
    if multiple > 1.0 { 1.0 / multiple } else { 1.0 }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "exact where it says so")]
mod tests {
    use super::*;
    use proptest::prelude::proptest;

    #[test]
    fn a_third_of_all_games_lives_to_tick_219() {
        // docs/spec/users.md#oracle-numbers.
        assert!((alive_at(200) - 0.3670).abs() < 5e-5);
        assert!((alive_at(219) - 0.3336).abs() < 5e-5);
        assert!((rug_within(40) - 0.181_680).abs() < 5e-7);
        assert!((rug_within(39) - 0.177_568).abs() < 5e-7);
        assert!((rug_within(41) - 0.185_771).abs() < 5e-7);
        assert_eq!((alive_at(0), rug_within(0)), (1.0, 0.0));
    }

    #[test]
    fn holding_loses_about_a_twentieth_of_a_percent_each_tick() {
        // docs/spec/game.md#prices: about -0.057 %, without the remnant at the rug price.
        assert!((drift(1.0, 0.0) - -0.00056).abs() < 0.00002, "{}", drift(1.0, 0.0));
        assert!(drift(200.0, 0.0) / 200.0 < drift(1.0, 0.0));
    }

    #[test]
    fn nine_ticks_cost_half_a_percent_whatever_the_entry() {
        let Bounds { least, most } = held(9);
        assert!((least - -0.0058).abs() < 5e-5 && (most - -0.0041).abs() < 5e-5, "{least} {most}");
        // One tick is the drift itself: without god candles and remnant, and with both.
        assert!((held(1).least - drift(200.0, 0.0) / 200.0).abs() < 1e-15);
        assert!((held(1).most - drift(1.0, 1.0)).abs() < 1e-15);
    }

    #[test]
    fn who_counts_only_games_that_lived_on_sees_a_gain_of_four_percent() {
        // The drift of nine ticks without a rug: the gain in games of at least 60 ticks
        // (docs/spec/users.md#games-chosen-by-their-length).
        let Bounds { least, most } = grown(9);
        assert!((least - 1.0401).abs() < 5e-5 && (most - 1.0409).abs() < 5e-5, "{least} {most}");
    }

    #[test]
    fn a_target_is_reached_less_often_than_its_inverse() {
        // Measured peaks of docs/spec/provably-fair.md#statistics-of-real-games, all below the
        // bound.
        let measured = [
            (1.5, 0.587),
            (2.0, 0.427),
            (5.0, 0.168),
            (10.0, 0.078),
            (50.0, 0.0147),
            (100.0, 0.0083),
        ];
        assert!(measured.iter().all(|&(multiple, chance)| chance < reach_at_most(multiple)));
        assert_eq!(reach_at_most(1.0), 1.0);
    }

    proptest! {
        #[test]
        fn the_price_falls_on_average_wherever_it_stands(price in 1e-6_f64..1e9, low in 0.0_f64..=1.0) {
            assert!(drift(price, price * low) < 0.0);
        }

        #[test]
        fn longer_holding_never_gains_and_the_rug_only_comes_nearer(ticks in 1_u32..4_000) {
            let (Bounds { least, most }, sooner) = (held(ticks), held(ticks - 1).least);
            assert!(-1.0 < least && least < most && most < 0.0 && least < sooner);
            assert!((0.0..=1.0).contains(&rug_within(ticks)));
            assert!(rug_within(ticks) > rug_within(ticks - 1));
        }
    }
}
