//! How orders ended: the exits of positions by reason, and the refusals by kind.
//!
//! Sums in whole lamports, so that parts of a run merge to the sums of the whole.

mod hints;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::sol;
use crate::engine::journal::ExitRow;
use crate::model::exit::ExitReason;
use crate::model::refusals::{Refusals, RejectionKind};
use crate::model::sol::Sol;

/// Results of single exits are kept in this fraction of their cost.
const PER_COST: i128 = 1_000_000_000;

/// How the positions of a bot ended that ended for one reason.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExitFigures {
    /// Why the positions, or parts of them, were sold.
    pub reason: ExitReason,
    /// Number of sales, or of liquidations.
    pub count: u64,
    /// SOL that what was sold had cost.
    pub cost: Sol,
    /// SOL gained; below zero for a loss.
    pub gained: Sol,
    /// SOL gained per SOL of cost; absent where it cost nothing.
    pub mean: Option<f64>,
    /// The lowest gain of one exit, per SOL of its cost.
    pub worst: Option<f64>,
    /// The highest gain of one exit, per SOL of its cost.
    pub best: Option<f64>,
    /// The level that the orders waited for; absent where none had one.
    pub level: Option<ExitLevel>,
}

/// The level of exits, as the gain that a sale at it would have been, per SOL of cost.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ExitLevel {
    /// Mean over all exits with a level, weighted by cost.
    pub mean: f64,
    /// The lowest level of one exit.
    pub low: f64,
    /// The highest level of one exit.
    pub high: f64,
    /// Mean gain of the exits with a level, less the mean level: below zero where the price was
    /// worse than the level.
    pub slippage: f64,
}

/// Refused orders of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusalFigures {
    /// The kind of rejection, as in the column `reason` of `refusals`.
    pub reason: RejectionKind,
    /// Number of orders refused.
    pub count: u64,
    /// What to change, as a sentence without its full stop.
    pub hint: String,
}

/// How the orders of a bot ended.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct OrderSums {
    exits: BTreeMap<ExitReason, ExitSums>,
    refusals: BTreeMap<RejectionKind, u64>,
}

/// Exits for one reason; amounts in lamports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
struct ExitSums {
    count: u64,
    cost: i128,
    gained: i128,
    /// The gains of single exits, in fractions of their cost.
    results: Option<Extent>,
    /// The cost of exits with a level, and the gains at and beyond their levels.
    level_cost: i128,
    level_gained: i128,
    beyond_level: i128,
    /// The gains that single exits would have been at their levels, in fractions of their cost.
    levels: Option<Extent>,
}

/// The lowest and the highest of some figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Extent {
    low: i128,
    high: i128,
}

impl Extent {
    /// The extent of two sets of figures, each of which may be empty.
    fn of(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        let (Some(a), Some(b)) = (one, other) else { return one.or(other) };
        Some(Self { low: a.low.min(b.low), high: a.high.max(b.high) })
    }

    /// The extent of one gain as a fraction of a cost; `None` of a cost of nothing.
    fn share(gained: i128, cost: i128) -> Option<Self> {
        let share = gained.checked_mul(PER_COST)?.checked_div_euclid(cost)?;
        Some(Self { low: share, high: share })
    }
}

