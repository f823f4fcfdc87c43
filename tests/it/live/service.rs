//! A session as a service: what its manager is told, and the unit that comes with it.

use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::Signal;

use super::stage::Show;
use crate::browser::processes::signal;
use crate::printed::server;
use crate::waiting::PATIENCE;

/// A manager of services that listens to one of them.
struct Manager {
    place: tempfile::TempDir,
    socket: UnixDatagram,
}

impl Manager {
    fn new() -> Self {
        let place = tempfile::tempdir().unwrap();
        let socket = UnixDatagram::bind(place.path().join("notify")).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        Self { place, socket }
    }

    fn start(&self, arguments: &[&str]) -> Child {
        Command::new(env!("CARGO_BIN_EXE_replayer"))
            .args(arguments)
            .current_dir(self.place.path())
            .env("NOTIFY_SOCKET", self.place.path().join("notify"))
            .env("WATCHDOG_USEC", "300000")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    }

    /// The next word.
    fn hears(&self) -> String {
        let mut bytes = [0; 1_024];
        let count = self.socket.recv(&mut bytes).unwrap();
        String::from_utf8(bytes[..count].to_vec()).unwrap().trim().to_owned()
    }

    /// Everything up to a word that begins so.
    fn hears_until(&self, word: &str) -> Vec<String> {
        let mut heard = Vec::new();
        while heard.last().is_none_or(|last: &String| !last.starts_with(word)) {
            assert!(heard.len() < 1_000, "never: {word}, but {heard:?}");
            heard.push(self.hears());
        }
        heard
    }
}

#[test]
fn the_manager_hears_of_a_session_that_is_ready_alive_and_stopping() {
    let (show, manager) = (Show::start(|_| {}), Manager::new());
    let url = show.server.url();
    for command in [
        &["live", "quickstart", "--feed", &url, "--no-journal"][..],
        &["record", "--feed", &url, "--out", "recordings"],
    ] {
        let child = manager.start(command);
        assert_eq!(manager.hears(), "READY=1");
        let heard = manager.hears_until("STATUS=ready: normal");
        assert!(heard.iter().any(|word| word == "WATCHDOG=1"), "{heard:?}");
        signal(child.id(), Signal::TERM);
        manager.hears_until("STOPPING=1");
        assert_eq!(child.wait_with_output().unwrap().status.code(), Some(130));
    }
}

#[test]
fn a_server_forges_no_word_to_the_manager() {
    let manager = Manager::new();
    let url = server("503 Service Unavailable", "x\nREADY=1\nMAINPID=1\u{1b}[2J");
    let child = manager.start(&["live", "quickstart", "--feed", &url, "--no-journal"]);
    let mut heard = Vec::new();
    while !heard.last().is_some_and(|word: &String| word.contains("HTTP 503")) {
        assert!(heard.len() < 1_000, "{heard:?}");
        heard.push(manager.hears());
    }
    signal(child.id(), Signal::TERM);
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(130));
    let said = heard.last().unwrap();
    assert!(said.contains("x\\nREADY=1\\nMAINPID=1"), "{said}");
    assert!(heard.iter().all(|word| word.lines().count() == 1), "{heard:?}");
}

#[test]
fn a_session_that_stands_still_does_not_feed_the_watchdog() {
    let (show, manager) = (Show::start(|_| {}), Manager::new());
    let child =
        manager.start(&["live", "quickstart", "--feed", &show.server.url(), "--no-journal"]);
    manager.hears_until("WATCHDOG=1");
    signal(child.id(), Signal::STOP);
    manager.socket.set_read_timeout(Some(Duration::from_millis(600))).unwrap();
    // What was said before may still be on its way.
    let mut bytes = [0; 1_024];
    while manager.socket.recv(&mut bytes).is_ok() {}
    signal(child.id(), Signal::CONT);
    manager.socket.set_read_timeout(Some(PATIENCE)).unwrap();
    manager.hears_until("WATCHDOG=1");
    signal(child.id(), Signal::TERM);
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(130));
}

#[test]
fn the_unit_is_one_that_systemd_takes() {
    let unit = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/operations/replayer-live.service");
    let text = std::fs::read_to_string(unit).unwrap();
    assert!(text.contains("\nExecStart=/usr/local/bin/replayer live "));
    if !Path::new("/usr/bin/systemd-analyze").exists() {
        eprintln!("skipped: there is no systemd-analyze: the unit is not verified");
        return;
    }
    let place = tempfile::tempdir().unwrap();
    let copy = place.path().join("replayer-live.service");
    let program = env!("CARGO_BIN_EXE_replayer");
    std::fs::write(&copy, text.replace("/usr/local/bin/replayer", program)).unwrap();
    let verified = Command::new("systemd-analyze").arg("verify").arg(&copy).output().unwrap();
    let said = String::from_utf8_lossy(&verified.stderr).into_owned();
    // Before 254, systemd does not know the steps, and goes by `RestartSec` alone.
    let steps = ["'RestartSteps'", "'RestartMaxDelaySec'"];
    let is_known = |line: &&str| !steps.iter().any(|step| line.contains(step));
    let said: Vec<&str> = said.lines().filter(is_known).collect();
    assert!(verified.status.success() && said.is_empty(), "{said:?}");
}
