//! When to try again, and when to give up. Pure: time and chance are arguments.

use std::time::Duration;

use crate::base::runtime::backoff::{Backoff, BackoffBounds};

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// Another attempt, after a wait.
    Wait(Duration),
    /// Give up: this many attempts in a row failed.
    GiveUp(u32),
}

/// The attempts so far.
#[derive(Debug)]
pub(super) struct AttemptPace {
    backoff: Backoff,
    bounds: BackoffBounds,
    failures_max: Option<u32>,
    /// Losses since the last healthy page.
    losses: u32,
    /// Attempts in a row that led to no page.
    failures: u32,
}

impl AttemptPace {
    pub(super) const fn new(bounds: BackoffBounds, failures_max: Option<u32>) -> Self {
        Self { backoff: Backoff::new(bounds), bounds, failures_max, losses: 0, failures: 0 }
    }

    /// What comes after a page that lived for a time, or after an attempt that led to none.
    ///
    /// The first attempt after a healthy time comes at once: a browser that was killed is back
    /// within half a second (docs/spec/browser.md#recovery). One that keeps dying soon waits longer
    /// and longer, but is not given up: it does come back.
    pub(super) fn after(&mut self, lived: Option<Duration>, draw: u64) -> Next {
        self.failures = if lived.is_some() { 0 } else { self.failures.saturating_add(1) };
        if self.failures_max.is_some_and(|most| self.failures >= most) {
            return Next::GiveUp(self.failures);
        }
        let lived = lived.unwrap_or_default();
        if lived >= self.bounds.healthy {
            *self = Self::new(self.bounds, self.failures_max);
        }
        self.losses = self.losses.saturating_add(1);
        if self.losses == 1 {
            return Next::Wait(Duration::ZERO);
        }
        Next::Wait(self.backoff.after(lived, draw))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(pace: &mut AttemptPace, lives: &[Option<u64>]) -> Vec<Option<u128>> {
        let wait = |lived: &Option<u64>| match pace.after(lived.map(Duration::from_secs), u64::MAX)
        {
            Next::Wait(wait) => Some(wait.as_millis()),
            Next::GiveUp(_) => None,
        };
        lives.iter().map(wait).collect()
    }

    #[test]
    fn the_first_attempt_comes_at_once_the_others_after_1_2_4_up_to_30_seconds() {
        let mut pace = AttemptPace::new(BackoffBounds::default(), None);
        let sequence = waits(&mut pace, &[None; 8]);
        let wanted = [0, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000];
        assert_eq!(sequence, wanted.map(Some));
    }

    #[test]
    fn a_page_that_keeps_dying_waits_longer_and_a_healthy_minute_begins_anew() {
        let mut pace = AttemptPace::new(BackoffBounds::default(), Some(3));
        let lives = [Some(5), Some(59), Some(5), None, None, Some(60), Some(1), Some(100)];
        let wanted = [0, 1_000, 2_000, 4_000, 8_000, 0, 1_000, 0];
        assert_eq!(waits(&mut pace, &lives), wanted.map(Some));
    }

    #[test]
    fn failures_in_a_row_end_it_and_a_page_in_between_does_not_let_them_add_up() {
        let mut pace = AttemptPace::new(BackoffBounds::default(), Some(3));
        let sequence = waits(&mut pace, &[None, None, Some(1), None, None, None]);
        assert_eq!(sequence.iter().position(Option::is_none), Some(5));
        let mut patient = AttemptPace::new(BackoffBounds::default(), None);
        assert!(waits(&mut patient, &[None; 1_000]).iter().all(Option::is_some));
    }
}
