//! What a table plays by: the rules, the bankroll and the seed of the run. Set once, never changed.

use std::num::NonZeroU64;

use serde::Serialize;

use crate::model::rules::Rules;
use crate::model::sol::Sol;

/// How a bot's money lives from game to game.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Bankroll {
    /// Every game starts afresh with this much, and with a fresh strategy.
    PerGame(Sol),
    /// Lives of several games: what a game leaves is what the next one of its life starts with,
    /// and every life starts afresh.
    Lives {
        /// What a life starts with, in SOL.
        bankroll: Sol,
        /// Games of a life, at least one; the last life of a run may have fewer.
        games: NonZeroU64,
    },
    /// One life: what a game leaves is what the next one starts with; games run one after another.
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

/// What every table of a world plays by.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The rules.
    pub rules: Rules,
    /// The bankroll.
    pub bankroll: Bankroll,
    /// The seed of the run: every random stream comes from it.
    pub seed: u64,
}

impl Setup {
    /// Games of a life: consecutive games, of which only the first starts afresh. More than any
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
    pub const fn opens_life(&self, game: u64) -> bool {
        game.is_multiple_of(self.life_games())
    }

    /// What a wallet is filled with when a game begins; `None` leaves it as the last game did.
    #[must_use]
    pub const fn fresh_cash(&self, game: u64) -> Option<Sol> {
        if self.opens_life(game) { Some(self.bankroll.start()) } else { None }
    }
}
