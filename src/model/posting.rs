//! Postings: one line of the ledger each. A wallet is its bankroll and the sum of its postings.

use std::fmt;

use super::order::{Action, Rejection};
use super::price::Price;
use super::quantity::Quantity;
use super::quote::Tick;
use super::sol::Sol;

/// What a posting books (docs/spec/game.md#postings).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PostingKind {
    /// A buy: the stake leaves, a quantity comes.
    Buy,
    /// A sale of all or part of the position.
    Sell,
    /// The forced sale of what was held at the rug.
    Liquidation,
    /// The stake of a sidebet leaves.
    SidebetStake,
    /// A won sidebet pays its stake five times.
    SidebetWon,
    /// A lost sidebet pays nothing; booked so that every sidebet is seen to end.
    SidebetLost,
    /// What the site's account differed by from ours: roundings of the site, or what nobody
    /// confirmed. Never in a simulation.
    Correction,
}

impl PostingKind {
    /// A word for tables and files, stable across versions.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Buy => "buy",
            Self::Sell => "sell",
            Self::Liquidation => "liquidation",
            Self::SidebetStake => "sidebet_stake",
            Self::SidebetWon => "sidebet_won",
            Self::SidebetLost => "sidebet_lost",
            Self::Correction => "correction",
        }
    }
}

/// Puts a game's postings, each with its bot, in the order of the journal: by tick, then by bot.
///
/// At one tick a bot's sidebet is settled first, then its holding is liquidated, then its order is
/// filled, each at most once, so the order in which systems ran cannot be seen. The presale shares
/// number 0 with the first tick, so the sort is stable: what was booked earlier stays first.
pub fn sort(postings: &mut [(u32, Posting)]) {
    // Postings are wide and keys are not, so the keys are sorted.
    postings.sort_by_cached_key(|(bot, posting)| {
        let rank = match posting.kind {
            PostingKind::SidebetWon | PostingKind::SidebetLost => 0_u8,
            PostingKind::Liquidation => 1,
            PostingKind::Buy | PostingKind::Sell | PostingKind::SidebetStake => 2,
            PostingKind::Correction => 3,
        };
        ((u64::from(posting.tick) << 32) | u64::from(*bot), rank)
    });
}

impl fmt::Display for PostingKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

/// One line of the ledger.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Posting {
    /// The tick at which it was booked.
    pub tick: Tick,
    /// What it books.
    pub kind: PostingKind,
    /// The market's price at that tick.
    pub price: Price,
    /// The quantity that changed hands; zero for sidebets.
    pub quantity: Quantity,
    /// What the wallet gained (or, below zero, paid), in SOL.
    pub delta: Sol,
    /// What the wallet held afterwards, in SOL.
    pub cash: Sol,
}

/// An order that was refused, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rejected {
    /// The tick at which it was refused.
    pub tick: Tick,
    /// What the bot ordered.
    pub action: Action,
    /// Why it was not done.
    pub rejection: Rejection,
}
