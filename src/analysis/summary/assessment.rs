//! The figures of a run as in `summary.json`, for programs and people.
//!
//! Amounts that are exact sums of postings are decimal text (SOL); statistics are doubles. A figure
//! that cannot be estimated (too few units, nothing staked) is `null`.

use serde::{Deserialize, Serialize};

use super::lives::LifeFigures;
use super::orders::{ExitFigures, RefusalFigures};
use super::rate::Rate;
use crate::analysis::stats::{Estimate, Interval};
use crate::model::sol::Sol;

/// All figures of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Assessment {
    /// Name of the scenario.
    pub scenario: String,
    /// Seed of the run, from the scenario.
    pub seed: u64,
    /// Number of games played.
    pub games: u64,
    /// Number of ticks of these games, with tick 0 and the rug, without the presale.
    pub ticks: u64,
    /// The digest of these games, in hex.
    pub digest: String,
    /// Games per life, the unit of all statistics; `null`: all games are one life.
    pub games_per_unit: Option<u64>,
    /// Number of completed lives.
    pub units: u64,
    /// Games of an unfinished last life. Their P&L counts in the sums, not in the statistics.
    pub games_of_an_unfinished_unit: u64,
    /// Games a day that lives of some days are made of, assumed: what the law of the game gives on
    /// average.
    #[serde(default)]
    pub games_per_day: u32,
    /// Probability that each single interval covers what it estimates.
    pub confidence: f64,
    /// One entry per bot, in the order of the scenario.
    pub bots: Vec<Figures>,
    /// One entry per declaration with a `count` (even of 1), for its bots together. The unit is
    /// still one life, because bots of one game share its luck.
    pub groups: Vec<Figures>,
    /// The games that the scenario's `sample` asks for; absent without one.
    pub sample: Option<Sample>,
}

/// All figures of one bot, or of the bots of one declaration together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// The bot's name, or that of the declaration.
    pub id: String,
    /// Name of the strategy.
    pub strategy: String,
    /// Name of the declaration in the scenario.
    pub group: String,
    /// Number of bots in these figures.
    pub bots: u64,
    /// What the figures show, as a code and a sentence.
    pub verdict: Verdict,
    /// Whether there are enough units (30) for estimates; otherwise every estimate is absent.
    pub sufficient: bool,
    /// Whether all units ended the same, to the last lamport: intervals have no width, and there is
    /// no p-value.
    #[serde(default)]
    pub degenerate: bool,
    /// Number of completed lives.
    pub units: u64,
    /// Number of games played.
    pub games: u64,
    /// Number of games with a stake.
    pub games_staked: u64,
    /// Number of buys filled.
    pub buys: u64,
    /// Number of sales filled, without liquidations.
    pub sells: u64,
    /// Number of sales above average cost.
    pub sells_won: u64,
    /// Number of positions that a rug liquidated.
    pub liquidations: u64,
    /// Number of sidebets won.
    pub sidebets_won: u64,
    /// Number of sidebets lost.
    pub sidebets_lost: u64,
    /// Number of orders rejected.
    pub refused: u64,
    /// How positions ended, by reason; absent in folders of version 0.1.
    #[serde(default)]
    pub exits: Vec<ExitFigures>,
    /// Orders rejected, by kind, the most frequent first; absent in folders of version 0.1.
    #[serde(default)]
    pub refusals: Vec<RefusalFigures>,
    /// SOL put into buys.
    pub bought: Sol,
    /// SOL put into sidebets.
    pub wagered: Sol,
    /// SOL gained; below zero for a loss.
    pub pnl: Sol,
    /// Expected P&L in SOL of this exposure by the law of the game.
    pub expected_pnl: f64,
    /// Deepest drawdown of any life, in SOL: at every tick's price; of several bots together, of
    /// their cash after each game.
    pub max_drawdown: Sol,
    /// Cash after the last game, of all these bots, in SOL.
    pub final_cash: Sol,
    /// Ticks through which a position was held.
    pub ticks_held: u64,
    /// Share of the ticks of all games, from 0 to 1, through which a position was held.
    pub time_in_market: Option<f64>,
    /// SOL gained per unit (Student's t over units).
    pub pnl_per_unit: Option<Estimate>,
    /// SOL gained per game (the same, divided by the games of a unit).
    pub pnl_per_game: Option<Estimate>,
    /// SOL gained per SOL staked (ratio of sums, clustered by unit).
    pub pnl_per_stake: Option<Estimate>,
    /// SOL gained per hour of the game's clock, presale and cooldown included.
    pub pnl_per_hour: Option<Estimate>,
    /// SOL gained per day of the game's clock: 24 times the figure per hour.
    pub pnl_per_day: Option<Estimate>,
    /// Intervals of the same means from resampled blocks: a check that assumes no formula.
    pub resampled: Option<Resampled>,
    /// Standard deviation of the P&L of a unit, in SOL.
    pub unit_deviation: Option<f64>,
    /// Share of sales above average cost, liquidations counted as sales that were not.
    pub sells_won_rate: Option<Rate>,
    /// Share of sidebets won.
    pub sidebets_won_rate: Option<Rate>,
    /// P&L compared with its expectation by the law of the game.
    pub oracle: Option<OracleCheck>,
    /// Closed forms of the strategy compared with the measured figures.
    pub oracles: Vec<OracleFigure>,
    /// Quantiles of the P&L of a unit, in SOL.
    pub quantiles: Option<Quantiles>,
    /// The worst 5 % of the units.
    pub tail: Option<Tail>,
    /// Mean P&L of a unit divided by its standard deviation.
    pub sharpe: Option<f64>,
    /// Mean P&L of a unit divided by the root mean square of its losses.
    pub sortino: Option<f64>,
    /// Quantiles of the deepest drawdown of a unit, in SOL.
    pub drawdowns: Option<Quantiles>,
    /// Lives without enough cash for the smallest bet; absent for several bots together.
    pub ruin: Option<Ruin>,
    /// How its lives went: facts, whatever their number. Absent in folders of version 0.1.0.
    pub lives: Option<LifeFigures>,
    /// Comparison with the first bot (or declaration) of the scenario on the same games.
    pub against_first: Option<Difference>,
    /// SOL gained per unit in the error in which it is judged: the larger of what the units show and
    /// of what the law of the game gives for the same exposure.
    pub judged_per_unit: Option<Estimate>,
    /// Two-sided p-value of a mean P&L of zero, the result of always waiting, in that error.
    pub p_value: Option<f64>,
    /// The p-value after Holm's correction for all bots (declarations) compared.
    pub p_adjusted: Option<f64>,
    /// Units needed to confirm, with a power of 80 %, that a mean like this differs from zero.
    pub units_to_settle: Option<u64>,
}

