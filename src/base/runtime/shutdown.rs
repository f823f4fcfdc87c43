//! The stop signal, passed down as an argument.

use std::sync::Arc;

use tokio::sync::watch;

/// A token that signals once that it is time to stop. Its clones are the same token.
///
/// Stop means: no new work, drain, flush, end. A function that takes it as an argument ends soon
/// after the signal, wherever it is. The signal is sent once and cannot be withdrawn.
#[derive(Debug, Clone)]
pub struct Shutdown(Arc<watch::Sender<bool>>);

impl Shutdown {
    /// A token that is not stopped yet.
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }

    /// Sends the signal, from any thread or task. Never waits.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }

    /// Whether the signal was sent.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits for the signal; returns at once when it was sent before. Cancel safe.
    pub async fn stopped(&self) {
        let mut watch = self.0.subscribe();
        // Cannot fail while we hold the sender.
        let _ = watch.wait_for(|stopped| *stopped).await;
    }
}

impl Default for Shutdown {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn a_plain_thread_stops_what_waits_in_tasks_and_the_late_ones_need_not_wait() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let shutdown = Shutdown::new();
        assert!(!shutdown.is_stopped());
        let stopper = shutdown.clone();
        let thread = thread::spawn(move || stopper.stop());
        runtime.block_on(async {
            tokio::join!(shutdown.stopped(), shutdown.stopped());
            shutdown.stopped().await;
        });
        thread.join().unwrap();
        shutdown.stop();
        assert!(shutdown.is_stopped() && shutdown.clone().is_stopped());
    }
}
