//! What a table plays by: the rules, the bankroll and the run's seed. Set once, never changed.

use std::num::NonZeroU64;

use serde::Serialize;

use crate::model::ids::GameIndex;
use crate::model::rules::Rules;
use crate::model::sol::Sol;

/// How a bot's money carries over from game to game.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Bankroll {
    /// Every game starts with this much, in SOL, and with a fresh strategy.
    PerGame(Sol),
    /// Lives of several games: each game starts with the cash that the one before left, and every
    /// life starts with the bankroll.
    Lives {
        /// What a life starts with, in SOL.
        bankroll: Sol,
        /// Games per life, at least one. The last life of a run may have fewer.
        games: NonZeroU64,
    },
    /// A single life: each game starts with the cash that the one before left; games run one after
    /// another. Starting cash in SOL.
    Compounding(Sol),
}

impl Bankroll {
    /// What a bot starts with, in SOL.
    #[must_use]
    pub const fn start(self) -> Sol {
        match self {
            Self::PerGame(sol) | Self::Compounding(sol) | Self::Lives { bankroll: sol, .. } => sol,
        }
    }
}

/// The settings that all tables of a world share.
#[derive(Debug, Clone)]
pub struct Setup {
    /// Limits, payouts, portions and latency.
    pub rules: Rules,
    /// What bots start with, and how often.
    pub bankroll: Bankroll,
    /// The seed of the run: every random stream derives from it.
    pub seed: u64,
}

impl Setup {
    /// Consecutive games per life, of which only the first starts with the bankroll. More than any
    /// run has when the run is one life.
    #[must_use]
    #[inline]
    pub const fn life_games(&self) -> u64 {
        match self.bankroll {
            Bankroll::PerGame(_) => 1,
            Bankroll::Lives { games, .. } => games.get(),
            Bankroll::Compounding(_) => u64::MAX,
        }
    }

    /// True when a life begins with this game.
    #[must_use]
    #[inline]
    pub const fn opens_life(&self, game: GameIndex) -> bool {
        game.get().is_multiple_of(self.life_games())
    }

    /// The cash that a wallet gets when a game begins, in SOL; `None` leaves it as the last game
    /// did.
    #[must_use]
    pub const fn fresh_cash(&self, game: GameIndex) -> Option<Sol> {
        if self.opens_life(game) { Some(self.bankroll.start()) } else { None }
    }
}
