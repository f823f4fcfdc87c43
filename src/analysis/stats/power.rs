//! How many units would settle a question.

use super::distribution::normal_quantile;

/// Chance with which an effect of the assumed size shall be seen.
pub const POWER: f64 = 0.8;

/// Units after which a mean of this size and spread would be told from zero with [`POWER`], at a
/// two-sided level; `None` for no effect, or for more units than can be counted.
#[must_use]
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a number of units, held against the range"
)]
pub fn units_to_settle(mean: f64, deviation: f64, level: f64) -> Option<u64> {
    let errors = normal_quantile(1.0 - level / 2.0) + normal_quantile(POWER);
    let units = (errors * deviation / mean).powi(2).ceil();
    (units.is_finite() && units < u64::MAX as f64).then_some(units as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenth_of_a_deviation_takes_785_units() {
        // (1.959964 + 0.841621)^2 * 100 = 784.9.
        assert_eq!(units_to_settle(-0.1, 1.0, 0.05), Some(785));
        assert_eq!(units_to_settle(0.0, 1.0, 0.05), None);
        assert_eq!(units_to_settle(0.0, 0.0, 0.05), None);
    }
}
