//! Whether a session goes on.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Beats as often as the thread of a session comes round. Written there, and nowhere else.
#[derive(Debug, Default)]
pub struct Heartbeat(AtomicU64);

impl Heartbeat {
    /// The session came round.
    pub fn beat(&self) {
        self.0.fetch_add(1, Relaxed);
    }

    /// How often it did: a session that goes on has more of them a second later.
    #[must_use]
    pub fn beats(&self) -> u64 {
        self.0.load(Relaxed)
    }
}
