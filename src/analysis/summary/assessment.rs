//! What a summary says about a run: `summary.json`, to be read by programs and people.
//!
//! Amounts that are exact sums of postings are decimal text (SOL); statistics are doubles. What
//! cannot be said (too few units, nothing staked) is absent: `null`.

use serde::{Deserialize, Serialize};

use crate::analysis::stats::{Estimate, Interval};
use crate::model::sol::Sol;

/// Everything that is said about a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Assessment {
    /// The scenario's name.
    pub scenario: String,
    /// The scenario's seed.
    pub seed: u64,
    /// Games played.
    pub games: u64,
    /// Ticks of these games, tick 0 and the rug counted, the presale not.
    pub ticks: u64,
    /// The digest of these games, in hex.
    pub digest: String,
    /// Games of one life, the unit of all statistics; `null`: all games are one life.
    pub games_per_unit: Option<u64>,
    /// Whole lives played.
    pub units: u64,
    /// Games of a last life that was not played to its end; their P&L is in the sums, not in the
    /// statistics.
    pub games_of_an_unfinished_unit: u64,
    /// Probability with which each interval covers what it estimates, taken by itself.
    pub confidence: f64,
    /// One entry per bot, in the order of the scenario.
    pub bots: Vec<Figures>,
    /// One entry per declaration with a `count`: what its bots did together. The unit is still one
    /// life, because bots of one game share its luck.
    pub groups: Vec<Figures>,
    /// The games that the scenario's `sample` asks for; absent without one.
    pub sample: Option<Sample>,
}

/// Everything that is said about one bot, or about the bots of one declaration together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// The bot's name, or that of the declaration.
    pub id: String,
    /// Its strategy.
    pub strategy: String,
    /// Name of the declaration in the scenario.
    pub group: String,
    /// Bots that these figures are of.
    pub bots: u64,
    /// What the figures say, in a word and in a sentence.
    pub verdict: Verdict,
    /// Whether there are units enough (30) to estimate anything; without, every estimate is absent.
    pub sufficient: bool,
    /// Whole lives.
    pub units: u64,
    /// Games played.
    pub games: u64,
    /// Games with any stake.
    pub games_staked: u64,
    /// Buys filled.
    pub buys: u64,
    /// Sales filled.
    pub sells: u64,
    /// Sales above average cost.
    pub sells_won: u64,
    /// Positions liquidated at a rug.
    pub liquidations: u64,
    /// Sidebets won.
    pub sidebets_won: u64,
    /// Sidebets lost.
    pub sidebets_lost: u64,
    /// Orders refused.
    pub refused: u64,
    /// SOL put into buys.
    pub bought: Sol,
    /// SOL put into sidebets.
    pub wagered: Sol,
    /// SOL gained.
    pub pnl: Sol,
    /// SOL that the law of the game makes of this exposure on average.
    pub expected_pnl: f64,
    /// Deepest drawdown of any life.
    pub max_drawdown: Sol,
    /// Cash after the last game, of all these bots.
    pub final_cash: Sol,
    /// Ticks through which something was held.
    pub ticks_held: u64,
    /// Share of the ticks of all games, from 0 to 1, through which something was held.
    pub time_in_market: Option<f64>,
    /// SOL gained per unit (Student's t over units).
    pub pnl_per_unit: Option<Estimate>,
    /// SOL gained per game (the same, divided by the games of a unit).
    pub pnl_per_game: Option<Estimate>,
    /// SOL gained per SOL staked (ratio of sums, clustered by unit).
    pub pnl_per_stake: Option<Estimate>,
    /// SOL gained per hour of the game's clock, presale and cooldown included.
    pub pnl_per_hour: Option<Estimate>,
    /// Intervals of the same means from resampled blocks: a second opinion without a formula.
    pub resampled: Option<Resampled>,
    /// Standard deviation of the P&L of a unit, in SOL.
    pub unit_deviation: Option<f64>,
    /// Share of sales above average cost, liquidations counted as sales that were not.
    pub sells_won_rate: Option<Rate>,
    /// Share of sidebets won.
    pub sidebets_won_rate: Option<Rate>,
    /// P&L held against what the law of the game makes of the same exposure.
    pub oracle: Option<OracleCheck>,
    /// Closed forms of the strategy held against what was measured.
    pub oracles: Vec<OracleFigure>,
    /// Quantiles of the P&L of a unit.
    pub quantiles: Option<Quantiles>,
    /// The worst units.
    pub tail: Option<Tail>,
    /// Mean P&L of a unit divided by its standard deviation.
    pub sharpe: Option<f64>,
    /// Mean P&L of a unit divided by the root mean square of its losses.
    pub sortino: Option<f64>,
    /// Quantiles of the deepest drawdown of a unit.
    pub drawdowns: Option<Quantiles>,
    /// Lives that came to where no bet can be paid any more; absent for several bots together.
    pub ruin: Option<Ruin>,
    /// Held against the first bot (or declaration) of the scenario on the same games.
    pub against_first: Option<Difference>,
    /// Two-sided p-value of a mean P&L of zero, which is what always waiting gives.
    pub p_value: Option<f64>,
    /// The same after Holm's correction for all bots (declarations) that are compared.
    pub p_adjusted: Option<f64>,
    /// Units that would settle, with a power of 80 %, whether a mean like this one is not zero.
    pub units_to_settle: Option<u64>,
}

