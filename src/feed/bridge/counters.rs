//! What a client counts.

use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;

/// What a client has counted so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct ConnectionCounts {
    /// Connections that were made; all but the first are reconnects.
    pub connects: u64,
    /// Attempts that failed.
    pub failures: u64,
    /// Text frames received, whatever was in them.
    pub frames: u64,
    /// Bytes of text and binary frames.
    pub bytes: u64,
    /// Events handed over.
    pub events: u64,
    /// Messages above the limit, each of which ended its connection.
    pub oversize: u64,
    /// Events and acknowledgements with attachments: known to be there, not handed over.
    pub binary: u64,
    /// Binary frames: those attachments, and any that nobody announced.
    pub attachments: u64,
    /// Text frames that are none of the protocol, or not for our namespace.
    pub undecodable: u64,
    /// Acknowledgements that nobody waited for.
    pub unasked: u64,
}

/// The counters of a client: written by it, read by whoever shares them.
#[derive(Debug, Default)]
pub struct ConnectionCounters {
    pub(super) connects: Counter,
    pub(super) failures: Counter,
    pub(super) frames: Counter,
    pub(super) bytes: Counter,
    pub(super) events: Counter,
    pub(super) oversize: Counter,
    pub(super) binary: Counter,
    pub(super) attachments: Counter,
    pub(super) undecodable: Counter,
    pub(super) unasked: Counter,
}

impl ConnectionCounters {
    /// What they say now. Each is right; together they may be of neighbouring moments.
    #[must_use]
    pub fn read(&self) -> ConnectionCounts {
        ConnectionCounts {
            connects: self.connects.get(),
            failures: self.failures.get(),
            frames: self.frames.get(),
            bytes: self.bytes.get(),
            events: self.events.get(),
            oversize: self.oversize.get(),
            binary: self.binary.get(),
            attachments: self.attachments.get(),
            undecodable: self.undecodable.get(),
            unasked: self.unasked.get(),
        }
    }
}

/// A number that only grows.
#[derive(Debug, Default)]
pub(super) struct Counter(AtomicU64);

impl Counter {
    pub(super) fn one(&self) {
        self.add(1);
    }

    pub(super) fn add(&self, count: usize) {
        self.0.fetch_add(count as u64, Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
