//! Choosing among many: the value of the best of many, given that there were many.
//!
//! One measure chooses throughout: the mean in standard errors ([`Evidence::statistic`]). Works on
//! the sums of blocks, so its cost does not depend on the number of games.

mod copies;
mod sentence;

use serde::{Deserialize, Serialize};

use super::Summary;
use super::evidence::Evidence;
use super::figures::{numbers, pnl_by_block};
use crate::analysis::stats::{
    Deflated, Estimate, Forward, MeanErrors, Overfitting, REPLICATES, Resamples, SLICES,
    benjamini_hochberg, deflated_best, holm, overfitting, walk_forward,
};
use crate::model::ids::BotId;
use crate::model::streams::Streams;

/// Most blocks that the best is resampled from; neighbours are joined beyond that. A resampled mean
/// hardly depends on the number, its cost does.
const RESAMPLED_MAX: usize = 256;

/// P&L by blocks of the same units, for all candidates.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BlockSums {
    /// Number of units (lives) in each block, in the order of the run.
    pub units: Vec<f64>,
    /// Games per life; `None`: all games are one life.
    pub games_per_unit: Option<u64>,
    /// The candidates, each with its sums of the same blocks.
    pub candidates: Vec<CandidateSums>,
}

/// One of the candidates to choose among.
#[derive(Debug, Clone, PartialEq)]
pub struct CandidateSums {
    /// Name of the candidate.
    pub id: String,
    /// P&L of each block in SOL.
    pub pnl: Vec<f64>,
    /// What its lives allow to be said.
    pub evidence: Evidence,
}

/// The assessment of a choice among many.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Selection {
    /// The result, as a code and a sentence.
    pub verdict: SelectionVerdict,
    /// Number of units (lives) that each candidate played.
    pub units: u64,
    /// Number of candidates compared: different ones, with enough data, that do not end all units
    /// the same.
    #[serde(default)]
    pub compared: u64,
    /// The candidates, in the order given.
    pub candidates: Vec<Candidate>,
    /// The best candidate, compared with luck.
    pub best: Option<Best>,
    /// Whether the best of one half of the games stays good in the other half.
    pub overfitting: Option<OverfittingFigures>,
    /// The result of choosing the best so far and scoring it on the games that follow.
    pub walk_forward: Option<ForwardFigures>,
}

/// The result of a choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SelectionVerdict {
    /// The verdict as a code.
    pub kind: SelectionKind,
    /// The verdict as a sentence.
    pub text: String,
}

/// The result of a choice, as a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SelectionKind {
    /// The best is better than the best of as many candidates without an edge.
    Edge,
    /// The best of as many candidates without an edge is as good.
    Noise,
    /// Every candidate loses beyond luck.
    AllLose,
    /// No candidate has enough units with a stake: not judged.
    TooFewGames,
    /// No stake in any game.
    NoStake,
}

/// One of the candidates compared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// Name of the candidate.
    pub id: String,
    /// SOL gained per unit, with its own interval; absent with too few units, or stakes.
    pub pnl_per_unit: Option<Estimate>,
    /// The mean in standard errors, by which candidates are ranked: in the larger of the error that
    /// the units show and that of the law. Absent for those that are not compared.
    pub statistic: Option<f64>,
    /// Number of units with a stake.
    #[serde(default)]
    pub units_staked: u64,
    /// Whether all units ended the same, so that it is not compared.
    #[serde(default)]
    pub degenerate: bool,
    /// Name of the first candidate that wins and loses the same in other amounts: both are one.
    pub copy_of: Option<String>,
    /// Two-sided p-value of a zero mean, the result of always waiting.
    pub p_value: Option<f64>,
    /// The p-value after Holm's correction, which bounds the chance of any false positive.
    pub p_holm: Option<f64>,
    /// The p-value after the correction by Benjamini and Hochberg, which bounds the share of false
    /// positives.
    pub p_benjamini_hochberg: Option<f64>,
}