impl OrderSums {
    /// The sums of several bots together.
    pub(super) fn of<'a>(bots: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut together = Self::default();
        bots.into_iter().for_each(|bot| together.merge(bot));
        together
    }

    /// Adds a position, or a part of one, that was sold or liquidated.
    pub(super) fn exit(&mut self, exit: &ExitRow) {
        let (cost, proceeds) = (exit.cost.lamports(), exit.proceeds.lamports());
        let mut one = ExitSums {
            count: 1,
            cost,
            gained: proceeds - cost,
            results: Extent::share(proceeds - cost, cost),
            ..ExitSums::default()
        };
        if let Some(at_level) = exit.at_level.map(Sol::lamports) {
            one.level_cost = cost;
            one.level_gained = at_level - cost;
            one.beyond_level = proceeds - at_level;
            one.levels = Extent::share(at_level - cost, cost);
        }
        self.exits.entry(exit.reason).or_default().merge(&one);
    }

    /// Adds the refusals of a game.
    pub(super) fn refuse(&mut self, refusals: &Refusals) {
        for (kind, count) in refusals.iter() {
            *self.refusals.entry(kind).or_default() += u64::from(count);
        }
    }

    /// Adds the orders of other games, or of another bot.
    pub(super) fn merge(&mut self, other: &Self) {
        for (&reason, exits) in &other.exits {
            self.exits.entry(reason).or_default().merge(exits);
        }
        for (&kind, count) in &other.refusals {
            *self.refusals.entry(kind).or_default() += count;
        }
    }

    /// The exits by reason.
    pub(super) fn exits(&self) -> Vec<ExitFigures> {
        let figures = |(&reason, sums): (&ExitReason, &ExitSums)| ExitFigures {
            reason,
            count: sums.count,
            cost: sol(sums.cost),
            gained: sol(sums.gained),
            mean: quotient(sums.gained, sums.cost),
            worst: sums.results.and_then(|results| quotient(results.low, PER_COST)),
            best: sums.results.and_then(|results| quotient(results.high, PER_COST)),
            level: sums.level(),
        };
        self.exits.iter().map(figures).collect()
    }

    /// The refusals by kind, the most frequent first.
    pub(super) fn refusals(&self) -> Vec<RefusalFigures> {
        let figures = |(&reason, &count): (&RejectionKind, &u64)| {
            let hint = hints::hint(reason).to_owned();
            RefusalFigures { reason, count, hint }
        };
        let mut refusals: Vec<_> = self.refusals.iter().map(figures).collect();
        refusals.sort_by_key(|refusals| std::cmp::Reverse(refusals.count));
        refusals
    }
}

impl ExitSums {
    fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.cost += other.cost;
        self.gained += other.gained;
        self.results = Extent::of(self.results, other.results);
        self.level_cost += other.level_cost;
        self.level_gained += other.level_gained;
        self.beyond_level += other.beyond_level;
        self.levels = Extent::of(self.levels, other.levels);
    }

    fn level(&self) -> Option<ExitLevel> {
        let Extent { low, high } = self.levels?;
        Some(ExitLevel {
            mean: quotient(self.level_gained, self.level_cost)?,
            low: quotient(low, PER_COST)?,
            high: quotient(high, PER_COST)?,
            slippage: quotient(self.beyond_level, self.level_cost)?,
        })
    }
}

#[expect(clippy::cast_precision_loss, reason = "statistics, not money")]
fn quotient(part: i128, whole: i128) -> Option<f64> {
    (whole != 0).then(|| part as f64 / whole as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ids::BotIndex;

    /// An exit for 1,000 lamports of cost.
    fn exit(reason: ExitReason, proceeds: i64, at_level: Option<i64>) -> ExitRow {
        let sol = Sol::from_lamports_const;
        let at_level = at_level.map(sol);
        ExitRow {
            bot: BotIndex::FIRST,
            reason,
            cost: sol(1_000),
            proceeds: sol(proceeds),
            at_level,
        }
    }

    #[test]
    fn a_stop_is_told_with_its_level_its_mean_its_worst_and_its_slippage() {
        let mut sums = OrderSums::default();
        sums.exit(&exit(ExitReason::Stop, 750, Some(800)));
        sums.exit(&exit(ExitReason::Stop, 540, Some(800)));
        sums.exit(&exit(ExitReason::Rug, 20, None));
        let [stop, rug] = &sums.exits()[..] else { panic!("two reasons") };
        assert_eq!((stop.reason, stop.count), (ExitReason::Stop, 2));
        assert_eq!((stop.mean, stop.worst, stop.best), (Some(-0.355), Some(-0.46), Some(-0.25)));
        let level = ExitLevel { mean: -0.2, low: -0.2, high: -0.2, slippage: -0.155 };
        assert_eq!(stop.level, Some(level));
        assert_eq!((rug.reason, rug.mean, rug.level), (ExitReason::Rug, Some(-0.98), None));
    }

    #[test]
    fn a_part_that_cost_nothing_is_counted_and_has_no_result() {
        let mut sums = OrderSums::default();
        let free = ExitRow { cost: Sol::ZERO, ..exit(ExitReason::Target, 1, Some(2)) };
        sums.exit(&free);
        let [target] = &sums.exits()[..] else { panic!("one reason") };
        assert_eq!((target.count, target.mean, target.worst), (1, None, None));
        assert_eq!(target.level, None);
    }
}
