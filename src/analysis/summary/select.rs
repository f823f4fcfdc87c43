//! Choosing among many: what the best of many is worth once it is known that there were many.
//!
//! Works on the sums of blocks alone, so it costs the same for a thousand games and for a billion.

use serde::{Deserialize, Serialize};

use super::figures::{numbers, pnl_by_block};
use super::{Summary, UNITS_MIN};
use crate::analysis::stats::{
    CONFIDENCE, Deflated, Estimate, Forward, Overfitting, REPLICATES, Resamples, SLICES,
    benjamini_hochberg, deflated_best, holm, mean_of_blocks, overfitting, p_value_text, two_sided,
    walk_forward,
};
use crate::model::ids::BotId;
use crate::model::streams::Streams;

/// Most blocks that the best is resampled from: neighbours are joined. A resampled mean hardly
/// depends on it, its cost does.
const RESAMPLED_MAX: usize = 256;

/// P&L by blocks of the same units, of all that are to be chosen among.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BlockSums {
    /// Units (lives) in each block, in the order of the run.
    pub units: Vec<f64>,
    /// The candidates: a name, and the P&L of each block in SOL.
    pub candidates: Vec<(String, Vec<f64>)>,
}

/// What can be said of a choice among many.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Selection {
    /// What it comes to, in a word and in a sentence.
    pub verdict: SelectionVerdict,
    /// Units (lives) that each candidate played.
    pub units: u64,
    /// Each candidate, in the order given.
    pub candidates: Vec<Candidate>,
    /// The best, held against the best of luck.
    pub best: Option<Best>,
    /// Whether the best of one half of the games stays good in the other half.
    pub overfitting: Option<OverfittingFigures>,
    /// What choosing the best so far would have brought on what came next.
    pub walk_forward: Option<ForwardFigures>,
}

/// What a choice comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SelectionVerdict {
    /// In a word.
    pub kind: SelectionKind,
    /// In a sentence.
    pub text: String,
}

/// What a choice comes to, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SelectionKind {
    /// The best is better than the best of as many without an edge.
    Edge,
    /// The best of as many without an edge is as good.
    Noise,
    /// Fewer than 30 units: nothing is said.
    TooFewGames,
    /// Nothing was ever staked.
    NoStake,
}

/// One of many.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// Its name.
    pub id: String,
    /// SOL gained per unit, its interval taken by itself; absent with too few units.
    pub pnl_per_unit: Option<Estimate>,
    /// Two-sided p-value of a mean of zero, which is what always waiting gives.
    pub p_value: Option<f64>,
    /// The same after Holm's correction: a false call among all is as rare as the level.
    pub p_holm: Option<f64>,
    /// The same after Benjamini's and Hochberg's: false calls are so rare among all calls.
    pub p_benjamini_hochberg: Option<f64>,
}

/// The best of many.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Best {
    /// Its name.
    pub id: String,
    /// Its mean in standard errors.
    pub statistic: f64,
    /// What the best of as many without an edge shows half of the time, in standard errors.
    pub by_luck: f64,
    /// What it shows in one of twenty.
    pub critical: f64,
    /// How often luck alone does at least as well.
    pub p_value: f64,
}

/// Probability of backtest overfitting.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct OverfittingFigures {
    /// Share of the splits in which the best of one half is below the median of the other half:
    /// 0.5 where there is nothing to choose.
    pub probability: f64,
    /// Share of the splits in which the best of one half loses in the other half.
    pub loses: f64,
    /// Splits looked at.
    pub splits: u64,
}

/// Choosing on the past and scoring on what comes next.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ForwardFigures {
    /// SOL gained per unit of what was chosen, on games that it was not chosen on.
    pub pnl_per_unit: Estimate,
    /// SOL gained per unit of the best on all games, on all games: what one is tempted to believe.
    pub in_sample: f64,
    /// Who was chosen for each fold but the first.
    pub chosen: Vec<String>,
}

impl Summary {
    /// The P&L by blocks of what the scenario declares, named `PREFIX` and the declaration.
    #[must_use]
    pub fn block_sums(&self, prefix: &str) -> BlockSums {
        let candidates = self
            .declared()
            .map(|(declared, sums)| (format!("{prefix}{}", declared.name), pnl_by_block(sums)));
        BlockSums { candidates: candidates.collect(), units: numbers(self.units_by_block()) }
    }
}

impl BlockSums {
    /// Adds the candidates of another summary of the same games.
    ///
    /// # Panics
    /// When its blocks are others.
    pub fn extend(&mut self, other: Self) {
        if self.candidates.is_empty() {
            self.units = other.units;
        } else {
            assert_eq!(self.units, other.units, "candidates of the same games");
        }
        self.candidates.extend(other.candidates);
    }
}

