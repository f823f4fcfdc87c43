//! What the lives of a bot allow to be said: whether they are enough, and in which error its mean is
//! judged. Everything that ranks, corrects, selects or judges asks here.

use super::UNITS_MIN;
use super::amounts::in_sol;
use super::counts::variance_in_sol;
use super::sums::Sums;
use crate::analysis::stats::{CONFIDENCE, Estimate, mean_of_blocks, student_estimate, two_sided};

/// Fewest equal lives that the spread by the law must be worth for a verdict: below, a few lives
/// decide the result, and nothing is known of those that did not come. Chosen by simulation
/// (docs/statistics.md#how-often-a-verdict-is-wrong).
pub const SPREAD_MIN: f64 = 10.0;

/// What the lives of a bot, or of bots declared together, allow to be said.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Evidence {
    /// Number of completed lives.
    pub units: u64,
    /// Number of completed lives with a stake.
    pub staked: u64,
    /// SOL gained per life, in the error that the lives themselves show.
    pub mean: Option<Estimate>,
    /// Whether all lives ended the same, to the last lamport: nothing can be tested then.
    pub is_constant: bool,
    /// What the law of the game says of the spread; `None` where nothing was exposed to it.
    pub law: Option<LawSpread>,
}

/// The spread of a mean by the law of the game.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LawSpread {
    /// Standard error of the mean P&L of a life, in SOL.
    pub error: f64,
    /// Number of equal lives that would spread as these do.
    pub effective: f64,
}

impl Evidence {
    /// The evidence in the sums of all lives.
    #[expect(clippy::cast_precision_loss, reason = "statistics, not money")]
    pub(super) fn of(sums: &Sums) -> Self {
        let units = sums.units.count();
        let law = sums.law.effective().map(|effective| {
            let error = variance_in_sol(sums.law.sum()).sqrt() / units as f64;
            LawSpread { error, effective }
        });
        Self {
            units,
            staked: sums.per_stake.units(),
            mean: sums.units.estimate().map(in_sol),
            is_constant: sums.units.is_constant(),
            law,
        }
    }

    /// The evidence in the P&L of blocks alone, of which nothing else is known: every life has a
    /// stake, and the error is that which the blocks show.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of units")]
    pub fn of_blocks(pnl: &[f64], units: &[f64]) -> Self {
        let (mean, count) = (mean_of_blocks(pnl, units), units.iter().sum::<f64>() as u64);
        let is_constant = mean.is_some_and(|mean| mean.standard_error <= 1e-12 * mean.value.abs());
        Self { units: count, staked: count, mean, is_constant, law: None }
    }

    /// Whether there are enough lives, and enough of them with a stake, for estimates. A bot that
    /// never bets has enough: its result is zero.
    #[must_use]
    pub const fn is_sufficient(&self) -> bool {
        self.units >= UNITS_MIN && (self.staked == 0 || self.staked >= UNITS_MIN)
    }

    /// Whether it is tested, ranked and counted among those that are compared.
    #[must_use]
    pub const fn is_compared(&self) -> bool {
        self.is_sufficient() && self.staked > 0 && !self.is_constant && self.mean.is_some()
    }

    /// The mean in the error in which it is judged: the larger of what the lives show and of what
    /// the law gives for the same exposure. `None` where it is not tested.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a count of lives")]
    pub fn judged(&self) -> Option<Estimate> {
        let mean = self.mean.filter(|_| self.is_compared())?;
        if !self.is_judged_by_law() {
            return Some(mean);
        }
        let error = self.law.map_or(0.0, |law| law.error);
        Some(student_estimate(mean.value, error, self.units as f64 - 1.0))
    }

    /// Whether the law gives a larger error than the lives show.
    #[must_use]
    pub fn is_judged_by_law(&self) -> bool {
        let shown = self.mean.map_or(0.0, |mean| mean.standard_error);
        self.law.is_some_and(|law| law.error > shown)
    }

    /// The mean in standard errors: the one measure by which candidates are chosen and ranked.
    #[must_use]
    pub fn statistic(&self) -> Option<f64> {
        self.judged().map(|mean| mean.value / mean.standard_error)
    }

    /// Two-sided p-value of a mean of zero, the result of always waiting.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a count of lives")]
    pub fn p_value(&self) -> Option<f64> {
        let mean = self.judged()?;
        Some(two_sided(mean.value, mean.standard_error, self.units as f64 - 1.0))
    }

    /// Whether a few lives decide the result, so that there is no verdict.
    #[must_use]
    pub fn hangs_on_few(&self) -> bool {
        self.law.is_some_and(|law| law.effective < SPREAD_MIN)
    }

    /// The number of equal lives that these are worth, with one decimal and never rounded up; for
    /// sentences.
    pub(super) fn worth(&self) -> String {
        let tenths = self.law.map_or(0.0, |law| (law.effective * 10.0).floor());
        format!("{:.1}", tenths / 10.0)
    }

    /// Number of lives after which it would no longer hang on a few, if they spread as these do.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a number of lives, held against the range"
    )]
    pub fn units_to_spread(&self) -> Option<u64> {
        let units = self.units as f64 * SPREAD_MIN / self.law?.effective;
        (units.is_finite() && units < u64::MAX as f64).then_some(units.ceil() as u64)
    }

    /// Whether a two-sided p-value shows more than luck.
    pub(super) fn is_beyond_luck(p: f64) -> bool {
        p < 1.0 - CONFIDENCE
    }

    /// Whether a one-sided p-value shows more than luck: a gain is called one as seldom by luck as
    /// by a two-sided value.
    pub(super) fn is_beyond_luck_one_sided(p: f64) -> bool {
        Self::is_beyond_luck(2.0 * p)
    }
}
