//! The fewest presses that make the amount field of the site show exactly what is wanted.
//!
//! Pure: a search over whole thousandths of a SOL, the finest step of the buttons. The site's
//! buttons are those of docs/spec/browser.md#controls; its own way to use them rounds.

use std::collections::VecDeque;
use std::fmt;

use serde::Serialize;
use thiserror::Error;

use crate::model::sol::Sol;

/// Largest amount that is planned and, so that the site has nothing to cut off, also the largest
/// that is passed through on the way: the largest bet, 5 SOL (docs/spec/game.md#limits), in
/// thousandths.
pub const THOUSANDTHS_MAX: u32 = 5_000;

/// Lamports of a thousandth of a SOL.
const LAMPORTS: i128 = 1_000_000;

/// A button that changes the amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Press {
    /// `X`: nothing is left.
    Clear,
    /// `+1`: adds 1 SOL.
    Plus1,
    /// `+0.1`: adds 0.1 SOL.
    Plus01,
    /// `+0.01`: adds 0.01 SOL.
    Plus001,
    /// `+0.001`: adds 0.001 SOL.
    Plus0001,
    /// `X2`: doubles the amount.
    Double,
    /// `1/2`, only ever planned where half is a whole number of thousandths: the site may round.
    Halve,
}

impl Press {
    /// All of them, in the order in which equally short plans prefer them.
    pub const ALL: [Self; 7] = [
        Self::Clear,
        Self::Plus1,
        Self::Plus01,
        Self::Plus001,
        Self::Plus0001,
        Self::Double,
        Self::Halve,
    ];

    /// What an amount in thousandths becomes; `None` where it would be cut off or not be exact.
    #[must_use]
    pub fn on(self, thousandths: u32) -> Option<u32> {
        let pressed = match self {
            Self::Clear => 0,
            Self::Plus1 => thousandths.checked_add(1_000)?,
            Self::Plus01 => thousandths.checked_add(100)?,
            Self::Plus001 => thousandths.checked_add(10)?,
            Self::Plus0001 => thousandths.checked_add(1)?,
            Self::Double => thousandths.checked_mul(2)?,
            Self::Halve if thousandths.is_multiple_of(2) => thousandths / 2,
            Self::Halve => return None,
        };
        (pressed <= THOUSANDTHS_MAX).then_some(pressed)
    }
}

impl fmt::Display for Press {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Clear => "X",
            Self::Plus1 => "+1",
            Self::Plus01 => "+0.1",
            Self::Plus001 => "+0.01",
            Self::Plus0001 => "+0.001",
            Self::Double => "X2",
            Self::Halve => "1/2",
        })
    }
}

/// Why an amount cannot be entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Unplannable {
    /// The buttons have no smaller step.
    #[error("{0} SOL is not a whole number of thousandths, and the buttons make no others")]
    TooFine(Sol),
    /// Nothing, less than that, or too much.
    #[error("{0} SOL is not between 0.001 and 5 SOL")]
    OutOfRange(Sol),
}

/// The fewest presses from the amount that the field shows to the one wanted, none where it shows
/// it already.
///
/// Where the field's amount is not known, or cannot be reached by the buttons (an amount between
/// two thousandths, one beyond the range), the plan begins with [`Press::Clear`].
///
/// # Errors
/// When the amount wanted is not a whole number of thousandths, or not from 0.001 to 5 SOL.
pub fn plan(shown: Option<Sol>, wanted: Sol) -> Result<Vec<Press>, Unplannable> {
    let target = match thousandths(wanted) {
        Some(target) if target > 0 => target,
        Some(_) => return Err(Unplannable::OutOfRange(wanted)),
        None if wanted.lamports() % LAMPORTS == 0 => return Err(Unplannable::OutOfRange(wanted)),
        None => return Err(Unplannable::TooFine(wanted)),
    };
    Ok(match shown.and_then(thousandths) {
        Some(start) => shortest(start, target),
        None => std::iter::once(Press::Clear).chain(shortest(0, target)).collect(),
    })
}

/// An amount in whole thousandths, where it is one from 0 to the most.
fn thousandths(amount: Sol) -> Option<u32> {
    let lamports = amount.lamports();
    let whole = (lamports % LAMPORTS == 0).then(|| u32::try_from(lamports / LAMPORTS).ok());
    whole.flatten().filter(|&thousandths| thousandths <= THOUSANDTHS_MAX)
}

