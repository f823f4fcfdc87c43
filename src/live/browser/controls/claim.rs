//! What a label claims beyond its word: an amount, a share. A button that claims anything else than
//! what it is pressed for is not pressed.

use std::fmt;

use super::Control;
use super::profile::Profile;
use super::reading::read_amount;
use crate::model::order::{Action, Portion};
use crate::model::sol::Sol;

/// Something that stands behind the word of a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Claim {
    /// An amount, bare or in SOL.
    Amount(Sol),
    /// A percentage of what is held.
    Percent(u16),
}

/// What a button must say for an action, at most.
#[derive(Debug, Clone, Copy)]
struct Expected(Action);

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Action::Buy { stake } | Action::Sidebet { stake } => {
                write!(f, "nothing more than its word, or {stake} SOL")
            }
            Action::Sell { portion, .. } => {
                write!(f, "nothing more than its word, {portion}, or what it yields in SOL")
            }
        }
    }
}

impl Profile {
    /// Checks that a control's label claims nothing else than an action.
    ///
    /// # Errors
    /// What it says, and what was expected.
    pub fn check_claim(&self, control: Control, label: &str, action: Action) -> Result<(), String> {
        let known = self.controls.iter().find(|candidates| candidates.control == control);
        let labels = known.into_iter().flat_map(|candidates| &candidates.labels);
        let behind = labels.filter_map(|word| word.behind(label)).min_by_key(|it| it.len());
        check(behind.unwrap_or(label), action)
            .map_err(|expected| format!("it says {label:?}; expected {expected}"))
    }
}

/// Checks what a label says behind its word against what its button is pressed for. What a sale
/// yields cannot be known before it, and is not compared.
///
/// # Errors
/// What was expected, where the label says anything else.
fn check(behind: &str, action: Action) -> Result<(), String> {
    let claims = claims(behind);
    let is_true = match (action, claims.as_deref()) {
        (Action::Buy { stake } | Action::Sidebet { stake }, Some([Claim::Amount(amount)])) => {
            *amount == stake
        }
        (
            Action::Sell { portion, .. },
            Some(
                [Claim::Percent(percent)]
                | [Claim::Percent(percent), Claim::Amount(_)]
                | [Claim::Amount(_), Claim::Percent(percent)],
            ),
        ) => Portion::percent(*percent) == Some(portion),
        (_, Some([])) | (Action::Sell { .. }, Some([Claim::Amount(_)])) => true,
        _ => false,
    };
    is_true.then_some(()).ok_or_else(|| Expected(action).to_string())
}

/// Everything that is claimed; nothing where any of it cannot be read.
fn claims(behind: &str) -> Option<Vec<Claim>> {
    const BETWEEN: [char; 6] = ['(', ')', ':', '·', '|', '≈'];
    let between = |sign: char| sign.is_whitespace() || BETWEEN.contains(&sign);
    let mut claims = Vec::new();
    let mut left = behind.trim_start_matches(between);
    while !left.is_empty() {
        let number = left.trim_start_matches(['+', '◎']).trim_start();
        let end = number.find(|sign: char| !(sign.is_ascii_digit() || ".,'".contains(sign)));
        let (digits, rest) = number.split_at(end.unwrap_or(number.len()));
        let rest = rest.trim_start();
        let (claim, rest) = match (rest.strip_prefix('%'), unit(rest)) {
            (Some(rest), _) => (Claim::Percent(digits.parse().ok()?), rest),
            (None, Some(rest)) => (Claim::Amount(read_amount(digits).ok()?), rest),
            // Another unit, or a word.
            (None, None) => return None,
        };
        claims.push(claim);
        left = rest.trim_start_matches(between);
    }
    Some(claims)
}

/// What follows the unit of an amount, SOL or none.
fn unit(rest: &str) -> Option<&str> {
    let ends = |rest: &str| !rest.starts_with(char::is_alphanumeric);
    match rest.get(..3) {
        Some(word) if word.eq_ignore_ascii_case("SOL") => {
            Some(&rest[3..]).filter(|rest| ends(rest))
        }
        _ => Some(rest).filter(|rest| ends(rest)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUY: Action = Action::Buy { stake: Sol::milli(30) };

    fn sell(percent: u16) -> Action {
        Action::sell(Portion::percent(percent).unwrap())
    }

    #[test]
    fn a_label_may_say_what_is_ordered_and_nothing_else() {
        for behind in ["", " ", "+0.030 SOL", " 0.03", " (0.030 SOL)", " ◎0.03", ": 0.0300SOL"] {
            assert_eq!(check(behind, BUY), Ok(()), "{behind:?}");
        }
        let sidebet = Action::Sidebet { stake: Sol::milli(30) };
        assert_eq!(check("+0.030 SOL", sidebet), Ok(()));
        for behind in
            [" +5.000 SOL", " 5x", " SOL", " NOW", " 0,030 SOL", "+0.030 SOL 5x", " 0.03 0.03"]
        {
            let expected = "nothing more than its word, or 0.030000000 SOL";
            assert_eq!(check(behind, BUY), Err(expected.to_owned()), "{behind:?}");
            assert!(check(behind, sidebet).is_err(), "{behind:?}");
        }
        assert!(check(" 30%", BUY).is_err());
    }

    #[test]
    fn what_stands_behind_the_word_of_the_profile_is_checked() {
        let profile = Profile::rugs_fun();
        assert_eq!(profile.check_claim(Control::Buy, "Buy +0.030 SOL", BUY), Ok(()));
        assert_eq!(profile.check_claim(Control::Sell, "SELL", sell(25)), Ok(()));
        let bet = Action::Sidebet { stake: Sol::milli(30) };
        assert_eq!(profile.check_claim(Control::Sidebet, "SIDE BET", bet), Ok(()));
        let why = profile.check_claim(Control::Buy, "BUY +5.000 SOL", BUY).unwrap_err();
        let expected =
            "it says \"BUY +5.000 SOL\"; expected nothing more than its word, or 0.030000000 SOL";
        assert_eq!(why, expected);
        assert!(profile.check_claim(Control::Sell, "SELL 100%", sell(25)).is_err());
    }

    #[test]
    fn a_sale_may_say_its_share_and_what_it_yields() {
        for behind in ["", " 25%", " 25 % 0.012 SOL", " 0.012 SOL", " ≈0.012 SOL (25%)"] {
            assert_eq!(check(behind, sell(25)), Ok(()), "{behind:?}");
        }
        for behind in [" 100%", " ALL", " 25% 100%", " 2x", " SOL", " 0.012 SOL 100%", " 25,5 %"] {
            assert!(check(behind, sell(25)).is_err(), "{behind:?}");
        }
    }
}
