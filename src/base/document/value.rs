//! Types that a field can hold: parsed from RON text and written as RON text.

use rust_decimal::Decimal;

use crate::model::ids::{BotId, GameId};
use crate::model::sol::Sol;

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
        unquoted(text).parse().map_err(|error: crate::model::sol::AmountError| error.to_string())
    }

    fn show(&self) -> String {
        self.to_decimal().normalize().to_string()
    }
}

impl Value for Decimal {
    fn parse(text: &str) -> Result<Self, String> {
        Self::from_str_exact(&unquoted(text))
            .map_err(|_| "expected a decimal number such as 1.5".to_owned())
    }

    fn show(&self) -> String {
        self.normalize().to_string()
    }
}

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

plain_value!(u32, "a whole number from 0 to 4294967295");
plain_value!(u64, "a whole number from 0 to 18446744073709551615");
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
