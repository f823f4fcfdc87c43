//! A stop ends the client from whatever state it is in, and the runtime with it.

use std::time::Duration;

use replayer::base::error::{Error, ErrorKind};
use replayer::base::runtime::{Runtime, Shutdown};
use replayer::feed::bridge::{Client, Config, Incoming};
use serde_json::json;

use super::follower::{Follower, Note};
use super::server::Server;
use super::strangers::{listener, saying, swallow};
use super::{PATIENCE, impatient};
use crate::campaign::count;
use crate::machine::port;
use crate::waiting::{in_time, now, promptly};

/// What a stop must not wait for: longer than anybody's patience.
const LONG: Duration = PATIENCE.saturating_mul(4);

/// Lets a client get into its state, stops it there.
fn stops_in(url: &str) {
    let mut config = impatient(url);
    config.options.connect_timeout = LONG;
    let follower = Follower::start(config);
    follower.quiet(Duration::from_millis(200));
    follower.stop_well();
}

#[test]
fn it_ends_while_a_handshake_hangs() {
    let silent = listener(swallow);
    stops_in(&format!("ws://{silent}"));
    let mut config = impatient(&format!("wss://{silent}"));
    config.options.connect_timeout = LONG;
    config.roots = super::tls::some_roots();
    let follower = Follower::start(config);
    follower.quiet(Duration::from_millis(200));
    follower.stop_well();
    stops_in(&format!("ws://{}", saying(&[])));
    let half = &["0{\"sid\":\"x\",\"pingInterval\":25000,\"pingTimeout\":20000}"];
    stops_in(&format!("ws://{}", saying(half)));
}

#[test]
fn it_ends_while_nobody_answers_at_all() {
    // A listener whose queue is full: the kernel drops what knocks.
    let queue = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = queue.local_addr().unwrap();
    let mut knocking = Vec::new();
    while let Ok(stream) =
        std::net::TcpStream::connect_timeout(&address, Duration::from_millis(100))
    {
        knocking.push(stream);
        assert!(knocking.len() < 10_000, "the queue is never full");
    }
    stops_in(&format!("ws://{address}"));
}

#[test]
fn it_ends_while_it_waits_for_the_next_attempt() {
    let mut config = Config::new(&format!("ws://127.0.0.1:{}", port()), 1).unwrap();
    (config.options.backoff.first, config.options.backoff.longest) = (LONG, LONG);
    let follower = Follower::start(config);
    let Note::Lost { retry_in, .. } = follower.next() else { panic!("somebody is there") };
    assert!(retry_in >= LONG / 2);
    follower.stop_well();
}

#[test]
fn it_ends_while_it_is_connected_and_idle_and_says_goodbye() {
    let Some(server) = Server::start(&json!({})) else { return };
    let follower = Follower::start(impatient(&server.url()));
    follower.connected();
    server.hear("connected");
    follower.stop_well();
    // Not "transport error", and not after a ping timeout.
    assert_eq!(server.hear("disconnected")["why"], "transport close");
}

#[test]
fn it_ends_under_a_flood_and_has_handed_over_everything_up_to_some_event() {
    let settings = json!({ "rate": { "per_second": 20_000, "bytes": 1_000 } });
    let Some(server) = Server::start(&settings) else { return };
    let client = Client::new(impatient(&server.url())).unwrap();
    let counters = client.counters();
    let shutdown = Shutdown::new();
    let mut runtime = Runtime::start(shutdown.clone()).unwrap();
    let (sender, events) = crossbeam_channel::bounded(1 << 20);
    let handler = move |incoming: Incoming<'_>| {
        if let Incoming::Message { text, .. } = incoming {
            sender.send(text.to_owned()).unwrap();
        }
        Ok(())
    };
    runtime.spawn("feed", client.follow(handler, shutdown));
    let first: Vec<_> = (0..500).map(|_| events.recv_timeout(PATIENCE).unwrap()).collect();
    let begun = now();
    in_time("the client ends", || runtime.join_within(PATIENCE)).unwrap();
    promptly("a client under a flood ends", begun.elapsed(), Duration::from_secs(2));
    // The sender is gone with the task: the queue ends, and nothing in it is lost.
    let all: Vec<_> = first.into_iter().chain(events).collect();
    assert_eq!(all.len() as u64, counters.read().events);
    for (n, text) in all.iter().enumerate() {
        assert_eq!(super::follower::parsed(text).1["n"], n);
    }
}

#[test]
fn it_ends_on_a_half_open_connection_with_something_left_to_say() {
    let Some(server) = Server::start(&json!({})) else { return };
    let follower = Follower::start(impatient(&server.url()));
    follower.connected();
    server.signal("STOP");
    let big = serde_json::value::to_raw_value(&"x".repeat(900_000)).unwrap();
    // More than the kernel takes for somebody who does not read.
    for _ in 0..8 {
        let _ = follower.emitter.emit("big", vec![big.clone()]);
        follower.quiet(Duration::from_millis(20));
    }
    follower.stop_well();
}

