//! Numbers as people's files have them: every reader of games reads its numbers here.
//!
//! A number counts in any spelling that JSON or a text can have: `1.5`, `"1.5"`, `15e-1`; a whole
//! number also as `211.0`. What is out of the range of the game is refused with its reason, never
//! corrected.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, Visitor};
use thiserror::Error;

use crate::model::law::STEPS_MAX;
use crate::model::number;
use crate::model::price::{Price, PriceError};
use crate::model::quote::Tick;

/// The last possible tick of a game: the rug one step after the cap
/// (docs/spec/provably-fair.md#the-law).
pub const TICK_MAX: Tick = STEPS_MAX + 1;
/// Numbers below this are not accepted as prices. The lowest price seen is 6.29e-5, a rug; by the
/// law, one game in ten billion has a lower rug than this.
pub const PRICE_MIN: f64 = 1e-8;
/// Numbers above this are not accepted as prices. The highest price seen is 1,122 (2026-02-06); a
/// hundred thousand times that is a fault of the input.
pub const PRICE_MAX: f64 = 1e8;

/// Why a value is not a price of a game.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidPrice {
    /// Not a number, or not above zero.
    #[error(transparent)]
    Price(#[from] PriceError),
    /// A number above zero that no game has come near.
    #[error("a price of a game is from 0.00000001 to 100000000")]
    OutOfRange,
}

impl InvalidPrice {
    /// True for a number, whatever it is.
    #[must_use]
    pub const fn is_number(self) -> bool {
        !matches!(self, Self::Price(PriceError::NotANumber))
    }
}

/// A number that is not the tick of a game.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("tick {0}: the last tick of a game is {TICK_MAX} at most")]
pub struct InvalidTick(pub u64);

/// A price as written, with or without quotes: the double, and whether the double represents the
/// text exactly.
///
/// # Errors
/// When the text is not a number from [`PRICE_MIN`] to [`PRICE_MAX`].
pub fn price(text: &str) -> Result<(Price, bool), InvalidPrice> {
    let text = bare(text);
    let price = within(text.parse().map_err(|_| PriceError::NotANumber)?)?;
    Ok((price, is_exact(text, price)))
}

/// A double as a price of a game.
///
/// # Errors
/// When it is not from [`PRICE_MIN`] to [`PRICE_MAX`].
pub fn within(raw: f64) -> Result<Price, InvalidPrice> {
    let price = Price::new(raw)?;
    if (PRICE_MIN..=PRICE_MAX).contains(&raw) { Ok(price) } else { Err(InvalidPrice::OutOfRange) }
}

/// A number as the tick of a game.
///
/// # Errors
/// When no game lasts that long.
pub fn tick(number: u64) -> Result<Tick, InvalidTick> {
    let tick = Tick::try_from(number).ok().filter(|tick| *tick <= TICK_MAX);
    tick.ok_or(InvalidTick(number))
}

/// Number of decimals in the shortest text of a double: 2 for 1.25, 0 for 211.
#[must_use]
pub fn decimals(value: f64) -> u32 {
    let mut buffer = zmij::Buffer::new();
    let text = buffer.format(value);
    let (digits, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let after_point = digits.split_once('.').map_or("", |(_, decimals)| decimals);
    let written = i64::try_from(after_point.trim_end_matches('0').len()).unwrap_or(i64::MAX);
    let exponent: i64 = exponent.trim_start_matches('+').parse().unwrap_or_default();
    u32::try_from(written.saturating_sub(exponent)).unwrap_or(0)
}

/// A whole number of 0 or more in any spelling; `None` for anything else.
fn whole(text: &str) -> Option<u64> {
    let text = bare(text);
    if let Ok(number) = text.parse() {
        return Some(number);
    }
    number::parse(text).ok()?.normalize().to_string().parse().ok()
}

/// A text of JSON with the words that Python writes for numbers that are none, which are not JSON,
/// in quotes: they then cost their own place only. `None` for a text without such words.
pub(crate) fn quoted(text: &[u8]) -> Option<Vec<u8>> {
    const WORDS: [&[u8]; 3] = [b"NaN", b"Infinity", b"-Infinity"];
    let finds = |word: &&[u8]| memchr::memmem::find(text, word).is_some();
    if !WORDS[..2].iter().any(finds) {
        return None;
    }
    let (mut quoted, mut rest) = (Vec::with_capacity(text.len() + 64), text);
    let (mut in_string, mut escaped) = (false, false);
    while let Some(&byte) = rest.first() {
        let word = WORDS.iter().find(|word| !in_string && rest.starts_with(word));
        if let Some(word) = word {
            quoted.extend([b"\"", *word, b"\""].concat());
            rest = &rest[word.len()..];
            continue;
        }
        in_string ^= byte == b'"' && !escaped;
        escaped = in_string && byte == b'\\' && !escaped;
        quoted.push(byte);
        rest = &rest[1..];
    }
    Some(quoted)
}

/// The content of a JSON string, without blanks around it; any other text as it is.
fn bare(text: &str) -> &str {
    let content = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    content.unwrap_or(text).trim()
}

/// True when the shortest text of the double has the same value as the text it was read from. The
/// game prints doubles that way, so any other text was processed by another program.
fn is_exact(text: &str, price: Price) -> bool {
    let mut buffer = zmij::Buffer::new();
    if buffer.format_finite(price.get()) == text {
        return true;
    }
    number::parse(text).is_ok_and(|decimal| decimal == price.to_decimal())
}

/// A whole number of 0 or more, in any spelling that JSON has: `211`, `211.0`, `2.11e2`, `"211"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Whole(pub u64);

/// A finite number in any spelling that JSON has: `1.5`, `15e-1`, `"1.5"`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figure(pub f64);

/// A truth value in any spelling that JSON has: `true`, `"True"`, `1`, `1.0`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flag(pub bool);

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        reader.deserialize_any(spelled("a whole number", |value| match value {
            Scalar::Whole(number) => Some(Self(number)),
            Scalar::Real(number) => whole(&number.to_string()).map(Self),
            Scalar::Text(text) => whole(text).map(Self),
            Scalar::Flag(_) => None,
        }))
    }
}

