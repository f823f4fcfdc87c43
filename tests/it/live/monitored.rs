//! What a session shows of itself while it goes on: metrics, health, and what is made of them.

mod files;
mod prometheus;
mod watched;

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use replayer::feed::integrity::{FeedLevel, LevelChange, LevelReason};
use replayer::feed::{Fact, Thresholds};
use replayer::live::monitor::{HostNames, Metrics, Monitor};
use replayer::model::price::Price;
use replayer::model::time::Moment;

use super::stage::Show;
use crate::machine::{listen_again, port};
use crate::program::{replayer, stderr};
use crate::waiting::{now, promptly, until};
pub(super) use watched::Watched;

/// A server of new metrics on a free port.
fn monitor(metrics: &Arc<Metrics>) -> Monitor {
    let here = SocketAddr::from(([127, 0, 0, 1], 0));
    Monitor::start(here, &HostNames::default(), Arc::clone(metrics)).unwrap()
}

/// Asks a server something; its status and its answer, head and body.
fn ask(address: SocketAddr, method: &str, path: &str) -> (u16, String, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "{method} {path} HTTP/1.0\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, head.to_ascii_lowercase(), body.to_owned())
}

fn get(address: SocketAddr, path: &str) -> (u16, String) {
    let (status, _, body) = ask(address, "GET", path);
    (status, body)
}

/// The series of an exposition, as they are written, with their values.
fn series(text: &str) -> BTreeMap<&str, f64> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let (name, value) = line.rsplit_once(' ').unwrap();
            (name, value.parse().unwrap())
        })
        .collect()
}

#[test]
fn a_monitor_answers_three_questions_and_no_other() {
    let metrics = Arc::default();
    let monitor = monitor(&metrics);
    let address = monitor.address();
    assert_eq!(get(address, "/healthz"), (200, "alive\n".to_owned()));
    assert_eq!(get(address, "/readyz"), (503, "not ready: not connected yet\n".to_owned()));
    let (status, head, body) = ask(address, "GET", "/metrics");
    assert_eq!(status, 200);
    assert!(head.contains("content-type: text/plain; version=0.0.4; charset=utf-8"), "{head}");
    assert_eq!(series(&body)["replayer_ticks_total"], 0.0);
    assert_eq!(get(address, "/").0, 404);
    assert_eq!(get(address, "/metrics/").0, 404);
    assert_eq!(ask(address, "HEAD", "/metrics").2, "");
    for method in ["POST", "DELETE"] {
        let (status, head, _) = ask(address, method, "/metrics");
        assert_eq!(status, 405);
        assert!(head.contains("allow: get, head"), "{head}");
    }
}

#[test]
fn who_says_nothing_keeps_nobody_waiting_and_a_monitor_that_is_gone_leaves_its_port() {
    // One that nobody else is given when it is free.
    let address = SocketAddr::from(([127, 0, 0, 1], port()));
    let monitor = Monitor::start(address, &HostNames::default(), Arc::default()).unwrap();
    let silent: Vec<_> = (0..8).map(|_| TcpStream::connect(address).unwrap()).collect();
    let mut nonsense = TcpStream::connect(address).unwrap();
    nonsense.write_all(&[0; 10_000]).unwrap();
    assert_eq!(get(address, "/healthz").0, 200);
    drop(monitor);
    drop(listen_again(address));
    drop(silent);
}

/// The status that a request with these headers gets.
fn status_of(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text.split(' ').nth(1).unwrap_or_default().to_owned()
}

#[test]
fn a_monitor_answers_to_its_own_names_only() {
    let metrics = Arc::default();
    let here = SocketAddr::from(([127, 0, 0, 1], 0));
    let names: HostNames = "monitor.example".parse().unwrap();
    let monitor = Monitor::start(here, &names, metrics).unwrap();
    let address = monitor.address();
    let own = address.to_string();
    for (host, status) in [
        ("localhost", "200"),
        ("LOCALHOST:1", "200"),
        (&*own, "200"),
        ("[::1]:9750", "200"),
        ("monitor.example", "200"),
        ("evil.example", "421"),
        ("127.0.0.1.evil.example", "421"),
        ("192.0.2.1", "421"),
        ("", "421"),
    ] {
        let request = format!("GET /healthz HTTP/1.1\r\nHost: {host}\r\n\r\n");
        assert_eq!(status_of(address, &request), status, "{host}");
    }
    for request in [
        "GET /metrics HTTP/1.0\r\n\r\n",
        "GET http://evil.example/metrics HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET http://localhost/metrics HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    ] {
        assert_eq!(status_of(address, request), "421", "{request}");
    }
}

