//! Where a game was closed: the steps at which nothing could be decided.

/// The steps of a game at which bots are not asked: 0 is the presale, tick t is step t + 1. Nearly
/// always empty; a live game has such steps where the feed was late or could not be relied on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Closed(Vec<u32>);

impl Closed {
    /// Adds a step; steps come in order.
    ///
    /// # Panics
    /// When a later one was added before.
    pub fn push(&mut self, step: u32) {
        assert!(self.0.last().is_none_or(|&last| last < step), "steps come in order");
        self.0.push(step);
    }

    /// Whether it has a step.
    #[must_use]
    #[inline]
    pub fn has(&self, step: u32) -> bool {
        !self.0.is_empty() && self.0.binary_search(&step).is_ok()
    }

    /// Its steps, in order.
    #[must_use]
    pub fn steps(&self) -> &[u32] {
        &self.0
    }

    /// Its steps up to one, that included.
    #[must_use]
    pub fn until(&self, step: u32) -> Self {
        self.0.iter().copied().take_while(|&closed| closed <= step).collect()
    }

    /// Takes all steps away, and keeps the memory.
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
