//! Listeners that are no Socket.IO servers.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, UNIX_EPOCH};

use replayer::base::clock::moment;
use replayer::base::error::ErrorKind;
use replayer::feed::bridge::Why;
use serde_json::json;
use tokio_tungstenite::tungstenite::{Message, accept};

use super::follower::{Follower, Note};
use super::server::Server;
use super::{MODES, PATIENCE, impatient};
use crate::machine::port;

/// A listener that does the same with everybody who comes; returns its address. Its thread ends
/// with the process.
pub(super) fn listener(with_each: impl Fn(TcpStream) + Send + Clone + 'static) -> String {
    listening(("127.0.0.1", 0), with_each)
}

/// The same at a port.
fn listening(at: (&str, u16), with_each: impl Fn(TcpStream) + Send + Clone + 'static) -> String {
    let listener = TcpListener::bind(at).unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let with = with_each.clone();
            thread::spawn(move || with(stream));
        }
    });
    format!("127.0.0.1:{port}")
}

/// Takes what comes until the end.
pub(super) fn swallow(mut stream: TcpStream) {
    let mut bytes = [0; 4_096];
    while stream.read(&mut bytes).is_ok_and(|count| count > 0) {}
}

/// A listener that answers the first bytes with these.
pub(crate) fn answering(answer: &'static [u8]) -> String {
    listener(answers(answer))
}

fn answers(answer: &'static [u8]) -> impl Fn(TcpStream) + Send + Clone + 'static {
    move |mut stream| {
        let mut bytes = [0; 4_096];
        let _ = stream.read(&mut bytes);
        let _ = stream.write_all(answer);
    }
}

/// A WebSocket server that says these texts and then nothing.
pub(super) fn saying(texts: &'static [&'static str]) -> String {
    listener(move |stream| {
        let Ok(mut socket) = accept(stream) else { return };
        for text in texts {
            let _ = socket.send(Message::text(*text));
        }
        while socket.read().is_ok() {}
    })
}

/// Why there is no connection with such a server; tried twice, because it must be told each time.
fn why(address: &str) -> Why {
    why_within(PATIENCE, address)
}

/// The same of a client that waits for at most `limit`.
fn why_within(limit: Duration, address: &str) -> Why {
    let mut config = impatient(&format!("ws://{address}"));
    config.options.connect_timeout = limit;
    let follower = Follower::start(config);
    let why = follower.lost();
    assert_eq!(follower.lost(), why);
    assert_eq!(follower.counts().connects, 0);
    follower.stop_well();
    why
}

