//! The queue between the caller and the writer thread.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use tracing::{error, warn};

use super::disk::Disk;
use super::item::{Item, ItemKind, SpoolMessage};
use super::metrics::{RecordingMetrics, Shared};
use super::repair::repair_folder;
use super::writer::Writer;
use super::{Config, OnDiskError};
use crate::base::decimals::counted;
use crate::base::error::{Error, ErrorKind};

/// The caller's end of the queue.
#[derive(Debug)]
pub(super) struct Spool {
    /// `None` once it is finished.
    open: Option<Open>,
    shared: Arc<Shared>,
    gauge: SpoolGauge,
    on_disk_error: OnDiskError,
    bytes_max: usize,
    finish_within: Duration,
    /// Number of losses since the last queued message.
    lost: u64,
}

#[derive(Debug)]
struct Open {
    messages: Sender<SpoolMessage>,
    /// Dropped, it tells the thread to stop retrying.
    stop: Sender<()>,
    done: Receiver<()>,
    thread: JoinHandle<Result<(), Error>>,
}

/// The metrics of a recorder, readable from any thread.
#[derive(Debug, Clone)]
pub struct SpoolGauge {
    shared: Arc<Shared>,
    /// Only to count messages: nothing is received here.
    queue: Receiver<SpoolMessage>,
}

impl SpoolGauge {
    /// The metrics at this moment.
    #[must_use]
    pub fn metrics(&self) -> RecordingMetrics {
        self.shared.metrics(&self.queue)
    }

    /// Why not everything can be recorded at this moment; `None` while it can.
    #[must_use]
    pub fn failing(&self) -> Option<String> {
        self.shared.unable()
    }
}

impl Spool {
    pub(super) fn start(
        kind: ItemKind,
        config: Config,
        disk: Box<dyn Disk>,
    ) -> Result<Self, Error> {
        repair_folder(&config.folder)?;
        let shared = Arc::new(Shared::new());
        let (messages, queue) = bounded(config.queue_messages);
        let (stop, stopped) = bounded(0);
        let (done_sender, done) = bounded(1);
        let (on_disk_error, finish_within) = (config.on_disk_error, config.finish_within);
        let bytes_max = config.queue_bytes;
        let writer = Writer::begin(kind, config, disk, Arc::clone(&shared))?;
        let gauge = SpoolGauge { shared: Arc::clone(&shared), queue: queue.clone() };
        let thread = thread::Builder::new()
            .name("recorder".to_owned())
            .spawn(move || {
                let ended = writer.run(&queue, &stopped);
                // The caller may have stopped waiting.
                let _ = done_sender.send(());
                ended
            })
            .map_err(|source| {
                Error::new(ErrorKind::Io, "could not start the thread that records")
                    .caused_by(source)
            })?;
        let open = Some(Open { messages, stop, done, thread });
        Ok(Self { open, shared, gauge, on_disk_error, bytes_max, finish_within, lost: 0 })
    }

    /// Queues an item, or counts it as lost. Never waits.
    pub(super) fn send(&mut self, item: Item) -> Result<(), Error> {
        let (count, weight, at, game) = (item.count(), item.weight(), item.at(), item.game());
        let Some(open) = &self.open else { return self.answer() };
        if open.thread.is_finished() {
            // The thread ends only when told to, or by a panic.
            return Err(died());
        }
        let bytes = self.shared.queued_bytes.fetch_add(weight, Relaxed) + weight;
        let message = SpoolMessage { item, lost_before: self.lost, weight };
        let sent = if bytes > self.bytes_max {
            Err(TrySendError::Full(message))
        } else {
            open.messages.try_send(message)
        };
        match sent {
            Ok(()) => {
                self.lost = 0;
                let (waiting, room) = (open.messages.len(), open.messages.capacity());
                // Not with every message that finds the room of another one.
                let has_room = room.is_none_or(|room| 2 * waiting <= room);
                if has_room && self.shared.is_full.swap(false, Relaxed) {
                    warn!(
                        "everything is recorded again; lost in all: {} facts of {}",
                        self.shared.lost.load(Relaxed),
                        counted(self.shared.lost_in(), "game")
                    );
                }
                self.shared.heard.store(at.as_ms(), Relaxed);
                self.shared.queued_max.fetch_max(open.messages.len(), Relaxed);
            }
            Err(_) => {
                self.shared.queued_bytes.fetch_sub(weight, Relaxed);
                if !self.shared.is_full.swap(true, Relaxed) {
                    error!(
                        "the recorder cannot keep up: facts received from now on are not recorded"
                    );
                }
                self.lost += count;
                self.shared.lose(count, game);
            }
        }
        self.answer()
    }

    /// The result for the caller of a recording function.
    pub(super) fn answer(&self) -> Result<(), Error> {
        if self.on_disk_error == OnDiskError::Continue {
            return Ok(());
        }
        let lost = self.shared.lost.load(Relaxed);
        if lost > 0 {
            let what = format!("{lost} facts could not be recorded");
            return Err(Error::new(ErrorKind::Io, what).hint("the disk is too slow, or full"));
        }
        if self.shared.is_failing.load(Relaxed) {
            let why = self.shared.failing().unwrap_or_default();
            return Err(Error::new(ErrorKind::Io, format!("recording failed: {why}")));
        }
        Ok(())
    }

    pub(super) fn metrics(&self) -> RecordingMetrics {
        self.gauge.metrics()
    }

    pub(super) fn gauge(&self) -> SpoolGauge {
        self.gauge.clone()
    }

    /// Ends the thread, which first writes the queue; does nothing the second time.
    pub(super) fn finish(&mut self) -> Result<(), Error> {
        let Some(Open { messages, stop, done, thread }) = self.open.take() else { return Ok(()) };
        self.shared.lost_at_end.store(self.lost, Relaxed);
        // A reader that sees the queue closed sees what was stored before.
        drop(messages);
        drop(stop);
        if let Err(crossbeam_channel::RecvTimeoutError::Timeout) =
            done.recv_timeout(self.finish_within)
        {
            let left = self.gauge.queue.len();
            let what = format!(
                "the disk did not accept the recording within {} ms; {left} messages are lost",
                self.finish_within.as_millis()
            );
            return Err(Error::new(ErrorKind::Io, what).hint(
                "what is on the disk is complete; the next recorder in this folder finishes it",
            ));
        }
        let ended = thread.join();
        ended.unwrap_or_else(|_| Err(died()))
    }
}

fn died() -> Error {
    Error::new(ErrorKind::Io, "the thread that records died")
        .hint("what is on the disk is complete; the panic above says why")
}

impl Drop for Spool {
    fn drop(&mut self) {
        if let Err(error) = self.finish() {
            error!("{error:#}");
        }
    }
}
