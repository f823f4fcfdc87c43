//! Money: SOL with nine decimals, in exact decimal arithmetic. No float ever becomes money.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use thiserror::Error;

use super::number::{self, NumberError};

/// Decimals of an amount: one lamport is 1e-9 SOL, which is also what the server keeps
/// (docs/spec/game.md#rounding).
pub const DECIMALS: u32 = 9;

/// Largest amount in lamports that arithmetic may reach: 10^15 SOL, above the turnover of any run.
const LAMPORTS_MAX: i128 = 1_000_000_000_000_000 * 1_000_000_000;

/// Most by which a sum of doubles may miss its lamport, in SOL: 10⁻¹² (docs/spec/protocol.md#own-account).
const NOISE: Decimal = Decimal::from_parts(1, 0, 0, false, 12);

/// Why a value is not a valid amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AmountError {
    /// The text is not a decimal number.
    #[error("an amount is a decimal number such as 0.005")]
    NotANumber,
    /// A number with a unit.
    #[error("an amount is a number of SOL without a unit, such as 0.005")]
    WithUnit,
    /// NaN or an infinity.
    #[error("an amount must be finite")]
    NotFinite,
    /// More decimals than a lamport has.
    #[error("an amount has at most 9 decimals (one lamport is 0.000000001 SOL)")]
    TooFine,
    /// Beyond 10^15 SOL in either direction.
    #[error("the amount is beyond 10^15 SOL")]
    OutOfRange,
}

/// An amount of SOL, positive or negative, in whole lamports.
///
/// Always held at scale 9, so that sums never rescale and the mantissa is the number of lamports.
#[derive(Clone, Copy)]
pub struct Sol(Decimal);

impl PartialEq for Sol {
    fn eq(&self, other: &Self) -> bool {
        self.lamports() == other.lamports()
    }
}

impl Eq for Sol {}

impl PartialOrd for Sol {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

// All amounts have one scale: comparing lamports gives the same order as comparing decimals,
// faster.
impl Ord for Sol {
    fn cmp(&self, other: &Self) -> Ordering {
        self.lamports().cmp(&other.lamports())
    }
}

impl Sol {
    /// An amount of zero SOL.
    pub const ZERO: Self = Self::from_lamports_const(0);

    /// An amount from a whole number of lamports.
    ///
    /// # Errors
    /// [`AmountError::OutOfRange`] beyond 10^15 SOL.
    pub fn from_lamports(lamports: i128) -> Result<Self, AmountError> {
        if (-LAMPORTS_MAX..=LAMPORTS_MAX).contains(&lamports) {
            Ok(Self(Decimal::from_i128_with_scale(lamports, DECIMALS)))
        } else {
            Err(AmountError::OutOfRange)
        }
    }

    /// A constant amount in lamports, for values known at compile time.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "the two halves of 64 bits")]
    pub const fn from_lamports_const(lamports: i64) -> Self {
        let magnitude = lamports.unsigned_abs();
        let (low, high) = (magnitude as u32, (magnitude >> 32) as u32);
        Self(Decimal::from_parts(low, high, 0, lamports < 0, DECIMALS))
    }

    /// An amount in thousandths of a SOL, the step of the site's buttons.
    #[must_use]
    pub const fn milli(thousandths: i64) -> Self {
        Self::from_lamports_const(thousandths * 1_000_000)
    }

    /// The amount in lamports.
    #[must_use]
    pub const fn lamports(self) -> i128 {
        self.0.mantissa()
    }

    /// The amount as a decimal number of SOL.
    #[must_use]
    pub const fn to_decimal(self) -> Decimal {
        self.0
    }

    /// True for amounts above zero.
    #[must_use]
    pub const fn is_positive(self) -> bool {
        self.lamports() > 0
    }

    /// The sum, in SOL.
    ///
    /// # Errors
    /// [`AmountError::OutOfRange`] beyond 10^15 SOL.
    pub fn plus(self, other: Self) -> Result<Self, AmountError> {
        Self::from_lamports(self.lamports() + other.lamports())
    }

    /// The difference, in SOL; may be negative.
    ///
    /// # Errors
    /// [`AmountError::OutOfRange`] beyond 10^15 SOL.
    pub fn minus(self, other: Self) -> Result<Self, AmountError> {
        Self::from_lamports(self.lamports() - other.lamports())
    }

    /// The amount multiplied by a whole number.
    ///
    /// # Errors
    /// [`AmountError::OutOfRange`] beyond 10^15 SOL.
    pub fn times(self, factor: u32) -> Result<Self, AmountError> {
        Self::from_lamports(self.lamports() * i128::from(factor))
    }

    /// The amount with the opposite sign.
    #[must_use]
    pub fn negated(self) -> Self {
        // Zero has no sign.
        if self.0.is_zero() { self } else { Self(-self.0) }
    }

