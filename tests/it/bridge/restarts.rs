//! A server that is killed, and one that is not there yet.

use std::time::Duration;

use serde_json::json;

use super::follower::{Follower, Note, parsed};
use super::impatient;
use super::server::Server;
use crate::campaign::count;
use crate::machine::port;

/// How often the server is killed; `REPLAYER_KILLS` for more.
fn kills() -> u64 {
    count("REPLAYER_KILLS", 8)
}

#[test]
fn a_server_that_is_killed_and_comes_back_is_followed_again_without_a_double() {
    let settings =
        |port: u64| json!({ "port": port, "rate": { "per_second": 1_000, "bytes": 2_000 } });
    let Some(mut server) = Server::start(&settings(u64::from(port()))) else { return };
    let follower = Follower::start(impatient(&server.url()));
    for kill in 0..kills() {
        follower.connected();
        follower.numbered(0, 100);
        let port = server.port();
        drop(server);
        let mut n = 100;
        let waits = loop {
            match follower.next() {
                Note::Event(text) => {
                    assert_eq!(parsed(&text).1["n"], n, "after kill {kill}");
                    n += 1;
                }
                Note::Lost { retry_in, .. } => break retry_in,
                other @ Note::Connected { .. } => panic!("nobody is there: {other:?}"),
            }
        };
        assert!(waits <= Duration::from_millis(200), "{waits:?}");
        let Some(again) = Server::start(&settings(port)) else { return };
        server = again;
    }
    follower.connected();
    follower.numbered(0, 100);
    assert_eq!(follower.counts().connects, kills() + 1);
    assert!(follower.counts().failures > 0, "it was tried while nobody was there");
    follower.stop_well();
}

#[test]
fn a_server_that_is_not_there_yet_is_waited_for_and_the_attempts_are_counted() {
    let port = port();
    let follower = Follower::start(impatient(&format!("http://127.0.0.1:{port}")));
    for _ in 0..3 {
        let why = follower.lost().to_string();
        assert!(why.contains(&format!("could not reach 127.0.0.1:{port}")), "{why}");
    }
    let Some(_server) = Server::start(&json!({ "port": port })) else { return };
    loop {
        match follower.next() {
            Note::Connected { attempt, .. } => {
                assert!(attempt > 3, "{attempt}");
                break;
            }
            Note::Lost { .. } => {}
            other @ Note::Event(_) => panic!("nobody is there: {other:?}"),
        }
    }
    follower.stop_well();
}
