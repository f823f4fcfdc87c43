//! Oracles: figures of a run whose true value is known before the run.

use serde::{Deserialize, Serialize};

use super::price::rug_within;
use super::sidebet::sidebet_edge;

/// A figure of a run with the value that the law of the game gives it. A run estimates it; the
/// distance in standard errors shows whether engine, strategy and law agree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Oracle {
    /// Its label in tables: a few words.
    pub name: String,
    /// Which figure of the run it predicts.
    pub what: OracleOf,
    /// The true value: a share, or SOL per SOL.
    pub value: f64,
}

/// The figures that an oracle can predict. Each is a ratio of two sums over the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum OracleOf {
    /// Lives that ended with less cash than the smallest bet of the rules, per life.
    LivesRuined,
    /// Games in which a sidebet was won, per game.
    GamesWithSidebetWon,
    /// Sidebets won per sidebet settled.
    SidebetWinRate,
    /// SOL gained by sidebets per SOL staked on them.
    PnlPerSidebetStake,
}

impl Oracle {
    /// An oracle with a label, a figure and its true value.
    #[must_use]
    pub fn new(name: &str, what: OracleOf, value: f64) -> Self {
        Self { name: name.to_owned(), what, value }
    }

    /// The win rate of sidebets, the same whenever they are placed and at any stake.
    #[must_use]
    pub fn of_win_rate(window_ticks: u32) -> Self {
        Self::new("sidebets won", OracleOf::SidebetWinRate, rug_within(window_ticks))
    }

    /// The win rate of sidebets and their gain per SOL: the same for every rule of placing and
    /// sizing that does not know the future. For bots that only place sidebets.
    #[must_use]
    pub fn of_sidebets(window_ticks: u32, payout: u32) -> [Self; 2] {
        let edge = sidebet_edge(window_ticks, payout);
        let gain = Self::new("P&L per SOL on sidebets", OracleOf::PnlPerSidebetStake, edge);
        [Self::of_win_rate(window_ticks), gain]
    }
}
