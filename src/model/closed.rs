//! The steps of a game that are closed: nothing could be decided at them.

/// The steps of a game at which bots are paused: 0 is the presale, tick t is step t + 1. Nearly
/// always empty; a live game has closed steps where the feed was late or unreliable.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Closed(Vec<u32>);

impl Closed {
    /// Adds a step. Add steps in ascending order.
    ///
    /// # Panics
    /// When a later step was added before.
    pub fn push(&mut self, step: u32) {
        assert!(self.0.last().is_none_or(|&last| last < step), "steps come in order");
        self.0.push(step);
    }

    /// Whether a step is closed.
    #[must_use]
    #[inline]
    pub fn has(&self, step: u32) -> bool {
        !self.0.is_empty() && self.0.binary_search(&step).is_ok()
    }

    /// The closed steps, in ascending order.
    #[must_use]
    pub fn steps(&self) -> &[u32] {
        &self.0
    }

    /// The closed steps up to and including `step`.
    #[must_use]
    pub fn until(&self, step: u32) -> Self {
        self.0.iter().copied().take_while(|&closed| closed <= step).collect()
    }

    /// Removes all steps and keeps the allocated memory.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

impl FromIterator<u32> for Closed {
    fn from_iter<I: IntoIterator<Item = u32>>(steps: I) -> Self {
        let mut closed = Self::default();
        steps.into_iter().for_each(|step| closed.push(step));
        closed
    }
}
