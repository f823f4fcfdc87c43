//! A browser that is somebody else's: joined at its tab, and left as it was.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use replayer::feed::capture::Direction;
use replayer::live::browser::{CHROMIUM, How, Lost, Page, Since, State, StateReason};
use rustix::process::Signal;
use serde_json::json;

use super::devtools::{Tab, close, open, port_of, tabs};
use super::processes::signal;
use super::site::{TestSite, Visit, game};
use super::watcher::Watcher;
use super::{impatient, turn};
use crate::waiting::until;

/// A browser with tabs, as its owner started it.
pub(crate) struct Owned {
    child: Child,
    data: PathBuf,
    pub(crate) port: u16,
    _place: tempfile::TempDir,
    _turn: crate::machine::Turn,
}

impl Owned {
    pub(crate) fn start() -> Option<Self> {
        Self::at(0)
    }

    /// One that listens at a port; 0 for any.
    fn at(port: u16) -> Option<Self> {
        let turn = turn()?;
        let place = tempfile::tempdir().unwrap();
        let data = place.path().join("data");
        let child = Self::child(&data, port);
        let mut owned = Self { child, data, port, _place: place, _turn: turn };
        owned.wait_for_port();
        Some(owned)
    }

    fn child(data: &std::path::Path, port: u16) -> Child {
        let mut command = Command::new(CHROMIUM);
        if rustix::process::geteuid().is_root() {
            command.arg("--no-sandbox");
        }
        command
            .args(["--headless=new", "--disable-background-networking", "--disable-sync"])
            .args(["--disable-component-update", "--disable-quic", "--no-first-run"])
            // Without a size, it shows half a page.
            .arg("--window-size=1280,1024")
            .arg(format!("--remote-debugging-port={port}"))
            .arg(format!("--user-data-dir={}", data.display()))
            .arg("about:blank")
            .env("TMPDIR", data.parent().unwrap())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    }

    fn wait_for_port(&mut self) {
        until("the browser listens", || {
            if self.port == 0 {
                self.port = port_of(&self.data).unwrap_or_default();
            }
            let address = ("127.0.0.1", self.port);
            self.port != 0 && std::net::TcpStream::connect(address).is_ok()
        });
    }

    pub(crate) fn how(&self) -> How {
        How::Attach(([127, 0, 0, 1], self.port).into())
    }

