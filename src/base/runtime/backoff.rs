//! How long to wait before the next attempt. Pure: time and randomness are arguments.

use std::time::Duration;

/// The bounds of the waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackoffBounds {
    /// The first wait; each further one is twice as long.
    pub first: Duration,
    /// Upper bound of the doubling waits.
    pub longest: Duration,
    /// A connection that lived this long was a good one: the next wait is the first again.
    pub healthy: Duration,
}

impl Default for BackoffBounds {
    /// 1 s doubling to 30 s, back to 1 s after a connection of at least a minute
    /// (docs/how-to/live.md#what-happens-when-the-feed-misbehaves).
    fn default() -> Self {
        Self {
            first: Duration::from_secs(1),
            longest: Duration::from_secs(30),
            healthy: Duration::from_secs(60),
        }
    }
}

/// The waits between attempts: doubling, with equal jitter.
#[derive(Debug, Clone)]
pub struct Backoff {
    bounds: BackoffBounds,
    next: Duration,
}

impl Backoff {
    /// Begins with the first wait.
    #[must_use]
    pub const fn new(bounds: BackoffBounds) -> Self {
        Self { bounds, next: bounds.first }
    }

    /// The wait after a connection that lived for `lived`; zero for an attempt that failed.
    ///
    /// Half of the wait is fixed, the other half is scaled by `draw`, a uniformly distributed
    /// number, so that clients that lost the same server do not all come back at once.
    pub fn after(&mut self, lived: Duration, draw: u64) -> Duration {
        if lived >= self.bounds.healthy {
            self.next = self.bounds.first;
        }
        let whole = self.next.min(self.bounds.longest);
        self.next = whole.saturating_mul(2).min(self.bounds.longest);
        let half = whole / 2;
        // The draw as a share of one, in fixed point: 0 to 2^32 - 1.
        let share = u32::try_from(draw >> 32).expect("the upper half of 64 bits fits into 32");
        half + half.mul_f64(f64::from(share) / f64::from(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn waits(backoff: &mut Backoff, draw: u64, lives: &[Duration]) -> Vec<u128> {
        lives.iter().map(|&lived| backoff.after(lived, draw).as_millis()).collect()
    }

    #[test]
    fn waits_double_from_one_to_thirty_seconds_with_half_of_each_certain() {
        let failed = [Duration::ZERO; 8];
        let mut least = Backoff::new(BackoffBounds::default());
        let sequence = waits(&mut least, 0, &failed);
        assert_eq!(sequence, [500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
        let mut most = Backoff::new(BackoffBounds::default());
        let sequence = waits(&mut most, u64::MAX, &failed);
        assert_eq!(sequence, [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
        let mut middle = Backoff::new(BackoffBounds::default());
        let sequence = waits(&mut middle, u64::MAX / 2 + 1, &failed[..3]);
        assert_eq!(sequence, [750, 1_500, 3_000]);
    }

    #[test]
    fn only_a_healthy_minute_begins_anew() {
        let mut backoff = Backoff::new(BackoffBounds::default());
        let short = MINUTE - Duration::from_millis(1);
        let sequence = waits(
            &mut backoff,
            u64::MAX,
            &[Duration::ZERO, short, short, MINUTE, short, MINUTE * 9],
        );
        assert_eq!(sequence, [1_000, 2_000, 4_000, 1_000, 2_000, 1_000]);
    }

    proptest! {
        #[test]
        fn no_wait_is_above_the_longest_or_below_half_of_the_first(
            draws in prop::collection::vec((any::<u64>(), 0_u64..200), 1..100),
        ) {
            let mut backoff = Backoff::new(BackoffBounds::default());
            for (draw, lived) in draws {
                let wait = backoff.after(Duration::from_secs(lived), draw);
                prop_assert!(wait >= Duration::from_millis(500));
                prop_assert!(wait <= Duration::from_secs(30));
            }
        }
    }
}
