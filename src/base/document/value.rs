//! Types that a field can hold: parsed from RON text and written as RON text.

use std::fmt;

use rust_decimal::Decimal;

use crate::model::ids::{BotId, GameId};
use crate::model::number;
use crate::model::sol::{AmountError, Sol};

/// Why a number with a comma is none.
pub(super) const POINT: &str = "the sign before decimals is a point";

/// A type that a field can hold.
pub trait Value: Sized {
    /// Parses RON text.
    ///
    /// # Errors
    /// What is wrong, as the rest of a sentence about the text.
    fn parse(text: &str) -> Result<Self, String>;

    /// Writes it as RON text.
    fn show(&self) -> String;
}

/// The beginning of a text, short enough for one line of a message.
#[must_use]
pub fn excerpt(text: &str) -> String {
    const CHARS_MAX: usize = 48;
    let mut kept: String = text.chars().take(CHARS_MAX).collect();
    let broken = kept.find(char::is_control);
    kept.truncate(broken.unwrap_or(kept.len()));
    if kept.len() < text.len() { format!("{kept}…") } else { kept }
}

/// The text of a number or an amount, with or without quotes.
fn unquoted(text: &str) -> String {
    ron::from_str::<String>(text).unwrap_or_else(|_| text.replace('_', ""))
}

impl Value for Sol {
    fn parse(text: &str) -> Result<Self, String> {
        let text = unquoted(text);
        text.parse().map_err(|error: AmountError| match number::with_unit(&text) {
            Some((_, "%")) => "an amount is a number of SOL such as 0.005, not a share".to_owned(),
            Some((number, unit)) => {
                format!("write `{}`: amounts are in SOL, without a unit", in_sol(number, unit))
            }
            None => with_comma(&text).unwrap_or_else(|| error.to_string()),
        })
    }

    fn show(&self) -> String {
        self.to_decimal().normalize().to_string()
    }
}

/// An amount in a unit as the same amount in SOL.
fn in_sol(number: &str, unit: &str) -> String {
    let lamports = number.parse().map(|lamports: i64| Sol::from_lamports_const(lamports));
    match lamports {
        Ok(amount) if unit.to_lowercase().starts_with("lamport") => amount.show(),
        _ => number.to_owned(),
    }
}

/// What to write for a number with a decimal comma, if it is one.
fn with_comma(text: &str) -> Option<String> {
    let meant = text.replacen(',', ".", 1);
    let is_one = meant != text && number::parse(&meant).is_ok();
    is_one.then(|| format!("write `{meant}`: {POINT}"))
}

/// What is wrong with a text in place of a number, and what was probably meant.
fn no_number(text: &str, error: &dyn fmt::Display) -> String {
    match number::with_unit(text) {
        Some((number, _)) => format!("write `{number}`, without a unit"),
        None => with_comma(text).unwrap_or_else(|| error.to_string()),
    }
}

impl Value for Decimal {
    fn parse(text: &str) -> Result<Self, String> {
        let text = unquoted(text);
        number::parse(&text).map_err(|error| no_number(&text, &error))
    }

    fn show(&self) -> String {
        self.normalize().to_string()
    }
}

macro_rules! whole_value {
    ($type:ty, $expected:literal) => {
        impl Value for $type {
            fn parse(text: &str) -> Result<Self, String> {
                if let Ok(number) = ron::from_str(text) {
                    return Ok(number);
                }
                let error = || concat!("expected ", $expected);
                // With an exponent, as amounts may have: 1e6.
                let number = match number::parse(&unquoted(text)) {
                    Ok(number) if text.contains(['e', 'E']) => number,
                    Ok(_) => return Err(error().to_owned()),
                    Err(_) => return Err(no_number(&unquoted(text), &error())),
                };
                let whole = number.is_integer().then(|| number.normalize().mantissa());
                whole.and_then(|it| it.try_into().ok()).ok_or_else(|| error().to_owned())
            }

            fn show(&self) -> String {
                format!("{self:?}")
            }
        }
    };
}

whole_value!(u32, "a whole number from 0 to 4294967295");
whole_value!(u64, "a whole number from 0 to 18446744073709551615");

macro_rules! plain_value {
    ($type:ty, $expected:literal) => {
        impl Value for $type {
            fn parse(text: &str) -> Result<Self, String> {
                ron::from_str(text).map_err(|_| concat!("expected ", $expected).to_owned())
            }

            fn show(&self) -> String {
                format!("{self:?}")
            }
        }
    };
}

plain_value!(bool, "true or false");
plain_value!(String, "text in quotes");

macro_rules! name_value {
    ($name:ty) => {
        impl Value for $name {
            fn parse(text: &str) -> Result<Self, String> {
                Self::new(&String::parse(text)?).map_err(|error| error.to_string())
            }

            fn show(&self) -> String {
                format!("{:?}", self.as_str())
            }
        }
    };
}

name_value!(BotId);
name_value!(GameId);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_from_their_text_never_through_a_float() {
        for text in ["0.1", "\"0.1\"", "1e-1"] {
            assert_eq!(Sol::parse(text).unwrap(), Sol::milli(100), "{text}");
        }
        assert_eq!(Sol::parse("0.123456789").unwrap().to_string(), "0.123456789");
        assert!(Sol::parse("NaN").unwrap_err().contains("finite"));
    }

    #[test]
    fn a_number_with_a_unit_says_how_to_write_it() {
        for (text, expected) in [
            ("\"5 SOL\"", "write `5`: amounts are in SOL, without a unit"),
            ("1.5x", "write `1.5`: amounts are in SOL, without a unit"),
            ("5000 lamports", "write `0.000005`: amounts are in SOL, without a unit"),
            ("\"20%\"", "an amount is a number of SOL such as 0.005, not a share"),
            ("\"0,005\"", "write `0.005`: the sign before decimals is a point"),
            ("1e-30", "an amount has at most 9 decimals (one lamport is 0.000000001 SOL)"),
            ("1e400", "the amount is beyond 10^15 SOL"),
        ] {
            assert_eq!(Sol::parse(text), Err(expected.to_owned()), "{text}");
        }
        assert_eq!(Decimal::parse("\"20%\""), Err("write `20`, without a unit".to_owned()));
        assert_eq!(u32::parse("\"20 ticks\""), Err("write `20`, without a unit".to_owned()));
    }

    #[test]
    fn every_kind_of_number_takes_an_exponent() {
        assert_eq!(Decimal::parse("2.5e1"), Ok(Decimal::new(25, 0)));
        assert_eq!(u32::parse("1e3"), Ok(1_000));
        assert_eq!(u64::parse("25.0e1"), Ok(250));
        let expected = Err("expected a whole number from 0 to 4294967295".to_owned());
        for text in ["1e-1", "1e10", "-1e2", "1e400", "5.0", "x"] {
            assert_eq!(u32::parse(text), expected, "{text}");
        }
    }

    #[test]
    fn a_value_reads_back_as_it_was_shown() {
        assert_eq!(Sol::parse(&Sol::milli(-1_500).show()), Ok(Sol::milli(-1_500)));
        assert_eq!(String::parse(&"a \"b\"\n".to_owned().show()), Ok("a \"b\"\n".to_owned()));
    }

    #[test]
    fn an_excerpt_is_one_short_line() {
        assert_eq!(excerpt("0.005"), "0.005");
        assert_eq!(excerpt("a\nb"), "a…");
        assert_eq!(excerpt(&"ü".repeat(99)).chars().count(), 49);
    }
}
