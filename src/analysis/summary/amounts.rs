//! From exact sums in lamports to estimates in SOL.

use super::UNITS_MIN;
use crate::analysis::stats::{Estimate, Ratio};

/// One lamport in SOL.
pub(super) const SOL: f64 = 1e-9;

/// Converts an estimate from lamports to SOL.
pub(super) fn in_sol(lamports: Estimate) -> Estimate {
    lamports.scaled(SOL)
}

/// A ratio with its interval; `None` with too few units.
pub(super) fn ratio(ratio: &Ratio) -> Option<Estimate> {
    ratio.estimate().filter(|_| ratio.units() >= UNITS_MIN)
}
