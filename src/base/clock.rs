//! The clocks of the edge, looked at in one place: the wall's for what is kept, a steady one to
//! measure by. No result depends on either.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crate::model::time::Moment;

/// Now, by the wall clock.
#[expect(clippy::disallowed_methods, reason = "what happens to a connection has a moment")]
#[must_use]
pub fn moment() -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(Moment::MAX)
}

/// Now, by both clocks: the wall's for what is kept, a steady one to measure from.
#[expect(clippy::disallowed_methods, reason = "when a frame arrived is a fact of the feed")]
#[must_use]
pub fn now() -> (Moment, Instant) {
    (moment(), Instant::now())
}

/// A number that differs from process to process: for the jitter of reconnections, and nothing
/// else.
#[must_use]
pub fn luck() -> u64 {
    moment() ^ (u64::from(std::process::id()) << 32)
}
