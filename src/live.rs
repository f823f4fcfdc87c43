//! A live session: the feed followed, recorded, played on paper and verified.
//!
//! ```text
//! connection (task) ─> Ear: listener ─┬─> recorder thread
//!                                     ├─> inbox of the world (bounded) ─> Tick ─> finished games
//!                                     └─> happenings: connections, levels, fairness
//! ```
//!
//! The world runs on the caller's thread and ends when it has its games, or when the edge lets go
//! of the channel. Nothing is dropped on the way: who cannot keep up ends the session with an error.

#[cfg(feature = "browser")]
mod arms;
#[cfg(feature = "browser")]
pub mod browser;
mod clicking;
mod clock;
#[cfg(feature = "browser")]
mod desk;
mod ear;
mod following;
mod meter;
pub mod monitor;
mod past;
mod switch;
#[cfg(not(feature = "browser"))]
mod unarmed;

use std::panic::{self, AssertUnwindSafe};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bevy_app::App;
use crossbeam_channel::{Receiver, bounded, unbounded};
use serde::{Serialize, Serializer};

use crate::base::error::Error;
use crate::engine::collector::{Collector, Ending};
use crate::engine::inbox::Inbox;
use crate::engine::journal::GameRecord;
use crate::engine::{self, Lineup};
use crate::feed::Thresholds;
use crate::feed::bridge;
use crate::feed::fairness::Assay;
use crate::feed::integrity::Change;
use crate::feed::latency::Summary;
use crate::feed::record;
use crate::live::monitor::Board;
#[cfg(feature = "browser")]
pub use arms::Arms;
#[cfg(feature = "browser")]
use arms::{Armed, Records};
pub use clicking::Clicking;
use clock::Clock;
pub use ear::Closing;
use ear::Torn;
use following::Following;
use meter::Meter;
pub use switch::Switch;
#[cfg(not(feature = "browser"))]
pub use unarmed::Arms;
#[cfg(not(feature = "browser"))]
use unarmed::{Armed, Records};

/// Longest time between two looks at whether to stop, where no world is played.
const LOOK: Duration = Duration::from_millis(50);

/// How much may wait, how long, and what is relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Config {
    /// Messages that may wait for the world. One more ends the session.
    pub world_messages: usize,
    /// Happenings that may wait to be told; beyond it they are counted only.
    pub happenings: usize,
    /// Longest time that a recording takes to finish; two of them fit into [`GRACE`](crate::base::runtime::GRACE).
    pub finish_within: Duration,
    /// How long the page may be silent about the game before the feed stands in.
    pub fallback_after: Duration,
    /// From where on the feed is not relied on.
    pub thresholds: Thresholds,
}

impl Default for Config {
    /// Some 17 minutes of ticks, 1,024 happenings, 800 ms, and 5 s, which no pause of the game takes.
    fn default() -> Self {
        Self {
            world_messages: 4_096,
            happenings: 1_024,
            finish_within: Duration::from_millis(800),
            fallback_after: Duration::from_secs(5),
            thresholds: Thresholds::default(),
        }
    }
}

/// What is followed.
#[derive(Debug)]
pub enum Follow {
    /// A feed, by a connection of our own.
    Feed(Box<bridge::Config>),
    /// What a page of the site hears, in a browser; and the feed that is followed while its socket is
    /// silent, where there is one.
    #[cfg(feature = "browser")]
    Page(Box<browser::Config>, Option<Box<bridge::Config>>),
}

/// The edge of a session: what is followed, and what is kept of it.
#[derive(Debug)]
pub struct Edge {
    /// The feed.
    pub feed: Follow,
    /// Where games are recorded.
    pub recording: Option<record::Config>,
    /// Where events are recorded as they come.
    pub raw: Option<record::Config>,
    /// How orders are carried out in the page; none on paper.
    pub arms: Option<Arms>,
    /// The folder of what an earlier session recorded, which this one goes on with. On paper only: what
    /// became of the last orders of one that clicked is not known.
    pub past: Option<PathBuf>,
    /// How much may wait, and what is relied on.
    pub config: Config,
    /// Where others see how it goes.
    pub board: Arc<Board>,
}

impl Edge {
    /// An edge that follows on paper and keeps nothing, with the usual bounds, seen by nobody.
    #[must_use]
    pub fn new(feed: Follow) -> Self {
        let (config, board) = (Config::default(), Arc::default());
        Self { feed, recording: None, raw: None, arms: None, past: None, config, board }
    }
}

/// What happens to a session beside its games.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Happening {
    /// The feed is connected.
    Connected {
        /// The attempts that it took, from 1.
        attempt: u32,
    },
    /// The connection was lost, or could not be made.
    Lost {
        /// Why.
        why: String,
        /// The next attempt comes after so long.
        #[serde(serialize_with = "seconds")]
        retry_in: Duration,
    },
    /// The browser, or the page in it, is at something else.
    Browser {
        /// What, and why.
        state: String,
        /// True while the page can be used.
        ready: bool,
    },
    /// The page is there, and has no socket of the game.
    NoSocket,
    /// Nothing is clicked any more. It takes a person to arm again.
    Disarmed {
        /// Why.
        why: String,
    },
    /// How far the feed can be relied on has changed.
    Level(Change),
    /// A seed was revealed and its game judged.
    Fairness(Box<Assay>),
}

fn seconds<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(duration.as_secs_f64())
}

/// Whoever takes what comes of a session.
pub trait Attendant: Collector {
    /// Takes note of something.
    ///
    /// # Errors
    /// When it cannot; the session then ends.
    fn happened(&mut self, happening: &Happening) -> Result<(), Error>;

