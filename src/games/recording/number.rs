//! A price from its text: exactly rounded, with a flag for exactness.

use rust_decimal::Decimal;

use crate::model::price::{Price, PriceError};

/// A price as written: the double, and whether the double represents the text exactly.
///
/// `serde_json` may be off by the last bit; the standard library's parser rounds exactly.
///
/// # Errors
/// When the text is not a number above zero.
pub(super) fn price(text: &str) -> Result<(Price, bool), PriceError> {
    let price: Price = text.parse()?;
    Ok((price, is_exact(text, price)))
}

/// True when the shortest text of the double has the same value as the text it was read from. The
/// game prints doubles that way, so any other text was processed by another program.
fn is_exact(text: &str, price: Price) -> bool {
    let mut buffer = zmij::Buffer::new();
    if buffer.format_finite(price.get()) == text {
        return true;
    }
    let decimal = Decimal::from_str_exact(text).or_else(|_| Decimal::from_scientific(text));
    decimal.is_ok_and(|decimal| decimal == price.to_decimal())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_keeps_every_digit_that_the_text_has() {
        for text in ["1", "1.0", "37.168023096688245", "6.29e-05", "0.0000000000012345678901234567"]
        {
            let (price, exact) = price(text).unwrap();
            assert!(exact, "{text}");
            assert_eq!(Ok(price), text.parse());
        }
    }

    #[test]
    fn a_price_with_more_digits_than_a_double_holds_is_marked() {
        assert!(!price("1.2345678901234567890123").unwrap().1);
        assert!(!price("1.00000000000000000000000000000000001").unwrap().1);
    }

    #[test]
    fn text_that_is_no_price_is_refused() {
        for text in ["\"1.5\"", "null", "true", "0", "-1", "1e999", "NaN", "{}"] {
            assert!(price(text).is_err(), "{text}");
        }
    }
}
