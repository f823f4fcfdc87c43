//! The distribution of the figures of units, in bounded memory, independent of the order of adding.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Each binary order of magnitude has 2 to this power buckets: the figures of a bucket differ by
/// less than one part in 64.
const FINENESS: u32 = 6;

/// A histogram of integers: linear below 128, logarithmic above.
///
/// Every bucket keeps its sum beside its count, so the sums of tails are exact except for the
/// bucket that they cut through, and repeated figures (a stake lost) are reproduced exactly.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Histogram {
    count: u64,
    min: i128,
    max: i128,
    buckets: BTreeMap<i32, Bucket>,
}

/// Count and sum of the figures of a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
struct Bucket(u64, i128);

impl Bucket {
    #[expect(clippy::cast_precision_loss, reason = "statistics, not money")]
    fn mean(self) -> f64 {
        self.1 as f64 / self.0 as f64
    }
}

impl Histogram {
    /// Adds one figure to its bucket.
    pub fn add(&mut self, figure: i128) {
        let (min, max) = if self.count == 0 { (figure, figure) } else { (self.min, self.max) };
        (self.min, self.max) = (min.min(figure), max.max(figure));
        self.count += 1;
        let bucket = self.buckets.entry(key(figure)).or_default();
        bucket.0 += 1;
        bucket.1 += figure;
    }

    /// Adds the figures of another histogram.
    pub fn merge(&mut self, other: &Self) {
        if other.count == 0 {
            return;
        }
        let none = self.count == 0;
        self.min = if none { other.min } else { self.min.min(other.min) };
        self.max = if none { other.max } else { self.max.max(other.max) };
        self.count += other.count;
        for (&key, theirs) in &other.buckets {
            let ours = self.buckets.entry(key).or_default();
            ours.0 += theirs.0;
            ours.1 += theirs.1;
        }
    }

    /// Number of figures added.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// The lowest figure; `None` when empty.
    #[must_use]
    pub const fn least(&self) -> Option<i128> {
        if self.count == 0 { None } else { Some(self.min) }
    }

    /// The highest figure; `None` when empty.
    #[must_use]
    pub const fn most(&self) -> Option<i128> {
        if self.count == 0 { None } else { Some(self.max) }
    }

    /// The quantile of a share from 0 to 1, to one part in 64; `None` when empty.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "statistics, not money; a count times a share is a count"
    )]
    pub fn quantile(&self, share: f64) -> Option<f64> {
        let rank = ((share * self.count as f64).ceil() as u64).clamp(1, self.count.max(1));
        if rank == 1 {
            return self.least().map(|least| least as f64);
        }
        if rank == self.count {
            return self.most().map(|most| most as f64);
        }
        let mut below = 0;
        let holding_it = self.buckets.values().find(|bucket| {
            below += bucket.0;
            below >= rank
        });
        holding_it.map(|bucket| bucket.mean())
    }

    /// Mean of the lowest `share` of all figures; `None` when empty.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "statistics, not money")]
    pub fn lowest(&self, share: f64) -> Option<f64> {
        let wanted = share * self.count as f64;
        let (mut taken, mut sum) = (0.0, 0.0);
        for bucket in self.buckets.values() {
            let part = (bucket.0 as f64).min(wanted - taken);
            if part <= 0.0 {
                break;
            }
            taken += part;
            sum += part * bucket.mean();
        }
        (taken > 0.0).then(|| sum / taken)
    }

    /// The buckets, lowest first: mean figure and count.
    pub fn bars(&self) -> impl Iterator<Item = (f64, u64)> {
        self.buckets.values().map(|bucket| (bucket.mean(), bucket.0))
    }
}

/// The bucket of a figure: its sign, its order of magnitude and its leading bits, in integers, so
/// that every machine agrees. Buckets have the order of their figures.
fn key(figure: i128) -> i32 {
    let size = figure.unsigned_abs();
    let shift = (u128::BITS - size.leading_zeros()).saturating_sub(FINENESS + 1);
    let leading = i32::try_from(size >> shift).expect("leading bits only");
    let key = i32::try_from(shift << FINENESS).expect("a small number") + leading;
    if figure < 0 { -key } else { key }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(figures: &[i128]) -> Histogram {
        let mut histogram = Histogram::default();
        figures.iter().for_each(|&figure| histogram.add(figure));
        histogram
    }

    #[test]
    fn quantiles_and_tails_of_small_figures_are_exact() {
        let histogram = of(&(1..=100).collect::<Vec<_>>());
        for (share, expected) in [(0.0, 1.0), (0.05, 5.0), (0.5, 50.0), (0.95, 95.0), (1.0, 100.0)]
        {
            let quantile = histogram.quantile(share).unwrap();
            assert!((quantile - expected).abs() < 1e-12, "{share}: {quantile}");
        }
        // 1 to 5, and a tail that ends within the sixth.
        assert!((histogram.lowest(0.05).unwrap() - 3.0).abs() < 1e-12);
        assert!((histogram.lowest(0.055).unwrap() - 18.0 / 5.5).abs() < 1e-12);
        assert!(of(&[]).quantile(0.5).is_none() && of(&[]).lowest(0.05).is_none());
    }

    #[test]
    fn a_figure_that_repeats_comes_out_as_it_is() {
        let mut figures = vec![-1_000_000; 90];
        figures.extend([4_000_000; 10]);
        let histogram = of(&figures);
        assert!((histogram.quantile(0.05).unwrap() + 1e6).abs() < 1e-9);
        assert!((histogram.lowest(0.05).unwrap() + 1e6).abs() < 1e-9);
        assert!((histogram.quantile(0.95).unwrap() - 4e6).abs() < 1e-9);
    }

    proptest! {
        #[test]
        fn a_quantile_is_within_one_part_in_64_of_the_sorted_figure(
            mut figures in prop::collection::vec(-1_000_000_000_000_i128..1_000_000_000_000, 1..200),
            place: usize,
        ) {
            let place = place % figures.len();
            let share = (place as f64 + 0.5) / figures.len() as f64;
            let found = of(&figures).quantile(share).unwrap();
            figures.sort_unstable();
            let exact = figures[place] as f64;
            prop_assert!((found - exact).abs() <= exact.abs() / 64.0 + 1e-9, "{found} {exact}");
        }

        #[test]
        fn buckets_are_ordered_as_their_figures(a: i128, b: i128) {
            let (a, b) = (a >> 8, b >> 100);
            prop_assert!((a <= b) == (key(a) <= key(b)) || key(a) == key(b));
        }

        #[test]
        fn any_split_merges_to_the_same(figures in prop::collection::vec(any::<i64>(), 0..60), at: usize) {
            let figures: Vec<_> = figures.into_iter().map(i128::from).collect();
            let (left, right) = figures.split_at(at % (figures.len() + 1));
            let mut merged = of(left);
            merged.merge(&of(right));
            prop_assert_eq!(merged, of(&figures));
        }
    }
}
