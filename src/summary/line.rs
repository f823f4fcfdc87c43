//! Figures along a run, of which a part may be here.

use serde::{Deserialize, Serialize};

/// One figure per stretch of a run, for the stretches that were touched: neighbours, because games
/// come in order.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Line<T> {
    first: u64,
    figures: Vec<T>,
}

impl<T: Clone + Default> Line<T> {
    /// The figure of a stretch, at or after the first one touched.
    pub(super) fn at(&mut self, stretch: u64) -> &mut T {
        if self.figures.is_empty() {
            self.first = stretch;
        }
        let place = usize::try_from(stretch - self.first).expect("a stretch of a line");
        if self.figures.len() <= place {
            self.figures.resize(place + 1, T::default());
        }
        &mut self.figures[place]
    }

    /// Adds the figures of the part of the run that follows.
    pub(super) fn merge(&mut self, next: &Self, add: impl Fn(&mut T, &T)) {
        for (stretch, figure) in (next.first..).zip(&next.figures) {
            add(self.at(stretch), figure);
        }
    }

    /// The figures from the first stretch touched on.
    pub(super) fn figures(&self) -> &[T] {
        &self.figures
    }
}
