//! The client: connects, passes on events, and reconnects when the connection is lost.

use std::sync::Arc;
use std::time::Duration;

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use tokio::time::{Instant, sleep, timeout};

use super::config::Config;
use super::counters::ConnectionCounters;
use super::dial::Dialer;
use super::greet::{Greeting, greet};
use super::incoming::{Halt, Incoming, Why};
use super::link::SocketLink;
use super::outbox::{Emitter, Outbox, outbox};
use super::session::{End, SocketSession};
use super::wire::{self, Wire};
use crate::base::error::{Error, ErrorKind};
use crate::base::runtime::Shutdown;
use crate::base::runtime::backoff::Backoff;

/// How many times more often a host is tried that was connected once: about ten minutes, in which
/// it may be put up again.
const KNOWN_FACTOR: u32 = 10;

/// Longest time to wait for the closing handshake.
const GOODBYE: Duration = Duration::from_millis(100);

/// A client of a Socket.IO server that reconnects after a loss.
#[derive(Debug)]
pub struct Client {
    config: Box<Config>,
    dialer: Arc<Dialer>,
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
        let (proxies, roots) = (config.proxies.clone(), config.roots.clone());
        let dialer = Dialer::new(proxies, config.options.address_timeout, roots);
        if config.address.is_secure() {
            dialer.prepare_tls()?;
        }
        let (emitter, outbox) = outbox();
        let dialer = Arc::new(dialer);
        Ok(Self { config: Box::new(config), dialer, counters: Arc::default(), emitter, outbox })
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
    /// The error that the handler returns, at once. [`ErrorKind::Live`] when the answer to a number
    /// of attempts in a row was one that will be the same again, such as HTTP 404 or an unknown
    /// namespace. Nothing else ends the client: connection errors are passed to the handler, and
    /// the client retries.
    pub async fn follow(
        mut self,
        mut handler: impl FnMut(Incoming<'_>) -> Result<(), Halt>,
        shutdown: Shutdown,
    ) -> Result<(), Halt> {
        let mut backoff = Backoff::new(self.config.options.backoff);
        let mut chance = ChaCha8Rng::seed_from_u64(self.config.seed);
        let (mut attempt, mut refusals) = (0, 0);
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
                    (attempt, refusals) = (0, 0);
                    let since = Instant::now();
                    let end = self.talk(link, &greeting, &mut handler, &shutdown).await?;
                    let End::Lost(why) = end else { return Ok(()) };
                    (why, since.elapsed())
                }
                Err(why) => {
                    self.counters.failures.one();
                    refusals = if why.advice().is_some() { refusals + 1 } else { 0 };
                    self.last_word(&why, refusals)?;
                    (why, Duration::ZERO)
                }
            };
            if matches!(why, Why::Oversize { .. }) {
                self.counters.oversize.one();
            }
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

    /// Gives up what will never be connected.
    fn last_word(&self, why: &Why, refusals: u32) -> Result<(), Halt> {
        let is_known = self.counters.read().connects > 0;
        let factor = if is_known { KNOWN_FACTOR } else { 1 };
        let tries = self.config.options.tries.saturating_mul(factor);
        let Some(advice) = why.advice().filter(|_| refusals >= tries && self.config.gives_up)
        else {
            return Ok(());
        };
        let what = format!("no feed at {}, tried {refusals} times: {why}", self.config.address);
        Err(Error::new(ErrorKind::Live, what).hint(advice))
    }

    async fn connect(&self) -> Result<(SocketLink<Wire>, Greeting), Why> {
        let config = &self.config;
        let wire = wire::open(config, &self.dialer).await?;
        let mut link = SocketLink::new(wire, config.secrets());
        let greeting = greet(&mut link, config, &self.counters).await?;
        Ok((link, greeting))
    }

    /// Runs one connection. At the end it says goodbye where possible.
    async fn talk(
        &mut self,
        mut link: SocketLink<Wire>,
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
