//! From sums to figures: every estimate with its interval, or absent.

#![expect(clippy::cast_precision_loss, reason = "statistics, not money")]

use super::amounts::{SOL, ratio};
use super::assessment::{Assessment, Difference, Figures, Quantiles, Resampled, Ruin, Tail};
use super::counts::{EXPECTED_PER_LAMPORT, HOUR_MS, SummaryCounts};
use super::evidence::Evidence;
use super::orders::OrderSums;
use super::plan::PlanEntry;
use super::rate::Rate;
use super::sums::{Block, Sums};
use super::verdict::Case;
use super::{Summary, UNITS_MIN, against_law, sol};
use crate::analysis::stats::{
    CONFIDENCE, Estimate, Histogram, Interval, REPLICATES, Ratio, Resamples, Wide, holm,
    paired_difference, units_to_settle,
};
use crate::model::ids::BotId;
use crate::model::law::GAMES_PER_DAY;
use crate::model::streams::Streams;

/// Share of the units that count as the worst.
const TAIL: f64 = 0.05;

/// The inputs that all figures of a summary share.
struct Context<'a> {
    summary: &'a Summary,
    /// Number of lives in each block.
    units: Vec<f64>,
    resamples: Resamples,
    /// The first declaration: its name and its sums.
    first: Option<(String, &'a Sums)>,
}

impl Summary {
    /// All figures of the games added.
    #[must_use]
    pub fn assess(&self) -> Assessment {
        let context = Context::new(self);
        let declared: Vec<&Sums> = self.declared().map(|(_, sums)| sums).collect();
        let adjusted = holm_of(&declared);
        let mut singles: Vec<Option<f64>> = vec![None; self.bots.len()];
        let among_bots = holm_of(&self.bots.iter().collect::<Vec<_>>());
        let (mut groups, mut compared) = (Vec::new(), vec![self.bots.len(); self.bots.len()]);
        for ((declared, sums), &p) in self.declared().zip(&adjusted) {
            if declared.is_alone() {
                // A bot that is a declaration of its own is compared with the other declarations.
                singles[declared.first] = p;
                compared[declared.first] = adjusted.iter().flatten().count();
            } else {
                singles[declared.bots()].copy_from_slice(&among_bots[declared.bots()]);
                compared[declared.bots()].fill(among_bots.iter().flatten().count());
                let first = &self.plan.bots[declared.first];
                let together = PlanEntry {
                    id: declared.name.clone(),
                    group: declared.name.clone(),
                    strategy: first.strategy.clone(),
                    // They are of a single bot.
                    oracles: if declared.count == 1 { first.oracles.clone() } else { Vec::new() },
                };
                let compared = adjusted.iter().flatten().count();
                let mut figures = context.figures(&together, sums, declared.count, (p, compared));
                let orders = OrderSums::of(self.bots[declared.bots()].iter().map(|it| &it.orders));
                (figures.exits, figures.refusals) = (orders.exits(), orders.refusals());
                groups.push(figures);
            }
        }
        let mut bots: Vec<Figures> = self
            .plan
            .bots
            .iter()
            .zip(&self.bots)
            .zip(singles.into_iter().zip(compared))
            .map(|((entry, sums), family)| context.figures(entry, sums, 1, family))
            .collect();
        adjust_differences(bots.iter_mut().chain(&mut groups));
        Assessment {
            scenario: self.plan.scenario.clone(),
            seed: self.plan.seed,
            games: self.games,
            ticks: self.ticks,
            digest: self.digest.to_string(),
            games_per_unit: self.plan.games_per_unit,
            units: self.units_by_block().iter().sum(),
            games_of_an_unfinished_unit: self.games_unfinished(),
            games_per_day: GAMES_PER_DAY,
            confidence: CONFIDENCE,
            bots,
            groups,
            sample: self.assess_sample(),
        }
    }
}

impl<'a> Context<'a> {
    fn new(summary: &'a Summary) -> Self {
        let units = numbers(summary.units_by_block());
        let name = BotId::new("statistics").expect("a valid name");
        let mut stream = Streams::new(summary.plan.seed, name).named("resampling", 0);
        let enough = units.iter().sum::<f64>() >= UNITS_MIN as f64;
        let blocks = if enough { units.len() } else { 0 };
        let resamples = Resamples::draw(&mut stream, blocks, REPLICATES);
        let first = summary.declared().next();
        let first = first.map(|(declared, sums)| (declared.name.clone(), sums));
        Self { summary, units, resamples, first }
    }

