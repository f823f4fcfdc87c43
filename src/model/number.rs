//! Decimal numbers as people write them: with or without a fraction, with or without an exponent.

use rust_decimal::Decimal;
use thiserror::Error;

/// Most decimals that a number can have.
const DECIMALS_MAX: i64 = 28;

/// Most digits of a number: more never fit.
const DIGITS_MAX: usize = 29;

/// Why a text is not a number that can be held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NumberError {
    /// The text is not a decimal number.
    #[error("expected a decimal number such as 1.5")]
    NotANumber,
    /// NaN or an infinity.
    #[error("a number must be finite")]
    NotFinite,
    /// More decimals than a number can have.
    #[error("a number has at most 28 decimals")]
    TooFine,
    /// Beyond what a number can hold, in either direction.
    #[error("the number is beyond 7.9 x 10^28, the largest")]
    TooLarge,
}

/// Parses a decimal number exactly; keeps the decimals as written where they fit.
///
/// # Errors
/// Why it is not a number, or which bound it breaks.
pub fn parse(text: &str) -> Result<Decimal, NumberError> {
    // The usual case, without a copy.
    match Decimal::from_str_exact(text) {
        Ok(number) => Ok(number),
        Err(_) => parse_any(text),
    }
}

fn parse_any(text: &str) -> Result<Decimal, NumberError> {
    let (is_negative, bare) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    if matches!(bare.to_ascii_lowercase().as_str(), "nan" | "inf" | "infinity") {
        return Err(NumberError::NotFinite);
    }
    let (mantissa, exponent) = match bare.split_once(['e', 'E']) {
        None => (bare, 0),
        Some((mantissa, exponent)) => (mantissa, parse_exponent(exponent)?),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let is_begun = digits.starts_with(|sign: char| sign.is_ascii_digit());
    if !is_begun || !digits.bytes().all(|sign| sign.is_ascii_digit() || sign == b'_') {
        return Err(NumberError::NotANumber);
    }
    let in_fraction = fraction.bytes().filter(u8::is_ascii_digit).count();
    let decimals = i64::try_from(in_fraction).unwrap_or(i64::MAX).saturating_sub(exponent);
    let number = fitted(&digits.replace('_', ""), decimals)?;
    Ok(if is_negative { -number } else { number })
}

/// A number and the unit that is written with it: `20` and `%` of `20%`, `5` and `$` of `$5`.
/// `None` for a number without a unit, and for other texts.
#[must_use]
pub fn with_unit(text: &str) -> Option<(&str, &str)> {
    let text = text.trim();
    let is_unit = |sign: char| sign.is_alphabetic() || "%$€£¥₿◎".contains(sign);
    if let Some(rest) = text.strip_prefix(['$', '€', '£', '¥', '₿', '◎']) {
        let unit = &text[..text.len() - rest.len()];
        return parse(rest.trim_start()).is_ok().then(|| (rest.trim_start(), unit));
    }
    // From the end, so that an exponent is not taken for one.
    let number = text.trim_end_matches(is_unit);
    let unit = &text[number.len()..];
    let is_one = !unit.is_empty() && parse(number.trim_end()).is_ok();
    is_one.then(|| (number.trim_end(), unit))
}

/// An exponent; one of many digits is as good as the largest.
fn parse_exponent(text: &str) -> Result<i64, NumberError> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|sign| sign.is_ascii_digit()) {
        return Err(NumberError::NotANumber);
    }
    let magnitude = digits.parse().unwrap_or(i64::MAX);
    Ok(if text.starts_with('-') { -magnitude } else { magnitude })
}

