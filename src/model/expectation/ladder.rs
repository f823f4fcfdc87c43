//! Martingale: a ladder of growing stakes that ends with the first win, or with its last rung.

use super::sidebet::losing_streak;

/// A ladder of bets: one unit first, then each bet a multiple of the one before.
///
/// One ladder has a closed form. A bankroll over many ladders has none, because a bankroll that
/// cannot pay a rung ends the ladder early.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ladder {
    /// Chance to win each rung.
    pub chance: f64,
    /// What a won rung pays, in stakes, the stake included.
    pub payout: u32,
    /// Highest number of bets.
    pub rungs: u32,
    /// The stake of each rung over that of the one before.
    pub factor: u32,
}

impl Ladder {
    /// Chance that every rung is lost: 24.6 % for seven sidebets, which players advertised as
    /// winning in 99.2 % of cases (docs/spec/users.md#promises-of-ladders).
    #[must_use]
    pub fn fails(&self) -> f64 {
        losing_streak(self.chance, self.rungs)
    }

    /// What all rungs together cost, in units: 127 for seven rungs that double.
    #[must_use]
    pub fn cost(&self) -> f64 {
        self.rungs_reached(1.0)
    }

    /// What is staked on average, in units: each rung as often as all before it are lost.
    #[must_use]
    pub fn staked(&self) -> f64 {
        self.rungs_reached(1.0 - self.chance)
    }

    /// Expected gain of a ladder, in units: the edge of a bet, times what is staked. No factor and
    /// no number of rungs turns a loss into a gain.
    #[must_use]
    pub fn gain(&self) -> f64 {
        (self.chance * f64::from(self.payout) - 1.0) * self.staked()
    }

    /// Sum of the stakes, each times the chance to reach it when a rung is lost with chance `lost`.
    fn rungs_reached(&self, lost: f64) -> f64 {
        let next = |stake: &f64| Some(stake * f64::from(self.factor) * lost);
        std::iter::successors(Some(1.0), next).take(self.rungs as usize).sum()
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "exact where it says so")]
mod tests {
    use super::*;
    use crate::model::expectation::rug_within;
    use proptest::prelude::proptest;

    fn doubling(rungs: u32) -> Ladder {
        Ladder { chance: rug_within(40), payout: 5, rungs, factor: 2 }
    }

    #[test]
    fn seven_doublings_lose_everything_every_fourth_time() {
        // docs/spec/users.md#promises-of-ladders.
        assert!((1.0 - doubling(7).fails() - 0.7543).abs() < 5e-5);
        assert_eq!(doubling(7).cost(), 127.0);
        assert!((doubling(7).gain() - -4.38).abs() < 5e-3);
    }

    #[test]
    fn the_gain_is_what_the_rungs_pay_less_what_they_cost() {
        // Rung by rung: won at rung k, it pays 5 x 2^k and cost 2^(k+1) - 1; lost, it cost 15.
        let (p, lost) = (rug_within(40), 1.0 - rug_within(40));
        let by_hand = p * 4.0 + lost * p * 7.0 + lost.powi(2) * p * 13.0 + lost.powi(3) * p * 25.0
            - lost.powi(4) * 15.0;
        assert!((doubling(4).gain() - by_hand).abs() < 1e-12);
        assert!(by_hand < 0.0);
    }

    proptest! {
        #[test]
        fn no_ladder_gains_below_break_even(chance in 0.0_f64..0.2, rungs in 1_u32..40, factor in 1_u32..9) {
            let ladder = Ladder { chance, payout: 5, rungs, factor };
            assert!(ladder.gain() < 0.0);
            assert!((1.0..=ladder.cost()).contains(&ladder.staked()));
            assert!(Ladder { rungs: rungs + 1, ..ladder }.fails() <= ladder.fails());
        }
    }
}
