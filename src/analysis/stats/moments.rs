//! Mean and spread of one figure per unit, from exact sums.

use serde::{Deserialize, Serialize};

use super::estimate::{Estimate, student_estimate};
use super::exact::Wide;

/// Exact sums of an integer figure per unit, so that no order of addition changes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Moments {
    count: u64,
    sum: i128,
    squares: Wide,
}

impl Moments {
    /// Adds the figure of one unit.
    #[inline]
    pub fn add(&mut self, figure: i128) {
        self.count += 1;
        self.sum += figure;
        self.squares = self.squares.plus(Wide::product(figure, figure));
    }

    /// Adds the units of another sum.
    pub fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.sum += other.sum;
        self.squares = self.squares.plus(other.squares);
    }

    /// Number of units added.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// Whether there are units and all have the same figure: decided from the exact sums.
    #[must_use]
    pub fn is_constant(&self) -> bool {
        self.count > 0 && self.squares.times(self.count) == Wide::product(self.sum, self.sum)
    }

    /// Sum of the figures of all units.
    #[must_use]
    pub const fn sum(&self) -> i128 {
        self.sum
    }

    /// The number of equal units that would spread a sum of figures above zero as these do: the
    /// square of the sum over the sum of squares. `None` where all figures are zero.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "statistics, not money")]
    pub fn effective(&self) -> Option<f64> {
        let (sum, squares) = (self.sum as f64, self.squares.to_f64());
        (squares > 0.0).then(|| sum * sum / squares)
    }

    /// Mean per unit; `None` without units.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "statistics, not money")]
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum as f64 / self.count as f64)
    }

    /// Standard deviation of a unit, `n - 1` in the denominator; `None` below two units.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "statistics, not money")]
    pub fn deviation(&self) -> Option<f64> {
        if self.count < 2 {
            return None;
        }
        let n = self.count as f64;
        // n * sum of squares - square of the sum, in whole numbers: nothing cancels.
        let square = Wide::product(self.sum, self.sum);
        let scaled = self.squares.times(self.count).plus(square.negated());
        Some((scaled.to_f64() / (n * (n - 1.0))).sqrt())
    }

    /// The mean with Student's interval; `None` below two units.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "statistics, not money")]
    pub fn estimate(&self) -> Option<Estimate> {
        let n = self.count as f64;
        let error = self.deviation()? / n.sqrt();
        Some(student_estimate(self.mean()?, error, n - 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(figures: &[i128]) -> Moments {
        let mut moments = Moments::default();
        figures.iter().for_each(|&figure| moments.add(figure));
        moments
    }

    #[test]
    fn mean_spread_and_interval_are_those_computed_by_hand() {
        // 2, 4, 4, 4, 5, 5, 7, 9: mean 5, squares 232, variance (232 - 200) / 7 = 32 / 7.
        let estimate = of(&[2, 4, 4, 4, 5, 5, 7, 9]).estimate().unwrap();
        let error = (32.0_f64 / 7.0 / 8.0).sqrt();
        assert!((estimate.value - 5.0).abs() < 1e-12);
        assert!((estimate.standard_error - error).abs() < 1e-12);
        // t of 7 degrees of freedom at 97.5 %.
        assert!((estimate.high - (5.0 + 2.364_624 * error)).abs() < 1e-5, "{estimate:?}");
    }

    #[test]
    fn equal_figures_have_no_spread_however_large() {
        let most = 10_i128.pow(24);
        let estimate = of(&[most; 3]).estimate().unwrap();
        assert!(estimate.standard_error.abs() < f64::EPSILON);
        assert!((estimate.value / 1e24 - 1.0).abs() < 1e-15);
        assert!(of(&[most]).estimate().is_none());
    }

    #[test]
    fn units_are_constant_when_all_are_the_same_to_the_last_lamport() {
        let most = 10_i128.pow(24);
        assert!(of(&[most; 3]).is_constant() && of(&[0; 40]).is_constant());
        assert!(!of(&[most, most, most - 1]).is_constant());
        assert!(!of(&[]).is_constant());
    }

    #[test]
    fn few_large_units_count_as_few() {
        assert_eq!(of(&[7; 40]).effective(), Some(40.0));
        assert_eq!(of(&[0, 5, 0, 5, 0]).effective(), Some(2.0));
        assert!(of(&[1_000, 1, 1, 1]).effective().unwrap() < 1.01);
        assert_eq!(of(&[0, 0]).effective(), None);
    }
}
