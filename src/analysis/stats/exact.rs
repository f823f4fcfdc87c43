//! Exact sums of products in 256 bits, so that no amount of money overflows and no order of
//! addition changes a figure.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A 256-bit integer, in two's complement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wide {
    high: i128,
    low: u128,
}

impl Wide {
    /// The exact product of two numbers.
    #[must_use]
    #[inline]
    pub fn product(a: i128, b: i128) -> Self {
        if let Some(small) = a.checked_mul(b) {
            return Self { high: small >> 127, low: small.cast_unsigned() };
        }
        let (low, high) = a.unsigned_abs().carrying_mul(b.unsigned_abs(), 0);
        // Two factors of 127 bits each leave the sign bit free.
        let magnitude = Self { high: high.cast_signed(), low };
        if (a < 0) == (b < 0) { magnitude } else { magnitude.negated() }
    }

    /// The sum of two numbers.
    ///
    /// # Panics
    /// Beyond 255 bits. Sums of squares of all possible amounts stay below.
    #[must_use]
    #[inline]
    pub fn plus(self, other: Self) -> Self {
        let (low, carry) = self.low.carrying_add(other.low, false);
        let high = self.high.checked_add(other.high);
        let high = high.and_then(|high| high.checked_add(i128::from(carry)));
        Self { high: high.expect("sums of squares of money stay within 255 bits"), low }
    }

    /// The number with the opposite sign.
    #[must_use]
    pub fn negated(self) -> Self {
        let (low, carry) = (!self.low).carrying_add(1, false);
        Self { high: (!self.high).wrapping_add(i128::from(carry)), low }
    }

    /// The product with a count.
    ///
    /// # Panics
    /// Beyond 255 bits.
    #[must_use]
    pub fn times(self, count: u64) -> Self {
        if self.high < 0 {
            return self.negated().times(count).negated();
        }
        let (low, carry) = self.low.carrying_mul(u128::from(count), 0);
        let high = self.high.checked_mul(i128::from(count));
        let high = high.and_then(|high| high.checked_add(carry.cast_signed()));
        Self { high: high.expect("sums of squares of money stay within 255 bits"), low }
    }

    /// The nearest double, up to one rounding.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "statistics, not money")]
    pub fn to_f64(self) -> f64 {
        if self.high < 0 {
            return -self.negated().to_f64();
        }
        (self.high as f64).mul_add(2.0_f64.powi(128), self.low as f64)
    }
}

impl fmt::Display for Wide {
    /// Decimal if it fits into 128 bits, otherwise `x` and 64 hex digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let small = self.low.cast_signed();
        if self.high == small >> 127 {
            write!(f, "{small}")
        } else {
            write!(f, "x{:032x}{:032x}", self.high, self.low)
        }
    }
}

impl Serialize for Wide {
    /// Serialises as text: few readers of JSON keep 256 bits of a number.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Wide {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let read = || match text.strip_prefix('x') {
            None => text.parse().ok().map(|small| Self::product(small, 1)),
            Some(digits) => {
                let half = |part: Option<&str>| u128::from_str_radix(part?, 16).ok();
                let (high, low) = (half(digits.get(..32))?, half(digits.get(32..64))?);
                Some(Self { high: high.cast_signed(), low })
            }
        };
        read().ok_or_else(|| de::Error::custom("expected a whole number, or x and 64 hex digits"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_product_beyond_128_bits_is_exact() {
        let most = 10_i128.pow(24);
        let square = Wide::product(most, most);
        // 10^48 in hex.
        let tail = "af298d050e4395d69670b12b7f41000000000000";
        assert!(square.to_string().ends_with(tail), "{square}");
        assert_eq!(Wide::product(-most, most), square.negated());
        assert_eq!(square.plus(square.negated()), Wide::default());
        assert!((square.to_f64() / 1e48 - 1.0).abs() < 1e-15);
    }

    proptest! {
        #[test]
        fn small_sums_are_those_of_128_bits(a: i64, b: i64, c: i64, d: i64, count in 0..1_000_u64) {
            // 58 bits a factor, so that no sum needs more than 128.
            let [a, b, c, d] = [a, b, c, d].map(|n| i128::from(n) / 64);
            let sum = Wide::product(a, b).plus(Wide::product(c, d)).times(count);
            let expected = (a * b + c * d) * i128::from(count);
            prop_assert_eq!(sum, Wide::product(expected, 1));
        }

        #[test]
        fn what_is_written_is_read(a: i128, b: i128) {
            let wide = Wide::product(a / 2, b / 2);
            let text = serde_json::to_string(&wide).unwrap();
            prop_assert_eq!(serde_json::from_str::<Wide>(&text).unwrap(), wide);
        }
    }
}
