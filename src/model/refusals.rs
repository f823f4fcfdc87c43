//! Refused orders by kind: how often the rules, the market or the site rejected what.

use std::ops::Index;

use serde::{Deserialize, Serialize};

/// Why an order was rejected, without figures: what rejections are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RejectionKind {
    /// The phase does not permit it.
    Phase,
    /// The game was over before the order could be executed.
    TooLate,
    /// The stake is under the rules' minimum.
    BelowMinimum,
    /// The stake is over the rules' maximum.
    AboveMaximum,
    /// The wallet holds less than the stake.
    InsufficientBalance,
    /// The position or the wallet would become too large.
    TooLarge,
    /// There is nothing to sell.
    NothingToSell,
    /// The rules do not offer this portion.
    PortionNotOffered,
    /// A sidebet is already open.
    SidebetOpen,
    /// The last sidebet was settled too recently.
    SidebetCooldown,
    /// An order of the same bot is still on its way.
    InFlight,
    /// The bot submitted another trade, or another sidebet, at the same tick.
    OnePerTick,
    /// The game was closed at this tick.
    Closed,
    /// The site rejected it, or the button was not pressed.
    NotDone,
    /// The button was pressed and no confirmation came.
    Unconfirmed,
}

impl RejectionKind {
    /// All kinds, in the order in which they are counted.
    pub const ALL: [Self; 15] = [
        Self::Phase,
        Self::TooLate,
        Self::BelowMinimum,
        Self::AboveMaximum,
        Self::InsufficientBalance,
        Self::TooLarge,
        Self::NothingToSell,
        Self::PortionNotOffered,
        Self::SidebetOpen,
        Self::SidebetCooldown,
        Self::InFlight,
        Self::OnePerTick,
        Self::Closed,
        Self::NotDone,
        Self::Unconfirmed,
    ];

    /// A code for tables and files, stable across versions.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Phase => "phase",
            Self::TooLate => "too_late",
            Self::BelowMinimum => "below_minimum",
            Self::AboveMaximum => "above_maximum",
            Self::InsufficientBalance => "insufficient_balance",
            Self::TooLarge => "too_large",
            Self::NothingToSell => "nothing_to_sell",
            Self::PortionNotOffered => "portion_not_offered",
            Self::SidebetOpen => "sidebet_open",
            Self::SidebetCooldown => "sidebet_cooldown",
            Self::InFlight => "in_flight",
            Self::OnePerTick => "one_per_tick",
            Self::Closed => "closed",
            Self::NotDone => "not_done",
            Self::Unconfirmed => "unconfirmed",
        }
    }
}

/// How many orders of each kind were refused in a game.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Refusals([u32; RejectionKind::ALL.len()]);

impl Refusals {
    /// Counts one more refusal.
    pub const fn add(&mut self, kind: RejectionKind) {
        self.0[kind as usize] += 1;
    }

    /// The kinds that occurred, each with its count.
    pub fn iter(&self) -> impl Iterator<Item = (RejectionKind, u32)> {
        let all = RejectionKind::ALL.into_iter().zip(self.0);
        all.filter(|(_, count)| *count > 0)
    }
}

impl Index<RejectionKind> for Refusals {
    type Output = u32;

    fn index(&self, kind: RejectionKind) -> &u32 {
        &self.0[kind as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_counted_in_a_place_of_its_own() {
        let mut refusals = Refusals::default();
        for (times, kind) in (1..).zip(RejectionKind::ALL) {
            (0..times).for_each(|_| refusals.add(kind));
        }
        let counted: Vec<_> = refusals.iter().collect();
        let expected: Vec<_> = RejectionKind::ALL.into_iter().zip(1..).collect();
        assert_eq!(counted, expected);
        assert_eq!(refusals[RejectionKind::Unconfirmed], 15);
    }
}
