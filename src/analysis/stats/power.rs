//! The number of units needed to answer a question.

use super::distribution::normal_quantile;

/// Probability of detecting an effect of the assumed size.
pub const POWER: f64 = 0.8;

/// Number of units after which a mean of this size and spread differs significantly from zero with
/// probability [`POWER`], at a two-sided level; `None` for no effect, or when the number is too
/// large.
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
