//! The counters of a client.

use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;

/// The numbers counted so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct ConnectionCounts {
    /// Connections made; all but the first are reconnects.
    pub connects: u64,
    /// Number of failed attempts.
    pub failures: u64,
    /// Text frames received, whatever their content.
    pub frames: u64,
    /// Bytes of the text and binary frames received.
    pub bytes: u64,
    /// Events passed to the handler.
    pub events: u64,
    /// Messages above the size limit, each of which ended its connection.
    pub oversize: u64,
    /// Events and acknowledgements with attachments: counted, not passed on.
    pub binary: u64,
    /// Binary frames: those attachments, and unannounced ones.
    pub attachments: u64,
    /// Text frames that violate the protocol, or are for another namespace.
    pub undecodable: u64,
    /// Acknowledgements that nothing waited for.
    pub unasked: u64,
}

/// The counters of a client: it writes them, any holder reads them.
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
    /// The current numbers. Each is exact; together they may be of slightly different moments.
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

/// A counter that only grows.
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
