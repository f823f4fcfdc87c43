//! All sums of one bot, or of the bots of one declaration together.

use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

use super::counts::{EXPECTED_PER_LAMPORT, Left, SummaryCounts};
use super::line::Stretches;
use super::lives::LifeSums;
use super::orders::OrderSums;
use super::plan::{BLOCKS_MAX, Plan};
use crate::analysis::stats::{FirstPassage, Histogram, Moments, Ratio, Wide};

/// Most points of a curve over time.
const POINTS_MAX: usize = 256;

/// The P&L and the stakes of a block of lives, in lamports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Block {
    pub(super) pnl: i128,
    pub(super) staked: i128,
}

impl AddAssign for Block {
    fn add_assign(&mut self, more: Self) {
        self.pnl += more.pnl;
        self.staked += more.staked;
    }
}

/// The sums of one bot, or of several together.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Sums {
    pub(super) total: SummaryCounts,
    pub(super) final_cash: i128,
    pub(super) max_drawdown: i128,
    /// P&L per life, in lamports.
    pub(super) units: Moments,
    /// Sum of the squared losses of lives.
    pub(super) losses: Wide,
    /// P&L minus its expectation per life, in fractions of a lamport.
    pub(super) beyond_law: Moments,
    /// Variance of the P&L by the law per life, in the fractions of [`SummaryCounts::variance`].
    pub(super) law: Moments,
    pub(super) per_stake: Ratio,
    pub(super) per_hour: Ratio,
    pub(super) sells_won: Ratio,
    pub(super) sidebets_won: Ratio,
    pub(super) games_with_sidebet_won: Ratio,
    pub(super) per_sidebet_stake: Ratio,
    pub(super) unit_pnl: Histogram,
    pub(super) drawdowns: Histogram,
    pub(super) ruin: FirstPassage,
    pub(super) lives: LifeSums,
    /// Only for declarations of the scenario: input of resampling, pairing and curves.
    pub(super) lines: Option<StretchSums>,
    pub(super) sample: Option<SampleSums>,
    /// How orders ended; of a group, the bots have it.
    pub(super) orders: OrderSums,
    open: Open,
}

/// The course of the run.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct StretchSums {
    /// P&L and stakes by blocks of lives.
    pub(super) blocks: Stretches<Block, BLOCKS_MAX>,
    /// P&L by stretches of games, in lamports.
    pub(super) pnl: Stretches<i128, POINTS_MAX>,
}

/// The sums over the games of a sample.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct SampleSums {
    pub(super) pnl: i128,
    /// P&L over number of games, by life.
    pub(super) per_game: Ratio,
    pub(super) per_stake: Ratio,
    open: SummaryCounts,
}

/// The current, unfinished life.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
struct Open {
    counts: SummaryCounts,
    ruined_after: Option<u64>,
    /// The state after its last game so far.
    left: Left,
    /// Of several bots together: their cash and the fall of it.
    fall: Option<CashFall>,
}

/// The cash of several bots over the games of a life, in lamports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct CashFall {
    peak: i128,
    deepest: i128,
}

/// The place of a game in the run.
#[derive(Debug, Clone, Copy)]
pub(super) struct RunPlace {
    /// Index of its life.
    pub(super) unit: u64,
    /// Index of the game.
    pub(super) game: u64,
    /// Whether it is the last game of its life.
    pub(super) ends_unit: bool,
    /// Whether it is in the sample.
    pub(super) sampled: bool,
}

impl Sums {
    /// Sums without any game; with a fan where lives have as many games as it says.
    pub(super) fn new(plan: &Plan, is_declared: bool, fan_of: Option<u64>) -> Self {
        Self {
            lines: is_declared.then(StretchSums::default),
            sample: plan.sample.is_some().then(SampleSums::default),
            lives: LifeSums::new(plan, fan_of),
            ..Self::default()
        }
    }

    /// Adds the next game.
    pub(super) fn add(&mut self, game: &SummaryCounts, left: Left, place: RunPlace) {
        self.total.add(game);
        self.final_cash = left.cash;
        self.max_drawdown = self.max_drawdown.max(left.drawdown);
        self.open.counts.add(game);
        self.open.left = left;
        self.lives.add(game, left);
        if left.ruined == Some(true) && self.open.ruined_after.is_none() {
            self.open.ruined_after = Some(self.open.counts.games);
        }
        if let Some(lines) = &mut self.lines {
            lines.pnl.add(place.game, game.pnl);
        }
        if let Some(sample) = self.sample.as_mut().filter(|_| place.sampled) {
            sample.pnl += game.pnl;
            sample.open.add(game);
        }
        if place.ends_unit {
            self.close(place.unit);
        }
    }

