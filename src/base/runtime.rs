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

/// Longest time that tasks get to end (docs/spec/performance.md#stopping).
pub const GRACE: Duration = Duration::from_secs(2);

/// Threads: one may be held up by a handler, and timers still ring.
const THREADS: usize = 2;

/// A task that ended, by its name.
type Ended = (&'static str, Result<(), Error>);

/// The runtime of async code, on threads of its own, with the tasks that run in it. Dropped, it
/// stops them and does not wait.
#[derive(Debug)]
pub struct Runtime {
    /// There until it is dropped.
    tokio: Option<tokio::runtime::Runtime>,
    shutdown: Shutdown,
    running: Vec<&'static str>,
    ended: (Sender<Ended>, Receiver<Ended>),
}

impl Runtime {
    /// Starts the threads.
    ///
    /// # Errors
    /// [`ErrorKind::Live`] when the system gives none.
    pub fn start(shutdown: Shutdown) -> Result<Self, Error> {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        builder.worker_threads(THREADS).thread_name("replayer-bridge");
        let tokio = threads::start(&mut builder).map_err(|source| {
            Error::new(ErrorKind::Live, "could not start the threads of the live part")
                .caused_by(source)
        })?;
        Ok(Self { tokio: Some(tokio), shutdown, running: Vec::new(), ended: unbounded() })
    }

    /// The token that ends its tasks.
    #[must_use]
    pub const fn shutdown(&self) -> &Shutdown {
        &self.shutdown
    }

    /// Starts a task. It is to end soon after the token says so, and says so itself when it fails or
    /// panics: the others would go on with a part of them missing.
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
            // Nobody listens once the runtime is gone.
            let _ = ended.send((name, result));
        });
        self.running.push(name);
    }

    /// Waits until all tasks have ended by themselves.
    ///
    /// # Errors
    /// The first error of a task, [`ErrorKind::Live`] for one that panicked; the others are then
    /// stopped.
    pub fn wait(mut self) -> Result<(), Error> {
        while !self.running.is_empty() {
            let Ok(ended) = self.ended.1.recv() else { break };
            if let Err(error) = self.note(ended) {
                // The first one is told; what the others say on the way out follows from it.
                let _ = self.join();
                return Err(error);
            }
        }
        Ok(())
    }

    /// Stops all tasks and waits until they have ended, for [`GRACE`] at the longest.
    ///
    /// # Errors
    /// As [`join_within`](Self::join_within).
    pub fn join(self) -> Result<(), Error> {
        self.join_within(GRACE)
    }

    /// Stops all tasks and waits until they have ended, for so long at the longest.
    ///
    /// # Errors
    /// The first error of a task; [`ErrorKind::Live`] for one that panicked, or did not end in time
    /// and was left behind.
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
                    let what = format!("did not end within {most:?} and was left behind: {late}");
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
            // Looking up a name cannot be interrupted, and nobody needs to wait for it.
            tokio.shutdown_background();
        }
    }
}

/// What a task died of.
fn died(name: &str, error: JoinError) -> Error {
    let how = match error.try_into_panic() {
        Ok(panic) => format!("panicked: {}", words(&*panic)),
        Err(_) => "was cancelled".to_owned(),
    };
    Error::new(ErrorKind::Live, format!("the task {name} {how}"))
}

fn words(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("without words")
}
