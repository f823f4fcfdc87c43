//! Quantities of the game's token: whole billionths, never negative.

use std::fmt;

use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

use super::sol::{AmountError, DECIMALS};

/// A quantity of the game's token in billionths, never negative.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quantity(Decimal);

impl Quantity {
    /// No tokens at all.
    pub const ZERO: Self = Self(Decimal::from_parts(0, 0, 0, false, DECIMALS));

    /// A quantity from a whole number of billionths.
    ///
    /// # Errors
    /// [`AmountError::OutOfRange`] beyond what a decimal holds.
    pub fn from_billionths(billionths: u128) -> Result<Self, AmountError> {
        let signed = i128::try_from(billionths).map_err(|_| AmountError::OutOfRange)?;
        Decimal::try_from_i128_with_scale(signed, DECIMALS)
            .map(Self)
            .map_err(|_| AmountError::OutOfRange)
    }

    /// The quantity in billionths.
    #[must_use]
    pub const fn billionths(self) -> u128 {
        self.0.mantissa().unsigned_abs()
    }

    /// True when the quantity is zero.
    #[must_use]
    #[inline]
    pub const fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// The quantity as a decimal number.
    #[must_use]
    pub const fn to_decimal(self) -> Decimal {
        self.0
    }

    /// The nearest double in tokens, for statistics.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "statistics, not money")]
    pub fn to_f64(self) -> f64 {
        self.billionths() as f64 * 1e-9
    }

    /// The sum of both quantities.
    ///
    /// # Errors
    /// [`AmountError::OutOfRange`] beyond what a decimal holds.
    pub fn plus(self, other: Self) -> Result<Self, AmountError> {
        Self::from_billionths(self.billionths() + other.billionths())
    }

    /// The difference; zero when `other` is larger.
    #[must_use]
    pub fn less(self, other: Self) -> Self {
        Self::from_billionths(self.billionths().saturating_sub(other.billionths()))
            .unwrap_or(Self::ZERO)
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl Default for Quantity {
    fn default() -> Self {
        Self::ZERO
    }
}

impl Serialize for Quantity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}
