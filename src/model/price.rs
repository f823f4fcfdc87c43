//! The price multiplier: a double, because the game computes it in doubles
//! (docs/decisions/0003-lamports-in-decimal-prices-as-doubles.md).

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use thiserror::Error;

/// Why a number is not a valid price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PriceError {
    /// The text is not a number.
    #[error("a price is a number such as 1.25")]
    NotANumber,
    /// NaN, an infinity, zero or below.
    #[error("a price is finite and above zero")]
    NotPositive,
}

/// A price multiplier: finite and above zero; 1 at a game's start.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
pub struct Price(f64);

impl Price {
    /// The price of the presale and of tick 0.
    pub const ONE: Self = Self(1.0);

    /// Parses a double as a price.
    ///
    /// # Errors
    /// [`PriceError::NotPositive`] unless it is finite and above zero.
    pub fn new(raw: f64) -> Result<Self, PriceError> {
        if raw.is_finite() && raw > 0.0 { Ok(Self(raw)) } else { Err(PriceError::NotPositive) }
    }

    /// A double that came from a price.
    #[inline]
    pub(super) const fn known(raw: f64) -> Self {
        Self(raw)
    }

    /// The price as the double that the game computed.
    #[must_use]
    #[inline]
    pub const fn get(self) -> f64 {
        self.0
    }

    /// The price as used for money: the shortest text that reads back as the same double, as a
    /// decimal; exactly what Python's `Decimal(str(price))` gives.
    ///
    /// Digits beyond the 28th decimal are dropped; they exist only below 1e-11, which no game has
    /// come near (lowest price seen: 6.29e-5, docs/spec/game.md#prices).
    #[must_use]
    pub fn to_decimal(self) -> Decimal {
        decimal_of(self.0)
    }
}

/// The decimal of the shortest text of a finite double above zero; saturates outside the range of
/// [`Decimal`].
fn decimal_of(value: f64) -> Decimal {
    let mut buffer = zmij::Buffer::new();
    let text = buffer.format_finite(value);
    // At most 17 digits, so they fit.
    let (mut mantissa, mut scale, mut beyond_point) = (0_i64, 0, 0);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'0'..=b'9' => {
                mantissa = mantissa * 10 + i64::from(byte - b'0');
                scale += beyond_point;
            }
            b'.' => beyond_point = 1,
            _ => {
                let digits = Decimal::try_new(mantissa, scale).ok();
                let exponent = text[at + 1..].trim_start_matches('+').parse().ok();
                let shifted = digits.zip(exponent).and_then(|(digits, by)| shifted(digits, by));
                return shifted.unwrap_or(if value < 1.0 { Decimal::ZERO } else { Decimal::MAX });
            }
        }
    }
    Decimal::try_new(mantissa, scale).unwrap_or(Decimal::MAX)
}

/// `digits` times ten to the power `exponent`; `None` when too large, zero when too small.
fn shifted(mut digits: Decimal, exponent: i32) -> Option<Decimal> {
    digits.normalize_assign();
    let scale = i64::from(digits.scale()) - i64::from(exponent);
    let surplus = u32::try_from((scale - 28).max(0)).ok()?;
    let mantissa = 10_i128
        .checked_pow(surplus)
        .map_or(0, |divisor| digits.mantissa() / divisor)
        .checked_mul(10_i128.checked_pow(u32::try_from((-scale).max(0)).ok()?)?)?;
    Decimal::try_from_i128_with_scale(mantissa, u32::try_from(scale.clamp(0, 28)).ok()?).ok()
}

impl FromStr for Price {
    type Err = PriceError;

    fn from_str(text: &str) -> Result<Self, PriceError> {
        text.parse().map_err(|_| PriceError::NotANumber).and_then(Self::new)
    }
}

impl fmt::Display for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x", self.0)
    }
}

/// A price level set by a decimal, crossed by doubles.
///
/// Strategies compare every tick's price with the levels of an open position. The levels are exact
/// decimals (average cost times a factor). Doubles decide a price that is clearly on one side of
/// the level; only one very close to it is compared as a decimal. So a tick costs one or two
/// comparisons and still answers exactly as decimals would.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Level {
    level: Decimal,
    /// Every double below stands for a decimal below the level.
    low: f64,
    /// Every double above stands for a decimal above the level.
    high: f64,
}

/// How far the double of a level may be from the level, as a share of it: a thousand times the
/// error of one conversion and one division.
const LEVEL_SHARE: f64 = 1e-13;
/// The same for tiny levels, as a price: digits beyond the 28th decimal are dropped.
const LEVEL_LEAST: f64 = 1e-27;

impl Level {
    /// A level that no price reaches from below: `reached` and `exceeded` are never true,
    /// `undercut` always is.
    pub const UNREACHABLE: Self =
        Self { level: Decimal::MAX, low: f64::INFINITY, high: f64::INFINITY };

