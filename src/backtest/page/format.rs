//! Formats figures for people: rounded to their error, with signs and thousands separators.

use crate::analysis::stats::Estimate;
use crate::base::decimals;
pub(super) use crate::base::decimals::grouped as count;
use crate::model::sol::Sol;

/// A true minus sign: as wide as a plus, unlike a hyphen.
const MINUS: char = '\u{2212}';

/// A non-breaking space, between a figure and its unit.
const SPACE: char = '\u{a0}';

/// Placeholder for a missing figure.
pub(super) const NONE: &str = "–";

/// A count with its noun: `1 game`, `12 games`.
pub(super) fn counted(value: u64, one: &str) -> String {
    format!("{}{SPACE}{}", count(value), decimals::noun(value == 1, one))
}

/// A number with `decimals` decimals and a sign, unless it rounds to zero.
pub(super) fn signed(value: f64, decimals: usize) -> String {
    with_true_minus(&decimals::signed(value, decimals))
}

fn with_true_minus(text: &str) -> String {
    text.strip_prefix('-').map_or_else(|| text.to_owned(), |text| format!("{MINUS}{text}"))
}

/// A number with `decimals` decimals, with a true minus sign if it is negative.
pub(super) fn plain(value: f64, decimals: usize) -> String {
    with_true_minus(&decimals::plain(value, decimals))
}

/// Decimals that show a positive number to `digits` significant digits; at most 9.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 9")]
pub(super) fn decimals_for(size: f64, digits: i32) -> usize {
    if !size.is_finite() || size <= 0.0 {
        return 4;
    }
    (f64::from(digits - 1) - size.log10().floor()).clamp(0.0, 9.0) as usize
}

/// An estimate as text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Figure {
    /// Its value, with a sign.
    pub value: String,
    /// Half the width of its interval.
    pub reach: String,
}

/// An estimate, both parts to two digits of its reach.
pub(super) fn estimate(estimate: &Estimate) -> Figure {
    let reach = estimate.reach();
    let decimals = decimals_for(if reach > 0.0 { reach } else { estimate.value.abs() }, 2);
    Figure { value: signed(estimate.value, decimals), reach: plain(reach, decimals) }
}

/// Both ends of an interval, to two digits of its half width.
pub(super) fn interval(low: f64, high: f64) -> String {
    let decimals = decimals_for((high - low) / 2.0, 2);
    format!("{} to {}", signed(low, decimals), signed(high, decimals))
}

/// A share from 0 to 1 in percent.
pub(super) fn percent(share: f64, decimals: usize) -> String {
    format!("{}%", plain(share * 100.0, decimals))
}

/// An exact amount of SOL, without trailing zeros.
pub(super) fn sol(amount: Sol) -> String {
    let text = amount.to_string();
    with_true_minus(text.trim_end_matches('0').trim_end_matches('.'))
}

/// An exact gain or loss in SOL, without trailing zeros.
pub(super) fn gain(amount: Sol) -> String {
    let text = sol(amount);
    if amount.is_positive() { format!("+{text}") } else { text }
}

/// A size in the largest unit that leaves a digit before the decimal point.
#[expect(clippy::cast_precision_loss, reason = "a figure for people")]
pub(super) fn bytes(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes}{SPACE}B"),
        1_000..1_000_000 => format!("{:.1}{SPACE}kB", bytes as f64 / 1e3),
        _ => format!("{:.1}{SPACE}MB", bytes as f64 / 1e6),
    }
}

/// A sentence in which no figure is parted from its sign or its name: `± 0.1`, `p 0.034`,
/// `p < 0.1`.
pub(super) fn bound(sentence: &str) -> String {
    let pairs = [" ± ", " < ", "(p ", "; p "];
    pairs.iter().fold(sentence.to_owned(), |text, pair| {
        let kept = pair.strip_prefix("; ").unwrap_or(pair);
        let bound = kept.replace(' ', &SPACE.to_string());
        text.replace(pair, &pair.replace(kept, &bound))
    })
}

/// A list of words: `a`, `a and b`, `a, b and c`.
pub(super) fn listed(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_their_thousands_apart() {
        for (value, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(count(value), text);
        }
        assert_eq!(counted(1, "game").replace(SPACE, " "), "1 game");
        assert_eq!(counted(2, "game").replace(SPACE, " "), "2 games");
    }

    #[test]
    fn an_estimate_shows_no_digit_that_its_error_does_not_allow() {
        let shown = |value, error| {
            let Figure { value, reach } = estimate(&Estimate::around(value, error, 2.0));
            (value, reach)
        };
        assert_eq!(shown(-0.001_823_4, 0.000_21), ("−0.00182".into(), "0.00042".into()));
        assert_eq!(shown(12.345, 3.2), ("+12.3".into(), "6.4".into()));
        assert_eq!(shown(1234.5, 80.0), ("+1234".into(), "160".into()));
        assert_eq!(shown(-0.000_000_1, 0.1), ("0.00".into(), "0.20".into()));
        assert_eq!(shown(0.0, 0.0), ("0.0000".into(), "0.0000".into()));
        assert_eq!(interval(-0.002_24, 0.001), "−0.0022 to +0.0010");
    }

    #[test]
    fn signs_and_the_names_of_figures_stay_with_their_figures() {
        let text = bound("no edge shown: -1 to +2 (p < 0.1, corrected); -1 ± 2; p 0.03; ±3");
        let expected = "no edge shown: -1 to +2 (p~<~0.1, corrected); -1~±~2; p~0.03; ±3";
        assert_eq!(text, expected.replace('~', &SPACE.to_string()));
    }

    #[test]
    fn amounts_are_exact() {
        let amount = |text: &str| text.parse::<Sol>().unwrap();
        assert_eq!(sol(amount("-19.413800001")), "−19.413800001");
        assert_eq!(gain(amount("0.5")), "+0.5");
        assert_eq!((gain(Sol::ZERO), gain(amount("-20"))), ("0".into(), "−20".into()));
        assert_eq!(sol(amount("100")), "100");
    }

    #[test]
    fn lists_and_sizes_read_as_a_person_writes_them() {
        let words = |n| ["a", "b", "c"].map(str::to_owned)[..n].to_vec();
        assert_eq!(listed(&words(1)), "a");
        assert_eq!(listed(&words(2)), "a and b");
        assert_eq!(listed(&words(3)), "a, b and c");
        assert_eq!(bytes(999).replace(SPACE, " "), "999 B");
        assert_eq!(bytes(71_080_000).replace(SPACE, " "), "71.1 MB");
        assert_eq!(percent(0.1234, 1), "12.3%");
    }
}
