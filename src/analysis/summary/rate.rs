//! Shares of successes with their intervals, as figures.

use serde::{Deserialize, Serialize};

use crate::analysis::stats::{Interval, wilson};

/// A share of successes with its interval (Wilson's, with the effective count of trials).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Rate {
    /// Number of successful trials.
    pub won: u64,
    /// Number of all trials.
    pub of: u64,
    /// Successes per trial, from 0 to 1.
    pub value: f64,
    /// Lower end of the 95 % interval, from 0 to 1.
    pub low: f64,
    /// Upper end of the 95 % interval, from 0 to 1.
    pub high: f64,
    /// Number of independent trials with the same information: trials of one unit share its luck.
    pub effective: f64,
}

impl Rate {
    /// The share of lives to which something happened, each of them independent of the others.
    #[expect(clippy::cast_precision_loss, reason = "statistics, not money")]
    pub(super) fn of_lives(happened: u64, lives: u64) -> Self {
        let share = wilson(happened as f64 / lives as f64, lives as f64);
        let Interval { low, high } = share.interval;
        let effective = lives as f64;
        Self { won: happened, of: lives, value: share.value, low, high, effective }
    }
}