impl<'de> Deserialize<'de> for Figure {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        let finite = |number: f64| number.is_finite().then_some(Self(number));
        reader.deserialize_any(spelled("a number", |value| match value {
            Scalar::Whole(number) => number.to_string().parse().ok().and_then(finite),
            Scalar::Real(number) => finite(number),
            Scalar::Text(text) => bare(text).parse().ok().and_then(finite),
            Scalar::Flag(_) => None,
        }))
    }
}

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        let counted = |number| match number {
            Some(0) => Some(Self(false)),
            Some(1) => Some(Self(true)),
            _ => None,
        };
        reader.deserialize_any(spelled("true or false", |value| match value {
            Scalar::Flag(flag) => Some(Self(flag)),
            Scalar::Whole(number) => counted(Some(number)),
            Scalar::Real(number) => counted(whole(&number.to_string())),
            Scalar::Text(text) if bare(text).eq_ignore_ascii_case("true") => Some(Self(true)),
            Scalar::Text(text) if bare(text).eq_ignore_ascii_case("false") => Some(Self(false)),
            Scalar::Text(text) => counted(whole(text)),
        }))
    }
}

/// A JSON value that is neither null nor made of others.
enum Scalar<'a> {
    Whole(u64),
    Real(f64),
    Text(&'a str),
    Flag(bool),
}

