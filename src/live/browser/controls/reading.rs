//! Numbers as a page writes them, read to the lamport or not at all.

use serde::Serialize;
use thiserror::Error;

use crate::model::sol::Sol;

/// Why a text is not read as an amount.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unreadable {
    /// The control was not found, or not for sure.
    #[error("it was not found")]
    NotFound,
    /// There is no number.
    #[error("there is no number in {0:?}")]
    NoNumber(String),
    /// There are several numbers, or one with gaps.
    #[error("there is more than one number in {0:?}")]
    Several(String),
    /// A comma or an apostrophe at a number: it may part thousands or decimals, and nobody can say.
    #[error("{0:?} has a comma or an apostrophe: thousands or decimals, nobody can say")]
    Separator(String),
    /// The number is something else: `5x`, `10%`, `$3`, `1.2k`.
    #[error("the number in {0:?} is not an amount of SOL")]
    OtherUnit(String),
    /// It is beyond the range or finer than a lamport.
    #[error("the number in {0:?} is not an exact amount")]
    NotExact(String),
}

/// Reads the only number in a text as an amount. A point parts the decimals; texts with a comma or
/// an apostrophe at a digit are refused, because `1,234` is two numbers.
///
/// # Errors
/// Unless there is exactly one number, bare or in SOL.
pub fn read_amount(text: &str) -> Result<Sol, Unreadable> {
    let shown = || text.chars().take(60).collect::<String>();
    let signs: Vec<char> = text.chars().collect();
    let is_digit = |at: usize| signs.get(at).is_some_and(char::is_ascii_digit);
    for (at, sign) in signs.iter().enumerate() {
        let beside = is_digit(at + 1) || (at > 0 && is_digit(at - 1));
        if beside && matches!(sign, ',' | '\'' | '’' | '٫' | '٬' | '_') {
            return Err(Unreadable::Separator(shown()));
        }
        if sign.is_numeric() && !sign.is_ascii_digit() {
            return Err(Unreadable::OtherUnit(shown()));
        }
    }
    let mut runs = Vec::new();
    let mut at = 0;
    while at < signs.len() {
        let begin = at;
        while is_digit(at) || (signs.get(at) == Some(&'.') && (is_digit(at + 1) || at > begin)) {
            at += 1;
        }
        if at > begin {
            runs.push(begin..at);
        }
        at += 1;
    }
    let run = match runs.as_slice() {
        [] => return Err(Unreadable::NoNumber(shown())),
        [run] => run.clone(),
        _ => return Err(Unreadable::Several(shown())),
    };
    let (before, after) = (&signs[..run.start], signs[run.end..].iter().collect::<String>());
    let (negative, before) = match before.split_last() {
        Some(('-' | '−', rest)) => (true, rest),
        Some(('+', rest)) => (false, rest),
        _ => (false, before),
    };
    let stands_free = before.last().is_none_or(|sign| sign.is_whitespace() || ":◎".contains(*sign));
    let unit: String =
        after.trim_start().chars().take_while(|sign| !sign.is_whitespace()).collect();
    let own_unit = unit.is_empty() || unit.eq_ignore_ascii_case("SOL");
    if !stands_free || !own_unit {
        return Err(Unreadable::OtherUnit(shown()));
    }
    let digits: String = signs[run].iter().collect();
    // A page that sums doubles shows their noise.
    let amount = Sol::read_noisy(digits.trim_end_matches('.'));
    let amount = amount.map_err(|_| Unreadable::NotExact(shown()))?;
    Ok(if negative { amount.negated() } else { amount })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_read_to_the_lamport() {
        for (text, amount) in [
            ("0.030", "0.03"),
            ("1.250000001 SOL", "1.250000001"),
            ("Balance 12 SOL", "12"),
            ("Balance: 0.5SOL", "0.5"),
            ("◎3.5", "3.5"),
            (".5", "0.5"),
            ("-0.25 SOL", "-0.25"),
            ("+0.25", "0.25"),
            (" 7. ", "7"),
            ("0.30000000000000004 SOL", "0.3"),
        ] {
            assert_eq!(read_amount(text), Ok(amount.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_not_read() {
        use Unreadable::{NoNumber, NotExact, OtherUnit, Separator, Several};
        let separators = ["0,5", "1,234.5 SOL", "1'000", "1.234,5", "1,", "1_000"];
        separators.iter().for_each(|text| {
            assert_eq!(read_amount(text), Err(Separator((*text).to_owned())));
        });
        for text in ["", "SOL", "–", "."] {
            assert_eq!(read_amount(text), Err(NoNumber(text.to_owned())));
        }
        for text in ["1 234.5", "0.5 SOL 1.2x", "1-2"] {
            assert_eq!(read_amount(text), Err(Several(text.to_owned())));
        }
        for text in ["5x", "10%", "$3", "X2", "1.2k", "1e5 SOL".split(' ').next().unwrap(), "½ SOL"]
        {
            assert!(
                matches!(read_amount(text), Err(OtherUnit(_) | Several(_))),
                "{text}: {:?}",
                read_amount(text)
            );
        }
        for text in ["1.2.3", "0.0000000001"] {
            assert_eq!(read_amount(text), Err(NotExact(text.to_owned())));
        }
    }
}
