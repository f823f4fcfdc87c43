//! Events arrive once, whole and in order.

use replayer::feed::bridge::Why;
use serde_json::json;

use super::follower::Follower;
use super::impatient;
use super::server::Server;

#[test]
fn every_event_of_a_burst_arrives_once_and_in_order() {
    let Some(server) = Server::start(&json!({})) else { return };
    let follower = Follower::start(impatient(&server.url()));
    follower.connected();
    server.order("burst", json!({ "count": 5_000, "bytes": 1_000 }));
    follower.numbered(0, 5_000);
    server.order("burst", json!({ "count": 10, "bytes": 0 }));
    follower.numbered(5_000, 10);
    let counts = follower.counts();
    assert_eq!((counts.connects, counts.events, counts.undecodable), (1, 5_010, 0));
    assert!(counts.bytes > 5_000_000 && counts.frames >= 5_012, "{counts:?}");
    follower.stop_well();
}

#[test]
fn frames_of_400_kb_arrive_between_small_ones() {
    let Some(server) = Server::start(&json!({})) else { return };
    let follower = Follower::start(impatient(&server.url()));
    follower.connected();
    for round in 0..20 {
        server.order("burst", json!({ "count": 1, "bytes": 400_000 }));
        server.order("burst", json!({ "count": 5, "bytes": 10_000 }));
        let (_, payload) = follower.event();
        assert_eq!(payload["pad"].as_str().unwrap().len(), 400_000);
        follower.numbered(round * 6 + 1, 5);
    }
    follower.stop_well();
}

#[test]
fn a_message_above_the_limit_costs_its_connection_and_is_counted() {
    let Some(server) = Server::start(&json!({})) else { return };
    let mut config = impatient(&server.url());
    config.options.message_bytes_max = 100_000;
    let follower = Follower::start(config);
    follower.connected();
    server.order("burst", json!({ "count": 3, "bytes": 90_000 }));
    follower.numbered(0, 3);
    server.order("burst", json!({ "count": 1, "bytes": 200_000 }));
    let Why::Oversize { bytes, limit: 100_000 } = follower.lost() else { panic!("not refused") };
    assert!((200_000..200_200).contains(&bytes), "{bytes}");
    follower.connected();
    server.hear("disconnected");
    server.hear("connected");
    server.order("burst", json!({ "count": 3, "bytes": 10 }));
    follower.numbered(0, 3);
    let counts = follower.counts();
    assert_eq!((counts.oversize, counts.connects, counts.failures), (1, 2, 0));
    follower.stop_well();
}

#[test]
fn binary_events_are_counted_and_passed_over() {
    let Some(server) = Server::start(&json!({})) else { return };
    let follower = Follower::start(impatient(&server.url()));
    follower.connected();
    server.order("burst", json!({ "count": 1 }));
    server.order("binary", json!({ "bytes": 50_000 }));
    server.order("burst", json!({ "count": 1 }));
    follower.numbered(0, 2);
    let counts = follower.counts();
    assert_eq!((counts.events, counts.binary, counts.attachments), (2, 1, 2));
    assert!(counts.bytes > 50_000 && counts.undecodable == 0, "{counts:?}");
    follower.stop_well();
}

#[test]
fn an_event_keeps_all_its_arguments_and_the_trace_is_not_its_payload() {
    let Some(server) = Server::start(&json!({})) else { return };
    let follower = Follower::start(impatient(&server.url()));
    follower.connected();
    let trace = json!({ "__trace": true, "traceparent": "00-aa-bb-01" });
    server.order("emit", json!({ "args": ["standard/newTrade", trace, { "price": 1.05 }] }));
    assert_eq!(follower.event(), ("standard/newTrade".to_owned(), json!({ "price": 1.05 })));
    follower.stop_well();
}

#[test]
fn pings_are_answered_for_as_long_as_the_connection_lasts() {
    let Some(server) = Server::start(&json!({ "pingInterval": 50 })) else { return };
    let follower = Follower::start(impatient(&server.url()));
    follower.connected();
    // A server says no other ping before the last one is answered.
    for _ in 0..30 {
        server.hear("pong");
    }
    server.order("burst", json!({ "count": 1 }));
    follower.numbered(0, 1);
    assert_eq!(follower.counts().connects, 1);
    follower.stop_well();
}
