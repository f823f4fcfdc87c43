//! Numbers as text: with a fixed number of decimals, never as a negative zero; counts with their
//! nouns; durations.

use std::fmt::Display;

/// A count with its noun in the singular or the plural: `1 game`, `12 games`.
#[must_use]
pub fn counted<N: Display + PartialEq + From<u8>>(count: N, one: &str) -> String {
    format!("{count} {}", noun(count == N::from(1), one))
}

/// A count with thousands separators: `12,345`.
#[must_use]
pub fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() * 2);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A duration in days, hours or minutes: `1.5 days`, `3.2 hours`, `5 minutes`.
#[must_use]
pub fn duration(hours: f64) -> String {
    match hours {
        24.0.. => format!("{:.1} days", hours / 24.0),
        1.2.. => format!("{hours:.1} hours"),
        _ => format!("{:.0} minutes", hours * 60.0),
    }
}

/// A noun in the singular, or in the plural: with an *s*, but for `lives`.
#[must_use]
pub fn noun(is_one: bool, one: &str) -> String {
    match one {
        _ if is_one => one.to_owned(),
        "life" => "lives".to_owned(),
        _ => format!("{one}s"),
    }
}

/// A number with a sign, or without one where it is zero in these decimals.
#[must_use]
pub fn signed(value: f64, decimals: usize) -> String {
    let text = plain(value, decimals);
    let is_zero = text.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    if is_zero || value < 0.0 { text } else { format!("+{text}") }
}

/// A number whose sign is shown only where it is negative in these decimals.
#[must_use]
pub fn plain(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    match text.strip_prefix('-') {
        Some(rest) if rest.bytes().all(|byte| matches!(byte, b'0' | b'.')) => rest.to_owned(),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_singular_and_every_other_count_is_plural() {
        let texts = [0_u64, 1, 2, 11].map(|count| counted(count, "bad line"));
        assert_eq!(texts, ["0 bad lines", "1 bad line", "2 bad lines", "11 bad lines"]);
        assert_eq!([1_u64, 30].map(|count| counted(count, "life")), ["1 life", "30 lives"]);
    }

    #[test]
    fn a_duration_is_told_in_a_unit_in_which_it_is_not_zero() {
        let texts = [36.0, 3.21, 0.08].map(duration);
        assert_eq!(texts, ["1.5 days", "3.2 hours", "5 minutes"]);
    }

    #[test]
    fn what_is_zero_in_the_decimals_that_are_shown_has_no_sign() {
        for (value, with_sign, without) in [
            (0.001_26, "+0.0013", "0.0013"),
            (-0.001_26, "-0.0013", "-0.0013"),
            (-0.000_04, "0.0000", "0.0000"),
            (0.000_04, "0.0000", "0.0000"),
            (-0.0, "0.0000", "0.0000"),
            (f64::INFINITY, "+inf", "inf"),
            (f64::NEG_INFINITY, "-inf", "-inf"),
        ] {
            assert_eq!(signed(value, 4), with_sign);
            assert_eq!(plain(value, 4), without);
        }
        assert_eq!((signed(-0.4, 0), plain(-0.6, 0)), ("0".to_owned(), "-1".to_owned()));
    }
}
