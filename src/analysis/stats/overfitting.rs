//! Probability of backtest overfitting: does the best of one half of the games stay good in the
//! other half?

use std::cmp::Ordering;

/// Number of slices that the units are cut into, in time order.
pub const SLICES: usize = 16;

/// The result of combinatorially symmetric cross-validation (CSCV).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Overfitting {
    /// Share of the splits in which the best of one half is below the median of the other half.
    pub probability: f64,
    /// Number of splits compared.
    pub splits: u64,
    /// Share of the splits in which the best of one half loses in the other half.
    pub loses: f64,
}

/// Splits the slices into halves in every possible way. In each split, picks the candidate with the
/// highest sum in one half and ranks it in the other. Each candidate is given by its [`SLICES`]
/// sums, in units that make candidates comparable, such as its own standard error. `None` below two
/// candidates.
///
/// Among equally good candidates the best of one half ranks anywhere in the other: 0.5. Close to 0,
/// the choice of the best was a real one.
#[must_use]
pub fn overfitting(candidates: &[[f64; SLICES]]) -> Option<Overfitting> {
    if candidates.len() < 2 {
        return None;
    }
    let totals: Vec<f64> = candidates.iter().map(|slices| slices.iter().sum()).collect();
    let (mut splits, mut below_median, mut loses) = (0_u32, 0.0, 0.0);
    let (mut one, mut other) = (totals.clone(), totals.clone());
    // Every split has a mirror image: count only those with the first slice in one half.
    let has_first = |split: &u32| split & 1 == 1 && split.count_ones() as usize == SLICES / 2;
    for split in (0..1 << SLICES).filter(has_first) {
        for (place, slices) in candidates.iter().enumerate() {
            let inside = slices.iter().enumerate().filter(|(slice, _)| split >> slice & 1 == 1);
            one[place] = inside.map(|(_, sum)| sum).sum();
            other[place] = totals[place] - one[place];
        }
        for (chosen_on, scored_on) in [(&one, &other), (&other, &one)] {
            let best = highest(chosen_on);
            splits += 1;
            below_median += below(scored_on, best);
            loses += f64::from(u8::from(scored_on[best] < 0.0));
        }
    }
    let made = f64::from(splits);
    Some(Overfitting {
        probability: below_median / made,
        splits: splits.into(),
        loses: loses / made,
    })
}

/// 1 where more figures are above the one at this index than below it, 0 where fewer are, otherwise
/// a half.
fn below(figures: &[f64], one: usize) -> f64 {
    let (mut lower, mut higher) = (0_usize, 0_usize);
    for figure in figures {
        lower += usize::from(*figure < figures[one]);
        higher += usize::from(*figure > figures[one]);
    }
    match lower.cmp(&higher) {
        Ordering::Less => 1.0,
        Ordering::Equal => 0.5,
        Ordering::Greater => 0.0,
    }
}

/// The index of the highest figure, the first of equal ones.
pub(super) fn highest(figures: &[f64]) -> usize {
    let mut best = 0;
    for (place, figure) in figures.iter().enumerate() {
        if *figure > figures[best] {
            best = place;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::stats::noise::noise;

    #[test]
    fn a_candidate_that_is_always_best_is_no_overfitting() {
        let found = overfitting(&[[1.0; SLICES], [0.5; SLICES], [-1.0; SLICES]]).unwrap();
        assert_eq!(found.splits, 12_870);
        assert_eq!((found.probability, found.loses), (0.0, 0.0));
    }

    #[test]
    fn two_candidates_that_mirror_each_other_are_always_chosen_wrongly() {
        // Both sums are zero over all slices: who is ahead in one half is behind in the other.
        let one: [f64; SLICES] = std::array::from_fn(|n| {
            f64::from(1_u32 << (n / 2)) * if n % 2 == 0 { 1.0 } else { -1.0 }
        });
        let found = overfitting(&[one, one.map(|sum| -sum)]).unwrap();
        assert!(found.probability > 0.95 && found.loses > 0.95, "{found:?}");
        assert!(overfitting(&[one]).is_none());
    }

    #[test]
    fn among_noise_the_best_is_anywhere_in_the_other_half() {
        let trials = 12_u32;
        let mut sum = 0.0;
        for trial in 0..trials {
            let slices = |seed| noise(u64::from(trial * 1_000 + seed), SLICES).try_into().unwrap();
            let candidates: Vec<[f64; SLICES]> = (0..40_u32).map(slices).collect();
            sum += overfitting(&candidates).unwrap().probability;
        }
        let mean = sum / f64::from(trials);
        assert!((0.4..=0.6).contains(&mean), "{mean}");
    }
}
