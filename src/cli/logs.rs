//! The log of a session in files, beside stderr.
//!
//! Lines go through a bounded queue to a thread that writes: who logs never waits. What finds the queue
//! full, or a disk that refuses, is lost and counted (`replayer_log_lines_lost_total`).

mod rotating;

use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Mutex, OnceLock, PoisonError};

use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::{Layer, Registry, fmt, reload};

use crate::base::error::{Error, ErrorKind};
use crate::cli::settings;
use crate::live::monitor::Metrics;
use rotating::Rotating;

/// Lines that may wait for the disk.
const LINES_MAX: usize = 16_384;

/// What writes lines, where something does.
type Lines = Option<Box<dyn Layer<Registry> + Send + Sync>>;

/// Where [`keep`] puts it: the process has one log, as it has one stderr.
static PLACE: OnceLock<reload::Handle<Lines, Registry>> = OnceLock::new();

/// Held until the last line is to be on the disk.
static OPEN: Mutex<Option<WorkerGuard>> = Mutex::new(None);

/// The place of the files among those who are told: empty until [`keep`].
pub(super) fn layer() -> reload::Layer<Lines, Registry> {
    let (layer, handle) = reload::Layer::new(None);
    // A second call in one process (tests) keeps the first subscriber, and its place.
    let _ = PLACE.set(handle);
    layer
}

/// Writes what is logged from now on to files, where the settings want it.
///
/// # Errors
/// When the folder cannot be written, or another session writes there.
pub(super) fn keep(log: &settings::Log, metrics: &Metrics) -> Result<(), Error> {
    let (Some(folder), Some(place)) = (&log.folder, PLACE.get()) else { return Ok(()) };
    let file = Rotating::open(folder, log.file_bytes_max, log.files_max)?;
    let failed = file.failed();
    let queue = NonBlockingBuilder::default().buffered_lines_limit(LINES_MAX).thread_name("log");
    let (writer, guard) = queue.finish(file);
    let full = writer.error_counter();
    metrics.log.lost(move || full.dropped_lines() as u64 + failed.load(Relaxed));
    let lines = fmt::layer().with_ansi(false).with_writer(writer);
    let lines = if log.json { lines.json().boxed() } else { lines.boxed() };
    place.modify(|place| *place = Some(lines)).map_err(|source| {
        Error::new(ErrorKind::Io, "could not begin to write a log").caused_by(source)
    })?;
    *OPEN.lock().unwrap_or_else(PoisonError::into_inner) = Some(guard);
    Ok(())
}

/// Writes what still waits, for a second at the longest.
pub(super) fn close() {
    drop(OPEN.lock().unwrap_or_else(PoisonError::into_inner).take());
}