/// The number with these digits, the last `decimals` of which follow the decimal point.
fn fitted(digits: &str, decimals: i64) -> Result<Decimal, NumberError> {
    let mut digits = digits.trim_start_matches('0').to_owned();
    let mut decimals = decimals;
    if digits.is_empty() {
        let scale = u32::try_from(decimals.clamp(0, DECIMALS_MAX)).unwrap_or_default();
        return Ok(Decimal::new(0, scale));
    }
    // Zeros at the end of a fraction may go where there is no room for them.
    while decimals > 0
        && (decimals > DECIMALS_MAX || digits.len() > DIGITS_MAX - 1)
        && digits.ends_with('0')
    {
        digits.pop();
        decimals -= 1;
    }
    while decimals < 0 && digits.len() <= DIGITS_MAX {
        digits.push('0');
        decimals += 1;
    }
    if decimals > DECIMALS_MAX {
        return Err(NumberError::TooFine);
    }
    let scale = u32::try_from(decimals).map_err(|_| NumberError::TooLarge)?;
    let whole = &digits[..digits.len().saturating_sub(scale as usize)];
    if !whole.is_empty() {
        let fits = whole.parse().is_ok_and(|whole: i128| whole <= Decimal::MAX.mantissa());
        fits.then_some(()).ok_or(NumberError::TooLarge)?;
    }
    // What is too large now has too many digits behind the point.
    let units: i128 = digits.parse().map_err(|_| NumberError::TooFine)?;
    Decimal::try_from_i128_with_scale(units, scale).map_err(|_| NumberError::TooFine)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(text: &str) -> Result<String, NumberError> {
        parse(text).map(|number| number.to_string())
    }

    #[test]
    fn a_number_keeps_its_decimals_and_takes_an_exponent() {
        for (text, expected) in [
            ("1.5", "1.5"),
            ("1.100", "1.100"),
            ("0.000", "0.000"),
            ("-0.25", "-0.25"),
            ("+3", "3"),
            ("1e3", "1000"),
            ("1E+3", "1000"),
            ("2.5e-3", "0.0025"),
            ("-1.20e1", "-12.0"),
            ("0e400", "0"),
            ("1_000.5", "1000.5"),
            ("9.0000000000000000000000000000000000", "9.000000000000000000000000000"),
        ] {
            assert_eq!(shown(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn a_number_that_cannot_be_held_says_which_bound_it_breaks() {
        use NumberError::{NotANumber, NotFinite, TooFine, TooLarge};
        let long = "9".repeat(400);
        for (text, expected) in [
            ("1e-30", TooFine),
            ("1e-400", TooFine),
            ("1e-99999999999999999999", TooFine),
            ("0.00000000000000000000000000000000001", TooFine),
            ("1e29", TooLarge),
            ("1e400", TooLarge),
            ("-1e400", TooLarge),
            ("1e99999999999999999999", TooLarge),
            (long.as_str(), TooLarge),
            ("99999999999999999999999999999.5", TooLarge),
            ("NaN", NotFinite),
            ("-inf", NotFinite),
            ("", NotANumber),
            ("-", NotANumber),
            (".", NotANumber),
            ("e5", NotANumber),
            ("1e", NotANumber),
            ("1e5.5", NotANumber),
            ("1.2.3", NotANumber),
            ("five", NotANumber),
            ("5 SOL", NotANumber),
            ("--5", NotANumber),
        ] {
            assert_eq!(shown(text), Err(expected), "{text}");
        }
    }

    #[test]
    fn a_unit_is_told_from_its_number() {
        for (text, expected) in [
            ("5 SOL", Some(("5", "SOL"))),
            ("1.5x", Some(("1.5", "x"))),
            ("20%", Some(("20", "%"))),
            (" 1e-3 lamports ", Some(("1e-3", "lamports"))),
            ("$5", Some(("5", "$"))),
            ("5", None),
            ("1e3", None),
            ("SOL", None),
            ("five SOL", None),
            ("5 SOL each", None),
            ("", None),
        ] {
            assert_eq!(with_unit(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn an_exponent_moves_the_point(units in -1_000_000_i64..1_000_000, places in 0_u32..20) {
            let plain = Decimal::new(units, places);
            prop_assert_eq!(parse(&format!("{units}e-{places}")), Ok(plain));
            prop_assert_eq!(parse(&plain.to_string()), Ok(plain));
        }

        #[test]
        fn no_text_panics(text in "[-+0-9._eE]{0,40}") {
            let _ = (parse(&text), with_unit(&text));
        }
    }
}
