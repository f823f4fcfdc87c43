//! Numbers of an account as the site writes them: bare or as text, with the noise of doubles.

use serde_json::value::RawValue;

use crate::model::price::Price;
use crate::model::quantity::Quantity;
use crate::model::sol::Sol;

/// Most signs of a value that are told.
const SIGNS_MAX: usize = 40;

/// Reads an amount of SOL from the text of its number: no float becomes money.
///
/// # Errors
/// Why it is not an amount, with what is written there.
pub(super) fn sol(raw: &RawValue) -> Result<Sol, String> {
    let text = bare(raw).ok_or_else(|| format!("{} is not an amount", shown(raw)))?;
    Sol::read_noisy(text.trim()).map_err(|error| format!("{}: {error}", shown(raw)))
}

/// Reads a quantity, which has nine decimals as an amount has.
///
/// # Errors
/// Why it is not a quantity, with what is written there.
pub(super) fn quantity(raw: &RawValue) -> Result<Quantity, String> {
    let billionths = u128::try_from(sol(raw)?.lamports());
    let quantity = billionths.ok().and_then(|it| Quantity::from_billionths(it).ok());
    quantity.ok_or_else(|| format!("{} is not a quantity", shown(raw)))
}

/// Reads a price; none where there is none.
pub(super) fn price(raw: &RawValue) -> Option<Price> {
    Price::new(bare(raw)?.trim().parse().ok()?).ok()
}

/// Whether a value says anything: all but false, nothing, zero, and what is empty.
pub(super) fn is_set(raw: &RawValue) -> bool {
    let text = raw.get();
    let is_empty = matches!(text, "null" | "false" | "\"\"" | "[]" | "{}");
    !is_empty && bare(raw).and_then(|text| text.parse::<f64>().ok()) != Some(0.0)
}

/// What is written, in few and plain signs: it comes from outside.
pub(super) fn shown(raw: &RawValue) -> String {
    let plain = raw.get().chars().filter(|sign| sign.is_ascii_graphic() || *sign == ' ');
    let text: String = plain.take(SIGNS_MAX).collect();
    format!("`{text}`")
}

/// The text of a number, or of a text; none of anything else.
pub(super) fn bare(raw: &RawValue) -> Option<String> {
    let text = raw.get();
    match text.as_bytes().first()? {
        b'"' => serde_json::from_str(text).ok(),
        b'-' | b'0'..=b'9' => Some(text.to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(text: &str) -> Box<RawValue> {
        RawValue::from_string(text.to_owned()).unwrap()
    }

    #[test]
    fn an_amount_is_read_as_a_number_as_text_and_with_the_noise_of_doubles() {
        for (text, amount) in [
            ("0.30000000000000004", "0.3"),
            ("\"1.25\"", "1.25"),
            ("\" 9.991000000000001 \"", "9.991"),
            ("1e-7", "0.0000001"),
            ("0", "0"),
            ("-0.5", "-0.5"),
        ] {
            assert_eq!(sol(&raw(text)), Ok(amount.parse().unwrap()), "{text}");
        }
        assert_eq!(quantity(&raw("0.09523809500000001")).unwrap().billionths(), 95_238_095);
    }

    #[test]
    fn what_is_not_an_amount_is_told_in_words_and_with_plain_signs_only() {
        for (text, why) in [
            ("0.0000000005", "at most 9 decimals"),
            ("\"1.25 SOL\"", "without a unit"),
            ("\"plenty\"", "`\"plenty\"`: an amount is a decimal number"),
            ("[1]", "`[1]` is not an amount"),
            ("true", "`true` is not an amount"),
        ] {
            let error = sol(&raw(text)).unwrap_err();
            assert!(error.contains(why), "{text}: {error}");
        }
        assert!(quantity(&raw("-1")).unwrap_err().contains("is not a quantity"));
        let long = raw(&format!("\"\u{9b}31m{}\"", "x".repeat(500)));
        let error = sol(&long).unwrap_err();
        assert!(error.len() < 200 && !error.contains('\u{9b}'), "{error}");
    }

    #[test]
    fn a_value_says_something_unless_it_is_false_nothing_zero_or_empty() {
        for text in ["null", "false", "0", "0.0", "-0", "\"0\"", "\"\"", "[]", "{}"] {
            assert!(!is_set(&raw(text)), "{text}");
        }
        for text in ["true", "0.1", "\"5\"", "[{}]", "{\"amount\":0}", "\"SOL\""] {
            assert!(is_set(&raw(text)), "{text}");
        }
    }
}