    /// The figures of a bot, or of several together. The caller sets the p-value that is corrected
    /// for all comparisons.
    fn figures(
        &self,
        entry: &PlanEntry,
        sums: &Sums,
        bots: usize,
        (p_adjusted, compared): (Option<f64>, usize),
    ) -> Figures {
        let plan = &self.summary.plan;
        let evidence = Evidence::of(sums);
        let enough = evidence.is_sufficient();
        let (per_unit, judged) = (evidence.mean.filter(|_| enough), evidence.judged());
        let games_per_unit = plan.games_per_unit.or(plan.games).unwrap_or(self.summary.games);
        let to_a_game = |mean: Estimate| mean.scaled(1.0 / games_per_unit as f64);
        let deviation = sums.units.deviation().filter(|_| enough).map(|lamports| lamports * SOL);
        let level = (1.0 - CONFIDENCE) / compared.max(1) as f64;
        let settle = |mean: Estimate| {
            let deviation = mean.standard_error * (evidence.units as f64).sqrt();
            units_to_settle(mean.value, deviation, level)
        };
        let case = Case {
            evidence,
            games_per_unit: plan.games_per_unit,
            per_game: evidence.mean.map(to_a_game),
            judged_per_game: judged.map(to_a_game),
            p_adjusted,
            compared,
            units_to_settle: judged.and_then(settle),
            is_broke: bots == 1 && sums.final_cash < plan.min_bet.lamports(),
        };
        let SummaryCounts { games, ticks_held, .. } = sums.total;
        let steps = (self.summary.ticks - self.summary.games) as f64 * bots as f64;
        Figures {
            id: entry.id.clone(),
            strategy: entry.strategy.clone(),
            group: entry.group.clone(),
            bots: bots as u64,
            verdict: case.verdict(),
            sufficient: enough,
            degenerate: evidence.is_constant,
            units: evidence.units,
            games,
            games_staked: sums.total.games_staked,
            buys: sums.total.buys,
            sells: sums.total.sells,
            sells_won: sums.total.sells_won,
            liquidations: sums.total.liquidations,
            sidebets_won: sums.total.sidebets_won,
            sidebets_lost: sums.total.sidebets_lost,
            refused: sums.total.refused,
            exits: sums.orders.exits(),
            refusals: sums.orders.refusals(),
            bought: sol(sums.total.bought),
            wagered: sol(sums.total.wagered),
            pnl: sol(sums.total.pnl),
            expected_pnl: sums.total.expected as f64 / EXPECTED_PER_LAMPORT as f64 * SOL,
            max_drawdown: sol(sums.max_drawdown),
            final_cash: sol(sums.final_cash),
            ticks_held,
            time_in_market: (steps > 0.0).then(|| ticks_held as f64 / steps),
            pnl_per_unit: per_unit,
            pnl_per_game: per_unit.map(to_a_game),
            pnl_per_stake: ratio(&sums.per_stake),
            pnl_per_hour: ratio(&sums.per_hour).map(|r| r.scaled(SOL * HOUR_MS)),
            pnl_per_day: ratio(&sums.per_hour).map(|r| r.scaled(SOL * HOUR_MS * 24.0)),
            resampled: self.resampled(sums).filter(|_| enough),
            unit_deviation: deviation,
            sells_won_rate: rate(&sums.sells_won),
            sidebets_won_rate: rate(&sums.sidebets_won),
            oracle: against_law::check(sums, &evidence).filter(|_| enough),
            oracles: against_law::closed_forms(&entry.oracles, sums, &evidence),
            quantiles: quantiles(&sums.unit_pnl).filter(|_| enough),
            tail: tail(&sums.unit_pnl).filter(|_| enough),
            sharpe: quotient(per_unit, deviation),
            sortino: quotient(per_unit, root_mean_square(sums)),
            drawdowns: quantiles(&sums.drawdowns).filter(|_| enough),
            ruin: ruin(sums).filter(|_| enough),
            lives: Some(sums.lives.figures(plan, bots, &sums.ruin)),
            against_first: self.against_first(entry, sums).filter(|_| enough),
            judged_per_unit: judged,
            p_value: evidence.p_value(),
            p_adjusted,
            units_to_settle: case.units_to_settle,
        }
    }

    fn resampled(&self, sums: &Sums) -> Option<Resampled> {
        sums.lines.as_ref()?;
        let (pnl, staked) = (pnl_by_block(sums), by_block(sums, |block| block.staked));
        Some(Resampled {
            blocks: self.resamples.blocks() as u64,
            replicates: self.resamples.replicates().len() as u64,
            pnl_per_unit: self.resamples.interval(&pnl, &self.units)?,
            pnl_per_stake: self.resamples.interval(&pnl, &staked),
        })
    }

