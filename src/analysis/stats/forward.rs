//! Walk-forward: choose on the past, score on what comes next.

use super::blocks::mean_of_blocks;
use super::estimate::Estimate;
use super::overfitting::highest;

/// Number of folds that the blocks are cut into, in time order; the first one is only learnt from.
pub const FOLDS: usize = 8;

/// The result of always choosing the best candidate so far.
#[derive(Debug, Clone, PartialEq)]
pub struct Forward {
    /// P&L per unit of the chosen candidates, each on the fold after those it was chosen on.
    pub out_of_sample: Estimate,
    /// P&L per unit, on all folds, of the candidate that is best on all folds by the same measure:
    /// the tempting, biased figure.
    pub in_sample: f64,
    /// Index of the candidate chosen for each fold except the first.
    pub chosen: Vec<usize>,
}

/// For each fold, chooses the candidate with the highest sum on all folds before it, in units of the
/// error given for each, and scores it on that fold. `None` with fewer than two blocks per fold, or
/// without a candidate.
///
/// # Panics
/// When the number of errors differs from the number of candidates.
#[must_use]
pub fn walk_forward(candidates: &[Vec<f64>], errors: &[f64], units: &[f64]) -> Option<Forward> {
    assert_eq!(candidates.len(), errors.len(), "an error for each candidate");
    if candidates.is_empty() || units.len() < 2 * FOLDS {
        return None;
    }
    let start_of = |fold: usize| fold * units.len() / FOLDS;
    let (mut chosen, mut scored) = (Vec::with_capacity(FOLDS - 1), Vec::new());
    for fold in 1..FOLDS {
        let (start, end) = (start_of(fold), start_of(fold + 1));
        let past = candidates.iter().zip(errors);
        let past = past.map(|(sums, error)| sums[..start].iter().sum::<f64>() / error);
        let best = highest(&past.collect::<Vec<_>>());
        chosen.push(best);
        scored.extend_from_slice(&candidates[best][start..end]);
    }
    let out_of_sample = mean_of_blocks(&scored, &units[start_of(1)..])?;
    let totals: Vec<f64> = candidates.iter().map(|sums| sums.iter().sum()).collect();
    let in_errors = totals.iter().zip(errors).map(|(total, error)| total / error);
    let best = highest(&in_errors.collect::<Vec<_>>());
    let in_sample = totals[best] / units.iter().sum::<f64>();
    Some(Forward { out_of_sample, in_sample, chosen })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::stats::noise::noise;

    #[test]
    fn each_fold_is_scored_by_who_was_best_before_it() {
        // The first candidate leads until the middle, then falls back for ever.
        let one: Vec<f64> = (0..16).map(|n| if n < 8 { 1.0 } else { -3.0 }).collect();
        let walk = walk_forward(&[one, vec![0.0; 16]], &[1.0; 2], &[1.0; 16]).unwrap();
        // Sums before folds 1 to 7: 2, 4, 6, 8, 2, -4, -10.
        assert_eq!(walk.chosen, [0, 0, 0, 0, 0, 1, 1]);
        // Six blocks at 1, four at -3, four at 0: -6 over 14.
        assert!((walk.out_of_sample.value + 6.0 / 14.0).abs() < 1e-12);
        assert!(walk.in_sample.abs() < 1e-12);
        assert!(walk_forward(&[], &[], &[1.0; 16]).is_none());
        assert!(walk_forward(&[vec![0.0; 15]], &[1.0], &[1.0; 15]).is_none());
    }

    #[test]
    fn a_large_stake_is_not_chosen_for_its_size() {
        // The second gains three times as much at ten times the error.
        let (small, large) = (vec![1.0; 16], vec![3.0; 16]);
        let walk = walk_forward(&[small, large], &[1.0, 10.0], &[1.0; 16]).unwrap();
        assert_eq!(walk.chosen, [0; 7]);
        assert!((walk.in_sample - 1.0).abs() < 1e-12);
        assert!((walk.out_of_sample.value - 1.0).abs() < 1e-12);
    }

    #[test]
    fn the_best_of_noise_promises_and_does_not_keep() {
        let candidates: Vec<_> = (0..200).map(|seed| noise(seed, 256)).collect();
        let walk = walk_forward(&candidates, &[1.0; 200], &[1.0; 256]).unwrap();
        assert!(walk.in_sample > 0.12, "{walk:?}");
        assert!(walk.out_of_sample.low < 0.0, "{walk:?}");
    }
}
