//! Choosing among many: the value of the best of many, given that there were many.
//!
//! Works on the sums of blocks alone, so its cost does not depend on the number of games.

use serde::{Deserialize, Serialize};

use super::figures::{numbers, pnl_by_block};
use super::{Summary, UNITS_MIN};
use crate::analysis::stats::{
    CONFIDENCE, Deflated, Estimate, Forward, Overfitting, REPLICATES, Resamples, SLICES,
    benjamini_hochberg, deflated_best, holm, mean_of_blocks, overfitting, p_value_text, two_sided,
    walk_forward,
};
use crate::base::decimals::{plain, signed};
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
    /// The candidates: a name, and the P&L of each block in SOL.
    pub candidates: Vec<(String, Vec<f64>)>,
}

/// The assessment of a choice among many.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Selection {
    /// The result, as a code and a sentence.
    pub verdict: SelectionVerdict,
    /// Number of units (lives) that each candidate played.
    pub units: u64,
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
    /// Fewer than 30 units: not judged.
    TooFewGames,
    /// No stake in any game.
    NoStake,
}

/// One of the candidates compared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// Name of the candidate.
    pub id: String,
    /// SOL gained per unit, with its own interval; absent with too few units.
    pub pnl_per_unit: Option<Estimate>,
    /// Two-sided p-value of a zero mean, the result of always waiting.
    pub p_value: Option<f64>,
    /// The p-value after Holm's correction, which bounds the chance of any false positive.
    pub p_holm: Option<f64>,
    /// The p-value after the correction by Benjamini and Hochberg, which bounds the share of false
    /// positives.
    pub p_benjamini_hochberg: Option<f64>,
}

impl Candidate {
    /// The mean in standard errors, by which candidates are ranked; `None` where it does not vary.
    #[must_use]
    pub fn statistic(&self) -> Option<f64> {
        let mean = self.pnl_per_unit?;
        (mean.standard_error > 0.0).then(|| mean.value / mean.standard_error)
    }
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
    /// When its blocks differ.
    pub fn extend(&mut self, other: Self) {
        if self.candidates.is_empty() {
            self.units = other.units;
        } else {
            assert_eq!(self.units, other.units, "candidates of the same games");
        }
        self.candidates.extend(other.candidates);
    }
}

/// Assesses a choice among candidates; `seed` is that of the resampling.
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
    // A candidate without any stake is not compared: it would only make the correction stricter.
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

/// The sums of at most `most` blocks: neighbours are joined, in groups of nearly equal size.
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

/// The sums of each candidate in [`SLICES`] slices; `None` below two blocks per slice.
fn slices(sums: &BlockSums) -> Option<Vec<[f64; SLICES]>> {
    if sums.units.len() < 2 * SLICES {
        return None;
    }
    let (candidates, _) = joined(sums, SLICES);
    candidates.into_iter().map(|sums| sums.try_into().ok()).collect()
}

fn verdict(selection: &Selection) -> SelectionVerdict {
    let Some(best) = &selection.best else {
        let text = "no stake: no bet was placed".to_owned();
        return SelectionVerdict { kind: SelectionKind::NoStake, text };
    };
    let Best { id, statistic, by_luck, p_value, .. } = best;
    let (among, p) = (selection.candidates.len(), p_value_text(*p_value));
    let [statistic, by_luck] = [*statistic, *by_luck].map(|figure| plain(figure, 1));
    let beyond_luck = *p_value < 1.0 - CONFIDENCE;
    let mut text = if beyond_luck {
        format!(
            "edge: {id}, the best of {among}, is {statistic} standard errors above zero; the \
             best of as many without an edge shows {by_luck} (p {p})"
        )
    } else {
        format!(
            "NOISE: {id}, the best of {among}, is {statistic} standard errors above zero; luck \
             alone shows {by_luck} half of the time (p {p})"
        )
    };
    if let Some(found) = selection.overfitting {
        text += &format!("; probability of overfitting {:.2}", found.probability);
    }
    if let Some(walk) = &selection.walk_forward {
        let Estimate { value, low, high, .. } = walk.pnl_per_unit;
        text += &format!(
            "; chosen on the past and scored on what follows: {} SOL per unit ({} to {})",
            signed(value, 6),
            signed(low, 6),
            signed(high, 6)
        );
    }
    let kind = if beyond_luck { SelectionKind::Edge } else { SelectionKind::Noise };
    SelectionVerdict { kind, text }
}