/// Says what a choice among candidates is worth; the seed is that of the resampling.
#[must_use]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of units")]
pub fn select(sums: &BlockSums, seed: u64) -> Selection {
    let units: f64 = sums.units.iter().sum();
    let enough = units >= UNITS_MIN as f64;
    let candidates = candidates(sums, enough);
    let mut selection = Selection {
        verdict: SelectionVerdict {
            kind: SelectionKind::TooFewGames,
            text: format!("insufficient: {units} units, {UNITS_MIN} needed"),
        },
        units: units as u64,
        candidates,
        best: None,
        overfitting: None,
        walk_forward: None,
    };
    if !enough {
        return selection;
    }
    let name = |place: usize| sums.candidates[place].0.clone();
    let (joined, joined_units) = joined(sums, RESAMPLED_MAX);
    let stream = BotId::new("statistics").expect("a valid name");
    let mut stream = Streams::new(seed, stream).named("selection", 0);
    let resamples = Resamples::draw(&mut stream, joined_units.len(), REPLICATES);
    selection.best = deflated_best(&joined, &joined_units, &resamples).map(|best| {
        let Deflated { best, statistic, by_luck, critical, p_value } = best;
        Best { id: name(best), statistic, by_luck, critical, p_value }
    });
    selection.overfitting = slices(sums).and_then(|slices| overfitting(&slices)).map(|found| {
        let Overfitting { probability, splits, loses } = found;
        OverfittingFigures { probability, loses, splits }
    });
    let columns: Vec<Vec<f64>> = sums.candidates.iter().map(|(_, pnl)| pnl.clone()).collect();
    selection.walk_forward = walk_forward(&columns, &sums.units).map(|walk| {
        let Forward { out_of_sample, in_sample, chosen } = walk;
        let chosen = chosen.into_iter().map(name).collect();
        ForwardFigures { pnl_per_unit: out_of_sample, in_sample, chosen }
    });
    selection.verdict = verdict(&selection);
    selection
}

fn candidates(sums: &BlockSums, enough: bool) -> Vec<Candidate> {
    let blocks = sums.units.iter().filter(|&&units| units > 0.0).count();
    let means: Vec<Option<Estimate>> = sums
        .candidates
        .iter()
        .map(|(_, pnl)| mean_of_blocks(pnl, &sums.units).filter(|_| enough))
        .collect();
    let freedom = blocks.saturating_sub(1) as f64;
    let p_of = |mean: &Estimate| two_sided(mean.value, mean.standard_error, freedom);
    // Who never staked anything is not compared: it would make the correction stricter for nothing.
    let is_compared = |mean: &&Estimate| mean.standard_error > 0.0 || mean.value != 0.0;
    let compared: Vec<f64> = means.iter().flatten().filter(is_compared).map(p_of).collect();
    let (mut holm, mut bh) =
        (holm(&compared).into_iter(), benjamini_hochberg(&compared).into_iter());
    let candidate = |((id, _), mean): (&(String, Vec<f64>), &Option<Estimate>)| {
        let staked = mean.as_ref().filter(is_compared);
        Candidate {
            id: id.clone(),
            pnl_per_unit: *mean,
            p_value: staked.map(p_of),
            p_holm: staked.and_then(|_| holm.next()),
            p_benjamini_hochberg: staked.and_then(|_| bh.next()),
        }
    };
    sums.candidates.iter().zip(&means).map(candidate).collect()
}

/// The sums of at most so many blocks: neighbours joined, as alike in number as can be.
fn joined(sums: &BlockSums, most: usize) -> (Vec<Vec<f64>>, Vec<f64>) {
    let count = sums.units.len();
    let blocks = count.min(most);
    let join = |figures: &[f64]| {
        let mut joined = vec![0.0; blocks];
        for (at, figure) in figures.iter().enumerate() {
            joined[at * blocks / count] += figure;
        }
        joined
    };
    let candidates = sums.candidates.iter().map(|(_, pnl)| join(pnl)).collect();
    (candidates, join(&sums.units))
}

/// The sums of each candidate in [`SLICES`] slices; `None` with fewer blocks than two a slice.
fn slices(sums: &BlockSums) -> Option<Vec<[f64; SLICES]>> {
    if sums.units.len() < 2 * SLICES {
        return None;
    }
    let (candidates, _) = joined(sums, SLICES);
    candidates.into_iter().map(|sums| sums.try_into().ok()).collect()
}

fn verdict(selection: &Selection) -> SelectionVerdict {
    let Some(best) = &selection.best else {
        let text = "no stake: nothing was ever bet".to_owned();
        return SelectionVerdict { kind: SelectionKind::NoStake, text };
    };
    let Best { id, statistic, by_luck, p_value, .. } = best;
    let (among, p) = (selection.candidates.len(), p_value_text(*p_value));
    let beyond_luck = *p_value < 1.0 - CONFIDENCE;
    let mut text = if beyond_luck {
        format!(
            "edge: {id}, the best of {among}, is {statistic:.1} standard errors above zero; the \
             best of as many without an edge shows {by_luck:.1} (p {p})"
        )
    } else {
        format!(
            "NOISE: {id}, the best of {among}, is {statistic:.1} standard errors above zero; luck \
             alone shows {by_luck:.1} half of the time (p {p})"
        )
    };
    if let Some(found) = selection.overfitting {
        text += &format!("; probability of overfitting {:.2}", found.probability);
    }
    if let Some(walk) = &selection.walk_forward {
        let Estimate { value, low, high, .. } = walk.pnl_per_unit;
        text += &format!(
            "; chosen on the past and scored on what came next: {value:+.6} SOL per unit ({low:+.6} \
             to {high:+.6})"
        );
    }
    let kind = if beyond_luck { SelectionKind::Edge } else { SelectionKind::Noise };
    SelectionVerdict { kind, text }
}
