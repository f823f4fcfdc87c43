//! What goes wrong on a connection: each time it is noticed, told, and followed by another one.

use std::time::Duration;

use replayer::feed::bridge::Why;
use serde_json::json;

use super::follower::Follower;
use super::impatient;
use super::server::Server;
use crate::waiting::{now, pause, promptly};

#[test]
fn a_half_open_connection_is_found_by_its_pings_while_we_go_on_talking() {
    let settings = json!({ "pingInterval": 300, "pingTimeout": 500, "hello": 1 });
    let Some(server) = Server::start(&settings) else { return };
    let follower = Follower::start(impatient(&server.url()));
    follower.connected();
    follower.numbered(0, 1);
    let stopped = now();
    server.signal("STOP");
    // Busy all the time: a deadline that began again with every turn would never pass.
    let emitter = follower.emitter.clone();
    let talking = std::thread::spawn(move || {
        let mut said = 0;
        while emitter.emit("still there?", vec![]).is_ok() {
            said += 1;
            pause(Duration::from_millis(2));
        }
        said
    });
    assert_eq!(follower.lost(), Why::Silent(Duration::from_millis(800)));
    let after = stopped.elapsed();
    assert!(talking.join().unwrap() > 10, "it was talking");
    assert!(after > Duration::from_millis(300), "{after:?}");
    promptly("silence is noticed", after, Duration::from_secs(5));
    server.signal("CONT");
    follower.connected();
    follower.numbered(0, 1);
    follower.stop_well();
}

#[test]
fn garbage_between_frames_is_counted_and_disturbs_nothing() {
    let Some(server) = Server::start(&json!({})) else { return };
    let follower = Follower::start(impatient(&server.url()));
    follower.connected();
    let garbage = [
        "",
        "garbage",
        "4",
        "49",
        "42/other,[\"x\"]",
        "0{}",
        "43[]",
        "99999999999",
        "45x-[]",
        "\u{0}",
    ];
    for (n, text) in (0..).zip(garbage) {
        server.order("text", json!({ "text": text }));
        server.order("burst", json!({ "count": 1 }));
        follower.numbered(n, 1);
    }
    // What looks like an event is handed over: its body is for the caller to read.
    server.order("text", json!({ "text": "42[garbage" }));
    let super::follower::Note::Event(text) = follower.next() else { panic!("no event") };
    assert_eq!(text, "42[garbage");
    assert_eq!(follower.counts().undecodable, garbage.len() as u64);
    assert_eq!(follower.counts().connects, 1);
    follower.stop_well();
}

#[test]
fn bytes_that_are_not_frames_cost_the_connection() {
    let Some(server) = Server::start(&json!({ "hello": 3 })) else { return };
    let follower = Follower::start(impatient(&server.url()));
    for hex in ["ffffffffffffffffffffffffffffffff", "83", "810aff", "8102c328", "c1007f"] {
        follower.connected();
        follower.numbered(0, 3);
        server.order("bytes", json!({ "hex": hex }));
        if hex.len() < 10 {
            // Not whole, so that nothing is wrong with it until the end.
            server.order("destroy", json!({}));
        }
        let why = follower.lost();
        assert!(matches!(why, Why::Broken(_)), "{hex}: {why:?}");
        server.hear("disconnected");
    }
    follower.connected();
    follower.stop_well();
}

#[test]
fn a_connection_that_ends_inside_a_frame_is_made_again() {
    let Some(server) = Server::start(&json!({ "hello": 5 })) else { return };
    let follower = Follower::start(impatient(&server.url()));
    for _ in 0..5 {
        follower.connected();
        follower.numbered(0, 5);
        server.order("cut", json!({}));
        let why = follower.lost();
        assert!(matches!(why, Why::Broken(_)), "{why:?}");
    }
    follower.connected();
    follower.numbered(0, 5);
    follower.stop_well();
}

#[test]
fn a_server_that_says_goodbye_is_joined_again() {
    let Some(server) = Server::start(&json!({ "hello": 5 })) else { return };
    let follower = Follower::start(impatient(&server.url()));
    for goodbye in ["leave", "kick", "destroy"] {
        follower.connected();
        follower.numbered(0, 5);
        server.hear("connected");
        server.order(goodbye, json!({}));
        let why = follower.lost();
        assert!(matches!(why, Why::Closed(_) | Why::Broken(_)), "{goodbye}: {why:?}");
    }
    follower.connected();
    follower.numbered(0, 5);
    follower.stop_well();
}

#[test]
fn sockets_that_are_cut_in_the_middle_of_a_stream_lose_and_repeat_nothing_in_between() {
    let settings = json!({ "rate": { "per_second": 2_000, "bytes": 2_000 } });
    let Some(server) = Server::start(&settings) else { return };
    let follower = Follower::start(impatient(&server.url()));
    for _ in 0..20 {
        follower.connected();
        follower.numbered(0, 100);
        server.order("destroy", json!({}));
        let mut n = 100;
        // Contiguous to the end: what came before the cut came whole.
        while let super::follower::Note::Event(text) = follower.next() {
            assert_eq!(super::follower::parsed(&text).1["n"], n);
            n += 1;
        }
    }
    assert_eq!(follower.counts().failures, 0);
    follower.stop_well();
}