    /// The level at a decimal. Every price is above a level of zero or less.
    #[must_use]
    pub fn at(level: Decimal) -> Self {
        if level <= Decimal::ZERO {
            return Self { level, low: 0.0, high: 0.0 };
        }
        let nearest = nearest(level);
        let margin = nearest * LEVEL_SHARE + LEVEL_LEAST;
        Self { level, low: nearest - margin, high: nearest + margin }
    }

    /// The price nearest to the level; none for a level of zero or less.
    #[must_use]
    #[cold]
    pub fn price(self) -> Option<Price> {
        Price::new(nearest(self.level)).ok()
    }

    /// True when the price is at the level or above it.
    #[must_use]
    #[inline]
    pub fn reached(self, price: Price) -> bool {
        price.0 > self.high || (price.0 >= self.low && self.side(price).is_ge())
    }

    /// True when the price is above the level.
    #[must_use]
    #[inline]
    pub fn exceeded(self, price: Price) -> bool {
        price.0 > self.high || (price.0 >= self.low && self.side(price).is_gt())
    }

    /// True when the price is below the level.
    #[must_use]
    #[inline]
    pub fn undercut(self, price: Price) -> bool {
        !self.reached(price)
    }

    /// True when the price is at the level or below it.
    #[must_use]
    #[inline]
    pub fn met_or_undercut(self, price: Price) -> bool {
        !self.exceeded(price)
    }

    /// The side of the level that the price's decimal is on.
    #[cold]
    fn side(self, price: Price) -> Ordering {
        price.to_decimal().cmp(&self.level)
    }
}

/// The double nearest to a decimal, but for the error of one conversion and one division.
#[expect(clippy::cast_precision_loss, reason = "the margin of a level is far wider than the error")]
fn nearest(level: Decimal) -> f64 {
    let scale = i32::try_from(level.scale()).unwrap_or(i32::MAX);
    level.mantissa() as f64 / 10_f64.powi(scale)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::from_str_exact(text).unwrap()
    }

    #[test]
    fn a_price_becomes_the_decimal_that_its_shortest_text_says() {
        for text in
            ["1", "0.9928533860599967", "824.07884220342", "0.00006291", "37.168023096688245"]
        {
            let price: Price = text.parse().unwrap();
            assert_eq!(price.to_decimal(), decimal(text), "{text}");
        }
        assert_eq!(Price::new(6.3e-5).unwrap().to_decimal(), decimal("0.000063"));
        assert_eq!(Price::new(1.5e20).unwrap().to_decimal(), decimal("150000000000000000000"));
    }

    #[test]
    fn what_is_not_finite_and_above_zero_is_not_a_price() {
        for raw in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(Price::new(raw), Err(PriceError::NotPositive));
        }
        assert_eq!("x".parse::<Price>(), Err(PriceError::NotANumber));
    }

    #[test]
    fn prices_beyond_decimals_saturate_instead_of_failing() {
        assert_eq!(Price::new(1e300).unwrap().to_decimal(), Decimal::MAX);
        assert_eq!(Price::new(1e-300).unwrap().to_decimal(), Decimal::ZERO);
    }

    #[test]
    fn every_price_is_above_a_level_of_zero() {
        let zero = Level::at(Decimal::ZERO);
        assert!(zero.exceeded(Price::new(1e-300).unwrap()));
        assert!(!zero.undercut(Price::new(1e-300).unwrap()));
        assert!(!Level::UNREACHABLE.reached(Price::new(1e300).unwrap()));
    }

    proptest! {
        #[test]
        fn a_level_answers_what_comparing_decimals_would(
            raw in 1e-4_f64..1e3,
            offset in -3_i32..4,
            percent in 1_u32..400,
        ) {
            let level = Price::new(raw).unwrap().to_decimal() * Decimal::new(i64::from(percent), 2);
            let at = Level::at(level);
            let mut near: f64 = level.to_string().parse().unwrap();
            for _ in 0..offset.abs() {
                near = if offset > 0 { near.next_up() } else { near.next_down() };
            }
            let price = Price::new(near).unwrap();
            let exact = price.to_decimal();
            prop_assert_eq!(at.reached(price), exact >= level);
            prop_assert_eq!(at.exceeded(price), exact > level);
            prop_assert_eq!(at.undercut(price), exact < level);
            prop_assert_eq!(at.met_or_undercut(price), exact <= level);
        }

        #[test]
        fn the_decimal_of_a_price_reads_back_as_the_same_double(raw in 1e-9_f64..1e9) {
            let price = Price::new(raw).unwrap();
            let back: f64 = price.to_decimal().to_string().parse().unwrap();
            prop_assert_eq!(back.to_bits(), raw.to_bits());
        }
    }
}
