//! A session from its beginning to its end: an edge, a world, and who is told.

use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bevy_app::App;
use crossbeam_channel::{Receiver, bounded, unbounded};

use super::clicking::ClickingSummary;
use super::edge::Edge;
use super::event::{SessionEvent, SessionObserver};
use super::execution::{ExecutionRecords, LiveExecution};
use super::following::Following;
use super::ingest::{PartialGame, SessionSummary};
use super::meter::{self, Meter};
use super::past;
use super::switch::{ArmSwitch, LOOK};
use crate::base::clock::Clock;
use crate::base::error::Error;
use crate::engine::collector::Ending;
use crate::engine::inbox::Inbox;
use crate::engine::journal::GameRecord;
use crate::engine::{self, Lineup};
use crate::feed::latency::GaugeSummary;
use crate::live::monitor::Metrics;

/// A session that is over.
#[derive(Debug)]
pub struct FinishedSession {
    /// Why the session ended.
    pub ending: Ending,
    /// What the feed told, and how well.
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

/// Plays a feed, on paper or with what it is armed with, until N games are over, or until
/// told to stop.
///
/// # Errors
/// When a bot's strategy is not registered, the edge fails for good, the observer fails, or the
/// bots do not keep up. What was played until then was handed over.
pub fn play(
    lineup: Lineup<'_>,
    games_max: u64,
    edge: Edge,
    stop: &AtomicBool,
    observer: &mut impl SessionObserver,
) -> Result<FinishedSession, Error> {
    lineup.check()?;
    let clock = Clock::start();
    let (to_world, messages) = bounded(edge.config.world_messages);
    let (sink, finished) = unbounded();
    let (inbox, sink) = (|| Inbox::new(messages.clone(), games_max), || Box::new(sink.clone()));
    let metrics = Arc::clone(&edge.metrics);
    metrics.bots.seat(lineup.bots.iter().map(|player| player.id.to_string()).collect());
    let mut paper = edge.execution.is_none().then(|| engine::build_live(lineup, inbox(), sink()));
    // Before anything is heard: it comes first.
    let mut torn = PartialGame::default();
    if let (Some(app), Some(folder)) = (&mut paper, &edge.past) {
        match past::play((app, &metrics), folder, &finished, stop, observer)? {
            Some(past) => torn = past,
            None => return Ok(FinishedSession::unheard(Ending::Interrupted)),
        }
    }
    let mut following = Following::start(edge, clock, Some(to_world), torn)?;
    let armed = following.armed.take();
    let records = armed.as_ref().map(LiveExecution::records);
    let mut app = match armed {
        None => paper.expect("without arms it is on paper"),
        Some(armed) => {
            let built = armed.build(lineup, (inbox(), sink()), stop);
            if built.is_err() {
                // The browser is ended before anybody hears of it. What it says then follows from
                // that.
                let _ = following.end();
            }
            built?
        }
    };
    meter::plugin(&mut app, clock, Arc::clone(&metrics));
    let switch = records.as_ref().map(ExecutionRecords::switch);
    // A panic ends the session as an error does: nothing more is clicked, the recording is
    // finished.
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

/// Whether the disk failed when it was last looked at.
#[derive(Debug, Default)]
struct DiskWatch(bool);

impl DiskWatch {
    /// The event, where that has changed.
    fn look(&mut self, metrics: &Metrics) -> Option<SessionEvent> {
        let failing = metrics.recordings.failing();
        let is_failing = failing.is_some();
        let has_changed = std::mem::replace(&mut self.0, is_failing) != is_failing;
        has_changed.then_some(SessionEvent::Disk { failing })
    }
}

/// Runs the world until its inbox is over, or until told to stop.
fn play_world(
    (app, metrics): (&mut App, &Metrics),
    (finished, events, switch): (
        &Receiver<GameRecord>,
        &Receiver<SessionEvent>,
        Option<&ArmSwitch>,
    ),
    stop: &AtomicBool,
    observer: &mut impl SessionObserver,
) -> Result<Ending, Error> {
    let (mut armed, mut disk) = (switch, DiskWatch::default());
    while app.should_exit().is_none() {
        if let Some(why) = armed.and_then(ArmSwitch::why) {
            armed = None;
            observer.happened(&SessionEvent::Disarmed { why })?;
        }
        if stop.load(Ordering::Relaxed) {
            return Ok(Ending::Interrupted);
        }
        if let Some(event) = disk.look(metrics) {
            observer.happened(&event)?;
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
    let (mut watched, mut disk) = (Ok(true), DiskWatch::default());
    while matches!(watched, Ok(true)) && !stop.load(Ordering::Relaxed) {
        metrics.heartbeat.beat();
        if let Some(event) = disk.look(&metrics) {
            watched = watch(&event);
            continue;
        }
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
