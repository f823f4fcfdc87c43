//! The supervisor: begins, watches, ends, and begins again.
//!
//! ```text
//! Idle ─> Launching ─> Attaching ─> Ready <─> Degraded    dialog, crash, elsewhere, no answer
//!             ^            │          │           │
//!             └─ Backoff <─┴──────────┴───────────┘       lost: the first attempt at once
//! anything ─> Stopped                                     told to, or given up
//! ```
//!
//! A browser that was launched is ended with its supervisor, one that was joined is left as it is,
//! with all its tabs. A lost browser is sought again with growing waits; after a number of attempts
//! in a row of which none led to a page, a launched one is given up with an error, since waiting
//! does not mend it, and one that runs by itself is waited for without end, since somebody may
//! start it.

mod document;
mod host;
mod pace;
mod pulse;
mod state;
mod supervisor_state;
mod tab;
mod tab_event;
mod watch;

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use tokio::time::sleep;

use super::attach;
use super::confirmations::Confirmations;
use super::executor::PageEvents;
use super::page::{Pages, ShownPage};
use super::process::{Launch, Sandbox, arguments};
use super::site::Site;
use super::tap::Tapped;
use crate::base::error::{Error, ErrorKind};
use crate::base::runtime::Shutdown;
use crate::base::runtime::backoff::BackoffBounds;
use crate::feed::bridge::Halt;
use crate::model::time::Moment;
use host::{Host, Setback};
use pace::{AttemptPace, Next};
pub use pulse::Pulse;
pub use state::{State, StateChange, StateReason};
use supervisor_state::SupervisorState;
use tab::Tab;
use watch::{Parted, TabWatch};

/// What is the same for every page and every browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BrowserOptions {
    /// How to find out that it hangs.
    pub pulse: Pulse,
    /// The waits between attempts, after a first one at once.
    pub backoff: BackoffBounds,
    /// Attempts in a row that lead to no page before a browser of ours is given up.
    pub failures_max: u32,
    /// Bytes of the longest text of a socket that is handed over.
    pub text_bytes_max: usize,
    /// How long a page may be without a socket of the game before that is told.
    pub socket_within: Duration,
}

impl Default for BrowserOptions {
    /// 10 attempts, texts of 16 MiB, 10 s without a socket.
    fn default() -> Self {
        Self {
            pulse: Pulse::default(),
            backoff: BackoffBounds::default(),
            failures_max: 10,
            text_bytes_max: 16 << 20,
            socket_within: Duration::from_secs(10),
        }
    }
}

/// What a supervisor needs to know.
#[derive(Debug, Clone)]
pub struct Config {
    /// The page to have open.
    pub site: Site,
    /// Where the browser comes from.
    pub how: How,
    /// What is the same for every page and every browser.
    pub options: BrowserOptions,
    /// What the jitter of the waits comes from.
    pub seed: u64,
    /// Whether the page of a browser that is joined is loaded again, once: it then says whose account
    /// it is.
    pub reload: bool,
}

impl Config {
    /// A supervisor with the default options.
    #[must_use]
    pub fn new(site: Site, how: How, seed: u64) -> Self {
        Self { site, how, options: BrowserOptions::default(), seed, reload: false }
    }
}

/// Where the browser comes from.
#[derive(Debug, Clone)]
pub enum How {
    /// It is started, and ended with us.
    Launch(Launch),
    /// It runs, with its debugging port open at an address of this machine, and goes on running.
    Attach(SocketAddr),
}

