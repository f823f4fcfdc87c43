//! Sessions carried by polling, and by a WebSocket that takes over from it: the same events, both
//! ways, as over a WebSocket from the beginning.

use replayer::demo::feed_server::{self, Config};
use replayer::feed::bridge::{self, Auth, TransportMode, Why};
use serde_json::json;
use serde_json::value::to_raw_value;
use tokio::runtime::Builder;

use super::follower::{Follower, Note};
use super::proxies::without_websockets;
use super::server::Server;
use super::{MODES, PATIENCE, impatient};
use crate::live::stage::feed_config;
use crate::machine::{pace, port};

fn carried(url: &str, transport: TransportMode) -> bridge::Config {
    let mut config = impatient(url);
    config.options.transport = transport;
    config
}

/// Events in numbers and in size, answers both ways, pings, binary data: over a session as it is.
fn works(server: &Server, follower: &Follower) {
    server.order("burst", json!({ "count": 2_000, "bytes": 1_000 }));
    follower.numbered(0, 2_000);
    server.order("burst", json!({ "count": 3, "bytes": 400_000 }));
    follower.numbered(2_000, 3);
    server.order("ask", json!({ "args": ["question", { "number": 1 }] }));
    assert_eq!(follower.event().1, json!({ "number": 1 }));
    assert_eq!(server.hear("answered")["args"], json!([]));
    let number = || vec![to_raw_value(&json!({ "number": 7 })).unwrap()];
    let reply = follower.emitter.ask("question", number()).unwrap();
    let runtime = Builder::new_current_thread().enable_time().build().unwrap();
    let answer = runtime.block_on(reply.within(PATIENCE)).unwrap();
    assert_eq!(answer[1].get(), r#"{"number":7}"#);
    for said in 0..50 {
        follower.emitter.emit("said", vec![to_raw_value(&said).unwrap()]).unwrap();
        loop {
            let heard = server.hear("heard");
            if heard["name"] == "said" {
                assert_eq!(heard["args"], json!([said]));
                break;
            }
        }
    }
    for _ in 0..3 {
        server.hear("pong");
    }
    server.order("binary", json!({ "bytes": 1_000 }));
    server.order("burst", json!({ "count": 1 }));
    follower.numbered(2_003, 1);
    let counts = follower.counts();
    assert_eq!((counts.connects, counts.undecodable), (1, 0), "{counts:?}");
    assert_eq!((counts.binary, counts.attachments), (1, 2), "{counts:?}");
}

#[test]
fn a_session_that_is_polled_has_everything_that_one_over_a_websocket_has() {
    let settings = json!({ "transports": ["polling"], "pingInterval": 100 });
    let Some(server) = Server::start(&settings) else { return };
    for transport in [TransportMode::Polling, TransportMode::Upgrade] {
        let follower = Follower::start(carried(&server.url(), transport));
        follower.connected();
        // No WebSocket is offered to either.
        let connected = server.hear("connected");
        assert_eq!(connected["transport"], "polling", "{connected}");
        works(&server, &follower);
        follower.stop_well();
        server.hear("disconnected");
    }
}

#[test]
fn a_session_that_begins_by_polling_goes_on_by_a_websocket() {
    let Some(server) = Server::start(&json!({ "pingInterval": 100 })) else { return };
    let follower = Follower::start(carried(&server.url(), TransportMode::Upgrade));
    follower.connected();
    let connected = server.hear("connected");
    assert_eq!(connected["query"]["transport"], "polling", "{connected}");
    assert_eq!(connected["transport"], "websocket", "{connected}");
    works(&server, &follower);
    follower.stop_well();
    server.hear("disconnected");
}

#[test]
fn polling_goes_on_where_no_websocket_gets_through() {
    let Some(server) = Server::start(&json!({ "pingInterval": 100 })) else { return };
    let walled = without_websockets(server.port());
    let follower = Follower::start(carried(&format!("http://{walled}"), TransportMode::Upgrade));
    follower.connected();
    assert_eq!(server.hear("connected")["transport"], "polling");
    works(&server, &follower);
    follower.stop_well();
    // By a WebSocket alone, nothing gets through, and that is told.
    let follower = Follower::start(impatient(&format!("http://{walled}")));
    let (reasons, error) = follower.gives_up();
    assert!(matches!(&reasons[0], Why::Answered(_)), "{reasons:?}");
    assert!(error.to_string().contains("feed.transport"), "{error}");
}

#[test]
fn credentials_and_namespace_are_those_of_the_session_however_it_is_carried() {
    let settings = json!({ "namespace": "/game", "token": "right", "hello": 3 });
    let Some(server) = Server::start(&settings) else { return };
    for transport in MODES {
        let mut config = carried(&server.url(), transport);
        config.namespace = "/game".to_owned();
        config.auth = Some(Auth::new(json!({ "token": "right" }).to_string().into()).unwrap());
        let follower = Follower::start(config);
        let sid = follower.connected();
        assert_eq!(server.hear("connected")["sid"], sid.as_str());
        follower.numbered(0, 3);
        follower.stop_well();
    }
}

#[test]
fn a_message_above_the_limit_costs_a_polled_session_too() {
    let Some(server) = Server::start(&json!({ "transports": ["polling"] })) else { return };
    let mut config = carried(&server.url(), TransportMode::Polling);
    config.options.message_bytes_max = 100_000;
    let follower = Follower::start(config);
    follower.connected();
    // Together they are far above the limit.
    server.order("burst", json!({ "count": 50, "bytes": 90_000 }));
    follower.numbered(0, 50);
    server.order("burst", json!({ "count": 1, "bytes": 200_000 }));
    let Why::Oversize { bytes, limit: 100_000 } = follower.lost() else { panic!("not refused") };
    assert!(bytes > 100_000, "{bytes}");
    assert_eq!(follower.counts().oversize, 1);
    follower.stop_well();
}

#[test]
fn a_server_that_goes_while_it_is_polled_is_followed_again() {
    let port = port();
    let settings = json!({ "port": port, "transports": ["polling"], "hello": 3 });
    let Some(server) = Server::start(&settings) else { return };
    let follower = Follower::start(carried(&server.url(), TransportMode::Polling));
    follower.connected();
    follower.numbered(0, 3);
    for goodbye in ["leave", "kick"] {
        server.order(goodbye, json!({}));
        let why = follower.lost();
        assert!(matches!(why, Why::Closed(_) | Why::Answered(_)), "{goodbye}: {why:?}");
        follower.connected();
        follower.numbered(0, 3);
        server.hear("connected");
    }
    drop(server);
    let why = follower.lost();
    // Between two requests there is nobody to ask.
    assert!(matches!(why, Why::Broken(_) | Why::Unreachable { .. }), "{why:?}");
    let Some(_again) = Server::start(&settings) else { return };
    follower.connected();
    follower.numbered(0, 3);
    follower.stop_well();
}

#[test]
fn a_polled_server_that_is_silent_is_left_by_its_pings() {
    let settings = json!({ "transports": ["polling"], "pingInterval": 300, "pingTimeout": 500 });
    let Some(server) = Server::start(&settings) else { return };
    let follower = Follower::start(carried(&server.url(), TransportMode::Polling));
    follower.connected();
    server.signal("STOP");
    let why = follower.lost();
    assert!(matches!(why, Why::Silent(_)), "{why:?}");
    server.signal("CONT");
    follower.connected();
    follower.stop_well();
}

#[test]
fn the_feed_server_is_followed_however_the_session_is_carried() {
    for transport in MODES {
        let config = Config { pace: pace(100.0), ..feed_config() };
        let server = feed_server::start(config).unwrap();
        let follower = Follower::start(carried(&server.url(), transport));
        follower.connected();
        for _ in 0..200 {
            assert!(matches!(follower.next(), Note::Event(_)), "{transport}");
        }
        follower.stop_well();
        server.stop();
    }
}
