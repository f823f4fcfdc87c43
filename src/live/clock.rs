//! A steady clock: how long things take in a live session.

use std::time::{Duration, Instant};

use crate::model::time::Stamp;

/// Longest time between two looks at whether to stop, where no world is played.
pub(super) const LOOK: Duration = Duration::from_millis(50);

/// A steady clock that begins at zero.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock(Instant);

impl Clock {
    /// A clock that begins at zero.
    #[expect(clippy::disallowed_methods, reason = "measures; no result depends on it")]
    pub(super) fn start() -> Self {
        Self(Instant::now())
    }

    /// The present moment, for deadlines.
    #[cfg(feature = "browser")]
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