/// What is expected, and how it is taken from a value.
struct Spelled<F>(&'static str, F);

const fn spelled<T, F: FnOnce(Scalar<'_>) -> Option<T>>(
    expected: &'static str,
    take: F,
) -> Spelled<F> {
    Spelled(expected, take)
}

impl<T, F: FnOnce(Scalar<'_>) -> Option<T>> Spelled<F> {
    fn take<E: de::Error>(self, value: Scalar<'_>, seen: de::Unexpected<'_>) -> Result<T, E> {
        let expected = self.0;
        (self.1)(value).ok_or_else(|| E::invalid_value(seen, &expected))
    }
}

impl<T, F: FnOnce(Scalar<'_>) -> Option<T>> Visitor<'_> for Spelled<F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<T, E> {
        self.take(Scalar::Flag(value), de::Unexpected::Bool(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<T, E> {
        self.take(Scalar::Whole(value), de::Unexpected::Unsigned(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<T, E> {
        match value.try_into() {
            Ok(value) => self.visit_u64(value),
            Err(_) => {
                let text = value.to_string();
                self.take(Scalar::Text(&text), de::Unexpected::Signed(value))
            }
        }
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<T, E> {
        self.take(Scalar::Real(value), de::Unexpected::Float(value))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<T, E> {
        self.take(Scalar::Text(value), de::Unexpected::Str(value))
    }
}

/// Reads an optional field of a type above as what it holds, for `deserialize_with`.
pub(crate) mod optional {
    use serde::{Deserialize, Deserializer};

    use super::{Figure, Tick, Whole, tick};

    /// A figure of a game: a double in any spelling of a number.
    pub(crate) fn figure<'de, D: Deserializer<'de>>(reader: D) -> Result<Option<f64>, D::Error> {
        Ok(Option::<Figure>::deserialize(reader)?.map(|figure| figure.0))
    }

    /// An array of numbers.
    pub(crate) fn figures<'de, D: Deserializer<'de>>(
        reader: D,
    ) -> Result<Option<Vec<f64>>, D::Error> {
        let figures = Option::<Vec<Figure>>::deserialize(reader)?;
        Ok(figures.map(|figures| figures.into_iter().map(|figure| figure.0).collect()))
    }

    /// The tick of a game.
    pub(crate) fn ticks<'de, D: Deserializer<'de>>(reader: D) -> Result<Option<Tick>, D::Error> {
        let number = Option::<Whole>::deserialize(reader)?;
        number.map(|number| tick(number.0).map_err(serde::de::Error::custom)).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_price_keeps_every_digit_that_the_text_has() {
        for text in ["1", "1.0", "37.168023096688245", "6.29e-05", "0.000000012345678901234567"] {
            for spelled in [text.to_owned(), format!("\"{text}\""), format!("\" {text} \"")] {
                let (price, exact) = price(&spelled).unwrap();
                assert!(exact, "{spelled}");
                assert_eq!(Ok(price), text.parse());
            }
        }
    }

    #[test]
    fn a_price_with_more_digits_than_a_double_holds_is_marked() {
        assert!(!price("1.2345678901234567890123").unwrap().1);
        assert!(!price("1.00000000000000000000000000000000001").unwrap().1);
    }

    #[test]
    fn what_is_no_price_of_a_game_is_refused_with_its_reason() {
        for text in ["null", "true", "{}", "", "\"\"", "1,5", "\"x\""] {
            assert_eq!(price(text), Err(PriceError::NotANumber.into()), "{text}");
        }
        for text in ["0", "-1", "1e999", "NaN", "\"NaN\"", "Infinity", "-Infinity", "-0.0"] {
            assert_eq!(price(text), Err(PriceError::NotPositive.into()), "{text}");
        }
        for text in ["1e25", "100000000.1", "1e-30", "0.0000000099", "12345678901.5"] {
            assert_eq!(price(text), Err(InvalidPrice::OutOfRange), "{text}");
        }
    }

    fn read<'a, T: Deserialize<'a>>(text: &'a str) -> Option<T> {
        serde_json::from_str(text).ok()
    }

    #[test]
    fn a_whole_number_counts_in_any_spelling_and_nothing_else_does() {
        for text in ["211", "211.0", "211.000", "2.11e2", "21100e-2", "\"211\"", "\" 211.0 \""] {
            assert_eq!(read(text), Some(Whole(211)), "{text}");
        }
        assert_eq!(read("0.0"), Some(Whole(0)));
        assert_eq!(read("1765577802974.0"), Some(Whole(1_765_577_802_974)));
        for text in ["211.5", "-1", "-1.0", "\"\"", "\"x\"", "true", "[1]", "1e300", "\"1e300\""] {
            assert_eq!(read::<Whole>(text), None, "{text}");
        }
        assert_eq!(read::<Option<Whole>>("null"), Some(None));
    }

    #[test]
    fn figures_and_flags_count_in_any_spelling_too() {
        for text in ["1.5", "15e-1", "\"1.5\"", "\"1.50\""] {
            assert_eq!(read(text), Some(Figure(1.5)), "{text}");
        }
        for text in ["\"NaN\"", "\"inf\"", "\"1e999\"", "true", "{}"] {
            assert_eq!(read::<Figure>(text), None, "{text}");
        }
        for (text, flag) in [("true", true), ("\"True\"", true), ("1.0", true), ("\"0\"", false)] {
            assert_eq!(read(text), Some(Flag(flag)), "{text}");
        }
        for text in ["2", "\"yes\"", "-1", "0.5"] {
            assert_eq!(read::<Flag>(text), None, "{text}");
        }
    }

    #[test]
    fn words_inside_of_strings_are_left_as_they_are() {
        let text = br#"{"a\\": "NaN \" Infinity", "b": [NaN,-Infinity]}"#;
        let wanted = br#"{"a\\": "NaN \" Infinity", "b": ["NaN","-Infinity"]}"#;
        assert_eq!(quoted(text).as_deref(), Some(&wanted[..]));
        assert_eq!(quoted(br#"{"a": 1}"#), None);
    }

    #[test]
    fn decimals_are_those_of_the_shortest_text() {
        for (value, wanted) in [(1.0, 0), (211.0, 0), (1.25, 2), (9.7489, 4), (6.29e-5, 7)] {
            assert_eq!(decimals(value), wanted, "{value}");
        }
        assert_eq!(decimals(0.020_000_000_000_000_018), 18);
        assert_eq!(decimals(1e25), 0);
        assert_eq!(decimals(1e-30), 30);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_without_panic(text in "\\PC{0,40}|[-+0-9.eE\"]{0,40}") {
            let _ = (price(&text), whole(&text));
            let _ = (read::<Whole>(&text), read::<Figure>(&text), read::<Flag>(&text));
        }

        #[test]
        fn a_double_has_as_many_decimals_as_its_text(raw in 1e-8_f64..1e8) {
            let text = Price::new(raw).unwrap().to_decimal().normalize();
            prop_assert_eq!(decimals(raw), text.scale());
        }
    }
}
