//! TLS: whom the client believes, and whom not.

use std::process::Command;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use replayer::base::error::ErrorKind;
use replayer::feed::bridge::{Client, Config, Roots, Why};
use serde_json::json;

use super::follower::Follower;
use super::impatient;
use super::server::Server;

/// Says to the test that is run as a process of its own where the server is.
const URL: &str = "REPLAYER_TEST_TLS_URL";

/// A server with a certificate that it signed itself, and that certificate.
pub(super) fn server() -> Option<(Server, String)> {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = signing_key.serialize_pem();
    let settings = json!({ "cert": cert.pem(), "key": key, "hello": 3 });
    Some((Server::start(&settings)?, cert.pem()))
}

/// Roots that nobody has signed anything with.
pub(super) fn some_roots() -> Roots {
    let CertifiedKey { cert, .. } = generate_simple_self_signed(["nobody".to_owned()]).unwrap();
    Roots::from_pem(cert.pem().as_bytes()).unwrap()
}

fn config(server: &Server, host: &str) -> Config {
    impatient(&format!("https://{host}:{}", server.port()))
}

#[test]
fn a_server_whose_certificate_we_trust_is_followed() {
    let Some((server, pem)) = server() else { return };
    let mut config = config(&server, "localhost");
    config.roots = Roots::from_pem(pem.as_bytes()).unwrap();
    let follower = Follower::start(config);
    follower.connected();
    follower.numbered(0, 3);
    server.order("burst", json!({ "count": 100, "bytes": 100_000 }));
    follower.numbered(3, 100);
    follower.stop_well();
}

#[test]
fn a_server_that_nobody_vouches_for_or_with_another_name_is_not() {
    let Some((server, pem)) = server() else { return };
    let mut stranger = config(&server, "localhost");
    stranger.roots = some_roots();
    let mut misnamed = config(&server, "127.0.0.1");
    misnamed.roots = Roots::from_pem(pem.as_bytes()).unwrap();
    for (config, reason) in [(stranger, "certificate"), (misnamed, "not valid for name")] {
        let follower = Follower::start(config);
        let why = follower.lost();
        let Why::Tls { error, .. } = &why else { panic!("{why:?}") };
        assert!(error.contains(reason), "{error}");
        assert_eq!(follower.counts().connects, 0);
        follower.stop_well();
    }
}

#[test]
fn a_server_without_tls_is_told_from_one_with_it() {
    let Some(server) = Server::start(&json!({})) else { return };
    let mut config = config(&server, "localhost");
    config.roots = some_roots();
    let follower = Follower::start(config);
    let why = follower.lost();
    assert!(matches!(why, Why::Tls { .. } | Why::Broken(_)), "{why:?}");
    follower.stop_well();
}

/// The system's roots are what `SSL_CERT_FILE` says, which only a process of its own can be told.
#[test]
fn the_systems_roots_are_believed() {
    let Some((server, pem)) = server() else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("roots.pem");
    std::fs::write(&file, pem).unwrap();
    let child = |file: &std::path::Path| {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "bridge::tls::the_systems_roots_in_a_process_of_its_own"])
            .env("SSL_CERT_FILE", file)
            .env_remove("SSL_CERT_DIR")
            .env(URL, format!("https://localhost:{}", server.port()))
            .output()
            .unwrap()
    };
    let output = child(&file);
    assert!(output.status.success(), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"), "{output:?}");
    assert!(!child(&folder.path().join("absent.pem")).status.success(), "without roots it fails");
}

/// Does nothing unless it is run by the test above.
#[test]
fn the_systems_roots_in_a_process_of_its_own() {
    let Ok(url) = std::env::var(URL) else { return };
    let follower = Follower::start(impatient(&url));
    follower.connected();
    follower.numbered(0, 3);
    follower.stop_well();
}

#[test]
fn certificates_that_are_none_are_refused_before_anything_is_tried() {
    assert_eq!(Roots::from_pem(b"no certificate").unwrap_err().kind(), ErrorKind::Usage);
    let torn = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let mut config = Config::new("wss://localhost", 1).unwrap();
    config.roots = Roots::from_pem(torn).unwrap();
    assert_eq!(Client::new(config).unwrap_err().kind(), ErrorKind::Usage);
}
