//! The only place that reads clocks: the wall clock for what is kept, a monotonic one for
//! measuring. No result depends on either.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crate::model::time::Moment;

/// The current time by the wall clock.
#[expect(clippy::disallowed_methods, reason = "events of a connection carry the time")]
#[must_use]
pub fn moment() -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(Moment::MAX)
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
    moment() ^ (u64::from(std::process::id()) << 32)
}
