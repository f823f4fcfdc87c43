//! Counts and sums of what bots did: per game, per life, per run.

use serde::{Deserialize, Serialize};

use crate::engine::journal::Row;

/// Expectations are added in this fraction of a lamport, so that the order of addition does not
/// change them: a thousandth, which is 1e-12 SOL.
pub(super) const EXPECTED_PER_LAMPORT: i128 = 1_000;

/// Milliseconds in an hour.
pub(super) const HOUR_MS: f64 = 3_600_000.0;

/// The state after a game, besides its counts. Amounts in lamports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Left {
    /// Cash after the game.
    pub(super) cash: i128,
    /// Deepest drawdown of the life so far.
    pub(super) drawdown: i128,
    /// Lowest equity of the life so far.
    pub(super) low: i128,
    /// Whether the cash is below the smallest bet; `None` for several bots together.
    pub(super) ruined: Option<bool>,
    /// Whether the bot can bet again in this life, as far as its strategy says.
    pub(super) can_bet: Option<bool>,
}

/// Variances are added in squares of a millionth of a SOL, for the same reason.
const VARIANCE_PER_SOL_SQUARE: f64 = 1e12;

/// The largest variance of one game that is added: a spread of 3.6e10 SOL.
const VARIANCE_MAX: i128 = 1 << 110;

/// Exact sums; amounts in lamports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct SummaryCounts {
    pub(super) games: u64,
    pub(super) games_staked: u64,
    pub(super) games_with_sidebet_won: u64,
    /// Milliseconds on the game's clock.
    pub(super) clock_ms: u64,
    pub(super) ticks_held: u64,
    pub(super) buys: u64,
    pub(super) sells: u64,
    pub(super) sells_won: u64,
    pub(super) liquidations: u64,
    pub(super) sidebets_won: u64,
    pub(super) sidebets_lost: u64,
    pub(super) refused: u64,
    pub(super) bought: i128,
    pub(super) wagered: i128,
    pub(super) sidebets_paid: i128,
    pub(super) pnl: i128,
    /// Expected P&L in fractions of a lamport ([`EXPECTED_PER_LAMPORT`]).
    pub(super) expected: i128,
    /// Variance of the P&L by the law, in fractions of a SOL squared (see [`variance_in_sol`]).
    pub(super) variance: i128,
}

impl SummaryCounts {
    /// What one bot did in one game that took `clock_ms` milliseconds.
    pub(super) fn of(row: &Row, clock_ms: u64) -> Self {
        let tally = &row.tally;
        let staked = tally.buys > 0 || tally.wagered.is_positive();
        Self {
            games: 1,
            games_staked: u64::from(staked),
            games_with_sidebet_won: u64::from(tally.sidebets_won > 0),
            clock_ms,
            ticks_held: u64::from(tally.ticks_held),
            buys: u64::from(tally.buys),
            sells: u64::from(tally.sells),
            sells_won: u64::from(tally.sells_won),
            liquidations: u64::from(tally.liquidations),
            sidebets_won: u64::from(tally.sidebets_won),
            sidebets_lost: u64::from(tally.sidebets_lost),
            refused: u64::from(tally.refused),
            bought: tally.bought.lamports(),
            wagered: tally.wagered.lamports(),
            sidebets_paid: tally.sidebets_paid.lamports(),
            pnl: row.pnl.lamports(),
            expected: fractions(tally.expected),
            variance: variance_fractions(tally.variance),
        }
    }

    /// Adds the counts of other games.
    pub(super) const fn add(&mut self, other: &Self) {
        self.games += other.games;
        self.games_staked += other.games_staked;
        self.games_with_sidebet_won += other.games_with_sidebet_won;
        self.clock_ms += other.clock_ms;
        self.ticks_held += other.ticks_held;
        self.buys += other.buys;
        self.sells += other.sells;
        self.sells_won += other.sells_won;
        self.liquidations += other.liquidations;
        self.sidebets_won += other.sidebets_won;
        self.sidebets_lost += other.sidebets_lost;
        self.refused += other.refused;
        self.bought += other.bought;
        self.wagered += other.wagered;
        self.sidebets_paid += other.sidebets_paid;
        self.pnl += other.pnl;
        self.expected += other.expected;
        self.variance += other.variance;
    }

    /// Adds the counts of another bot in the same game, which stays one game.
    pub(super) fn join(&mut self, other: &Self) {
        let (clock_ms, staked) = (self.clock_ms, self.games_staked | other.games_staked);
        let won = self.games_with_sidebet_won | other.games_with_sidebet_won;
        // Bots of one game share its luck, in a way that is not known: the spreads add up where
        // all win and lose together, and are never larger.
        let spread = variance_in_sol(self.variance).sqrt() + variance_in_sol(other.variance).sqrt();
        self.add(other);
        self.variance = variance_fractions(spread * spread);
        self.games = 1;
        self.clock_ms = clock_ms;
        self.games_staked = staked;
        self.games_with_sidebet_won = won;
    }

    /// Lamports staked on buys and sidebets.
    pub(super) const fn staked(&self) -> i128 {
        self.bought + self.wagered
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a statistic, not money; saturates")]
fn fractions(sol: f64) -> i128 {
    (sol * 1e12).round() as i128
}

#[expect(clippy::cast_possible_truncation, reason = "a statistic, not money; saturates")]
fn variance_fractions(sol_squared: f64) -> i128 {
    ((sol_squared * VARIANCE_PER_SOL_SQUARE).round() as i128).clamp(0, VARIANCE_MAX)
}

/// A sum of variances in SOL squared.
#[expect(clippy::cast_precision_loss, reason = "statistics, not money")]
pub(super) fn variance_in_sol(fractions: i128) -> f64 {
    fractions as f64 / VARIANCE_PER_SOL_SQUARE
}
