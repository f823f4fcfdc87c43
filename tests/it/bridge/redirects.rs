//! Redirects, and the headers that go with requests.

use replayer::base::error::ErrorKind;
use serde_json::json;

use super::follower::Follower;
use super::server::Server;
use super::strangers::answering;
use super::{MODES, impatient};

/// A host that sends everybody on.
fn moved(target: &str) -> String {
    let answer = format!(
        "HTTP/1.1 307 Temporary Redirect\r\nLocation: {target}\r\ncontent-length: 0\r\n\r\n"
    );
    answering(answer.into_bytes().leak())
}

#[test]
fn a_redirect_is_followed_on_the_same_host() {
    let Some(server) = Server::start(&json!({ "hello": 3 })) else { return };
    let there = moved(&format!("{}/socket.io/?token=kept", server.url()));
    for transport in MODES {
        let mut config = impatient(&format!("ws://{there}"));
        config.options.transport = transport;
        let follower = Follower::start(config);
        follower.connected();
        assert_eq!(server.hear("connected")["query"]["token"], "kept");
        follower.numbered(0, 3);
        assert_eq!(follower.counts().failures, 0);
        follower.stop_well();
    }
}

#[test]
fn a_redirect_to_another_host_is_told_with_its_target_and_never_followed() {
    let Some(server) = Server::start(&json!({})) else { return };
    let there = moved(&format!("http://localhost:{}/socket.io/?token=planted", server.port()));
    for transport in MODES {
        let mut config = impatient(&format!("ws://{there}"));
        config.options.transport = transport;
        let (_, error) = Follower::start(config).gives_up();
        assert_eq!(error.kind(), ErrorKind::Live);
        let said = error.to_string();
        let target = format!("moved to http://localhost:{}/socket.io/…", server.port());
        assert!(said.contains(&target), "{said}");
        assert!(said.contains("not followed, because it is another host"), "{said}");
        assert!(!said.contains("planted"), "{said}");
    }
}

#[test]
fn every_request_has_the_headers_and_what_the_server_says_back_of_secret_ones_is_censored() {
    let Some(server) = Server::start(&json!({})) else { return };
    for transport in MODES {
        let mut config = impatient(&server.url());
        config.options.transport = transport;
        config.headers.add("X-App: one").unwrap();
        config.headers.set_origin("https://site.example").unwrap();
        config.headers.set_user_agent("Mozilla/5.0").unwrap();
        config.headers.add_cookies("consent=yes").unwrap();
        let secret = "Authorization: Bearer planted-token\nCookie: session=planted-cookie";
        config.headers.add_secret(secret).unwrap();
        let follower = Follower::start(config);
        follower.connected();
        let headers = &server.hear("connected")["headers"];
        for (name, value) in [
            ("x-app", "one"),
            ("origin", "https://site.example"),
            ("user-agent", "Mozilla/5.0"),
            ("cookie", "consent=yes; session=planted-cookie"),
            ("authorization", "Bearer planted-token"),
        ] {
            assert_eq!(headers[name], value, "{transport}: {headers}");
        }
        server.order("emit", json!({ "args": ["echo", { "a": headers, "n": "one" }] }));
        let said = follower.event().1.to_string();
        assert!(said.contains("[secret]") && !said.contains("planted"), "{said}");
        follower.stop_well();
    }
    let follower = Follower::start(impatient(&server.url()));
    follower.connected();
    let headers = &server.hear("connected")["headers"];
    let agent = concat!("replayer/", env!("CARGO_PKG_VERSION"));
    assert_eq!((&headers["user-agent"], &headers["origin"]), (&json!(agent), &json!(null)));
    follower.stop_well();
}