/// The best of many, compared with luck.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Best {
    /// Name of the candidate.
    pub id: String,
    /// Its mean, in standard errors.
    pub statistic: f64,
    /// The median, by luck alone, of the best of as many without an edge, in standard errors.
    pub by_luck: f64,
    /// What luck alone exceeds in one of twenty cases, in standard errors.
    pub critical: f64,
    /// Probability that luck alone does at least as well.
    pub p_value: f64,
}

/// Probability of backtest overfitting.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct OverfittingFigures {
    /// Share of the splits in which the best of one half is below the median of the other half: 0.5
    /// when all candidates are equally good.
    pub probability: f64,
    /// Share of the splits in which the best of one half loses in the other half.
    pub loses: f64,
    /// Number of splits compared.
    pub splits: u64,
}

/// Walk-forward: choosing on the past and scoring on what comes next.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ForwardFigures {
    /// SOL gained per unit by the chosen candidates, on games after those they were chosen on.
    pub pnl_per_unit: Estimate,
    /// SOL gained per unit by the best on all games, on all games: the tempting, biased figure.
    pub in_sample: f64,
    /// Name of the candidate chosen for each fold except the first.
    pub chosen: Vec<String>,
}

impl Summary {
    /// The P&L by blocks of the scenario's declarations, each name prefixed with `prefix`.
    #[must_use]
    pub fn block_sums(&self, prefix: &str) -> BlockSums {
        let candidates = self.declared().map(|(declared, sums)| CandidateSums {
            id: format!("{prefix}{}", declared.name),
            pnl: pnl_by_block(sums),
            evidence: Evidence::of(sums),
        });
        BlockSums {
            candidates: candidates.collect(),
            units: numbers(self.units_by_block()),
            games_per_unit: self.plan.games_per_unit,
        }
    }
}

impl BlockSums {
    /// Adds the candidates of another summary of the same games.
    ///
    /// # Panics
    /// When its blocks differ.
    pub fn extend(&mut self, other: Self) {
        if self.candidates.is_empty() {
            (self.units, self.games_per_unit) = (other.units, other.games_per_unit);
        } else {
            assert_eq!(self.units, other.units, "candidates of the same games");
        }
        self.candidates.extend(other.candidates);
    }
}

/// The candidates that are compared, each once.
struct Compared<'a> {
    sums: &'a BlockSums,
    /// Their indices among all.
    places: Vec<usize>,
    /// Their means in standard errors.
    statistics: Vec<f64>,
    /// These standard errors, in SOL per unit.
    errors: Vec<MeanErrors>,
}

/// Assesses a choice among candidates; `seed` is that of the resampling.
#[must_use]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of units")]
pub fn select(sums: &BlockSums, seed: u64) -> Selection {
    let copies = copies::copies(&sums.candidates);
    let compared = Compared::of(sums, &copies);
    let name = |place: usize| sums.candidates[compared.places[place]].id.clone();
    let best = compared.best(seed);
    let overfitting = compared.slices().and_then(|slices| overfitting(&slices));
    let walk = walk_forward(&compared.columns(), &compared.errors, &sums.units);
    let mut selection = Selection {
        verdict: SelectionVerdict { kind: SelectionKind::NoStake, text: String::new() },
        units: sums.units.iter().sum::<f64>() as u64,
        compared: compared.places.len() as u64,
        candidates: compared.candidates(&copies),
        best: best.map(|best| {
            let Deflated { best, statistic, by_luck, critical, p_value } = best;
            Best { id: name(best), statistic, by_luck, critical, p_value }
        }),
        overfitting: overfitting.map(|found| {
            let Overfitting { probability, splits, loses } = found;
            OverfittingFigures { probability, loses, splits }
        }),
        walk_forward: walk.map(|walk| {
            let Forward { out_of_sample, in_sample, chosen } = walk;
            let chosen = chosen.into_iter().map(name).collect();
            ForwardFigures { pnl_per_unit: out_of_sample, in_sample, chosen }
        }),
    };
    let of_best = best.map(|best| sums.candidates[compared.places[best.best]].evidence);
    selection.verdict = sentence::verdict(&selection, sums, of_best);
    selection
}

