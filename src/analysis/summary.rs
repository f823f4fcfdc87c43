//! The result of a run: exact sums per bot, and unbiased figures.
//!
//! A [`Summary`] takes finished games in the order of the run, in memory that does not grow with
//! them. Parts of a run that were played separately merge to exactly the same sums. Nothing is
//! estimated before [`Summary::assess`]; `docs/statistics.md` says what each figure means and
//! assumes, and when it is refused.

mod against_law;
mod amounts;
mod assessment;
mod counts;
mod curves;
mod evidence;
mod fan;
mod figures;
mod line;
mod lives;
mod orders;
mod plan;
mod rate;
mod refused;
mod sample;
pub mod select;
mod sums;
mod verdict;

use serde::{Deserialize, Serialize};

use crate::engine::journal::{GameRecord, RunDigest};
use crate::model::quote::{PAUSE_MS, TICK_MS};
use crate::model::sol::Sol;
pub use assessment::{
    Assessment, Difference, Figures, OracleCheck, OracleFigure, Quantiles, Resampled, Ruin, Sample,
    SampleFigures, Tail, Verdict, VerdictKind,
};
use counts::{Left, SummaryCounts};
pub use curves::{Bin, Curve, Curves, RuinPoint};
pub use evidence::{Evidence, LawSpread, SPREAD_MIN};
use fan::FANS_MAX;
pub use fan::Fan;
use line::Stretches;
pub use lives::{Below, LastLife, LifeFigures, Over, Passage};
pub use orders::{ExitFigures, ExitLevel, RefusalFigures};
pub use plan::{BLOCKS_MAX, Plan, PlanEntry, SampleRule};
use plan::{DeclaredBot, declared};
pub use rate::Rate;
use sums::{RunPlace, Sums};

/// Fewest units for estimates; below, nothing is estimated.
pub const UNITS_MIN: u64 = 30;

/// The sums of a run, or of a part of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    plan: Plan,
    games: u64,
    ticks: u64,
    clock_ms: u64,
    digest: RunDigest,
    /// Index of the next game; `None` before the first.
    next: Option<u64>,
    /// Number of lives in each block.
    units: Stretches<u64, BLOCKS_MAX>,
    sampled: sample::Games,
    declared: Vec<DeclaredBot>,
    bots: Vec<Sums>,
    /// Sums over the bots of each declaration with a `count`.
    groups: Vec<Sums>,
}

impl Summary {
    /// A summary without games.
    #[must_use]
    pub fn new(plan: Plan) -> Self {
        let declared = declared(&plan.bots);
        let lives = plan.games_per_unit.filter(|&games| games > 1 && plan.fan);
        let (mut bots, mut groups) = (Vec::with_capacity(plan.bots.len()), Vec::new());
        for (place, declared) in declared.iter().enumerate() {
            let fan_of = lives.filter(|_| place < FANS_MAX);
            if declared.is_alone() {
                bots.push(Sums::new(&plan, true, fan_of));
            } else {
                bots.extend(declared.bots().map(|_| Sums::new(&plan, false, None)));
                groups.push(Sums::new(&plan, true, fan_of));
            }
        }
        Self {
            bots,
            groups,
            declared,
            plan,
            games: 0,
            ticks: 0,
            clock_ms: 0,
            digest: RunDigest::default(),
            next: None,
            units: Stretches::default(),
            sampled: sample::Games::default(),
        }
    }