    /// The games of the earlier session were all collected: what comes now is new.
    ///
    /// # Errors
    /// When it cannot go on from there; the session then ends.
    fn caught_up(&mut self) -> Result<(), Error> {
        Ok(())
    }
}

/// A session that is over.
#[derive(Debug)]
pub struct Session {
    /// How it ended.
    pub ending: Ending,
    /// What was heard.
    pub closing: Closing,
    /// From the arrival of a message to the end of its tick, in microseconds.
    pub decision_us: Summary,
    /// From a decision to its fill, in microseconds.
    pub fill_us: Summary,
    /// Most messages and frames that waited for the world at the end of a tick.
    pub backlog_max: usize,
    /// How clicking went; none on paper.
    pub clicking: Option<Clicking>,
}

impl Session {
    /// One that heard nothing and played nothing new.
    fn unheard(ending: Ending) -> Self {
        let (closing, decision_us, fill_us) = <(Closing, Summary, Summary)>::default();
        Self { ending, closing, decision_us, fill_us, backlog_max: 0, clicking: None }
    }
}

/// Plays a feed, on paper or with what it is armed with, until so many games are over, or until told to stop.
///
/// # Errors
/// When the edge fails for good, the attendant fails, or the bots do not keep up. What was played
/// until then was handed over.
pub fn play(
    lineup: Lineup<'_>,
    games_max: u64,
    edge: Edge,
    stop: &AtomicBool,
    attendant: &mut impl Attendant,
) -> Result<Session, Error> {
    let clock = Clock::start();
    let (to_world, messages) = bounded(edge.config.world_messages);
    let (sink, finished) = unbounded();
    let (inbox, sink) = (|| Inbox::new(messages.clone(), games_max), || Box::new(sink.clone()));
    let board = Arc::clone(&edge.board);
    board.bots.seat(lineup.players.iter().map(|player| player.id.to_string()).collect());
    let mut paper = edge.arms.is_none().then(|| engine::build_live(lineup, inbox(), sink()));
    // Before anything is heard: it comes first.
    let mut torn = Torn::default();
    if let (Some(app), Some(folder)) = (&mut paper, &edge.past) {
        match past::play((app, &board), folder, &finished, stop, attendant)? {
            Some(past) => torn = past,
            None => return Ok(Session::unheard(Ending::Interrupted)),
        }
    }
    let mut following = Following::start(edge, clock, Some(to_world), torn)?;
    let armed = following.armed.take();
    let records = armed.as_ref().map(Armed::records);
    let mut app = match armed {
        None => paper.expect("without arms it is on paper"),
        Some(armed) => {
            let built = armed.build(lineup, (inbox(), sink()), stop);
            if built.is_err() {
                // The browser is ended before anybody hears of it. What it says then follows from that.
                let _ = following.end();
            }
            built?
        }
    };
    meter::plugin(&mut app, clock, Arc::clone(&board));
    let switch = records.as_ref().map(Records::switch);
    // A panic ends the session as an error does: nothing is clicked any more, the recording is finished.
    let played = panic::catch_unwind(AssertUnwindSafe(|| {
        let heard = (&finished, &following.happenings, switch);
        play_world((&mut app, &board), heard, stop, attendant)
    }));
    let closing = following.end();
    let ending = played.unwrap_or_else(|panic| panic::resume_unwind(panic));
    let (closing, ending) = (closing?, ending?);
    for happening in following.happenings.try_iter() {
        attendant.happened(&happening)?;
    }
    let meter = app.world().resource::<Meter>();
    let (decision_us, fill_us) = (meter.decision.summary(), meter.fill.summary());
    let backlog_max = meter.backlog_max;
    let clicking = records.map(Records::close);
    Ok(Session { ending, closing, decision_us, fill_us, backlog_max, clicking })
}

/// Runs the world until its inbox is over, or until told to stop.
fn play_world(
    (app, board): (&mut App, &Board),
    (finished, happenings, switch): (&Receiver<GameRecord>, &Receiver<Happening>, Option<&Switch>),
    stop: &AtomicBool,
    attendant: &mut impl Attendant,
) -> Result<Ending, Error> {
    let mut armed = switch;
    while app.should_exit().is_none() {
        if let Some(why) = armed.and_then(Switch::why) {
            armed = None;
            attendant.happened(&Happening::Disarmed { why })?;
        }
        if stop.load(Ordering::Relaxed) {
            return Ok(Ending::Interrupted);
        }
        board.heartbeat.beat();
        app.update();
        for game in finished.try_iter() {
            board.bots.played(&game);
            attendant.collect(game)?;
        }
        for happening in happenings.try_iter() {
            attendant.happened(&happening)?;
        }
    }
    Ok(Ending::Complete)
}

/// Follows a feed without playing, until told to stop, or as long as the watcher says so.
///
/// # Errors
/// When the edge fails for good, or the watcher fails.
pub fn follow(
    edge: Edge,
    stop: &AtomicBool,
    mut watch: impl FnMut(&Happening) -> Result<bool, Error>,
) -> Result<Session, Error> {
    let board = Arc::clone(&edge.board);
    let mut following = Following::start(edge, Clock::start(), None, Torn::default())?;
    let mut watched = Ok(true);
    while matches!(watched, Ok(true)) && !stop.load(Ordering::Relaxed) {
        board.heartbeat.beat();
        match following.happenings.recv_timeout(LOOK) {
            Ok(happening) => watched = watch(&happening),
            Err(error) if error.is_disconnected() => break,
            Err(_) => {}
        }
    }
    let closing = following.end()?;
    let ending = if watched? { Ending::Interrupted } else { Ending::Complete };
    Ok(Session { closing, ..Session::unheard(ending) })
}
