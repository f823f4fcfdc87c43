//! A session from its beginning to its end: an edge, a world, and who is told.

use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bevy_app::App;
use crossbeam_channel::{Receiver, TryRecvError, bounded, unbounded};
use tracing::{error, info, warn};

use super::clicking::ClickingSummary;
use super::edge::{Config, Edge, OnDisarm, OnStop};
use super::event::{SessionEvent, SessionObserver};
use super::execution::{ExecutionRecords, LiveExecution};
use super::following::Following;
use super::ingest::{PartialGame, SessionSummary};
use super::meter::{self, Meter};
use super::past;
use super::switch::{ArmSwitch, LOOK};
use crate::base::clock::Clock;
use crate::base::error::{Error, ErrorKind};
use crate::engine::collector::Ending;
use crate::engine::inbox::Inbox;
use crate::engine::journal::GameRecord;
use crate::engine::table::Tables;
use crate::engine::{self, Lineup};
use crate::feed::latency::GaugeSummary;
use crate::live::monitor::Metrics;
use crate::live::orders::{Market, OpenPosition, OrderLog};
use crate::model::account::Sidebet;
use crate::model::ids::TableIndex;

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
    /// What an armed session left open.
    pub open: Option<OpenPosition>,
}

impl FinishedSession {
    /// One that heard nothing and played nothing new.
    fn unheard(ending: Ending) -> Self {
        let (summary, decision_us, fill_us) =
            <(SessionSummary, GaugeSummary, GaugeSummary)>::default();
        Self { ending, summary, decision_us, fill_us, backlog_max: 0, clicking: None, open: None }
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
    let names = lineup.bots.iter().map(|player| player.id.to_string()).collect();
    metrics.bots.seat(names, lineup.setup.bankroll.start());
    let mut paper = edge.execution.is_none().then(|| engine::build_live(lineup, inbox(), sink()));
    // Before anything is heard: it comes first.
    let mut torn = PartialGame::default();
    if let (Some(app), Some(folder)) = (&mut paper, &edge.past) {
        match past::play((app, &metrics), folder, &finished, stop, observer)? {
            Some(past) => torn = past,
            None => return Ok(FinishedSession::unheard(Ending::Interrupted)),
        }
    }
    let config = edge.config;
    let mut following = Following::start(edge, clock, Some(to_world), torn)?;
    let mut armed = following.armed.take();
    if let (Some(armed), OnDisarm::Paper) = (&mut armed, config.on_disarm) {
        armed.then_on_paper();
    }
    let records = armed.as_ref().map(LiveExecution::records);
    let mut app = match armed {
        None => paper.expect("without arms it is on paper"),
        Some(armed) => {
            let events = following.events.clone();
            let mut is_over = false;
            let mut tell = || tell_all(&events, &mut is_over, observer);
            let built = armed.build(lineup, (inbox(), sink()), stop, &mut tell);
            if built.is_err() {
                // The browser is ended before anybody hears of it. What it says then follows from
                // that, unless it was given up before.
                let ended = following.end();
                if let Some(orders) = records.as_ref().and_then(ExecutionRecords::orders) {
                    // The account may have said what became of orders of an earlier session.
                    orders.events().try_for_each(|event| observer.happened(&event.into()))?;
                    tell_open(Some(orders), observer)?;
                    let _ = orders.close();
                }
                if is_over {
                    ended?;
                }
            }
            built?
        }
    };
    meter::plugin(&mut app, clock, Arc::clone(&metrics));
    // A panic ends the session as an error does: nothing more is clicked, the recording is
    // finished.
    let played = panic::catch_unwind(AssertUnwindSafe(|| {
        let heard = (&finished, &following.events, records.as_ref());
        play_world((&mut app, &metrics), heard, (stop, config.on_disarm), observer)
    }));
    if let Some(records) = &records {
        settle(records, config, matches!(played, Ok(Ok(Ending::Interrupted))));
    }
    let summary = following.end();
    let orders = records.as_ref().and_then(ExecutionRecords::orders).cloned();
    let open = orders.as_ref().map(|orders| {
        let open = orders.open();
        orders.notify("open", &open);
        open
    });
    // However it ended, what was noted of orders is on the disk.
    let clicking = records.map(ExecutionRecords::close);
    let ending = played.unwrap_or_else(|panic| {
        if let Some(open) = &open {
            error!("the session panicked; {open}");
        }
        panic::resume_unwind(panic)
    });
    for event in following.events.try_iter() {
        observer.happened(&event)?;
    }
    if let (Some(orders), Some(open)) = (&orders, &open) {
        orders.events().try_for_each(|event| observer.happened(&event.into()))?;
        observer.happened(&SessionEvent::Open(Box::new(open.clone())))?;
    }
    let (summary, ending) = (summary?, ending?);
    let meter = app.world().resource::<Meter>();
    let (decision_us, fill_us) = (meter.decision.summary(), meter.fill.summary());
    let backlog_max = meter.backlog_max;
    Ok(FinishedSession { ending, summary, decision_us, fill_us, backlog_max, clicking, open })
}

/// Ends what is on its way: the outcome of the order in the page is waited for, and by choice what
/// is held is sold, where the session was told to stop and is still armed.
fn settle(records: &ExecutionRecords, config: Config, is_stopped: bool) {
    records.settle(config.stop_within);
    if config.on_stop == OnStop::Hold || !is_stopped {
        return;
    }
    match records.sell(config.stop_within) {
        None => info!("on stop: there was nothing to sell"),
        Some(Ok(())) => warn!("on stop: what was held is sold"),
        Some(Err(why)) => error!("on stop: what is held was NOT sold: {why}"),
    }
}

/// Says to the log of orders where the game is.
fn look(app: &mut App, orders: &OrderLog) {
    // An armed session has one table, and one bot.
    let game = app.world().resource::<Tables>().game(TableIndex::default());
    let (game, quote) = (game.id, game.quote());
    let mut bets = app.world_mut().query::<&Sidebet>();
    let sidebet = bets.iter(app.world()).find_map(|bet| bet.open).map(|bet| bet.stake);
    let (tick, phase, price) = (quote.tick, quote.phase, quote.price);
    orders.look(Market { game, tick, phase, price, sidebet });
}

/// Tells what has happened so far.
///
/// # Errors
/// When the observer fails, or when nothing more will happen because the edge is over.
fn tell_all(
    events: &Receiver<SessionEvent>,
    is_over: &mut bool,
    observer: &mut impl SessionObserver,
) -> Result<(), Error> {
    loop {
        match events.try_recv() {
            Ok(event) => observer.happened(&event)?,
            Err(TryRecvError::Empty) => return Ok(()),
            Err(TryRecvError::Disconnected) => {
                *is_over = true;
                return Err(Error::new(ErrorKind::Live, "the page was given up"));
            }
        }
    }
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
    (finished, events, records): (
        &Receiver<GameRecord>,
        &Receiver<SessionEvent>,
        Option<&ExecutionRecords>,
    ),
    (stop, on_disarm): (&AtomicBool, OnDisarm),
    observer: &mut impl SessionObserver,
) -> Result<Ending, Error> {
    let (mut armed, mut disk) = (records.map(ExecutionRecords::switch), DiskWatch::default());
    let orders = records.and_then(ExecutionRecords::orders);
    while app.should_exit().is_none() {
        if let Some(why) = armed.and_then(ArmSwitch::why) {
            armed = None;
            observer.happened(&SessionEvent::Disarmed { why })?;
            if on_disarm == OnDisarm::End {
                return Ok(Ending::Interrupted);
            }
            tell_open(orders, observer)?;
            if on_disarm == OnDisarm::Paper {
                observer.happened(&SessionEvent::OnPaper)?;
            }
        }
        for change in records.into_iter().flat_map(ExecutionRecords::entry_changes) {
            observer.happened(&change)?;
        }
        if stop.load(Ordering::Relaxed) {
            return Ok(Ending::Interrupted);
        }
        if let Some(event) = disk.look(metrics) {
            observer.happened(&event)?;
        }
        metrics.heartbeat.beat();
        app.update();
        if let Some(orders) = orders {
            look(app, orders);
            orders.events().try_for_each(|event| observer.happened(&event.into()))?;
        }
        for game in finished.try_iter() {
            metrics.bots.played(&game);
            observer.collect(game)?;
        }
        for event in events.try_iter() {
            observer.happened(&event)?;
            if matches!(event, SessionEvent::Browser { ready: false, .. })
                && orders.is_some_and(|orders| orders.open().is_open())
            {
                tell_open(orders, observer)?;
            }
        }
    }
    Ok(Ending::Complete)
}

/// Says what is open.
fn tell_open(orders: Option<&OrderLog>, observer: &mut impl SessionObserver) -> Result<(), Error> {
    let Some(orders) = orders else { return Ok(()) };
    let open = orders.open();
    orders.notify("open", &open);
    observer.happened(&SessionEvent::Open(Box::new(open)))
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