/// What figures say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// In a word.
    pub kind: VerdictKind,
    /// In a sentence, with the interval and the number of games that would settle it.
    pub text: String,
}

/// What figures say, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VerdictKind {
    /// It gains, beyond what luck explains among all bots compared.
    Edge,
    /// Neither a gain nor a loss beyond luck.
    NoEdgeShown,
    /// It loses, beyond what luck explains among all bots compared.
    Loses,
    /// Fewer than 30 units: nothing is said.
    TooFewGames,
    /// Nothing was ever staked.
    NoStake,
}

/// A share of successes with its interval (Wilson's, with the effective count of trials).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Rate {
    /// Successes.
    pub won: u64,
    /// Trials.
    pub of: u64,
    /// Successes per trial, from 0 to 1.
    pub value: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end of the 95 % interval.
    pub high: f64,
    /// As many independent trials would say as much: trials of one unit share its luck.
    pub effective: f64,
}

/// Intervals from resampled blocks (bias-corrected and accelerated).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Resampled {
    /// Blocks that were drawn from.
    pub blocks: u64,
    /// Times that they were drawn.
    pub replicates: u64,
    /// SOL gained per unit.
    pub pnl_per_unit: Interval,
    /// SOL gained per SOL staked.
    pub pnl_per_stake: Option<Interval>,
}

/// P&L held against its expectation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct OracleCheck {
    /// Expected SOL per unit.
    pub expected: f64,
    /// P&L less expectation, in SOL per unit.
    pub difference: Estimate,
    /// The difference in standard errors; absent where nothing varied.
    pub z: Option<f64>,
}

/// A closed form of a strategy held against what was measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OracleFigure {
    /// What it is of, in words.
    pub name: String,
    /// What the closed form gives.
    pub expected: f64,
    /// What was measured.
    pub estimate: f64,
    /// The difference in standard errors; absent where nothing varied.
    pub z: Option<f64>,
}

/// Quantiles of a figure over units, in SOL.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Quantiles {
    /// The lowest.
    pub min: f64,
    /// 1 % are at or below.
    pub p01: f64,
    /// 5 % are at or below.
    pub p05: f64,
    /// 25 % are at or below.
    pub p25: f64,
    /// The median.
    pub p50: f64,
    /// 75 % are at or below.
    pub p75: f64,
    /// 95 % are at or below.
    pub p95: f64,
    /// 99 % are at or below.
    pub p99: f64,
    /// The highest.
    pub max: f64,
}

/// The worst units.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Tail {
    /// Share of the units that are the worst: 0.05.
    pub share: f64,
    /// SOL that the best of the worst units lost; below zero when even it gained.
    pub value_at_risk: f64,
    /// SOL that the worst units lost on average.
    pub expected_shortfall: f64,
}

/// First passage: lives in which cash fell below the smallest bet after some game.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Ruin {
    /// Share of lives ruined.
    pub share: Rate,
    /// Games after which half of the ruined lives were.
    pub median_games: Option<u64>,
    /// Mean number of games to ruin, of the ruined lives.
    pub mean_games: Option<f64>,
}

/// One bot held against another on the same games.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// The other one's name.
    pub against: String,
    /// P&L less the other one's, in SOL per unit, paired by blocks of the same games.
    pub difference: Estimate,
    /// Two-sided p-value of no difference.
    pub p_value: f64,
    /// The same after Holm's correction for all that are held against the first.
    pub p_adjusted: f64,
}

/// What a sample chosen by the length of games would have said. Never ranked, never judged: a game's
/// length is not known while it is played.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// `SELECTION BIAS` and why.
    pub warning: String,
    /// Fewest ticks (the rug tick) of a game of the sample.
    pub min_ticks: Option<u32>,
    /// Most ticks (the rug tick) of a game of the sample.
    pub max_ticks: Option<u32>,
    /// Games in the sample.
    pub games: u64,
    /// Games left out because they were too short.
    pub too_short: u64,
    /// Games left out because they were too long.
    pub too_long: u64,
    /// One entry per bot, in the order of the scenario.
    pub bots: Vec<SampleFigures>,
    /// One entry per declaration with a `count`.
    pub groups: Vec<SampleFigures>,
}

/// What one bot made of the sample; the same figures of all games are in [`Figures`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SampleFigures {
    /// The bot's name, or that of the declaration.
    pub id: String,
    /// SOL gained in the games of the sample.
    pub pnl: Sol,
    /// SOL gained per game of the sample.
    pub pnl_per_game: Option<Estimate>,
    /// SOL gained per SOL staked in the sample.
    pub pnl_per_stake: Option<Estimate>,
}