#[test]
fn an_answer_that_is_not_an_upgrade_is_told_with_what_it_says() {
    let rejection =
        answering(b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 9\r\n\r\nNot today");
    let said = |address: &str| why(address).to_string();
    let prefix = "no Socket.IO server answered: HTTP";
    assert_eq!(said(&rejection), format!("{prefix} 503 Service Unavailable Not today"));
    let page = answering(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nHi");
    assert_eq!(said(&page), format!("{prefix} 200 OK Hi"));
    for garbage in [&b"SSH-2.0-OpenSSH_9.2\r\n\r\n"[..], b"\x00\xff\x00\xff\r\n\r\n", b""] {
        let why = why(&answering(garbage));
        assert!(matches!(why, Why::Handshake(_) | Why::Broken(_)), "{garbage:?}: {why:?}");
    }
}

#[test]
fn an_answer_that_will_be_the_same_again_ends_the_client_after_its_tries() {
    for (answer, expected) in [
        (
            &b"HTTP/1.1 301 Moved Permanently\r\nLocation: https://x.example/\r\ncontent-length: 0\r\n\r\n"[..],
            "HTTP 301 Moved Permanently: moved to https://x.example/",
        ),
        (
            // Goes on for ever.
            b"HTTP/1.1 302 Found\r\nLocation: /login?next=feed\r\ncontent-length: 0\r\n\r\n",
            "HTTP 302 Found: moved to /login…",
        ),
        (
            b"HTTP/1.1 307 Temporary Redirect\r\nLocation: ws://y/\r\ncontent-length: 0\r\n\r\n",
            "HTTP 307 Temporary Redirect: moved to ws://y/",
        ),
        (
            b"HTTP/1.1 308 Permanent Redirect\r\nLocation: ws://y/\r\ncontent-length: 0\r\n\r\n",
            "HTTP 308 Permanent Redirect: moved to ws://y/",
        ),
        (b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n", "HTTP 401 Unauthorized"),
        (b"HTTP/1.1 403 Forbidden\r\ncontent-length: 4\r\n\r\nAway", "HTTP 403 Forbidden Away"),
        (b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n", "HTTP 404 Not Found"),
    ] {
        let address = answering(answer);
        for transport in MODES {
            let mut config = impatient(&format!("ws://{address}"));
            config.options.transport = transport;
            let (reasons, error) = Follower::start(config).gives_up();
            assert_eq!(reasons.len(), 2, "{reasons:?}");
            let what = format!(
                "no feed at ws://{address}/socket.io/, tried 3 times: \
                 no Socket.IO server answered: {expected}"
            );
            assert!(error.to_string().starts_with(&what), "{transport}: {error}");
            assert_eq!(error.kind(), ErrorKind::Live);
        }
    }
}

#[test]
fn a_host_that_was_connected_once_is_given_ten_times_as_many_tries() {
    let port = port();
    let Some(server) = Server::start(&json!({ "port": port })) else { return };
    let mut config = impatient(&server.url());
    config.options.tries = 1;
    let follower = Follower::start(config);
    follower.connected();
    drop(server);
    follower.lost();
    let gone = listening(("127.0.0.1", port), answers(b"HTTP/1.1 404 Not Found\r\n\r\n"));
    let (reasons, error) = follower.gives_up();
    let told = reasons.iter().filter(|why| matches!(why, Why::Answered(_))).count();
    assert_eq!(told, 9, "{gone}: {reasons:?}");
    assert!(error.to_string().contains("tried 10 times"), "{error}");
}

#[test]
fn a_host_that_names_a_date_is_asked_again_then() {
    let at = UNIX_EPOCH + Duration::from_millis(moment().as_ms()) + Duration::from_secs(100);
    let date = httpdate::fmt_http_date(at);
    let answer = format!("HTTP/1.1 503 Busy\r\nRetry-After: {date}\r\ncontent-length: 0\r\n\r\n");
    let busy = answering(answer.into_bytes().leak());
    let follower = Follower::start(impatient(&format!("ws://{busy}")));
    let Note::Lost { why, retry_in } = follower.next() else { panic!("it is connected") };
    assert!(why.to_string().contains("asks to wait"), "{why}");
    // The machine may be slow, and a date has no milliseconds.
    assert!(retry_in <= Duration::from_secs(100), "{retry_in:?}");
    assert!(retry_in > Duration::from_secs(1), "{retry_in:?}");
    follower.stop_well();
}

#[test]
fn a_host_that_is_too_busy_is_asked_again_when_it_says() {
    let busy =
        answering(b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\ncontent-length: 0\r\n\r\n");
    let follower = Follower::start(impatient(&format!("ws://{busy}")));
    for _ in 0..2 {
        let Note::Lost { why, retry_in } = follower.next() else { panic!("it is connected") };
        assert!(why.to_string().ends_with("HTTP 429 Too Many Requests, asks to wait 1 s"), "{why}");
        assert_eq!(retry_in, Duration::from_secs(1));
    }
    follower.stop_well();
}

#[test]
fn a_websocket_that_speaks_something_else_is_told_with_what_it_said() {
    let chat = why(&saying(&["Welcome to the chat!"]));
    let Why::Handshake(text) = &chat else { panic!("{chat:?}") };
    assert!(text.contains("byte 0") && text.contains("Welcome to the chat!"), "{text}");
    let old = why(&saying(&["0{\"sid\":\"x\",\"pingInterval\":\"soon\"}"]));
    assert!(old.to_string().contains("soon"), "{old}");
    let eager = why(&saying(&["42[\"event\"]"]));
    assert!(eager.to_string().contains("unexpected frame"), "{eager}");
    let brief = why(&saying(&["0{\"sid\":\"x\",\"pingInterval\":9,\"pingTimeout\":9}", "41"]));
    assert_eq!(brief, Why::Closed(" before the namespace was entered".to_owned()));
}

#[test]
fn a_server_that_does_not_answer_in_time_is_left() {
    let limit = Duration::from_millis(500);
    assert_eq!(why_within(limit, &listener(swallow)), Why::Timeout(limit));
    assert_eq!(why_within(limit, &saying(&[])), Why::Timeout(limit));
    let half = &["0{\"sid\":\"x\",\"pingInterval\":25000,\"pingTimeout\":20000}"];
    assert_eq!(why_within(limit, &saying(half)), Why::Timeout(limit));
}

#[test]
fn a_server_that_talks_without_a_ping_is_left_all_the_same() {
    let address = listener(|stream| {
        let Ok(mut socket) = accept(stream) else { return };
        let _ =
            socket.send(Message::text("0{\"sid\":\"x\",\"pingInterval\":200,\"pingTimeout\":100}"));
        let _ = socket.read();
        let _ = socket.send(Message::text("40{\"sid\":\"y\"}"));
        while socket.send(Message::text("42[\"talk\"]")).is_ok() {}
    });
    let follower = Follower::start(impatient(&format!("ws://{address}")));
    follower.connected();
    let why = follower.lost();
    assert!(matches!(why, Why::Silent(_)), "{why:?}");
    assert!(follower.counts().events > 0);
    follower.stop_well();
}

#[test]
fn a_server_that_takes_nothing_is_left_before_our_answers_fill_the_memory() {
    let address = listener(|stream| {
        let Ok(mut socket) = accept(stream) else { return };
        let open = "0{\"sid\":\"x\",\"pingInterval\":60000,\"pingTimeout\":60000}";
        let _ = socket.send(Message::text(open));
        let _ = socket.read();
        let _ = socket.send(Message::text("40{\"sid\":\"y\"}"));
        // Each wants an acknowledgement, and none is read.
        let ping = format!("2{}", "x".repeat(10_000));
        while socket.send(Message::text(ping.as_str())).is_ok() {}
    });
    let follower = Follower::start(impatient(&format!("ws://{address}")));
    follower.connected();
    let Why::Congested(bytes) = follower.lost() else { panic!("it has not noticed") };
    assert!((1 << 20..2 << 20).contains(&bytes), "{bytes}");
    follower.stop_well();
}
