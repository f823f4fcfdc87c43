//! Numbers as text with a fixed number of decimals, never as a negative zero.

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
