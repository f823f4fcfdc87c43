//! Namespaces, credentials and the query.

use std::time::Duration;

use replayer::base::error::ErrorKind;
use replayer::feed::bridge::{Auth, Why};
use serde_json::json;

use super::follower::{Follower, Note};
use super::server::Server;
use super::{MODES, impatient};

#[test]
fn the_server_sees_the_namespace_the_credentials_and_the_users_query() {
    let settings = json!({ "namespace": "/admin", "token": "right" });
    let Some(server) = Server::start(&settings) else { return };
    let mut config = impatient(&format!("{}?frontend-version=1.0", server.url()));
    config.namespace = "/admin".to_owned();
    config.auth = Some(Auth::new(json!({ "token": "right" }).to_string().into()).unwrap());
    let follower = Follower::start(config);
    let Note::Connected { sid, attempt: 1 } = follower.next() else { panic!("not let in") };
    let connected = server.hear("connected");
    assert_eq!(connected["sid"], sid.as_str());
    assert_eq!(connected["auth"], json!({ "token": "right" }));
    let query = &connected["query"];
    assert_eq!((&query["frontend-version"], &query["EIO"]), (&json!("1.0"), &json!("4")));
    server.order("burst", json!({ "count": 3 }));
    let Note::Event(text) = follower.next() else { panic!("no event") };
    assert!(text.starts_with("42/admin,[\"numbered\","), "{text}");
    follower.numbered(1, 2);
    follower.stop_well();
}

#[test]
fn a_wrong_token_is_told_in_the_servers_words_and_tried_again_with_growing_waits() {
    let settings = json!({ "namespace": "/admin", "token": "right" });
    let Some(server) = Server::start(&settings) else { return };
    let mut config = impatient(&server.url());
    config.options.tries = 100;
    config.namespace = "/admin".to_owned();
    config.auth = Some(Auth::new(json!({ "token": "wrong" }).to_string().into()).unwrap());
    let follower = Follower::start(config);
    for most in [20, 40, 80, 160, 200, 200].map(Duration::from_millis) {
        let Note::Lost { why, retry_in } = follower.next() else { panic!("let in") };
        assert!(retry_in >= most / 2 && retry_in <= most, "{retry_in:?} of {most:?}");
        assert_eq!(why.to_string(), "the server refused namespace /admin: wrong token");
    }
    assert_eq!((follower.counts().connects, follower.counts().failures), (0, 6));
    follower.stop_well();
}

#[test]
fn a_namespace_that_is_not_there_ends_the_client_after_its_tries() {
    let Some(server) = Server::start(&json!({})) else { return };
    for transport in MODES {
        let mut config = impatient(&server.url());
        config.namespace = "/nowhere".to_owned();
        config.options.transport = transport;
        let (reasons, error) = Follower::start(config).gives_up();
        let (namespace, message) = ("/nowhere".to_owned(), "Invalid namespace".to_owned());
        let refused = Why::Refused { namespace, message };
        // The third one is the error.
        assert_eq!(reasons, [refused.clone(), refused], "{transport}");
        assert_eq!(error.kind(), ErrorKind::Live);
        let said = error.to_string();
        assert!(said.contains("tried 3 times: the server refused namespace /nowhere"), "{said}");
        assert!(said.contains("feed.namespace"), "{said}");
    }
}

#[test]
fn a_wrong_token_ends_the_client_and_is_shown_nowhere() {
    let Some(server) = Server::start(&json!({ "token": "right", "echo": true })) else { return };
    let mut config = impatient(&server.url());
    config.auth = Some(Auth::new(json!({ "token": "planted-secret" }).to_string().into()).unwrap());
    config.options.tries = 2;
    let (_, error) = Follower::start(config).gives_up();
    let said = error.to_string();
    assert!(said.contains("tried 2 times"), "{said}");
    assert!(said.contains("wrong token [secret]") && !said.contains("planted"), "{said}");
}
