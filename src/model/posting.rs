//! Postings: the lines of the ledger. A wallet is its bankroll plus the sum of its postings.

use std::fmt;
use std::sync::Arc;

use super::exit::Sale;
use super::ids::BotIndex;
use super::order::{Action, Rejection};
use super::price::Price;
use super::quantity::Quantity;
use super::quote::Tick;
use super::sol::Sol;

/// What a posting books (docs/spec/game.md#postings).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PostingKind {
    /// A buy: the stake leaves, a quantity arrives.
    Buy,
    /// A sale of all or part of the position.
    Sell,
    /// The forced sale of the position at the rug.
    Liquidation,
    /// The stake of a sidebet leaves.
    SidebetStake,
    /// A won sidebet pays five times its stake.
    SidebetWon,
    /// A lost sidebet pays nothing. Booked so that every sidebet has an end in the ledger.
    SidebetLost,
    /// The difference between the site's account and ours: roundings of the site, or an order
    /// without confirmation. Never in a simulation.
    Correction,
}

impl PostingKind {
    /// A code for tables and files, stable across versions.
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
/// At one tick a bot's sidebet is settled first, then its position is liquidated, then its trade is
/// filled, then its sidebet placed, each at most once, so the order in which systems ran does not
/// show. The presale shares number 0 with the first tick, so the sort is stable: what was booked
/// earlier stays first. The ledger books the trade of a tick before its sidebet.
pub fn sort(postings: &mut [(BotIndex, Posting)]) {
    // Postings are wide and keys are not, so the keys are sorted.
    postings.sort_by_cached_key(|(bot, posting)| {
        let rank = match posting.kind {
            PostingKind::SidebetWon | PostingKind::SidebetLost => 0_u8,
            PostingKind::Liquidation => 1,
            PostingKind::Buy | PostingKind::Sell | PostingKind::SidebetStake => 2,
            PostingKind::Correction => 3,
        };
        ((u64::from(posting.tick) << 32) | u64::from(bot.get()), rank)
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
    /// Why the wallet or the position changed.
    pub kind: PostingKind,
    /// The market's price at that tick.
    pub price: Price,
    /// The quantity that changed hands; zero for sidebets.
    pub quantity: Quantity,
    /// The change of the wallet in SOL; below zero for a payment.
    pub delta: Sol,
    /// The wallet's cash afterwards, in SOL.
    pub cash: Sol,
    /// Of a sale or a liquidation: why, and what it had cost. No part of the digest.
    pub sale: Option<Sale>,
}

/// An order that was rejected, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// The tick at which it was rejected.
    pub tick: Tick,
    /// What the bot ordered.
    pub action: Action,
    /// Why it was rejected.
    pub rejection: Rejection,
    /// What the venue said of it, where that is more. No part of the digest.
    pub said: Option<Arc<str>>,
}

impl fmt::Display for Rejected {
    /// Why, in the words of the venue where it has some.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.said {
            Some(said) => f.write_str(said),
            None => self.rejection.fmt(f),
        }
    }
}
