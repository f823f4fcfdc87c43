//! A ratio of two sums, with the error of units drawn as a whole.

use serde::{Deserialize, Serialize};

use super::estimate::{Estimate, student_estimate};
use super::exact::Wide;
use super::proportion::{Proportion, wilson};

/// Exact sums of two integers per unit: numerator and denominator.
///
/// The ratio of the sums is the yield of one more SOL, hour or trial. Its error is linearised and
/// taken over whole units: trades of one game share its luck.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Ratio {
    units: u64,
    above: i128,
    below: i128,
    above_above: Wide,
    above_below: Wide,
    below_below: Wide,
}

impl Ratio {
    /// Adds the figures of one unit. A unit with zero on both sides carries no information and is
    /// not counted.
    #[inline]
    pub fn add(&mut self, above: i128, below: i128) {
        if above == 0 && below == 0 {
            return;
        }
        self.units += 1;
        self.above += above;
        self.below += below;
        self.above_above = self.above_above.plus(Wide::product(above, above));
        self.above_below = self.above_below.plus(Wide::product(above, below));
        self.below_below = self.below_below.plus(Wide::product(below, below));
    }

    /// Adds the units of another ratio.
    pub fn merge(&mut self, other: &Self) {
        self.units += other.units;
        self.above += other.above;
        self.below += other.below;
        self.above_above = self.above_above.plus(other.above_above);
        self.above_below = self.above_below.plus(other.above_below);
        self.below_below = self.below_below.plus(other.below_below);
    }

    /// Number of units with a figure on either side.
    #[must_use]
    pub const fn units(&self) -> u64 {
        self.units
    }

    /// The sum of the numerator.
    #[must_use]
    pub const fn above(&self) -> i128 {
        self.above
    }

    /// The sum of the denominator.
    #[must_use]
    pub const fn below(&self) -> i128 {
        self.below
    }

    /// The ratio with Student's interval; `None` below two units, or without a denominator.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "statistics, not money")]
    pub fn estimate(&self) -> Option<Estimate> {
        if self.units < 2 || self.below <= 0 {
            return None;
        }
        let (n, below) = (self.units as f64, self.below as f64);
        let ratio = self.above as f64 / below;
        // Squares of each unit's numerator minus its expected share.
        let terms = [
            self.above_above.to_f64(),
            -2.0 * ratio * self.above_below.to_f64(),
            ratio * ratio * self.below_below.to_f64(),
        ];
        let squares: f64 = terms.iter().sum();
        let size: f64 = terms.iter().map(|term| term.abs()).sum();
        // Where every unit has the same ratio the terms cancel: only rounding remains.
        let squares = if squares <= 1e-13 * size { 0.0 } else { squares };
        let error = (squares * n / (n - 1.0)).sqrt() / below;
        Some(student_estimate(ratio, error, n - 1.0))
    }

    /// The ratio as a share of successes, with Wilson's interval for the effective number of
    /// independent trials: never more than there were.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "statistics, not money")]
    pub fn proportion(&self) -> Option<Proportion> {
        let estimate = self.estimate()?;
        let trials = self.below as f64;
        let alone = estimate.value * (1.0 - estimate.value) / trials;
        let clustered = estimate.standard_error * estimate.standard_error;
        let effective = if alone > 0.0 { trials / (clustered / alone).max(1.0) } else { trials };
        Some(wilson(estimate.value, effective))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(units: &[(i128, i128)]) -> Ratio {
        let mut ratio = Ratio::default();
        units.iter().for_each(|&(above, below)| ratio.add(above, below));
        ratio
    }

    #[test]
    fn ratio_and_error_are_those_computed_by_hand() {
        // Sums 6 and 12: ratio 1/2. Residuals 1 - 1 = 0, 3 - 2 = 1, 2 - 3 = -1: squares 2.
        let estimate = of(&[(1, 2), (3, 4), (2, 6)]).estimate().unwrap();
        assert!((estimate.value - 0.5).abs() < 1e-15);
        assert!((estimate.standard_error - (2.0_f64 * 3.0 / 2.0).sqrt() / 12.0).abs() < 1e-12);
    }

    #[test]
    fn equal_ratios_have_no_spread() {
        let units: Vec<_> = (1..50).map(|n| (-97 * n, 1_000 * n)).collect();
        let estimate = of(&units).estimate().unwrap();
        assert!((estimate.value + 0.097).abs() < 1e-12);
        assert!(estimate.standard_error.abs() < 1e-12, "{estimate:?}");
        assert!(of(&[(0, 0), (0, 0)]).estimate().is_none());
    }

    #[test]
    fn trials_that_share_their_luck_count_as_few() {
        // 20 units of ten trials each, all won or all lost: as informative as twenty trials.
        let together: Vec<_> = (0..20).map(|n| (if n % 2 == 0 { 10 } else { 0 }, 10)).collect();
        let rate = of(&together).proportion().unwrap();
        assert!((rate.effective - 19.0).abs() < 1e-9, "{rate:?}");
        // One trial per unit: effective is the actual number.
        let alone: Vec<_> = (0..200).map(|n| (n % 2, 1)).collect();
        let rate = of(&alone).proportion().unwrap();
        assert!((rate.effective - 199.0).abs() < 1e-6, "{rate:?}");
    }
}
