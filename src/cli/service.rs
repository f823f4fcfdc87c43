//! What a manager of services is told, where one started us: ready, alive, stopping (`sd_notify(3)`).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use sd_notify::NotifyState;
use tracing::debug;

use crate::base::error::{Error, ErrorKind};
use crate::live::monitor::Metrics;

/// Longest time between two looks at the session.
const LOOK: Duration = Duration::from_millis(200);

/// Tells the manager how the session is. Dropped, it says that it stops.
///
/// It is a thread of its own, but speaks for the session's: a world that hangs beats no more, the watchdog
/// is not fed, and the manager starts the service again.
#[derive(Debug)]
pub(super) struct Service {
    over: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Service {
    /// Begins to tell; nothing where nobody wants to know.
    ///
    /// # Errors
    /// When there is no thread to be had.
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
                Error::new(ErrorKind::Io, "could not start the thread for the manager of services")
                    .caused_by(source)
            })?;
        Ok(Some(Self { over: Some(over), thread: Some(thread) }))
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.over = None;
        if let Some(thread) = self.thread.take() {
            // A panic over there was reported there.
            let _ = thread.join();
        }
    }
}

fn tell(metrics: &Metrics, stop: &AtomicBool, ended: &Receiver<()>) {
    // Three looks in the time that the watchdog gives, so that one may come late.
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
            notify(NotifyState::Status(&status));
            said = status;
        }
    }
    notify(NotifyState::Stopping);
}

fn notify(state: NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(&[state]) {
        debug!("the manager of services cannot be told: {error}");
    }
}
