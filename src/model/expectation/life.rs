//! A life: flat sidebets, the same sequence in each game, until ruin, a goal or the last game.

use super::price::{alive_at, rug_within};
use super::sidebet::Sequence;

/// A life of sidebets of one unit: the same sequence in each of `games` games, until the bankroll
/// is gone or the goal is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Life {
    /// The sidebets of each game.
    pub sequence: Sequence,
    /// What a won sidebet pays, in units, the stake included.
    pub payout: u32,
    /// Units at the start.
    pub bankroll: u32,
    /// Units at which the life stops; `None`: never.
    pub goal: Option<u32>,
    /// Number of games in a whole life.
    pub games: u32,
}

impl Life {
    /// Chance that nothing is left when the life is over.
    ///
    /// Counted back from the last game: with `v(b)` the chance from `b` units before a game, known
    /// for the games after it, a sidebet placed with `b` units comes to `won x v(b + payout - 1) +
    /// lost x (on x h(b - 1) + (1 - on) x v(b - 1))`, where a win ends the game (it is the rug),
    /// `on` is the chance that the game lives to the next sidebet, and `h` is the same for that
    /// one.
    #[must_use]
    pub fn ruin(&self) -> f64 {
        let Self { sequence, payout, bankroll, goal, games } = *self;
        let (won, starts) = (rug_within(sequence.window), alive_at(sequence.first));
        let on = sequence.goes_on();
        let gain = payout.saturating_sub(1);
        let (top, gain) = (self.units_max() as usize, gain as usize);
        if goal.is_some_and(|goal| bankroll >= goal) {
            return if bankroll == 0 { 1.0 } else { 0.0 };
        }
        // From the top on it is never ruined: the goal, or more than the games left can lose.
        let mut ahead = vec![0.0; top];
        ahead[0] = 1.0;
        for _ in 0..games {
            let mut placed = ahead.clone();
            let place = |placed: &mut [f64], units: usize| {
                let above = ahead.get(units + gain).copied().unwrap_or(0.0);
                let below = on * placed[units - 1] + (1.0 - on) * ahead[units - 1];
                placed[units] = won * above + (1.0 - won) * below;
            };
            match sequence.bets {
                // Each round adds one more sidebet in front of those that were considered.
                Some(bets) => {
                    for _ in 0..bets.min(self.units_max()) {
                        (1..top).rev().for_each(|units| place(&mut placed, units));
                    }
                }
                // One unit less, and the same again.
                None => (1..top).for_each(|units| place(&mut placed, units)),
            }
            for (now, placed) in ahead.iter_mut().zip(&placed).skip(1) {
                *now = starts * placed + (1.0 - starts) * *now;
            }
        }
        ahead[bankroll as usize]
    }

    /// Number of steps that [`Life::ruin`] takes.
    #[must_use]
    pub fn effort(&self) -> u64 {
        let rounds = self.sequence.bets.unwrap_or(1).min(self.units_max());
        u64::from(self.units_max()) * u64::from(rounds.max(1)) * u64::from(self.games)
    }

    /// One more than the most units it can reach: the goal, or every game won.
    fn units_max(&self) -> u32 {
        let gain = self.payout.saturating_sub(1).saturating_mul(self.games);
        let all_won = self.bankroll.saturating_add(gain).saturating_add(1);
        self.goal.map_or(all_won, |goal| goal.min(all_won).max(1))
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "exact where it says so")]
mod tests {
    use super::*;
    use crate::model::expectation::FlatBets;
    use proptest::prelude::proptest;

    fn life(games: u32) -> Life {
        let sequence = Sequence { first: 0, spacing: 40, window: 40, bets: None };
        Life { sequence, payout: 5, bankroll: 20, goal: Some(40), games }
    }

    #[test]
    fn a_long_life_without_gaps_is_the_chain_itself() {
        let flat = FlatBets { chance: rug_within(40), payout: 5, bankroll: 20, goal: 40 };
        let chain = flat.solve().ruin;
        assert!((life(400).ruin() - chain).abs() < 1e-9);
        for (games, ruin) in [(60, 0.717_417), (100, 0.732_682), (200, 0.733_925)] {
            assert!((life(games).ruin() - ruin).abs() < 5e-7, "{games}: {}", life(games).ruin());
        }
        // Four bets a game, or a gap between them, only take more steps.
        for sequence in [
            Sequence { first: 0, spacing: 40, window: 40, bets: Some(4) },
            Sequence { first: 100, spacing: 45, window: 40, bets: None },
        ] {
            assert!(Life { sequence, ..life(10) }.ruin() < life(10).ruin());
            let long = Life { sequence, ..life(3_000) }.ruin();
            assert!((long - chain).abs() < 1e-9, "{long}");
        }
    }

    #[test]
    fn a_single_game_ruins_who_loses_every_bet_that_was_paid_for() {
        // Three units, endless bets 45 apart: lost when the game outlives all three windows, the
        // rug sparing both gaps.
        let sequence = Sequence { first: 7, spacing: 45, window: 40, bets: None };
        let life = Life { sequence, payout: 5, bankroll: 3, goal: None, games: 1 };
        assert!((life.ruin() - alive_at(7 + 45 + 45 + 40)).abs() < 1e-12);
        let one = Sequence { bets: Some(2), ..sequence };
        assert_eq!(Life { sequence: one, ..life }.ruin(), 0.0);
    }

    proptest! {
        #[test]
        fn a_life_is_ruined_more_often_the_longer_it_lasts(
            bankroll in 1_u32..20, more in 1_u32..20, games in 0_u32..40, first in 0_u32..60,
            gap in 0_u32..10, bets in 1_u32..6,
        ) {
            let bets = (bets < 5).then_some(bets);
            let sequence = Sequence { first, spacing: 40 + gap, window: 40, bets };
            let life = Life { sequence, payout: 5, bankroll, goal: Some(bankroll + more), games };
            let ruin = life.ruin();
            assert!((0.0..=1.0).contains(&ruin));
            assert!(Life { games: games + 1, ..life }.ruin() >= ruin - 1e-12);
            assert!(Life { goal: None, ..life }.ruin() >= ruin - 1e-12);
        }
    }
}
