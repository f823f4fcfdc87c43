//! A live session: the feed followed, recorded, played on paper and verified.
//!
//! ```text
//! connection (task) ─> FeedIngest: listener ─┬─> recorder thread
//!                                     ├─> inbox of the world (bounded) ─> Tick ─> finished games
//!                                     └─> events: connections, levels, fairness
//! ```
//!
//! The world runs on the caller's thread and ends when it has its games, or when the edge lets go
//! of the channel. Nothing is dropped on the way: who cannot keep up ends the session with an error.

pub mod browser;
mod clock;
mod execution;
mod following;
mod gateway;
mod ingest;
mod meter;
pub mod monitor;
mod past;

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
use crate::feed::fairness::FairnessCheck;
use crate::feed::integrity::LevelChange;
use crate::feed::latency::GaugeSummary;
use crate::feed::record;
use crate::live::monitor::Metrics;
use crate::model::setup::Setup;
use clock::Clock;
pub use execution::ExecutionConfig;
use execution::{ExecutionRecords, LiveExecution};
use following::Following;
pub use gateway::ClickingSummary;
use ingest::PartialGame;
pub use ingest::SessionSummary;
use meter::Meter;

/// Longest time between two looks at whether to stop, where no world is played.
const LOOK: Duration = Duration::from_millis(50);

/// How much may wait, how long, and what is relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Config {
    /// Messages that may wait for the world. One more ends the session.
    pub world_messages: usize,
    /// Events that may wait to be told; beyond it they are counted only.
    pub events: usize,
    /// Longest time that a recording takes to finish; two of them fit into [`GRACE`](crate::base::runtime::GRACE).
    pub finish_within: Duration,
    /// How long the page may be silent about the game before the feed stands in.
    pub fallback_after: Duration,
    /// From where on the feed is not relied on.
    pub thresholds: Thresholds,
}

impl Default for Config {
    /// Some 17 minutes of ticks, 1,024 events, 800 ms, and 5 s, which no pause of the game takes.
    fn default() -> Self {
        Self {
            world_messages: 4_096,
            events: 1_024,
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
    pub execution: Option<ExecutionConfig>,
    /// The folder of what an earlier session recorded, which this one goes on with. On paper only: what
    /// became of the last orders of one that clicked is not known.
    pub past: Option<PathBuf>,
    /// How much may wait, and what is relied on.
    pub config: Config,
    /// Where others see how it goes.
    pub metrics: Arc<Metrics>,
}

impl Edge {
    /// An edge that follows on paper and keeps nothing, with the usual bounds, seen by nobody.
    #[must_use]
    pub fn new(feed: Follow) -> Self {
        let (config, metrics) = (Config::default(), Arc::default());
        Self { feed, recording: None, raw: None, execution: None, past: None, config, metrics }
    }
}

/// What happens to a session beside its games.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum SessionEvent {
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
    Level(LevelChange),
    /// A seed was revealed and its game judged.
    Fairness(Box<FairnessCheck>),
}

fn seconds<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(duration.as_secs_f64())
}

