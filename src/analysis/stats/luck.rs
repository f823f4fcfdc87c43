//! The best of many candidates, compared with the best of many by luck alone.

use super::blocks::mean_of_blocks;
use super::bootstrap::{Resamples, weighted};
use super::overfitting::highest;

/// The best of several candidates, compared with luck.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Deflated {
    /// Index of the best candidate.
    pub best: usize,
    /// Its mean, in standard errors.
    pub statistic: f64,
    /// The median, by luck alone, of the best of as many candidates without an edge, in standard
    /// errors.
    pub by_luck: f64,
    /// What luck alone exceeds in one of twenty cases, in standard errors.
    pub critical: f64,
    /// Probability that luck alone does at least as well.
    pub p_value: f64,
}

/// Compares the candidate with the highest statistic, its mean in standard errors, with the highest
/// that candidates without an edge show on the same games. `None` without candidates.
///
/// Blocks are resampled for all candidates at once, so what they share is kept. Every candidate is
/// centred on its own mean, so that none has an edge. Of each replicate only the highest figure is
/// kept. This assumes no formula and no independence.
///
/// # Panics
/// When the number of statistics differs from the number of candidates.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "a count of replicates")]
pub fn deflated_best(
    candidates: &[Vec<f64>],
    statistics: &[f64],
    units: &[f64],
    resamples: &Resamples,
) -> Option<Deflated> {
    assert_eq!(candidates.len(), statistics.len(), "a statistic for each candidate");
    if candidates.is_empty() {
        return None;
    }
    let total: f64 = units.iter().sum();
    let best = highest(statistics);
    let statistic = statistics[best];
    // The deviation of each candidate in each block from its own mean, in the errors that its
    // blocks show. One whose blocks are all alike but for rounding has no luck to show.
    let mut centred = Vec::with_capacity(candidates.len());
    for sums in candidates {
        let Some(mean) = mean_of_blocks(sums, units) else { continue };
        if mean.standard_error <= 1e-12 * mean.value.abs() {
            continue;
        }
        let scale = 1.0 / (mean.standard_error * total);
        let beyond = sums.iter().zip(units).map(|(sum, units)| (sum - mean.value * units) * scale);
        centred.push(beyond.collect::<Vec<f64>>());
    }
    let mut by_luck: Vec<f64> = resamples
        .replicates()
        .map(|times| {
            let figures = centred.iter().map(|beyond| weighted(times, beyond));
            figures.fold(f64::NEG_INFINITY, f64::max)
        })
        .collect();
    by_luck.sort_unstable_by(f64::total_cmp);
    let (count, last) = (by_luck.len(), by_luck.len().checked_sub(1)?);
    let as_high = count - by_luck.partition_point(|&highest| highest < statistic);
    Some(Deflated {
        best,
        statistic,
        by_luck: by_luck[count / 2],
        critical: by_luck[(count * 19 / 20).min(last)],
        p_value: (as_high + 1) as f64 / (count + 1) as f64,
    })
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha8Rng;
    use rand_core::SeedableRng;

    use super::*;
    use crate::analysis::stats::REPLICATES;
    use crate::analysis::stats::distribution::normal_quantile;
    use crate::analysis::stats::noise::noise;

    fn resamples(blocks: usize) -> Resamples {
        Resamples::draw(&mut ChaCha8Rng::seed_from_u64(2), blocks, REPLICATES)
    }

    /// The best of candidates, each in the errors that its blocks show.
    fn best_of(candidates: &[Vec<f64>], units: &[f64]) -> Deflated {
        let statistic = |sums: &Vec<f64>| {
            let mean = mean_of_blocks(sums, units).unwrap();
            mean.value / mean.standard_error
        };
        let statistics: Vec<f64> = candidates.iter().map(statistic).collect();
        deflated_best(candidates, &statistics, units, &resamples(units.len())).unwrap()
    }

    #[test]
    fn the_best_of_independent_candidates_shows_what_theory_says() {
        let candidates: Vec<_> = (0..100).map(|seed| noise(seed, 256)).collect();
        let found = best_of(&candidates, &[1.0; 256]);
        // Median of the highest of 100 standard normals.
        let median = normal_quantile(0.5_f64.powf(0.01));
        assert!((found.by_luck - median).abs() < 0.2, "{found:?} {median}");
        assert!(found.p_value > 0.05, "{found:?}");
    }

    #[test]
    fn a_hundred_copies_of_one_candidate_are_one_candidate() {
        let copies = vec![noise(1, 256); 100];
        let found = best_of(&copies, &[1.0; 256]);
        assert!(found.by_luck.abs() < 0.2, "{found:?}");
    }

    #[test]
    fn a_real_edge_among_noise_is_found() {
        let mut candidates: Vec<_> = (0..50).map(|seed| noise(seed, 400)).collect();
        candidates[7].iter_mut().for_each(|sum| *sum += 0.5);
        let found = best_of(&candidates, &[1.0; 400]);
        assert_eq!(found.best, 7);
        assert!(found.p_value < 0.01 && found.statistic > found.critical, "{found:?}");
        assert!(deflated_best(&[], &[], &[1.0; 400], &resamples(400)).is_none());
    }
}
