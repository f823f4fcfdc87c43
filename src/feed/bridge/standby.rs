//! A standby client: it follows its server only while it is activated.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::interval;

use super::client::Client;
use super::config::Config;
use super::incoming::{Halt, Incoming};
use crate::base::runtime::Shutdown;

/// Time between two calls of the handler without an event: 500 ms.
const LOOK: Duration = Duration::from_millis(500);

/// A client on standby.
#[derive(Debug)]
pub struct Standby {
    config: Config,
    called: watch::Receiver<bool>,
}

/// Activates and deactivates a standby client.
#[derive(Debug)]
pub struct Call(watch::Sender<bool>);

impl Call {
    /// Whether the client is active.
    #[must_use]
    pub fn is_on(&self) -> bool {
        *self.0.borrow()
    }

    /// Activates or deactivates the client. Events already on their way may still arrive after
    /// that.
    pub fn set(&self, on: bool) {
        self.0.send_replace(on);
    }
}

impl Standby {
    /// An inactive client with its switch.
    #[must_use]
    pub fn new(config: Config) -> (Self, Call) {
        let (call, called) = watch::channel(false);
        // What it stands by for goes on without it.
        let config = Config { gives_up: false, ..config };
        (Self { config, called }, Call(call))
    }

    /// Stands by while `other` runs, and ends with it. The handler receives the server's events
    /// while active, and `None` now and then, so that it can activate the client. When one fails,
    /// both end.
    ///
    /// # Errors
    /// The error of `other` or of the handler.
    pub async fn beside(
        self,
        other: impl Future<Output = Result<(), Halt>>,
        handler: impl FnMut(Option<Incoming<'_>>) -> Result<(), Halt>,
        shutdown: Shutdown,
    ) -> Result<(), Halt> {
        let other = async {
            let ended = other.await;
            shutdown.stop();
            ended
        };
        let stood = async {
            let ended = self.stand(handler, &shutdown).await;
            shutdown.stop();
            ended
        };
        let (other, stood) = tokio::join!(other, stood);
        other.and(stood)
    }

    async fn stand(
        mut self,
        mut handler: impl FnMut(Option<Incoming<'_>>) -> Result<(), Halt>,
        shutdown: &Shutdown,
    ) -> Result<(), Halt> {
        let mut looks = interval(LOOK);
        while !shutdown.is_stopped() {
            tokio::select! {
                biased;
                () = shutdown.stopped() => return Ok(()),
                _ = looks.tick() => handler(None)?,
            }
            if *self.called.borrow_and_update() {
                self.follow(&mut handler, shutdown).await?;
            }
        }
        Ok(())
    }

    /// Follows the server until deactivated, or until shutdown.
    async fn follow(
        &mut self,
        handler: &mut impl FnMut(Option<Incoming<'_>>) -> Result<(), Halt>,
        shutdown: &Shutdown,
    ) -> Result<(), Halt> {
        let client = Client::new(self.config.clone())?;
        let stint = Shutdown::new();
        let mut following = pin!(client.follow(|incoming| handler(Some(incoming)), stint.clone()));
        tokio::select! {
            ended = &mut following => return ended,
            () = shutdown.stopped() => {}
            // All switches are gone: the same as deactivated.
            _ = self.called.wait_for(|on| !on) => {}
        }
        stint.stop();
        following.await
    }
}