/// Whoever takes what comes of a session.
pub trait SessionObserver: Collector {
    /// Takes note of something.
    ///
    /// # Errors
    /// When it cannot; the session then ends.
    fn happened(&mut self, event: &SessionEvent) -> Result<(), Error>;

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
pub struct FinishedSession {
    /// How it ended.
    pub ending: Ending,
    /// What was heard.
    pub summary: SessionSummary,
    /// From the arrival of a message to the end of its tick, in microseconds.
    pub decision_us: GaugeSummary,
    /// From a decision to its fill, in microseconds.
    pub fill_us: GaugeSummary,
    /// Most messages and frames that waited for the world at the end of a tick.
    pub backlog_max: usize,
    /// How clicking went; none on paper.
    pub clicking: Option<ClickingSummary>,
}

impl FinishedSession {
    /// One that heard nothing and played nothing new.
    fn unheard(ending: Ending) -> Self {
        let (summary, decision_us, fill_us) =
            <(SessionSummary, GaugeSummary, GaugeSummary)>::default();
        Self { ending, summary, decision_us, fill_us, backlog_max: 0, clicking: None }
    }
}

/// Plays a feed, on paper or with what it is armed with, until so many games are over, or until told to stop.
///
/// # Errors
/// When the edge fails for good, the observer fails, or the bots do not keep up. What was played
/// until then was handed over.
pub fn play(
    lineup: Lineup<'_>,
    games_max: u64,
    edge: Edge,
    stop: &AtomicBool,
    observer: &mut impl SessionObserver,
) -> Result<FinishedSession, Error> {
    let clock = Clock::start();
    let (to_world, messages) = bounded(edge.config.world_messages);
    let (sink, finished) = unbounded();
    let (inbox, sink) = (|| Inbox::new(messages.clone(), games_max), || Box::new(sink.clone()));
    let metrics = Arc::clone(&edge.metrics);
    metrics.bots.seat(lineup.bots.iter().map(|spec| spec.id.to_string()).collect());
    let mut paper = edge.execution.is_none().then(|| engine::build_live(lineup, inbox(), sink()));
    // Before anything is heard: it comes first.
    let mut partial = PartialGame::default();
    if let (Some(app), Some(folder)) = (&mut paper, &edge.past) {
        match past::play((app, &metrics), folder, &finished, stop, observer)? {
            Some(past) => partial = past,
            None => return Ok(FinishedSession::unheard(Ending::Interrupted)),
        }
    }
    let mut following = Following::start(edge, clock, Some(to_world), partial)?;
    let armed = following.armed.take();
    let records = armed.as_ref().map(LiveExecution::records);
    let mut app = match armed {
        None => paper.expect("without execution it is on paper"),
        Some(LiveExecution { gateway, clicks: false }) => {
            engine::build_dry_run(lineup, inbox(), sink(), Box::new(gateway))
        }
        Some(armed) => {
            let seated = armed.wait_for_login(lineup, stop);
            if seated.is_err() {
                // The browser is ended before anybody hears of it. What it says then follows from that.
                let _ = following.end();
            }
            let (gateway, bankroll) = seated?;
            let setup = Setup { bankroll, ..lineup.setup.clone() };
            let lineup = Lineup { setup: &setup, ..lineup };
            engine::build_remote(lineup, inbox(), sink(), Box::new(gateway))
        }
    };
    meter::plugin(&mut app, clock, Arc::clone(&metrics));
    let switch = records.as_ref().map(|records| &records.switch);
    // A panic ends the session as an error does: nothing is clicked any more, the recording is finished.
    let played = panic::catch_unwind(AssertUnwindSafe(|| {
        let heard = (&finished, &following.events, switch);
        play_world((&mut app, &metrics), heard, stop, observer)
    }));
    let summary = following.end();
    let ending = played.unwrap_or_else(|panic| panic::resume_unwind(panic));
    let (summary, ending) = (summary?, ending?);
    for event in following.events.try_iter() {
        observer.happened(&event)?;
    }
    let meter = app.world().resource::<Meter>();
    let (decision_us, fill_us) = (meter.decision.summary(), meter.fill.summary());
    let backlog_max = meter.backlog_max;
    let clicking = records.map(ExecutionRecords::close);
    Ok(FinishedSession { ending, summary, decision_us, fill_us, backlog_max, clicking })
}

/// Runs the world until its inbox is over, or until told to stop.
fn play_world(
    (app, metrics): (&mut App, &Metrics),
    (finished, events, switch): (
        &Receiver<GameRecord>,
        &Receiver<SessionEvent>,
        Option<&browser::ArmSwitch>,
    ),
    stop: &AtomicBool,
    observer: &mut impl SessionObserver,
) -> Result<Ending, Error> {
    let mut armed = switch;
    while app.should_exit().is_none() {
        if let Some(why) = armed.and_then(browser::ArmSwitch::why) {
            armed = None;
            observer.happened(&SessionEvent::Disarmed { why })?;
        }
        if stop.load(Ordering::Relaxed) {
            return Ok(Ending::Interrupted);
        }
        metrics.heartbeat.beat();
        app.update();
        for game in finished.try_iter() {
            metrics.bots.played(&game);
            observer.collect(game)?;
        }
        for event in events.try_iter() {
            observer.happened(&event)?;
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
    mut watch: impl FnMut(&SessionEvent) -> Result<bool, Error>,
) -> Result<FinishedSession, Error> {
    let metrics = Arc::clone(&edge.metrics);
    let mut following = Following::start(edge, Clock::start(), None, PartialGame::default())?;
    let mut watched = Ok(true);
    while matches!(watched, Ok(true)) && !stop.load(Ordering::Relaxed) {
        metrics.heartbeat.beat();
        match following.events.recv_timeout(LOOK) {
            Ok(event) => watched = watch(&event),
            Err(error) if error.is_disconnected() => break,
            Err(_) => {}
        }
    }
    let summary = following.end()?;
    let ending = if watched? { Ending::Interrupted } else { Ending::Complete };
    Ok(FinishedSession { summary, ..FinishedSession::unheard(ending) })
}
