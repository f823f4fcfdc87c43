//! Oracles: figures of a run whose true value is known before it is played.

use serde::{Deserialize, Serialize};

use super::price::rug_within;
use super::sidebet::sidebet_edge;

/// A figure of a run, and what the law of the game says it is. A run estimates it; the distance
/// in standard errors says whether engine, strategy and law agree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Oracle {
    /// What it is called in tables: a few words.
    pub name: String,
    /// The figure.
    pub what: OracleOf,
    /// Its true value, no unit: a share, or SOL per SOL.
    pub value: f64,
}

/// Which figure of a run an oracle knows. Each is a ratio of two sums over the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum OracleOf {
    /// Lives that ended with less cash than the smallest bet of the rules, of all lives.
    LivesRuined,
    /// Games in which a sidebet was won, of all games.
    GamesWithSidebetWon,
    /// Sidebets won, of all sidebets settled.
    SidebetWinRate,
    /// SOL gained by sidebets, per SOL staked on them.
    PnlPerSidebetStake,
}

impl Oracle {
    /// An oracle of a name.
    #[must_use]
    pub fn new(name: &str, what: OracleOf, value: f64) -> Self {
        Self { name: name.to_owned(), what, value }
    }

    /// How often sidebets win, whenever they are placed and at whatever stake.
    #[must_use]
    pub fn of_win_rate(window_ticks: u32) -> Self {
        Self::new("sidebets won", OracleOf::SidebetWinRate, rug_within(window_ticks))
    }

    /// How often sidebets win, and what they gain per SOL: the same for every rule by which they
    /// are placed and sized, as long as it does not know the future. For bots that do nothing else.
    #[must_use]
    pub fn of_sidebets(window_ticks: u32, payout: u32) -> [Self; 2] {
        let edge = sidebet_edge(window_ticks, payout);
        let gain = Self::new("P&L per SOL on sidebets", OracleOf::PnlPerSidebetStake, edge);
        [Self::of_win_rate(window_ticks), gain]
    }
}
