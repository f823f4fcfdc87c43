//! A session from its beginning to its end: an edge, a world, and who is told.

use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bevy_app::App;
use crossbeam_channel::{Receiver, bounded, unbounded};

use super::arms::{Armed, Records};
use super::clicking::Clicking;
use super::clock::{Clock, LOOK};
use super::ear::{Closing, Torn};
use super::edge::Edge;
use super::following::Following;
use super::happening::{Attendant, Happening};
use super::meter::{self, Meter};
use super::past;
use super::switch::Switch;
use crate::base::error::Error;
use crate::engine::collector::Ending;
use crate::engine::inbox::Inbox;
use crate::engine::journal::GameRecord;
use crate::engine::{self, Lineup};
use crate::feed::latency::Summary;
use crate::live::monitor::Board;

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

/// Plays a feed, on paper or with what it is armed with, until so many games are over, or until
/// told to stop.
///
/// # Errors
/// When a bot's strategy is not registered, the edge fails for good, the attendant fails, or the bots do not keep up. What was played
/// until then was handed over.
pub fn play(
    lineup: Lineup<'_>,
    games_max: u64,
    edge: Edge,
    stop: &AtomicBool,
    attendant: &mut impl Attendant,
) -> Result<Session, Error> {
    lineup.check()?;
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
                // The browser is ended before anybody hears of it. What it says then follows from
                // that.
                let _ = following.end();
            }
            built?
        }
    };
    meter::plugin(&mut app, clock, Arc::clone(&board));
    let switch = records.as_ref().map(Records::switch);
    // A panic ends the session as an error does: nothing is clicked any more, the recording is
    // finished.
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
