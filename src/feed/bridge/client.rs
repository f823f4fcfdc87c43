//! The client: connects, passes on events, and reconnects when the connection is lost.

use std::sync::Arc;
use std::time::Duration;

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use rustls::ClientConfig;
use tokio::time::{Instant, sleep, timeout};

use super::config::Config;
use super::counters::ConnectionCounters;
use super::dial::{Socket, dial};
use super::greet::{Greeting, greet};
use super::incoming::{Halt, Incoming, Why};
use super::link::SocketLink;
use super::outbox::{Emitter, Outbox, outbox};
use super::session::{End, SocketSession};
use super::tls;
use crate::base::error::Error;
use crate::base::runtime::Shutdown;
use crate::base::runtime::backoff::Backoff;

/// Longest time to wait for the closing handshake.
const GOODBYE: Duration = Duration::from_millis(100);

/// A client of a Socket.IO server that reconnects after a loss.
#[derive(Debug)]
pub struct Client {
    config: Config,
    tls: Option<Arc<ClientConfig>>,
    counters: Arc<ConnectionCounters>,
    emitter: Emitter,
    outbox: Outbox,
}

impl Client {
    /// An idle client. Reads the system's root certificates where it needs them.
    ///
    /// # Errors
    /// [`crate::base::error::ErrorKind::Live`] when TLS is required and there are no certificates.
    pub fn new(config: Config) -> Result<Self, Error> {
        let secure = config.address.is_secure();
        let tls = if secure { Some(tls::client_config(&config.roots)?) } else { None };
        let (emitter, outbox) = outbox();
        Ok(Self { config, tls, counters: Arc::default(), emitter, outbox })
    }

    /// The counters of the client.
    #[must_use]
    pub fn counters(&self) -> Arc<ConnectionCounters> {
        Arc::clone(&self.counters)
    }

    /// Sends events through the client.
    #[must_use]
    pub fn emitter(&self) -> Emitter {
        self.emitter.clone()
    }

    /// Follows the server until shutdown: every event goes to the handler, once and in the order of
    /// arrival. Needs a [`Runtime`](super::Runtime).
    ///
    /// The handler must not block: meanwhile nothing else happens, no pong and no stop. Events that
    /// request an acknowledgement get an empty one once the handler has taken them.
    ///
    /// # Errors
    /// The error that the handler returns, at once. [`crate::base::error::ErrorKind::Live`] when
    /// the first host that is reached says what it would say again, such as HTTP 301 or 404.
    /// Nothing else ends the client: connection errors are passed to the handler, and the client
    /// retries.
    pub async fn follow(
        mut self,
        mut handler: impl FnMut(Incoming<'_>) -> Result<(), Halt>,
        shutdown: Shutdown,
    ) -> Result<(), Halt> {
        let mut backoff = Backoff::new(self.config.options.backoff);
        let mut chance = ChaCha8Rng::seed_from_u64(self.config.seed);
        let mut attempt = 0;
        while !shutdown.is_stopped() {
            attempt += 1;
            let connected = tokio::select! {
                biased;
                () = shutdown.stopped() => return Ok(()),
                connected = timeout(self.config.options.connect_timeout, self.connect()) => connected
                    .unwrap_or(Err(Why::Timeout(self.config.options.connect_timeout))),
            };
            let (why, lived) = match connected {
                Ok((link, greeting)) => {
                    self.counters.connects.one();
                    // Opened first, so that the handler can send events when it sees `Connected`.
                    self.outbox.open();
                    handler(Incoming::Connected { sid: &greeting.sid, attempt })?;
                    attempt = 0;
                    let since = Instant::now();
                    let end = self.talk(link, &greeting, &mut handler, &shutdown).await?;
                    let End::Lost(why) = end else { return Ok(()) };
                    (why, since.elapsed())
                }
                Err(why) => {
                    self.counters.failures.one();
                    (why, Duration::ZERO)
                }
            };
            if matches!(why, Why::Oversize { .. }) {
                self.counters.oversize.one();
            }
            self.last_word(&why)?;
            let mut retry_in = backoff.after(lived, chance.next_u64());
            if let Why::Answered(answer) = &why {
                retry_in = retry_in.max(answer.wait().unwrap_or_default());
            }
            handler(Incoming::Disconnected { why: &why, retry_in })?;
            tokio::select! {
                biased;
                () = shutdown.stopped() => return Ok(()),
                () = sleep(retry_in) => {}
            }
        }
        Ok(())
    }

    /// Gives up what was never connected, and never will be.
    fn last_word(&self, why: &Why) -> Result<(), Halt> {
        let Why::Answered(answer) = why else { return Ok(()) };
        if !self.config.gives_up || self.counters.read().connects > 0 {
            return Ok(());
        }
        let host = format!("{}:{}", self.config.address.host(), self.config.address.port());
        answer.last_word(&host).map_or(Ok(()), Err)
    }

    async fn connect(&self) -> Result<(SocketLink<Socket>, Greeting), Why> {
        let config = &self.config;
        let socket =
            dial(&config.address, self.tls.as_ref(), config.options.message_bytes_max).await?;
        let mut link = SocketLink::new(socket, config.auth.clone());
        let greeting = greet(&mut link, config, &self.counters).await?;
        Ok((link, greeting))
    }

    /// Runs one connection. At the end it says goodbye where possible.
    async fn talk(
        &mut self,
        mut link: SocketLink<Socket>,
        greeting: &Greeting,
        handler: &mut impl FnMut(Incoming<'_>) -> Result<(), Halt>,
        shutdown: &Shutdown,
    ) -> Result<End, Halt> {
        let session = SocketSession {
            config: &self.config,
            counters: &self.counters,
            outbox: &mut self.outbox,
            link: &mut link,
            silence: greeting.silence,
        };
        let end = session.run(handler, shutdown).await;
        self.outbox.shut();
        let _ = timeout(GOODBYE, link.close()).await;
        end
    }
}
