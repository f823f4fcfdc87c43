//! A client that stands by: it follows its server only while it is called.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::interval;

use super::client::Client;
use super::config::Config;
use super::incoming::{Halt, Incoming};
use crate::base::runtime::Shutdown;

/// How often the handler is asked whether it wants to call.
const LOOK: Duration = Duration::from_millis(500);

/// A client that stands by.
#[derive(Debug)]
pub struct Standby {
    config: Config,
    called: watch::Receiver<bool>,
}

/// What calls a client that stands by, and sends it away.
#[derive(Debug)]
pub struct Call(watch::Sender<bool>);

impl Call {
    /// Whether it is called.
    #[must_use]
    pub fn is_on(&self) -> bool {
        *self.0.borrow()
    }

    /// Calls it, or sends it away. What is still on its way from its server may come after that.
    pub fn set(&self, on: bool) {
        self.0.send_replace(on);
    }
}

impl Standby {
    /// A client that nobody has called yet.
    #[must_use]
    pub fn new(config: Config) -> (Self, Call) {
        let (call, called) = watch::channel(false);
        (Self { config, called }, Call(call))
    }

    /// Stands by while something else goes on, and ends with it. The handler hears the server while it
    /// called, and nothing now and then, so that it can call. When one fails, both end.
    ///
    /// # Errors
    /// What the other or the handler returns.
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

    /// Follows until it is sent away, or it is time to stop.
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
            // Whoever could call is gone: the same as being sent away.
            _ = self.called.wait_for(|on| !on) => {}
        }
        stint.stop();
        following.await
    }
}
