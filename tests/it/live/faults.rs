//! A feed that misbehaves: what is kept and booked is true all the same, and replays.

use std::thread;
use std::time::Duration;

use replayer::demo::feed_server::script::CueKind;
use replayer::demo::feed_server::{Config, Faults, Ping, ServerCommand, Stall};
use replayer::live::SessionEvent;

use super::stage::{Outcome, Show, play};
use crate::waiting::until;

/// Plays ten games of a server with faults and asserts what must hold whatever they are.
fn survives(change: impl FnOnce(&mut Config)) -> (Show, Outcome) {
    let show = Show::start(change);
    let outcome = play(&show.server.url(), 10);
    assert_eq!(outcome.games.len(), 10);
    show.assert_true(&outcome);
    outcome.assert_replays();
    assert!(outcome.session.summary.alarms.is_empty());
    (show, outcome)
}

fn losses(outcome: &Outcome) -> usize {
    outcome.count(|event| matches!(event, SessionEvent::Lost { .. }))
}

/// How many of a kind of anomaly there were.
fn anomalies(outcome: &Outcome, kind: &str) -> u64 {
    let mut anomalies = outcome.session.summary.anomalies.iter();
    anomalies.find(|(name, _)| *name == kind).map_or(0, |(_, count)| *count)
}

#[test]
fn lost_frames_are_made_up_for_and_close_the_game() {
    let (_, outcome) = survives(|config| config.faults.drop = 0.03);
    assert!(anomalies(&outcome, "gap") > 0);
}

#[test]
fn doubled_and_swapped_frames_are_told_once_and_in_order() {
    let (_, outcome) = survives(|config| {
        config.faults = Faults { duplicate: 0.05, swap: 0.05, ..Faults::default() };
    });
    assert!(anomalies(&outcome, "older") > 0);
}

#[test]
fn garbage_between_the_frames_is_counted_and_passed_over() {
    let (show, outcome) = survives(|config| config.faults.garbage = 0.05);
    assert!(show.server.counters().garbage > 10);
    assert_eq!(losses(&outcome), 0, "garbage is not a reason to go away");
}

#[test]
fn frames_that_are_never_told_are_not_missed() {
    // Without them the seeds come with the next game, or with the second rug frame of the next.
    for kind in [CueKind::Genesis, CueKind::RugAgain, CueKind::Presale, CueKind::Activation] {
        survives(|config| config.faults.omit = vec![kind]);
    }
}

#[test]
fn a_connection_that_is_closed_again_and_again_is_made_again_and_again() {
    let (show, outcome) = survives(|config| config.faults.disconnect_every = Some(1_500));
    assert!(losses(&outcome) > 0);
    assert!(show.server.counters().disconnected > 0);
}

#[test]
fn a_connection_that_is_cut_inside_a_frame_is_made_again() {
    let (_, outcome) = survives(|config| config.faults.cut_every = Some(1_500));
    assert!(losses(&outcome) > 0);
}

#[test]
fn a_server_that_stands_still_is_waited_for() {
    survives(|config| config.faults.stall = Some(Stall { every: 500, ms: 30 }));
}

#[test]
fn everything_at_once_is_survived() {
    let (_, outcome) = survives(|config| {
        config.faults = Faults {
            drop: 0.01,
            duplicate: 0.02,
            swap: 0.02,
            garbage: 0.02,
            disconnect_every: Some(2_900),
            cut_every: Some(3_700),
            stall: Some(Stall { every: 800, ms: 20 }),
            ..Faults::default()
        };
    });
    assert!(losses(&outcome) > 0);
}

#[test]
fn a_connection_that_is_only_silent_is_found_out_by_its_missing_pings() {
    let show = Show::start(|config| {
        let (interval, timeout) = (Duration::from_millis(200), Duration::from_millis(100));
        config.ping = Ping { interval, timeout };
    });
    let outcome = thread::scope(|scope| {
        let session = scope.spawn(|| play(&show.server.url(), 8));
        until("two games are over", || show.server.counters().games >= 2);
        assert!(show.server.order(ServerCommand::Silence));
        session.join().unwrap()
    });
    assert!(losses(&outcome) > 0);
    show.assert_true(&outcome);
    outcome.assert_replays();
}
