//! A server that plays games over Socket.IO as the site does, frame for frame: to try live mode at
//! home, and for tests, which also make it misbehave.
//!
//! ```text
//! repertoire -> script -> saboteur -> show -> clients
//!  (games)     (timed    (faults)   (one task,   |
//!               frames)     site <-  all clients) <- what they say
//! ```
//!
//! All but the show are pure: the same seed makes the same frames, at any speed and for any number
//! of clients. A feed alone answers nothing that clients send; a [`ServedSite`] does, and has
//! pages.

mod crowd;
pub mod faults;
mod host;
mod payload;
pub mod repertoire;
pub mod script;
pub mod site;

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crossbeam_channel::{Receiver, bounded};
use serde::Serialize;
use tokio::sync::{mpsc, watch};

use crate::base::error::{Error, ErrorKind};
use crate::base::runtime::threads;
use crate::model::ids::GameId;
use crate::model::quote::Tick;
pub use faults::{Faults, Stall};
use host::{Backstage, Ending};
pub use repertoire::{Repertoire, Spoils};
pub use script::{ShowScript, Style};
use site::FeedAlone;
pub use site::ServedSite;

/// Slowest and fastest speed, as a multiple of the real game's.
pub const SPEED_MIN: f64 = 0.1;
/// Fastest speed; see [`SPEED_MIN`].
pub const SPEED_MAX: f64 = 1_000.0;

/// Orders and news that may wait.
const WAITING_MAX: usize = 1_024;
/// How long tasks have to end after the last connection was closed.
const LEFTOVERS: Duration = Duration::from_millis(500);

/// Everything that a server needs to know.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to listen; with port 0, a free one is taken.
    pub address: SocketAddr,
    /// The games to play, in order.
    pub repertoire: Repertoire,
    /// How their frames look.
    pub style: Style,
    /// How fast they are played.
    pub pace: ShowPace,
    /// Begins with the first client.
    pub wait_for_client: bool,
    /// What goes wrong on purpose; nothing by default.
    pub faults: Faults,
    /// When a client is too slow.
    pub limits: ServerLimits,
    /// How the server finds out that a client is gone.
    pub ping: Ping,
}

impl Config {
    /// A server on a free port of the loopback interface that plays at the real speed, with small
    /// frames, trades and chat.
    #[must_use]
    pub fn new(repertoire: Repertoire) -> Self {
        Self {
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            repertoire,
            style: Style { padded: false, talkative: true },
            pace: ShowPace::Times(1.0),
            wait_for_client: false,
            faults: Faults::default(),
            limits: ServerLimits { queue_frames: 4_096, patience: Duration::from_secs(2) },
            ping: Ping { interval: Duration::from_secs(25), timeout: Duration::from_secs(20) },
        }
    }
}

/// How fast a show goes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ShowPace {
    /// Multiple of the real game's speed, [`SPEED_MIN`] to [`SPEED_MAX`].
    Times(f64),
    /// As fast as the slowest client takes it.
    Max,
}

/// When a client is too slow and is disconnected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerLimits {
    /// Frames that may be pending.
    pub queue_frames: u64,
    /// How long it may make all others wait, at [`ShowPace::Max`].
    pub patience: Duration,
}

/// The heartbeat; by default that of Socket.IO, 25 s and 20 s.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ping {
    /// From one ping to the next.
    pub interval: Duration,
    /// Until a client without an answer is gone.
    pub timeout: Duration,
}

/// A command to a server that is running.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServerCommand {
    /// Close all connections properly.
    Disconnect,
    /// Cut all connections in the middle of the next frame.
    Cut,
    /// Stop the show for a duration.
    Stall(Duration),
    /// Stop sending and reading on the present connections, and keep them open.
    Silence,
    /// Send a WebSocket text frame of at most 65,535 bytes as it is, before the next frame.
    Say(String),
    /// Go away for a duration, as if started again: all connections are cut, none is accepted, and
    /// the game stands still. What the site keeps is kept.
    Restart(Duration),
    /// Something for the site, in its own words.
    Site(String),
}

/// A game that is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct GameOver {
    /// The name of the game.
    pub game: GameId,
    /// The tick of its rug.
    pub rug_tick: Tick,
    /// Clients at its end.
    pub clients: usize,
}

/// What a server has done so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct ServerCounters {
    /// Games told to their rug.
    pub games: u64,
    /// Frames played, each counted once.
    pub frames: u64,
    /// Frames sent, counted for each client.
    pub sent: u64,
    /// Clients that connected since the start.
    pub joined: u64,
    /// Clients that are connected.
    pub clients: u64,
    /// Clients that were disconnected for being too slow.
    pub slow: u64,
    /// Clients that were disconnected on purpose.
    pub disconnected: u64,
    /// Frames that were lost or left out on purpose.
    pub withheld: u64,
    /// Pieces of nonsense that were sent.
    pub garbage: u64,
}