/// What the figures show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// The verdict as a code.
    pub kind: VerdictKind,
    /// A sentence with the interval and the number of games needed to confirm it.
    pub text: String,
}

/// What the figures show, as a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VerdictKind {
    /// A gain beyond luck, considering all bots compared.
    Edge,
    /// Neither a gain nor a loss beyond luck.
    NoEdgeShown,
    /// A loss beyond luck, considering all bots compared.
    Loses,
    /// Fewer than 30 units: not judged.
    TooFewGames,
    /// No stake in any game.
    NoStake,
    /// All units ended the same, so that nothing can be tested.
    Constant,
}

/// Intervals from resampled blocks (bias-corrected and accelerated).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Resampled {
    /// Number of blocks drawn from.
    pub blocks: u64,
    /// Number of times that they were drawn.
    pub replicates: u64,
    /// SOL gained per unit.
    pub pnl_per_unit: Interval,
    /// SOL gained per SOL staked.
    pub pnl_per_stake: Option<Interval>,
}

/// P&L compared with its expectation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct OracleCheck {
    /// Expected SOL per unit.
    pub expected: f64,
    /// P&L minus expectation, in SOL per unit, in the error that the units show.
    pub difference: Estimate,
    /// Standard error of the mean by the law of the game, in SOL per unit; absent where nothing was
    /// exposed to it.
    pub error: Option<f64>,
    /// Number of equal units that would spread, by the law, as these do.
    pub effective: Option<f64>,
    /// The difference in standard errors of the law; absent where a few units decide.
    pub z: Option<f64>,
}

/// A closed form of a strategy compared with the measured figure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OracleFigure {
    /// Label of the figure.
    pub name: String,
    /// The value of the closed form.
    pub expected: f64,
    /// The measured value, in the same unit.
    pub estimate: f64,
    /// The difference in standard errors of the closed form; absent where it expects too few of
    /// what is rarer.
    pub z: Option<f64>,
}

/// Quantiles of a figure over units, in SOL.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Quantiles {
    /// The lowest unit, in SOL.
    pub min: f64,
    /// 1 % of the units are at or below this.
    pub p01: f64,
    /// 5 % of the units are at or below this.
    pub p05: f64,
    /// 25 % of the units are at or below this.
    pub p25: f64,
    /// The median unit, in SOL.
    pub p50: f64,
    /// 75 % of the units are at or below this.
    pub p75: f64,
    /// 95 % of the units are at or below this.
    pub p95: f64,
    /// 99 % of the units are at or below this.
    pub p99: f64,
    /// The highest unit, in SOL.
    pub max: f64,
}

/// The worst units by P&L.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Tail {
    /// The share of units that counts as the worst: 0.05.
    pub share: f64,
    /// SOL lost by the best of the worst units; below zero when even it gained.
    pub value_at_risk: f64,
    /// Mean loss of the worst units, in SOL.
    pub expected_shortfall: f64,
}

/// First passage: lives whose cash fell below the smallest bet after some game.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Ruin {
    /// Share of lives ruined.
    pub share: Rate,
    /// Number of games after which half of the ruined lives were ruined.
    pub median_games: Option<u64>,
    /// Mean number of games to ruin, over the ruined lives.
    pub mean_games: Option<f64>,
}

/// One bot compared with another on the same games.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// Name of the other bot.
    pub against: String,
    /// P&L minus that of the other, in SOL per unit, paired by blocks of the same games.
    pub difference: Estimate,
    /// Two-sided p-value of no difference.
    pub p_value: f64,
    /// The p-value after Holm's correction for all that are compared with the first.
    pub p_adjusted: f64,
    /// Whether the difference is the same in every block, so that its interval has no width and its
    /// p-value says nothing.
    #[serde(default)]
    pub degenerate: bool,
}

/// What a sample chosen by the length of games would have shown. Never ranked, never judged: a
/// game's length is unknown while it is played.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// `SELECTION BIAS` and the reason.
    pub warning: String,
    /// Lowest rug tick of a game of the sample.
    pub min_ticks: Option<u32>,
    /// Highest rug tick of a game of the sample.
    pub max_ticks: Option<u32>,
    /// Number of games in the sample.
    pub games: u64,
    /// Number of games left out as too short.
    pub too_short: u64,
    /// Number of games left out as too long.
    pub too_long: u64,
    /// One entry per bot, in the order of the scenario.
    pub bots: Vec<SampleFigures>,
    /// One entry per declaration with a `count`.
    pub groups: Vec<SampleFigures>,
}

/// The result of one bot on the sample; the figures of all games are in [`Figures`].
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
