//! The debugging port of a browser, used as its owner would: tabs listed, opened and closed.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;

use serde_json::Value;

use super::PATIENCE;

/// A tab.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tab {
    pub(crate) id: String,
    pub(crate) url: String,
}

/// The port of the browser of a profile, which writes it down.
pub(crate) fn port_of(data: &Path) -> Option<u16> {
    let text = fs::read_to_string(data.join("DevToolsActivePort")).ok()?;
    text.lines().next()?.parse().ok()
}

/// The tabs of a browser.
pub(crate) fn tabs(port: u16) -> Vec<Tab> {
    let list: Value = serde_json::from_str(&ask(port, "GET", "/json/list")).unwrap();
    let text = |tab: &Value, key: &str| tab[key].as_str().unwrap_or_default().to_owned();
    let tabs = list.as_array().unwrap().iter().filter(|tab| tab["type"] == "page");
    tabs.map(|tab| Tab { id: text(tab, "id"), url: text(tab, "url") }).collect()
}

/// Opens a tab; returns its id.
pub(crate) fn open(port: u16, url: &str) -> String {
    let tab: Value = serde_json::from_str(&ask(port, "PUT", &format!("/json/new?{url}"))).unwrap();
    tab["id"].as_str().unwrap().to_owned()
}

/// Closes a tab.
pub(crate) fn close(port: u16, tab: &str) {
    ask(port, "GET", &format!("/json/close/{tab}"));
}

fn ask(port: u16, method: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(stream, "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n").unwrap();
    let (mut answer, mut buffer) = (Vec::new(), [0; 4_096]);
    loop {
        let read = stream.read(&mut buffer).unwrap();
        answer.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8_lossy(&answer).into_owned();
        // It keeps the connection open: the body ends where it says that it ends.
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                let is_length = name.eq_ignore_ascii_case("content-length");
                is_length.then(|| value.trim().parse::<usize>().ok()).flatten()
            });
            if length.is_none_or(|length| body.len() >= length) {
                return body.to_owned();
            }
        }
        assert!(read > 0, "the browser hangs up: {text}");
    }
}
