//! Numbers drawn from a range, with the decimals of its bounds.

use rust_decimal::{Decimal, MathematicalOps};

/// How numbers are drawn from a range: as multiples of its last decimal, both bounds included.
#[derive(Debug, Clone, Copy)]
pub struct Draw {
    pub(super) low: i128,
    pub(super) high: i128,
    pub(super) decimals: u32,
    /// Draws uniformly over magnitudes, not over values.
    pub(super) by_magnitude: bool,
}

impl Draw {
    /// The number that 64 random bits map to, as text.
    #[must_use]
    pub fn value(&self, random: u64) -> String {
        let drawn = if self.by_magnitude { self.by_magnitude(random) } else { self.even(random) };
        self.show(drawn)
    }

    fn even(&self, random: u64) -> i128 {
        let values = (self.high - self.low + 1).unsigned_abs();
        let drawn = (u128::from(random) * values) >> 64;
        self.low + i128::try_from(drawn).expect("below the number of values")
    }

    /// In decimals throughout, so that results do not depend on a machine's floats.
    fn by_magnitude(&self, random: u64) -> i128 {
        let (low, high) = (Decimal::from(self.low), Decimal::from(self.high));
        // 53 bits: more would not fit beside the decimals of a logarithm.
        let share = Decimal::from(random >> 11) / Decimal::from(1_u64 << 53);
        let magnitude = low.ln() + share * (high.ln() - low.ln());
        let drawn = magnitude.checked_exp().map_or(high, |drawn| drawn.round());
        drawn.clamp(low, high).mantissa()
    }

    pub(super) fn show(&self, units: i128) -> String {
        Decimal::from_i128_with_scale(units, self.decimals).to_string()
    }
}
