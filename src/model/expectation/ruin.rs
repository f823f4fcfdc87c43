//! Ruin: flat bets until nothing is left or a goal is reached.

/// Bets of one unit, each independent of the others, until nothing is left or a goal is reached.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FlatBets {
    /// Chance to win each bet, from 0 to 1.
    pub chance: f64,
    /// What a won bet pays, in units, the stake included.
    pub payout: u32,
    /// Units at the start.
    pub bankroll: u32,
    /// Units at which it stops; a win may carry it past the goal.
    pub goal: u32,
}

/// How a series of flat bets ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Absorption {
    /// Chance to end with nothing; otherwise it ends at or above the goal.
    pub ruin: f64,
    /// Mean number of bets until the end.
    pub bets: f64,
}

impl FlatBets {
    /// Solves the chain: exact but for rounding, in steps of `goal x payout`.
    ///
    /// From `b` units one bet leads to `b - 1` or to `b + won`. Consider where the bankroll is when
    /// it is first *above* `b`: at `b + j` with chance `k[j]`, or nowhere, because it is ruined
    /// first, with chance `r`. The values for `b` follow from those for `b - 1`: from there, too,
    /// it comes back to `b` (`k[1]`), jumps further (`k[j + 1]`) or is ruined. So
    ///
    /// `k[j] = lost x k'[j + 1] / d`, `k[won] = chance / d`, `r = lost x r' / d`,
    /// `bets = (1 + lost x bets') / d`, where `d = 1 - lost x k'[1]`
    ///
    /// is the chance not to come back to `b` at once, summed from its positive parts. Then from the
    /// goal down `ruin(b) = r + sum of k[j] x ruin(b + j)`, zero from the goal on, and likewise for
    /// the bets. Nothing is ever subtracted, so nothing cancels.
    #[must_use]
    pub fn solve(&self) -> Absorption {
        let Self { chance, payout, bankroll, goal } = *self;
        let lost = 1.0 - chance;
        let won = payout.saturating_sub(1) as usize;
        if bankroll >= goal || bankroll == 0 {
            let ruin = if bankroll >= goal { 0.0 } else { 1.0 };
            return Absorption { ruin, bets: 0.0 };
        }
        if won == 0 {
            // A win changes nothing: only losses count, and their number is the bankroll.
            let ruin = if lost > 0.0 { 1.0 } else { 0.0 };
            return Absorption { ruin, bets: f64::from(bankroll) / lost };
        }
        let mut rungs: Vec<Rung> = Vec::with_capacity((goal - bankroll) as usize);
        let mut below = Rung { ruined: 1.0, bets: 0.0, above: vec![0.0; won] };
        for units in 1..goal {
            let rung = below.next(chance);
            let passed = std::mem::replace(&mut below, rung);
            if units > bankroll {
                rungs.push(passed);
            }
        }
        rungs.push(below);
        // The solutions above the current rung, nearest first.
        let mut solved = vec![Absorption { ruin: 0.0, bets: 0.0 }; won];
        for rung in rungs.iter().rev() {
            let mut here = Absorption { ruin: rung.ruined, bets: rung.bets };
            for (chance, above) in rung.above.iter().zip(&solved) {
                here.ruin += chance * above.ruin;
                here.bets += chance * above.bets;
            }
            solved.rotate_right(1);
            solved[0] = here;
        }
        solved[0]
    }
}

/// What happens to a bankroll until it first exceeds its current value.
#[derive(Debug, Clone)]
struct Rung {
    /// Chance to be ruined before that.
    ruined: f64,
    /// Mean number of bets until then, or until ruin.
    bets: f64,
    /// Chance to be 1, 2, … units above.
    above: Vec<f64>,
}