#[test]
fn a_scrape_is_answered_beside_200_connections_that_ask_nothing() {
    let metrics = Arc::default();
    let monitor = monitor(&metrics);
    let idle: Vec<_> = (0..200)
        .map(|nth| {
            let mut stream = TcpStream::connect(monitor.address()).unwrap();
            if nth % 2 == 0 {
                // Half a question.
                stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: loc").unwrap();
            }
            stream
        })
        .collect();
    for _ in 0..20 {
        let begun = now();
        assert_eq!(get(monitor.address(), "/metrics").0, 200);
        promptly("a scrape", begun.elapsed(), Duration::from_millis(100));
    }
    drop(idle);
}

#[test]
fn a_feed_that_says_nothing_is_not_ready() {
    let metrics = Arc::<Metrics>::default();
    let monitor = monitor(&metrics);
    metrics.feed.rely_on(&Thresholds {
        stale_in_play_ms: 100,
        stale_otherwise_ms: 100,
        ..Thresholds::default()
    });
    metrics.feed.changed(&LevelChange {
        at: Moment::default(),
        from: FeedLevel::Offline,
        to: FeedLevel::Normal,
        reason: LevelReason::Connected,
    });
    let ready = || get(monitor.address(), "/readyz");
    until("it is not ready", || ready().0 == 503);
    assert_eq!(ready().1, "not ready: no frame for more than 100 ms\n");
    let silence = get(monitor.address(), "/metrics").1;
    assert!(series(&silence)["replayer_feed_silence_seconds"] > 0.09);
    let tick = Fact::Tick { tick: 1, price: Price::ONE, late: false };
    until("a frame makes it ready", || {
        metrics.feed.heard(std::slice::from_ref(&tick));
        ready().0 == 200
    });
}

#[test]
fn only_this_machine_may_look_unless_it_is_said_that_others_may() {
    let (show, place) = (Show::start(|_| {}), tempfile::tempdir().unwrap());
    let url = show.server.url();
    let run = |more: &[&str]| {
        let own = ["record", "--feed", &url, "--games", "1", "--out", "r"];
        let output = replayer(place.path(), &[&own[..], more].concat());
        (output.status.code().unwrap(), stderr(&output).to_owned())
    };
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:80"] {
        let (code, said) = run(&["--monitor", address]);
        assert_eq!(code, 2, "{said}");
        assert!(said.contains("it needs `monitor.public = true`"), "{said}");
    }
    assert_eq!(run(&["--monitor", "localhost"]).0, 2);
    assert!(!place.path().join("r").exists(), "nothing was begun");
    let (code, said) = run(&["--monitor", "0.0.0.0:0", "--set", "monitor.public=true"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("metrics are at http://0.0.0.0:"), "{said}");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let (code, said) = run(&["--monitor", &taken.local_addr().unwrap().to_string()]);
    assert_eq!(code, 3, "{said}");
    assert!(said.contains("could not serve metrics at 127.0.0.1:"), "{said}");
}

#[test]
fn a_recording_session_is_watched_without_any_bot() {
    let place = tempfile::tempdir().unwrap();
    let watched = Watched::record(place.path(), &[]);
    let text = watched.metrics_once(|series| series["replayer_games_total"] >= 3.0);
    let series = series(&text);
    assert!(series["replayer_recording_lines_total{stream=\"facts\"}"] > 0.0, "{text}");
    assert_eq!(series["replayer_games_played_total"], 0.0);
    assert!(!text.contains("stream=\"raw\""), "{text}");
    assert_eq!(watched.get("/readyz").0, 200);
}

/// Where a program of Prometheus is; says that it is not.
fn program(name: &str) -> Option<String> {
    let unpacked = format!("{}/.ci/tools/prometheus/usr/bin/{name}", env!("CARGO_MANIFEST_DIR"));
    let found = [format!("/usr/bin/{name}"), unpacked];
    let found = found.into_iter().find(|path| Path::new(path).exists());
    if found.is_none() {
        eprintln!("skipped: {name} is absent (.ci/install-tools gets it)");
    }
    found
}