impl<'a> Compared<'a> {
    fn of(sums: &'a BlockSums, copies: &[Option<usize>]) -> Self {
        let judged = sums.candidates.iter().zip(copies).enumerate();
        let judged = judged.filter(|(_, (_, copy))| copy.is_none());
        let judged = judged.filter_map(|(place, (it, _))| {
            Some((place, it.evidence.judged()?, it.evidence.law.map(|law| law.error)))
        });
        let mut compared =
            Self { sums, places: Vec::new(), statistics: Vec::new(), errors: Vec::new() };
        for (place, Estimate { value, standard_error: judged, .. }, by_law) in judged {
            compared.places.push(place);
            compared.statistics.push(value / judged);
            compared.errors.push(MeanErrors { judged, by_law });
        }
        compared
    }

    /// The P&L of each by blocks.
    fn columns(&self) -> Vec<Vec<f64>> {
        self.places.iter().map(|&place| self.sums.candidates[place].pnl.clone()).collect()
    }

    /// The best, compared with luck.
    fn best(&self, seed: u64) -> Option<Deflated> {
        let column = |&place: &usize| joined(&self.sums.candidates[place].pnl, RESAMPLED_MAX);
        let columns: Vec<Vec<f64>> = self.places.iter().map(column).collect();
        let units = joined(&self.sums.units, RESAMPLED_MAX);
        let stream = BotId::new("statistics").expect("a valid name");
        let mut stream = Streams::new(seed, stream).named("selection", 0);
        let blocks = if columns.is_empty() { 0 } else { units.len() };
        let resamples = Resamples::draw(&mut stream, blocks, REPLICATES);
        deflated_best(&columns, &self.statistics, &units, &resamples)
    }

    /// The sums of each in [`SLICES`] slices, in its standard errors; `None` below two blocks per
    /// slice.
    fn slices(&self) -> Option<Vec<[f64; SLICES]>> {
        if self.sums.units.len() < 2 * SLICES {
            return None;
        }
        let slices = |(&place, of): (&usize, &MeanErrors)| {
            let sums = joined(&self.sums.candidates[place].pnl, SLICES);
            sums.iter().map(|sum| sum / of.judged).collect::<Vec<f64>>().try_into().ok()
        };
        self.places.iter().zip(&self.errors).map(slices).collect()
    }

    /// All candidates, with their p-values. A copy has those of its original.
    fn candidates(&self, copies: &[Option<usize>]) -> Vec<Candidate> {
        let all = &self.sums.candidates;
        let p_of = |&place: &usize| all[place].evidence.p_value();
        let p_values: Vec<f64> = self.places.iter().filter_map(p_of).collect();
        let (holm, bh) = (holm(&p_values), benjamini_hochberg(&p_values));
        let candidate = |(place, it): (usize, &CandidateSums)| {
            let original = copies[place].unwrap_or(place);
            let at = self.places.binary_search(&original).ok();
            Candidate {
                id: it.id.clone(),
                pnl_per_unit: it.evidence.mean.filter(|_| it.evidence.is_sufficient()),
                statistic: at.map(|at| self.statistics[at]),
                units_staked: it.evidence.staked,
                degenerate: it.evidence.is_constant,
                copy_of: copies[place].map(|original| all[original].id.clone()),
                p_value: at.map(|at| p_values[at]),
                p_holm: at.map(|at| holm[at]),
                p_benjamini_hochberg: at.map(|at| bh[at]),
            }
        };
        all.iter().enumerate().map(candidate).collect()
    }
}

/// Sums of at most `most` blocks: neighbours are joined, in groups of nearly equal size.
fn joined(figures: &[f64], most: usize) -> Vec<f64> {
    let count = figures.len();
    let blocks = count.min(most);
    let mut joined = vec![0.0; blocks];
    for (at, figure) in figures.iter().enumerate() {
        joined[at * blocks / count] += figure;
    }
    joined
}