/// A number that one task writes and others read.
#[derive(Debug, Default)]
struct Count(AtomicU64);

impl Count {
    fn add(&self, more: u64) {
        self.0.fetch_add(more, Relaxed);
    }

    fn set(&self, number: u64) {
        self.0.store(number, Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

/// The counters while they are counted.
#[derive(Debug, Default)]
struct Tally {
    games: Count,
    frames: Count,
    sent: Count,
    joined: Count,
    clients: Count,
    slow: Count,
    disconnected: Count,
    withheld: Count,
    garbage: Count,
}

/// A server that is running. Dropped, it stops.
#[derive(Debug)]
pub struct FeedServerHandle {
    address: SocketAddr,
    tally: Arc<Tally>,
    games_over: Receiver<GameOver>,
    orders: mpsc::Sender<ServerCommand>,
    stop: watch::Sender<bool>,
    thread: Option<JoinHandle<Ending>>,
}

/// Starts a server of a feed alone on a thread and a runtime of its own.
///
/// # Errors
/// [`ErrorKind::Io`] when nobody can listen there, or when there is no thread or runtime to be had.
pub fn start(config: Config) -> Result<FeedServerHandle, Error> {
    start_site(config, Box::new(FeedAlone))
}

/// Starts a server of a feed and a site on a thread and a runtime of its own.
///
/// # Errors
/// As [`start`].
pub fn start_site(config: Config, site: Box<dyn ServedSite>) -> Result<FeedServerHandle, Error> {
    let cannot =
        |what: &str, source: std::io::Error| Error::new(ErrorKind::Io, what).caused_by(source);
    let at = format!("could not listen on {}", config.address);
    let listener = TcpListener::bind(config.address).map_err(|source| {
        Error::listen("could not listen on", ("--listen", &config.address.to_string()), source)
    })?;
    listener.set_nonblocking(true).map_err(|source| cannot(&at, source))?;
    let address = listener.local_addr().map_err(|source| cannot(&at, source))?;
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.worker_threads(1).thread_name("feed-server");
    let runtime = threads::start(&mut builder)
        .map_err(|source| cannot("could not start the threads of the server", source))?;
    let tally = Arc::new(Tally::default());
    let (told, games_over) = bounded(WAITING_MAX);
    let (orders, taken) = mpsc::channel(WAITING_MAX);
    let (stop, stopped) = watch::channel(false);
    let backstage =
        Backstage { site, tally: tally.clone(), games_over: told, orders: taken, stop: stopped };
    let play = move || {
        let ending = runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener)
                .expect("the listener does not block and the runtime is here");
            // On the worker, where the tasks of the connections are.
            let served = tokio::spawn(host::serve(listener, config, backstage)).await;
            served.expect("the task is neither aborted nor does it panic")
        });
        runtime.shutdown_timeout(LEFTOVERS);
        ending
    };
    let thread = thread::Builder::new().name("feed-server".to_owned()).spawn(play);
    let thread = thread.map_err(|source| cannot("could not start a thread", source))?;
    Ok(FeedServerHandle { address, tally, games_over, orders, stop, thread: Some(thread) })
}

impl FeedServerHandle {
    /// Where it listens: `http://127.0.0.1:40123`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The address at which the server listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it has done so far.
    #[must_use]
    pub fn counters(&self) -> ServerCounters {
        let tally = &self.tally;
        ServerCounters {
            games: tally.games.get(),
            frames: tally.frames.get(),
            sent: tally.sent.get(),
            joined: tally.joined.get(),
            clients: tally.clients.get(),
            slow: tally.slow.get(),
            disconnected: tally.disconnected.get(),
            withheld: tally.withheld.get(),
            garbage: tally.garbage.get(),
        }
    }

    /// The games that are over, one after the other; those that nobody takes in time are dropped.
    /// The channel closes when the show is over.
    #[must_use]
    pub const fn games_over(&self) -> &Receiver<GameOver> {
        &self.games_over
    }

    /// Tells it to do something; false when it is over or has too much to do.
    pub fn order(&self, order: ServerCommand) -> bool {
        self.orders.try_send(order).is_ok()
    }

    /// True when the last game is over and the clients have been let go.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.thread.as_ref().is_none_or(JoinHandle::is_finished)
    }

    /// Stops it and says what it did, within two seconds.
    pub fn stop(mut self) -> ServerCounters {
        self.join();
        self.counters()
    }

    fn join(&mut self) {
        self.stop.send_replace(true);
        if let Some(thread) = self.thread.take() {
            // A panic over there was reported there.
            let _ = thread.join();
        }
    }
}

impl Drop for FeedServerHandle {
    fn drop(&mut self) {
        self.join();
    }
}
