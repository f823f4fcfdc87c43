//! Thins long series to what a screen can show, without losing extremes.

use std::collections::BTreeSet;

/// The indices of the points to draw: all of them up to `most`, else about that many, including the
/// first, the last, the lowest and the highest of every stretch, and all in `keep`.
///
/// So every peak and trough is kept at any width of the chart.
pub(super) fn places(values: &[f64], most: usize, keep: &BTreeSet<usize>) -> Vec<usize> {
    if values.len() <= most {
        return (0..values.len()).collect();
    }
    let stretch = values.len().div_ceil((most / 4).max(1));
    let mut places: BTreeSet<usize> = keep.range(..values.len()).copied().collect();
    places.insert(values.len() - 1);
    for (number, part) in values.chunks(stretch).enumerate() {
        let first = number * stretch;
        let by_value =
            |&(_, one): &(usize, &f64), &(_, other): &(usize, &f64)| one.total_cmp(other);
        let lowest = part.iter().enumerate().min_by(by_value).map_or(0, |(at, _)| at);
        let highest = part.iter().enumerate().max_by(by_value).map_or(0, |(at, _)| at);
        places.extend([first, first + lowest, first + highest, first + part.len() - 1]);
    }
    places.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_short_series_is_kept_whole() {
        assert_eq!(places(&[3.0, 1.0, 2.0], 3, &BTreeSet::new()), [0, 1, 2]);
        assert_eq!(places(&[], 3, &BTreeSet::new()), [0; 0]);
    }

    #[test]
    fn a_single_spike_in_a_long_series_is_kept() {
        let mut values = vec![1.0; 100_000];
        values[54_321] = 9.0;
        values[77_777] = 0.02;
        let kept = places(&values, 400, &BTreeSet::from([12_345, 200_000]));
        for place in [0, 12_345, 54_321, 77_777, 99_999] {
            assert!(kept.contains(&place), "{place}");
        }
        assert!(kept.len() <= 402, "{}", kept.len());
    }

    proptest! {
        #[test]
        fn the_extremes_and_ends_are_kept_in_order_and_the_number_is_bounded(
            values in prop::collection::vec(-1e3_f64..1e3, 1..2000),
            most in 8_usize..300,
        ) {
            let kept = places(&values, most, &BTreeSet::new());
            prop_assert!(kept.is_sorted_by(|a, b| a < b));
            prop_assert!(kept.len() <= most + 4, "{} of {most}", kept.len());
            let of_kept = |pick: fn(f64, f64) -> f64| {
                kept.iter().map(|&at| values[at]).reduce(pick)
            };
            let of_all = |pick: fn(f64, f64) -> f64| values.iter().copied().reduce(pick);
            prop_assert_eq!(of_kept(f64::min), of_all(f64::min));
            prop_assert_eq!(of_kept(f64::max), of_all(f64::max));
            prop_assert_eq!((kept[0], kept[kept.len() - 1]), (0, values.len() - 1));
        }
    }
}