    /// Reads an amount from a program that keeps its money in doubles: what is beyond the ninth decimal
    /// is dropped where it is the noise of their sums, as in `0.30000000000000004`.
    ///
    /// # Errors
    /// As of any amount; [`AmountError::TooFine`] where it is more than noise.
    pub fn read_noisy(text: &str) -> Result<Self, AmountError> {
        match text.parse() {
            Err(AmountError::TooFine) => {}
            read => return read,
        }
        let Ok(exact) = number::parse(text) else {
            // More decimals than a number holds: noise around zero has them.
            let is_noise = text.parse::<f64>().is_ok_and(|value| value.abs() < 1e-12);
            return if is_noise { Ok(Self::ZERO) } else { Err(AmountError::TooFine) };
        };
        let rounded = exact.round_dp(DECIMALS);
        if (exact - rounded).abs() > NOISE {
            return Err(AmountError::TooFine);
        }
        rounded.to_string().parse()
    }

    /// The nearest double in SOL: for statistics and plots, never for money.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "statistics, not money")]
    pub fn to_f64(self) -> f64 {
        self.lamports() as f64 * 1e-9
    }
}

impl FromStr for Sol {
    type Err = AmountError;

    fn from_str(text: &str) -> Result<Self, AmountError> {
        let mut value = number::parse(text).map_err(|error| match error {
            NumberError::NotFinite => AmountError::NotFinite,
            NumberError::TooFine => AmountError::TooFine,
            NumberError::TooLarge => AmountError::OutOfRange,
            NumberError::NotANumber if number::with_unit(text).is_some() => AmountError::WithUnit,
            NumberError::NotANumber => AmountError::NotANumber,
        })?;
        value.normalize_assign();
        if value.scale() > DECIMALS {
            return Err(AmountError::TooFine);
        }
        let lamports = 10_i128.pow(DECIMALS - value.scale()).checked_mul(value.mantissa());
        lamports.map_or(Err(AmountError::OutOfRange), Self::from_lamports)
    }
}

impl fmt::Display for Sol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Sol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} SOL", self.0)
    }
}

impl Default for Sol {
    fn default() -> Self {
        Self::ZERO
    }
}

impl Serialize for Sol {
    /// Serialises as text, so that no reader turns it into a float.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Sol {
    /// Reads text only, for the same reason.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sol(text: &str) -> Result<Sol, AmountError> {
        text.parse()
    }

    #[test]
    fn an_amount_keeps_every_lamport() {
        assert_eq!(sol("0.000000001").unwrap().lamports(), 1);
        assert_eq!(sol("-0.03435601").unwrap().to_string(), "-0.034356010");
        assert_eq!(sol("1e-3").unwrap(), Sol::milli(1));
        assert_eq!(sol("0.0050000000000000").unwrap(), Sol::milli(5));
        assert_eq!(Sol::milli(-5).to_string(), "-0.005000000");
        assert_eq!(Sol::milli(5).negated(), Sol::milli(-5));
        for zero in [Sol::ZERO.negated(), sol("-0").unwrap()] {
            assert_eq!(zero.to_string(), "0.000000000");
        }
    }

    #[test]
    fn an_amount_that_cannot_be_paid_is_refused_with_its_reason() {
        assert_eq!(sol("0.0000000001"), Err(AmountError::TooFine));
        assert_eq!(sol("0.000000000001"), Err(AmountError::TooFine));
        assert_eq!(sol("NaN"), Err(AmountError::NotFinite));
        assert_eq!(sol("-inf"), Err(AmountError::NotFinite));
        assert_eq!(sol("1000000000000001"), Err(AmountError::OutOfRange));
        assert_eq!(sol("1e28"), Err(AmountError::OutOfRange));
        assert_eq!(sol("five"), Err(AmountError::NotANumber));
        assert_eq!(sol(""), Err(AmountError::NotANumber));
        assert_eq!(sol("1e-30"), Err(AmountError::TooFine));
        assert_eq!(sol("1e400"), Err(AmountError::OutOfRange));
        for text in ["5 SOL", "1.5x", "20%", "5SOL", "-1 sol", "$5"] {
            assert_eq!(sol(text), Err(AmountError::WithUnit), "{text}");
        }
    }

    #[test]
    fn the_noise_of_doubles_is_dropped_and_nothing_else_is() {
        for (noisy, amount) in [
            ("0.30000000000000004", "0.3"),
            ("0.7999999999999999", "0.8"),
            ("9.991000000000001", "9.991"),
            ("1.0000000000000002e-7", "0.0000001"),
            ("-2.7755575615628914e-17", "0"),
            ("4.440892098500626e-16", "0"),
            ("-0.30000000000000004", "-0.3"),
            ("0.000000001", "0.000000001"),
            ("12", "12"),
        ] {
            assert_eq!(Sol::read_noisy(noisy), sol(amount), "{noisy}");
        }
        for fine in ["0.0000000005", "0.30000000001", "1e-11", "0.300000000002"] {
            assert_eq!(Sol::read_noisy(fine), Err(AmountError::TooFine), "{fine}");
        }
        assert_eq!(Sol::read_noisy("five"), Err(AmountError::NotANumber));
        assert_eq!(Sol::read_noisy("NaN"), Err(AmountError::NotFinite));
    }

    #[test]
    fn sums_beyond_the_range_are_errors_not_panics() {
        let most = Sol::from_lamports(LAMPORTS_MAX).unwrap();
        assert_eq!(most.plus(Sol::from_lamports_const(1)), Err(AmountError::OutOfRange));
        assert_eq!(most.times(2), Err(AmountError::OutOfRange));
        assert_eq!(most.minus(most), Ok(Sol::ZERO));
    }
}