impl Rung {
    /// The rung one unit above.
    fn next(&self, chance: f64) -> Self {
        let lost = 1.0 - chance;
        let further = &self.above[1..];
        let leaves = chance + lost * (self.ruined + further.iter().sum::<f64>());
        let jumps = further.iter().map(|further| lost * further / leaves);
        Self {
            ruined: lost * self.ruined / leaves,
            bets: (1.0 + lost * self.bets) / leaves,
            above: jumps.chain([chance / leaves]).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::expectation::{Life, Sequence, rug_within, sidebet_edge};
    use proptest::prelude::{any, proptest};

    /// Sidebets until the bankroll has doubled.
    fn double(bankroll: u32) -> FlatBets {
        FlatBets { chance: rug_within(40), payout: 5, bankroll, goal: 2 * bankroll }
    }

    /// The chain by iteration: the distribution of the bankroll after `bets` bets, and the mean
    /// number of bets placed by then.
    fn repeated(flat: FlatBets, bets: u32) -> (Vec<f64>, f64) {
        let (goal, gain) = (flat.goal as usize, flat.payout as usize - 1);
        let mut at = vec![0.0; goal + gain];
        at[flat.bankroll as usize] = 1.0;
        let mut placed = 0.0;
        for _ in 0..bets {
            let mut next = at.clone();
            next[1..goal].fill(0.0);
            for units in 1..goal {
                placed += at[units];
                next[units + gain] += flat.chance * at[units];
                next[units - 1] += (1.0 - flat.chance) * at[units];
            }
            at = next;
        }
        (at, placed)
    }

    /// A small generator (splitmix64): a double from 0 to 1.
    fn unit(state: &mut u64) -> f64 {
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        f64::from(u32::try_from((mixed ^ (mixed >> 31)) >> 32).unwrap()) / 4_294_967_296.0
    }

    #[test]
    fn doubling_a_bankroll_by_flat_sidebets_fails_as_often_as_was_computed() {
        // docs/spec/users.md#oracle-numbers.
        for (bankroll, ruin, bets) in [(10, 0.6432, 27.5), (20, 0.7339, 99.3), (50, 0.9167, 454.0)]
        {
            let solved = double(bankroll).solve();
            assert!((solved.ruin - ruin).abs() < 5e-5, "{bankroll}: {solved:?}");
            assert!((solved.bets - bets).abs() < 0.05, "{bankroll}: {solved:?}");
        }
    }

    #[test]
    fn a_fair_coin_ruins_by_the_share_of_the_way() {
        let coin = FlatBets { chance: 0.5, payout: 2, bankroll: 30, goal: 100 };
        let solved = coin.solve();
        assert!((solved.ruin - 0.7).abs() < 1e-12 && (solved.bets - 30.0 * 70.0).abs() < 1e-8);
        // And a loaded one by the odds: (x^30 - x^100) / (1 - x^100) with x = q / p.
        let odds = 0.45_f64 / 0.55;
        let expected = (odds.powi(30) - odds.powi(100)) / (1.0 - odds.powi(100));
        let loaded = FlatBets { chance: 0.55, ..coin }.solve().ruin;
        assert!((loaded / expected - 1.0).abs() < 1e-12, "{loaded} for {expected}");
    }

    #[test]
    fn the_edges_of_the_chain_are_what_they_must_be() {
        let flat = double(20);
        let solve = |flat: FlatBets| flat.solve();
        assert_eq!(solve(FlatBets { bankroll: 0, ..flat }), Absorption { ruin: 1.0, bets: 0.0 });
        assert_eq!(solve(FlatBets { bankroll: 40, ..flat }), Absorption { ruin: 0.0, bets: 0.0 });
        assert_eq!(solve(FlatBets { chance: 0.0, ..flat }), Absorption { ruin: 1.0, bets: 20.0 });
        assert_eq!(solve(FlatBets { chance: 1.0, ..flat }), Absorption { ruin: 0.0, bets: 5.0 });
        let even = FlatBets { payout: 1, chance: 0.5, ..flat };
        assert_eq!(solve(even), Absorption { ruin: 1.0, bets: 40.0 });
    }

    #[test]
    fn a_life_of_games_is_a_life_of_bets_when_each_game_has_one() {
        let sequence = Sequence { first: 0, spacing: 40, window: 40, bets: Some(1) };
        for games in [0, 1, 19, 20, 57, 300] {
            let life = Life { sequence, payout: 5, bankroll: 20, goal: Some(40), games }.ruin();
            let (at, _) = repeated(double(20), games);
            assert!((life - at[0]).abs() < 1e-12, "{games}: {life} {}", at[0]);
        }
    }

    #[test]
    fn the_edge_times_the_bets_is_what_is_lost_on_average() {
        // Optional stopping: what is left on average, less the bankroll.
        let (at, _) = repeated(double(20), 20_000);
        let left: f64 = at.iter().zip(0..).map(|(chance, units)| chance * f64::from(units)).sum();
        let lost = sidebet_edge(40, 5) * double(20).solve().bets;
        assert!((left - 20.0 - lost).abs() < 1e-9, "{left} {lost}");
    }

    proptest! {
        #[test]
        fn the_chain_solved_is_the_chain_repeated(
            chance in 0.02_f64..0.98, payout in 2_u32..8, bankroll in 1_u32..12, more in 1_u32..12,
        ) {
            let flat = FlatBets { chance, payout, bankroll, goal: bankroll + more };
            let (solved, (at, bets)) = (flat.solve(), repeated(flat, 3_000));
            assert!((solved.ruin - at[0]).abs() < 1e-9, "{solved:?} {}", at[0]);
            assert!((solved.bets - bets).abs() < 1e-6, "{solved:?} {bets}");
        }

        #[test]
        fn the_chain_is_what_plain_dice_come_to(
            seed in any::<u64>(), chance in 0.05_f64..0.6, payout in 2_u32..7, bankroll in 1_u32..8,
        ) {
            let flat = FlatBets { chance, payout, bankroll, goal: 2 * bankroll };
            let (mut dice, lives, mut ruined) = (seed, 1_500, 0.0);
            for _ in 0..lives {
                let mut units = bankroll;
                while (1..flat.goal).contains(&units) {
                    units = if unit(&mut dice) < chance { units + payout - 1 } else { units - 1 };
                }
                ruined += f64::from(u32::from(units == 0));
            }
            let (ruin, lives) = (flat.solve().ruin, f64::from(lives));
            // Five standard errors, and a few lives where ruin is rare: hundreds of cases are tried.
            let error = (ruin * (1.0 - ruin) / lives).sqrt();
            assert!((ruined / lives - ruin).abs() <= 5.0 * error + 5.0 / lives, "{flat:?}");
        }

        #[test]
        fn ruin_is_a_chance_that_falls_with_the_bankroll_and_rises_with_the_goal(
            chance in 0.0_f64..=1.0, payout in 2_u32..8, bankroll in 1_u32..60, more in 1_u32..60,
        ) {
            let flat = FlatBets { chance, payout, bankroll, goal: bankroll + more };
            let Absorption { ruin, bets } = flat.solve();
            assert!((0.0..=1.0 + 1e-12).contains(&ruin) && bets >= 1.0 - 1e-9);
            assert!(FlatBets { bankroll: bankroll + 1, ..flat }.solve().ruin <= ruin + 1e-12);
            assert!(FlatBets { goal: flat.goal + 1, ..flat }.solve().ruin >= ruin - 1e-12);
        }
    }
}