/// What the handler hears, in the order in which it happened.
#[derive(Debug, Clone, Copy)]
pub enum BrowserEvent<'a> {
    /// The supervisor changed its state.
    State(&'a StateChange),
    /// What goes over the game's socket.
    Tapped(Tapped<'a>),
    /// The page is there and has no socket of the game.
    NoSocket {
        /// Time that the page has been without one.
        after: Duration,
    },
    /// Time passed: twice a second while a page is watched.
    Beat {
        /// Now, by the wall clock.
        at: Moment,
    },
}

/// Keeps a browser at a page.
#[derive(Debug)]
pub struct Supervisor {
    config: Config,
    pages: tokio::sync::watch::Sender<ShownPage>,
    /// Who hears confirmations of orders.
    page_events: Option<PageEvents>,
}

impl Supervisor {
    /// A supervisor that does nothing yet.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] and [`ErrorKind::Safety`] for settings that cannot be or must not be.
    pub fn new(config: Config) -> Result<Self, Error> {
        match &config.how {
            How::Attach(address) => attach::check(*address)?,
            How::Launch(launch) => {
                arguments(launch, Path::new("/"))?;
                if launch.sandbox == Sandbox::OffHere && !config.site.is_loopback() {
                    let what = format!("{} is not opened without a sandbox", config.site);
                    return Err(Error::new(ErrorKind::Safety, what)
                        .hint("run as somebody else than the superuser, with the sandbox on"));
                }
            }
        }
        let pages = tokio::sync::watch::Sender::new(Err("it is not there yet".to_owned()));
        Ok(Self { config, pages, page_events: None })
    }

    /// Where the page is available.
    #[must_use]
    pub fn pages(&self) -> Pages {
        Pages::of(&self.pages)
    }

    /// From now on a click executor hears what the page's newest socket says of orders and of the
    /// account, before the handler of [`run`](Self::run) hears it.
    pub fn confirm_to(&mut self, page_events: PageEvents) {
        self.page_events = Some(page_events);
    }

    /// Keeps the browser at its page until it is time to stop; the handler hears everything. Needs
    /// a [`Runtime`](crate::base::runtime::Runtime), and ends within its grace.
    ///
    /// The handler must not wait: nothing else happens meanwhile.
    ///
    /// # Errors
    /// What the handler returns, as soon as it does; [`ErrorKind::Live`] when it is given up; what
    /// cannot be mended by another attempt.
    pub async fn run(
        self,
        handler: impl FnMut(BrowserEvent<'_>) -> Result<(), Halt>,
        shutdown: Shutdown,
    ) -> Result<(), Halt> {
        let Self { config, pages, page_events } = self;
        let confirmations =
            page_events.map(|page_events| Confirmations::new(page_events, shutdown.clone()));
        let mut chance = ChaCha8Rng::seed_from_u64(config.seed);
        // A browser that is not ours is never given up.
        let is_ours = matches!(config.how, How::Launch(_));
        let failures_max = is_ours.then_some(config.options.failures_max);
        let mut pace = AttemptPace::new(config.options.backoff, failures_max);
        let mut supervised =
            SupervisorState::new(handler, pages, confirmations, config.options.text_bytes_max);
        supervised.reloads = config.reload && !is_ours;
        let ended = loop {
            match once(&config, &mut supervised, &mut pace, &mut chance, &shutdown).await {
                Ok(true) => {}
                Ok(false) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        let reason = match &ended {
            Ok(()) => StateReason::Stop,
            Err(error) => StateReason::GaveUp(first_line(error)),
        };
        let told = supervised
            .leave(&reason.loss())
            .and_then(|()| supervised.change(State::Stopped, reason));
        ended.and(told)
    }
}

/// One browser, from its beginning to its end, and the wait behind it; false when it is over.
async fn once<H: FnMut(BrowserEvent<'_>) -> Result<(), Halt>>(
    config: &Config,
    supervised: &mut SupervisorState<H>,
    pace: &mut AttemptPace,
    chance: &mut ChaCha8Rng,
    shutdown: &Shutdown,
) -> Result<bool, Halt> {
    supervised.begin();
    let first = match config.how {
        How::Launch(_) => State::Launching,
        How::Attach(_) => State::Attaching,
    };
    supervised.change(first, StateReason::Begin)?;
    let reason = match Host::open(&config.how, shutdown).await {
        Err(Setback::Stopped) => return Ok(false),
        Err(Setback::Final(error)) => return Err(error),
        Err(Setback::Passing(why)) => StateReason::NoBrowser(why),
        Ok(mut host) => {
            let parted = attend(config, supervised, &mut host, (pace, chance), shutdown).await;
            // First, so that nobody clicks into what is being ended.
            let lost = match &parted {
                Ok(Parted::Lost(reason)) => reason.loss(),
                _ => StateReason::Stop.loss(),
            };
            let told = supervised.leave(&lost);
            let gently = !matches!(parted, Ok(Parted::Lost(_)));
            host.end(gently).await;
            told?;
            match parted? {
                Parted::Stopped => return Ok(false),
                Parted::Lost(reason) | Parted::Tab(reason) => reason,
            }
        }
    };
    rest(supervised, (pace, chance), reason, shutdown).await
}

/// Waits until it is time for the next attempt; false when it is time to stop.
async fn rest<H: FnMut(BrowserEvent<'_>) -> Result<(), Halt>>(
    supervised: &mut SupervisorState<H>,
    (pace, chance): (&mut AttemptPace, &mut ChaCha8Rng),
    reason: StateReason,
    shutdown: &Shutdown,
) -> Result<bool, Halt> {
    let wait = match pace.after(supervised.lived(), chance.next_u64()) {
        Next::Wait(wait) => wait,
        Next::GiveUp(failures) => {
            let what = format!("{failures} attempts in a row led to no page; the last: {reason}");
            return Err(Error::new(ErrorKind::Live, what)
                .hint("see what the browser says when it is started by hand"));
        }
    };
    supervised.change(State::Backoff(wait), reason)?;
    tokio::select! {
        biased;
        () = shutdown.stopped() => Ok(false),
        () = sleep(wait) => Ok(true),
    }
}

/// One tab of a browser after the other, as long as the browser is there.
async fn attend<H: FnMut(BrowserEvent<'_>) -> Result<(), Halt>>(
    config: &Config,
    supervised: &mut SupervisorState<H>,
    host: &mut Host,
    (pace, chance): (&mut AttemptPace, &mut ChaCha8Rng),
    shutdown: &Shutdown,
) -> Result<Parted, Halt> {
    loop {
        supervised.change(State::Attaching, StateReason::Connected)?;
        let opened = tokio::select! {
            biased;
            () = shutdown.stopped() => return Ok(Parted::Stopped),
            opened = Tab::open(&host.link, config) => opened,
        };
        let tab = match opened {
            Ok(tab) => tab,
            Err(why) => return Ok(Parted::Lost(StateReason::NoTab(why.to_string()))),
        };
        let parted = TabWatch::new(config, supervised, host, tab).run(shutdown).await?;
        let Parted::Tab(reason) = parted else { return Ok(parted) };
        supervised.leave(&reason.loss())?;
        if !rest(supervised, (pace, chance), reason, shutdown).await? {
            return Ok(Parted::Stopped);
        }
        supervised.begin();
    }
}

fn first_line(error: &Error) -> String {
    error.to_string().lines().next().unwrap_or_default().to_owned()
}
