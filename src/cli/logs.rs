//! The log of a session in files, in addition to stderr.
//!
//! Lines go through a bounded queue to a writer thread: logging never waits. Lines that find the
//! queue full or the disk failing are lost and counted (`replayer_log_lines_lost_total`).

mod rotating;

use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Mutex, OnceLock, PoisonError};

use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::{Layer, Registry, fmt, reload};

use crate::base::error::{Error, ErrorKind};
use crate::cli::layout::OneLine;
use crate::cli::settings;
use crate::live::monitor::Metrics;
use rotating::Rotating;

/// Maximum number of lines queued for the disk.
const LINES_MAX: usize = 16_384;

/// The layer that writes log lines, if any.
type Lines = Option<Box<dyn Layer<Registry> + Send + Sync>>;

/// The slot that [`keep`] fills: the process has one log, as it has one stderr.
static PLACE: OnceLock<reload::Handle<Lines, Registry>> = OnceLock::new();

/// Held until the last line must be on the disk.
static OPEN: Mutex<Option<WorkerGuard>> = Mutex::new(None);

/// The slot of the files among the log layers: empty until [`keep`].
pub(super) fn layer() -> reload::Layer<Lines, Registry> {
    let (layer, handle) = reload::Layer::new(None);
    // A second call in one process (tests) keeps the first subscriber and its slot.
    let _ = PLACE.set(handle);
    layer
}

/// Writes everything logged from now on to files, if the settings ask for it.
///
/// # Errors
/// When the folder cannot be written, or another session writes to it.
pub(super) fn keep(log: &settings::Log, metrics: &Metrics) -> Result<(), Error> {
    let (Some(folder), Some(place)) = (&log.folder, PLACE.get()) else { return Ok(()) };
    let file = Rotating::open(folder, log.file_bytes_max, log.files_max)?;
    let failed = file.failed();
    let queue = NonBlockingBuilder::default().buffered_lines_limit(LINES_MAX).thread_name("log");
    let (writer, guard) = queue.finish(file);
    let full = writer.error_counter();
    metrics.log.lost(move || full.dropped_lines() as u64 + failed.load(Relaxed));
    let lines = fmt::layer().with_ansi(false).with_writer(writer);
    let lines = if log.json { lines.json().boxed() } else { lines.fmt_fields(OneLine).boxed() };
    place.modify(|place| *place = Some(lines)).map_err(|source| {
        Error::new(ErrorKind::Io, "could not start writing a log").caused_by(source)
    })?;
    *OPEN.lock().unwrap_or_else(PoisonError::into_inner) = Some(guard);
    Ok(())
}

/// Writes the queued lines; waits for at most a second.
pub(super) fn close() {
    drop(OPEN.lock().unwrap_or_else(PoisonError::into_inner).take());
}
