//! The threads of async code: one runtime, started, and ended in bounded time.

pub mod backoff;
mod shutdown;
pub(crate) mod threads;

use std::any::Any;
use std::future::Future;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, after, select_biased, unbounded};
use tokio::task::JoinError;

use crate::base::error::{Error, ErrorKind};
pub use shutdown::Shutdown;

/// Longest time that tasks get to end: 2 s (docs/spec/performance.md#stopping).
pub const GRACE: Duration = Duration::from_secs(2);

/// Worker threads: when a handler blocks one, timers still run on the other.
const THREADS: usize = 2;

/// A task that ended: its name and result.
type Ended = (&'static str, Result<(), Error>);

/// The runtime of async code on its own threads, with its tasks. Dropped, it stops them without
/// waiting.
#[derive(Debug)]
pub struct Runtime {
    /// `Some` until it is dropped.
    tokio: Option<tokio::runtime::Runtime>,
    shutdown: Shutdown,
    running: Vec<&'static str>,
    ended: (Sender<Ended>, Receiver<Ended>),
}

impl Runtime {
    /// Starts the threads.
    ///
    /// # Errors
    /// [`ErrorKind::Live`] when the system provides no threads.
    pub fn start(shutdown: Shutdown) -> Result<Self, Error> {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        builder.worker_threads(THREADS).thread_name("replayer-bridge");
        let tokio = threads::start(&mut builder).map_err(|source| {
            Error::new(ErrorKind::Live, "could not start the threads of the async runtime")
                .caused_by(source)
        })?;
        Ok(Self { tokio: Some(tokio), shutdown, running: Vec::new(), ended: unbounded() })
    }

    /// The token that stops its tasks.
    #[must_use]
    pub const fn shutdown(&self) -> &Shutdown {
        &self.shutdown
    }

    /// Starts a task. The task must end soon after the token is stopped. When it fails or panics,
    /// it stops the token itself, so that the others do not run on without it.
    pub fn spawn(
        &mut self,
        name: &'static str,
        task: impl Future<Output = Result<(), Error>> + Send + 'static,
    ) {
        let Some(tokio) = &self.tokio else { return };
        let task = tokio.spawn(task);
        let (ended, shutdown) = (self.ended.0.clone(), self.shutdown.clone());
        tokio.spawn(async move {
            let result = task.await.unwrap_or_else(|error| Err(died(name, error)));
            if result.is_err() {
                shutdown.stop();
            }
            // The receiver is gone once the runtime is dropped.
            let _ = ended.send((name, result));
        });
        self.running.push(name);
    }

    /// Waits until all tasks have ended by themselves.
    ///
    /// # Errors
    /// The first error of a task, or [`ErrorKind::Live`] for one that panicked; the others are then
    /// stopped.
    pub fn wait(mut self) -> Result<(), Error> {
        while !self.running.is_empty() {
            let Ok(ended) = self.ended.1.recv() else { break };
            if let Err(error) = self.note(ended) {
                // Report the first error; later ones follow from it.
                let _ = self.join();
                return Err(error);
            }
        }
        Ok(())
    }

    /// Stops all tasks and waits up to [`GRACE`] until they have ended.
    ///
    /// # Errors
    /// As [`join_within`](Self::join_within).
    pub fn join(self) -> Result<(), Error> {
        self.join_within(GRACE)
    }

    /// Stops all tasks and waits up to `most` until they have ended.
    ///
    /// # Errors
    /// The first error of a task; [`ErrorKind::Live`] for one that panicked or did not end in time.
    pub fn join_within(mut self, most: Duration) -> Result<(), Error> {
        self.shutdown.stop();
        let limit = after(most);
        let mut outcome = Ok(());
        while !self.running.is_empty() {
            select_biased! {
                recv(self.ended.1) -> ended => {
                    let Ok(ended) = ended else { break };
                    outcome = outcome.and(self.note(ended));
                }
                recv(limit) -> _ => {
                    let late = self.running.join(", ");
                    let what = format!("tasks still running after {most:?}: {late}");
                    return outcome.and(Err(Error::new(ErrorKind::Live, what)));
                }
            }
        }
        outcome
    }

    fn note(&mut self, (name, result): Ended) -> Result<(), Error> {
        if let Some(at) = self.running.iter().position(|running| *running == name) {
            self.running.swap_remove(at);
        }
        result
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        self.shutdown.stop();
        if let Some(tokio) = self.tokio.take() {
            // A name lookup cannot be interrupted, and nothing needs to wait for it.
            tokio.shutdown_background();
        }
    }
}

/// The error of a task that panicked or was cancelled.
fn died(name: &str, error: JoinError) -> Error {
    let how = match error.try_into_panic() {
        Ok(panic) => format!("panicked: {}", words(&*panic)),
        Err(_) => "was cancelled".to_owned(),
    };
    Error::new(ErrorKind::Live, format!("the task {name} {how}"))
}

fn words(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("without a message")
}
