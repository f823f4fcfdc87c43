//! Figures along a run, or a part of it, in memory that does not grow with it.

use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

/// One figure per stretch of a run, for at most `MOST` stretches: beyond that, stretches double in
/// length. They begin at multiples of their length, whichever part of the run is here. So merged
/// parts have the stretches of the whole, and the length of the run need not be known.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Stretches<T, const MOST: usize> {
    /// A stretch is `2^doublings` games (or lives) long.
    doublings: u32,
    first: u64,
    /// From the first stretch touched on, without gaps, because games come in order.
    figures: Vec<T>,
}

impl<T: Clone + Default + AddAssign, const MOST: usize> Stretches<T, MOST> {
    /// Adds to the figure of the stretch that contains a place, at or after the first one touched.
    pub(super) fn add(&mut self, place: u64, more: T) {
        if self.figures.is_empty() {
            self.first = place >> self.doublings;
        }
        while self.stretch(place) >= MOST {
            self.double();
        }
        let stretch = self.stretch(place);
        if self.figures.len() <= stretch {
            self.figures.resize(stretch + 1, T::default());
        }
        self.figures[stretch] += more;
    }

    /// Adds the figures of the next part of the run.
    pub(super) fn merge(&mut self, next: &Self) {
        while self.doublings < next.doublings {
            self.double();
        }
        for (stretch, figure) in (next.first..).zip(&next.figures) {
            self.add(stretch << next.doublings, figure.clone());
        }
    }

    /// The figures from the first stretch touched on.
    pub(super) fn figures(&self) -> &[T] {
        &self.figures
    }

    /// The first place after each of these stretches.
    pub(super) fn ends(&self) -> impl Iterator<Item = u64> {
        let stretches = self.first..self.first + self.figures.len() as u64;
        stretches.map(|stretch| (stretch + 1) << self.doublings)
    }

    fn stretch(&self, place: u64) -> usize {
        usize::try_from((place >> self.doublings) - self.first).expect("a stretch of a line")
    }

    /// Doubles the length of the stretches.
    fn double(&mut self) {
        let first = self.first / 2;
        let mut longer = Vec::with_capacity(MOST);
        for (stretch, figure) in (self.first..).zip(self.figures.drain(..)) {
            match longer.last_mut() {
                Some(last) if !stretch.is_multiple_of(2) => *last += figure,
                _ => longer.push(figure),
            }
        }
        (self.doublings, self.first, self.figures) = (self.doublings + 1, first, longer);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line(places: impl IntoIterator<Item = u64>) -> Stretches<u64, 8> {
        let mut line = Stretches::default();
        places.into_iter().for_each(|place| line.add(place, 1));
        line
    }

    #[test]
    fn stretches_double_when_there_would_be_too_many_of_them() {
        assert_eq!(line(0..8).figures(), [1; 8]);
        assert_eq!(line(0..9).figures(), [2, 2, 2, 2, 1]);
        assert_eq!(line(0..9).ends().collect::<Vec<_>>(), [2, 4, 6, 8, 10]);
        assert_eq!(line(5..14).figures(), [1, 2, 2, 2, 2]);
        assert_eq!(line([3, 1_000_000]).figures().iter().sum::<u64>(), 2);
    }

    proptest! {
        /// Any division of a run into parts gives the line of the whole.
        #[test]
        fn parts_make_the_line_of_the_whole(
            games in 1_u64..5_000,
            mut cuts in proptest::collection::vec(0_u64..5_000, 0..6),
        ) {
            cuts.extend([0, games]);
            cuts.retain(|&cut| cut <= games);
            cuts.sort_unstable();
            let mut merged = line([]);
            for part in cuts.windows(2) {
                merged.merge(&line(part[0]..part[1]));
            }
            prop_assert_eq!(merged, line(0..games));
        }
    }
}
