//! What else may listen at a port, and browsers that misbehave: played by servers of the tests.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use replayer::live::browser::{Fault, How, Lost, Page, Since, State, StateReason};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{Message, WebSocket, accept};

use super::impatient;
use super::site::{TestSite, game};
use super::watcher::Watcher;

type Line = WebSocket<TcpStream>;

/// Answers whatever is asked over HTTP with a text.
fn answering(answer: String) -> SocketAddr {
    listening(move |mut stream| {
        let _ = stream.read(&mut [0; 4_096]);
        let _ = stream.write_all(answer.as_bytes());
    })
}

fn listening(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let serve = Arc::new(serve);
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let serve = Arc::clone(&serve);
            thread::spawn(move || serve(stream));
        }
    });
    address
}

/// A browser with one tab at an address, which does something of its own once that tab was entered.
fn impostor(url: String, then: impl Fn(Line) + Send + Sync + 'static) -> SocketAddr {
    listening(move |mut stream| {
        let mut head = [0; 4_096];
        let Ok(read) = stream.peek(&mut head) else { return };
        let head = String::from_utf8_lossy(&head[..read]).to_ascii_lowercase();
        let port = stream.local_addr().unwrap().port();
        if !head.contains("upgrade: websocket") {
            assert!(head.contains("host: 127.0.0.1:"), "{head}");
            let _ = stream.read(&mut [0; 4_096]);
            let version = json!({ "Browser": "Chrome/156.0.0.0", "Protocol-Version": "1.3",
                "webSocketDebuggerUrl": format!("ws://127.0.0.1:{port}/devtools/browser/x") });
            let body = version.to_string();
            let length = body.len();
            let _ = write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}");
            // Like the real one, it does not hang up first.
            let _ = stream.read(&mut [0; 1]);
            return;
        }
        assert!(!head.contains("origin:"), "only web pages name one: {head}");
        let Ok(mut line) = accept(stream) else { return };
        while let Ok(Message::Text(text)) = line.read() {
            let command: Value = serde_json::from_str(&text).unwrap();
            let method = command["method"].as_str().unwrap();
            let result = match method {
                "Target.getTargets" => json!({ "targetInfos":
                    [{ "targetId": "T", "type": "page", "url": url }] }),
                "Target.attachToTarget" => json!({ "sessionId": "S" }),
                "Page.getFrameTree" => json!({ "frameTree": { "frame":
                    { "id": "F", "loaderId": "L", "url": url } } }),
                "Page.createIsolatedWorld" => json!({ "executionContextId": 1 }),
                "Runtime.evaluate" => json!({ "result": { "objectId": "1.1.1" } }),
                _ => json!({}),
            };
            let answer = json!({ "id": command["id"], "result": result });
            if line.send(Message::text(answer.to_string())).is_err() {
                return;
            }
            if method == "Runtime.evaluate" {
                return then(line);
            }
        }
    })
}

fn watch(address: SocketAddr, site: &TestSite) -> Watcher {
    let mut config = impatient(site, How::Attach(address));
    config.options.pulse.every = Duration::from_millis(100);
    config.options.pulse.patience = Duration::from_secs(1);
    Watcher::start(config)
}

#[test]
fn a_server_that_is_not_chrome_is_not_joined_and_asked_again_later() {
    let site = TestSite::start();
    let version = |browser: &str, url: &str| {
        let (protocol, url) = ("1.3", format!("ws://{url}/devtools/browser/x"));
        let body = json!({ "Browser": browser, "Protocol-Version": protocol, "webSocketDebuggerUrl": url });
        let body = body.to_string();
        format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len())
    };
    for (answer, why) in [
        ("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_owned(), "404"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}".to_owned(), "not one's"),
        ("SSH-2.0-OpenSSH_9.2\r\n".to_owned(), "does not answer"),
        (String::new(), "does not answer"),
        (version("node.js/v20", "127.0.0.1:9229"), "not Chrome but"),
        (version("Chrome/156", "127.0.0.1:1"), "sends us to"),
        (version("Chrome/156", "10.0.0.1:9222"), "not on this machine"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n{\"a".to_owned(), "does not answer"),
    ] {
        let watcher = watch(answering(answer), &site);
        for _ in 0..3 {
            let change = watcher.wait(|note| match note {
                super::watcher::Note::State(change) if matches!(change.to, State::Backoff(_)) => {
                    Some(change.clone())
                }
                _ => None,
            });
            assert!(change.reason.to_string().contains(why), "{why}: {}", change.reason);
        }
        watcher.stop().unwrap();
    }
}

