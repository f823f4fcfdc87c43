//! Notifications to the service manager that started the process, if any: ready, alive, stopping
//! (`sd_notify(3)`).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use sd_notify::NotifyState;
use tracing::debug;

use crate::base::error::{Error, ErrorKind};
use crate::base::printable;
use crate::live::monitor::Metrics;

/// Longest interval between two checks of the session.
const LOOK: Duration = Duration::from_millis(200);

/// Reports the state of the session to the service manager; when dropped, that it stops.
///
/// It runs on a thread of its own, but reports the session's heartbeat: when a world hangs, the
/// watchdog is not fed, and the manager restarts the service.
#[derive(Debug)]
pub(super) struct Service {
    over: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Service {
    /// Starts the notifications; `None` if no manager expects them.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub(super) fn begin(
        metrics: &Arc<Metrics>,
        stop: &'static AtomicBool,
    ) -> Result<Option<Self>, Error> {
        if std::env::var_os("NOTIFY_SOCKET").is_none() {
            return Ok(None);
        }
        let (over, ended) = bounded(0);
        let metrics = Arc::clone(metrics);
        let thread = thread::Builder::new()
            .name("service".to_owned())
            .spawn(move || tell(&metrics, stop, &ended))
            .map_err(|source| {
                Error::new(ErrorKind::Io, "could not start the thread for the service manager")
                    .caused_by(source)
            })?;
        Ok(Some(Self { over: Some(over), thread: Some(thread) }))
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.over = None;
        if let Some(thread) = self.thread.take() {
            // The thread has reported its own panic.
            let _ = thread.join();
        }
    }
}

fn tell(metrics: &Metrics, stop: &AtomicBool, ended: &Receiver<()>) {
    // Three checks per watchdog interval, so that one may be late.
    let look = sd_notify::watchdog_enabled().map_or(LOOK, |within| LOOK.min(within / 3));
    let (mut seen, mut said) = (0, String::new());
    while ended.recv_timeout(look) == Err(RecvTimeoutError::Timeout)
        && !stop.load(Ordering::Relaxed)
    {
        let beats = metrics.heartbeat.beats();
        if beats == seen {
            continue;
        }
        if seen == 0 {
            notify(NotifyState::Ready);
        }
        seen = beats;
        notify(NotifyState::Watchdog);
        let status = metrics.feed.ready().unwrap_or_else(|not_ready| not_ready);
        if status != said {
            // A line break would begin a message of its own.
            notify(NotifyState::Status(&printable::one_line(&status)));
            said = status;
        }
    }
    notify(NotifyState::Stopping);
}

fn notify(state: NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(&[state]) {
        debug!("could not notify the service manager: {error}");
    }
}