    fn is_alive(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_socket_that_was_open_before_is_adopted_by_what_it_says_and_nothing_is_reloaded() {
    let Some(mut owned) = Owned::start() else { return };
    let site = TestSite::start();
    open(owned.port, &site.url());
    let socket = site.opened();
    // Answered after everything before it was heard by the page.
    site.say(socket, "2");
    site.wait(|visit| (visit == Visit::Said(socket, "3".to_owned())).then_some(()));
    let before = tabs(owned.port);
    let watcher = Watcher::start(impatient(&site, owned.how()));
    watcher.state(State::Ready);
    // Neither is of the game, and neither says whose socket it is.
    site.say(socket, "2");
    site.say(socket, "42[\"newChatMessage\",{\"gameStateUpdate\":1}]");
    site.say(socket, game(7));
    let (epoch, url, since) = watcher.up();
    assert_eq!((url, since), (None, Since::Middle));
    let texts: Vec<_> = (0..4).map(|_| watcher.text(epoch)).collect();
    assert_eq!(texts[0], (Direction::In, "2".to_owned()));
    assert!(texts.contains(&(Direction::In, game(7))), "{texts:?}");
    let page = watcher.page();
    watcher.block_on(page.click(140.0, 80.0)).unwrap();
    assert_eq!(site.said("clicked"), "true]");
    watcher.stop().unwrap();
    assert!(owned.is_alive());
    assert_eq!(tabs(owned.port), before);
}

#[test]
fn the_tabs_of_the_owner_are_left_alone_and_the_site_gets_one_of_its_own() {
    let Some(mut owned) = Owned::start() else { return };
    let (site, other) = (TestSite::start(), TestSite::start());
    open(owned.port, &format!("{}other", other.url()));
    other.opened();
    let before = tabs(owned.port);
    for _ in 0..2 {
        let watcher = Watcher::start(impatient(&site, owned.how()));
        watcher.state(State::Ready);
        assert_eq!(watcher.call(&watcher.page(), "() => document.title"), Ok(json!("a site")));
        watcher.stop().unwrap();
    }
    assert!(owned.is_alive());
    let after = tabs(owned.port);
    let is_ours = |tab: &&Tab| tab.url == site.url();
    assert_eq!(after.iter().filter(is_ours).count(), 1, "{after:?}");
    let rest: Vec<_> = after.iter().filter(|tab| !is_ours(tab)).collect();
    assert_eq!(rest.len(), before.len());
    assert!(before.iter().all(|tab| rest.contains(&tab)), "{before:?} {after:?}");
}

#[test]
fn a_dialog_of_the_owner_is_not_answered() {
    let Some(owned) = Owned::start() else { return };
    let site = TestSite::start();
    let watcher = Watcher::start(impatient(&site, owned.how()));
    let socket = site.opened();
    watcher.state(State::Ready);
    site.order(socket, "say('answered', confirm('sure?'))");
    let change = watcher.state(State::Degraded);
    assert_eq!(change.reason, StateReason::Dialog("confirm".to_owned()));
    assert!(watcher.pages().current().is_none());
    assert_eq!(watcher.note_within(std::time::Duration::from_secs(1)), None);
    watcher.stop().unwrap();
}

#[test]
fn a_tab_that_its_owner_closes_is_replaced_by_one_of_ours() {
    let Some(owned) = Owned::start() else { return };
    let site = TestSite::start();
    let tab = open(owned.port, &site.url());
    let watcher = Watcher::start(impatient(&site, owned.how()));
    site.opened();
    watcher.state(State::Ready);
    close(owned.port, &tab);
    let change = watcher.reason("the tab was closed");
    assert!(matches!(change.to, State::Backoff(_)));
    watcher.state(State::Ready);
    assert_eq!(watcher.up().2, Since::Beginning);
    watcher.stop().unwrap();
}

#[test]
fn a_page_that_crashes_waits_for_its_owner() {
    let Some(owned) = Owned::start() else { return };
    let site = TestSite::start();
    let watcher = Watcher::start(impatient(&site, owned.how()));
    site.opened();
    watcher.up();
    let pages = |pid: &u32| super::processes::with_argument("--type=renderer").contains(pid);
    let of_ours = super::processes::with_argument(owned.data.to_str().unwrap());
    for pid in of_ours.into_iter().filter(pages) {
        signal(pid, Signal::KILL);
    }
    assert_eq!(watcher.down().1, Lost::Crashed);
    assert_eq!(watcher.state(State::Degraded).reason, StateReason::Crashed);
    assert_eq!(watcher.note_within(std::time::Duration::from_secs(1)), None);
    watcher.stop().unwrap();
}

#[test]
fn a_browser_that_hangs_is_let_go_and_joined_again() {
    let Some(mut owned) = Owned::start() else { return };
    let site = TestSite::start();
    let mut config = impatient(&site, owned.how());
    config.options.pulse.every = std::time::Duration::from_millis(200);
    config.options.pulse.patience = std::time::Duration::from_secs(2);
    let watcher = Watcher::start(config);
    let socket = site.opened();
    let (epoch, ..) = watcher.up();
    signal(owned.child.id(), Signal::STOP);
    watcher.reason("did not answer 2 times");
    signal(owned.child.id(), Signal::CONT);
    watcher.state(State::Ready);
    site.say(socket, game(1));
    let (next, _, since) = watcher.up();
    assert!(next > epoch && since == Since::Middle);
    watcher.stop().unwrap();
    assert!(owned.is_alive());
}

#[test]
fn a_browser_that_its_owner_starts_again_is_joined_again() {
    // At a port that nobody else is given meanwhile.
    let Some(mut owned) = Owned::at(crate::machine::port()) else { return };
    let site = TestSite::start();
    let mut config = impatient(&site, owned.how());
    config.options.backoff.first = std::time::Duration::from_millis(100);
    let watcher = Watcher::start(config);
    watcher.up();
    owned.child.kill().unwrap();
    owned.child.wait().unwrap();
    assert_eq!(watcher.down().1, Lost::Browser);
    watcher.reason("does not answer");
    owned.child = Owned::child(&owned.data, owned.port);
    watcher.state(State::Ready);
    watcher.up();
    watcher.stop().unwrap();
    assert!(owned.is_alive());
}
