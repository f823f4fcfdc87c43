//! What a table plays by: the rules, the bankroll and the seed of the run. Set once, never changed.

use crate::model::rules::Rules;
use crate::model::sol::Sol;

/// How a bot's money lives from game to game.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bankroll {
    /// Every game starts afresh with this much, and with a fresh strategy.
    PerGame(Sol),
    /// One life: what a game leaves is what the next one starts with; games run one after another.
    Compounding(Sol),
}

impl Bankroll {
    /// What a bot starts with, in SOL.
    #[must_use]
    pub const fn start(self) -> Sol {
        match self {
            Self::PerGame(sol) | Self::Compounding(sol) => sol,
        }
    }
}

/// What every table of a world plays by.
#[derive(Debug, Clone)]
pub struct House {
    /// The rules.
    pub rules: Rules,
    /// The bankroll.
    pub bankroll: Bankroll,
    /// The seed of the run: every random stream comes from it.
    pub seed: u64,
}

impl House {
    /// What a wallet is filled with when a game begins; `None` leaves it as the last game did.
    #[must_use]
    pub const fn fresh_cash(&self, game: u64) -> Option<Sol> {
        match self.bankroll {
            Bankroll::Compounding(_) if game > 0 => None,
            bankroll => Some(bankroll.start()),
        }
    }

    /// True when every game starts afresh.
    #[must_use]
    #[inline]
    pub const fn per_game(&self) -> bool {
        matches!(self.bankroll, Bankroll::PerGame(_))
    }
}