    /// Adds the next game of the run.
    ///
    /// # Panics
    /// When the game is not the next one, or its rows do not match the bots of the plan.
    pub fn add(&mut self, game: &GameRecord) {
        assert!(self.next.is_none_or(|next| next == game.index.get()), "games come in order");
        assert_eq!(game.rows.len(), self.bots.len(), "one row for each bot of the plan");
        self.next = Some(game.index.get() + 1);
        let clock_ms = u64::from(game.rug_tick) * u64::from(TICK_MS) + u64::from(PAUSE_MS);
        self.games += 1;
        self.ticks += u64::from(game.rug_tick) + 1;
        self.clock_ms += clock_ms;
        self.digest.add(game.index, game.digest);
        let place = self.place(game);
        if place.ends_unit {
            self.units.add(place.unit, 1);
        }
        let mut groups = self.groups.iter_mut();
        for declared in &self.declared {
            let mut together = SummaryCounts::default();
            let mut of_all = Left::default();
            for bot in declared.bots() {
                let row = &game.rows[bot];
                let counts = SummaryCounts::of(row, clock_ms);
                let left = Left {
                    cash: row.cash.lamports(),
                    drawdown: row.max_drawdown.lamports(),
                    low: row.low.lamports(),
                    ruined: Some(row.cash < self.plan.min_bet),
                    can_bet: row.can_bet,
                };
                self.bots[bot].add(&counts, left, place);
                if row.tally.refused > 0 {
                    self.bots[bot].orders.refuse(&row.tally.refusals);
                }
                together.join(&counts);
                // Of several bots it is not said what ruin would be, nor when they are done.
                of_all = match declared.count {
                    1 => left,
                    _ => Left { cash: of_all.cash + left.cash, ..Left::default() },
                };
            }
            if !declared.is_alone() {
                together.clock_ms = clock_ms;
                let group = groups.next().expect("sums of each declaration of several");
                if declared.count > 1 {
                    of_all.drawdown = group.fall(of_all.cash, together.pnl);
                }
                group.add(&together, of_all, place);
            }
        }
        for exit in &game.exits {
            self.bots[exit.bot.at()].orders.exit(exit);
        }
    }

    /// Ends the run. Where the number of games was unknown, the single life of all games ends here.
    pub fn end(&mut self) {
        if self.plan.games.is_none()
            && self.games_unfinished() > 0
            && self.plan.games_per_unit.is_none()
        {
            self.units.add(0, 1);
            self.bots.iter_mut().chain(&mut self.groups).for_each(|sums| sums.close(0));
        }
    }

    /// Adds the next part of the run. Parts consist of whole lives.
    ///
    /// # Panics
    /// When the part belongs to another run or does not follow, or when this one ends within a
    /// life.
    pub fn merge(&mut self, part: &Self) {
        assert_eq!(self.plan, part.plan, "parts of one run");
        let Some(next) = part.next else { return };
        if let Some(here) = self.next {
            assert_eq!(here + part.games, next, "parts follow each other");
            assert_eq!(self.games_unfinished(), 0, "parts are whole lives");
        }
        self.next = Some(next);
        self.games += part.games;
        self.ticks += part.ticks;
        self.clock_ms += part.clock_ms;
        self.digest.merge(part.digest);
        self.units.merge(&part.units);
        self.sampled.merge(&part.sampled);
        let ours = self.bots.iter_mut().chain(&mut self.groups);
        for (sums, of_part) in ours.zip(part.bots.iter().chain(&part.groups)) {
            sums.merge(of_part);
        }
    }

    /// The run's settings, known before the first game.
    #[must_use]
    pub const fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Number of games added.
    #[must_use]
    pub const fn games(&self) -> u64 {
        self.games
    }

    /// The digest of the games added.
    #[must_use]
    pub const fn digest(&self) -> &RunDigest {
        &self.digest
    }

    fn place(&mut self, game: &GameRecord) -> RunPlace {
        let (unit, ends_unit) = self.plan.unit_of(game.index.get());
        RunPlace {
            unit,
            game: game.index.get(),
            ends_unit,
            sampled: self.sampled.add(self.plan.sample, game.rug_tick),
        }
    }

    /// Games of a last life that has not ended.
    fn games_unfinished(&self) -> u64 {
        self.bots.first().map_or(0, Sums::games_unfinished)
    }

    /// The declarations of the scenario, in its order, with their sums.
    fn declared(&self) -> impl Iterator<Item = (&DeclaredBot, &Sums)> {
        let mut groups = self.groups.iter();
        self.declared.iter().filter_map(move |declared| {
            let alone = declared.is_alone();
            let sums = if alone { self.bots.get(declared.first) } else { groups.next() };
            sums.map(|sums| (declared, sums))
        })
    }

    /// Number of completed lives in each block.
    fn units_by_block(&self) -> &[u64] {
        self.units.figures()
    }
}

/// The name of several units: games where every game has its own bankroll, otherwise lives.
#[must_use]
pub fn units_of(games_per_unit: Option<u64>) -> &'static str {
    if games_per_unit == Some(1) { "games" } else { "lives" }
}

/// An amount in lamports as SOL.
///
/// # Panics
/// Beyond 10^15 SOL, more than a run can turn over.
fn sol(lamports: i128) -> Sol {
    Sol::from_lamports(lamports).expect("a run turns over less than 10^15 SOL")
}
