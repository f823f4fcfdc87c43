//! Descriptors that run out: before a session begins, in the midst of it, and at the feed's server.

use std::net::TcpStream;

use replayer::demo::feed_server::ServerCommand;
use rustix::process::{Resource, Signal};

use super::{AS_IT_IS, Process, can, live, under};
use crate::feed_server::served::Served;
use crate::live::Show;
use crate::machine::pace;
use crate::program::replayer;

const TOO_MANY: &str = "Too many open files";

#[test]
fn with_too_few_descriptors_a_session_says_so_and_with_one_more_than_that_it_plays() {
    // What must hold: whatever the limit, either a game is played, or the session ends with code 3
    // or 4, or goes on trying, and says what it lacks. Never a panic.
    if !can(&["prlimit", "--nofile=64"]) {
        return;
    }
    let show = Show::start(|_| {});
    let (mut refused, mut tried, mut played) = (0, 0, 0);
    for limit in 6..24 {
        let (place, url) = (tempfile::tempdir().unwrap(), show.server.url());
        let limit = format!("--nofile={limit}");
        let mut session = live(&["prlimit", &limit], place.path(), &url, &[]);
        let said = session.says_one_of(&["game 1 (", "next attempt in", TOO_MANY]);
        session.signal(Signal::TERM);
        let (code, text) = session.ends();
        assert!(!text.contains("panicked"), "{limit}: {text}");
        match (said, code) {
            (Some(0), Some(130)) => played += 1,
            (Some(1), Some(130)) => tried += 1,
            (_, Some(3 | 4)) => refused += 1,
            _ => panic!("{limit}: {code:?}, {text}"),
        }
        assert!(said == Some(0) || text.contains(TOO_MANY), "{limit}: {text}");
    }
    eprintln!("measured: {refused} limits refused, {tried} without a connection, {played} played");
    assert!(refused > 0 && played > 0);
}

#[test]
fn a_session_that_runs_out_of_descriptors_says_so_goes_on_and_loses_no_tick_of_what_it_hears() {
    // What must hold: a part of the recording that cannot be begun waits in memory, a connection
    // that cannot be made is tried again; with descriptors again, everything that was heard is
    // recorded.
    let show = Show::start(|config| config.pace = pace(200.0));
    let (place, url) = (tempfile::tempdir().unwrap(), show.server.url());
    let mut sets = vec!["record.part_games_max=1", "record.retry_ms=50"];
    sets.extend(["feed.backoff_first_ms=50", "feed.backoff_longest_ms=200"]);
    let mut session = live(&AS_IT_IS, place.path(), &url, &sets);
    session.says("game 2 (");
    // Fewer than it has: none is closed.
    session.limit(Resource::Nofile, 3);
    session.says("cannot record to s/recording: Too many open files");
    session.says("rugged at tick");
    assert!(show.server.order(ServerCommand::Disconnect));
    session.says("127.0.0.1");
    session.limit(Resource::Nofile, 512);
    assert_eq!(session.says_one_of(&["connected at attempt"]), Some(0));
    session.says("rugged at tick");
    session.says("rugged at tick");
    let said = session.interrupt();
    for words in ["could not reach 127.0.0.1", "recording to s/recording again"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(!said.contains("panicked") && !said.contains("cannot keep up"), "{said}");
    assert!(show.assert_recorded(&place.path().join("s/recording")) > 3);
    let report = std::fs::read_to_string(place.path().join("s/live.json")).unwrap();
    assert!(report.contains("\"lost\": 0"), "{report}");
    let again = replayer(place.path(), &["run", "s/replay.ron", "--no-journal"]);
    assert!(again.status.success(), "{again:?}");
}

#[test]
fn a_server_whose_descriptors_are_used_up_serves_again_when_somebody_has_left() {
    // What must hold: who comes too late waits, the games go on for the others, and nobody is
    // needed to start the server again.
    let wrapper = ["prlimit", "--nofile=24"];
    if !can(&wrapper) {
        return;
    }
    let place = tempfile::tempdir().unwrap();
    let command = under(&wrapper, place.path(), &[]);
    let server = Served::through(command, "127.0.0.1:0", &["--speed", "500", "--seed", "9"]);
    // More than can be let in: the others stay in the system's queue.
    let crowd: Vec<_> = (0..40).map(|_| TcpStream::connect(server.address()).unwrap()).collect();
    let feed = ["live", "quickstart", "--no-journal", "--games", "2", "--feed", &server.url()];
    let arguments = [&feed[..], &["--set", "feed.connect_timeout_ms=300"]].concat();
    let mut session = Process::start(under(&AS_IT_IS, place.path(), &arguments));
    session.says("no connection within 300ms");
    drop(crowd);
    session.says("connected at attempt");
    let (code, said) = session.ends();
    assert_eq!(code, Some(0), "{said}");
}