/// Searches breadth first, so that the first way found is a shortest one. Each of the 5,001
/// amounts is looked at once: a fraction of a millisecond.
fn shortest(start: u32, target: u32) -> Vec<Press> {
    // How each amount was reached: from where, by what.
    let mut reached: Vec<Option<(u32, Press)>> = vec![None; THOUSANDTHS_MAX as usize + 1];
    let mut ahead = VecDeque::from([start]);
    while let Some(amount) = ahead.pop_front() {
        if amount == target {
            break;
        }
        for press in Press::ALL {
            let Some(next) = press.on(amount).filter(|&next| next != start) else { continue };
            let way = &mut reached[next as usize];
            if way.is_none() {
                *way = Some((amount, press));
                ahead.push_back(next);
            }
        }
    }
    let mut presses = Vec::new();
    let mut at = target;
    while at != start {
        // By +0.001 alone everything can be reached from nothing, and nothing by the X.
        let (before, press) = reached[at as usize].expect("every amount can be reached");
        presses.push(press);
        at = before;
    }
    presses.reverse();
    presses
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sol(text: &str) -> Sol {
        text.parse().unwrap()
    }

    /// What the field shows after the presses, each of which must be exact.
    fn pressed(from: u32, presses: &[Press]) -> u32 {
        presses.iter().fold(from, |amount, press| press.on(amount).expect("an exact press"))
    }

    /// The fewest presses from nothing to every amount, found in another way: all amounts that
    /// a number of presses leads to, press by press, far beyond the range of a plan, none forgotten.
    fn fewest_by_brute_force(to: u32) -> Vec<usize> {
        const FAR: u32 = 1 << 17;
        let mut fewest = vec![usize::MAX; FAR as usize];
        let mut layer = vec![0_u32];
        for presses in 0.. {
            layer.retain(|&amount| fewest[amount as usize] == usize::MAX);
            layer.iter().for_each(|&amount| fewest[amount as usize] = presses);
            if fewest[..=to as usize].iter().all(|&known| known < usize::MAX) {
                return fewest;
            }
            let next = layer.iter().flat_map(|&amount| {
                let half = if amount % 2 == 0 { amount / 2 } else { FAR };
                [amount + 1, amount + 10, amount + 100, amount + 1_000, amount * 2, half]
            });
            layer = next.filter(|&amount| amount < FAR).collect();
            layer.sort_unstable();
            layer.dedup();
        }
        unreachable!("every amount is reached")
    }

    #[test]
    fn every_amount_to_two_sol_is_exact_and_no_shorter_way_exists_however_far_around() {
        let fewest = fewest_by_brute_force(2_000);
        for target in 1..=2_000_u32 {
            let presses = plan(None, Sol::milli(i64::from(target))).unwrap();
            assert_eq!(presses[0], Press::Clear);
            assert_eq!(pressed(4_321, &presses), target, "{presses:?}");
            assert_eq!(presses.len(), 1 + fewest[target as usize], "{target}: {presses:?}");
        }
    }

    #[test]
    fn every_amount_to_five_sol_is_exact() {
        for target in 2_001..=THOUSANDTHS_MAX {
            let presses = plan(None, Sol::milli(i64::from(target))).unwrap();
            assert_eq!(pressed(7, &presses), target, "{presses:?}");
        }
    }

    #[test]
    fn the_known_minima_are_met() {
        // docs/spec/browser.md#amounts-by-buttons, the X counted.
        for (amount, most) in [("0.005", 3), ("0.003", 4), ("0.015", 4), ("1.234", 11)] {
            let presses = plan(None, sol(amount)).unwrap();
            assert!(presses.len() <= most, "{amount}: {presses:?}");
        }
    }

    #[test]
    fn what_the_field_shows_is_used_where_that_is_shorter() {
        use Press::{Clear, Double, Plus0001, Plus001};
        let from = |shown: &str, wanted: &str| plan(Some(sol(shown)), sol(wanted)).unwrap();
        assert_eq!(from("0.005", "0.005"), []);
        assert_eq!(from("0.02", "0.03"), [Plus001]);
        assert_eq!(from("0.037", "0.074"), [Double]);
        assert_eq!(from("3.999", "0.001"), [Clear, Plus0001]);
        for (shown, wanted) in (0..2_000_i64).step_by(37).zip((1..2_000_i64).rev().step_by(29)) {
            let way = plan(Some(Sol::milli(shown)), Sol::milli(wanted)).unwrap();
            assert_eq!(i64::from(pressed(u32::try_from(shown).unwrap(), &way)), wanted);
            assert!(way.len() <= plan(None, Sol::milli(wanted)).unwrap().len());
        }
    }

    #[test]
    fn an_amount_in_the_field_that_no_button_makes_is_cleared_first() {
        for shown in ["0.0005", "7", "-0.001"] {
            assert_eq!(plan(Some(sol(shown)), sol("0.01")).unwrap()[0], Press::Clear, "{shown}");
        }
    }

    #[test]
    fn amounts_that_no_button_makes_are_refused() {
        for fine in ["0.0005", "0.0010001", "-0.0005", "7.0005"] {
            assert_eq!(plan(None, sol(fine)), Err(Unplannable::TooFine(sol(fine))));
        }
        for far in ["0", "-0.001", "5.001", "1000000"] {
            assert_eq!(plan(None, sol(far)), Err(Unplannable::OutOfRange(sol(far))));
        }
    }
}
