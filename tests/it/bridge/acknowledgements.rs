//! Answers, both ways.

use std::time::Duration;

use replayer::feed::bridge::{EmitError, Emitter, Reply, ReplyError};
use serde_json::json;
use serde_json::value::{RawValue, to_raw_value};
use tokio::runtime::Builder;

use super::follower::{Follower, Note};
use super::server::Server;
use super::{PATIENCE, impatient};
use crate::machine::port;

/// The first argument behind `"re"`, as the server echoes it.
fn answer(reply: Reply, patience: Duration) -> Result<String, ReplyError> {
    let runtime = Builder::new_current_thread().enable_time().build().unwrap();
    let args = runtime.block_on(reply.within(patience))?;
    assert_eq!(args[0].get(), "\"re\"");
    Ok(args[1].get().to_owned())
}

fn arg(value: &impl serde::Serialize) -> Vec<Box<RawValue>> {
    vec![to_raw_value(value).unwrap()]
}

fn ask(emitter: &Emitter, name: &str, number: u64, after_ms: u64) -> Reply {
    emitter.ask(name, arg(&json!({ "number": number, "after": after_ms }))).unwrap()
}

#[test]
fn the_server_gets_the_acknowledgements_that_it_asks_for() {
    let Some(server) = Server::start(&json!({})) else { return };
    let follower = Follower::start(impatient(&server.url()));
    follower.connected();
    for number in 0..50 {
        server.order("ask", json!({ "args": ["question", { "number": number }] }));
        assert_eq!(follower.event().1, json!({ "number": number }));
        assert_eq!(server.hear("answered"), json!({ "event": "answered", "args": [] }));
    }
    follower.stop_well();
}

#[test]
fn answers_find_who_asked_in_whatever_order_they_come() {
    let Some(server) = Server::start(&json!({})) else { return };
    let follower = Follower::start(impatient(&server.url()));
    follower.connected();
    let emitter = &follower.emitter;
    let replies: Vec<_> =
        (0..20).map(|number| ask(emitter, "question", number, (20 - number) * 10)).collect();
    for (number, reply) in (0..).zip(replies) {
        let answer = answer(reply, PATIENCE).unwrap();
        assert!(answer.contains(&format!("\"number\":{number}}}")), "{number}: {answer}");
    }
    assert_eq!(follower.counts().unasked, 0);
    follower.stop_well();
}

#[test]
fn what_we_say_is_heard_in_order() {
    let Some(server) = Server::start(&json!({})) else { return };
    let follower = Follower::start(impatient(&server.url()));
    follower.connected();
    for number in 0..200 {
        while follower.emitter.emit("said", arg(&number)) == Err(EmitError::Full) {
            std::thread::yield_now();
        }
    }
    for number in 0..200 {
        let heard = server.hear("heard");
        assert_eq!((&heard["name"], &heard["args"]), (&json!("said"), &json!([number])));
    }
    follower.stop_well();
}

#[test]
fn a_question_without_an_answer_ends_when_its_time_or_its_connection_does() {
    // Somebody is there again later.
    let port = port();
    let Some(server) = Server::start(&json!({ "port": port })) else { return };
    let follower = Follower::start(impatient(&server.url()));
    follower.connected();
    let short = Duration::from_millis(50);
    let late = answer(ask(&follower.emitter, "unanswered", 1, 0), short);
    assert_eq!(late.unwrap_err(), ReplyError::Late(short));
    let reply = ask(&follower.emitter, "unanswered", 2, 0);
    server.order("destroy", json!({}));
    assert_eq!(answer(reply, PATIENCE).unwrap_err(), ReplyError::Lost);
    follower.connected();
    let reply = ask(&follower.emitter, "unanswered", 3, 0);
    drop(server);
    assert_eq!(answer(reply, PATIENCE).unwrap_err(), ReplyError::Lost);
    follower.lost();
    // Nothing that is said while nobody hears it is said later.
    assert_eq!(follower.emitter.emit("old news", vec![]), Err(EmitError::Offline));
    let Some(server) = Server::start(&json!({ "port": port })) else { return };
    follower.connected();
    follower.emitter.emit("news", vec![]).unwrap();
    assert_eq!(server.hear("heard")["name"], "news");
    let emitter = follower.emitter.clone();
    follower.stop_well();
    assert_eq!(emitter.emit("too late", vec![]), Err(EmitError::Ended));
}

#[test]
fn an_answer_that_nobody_waits_for_is_counted_and_disturbs_nobody() {
    let Some(server) = Server::start(&json!({ "namespace": "/game" })) else { return };
    let mut config = impatient(&server.url());
    config.namespace = "/game".to_owned();
    let follower = Follower::start(config);
    follower.connected();
    server.order("text", json!({ "text": "43/game,77[\"stray\"]" }));
    server.order("burst", json!({ "count": 1 }));
    assert!(matches!(follower.next(), Note::Event(_)));
    assert_eq!(follower.counts().unasked, 1);
    follower.stop_well();
}
