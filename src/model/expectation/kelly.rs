//! Kelly: the share of a bankroll that grows it fastest.

/// The share of the bankroll to stake on a bet with this `chance` to win that pays `payout` stakes,
/// the stake included, for the fastest growth. From 0 to 1; zero without an edge.
///
/// With `b = payout - 1` won per SOL, the growth `p ln(1 + b f) + (1 - p) ln(1 - f)` is steepest
/// upwards at `f = p - (1 - p) / b = (p x payout - 1) / (payout - 1)`, where its slope is zero.
#[must_use]
#[inline]
pub fn kelly_share(chance: f64, payout: u32) -> f64 {
    let payout = f64::from(payout);
    let edge = chance * payout - 1.0;
    // An edge needs a payout above 1, so that nothing is divided by zero.
    if edge > 0.0 { edge / (payout - 1.0) } else { 0.0 }
}

/// Expected growth of the logarithm of the bankroll per bet of `share`; minus infinity when a loss
/// would take the whole bankroll.
#[must_use]
pub fn kelly_growth(chance: f64, payout: u32, share: f64) -> f64 {
    let won = 1.0 + (f64::from(payout) - 1.0) * share;
    let part = |chance: f64, left: f64| if chance > 0.0 { chance * left.ln() } else { 0.0 };
    part(chance, won) + part(1.0 - chance, 1.0 - share)
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "exact where it says so")]
mod tests {
    use super::*;
    use crate::model::expectation::{break_even, rug_within};
    use proptest::prelude::{prop, proptest};

    #[test]
    fn the_true_chance_of_a_sidebet_is_worth_no_stake() {
        let chance = rug_within(40);
        assert_eq!(kelly_share(chance, 5), 0.0);
        // What the formula would say without the floor (docs/spec/users.md#oracle-numbers).
        assert!(((chance * 5.0 - 1.0) / 4.0 - -0.0229).abs() < 5e-5);
        assert!(kelly_growth(chance, 5, 0.01) < 0.0);
    }

    #[test]
    fn a_believed_quarter_asks_for_a_sixteenth() {
        assert_eq!(kelly_share(0.25, 5), 0.0625);
        assert_eq!(kelly_share(1.0, 5), 1.0);
        assert_eq!(kelly_growth(0.5, 5, 1.0), f64::NEG_INFINITY);
        assert_eq!((kelly_share(1.0, 1), kelly_share(1.0, 0)), (0.0, 0.0), "nothing to be won");
    }

    proptest! {
        #[test]
        fn no_other_share_grows_faster(
            chance in 0.0_f64..=1.0, payout in 1_u32..20, other in 0.0_f64..=1.0,
        ) {
            let best = kelly_share(chance, payout);
            assert!((0.0..=1.0).contains(&best));
            assert_eq!(best > 0.0, chance * f64::from(payout) > 1.0);
            let growth = |share| kelly_growth(chance, payout, share);
            assert!(growth(best) >= growth(other) - 1e-12, "{best} {other}");
        }

        #[test]
        fn below_break_even_nothing_is_staked(payout in 2_u32..50, short in prop::num::f64::POSITIVE) {
            assert_eq!(kelly_share(break_even(payout) * (1.0 - short.min(1.0)), payout), 0.0);
        }
    }
}
