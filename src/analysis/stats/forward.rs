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

/// The standard errors of the mean of a candidate over all units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MeanErrors {
    /// The one in which it is judged.
    pub judged: f64,
    /// The one that the law gives for its exposure; `None` where nothing is known of it.
    pub by_law: Option<f64>,
}

impl MeanErrors {
    /// The mean of the first blocks in standard errors, as it is known before the others come: what
    /// comes later does not tell how widely a candidate spreads, unless nothing else does.
    fn statistic(self, sums: &[f64], units: &[f64], all: f64) -> f64 {
        let played: f64 = units.iter().sum();
        let of_part = |error: f64| error * (all / played).sqrt();
        let shown = || mean_of_blocks(sums, units).map_or(0.0, |mean| mean.standard_error);
        let error = match self.by_law {
            Some(by_law) => shown().max(of_part(by_law)),
            None => of_part(self.judged),
        };
        sums.iter().sum::<f64>() / played / error
    }
}

/// For each fold, chooses the candidate with the highest mean in standard errors on all folds before
/// it, and scores it on that fold. `None` with fewer than two blocks per fold, or without a
/// candidate.
///
/// # Panics
/// When the number of errors differs from the number of candidates.
#[must_use]
pub fn walk_forward(
    candidates: &[Vec<f64>],
    errors: &[MeanErrors],
    units: &[f64],
) -> Option<Forward> {
    assert_eq!(candidates.len(), errors.len(), "an error for each candidate");
    if candidates.is_empty() || units.len() < 2 * FOLDS {
        return None;
    }
    let start_of = |fold: usize| fold * units.len() / FOLDS;
    let all = units.iter().sum::<f64>();
    let (mut chosen, mut scored) = (Vec::with_capacity(FOLDS - 1), Vec::new());
    for fold in 1..FOLDS {
        let (start, end) = (start_of(fold), start_of(fold + 1));
        let past = candidates.iter().zip(errors);
        let past = past.map(|(sums, of)| of.statistic(&sums[..start], &units[..start], all));
        let best = highest(&past.collect::<Vec<_>>());
        chosen.push(best);
        scored.extend_from_slice(&candidates[best][start..end]);
    }
    let out_of_sample = mean_of_blocks(&scored, &units[start_of(1)..])?;
    let totals: Vec<f64> = candidates.iter().map(|sums| sums.iter().sum()).collect();
    let in_errors = totals.iter().zip(errors).map(|(total, of)| total / of.judged);
    let best = highest(&in_errors.collect::<Vec<_>>());
    let in_sample = totals[best] / all;
    Some(Forward { out_of_sample, in_sample, chosen })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::stats::noise::noise;

    fn errors(judged: f64) -> MeanErrors {
        MeanErrors { judged, by_law: None }
    }

    #[test]
    fn each_fold_is_scored_by_who_was_best_before_it() {
        // The first candidate leads until the middle, then falls back for ever.
        let one: Vec<f64> = (0..16).map(|n| if n < 8 { 1.0 } else { -3.0 }).collect();
        let walk = walk_forward(&[one, vec![0.0; 16]], &[errors(1.0); 2], &[1.0; 16]).unwrap();
        // Sums before folds 1 to 7: 2, 4, 6, 8, 2, -4, -10.
        assert_eq!(walk.chosen, [0, 0, 0, 0, 0, 1, 1]);
        // Six blocks at 1, four at -3, four at 0: -6 over 14.
        assert!((walk.out_of_sample.value + 6.0 / 14.0).abs() < 1e-12);
        assert!(walk.in_sample.abs() < 1e-12);
        assert!(walk_forward(&[], &[], &[1.0; 16]).is_none());
        assert!(walk_forward(&[vec![0.0; 15]], &[errors(1.0)], &[1.0; 15]).is_none());
    }

    #[test]
    fn a_large_stake_is_not_chosen_for_its_size() {
        // The second gains three times as much at ten times the error.
        let (small, large) = (vec![1.0; 16], vec![3.0; 16]);
        let walk = walk_forward(&[small, large], &[1.0, 10.0].map(errors), &[1.0; 16]).unwrap();
        assert_eq!(walk.chosen, [0; 7]);
        assert!((walk.in_sample - 1.0).abs() < 1e-12);
        assert!((walk.out_of_sample.value - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_loss_that_has_not_come_yet_does_not_keep_a_candidate_from_being_chosen() {
        // The first gains until the last block, which takes all: nothing before tells of it.
        let mut first: Vec<f64> = (0..16).map(|n| [3.0, 2.0][n % 2]).collect();
        first[15] = -40.0;
        let errors = |judged| MeanErrors { judged, by_law: Some(0.1) };
        let second = vec![0.1; 16];
        let walk = walk_forward(&[first, second], &[2.7, 0.1].map(errors), &[1.0; 16]).unwrap();
        assert_eq!(walk.chosen, [0; 7]);
        assert!(walk.out_of_sample.value < 0.0, "{walk:?}");
    }

    #[test]
    fn the_best_of_noise_promises_and_does_not_keep() {
        let candidates: Vec<_> = (0..200).map(|seed| noise(seed, 256)).collect();
        let walk = walk_forward(&candidates, &[errors(1.0); 200], &[1.0; 256]).unwrap();
        assert!(walk.in_sample > 0.12, "{walk:?}");
        assert!(walk.out_of_sample.low < 0.0, "{walk:?}");
    }
}