    fn against_first(&self, entry: &PlanEntry, sums: &Sums) -> Option<Difference> {
        sums.lines.as_ref()?;
        let (name, first) = self.first.as_ref()?;
        if entry.group == *name || !Evidence::of(first).is_sufficient() {
            return None;
        }
        let (ours, theirs) = (pnl_by_block(sums), pnl_by_block(first));
        let (difference, p_value) = paired_difference(&ours, &theirs, &self.units)?;
        let degenerate = differ_by_a_constant(sums, first, self.summary.units_by_block());
        let against = name.clone();
        Some(Difference { against, difference, p_value, p_adjusted: p_value, degenerate })
    }
}

/// Whether two bots differ by the same amount per life in every block, to the last lamport.
fn differ_by_a_constant(one: &Sums, other: &Sums, units: &[u64]) -> bool {
    let apart = || blocks(one).iter().zip(blocks(other)).map(|(one, other)| one.pnl - other.pnl);
    let mut of_units = apart().zip(units.iter().map(|&units| i128::from(units)));
    let Some((first, first_units)) = of_units.next() else { return true };
    of_units.all(|(apart, units)| Wide::product(apart, first_units) == Wide::product(first, units))
}

/// Holm's p-values of zero means, for those that are compared.
fn holm_of(sums: &[&Sums]) -> Vec<Option<f64>> {
    let p_values: Vec<Option<f64>> = sums.iter().map(|sums| Evidence::of(sums).p_value()).collect();
    let mut adjusted = holm(&p_values.iter().flatten().copied().collect::<Vec<_>>()).into_iter();
    p_values.iter().map(|p| p.and_then(|_| adjusted.next())).collect()
}

/// Corrects the comparisons with the first for their number.
fn adjust_differences<'a>(figures: impl Iterator<Item = &'a mut Figures>) {
    let mut differences: Vec<&mut Difference> = figures
        .filter_map(|figures| figures.against_first.as_mut())
        .filter(|difference| !difference.degenerate)
        .collect();
    let p_values: Vec<f64> = differences.iter().map(|difference| difference.p_value).collect();
    for (difference, p) in differences.iter_mut().zip(holm(&p_values)) {
        difference.p_adjusted = p;
    }
}

/// P&L per block, in SOL; empty for bots that share a declaration.
pub(super) fn pnl_by_block(sums: &Sums) -> Vec<f64> {
    by_block(sums, |block| block.pnl)
}

fn by_block(sums: &Sums, of: fn(&Block) -> i128) -> Vec<f64> {
    blocks(sums).iter().map(|block| of(block) as f64 * SOL).collect()
}

fn blocks(sums: &Sums) -> &[Block] {
    sums.lines.as_ref().map_or(&[], |lines| lines.blocks.figures())
}

pub(super) fn numbers(counts: &[u64]) -> Vec<f64> {
    counts.iter().map(|&count| count as f64).collect()
}

fn rate(ratio: &Ratio) -> Option<Rate> {
    let share = ratio.proportion().filter(|_| ratio.units() >= UNITS_MIN)?;
    let Interval { low, high } = share.interval;
    let count = |sum: i128| u64::try_from(sum).unwrap_or(0);
    let (won, of) = (count(ratio.above()), count(ratio.below()));
    Some(Rate { won, of, value: share.value, low, high, effective: share.effective })
}

fn quantiles(figures: &Histogram) -> Option<Quantiles> {
    let at = |share| figures.quantile(share).map(|lamports| lamports * SOL);
    Some(Quantiles {
        min: at(0.0)?,
        p01: at(0.01)?,
        p05: at(0.05)?,
        p25: at(0.25)?,
        p50: at(0.5)?,
        p75: at(0.75)?,
        p95: at(0.95)?,
        p99: at(0.99)?,
        max: at(1.0)?,
    })
}

fn tail(figures: &Histogram) -> Option<Tail> {
    // Nothing lost is zero, not minus zero.
    let lost = |lamports: f64| 0.0 - lamports * SOL;
    Some(Tail {
        share: TAIL,
        value_at_risk: lost(figures.quantile(TAIL)?),
        expected_shortfall: lost(figures.lowest(TAIL)?),
    })
}

fn root_mean_square(sums: &Sums) -> Option<f64> {
    let units = sums.units.count();
    (units > 0).then(|| (sums.losses.to_f64() / units as f64).sqrt() * SOL)
}

fn quotient(mean: Option<Estimate>, spread: Option<f64>) -> Option<f64> {
    spread.filter(|&spread| spread > 0.0).and_then(|spread| Some(mean?.value / spread))
}

fn ruin(sums: &Sums) -> Option<Ruin> {
    let (lives, ruined) = (sums.ruin.lives(), sums.ruin.ruined());
    if lives == 0 {
        return None;
    }
    Some(Ruin {
        share: Rate::of_lives(ruined, lives),
        median_games: sums.ruin.median(),
        mean_games: sums.ruin.mean(),
    })
}
