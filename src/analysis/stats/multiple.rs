//! Many comparisons at once: p-values corrected for their number.

/// Holm's adjusted p-values: the chance that any true null hypothesis is rejected stays below the
/// level, however the figures depend on each other.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "a count of comparisons")]
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut adjusted = vec![0.0; p_values.len()];
    let mut highest = 0.0_f64;
    for (place, at) in ascending(p_values).into_iter().enumerate() {
        let left = (p_values.len() - place) as f64;
        highest = highest.max((left * p_values[at]).min(1.0));
        adjusted[at] = highest;
    }
    adjusted
}

/// Adjusted p-values by Benjamini and Hochberg: of those called significant at a level, at most
/// that share is expected to be luck (figures independent or positively dependent).
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "a count of comparisons")]
pub fn benjamini_hochberg(p_values: &[f64]) -> Vec<f64> {
    let mut adjusted = vec![0.0; p_values.len()];
    let mut lowest = 1.0_f64;
    for (place, at) in ascending(p_values).into_iter().enumerate().rev() {
        lowest = lowest.min(p_values[at] * (p_values.len() as f64 / (place + 1) as f64));
        adjusted[at] = lowest;
    }
    adjusted
}

/// The indices of the p-values, lowest first; equal ones in their order.
fn ascending(p_values: &[f64]) -> Vec<usize> {
    let mut places: Vec<usize> = (0..p_values.len()).collect();
    places.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    places
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn assert_near(found: &[f64], expected: &[f64]) {
        let near = found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12);
        assert!(near && found.len() == expected.len(), "{found:?} {expected:?}");
    }

    #[test]
    fn adjusted_p_values_are_those_computed_by_hand() {
        let p_values = [0.01, 0.04, 0.03, 0.005];
        // Sorted 0.005 x 4, 0.01 x 3, 0.03 x 2, then 0.04 is raised to the one before.
        assert_near(&holm(&p_values), &[0.03, 0.06, 0.06, 0.02]);
        // 0.04 x 4/4, 0.03 x 4/3 = 0.04, 0.01 x 4/2, 0.005 x 4/1.
        assert_near(&benjamini_hochberg(&p_values), &[0.02, 0.04, 0.04, 0.02]);
        assert_near(&holm(&[0.6, 0.7]), &[1.0, 1.0]);
    }

    proptest! {
        #[test]
        fn no_p_value_falls_and_none_exceeds_one(p_values in prop::collection::vec(0.0..=1.0_f64, 0..40)) {
            let (holm, bh) = (holm(&p_values), benjamini_hochberg(&p_values));
            for ((p, holm), bh) in p_values.iter().zip(&holm).zip(&bh) {
                prop_assert!(p <= bh && *bh <= holm * (1.0 + 1e-12) && *holm <= 1.0);
            }
        }
    }
}
