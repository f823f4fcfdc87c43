//! Sidebets: a single one, and sequences of them in one game.

use super::price::{alive_at, rug_within};

/// Expected gain of a sidebet per SOL staked: -9.16 % for 40 ticks and a payout of 5 stakes. The
/// same for every bet of any sequence, at any stake: order and size change the spread only.
#[must_use]
pub fn sidebet_edge(window_ticks: u32, payout: u32) -> f64 {
    rug_within(window_ticks) * f64::from(payout) - 1.0
}

/// The win chance at which a bet neither gains nor loses: `1 / payout`, the stake being part of the
/// payout: 20 % for 5. Above 1 for a payout of nothing.
#[must_use]
pub fn break_even(payout: u32) -> f64 {
    1.0 / f64::from(payout)
}

/// Chance to lose `bets` independent bets in a row.
#[must_use]
pub fn losing_streak(chance: f64, bets: u32) -> f64 {
    (1.0 - chance).powf(f64::from(bets))
}

/// Sidebets of one game, evenly spaced, until one is won.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sequence {
    /// The tick at which the first sidebet starts.
    pub first: u32,
    /// Ticks from the start of one sidebet to the start of the next: at least the window.
    pub spacing: u32,
    /// Ticks in which the rug wins a sidebet.
    pub window: u32,
    /// Highest number of sidebets; `None`: as many as the game has room for.
    pub bets: Option<u32>,
}

impl Sequence {
    /// Chance that at least one is won, in a game that is alive at the start of the first.
    ///
    /// The windows do not overlap, so the chances add: the `k`-th is won if the game lives to its
    /// start, `spacing x k` ticks on, and the rug comes within its window. That is a geometric sum,
    /// `P(window) x (1 - alive^(spacing x bets)) / (1 - alive^spacing)`; back to back it is the
    /// chance that the rug comes within all windows together.
    #[must_use]
    pub fn one_wins(&self) -> f64 {
        let spacing = self.spacing.max(self.window);
        let starts = match self.bets {
            Some(bets) => rug_within(spacing.saturating_mul(bets)),
            None => 1.0,
        };
        if self.window == 0 { 0.0 } else { rug_within(self.window) * starts / rug_within(spacing) }
    }

    /// Chance that at least one is won in any game, including games that end before the first
    /// starts.
    #[must_use]
    pub fn one_wins_in_a_game(&self) -> f64 {
        alive_at(self.first) * self.one_wins()
    }

    /// Chance that the next bet is placed after a loss: the rug spares the ticks between the end of
    /// one window and the start of the next.
    #[must_use]
    pub fn goes_on(&self) -> f64 {
        alive_at(self.spacing.saturating_sub(self.window))
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "exact where it says so")]
mod tests {
    use super::*;
    use proptest::prelude::{prop, proptest};

    fn sequence(spacing: u32, bets: u32) -> Sequence {
        Sequence { first: 0, spacing, window: 40, bets: Some(bets) }
    }

    #[test]
    fn a_sidebet_loses_nine_percent_of_its_stake() {
        assert!((sidebet_edge(40, 5) - -0.091_601).abs() < 5e-7);
        assert_eq!(break_even(5), 0.2);
        assert!(rug_within(40) < break_even(5));
    }

    #[test]
    fn a_sequence_wins_at_least_once_as_often_as_was_computed() {
        // docs/spec/users.md#oracle-numbers.
        let back_to_back =
            [(1, 0.1817), (2, 0.3304), (3, 0.4520), (4, 0.5516), (7, 0.7543), (10, 0.8653)];
        let spaced =
            [(1, 0.1817), (2, 0.3267), (3, 0.4424), (4, 0.5347), (7, 0.7142), (10, 0.8054)];
        for (spacing, table) in [(40, back_to_back), (45, spaced)] {
            for (bets, chance) in table {
                let ours = sequence(spacing, bets).one_wins();
                assert!((ours - chance).abs() < 5e-5, "{bets} bets, {spacing} apart: {ours}");
            }
        }
    }

    #[test]
    fn ten_losses_in_a_row_are_no_news() {
        // docs/spec/users.md#oracle-numbers.
        assert!((losing_streak(rug_within(40), 10) - 0.1347).abs() < 5e-5);
        assert!((losing_streak(rug_within(40), 20) - 0.0181).abs() < 5e-5);
    }

    #[test]
    fn bets_without_end_and_without_a_gap_always_win_one() {
        let endless = Sequence { bets: None, ..sequence(40, 1) };
        assert_eq!((endless.one_wins(), endless.goes_on()), (1.0, 1.0));
        let late = Sequence { first: 200, ..endless };
        assert_eq!(late.one_wins_in_a_game(), alive_at(200));
    }

    proptest! {
        #[test]
        fn a_sequence_is_the_sum_of_its_windows(
            first in 0_u32..300, window in 1_u32..60, gap in 0_u32..30, bets in 1_u32..12,
        ) {
            let sequence = Sequence { first, spacing: window + gap, window, bets: Some(bets) };
            let windows = (0..bets).map(|bet| {
                let start = first + bet * (window + gap);
                alive_at(start) - alive_at(start + window)
            });
            assert!((sequence.one_wins_in_a_game() - windows.sum::<f64>()).abs() < 1e-12);
        }

        #[test]
        fn more_bets_longer_windows_and_smaller_gaps_never_win_less(
            window in 1_u32..100, gap in 0_u32..60, bets in 1_u32..40,
        ) {
            let chance = |window, spacing, bets| {
                let chance = Sequence { first: 0, spacing, window, bets }.one_wins();
                assert!((0.0..=1.0).contains(&chance));
                chance
            };
            // Minus the rounding error, where both are the same.
            let it = chance(window, window + gap, Some(bets)) - 1e-12;
            assert!(it <= chance(window, window + gap, Some(bets + 1)));
            assert!(it <= chance(window, window + gap, None));
            assert!(it <= chance(window + 1, window + gap + 1, Some(bets)));
            assert!(gap == 0 || it <= chance(window, window + gap - 1, Some(bets)));
        }

        #[test]
        fn a_streak_is_a_chance_that_shrinks(chance in 0.0_f64..=1.0, bets in prop::num::u32::ANY) {
            let streak = losing_streak(chance, bets);
            assert!((0.0..=1.0).contains(&streak));
            assert!(losing_streak(chance, bets.saturating_add(1)) <= streak + 1e-15);
        }
    }
}
