//! Shares of successes, with their intervals.

use super::distribution::normal_quantile;
use super::estimate::{CONFIDENCE, Interval};

/// A share of successes with its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Proportion {
    /// Successes per trial, from 0 to 1.
    pub value: f64,
    /// Number of independent trials with the same information.
    pub effective: f64,
    /// Wilson's interval, from 0 to 1.
    pub interval: Interval,
}

/// Wilson's interval of a share of successes in `trials` independent trials. It stays within 0 and
/// 1, and is valid even where nothing or everything succeeded.
#[must_use]
pub fn wilson(share: f64, trials: f64) -> Proportion {
    let z = normal_quantile(f64::midpoint(1.0, CONFIDENCE));
    let scale = 1.0 + z * z / trials;
    let middle = (share + z * z / (2.0 * trials)) / scale;
    let spread = share * (1.0 - share) / trials + z * z / (4.0 * trials * trials);
    let reach = z / scale * spread.sqrt();
    // Rounding must not leave the share itself out, where nothing or everything succeeded.
    let low = (middle - reach).clamp(0.0, share);
    let interval = Interval { low, high: (middle + reach).clamp(share, 1.0) };
    Proportion { value: share, effective: trials, interval }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_the_one_computed_by_hand() {
        // 10 of 100: (0.1 + 0.019207) / 1.038415 ± 1.96 / 1.038415 * sqrt(0.0009 + 0.00009604).
        let Interval { low, high } = wilson(0.1, 100.0).interval;
        assert!((low - 0.055_229).abs() < 1e-5, "{low}");
        assert!((high - 0.174_366).abs() < 1e-5, "{high}");
    }

    #[test]
    fn nothing_won_is_no_proof_that_nothing_can_be_won() {
        let Interval { low, high } = wilson(0.0, 30.0).interval;
        assert!(low.abs() < 1e-12);
        // z^2 / (n + z^2).
        assert!((high - 3.841_459 / 33.841_459).abs() < 1e-6);
    }
}