#[test]
fn a_line_that_ends_is_noticed_at_once_however_it_ends() {
    let site = TestSite::start();
    let ends: [fn(Line); 4] = [
        |mut line| drop((line.close(None), line.flush())),
        drop,
        |mut line| drop(line.send(Message::binary(vec![1, 2, 3]))),
        |mut line| {
            let _ = line.get_mut().write_all(&[0xff; 16]);
            let _ = line.read();
        },
    ];
    for end in ends {
        let watcher = watch(impostor(site.url(), end), &site);
        for _ in 0..3 {
            watcher.state(State::Ready);
            let change = watcher.reason("the line to the browser broke");
            assert!(matches!(change.to, State::Backoff(_)), "{change:?}");
        }
        watcher.stop().unwrap();
    }
}

#[test]
fn a_browser_that_says_nothing_is_noticed_by_its_pulse_and_calls_end_with_it() {
    let site = TestSite::start();
    let mute = |mut line: Line| while line.read().is_ok() {};
    let watcher = watch(impostor(site.url(), mute), &site);
    let page = watcher.page();
    let click = watcher.block_on(page.click(1.0, 1.0));
    assert!(matches!(click, Err(Fault::Unknown(_))), "{click:?}");
    watcher.reason("did not answer 2 times");
    let click = watcher.block_on(page.click(1.0, 1.0));
    assert!(matches!(click, Err(Fault::Gone(_))), "{click:?}");
    watcher.stop().unwrap();
}

#[test]
fn garbage_and_news_of_which_we_know_nothing_cost_nothing() {
    let site = TestSite::start();
    let talk = |mut line: Line| {
        let frame = |text: &str| {
            json!({ "method": "Network.webSocketFrameReceived", "sessionId": "S", "params": {
                "requestId": "7.1", "timestamp": 1.0,
                "response": { "opcode": 1, "mask": false, "payloadData": text } } })
        };
        for text in [
            "garbage".to_owned(),
            "{}".to_owned(),
            "[]".to_owned(),
            json!({ "method": "Page.frameNavigated", "sessionId": "S", "params": {} }).to_string(),
            json!({ "method": "Unheard.of", "sessionId": "S" }).to_string(),
            json!({ "method": "Network.webSocketFrameReceived", "params": 7 }).to_string(),
            json!({ "id": 999_999, "result": {} }).to_string(),
            json!({ "method": "Network.requestWillBeSentExtraInfo", "sessionId": "S",
                "params": { "clientSecurityState": { "policy": "NeverHeardOf" } } })
            .to_string(),
            // Of a tab that is not ours.
            json!({ "method": "Inspector.targetCrashed", "sessionId": "other" }).to_string(),
            json!({ "method": "Target.targetDestroyed", "params": { "targetId": "other" } })
                .to_string(),
            frame(&game(1)).to_string(),
            json!({ "method": "Inspector.targetCrashed", "sessionId": "S", "params": {} })
                .to_string(),
        ] {
            line.send(Message::text(text)).unwrap();
        }
        while line.read().is_ok() {}
    };
    let watcher = watch(impostor(site.url(), talk), &site);
    let (epoch, url, since) = watcher.up();
    assert_eq!((url, since), (None, Since::Middle));
    assert_eq!(watcher.text(epoch).1, game(1));
    assert_eq!(watcher.down(), (epoch, Lost::Crashed));
    assert_eq!(watcher.state(State::Degraded).reason, StateReason::Crashed);
    watcher.stop().unwrap();
}
