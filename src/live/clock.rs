//! The clocks of the edge: the wall clock for what is kept, a steady one to measure by.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crate::engine::inbox::Stamp;
use crate::feed::Moment;

/// A steady clock.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock(Instant);

impl Clock {
    /// A clock that begins at zero.
    #[expect(clippy::disallowed_methods, reason = "measures; no result depends on it")]
    pub(super) fn start() -> Self {
        Self(Instant::now())
    }

    /// This moment.
    #[expect(clippy::disallowed_methods, reason = "a click has a deadline")]
    pub(super) fn now() -> Instant {
        Instant::now()
    }

    /// Microseconds since it began.
    #[expect(clippy::disallowed_methods, reason = "measures; no result depends on it")]
    pub(super) fn stamp(self) -> Stamp {
        self.stamp_of(Instant::now())
    }

    /// Nanoseconds since it began.
    #[expect(clippy::disallowed_methods, reason = "measures; no result depends on it")]
    pub(super) fn nanos(self) -> u64 {
        u64::try_from(Instant::now().saturating_duration_since(self.0).as_nanos())
            .unwrap_or(u64::MAX)
    }

    /// Microseconds from its beginning to a moment.
    pub(super) fn stamp_of(self, moment: Instant) -> Stamp {
        u64::try_from(moment.saturating_duration_since(self.0).as_micros()).unwrap_or(u64::MAX)
    }
}

/// Now, by the wall clock.
#[expect(clippy::disallowed_methods, reason = "what happens to a connection has a moment")]
#[must_use]
pub fn moment() -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(Moment::MAX)
}

/// A number that differs from process to process: for the jitter of reconnections, and nothing
/// else.
#[must_use]
pub fn luck() -> u64 {
    moment() ^ (u64::from(std::process::id()) << 32)
}
