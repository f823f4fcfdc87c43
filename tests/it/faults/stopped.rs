//! SIGSTOP: a session that stands still while the feed goes on.

use std::time::Duration;

use replayer::demo::feed_server::Ping;
use rustix::process::Signal;

use super::{AS_IT_IS, live};
use crate::campaign::count;
use crate::live::Show;
use crate::live::command::assert_replays;
use crate::machine::pace;
use crate::waiting::pause;

/// How long a session stands still; `REPLAYER_STOP_SECONDS` for longer.
fn seconds() -> Duration {
    Duration::from_secs(count("REPLAYER_STOP_SECONDS", 3))
}

/// Stops a session in the midst of a show, lets it go on, and compares its outcome with the truth.
fn stopped(ping: Ping, told: &[&str]) {
    let show = Show::start(|config| {
        config.pace = pace(50.0);
        config.ping = ping;
    });
    let (place, url) = (tempfile::tempdir().unwrap(), show.server.url());
    let mut session = live(&AS_IT_IS, place.path(), &url, &[]);
    session.says("game 1 (");
    session.signal(Signal::STOP);
    pause(seconds());
    session.signal(Signal::CONT);
    told.iter().for_each(|words| session.says(words));
    session.says("rugged at tick");
    session.says("rugged at tick");
    let said = session.interrupt();
    assert!(!said.contains("panicked"), "{said}");
    eprintln!("measured: stopped for {:?}:\n{said}", seconds());
    assert!(show.assert_recorded(&place.path().join("s/recording")) >= 4);
    assert_replays(place.path());
}

#[test]
fn a_session_that_stood_still_and_was_given_up_by_its_server_says_so_and_connects_again() {
    // What must hold: the loss is told, bots are not asked before a whole game was heard again,
    // every price that was recorded is the one of its tick, and the recording plays to the digest
    // of the session.
    let (interval, timeout) = (Duration::from_millis(500), Duration::from_millis(500));
    let normal = "normal (was degraded): received a whole game in time";
    stopped(Ping { interval, timeout }, &["no connection: ", "connected", normal]);
}

#[test]
fn a_session_that_stood_still_under_a_server_that_waits_catches_up() {
    // What must hold: what the server kept is heard late and not wrong, and the recording plays to
    // the digest of the session.
    let (interval, timeout) = (Duration::from_secs(600), Duration::from_secs(600));
    stopped(Ping { interval, timeout }, &[]);
}