    /// The deepest fall of several bots' cash in this life, of which this game ends with `cash`
    /// and a gain of `pnl`: of all of them together, and between games only.
    pub(super) fn fall(&mut self, cash: i128, pnl: i128) -> i128 {
        let start = CashFall { peak: cash - pnl, deepest: 0 };
        let fall = self.open.fall.get_or_insert(start);
        fall.peak = fall.peak.max(cash);
        fall.deepest = fall.deepest.max(fall.peak - cash);
        fall.deepest
    }

    /// Ends the current life.
    pub(super) fn close(&mut self, unit: u64) {
        self.lives.close();
        let Open { counts, ruined_after, left, .. } = std::mem::take(&mut self.open);
        let SummaryCounts { pnl, sells_won, sidebets_won: won, .. } = counts;
        self.units.add(pnl);
        if pnl < 0 {
            self.losses = self.losses.plus(Wide::product(pnl, pnl));
        }
        self.beyond_law.add(pnl * EXPECTED_PER_LAMPORT - counts.expected);
        self.law.add(counts.variance);
        self.per_stake.add(pnl, counts.staked());
        self.per_hour.add(pnl, counts.clock_ms.into());
        self.sells_won.add(sells_won.into(), (counts.sells + counts.liquidations).into());
        self.sidebets_won.add(won.into(), (won + counts.sidebets_lost).into());
        self.games_with_sidebet_won.add(counts.games_with_sidebet_won.into(), counts.games.into());
        self.per_sidebet_stake.add(counts.sidebets_paid - counts.wagered, counts.wagered);
        self.unit_pnl.add(pnl);
        self.drawdowns.add(left.drawdown);
        if left.ruined.is_some() {
            self.ruin.add(ruined_after);
        }
        if let Some(lines) = &mut self.lines {
            lines.blocks.add(unit, Block { pnl, staked: counts.staked() });
        }
        if let Some(sample) = &mut self.sample {
            let games = std::mem::take(&mut sample.open);
            sample.per_game.add(games.pnl, games.games.into());
            sample.per_stake.add(games.pnl, games.staked());
        }
    }

    /// Adds the games of the next part. A life that a part cuts off stays unfinished.
    pub(super) fn merge(&mut self, next: &Self) {
        self.total.add(&next.total);
        if next.total.games > 0 {
            self.final_cash = next.final_cash;
        }
        self.max_drawdown = self.max_drawdown.max(next.max_drawdown);
        self.units.merge(&next.units);
        self.losses = self.losses.plus(next.losses);
        self.beyond_law.merge(&next.beyond_law);
        self.law.merge(&next.law);
        self.per_stake.merge(&next.per_stake);
        self.per_hour.merge(&next.per_hour);
        self.sells_won.merge(&next.sells_won);
        self.sidebets_won.merge(&next.sidebets_won);
        self.games_with_sidebet_won.merge(&next.games_with_sidebet_won);
        self.per_sidebet_stake.merge(&next.per_sidebet_stake);
        self.unit_pnl.merge(&next.unit_pnl);
        self.drawdowns.merge(&next.drawdowns);
        self.ruin.merge(&next.ruin);
        self.orders.merge(&next.orders);
        self.lives.merge(&next.lives);
        if let (Some(lines), Some(of_next)) = (&mut self.lines, &next.lines) {
            lines.blocks.merge(&of_next.blocks);
            lines.pnl.merge(&of_next.pnl);
        }
        if let (Some(sample), Some(of_next)) = (&mut self.sample, &next.sample) {
            sample.pnl += of_next.pnl;
            sample.per_game.merge(&of_next.per_game);
            sample.per_stake.merge(&of_next.per_stake);
            sample.open.clone_from(&of_next.open);
        }
        self.open.clone_from(&next.open);
    }

    /// Games of a life that has not ended.
    pub(super) const fn games_unfinished(&self) -> u64 {
        self.open.counts.games
    }
}