#[test]
fn a_handler_that_fails_ends_the_client_with_its_error() {
    let Some(server) = Server::start(&json!({ "hello": 10 })) else { return };
    let client = Client::new(impatient(&server.url())).unwrap();
    let mut runtime = Runtime::start(Shutdown::new()).unwrap();
    let mut heard = 0;
    let handler = move |incoming: Incoming<'_>| match incoming {
        Incoming::Message { .. } if heard == 3 => {
            Err(Error::new(ErrorKind::Safety, "the queue is full"))
        }
        Incoming::Message { .. } => {
            heard += 1;
            Ok(())
        }
        _ => Ok(()),
    };
    runtime.spawn("feed", client.follow(handler, runtime.shutdown().clone()));
    let error = runtime.wait().unwrap_err();
    assert_eq!(
        (error.kind(), error.to_string().as_str()),
        (ErrorKind::Safety, "the queue is full")
    );
    assert_eq!(server.hear("disconnected")["why"], "transport close");
}

#[test]
fn a_panic_in_a_task_is_an_error_of_the_runtime() {
    let mut runtime = Runtime::start(Shutdown::new()).unwrap();
    runtime.spawn("feed", async { panic!("price {} of tick {}", -1, 7) });
    let error = runtime.wait().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Live);
    assert_eq!(error.to_string(), "the task feed panicked: price -1 of tick 7");
}

#[test]
fn a_task_that_does_not_end_is_left_behind_and_named() {
    let (shutdown, begun) = (Shutdown::new(), now());
    let mut runtime = Runtime::start(shutdown.clone()).unwrap();
    let stopped = shutdown.clone();
    runtime.spawn("deaf", std::future::pending());
    runtime.spawn("blocked", async {
        loop {
            std::thread::park();
        }
    });
    runtime.spawn("good", async move {
        stopped.stopped().await;
        Ok(())
    });
    let error = runtime.join().unwrap_err().to_string();
    assert!(error.contains("deaf, blocked") && !error.contains("good"), "{error}");
    promptly("a runtime leaves a task behind", begun.elapsed(), Duration::from_secs(4));
    assert!(shutdown.is_stopped());
}

#[test]
fn a_task_that_dies_or_fails_stops_the_others_at_once() {
    for dies in [true, false] {
        let shutdown = Shutdown::new();
        let mut runtime = Runtime::start(shutdown.clone()).unwrap();
        let stopped = shutdown.clone();
        runtime.spawn("other", async move {
            stopped.stopped().await;
            Ok(())
        });
        runtime.spawn("kill switch", async move {
            if dies { panic!("a bug") } else { Err(Error::new(ErrorKind::Live, "a failure")) }
        });
        // Nobody waits for it yet: a session plays.
        let stopped = shutdown.clone();
        let watcher = std::thread::spawn(move || {
            while !stopped.is_stopped() {
                std::thread::yield_now();
            }
        });
        watcher.join().unwrap();
        let error = runtime.join().unwrap_err().to_string();
        assert!(
            error.contains(if dies { "kill switch panicked: a bug" } else { "a failure" }),
            "{error}"
        );
    }
}

/// Starts and stops in a row, each at another point of the way; `REPLAYER_STARTS` for more.
#[test]
fn many_starts_and_stops_end_without_a_deadlock_or_an_error() {
    let starts = count("REPLAYER_STARTS", 1_000);
    let address = saying(&[
        "0{\"sid\":\"x\",\"pingInterval\":25000,\"pingTimeout\":20000}",
        "40{\"sid\":\"y\"}",
    ]);
    let begun = now();
    let (mut connected, mut longest) = (0, Duration::ZERO);
    for cycle in 0..starts {
        let shutdown = Shutdown::new();
        let mut runtime = Runtime::start(shutdown.clone()).unwrap();
        let client = Client::new(impatient(&format!("ws://{address}"))).unwrap();
        let counters = client.counters();
        runtime.spawn("feed", client.follow(|_| Ok(()), shutdown));
        for _ in 0..cycle % 50 * 20 {
            std::hint::spin_loop();
        }
        if cycle % 50 == 49 {
            while counters.read().connects == 0 {
                std::thread::yield_now();
            }
        }
        let stopping = now();
        runtime.join_within(PATIENCE).unwrap();
        longest = longest.max(stopping.elapsed());
        connected += counters.read().connects;
    }
    assert!(
        (starts / 50..starts).contains(&connected),
        "{connected} were stopped after they connected"
    );
    let took = begun.elapsed();
    eprintln!(
        "measured: {starts} starts and stops, {connected} of them connected, in {took:.1?}; the longest stop {longest:.1?}"
    );
}
