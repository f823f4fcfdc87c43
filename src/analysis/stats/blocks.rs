//! Means per unit from the sums of blocks, as used by resampling, pairing and selection.

use super::distribution::two_sided;
use super::estimate::{Estimate, student_estimate};

/// A ratio of two sums over blocks, with the error of blocks drawn as a whole; `None` below two
/// blocks, or where the denominator is zero.
///
/// With the units of each block as the denominator this is the mean per unit. Where a block is one
/// unit it is the textbook's mean and standard error.
///
/// # Panics
/// When the number of sums differs from the number of blocks.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "a count of blocks")]
pub fn mean_of_blocks(above: &[f64], below: &[f64]) -> Option<Estimate> {
    assert_eq!(above.len(), below.len(), "one sum for each block");
    let total: f64 = below.iter().sum();
    let blocks = below.iter().filter(|&&below| below > 0.0).count() as f64;
    if blocks < 2.0 || total <= 0.0 {
        return None;
    }
    let mean = above.iter().sum::<f64>() / total;
    let squares: f64 = above.iter().zip(below).map(|(a, b)| (a - mean * b).powi(2)).sum();
    let error = (squares * blocks / (blocks - 1.0)).sqrt() / total;
    Some(student_estimate(mean, error, blocks - 1.0))
}

/// The result of one bot minus that of another on the same units, per unit, and the two-sided
/// p-value of no difference. Pairing removes the luck that both share.
///
/// # Panics
/// When the number of sums differs from the number of blocks.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "a count of blocks")]
pub fn paired_difference(one: &[f64], other: &[f64], units: &[f64]) -> Option<(Estimate, f64)> {
    assert_eq!(one.len(), other.len(), "sums of the same blocks");
    let apart: Vec<f64> = one.iter().zip(other).map(|(one, other)| one - other).collect();
    let estimate = mean_of_blocks(&apart, units)?;
    let freedom = units.iter().filter(|&&units| units > 0.0).count() as f64 - 1.0;
    Some((estimate, two_sided(estimate.value, estimate.standard_error, freedom)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_of_one_unit_give_the_mean_and_its_standard_error() {
        let mean = mean_of_blocks(&[1.0, 2.0, 6.0], &[1.0; 3]).unwrap();
        assert!((mean.value - 3.0).abs() < 1e-12);
        // Squares 4 + 1 + 9 = 14, variance 7, error sqrt(7 / 3).
        assert!((mean.standard_error - (7.0_f64 / 3.0).sqrt()).abs() < 1e-12);
        assert!(mean_of_blocks(&[1.0], &[1.0]).is_none());
        assert!(mean_of_blocks(&[1.0, 1.0], &[0.0, 0.0]).is_none());
    }

    #[test]
    fn pairing_removes_what_both_share() {
        let luck = [5.0, -7.0, 11.0, -3.0];
        let better: Vec<f64> = luck.iter().zip([1.0, 1.5, 0.5, 1.0]).map(|(l, d)| l + d).collect();
        let (difference, p) = paired_difference(&better, &luck, &[1.0; 4]).unwrap();
        assert!((difference.value - 1.0).abs() < 1e-12);
        // Squares 0.5, variance 1 / 6, error sqrt(1 / 24): t = 4.899 with 3 degrees of freedom.
        assert!((difference.standard_error - (1.0_f64 / 24.0).sqrt()).abs() < 1e-12);
        assert!((p - 0.016_277).abs() < 1e-5, "{p}");
    }
}
