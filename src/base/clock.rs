//! The only place that reads clocks: the wall clock for what is kept, a monotonic one for
//! measuring. No result depends on either.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crate::model::time::{Moment, Stamp};

/// The current time by the wall clock.
#[expect(clippy::disallowed_methods, reason = "events of a connection carry the time")]
#[must_use]
pub fn moment() -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Moment::from_ms(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// The current time by both clocks: the wall clock to keep, the monotonic one to measure from.
#[expect(clippy::disallowed_methods, reason = "when a frame arrived is a fact of the feed")]
#[must_use]
pub fn now() -> (Moment, Instant) {
    (moment(), Instant::now())
}

/// A number that differs from process to process. Only for the jitter of reconnections.
#[must_use]
pub fn luck() -> u64 {
    moment().as_ms() ^ (u64::from(std::process::id()) << 32)
}

/// A steady clock that begins at zero and measures how long things take.
#[derive(Debug, Clone, Copy)]
pub struct Clock(Instant);

impl Clock {
    /// A clock that begins at zero.
    #[expect(clippy::disallowed_methods, reason = "measures; no result depends on it")]
    #[must_use]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// The present moment, for deadlines.
    #[expect(clippy::disallowed_methods, reason = "a click has a deadline")]
    #[must_use]
    pub fn now() -> Instant {
        Instant::now()
    }

    /// Microseconds since it began.
    #[must_use]
    pub fn stamp(self) -> Stamp {
        self.stamp_of(Self::now())
    }

    /// Nanoseconds since it began.
    #[must_use]
    pub fn nanos(self) -> u64 {
        u64::try_from(Self::now().saturating_duration_since(self.0).as_nanos()).unwrap_or(u64::MAX)
    }

    /// Microseconds from its beginning to a moment; zero for one before it.
    #[must_use]
    pub fn stamp_of(self, moment: Instant) -> Stamp {
        let since = moment.saturating_duration_since(self.0);
        Stamp::from_us(u64::try_from(since.as_micros()).unwrap_or(u64::MAX))
    }
}
