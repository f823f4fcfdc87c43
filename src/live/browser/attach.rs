//! A browser that runs already: asked who it is, before anything is said to it.
//!
//! An open port proves nothing (docs/spec/browser.md#controls). What answers must be Chrome by its
//! own account, and what it says of where to go on must be the same place: it cannot send us
//! elsewhere.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use http_body_util::{BodyExt, Collected, Empty, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::{Request, StatusCode, header};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::endpoint::Endpoint;
use crate::base::error::{Error, ErrorKind};

/// Longest time for the question and its answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// Longest answer, in bytes: some 400 are usual.
const ANSWER_BYTES_MAX: usize = 64 << 10;
/// How the names of browsers begin that are Chrome.
const NAMES: [&str; 3] = ["Chrome/", "HeadlessChrome/", "Chromium/"];

/// What a browser says of itself.
#[derive(Debug, Deserialize)]
struct Version {
    #[serde(rename = "Browser")]
    browser: String,
    #[serde(rename = "Protocol-Version")]
    protocol: String,
    #[serde(rename = "webSocketDebuggerUrl")]
    url: String,
}

/// Refuses an address that is not on this machine: who has the debugging port, has the browser.
///
/// # Errors
/// [`crate::base::error::ErrorKind::Usage`].
pub(super) fn check(address: SocketAddr) -> Result<(), Error> {
    if address.ip().is_loopback() && address.port() != 0 {
        return Ok(());
    }
    Err(Error::usage(format!("{address} is not the debugging port of a browser on this machine"))
        .hint("give 127.0.0.1:PORT, as in --remote-debugging-port=PORT"))
}

/// Looks once whether anything listens at the debugging port of a browser, so that a wrong port is
/// told at once. A browser that goes later is waited for.
///
/// # Errors
/// [`ErrorKind::Live`] when nothing does.
pub fn find(address: SocketAddr) -> Result<(), Error> {
    let Err(error) = std::net::TcpStream::connect_timeout(&address, PATIENCE) else {
        return Ok(());
    };
    let what = match error.kind() {
        io::ErrorKind::ConnectionRefused => {
            format!("no browser listens at {address}: connection refused")
        }
        _ => format!("{address} does not answer: {error}"),
    };
    let port = address.port();
    Err(Error::new(ErrorKind::Live, what).hint(format!(
        "start it with --remote-debugging-port={port} --user-data-dir=FOLDER, or give its port"
    )))
}

/// Asks what listens there who it is. To be asked again before each connection: another browser at
/// the same port has another endpoint.
///
/// # Errors
/// Why it is not a browser that can be joined.
pub(super) async fn endpoint(address: SocketAddr) -> Result<Endpoint, String> {
    let answer = timeout(PATIENCE, ask(address))
        .await
        .map_err(|_| format!("{address} did not say within {PATIENCE:?} who it is"))??;
    prove(address, &answer)
}

/// Fetches what the browser says of itself. By number, since to a name it does not answer.
async fn ask(address: SocketAddr) -> Result<Bytes, String> {
    let failed = |error: &dyn std::fmt::Display| format!("{address} does not answer: {error}");
    let stream = TcpStream::connect(address).await.map_err(|error| failed(&error))?;
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(stream)).await.map_err(|error| failed(&error))?;
    let request = Request::get("/json/version")
        .header(header::HOST, address.to_string())
        .body(Empty::<Bytes>::new())
        .map_err(|error| failed(&error))?;
    let answer = async {
        let response = sender.send_request(request).await.map_err(|error| failed(&error))?;
        if response.status() != StatusCode::OK {
            return Err(format!("{address} is not a browser: it says {}", response.status()));
        }
        // It keeps the connection open: the body ends where it says that it ends.
        let body = Limited::new(response.into_body(), ANSWER_BYTES_MAX).collect().await;
        body.map(Collected::to_bytes).map_err(|error| failed(&error))
    };
    // How the connection ends is seen at the answer, which may be there by then.
    let driven = async {
        let _ = connection.await;
        std::future::pending::<Infallible>().await
    };
    tokio::select! {
        answer = answer => answer,
        never = driven => match never {},
    }
}

/// Whether an answer is Chrome's, and leads to where it came from.
fn prove(address: SocketAddr, answer: &[u8]) -> Result<Endpoint, String> {
    let version: Version = serde_json::from_slice(answer)
        .map_err(|error| format!("{address} is not a browser: its answer is not one's: {error}"))?;
    let Version { browser, protocol, url } = version;
    if !NAMES.iter().any(|name| browser.starts_with(name)) || !protocol.starts_with("1.") {
        let named: String = browser.chars().filter(|sign| !sign.is_control()).take(40).collect();
        return Err(format!("{address} is not Chrome but {named:?}"));
    }
    let endpoint = Endpoint::parse(&url)?;
    if endpoint.address() != address {
        return Err(format!("{address} sends us to {}", endpoint.address()));
    }
    Ok(endpoint)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(browser: &str, protocol: &str, url: &str) -> Vec<u8> {
        format!(
            r#"{{"Browser":"{browser}","Protocol-Version":"{protocol}","webSocketDebuggerUrl":"{url}"}}"#
        )
        .into_bytes()
    }

    #[test]
    fn only_chrome_that_leads_to_itself_is_believed() {
        let address: SocketAddr = "127.0.0.1:9222".parse().unwrap();
        let here = "ws://127.0.0.1:9222/devtools/browser/x";
        for name in ["Chrome/156.0.8078.79", "HeadlessChrome/156.0"] {
            prove(address, &answer(name, "1.3", here)).unwrap();
        }
        for (answer, why) in [
            (b"<html>".to_vec(), "not one's"),
            (b"{}".to_vec(), "not one's"),
            (answer("node.js/v20", "1.1", here), "node.js"),
            (answer("Chrome/156", "2.0", here), "not Chrome"),
            (answer("Chrome/156", "1.3", "ws://127.0.0.1:9223/devtools/browser/x"), "sends us"),
            (answer("Chrome/156", "1.3", "ws://10.0.0.1:9222/devtools/browser/x"), "this machine"),
            (answer("Chrome/156", "1.3", "ws://evil.example:9222/devtools/browser/x"), "address"),
            (answer("Chrome/156", "1.3", "wss://127.0.0.1:9222/devtools/browser/x"), "scheme"),
        ] {
            let error = prove(address, &answer).unwrap_err();
            assert!(error.contains(why), "{why}: {error}");
        }
    }

    #[test]
    fn a_port_at_which_nothing_listens_is_told_at_once_with_what_to_do() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        find(address).unwrap();
        drop(listener);
        let error = find(address).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Live);
        let port = format!("--remote-debugging-port={}", address.port());
        for part in ["no browser listens at", "connection refused", &port] {
            assert!(error.to_string().contains(part), "{part}: {error}");
        }
    }

    #[test]
    fn only_ports_of_this_machine_are_asked() {
        for good in ["127.0.0.1:9222", "[::1]:9222", "127.0.0.2:1"] {
            check(good.parse().unwrap()).unwrap();
        }
        for bad in ["192.168.0.1:9222", "0.0.0.0:9222", "127.0.0.1:0", "[::]:9222", "8.8.8.8:80"] {
            assert!(check(bad.parse().unwrap()).is_err(), "{bad}");
        }
    }
}
