//! When something arrived: a fact of what was heard.

use std::time::{Instant, SystemTime};

use crate::feed::Moment;

/// This moment, by both clocks: the wall's for what is kept, a steady one to measure from.
#[expect(clippy::disallowed_methods, reason = "when a frame arrived is a fact of the feed")]
#[must_use]
pub fn now() -> (Moment, Instant) {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    (Moment::try_from(since.as_millis()).unwrap_or(Moment::MAX), Instant::now())
}
