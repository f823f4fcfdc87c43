//! The candidates of a sweep: every bot of every variant, once for all variants that do not change
//! it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::analysis::summary::Summary;
use crate::analysis::summary::select::{BlockSums, CandidateSums, Selection};
use crate::backtest::scenario::Space;

/// A bot, or bots declared together, in a variant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SweepCandidate {
    /// Number of the variant.
    pub variant: u64,
    /// Name of the declaration of bots.
    pub bot: String,
    /// Values of the variant, as written, one per dimension.
    pub values: Vec<String>,
}

/// The candidates, and their sums.
pub(super) fn of(space: &Space, sums: &[Summary]) -> (Vec<SweepCandidate>, BlockSums) {
    let mut seen = BTreeSet::new();
    let (mut candidates, mut blocks) = (Vec::new(), BlockSums::default());
    for (variant, summary) in (0..).zip(sums) {
        let values = space.values(variant);
        let mut of_variant = summary.block_sums("");
        of_variant.candidates.retain_mut(|CandidateSums { id: bot, .. }| {
            let touching = space.dimensions.iter().zip(&values);
            let touching = touching.filter(|(it, _)| it.owner.is_empty() || it.owner == *bot);
            let touching: Vec<String> = touching.map(|(_, value)| value.clone()).collect();
            if !seen.insert((bot.clone(), touching)) {
                return false;
            }
            candidates.push(SweepCandidate { variant, bot: bot.clone(), values: values.clone() });
            *bot = if sums.len() == 1 { bot.clone() } else { format!("{bot} of cell {variant}") };
            true
        });
        blocks.extend(of_variant);
    }
    (candidates, blocks)
}

/// The indices of the candidates that can be ranked, best first: by mean in standard errors. A copy
/// follows its original.
pub(super) fn ranked(selection: &Selection) -> Vec<usize> {
    let candidates = selection.candidates.iter().enumerate();
    let mut ranked: Vec<(usize, f64)> =
        candidates.filter_map(|(place, it)| Some((place, it.statistic?))).collect();
    ranked.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    ranked.into_iter().map(|(place, _)| place).collect()
}
