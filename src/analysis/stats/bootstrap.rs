//! Intervals by resampling: the variation between runs of the same kind.

use rand_core::Rng;

use super::distribution::{normal_quantile, normal_share};
use super::estimate::{CONFIDENCE, Interval};

/// Number of times that the blocks are resampled.
pub const REPLICATES: usize = 1_000;

/// Blocks drawn with replacement, many times: how often each block occurs in each replicate. Drawn
/// once and used for every bot, so that what bots share stays shared.
#[derive(Debug, Clone)]
pub struct Resamples {
    blocks: usize,
    /// Replicate by replicate, one count per block, as doubles for arithmetic.
    times: Vec<f64>,
}

impl Resamples {
    /// Draws `replicates` replicates of `blocks` blocks.
    #[must_use]
    pub fn draw(stream: &mut impl Rng, blocks: usize, replicates: usize) -> Self {
        let mut times = vec![0.0; blocks * replicates];
        for replicate in times.chunks_exact_mut(blocks.max(1)) {
            for _ in 0..blocks {
                let drawn = (u128::from(stream.next_u64()) * blocks as u128) >> 64;
                replicate[usize::try_from(drawn).expect("below the number of blocks")] += 1.0;
            }
        }
        Self { blocks, times }
    }

    /// Number of blocks drawn from.
    #[must_use]
    pub const fn blocks(&self) -> usize {
        self.blocks
    }

    /// The replicates: how often each block occurs in it.
    pub fn replicates(&self) -> impl ExactSizeIterator<Item = &[f64]> {
        self.times.chunks_exact(self.blocks.max(1))
    }

    /// The interval of a ratio of two sums over blocks, bias-corrected and accelerated; `None`
    /// below two blocks or where the denominator is zero.
    ///
    /// # Panics
    /// When the number of sums differs from the number of blocks.
    #[must_use]
    pub fn interval(&self, above: &[f64], below: &[f64]) -> Option<Interval> {
        if self.blocks < 2 {
            return None;
        }
        assert_eq!((above.len(), below.len()), (self.blocks, self.blocks), "a sum for each block");
        let (all_above, all_below) = (above.iter().sum::<f64>(), below.iter().sum::<f64>());
        if all_below <= 0.0 {
            return None;
        }
        let estimate = all_above / all_below;
        let mut drawn: Vec<f64> = self
            .replicates()
            .map(|times| (weighted(times, above), weighted(times, below)))
            .filter(|&(_, below)| below > 0.0)
            .map(|(above, below)| above / below)
            .collect();
        drawn.sort_unstable_by(f64::total_cmp);
        let left_out: Vec<f64> = above
            .iter()
            .zip(below)
            .filter(|&(_, below)| all_below - below > 0.0)
            .map(|(above, below)| (all_above - above) / (all_below - below))
            .collect();
        accelerated(estimate, &drawn, &left_out)
    }
}

/// A sum over blocks, each weighted by how often it was drawn. Added in eight independent lanes,
/// because a single sum would wait for each addition before the next.
pub(super) fn weighted(times: &[f64], sums: &[f64]) -> f64 {
    let mut rows = [0.0; 8];
    let (times, times_left) = times.as_chunks::<8>();
    let (sums, sums_left) = sums.as_chunks::<8>();
    for (times, sums) in times.iter().zip(sums) {
        for (row, (times, sum)) in rows.iter_mut().zip(times.iter().zip(sums)) {
            *row += times * sum;
        }
    }
    let left = times_left.iter().zip(sums_left).map(|(times, sum)| times * sum);
    rows.iter().sum::<f64>() + left.sum::<f64>()
}

/// The bias-corrected and accelerated interval of an estimate, from its sorted replicates and from
/// the estimates with each block left out.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "statistics, not money; a share of a count is a count"
)]
fn accelerated(estimate: f64, drawn: &[f64], left_out: &[f64]) -> Option<Interval> {
    let (count, last) = (drawn.len() as f64, drawn.len().checked_sub(1)?);
    let below = drawn.partition_point(|&figure| figure < estimate) as f64;
    let at_most = drawn.partition_point(|&figure| figure <= estimate) as f64;
    // Ties count half, and no share is exactly 0 or 1.
    let share = (f64::midpoint(below, at_most) + 0.5) / (count + 1.0);
    let bias = normal_quantile(share);
    let middle = left_out.iter().sum::<f64>() / left_out.len() as f64;
    let power = |exponent| left_out.iter().map(|figure| (middle - figure).powi(exponent)).sum();
    let (squares, cubes): (f64, f64) = (power(2), power(3));
    let acceleration = if squares > 0.0 { cubes / (6.0 * squares.powf(1.5)) } else { 0.0 };
    let end = |z: f64| {
        let shifted = bias + (bias + z) / (1.0 - acceleration * (bias + z));
        let place = (normal_share(shifted) * (count + 1.0)).round() as usize;
        drawn[place.saturating_sub(1).min(last)]
    };
    let reach = normal_quantile(f64::midpoint(1.0, CONFIDENCE));
    Some(Interval { low: end(-reach), high: end(reach) })
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha8Rng;
    use rand_core::SeedableRng;

    use super::*;

    fn resamples(blocks: usize) -> Resamples {
        Resamples::draw(&mut ChaCha8Rng::seed_from_u64(1), blocks, REPLICATES)
    }

    #[test]
    fn every_replicate_has_as_many_blocks_as_there_are() {
        let resamples = resamples(50);
        assert_eq!(resamples.replicates().len(), REPLICATES);
        for times in resamples.replicates() {
            assert!((times.iter().sum::<f64>() - 50.0).abs() < 1e-9);
        }
    }

    #[test]
    fn without_skew_the_interval_is_nearly_the_formula_s() {
        let figures: Vec<f64> = (0..200).map(|n| f64::from(n % 20) - 9.5).collect();
        let Interval { low, high } = resamples(200).interval(&figures, &[1.0; 200]).unwrap();
        // Deviation sqrt(33.25), error 0.4077, times 1.96.
        assert!((low + 0.8).abs() < 0.08 && (high - 0.8).abs() < 0.08, "{low} {high}");
    }

    #[test]
    fn bias_and_acceleration_move_the_ends_as_computed_by_hand() {
        // No bias (half of the replicates below), no acceleration: 2.5 % and 97.5 % of 1 to 999.
        let drawn: Vec<f64> = (1..=999).map(f64::from).collect();
        let symmetric = accelerated(500.0, &drawn, &[1.0, 2.0, 3.0]).unwrap();
        assert_eq!((symmetric.low, symmetric.high), (25.0, 975.0));
        // Left out figures 0, 0, 3: middle 1, squares 6, cubes 1 + 1 - 8 = -6: a = -6 / (6 * 14.7)
        // = -0.0680. Low end: -1.96 / (1 - 0.1333) = -2.2615: share 0.01187: 12th.
        let skewed = accelerated(500.0, &drawn, &[0.0, 0.0, 3.0]).unwrap();
        // High end: 1.96 / (1 + 0.1333) = 1.7294: share 0.9581: 958th.
        assert_eq!((skewed.low, skewed.high), (12.0, 958.0));
    }

    #[test]
    fn figures_that_do_not_vary_have_an_interval_of_no_width() {
        let interval = resamples(40).interval(&[-2.0; 40], &[1.0; 40]).unwrap();
        assert_eq!((interval.low, interval.high), (-2.0, -2.0));
        assert!(resamples(1).interval(&[1.0], &[1.0]).is_none());
    }
}
