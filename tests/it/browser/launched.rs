//! A browser of ours at a site: heard whole and in order, clicked, lost in every way, and back.

use replayer::feed::capture::Direction;
use replayer::live::browser::{Fault, How, Lost, Page, Since, State, StateReason};
use rustix::process::Signal;
use serde_json::json;

use super::devtools::{close, open, port_of, tabs};
use super::processes::{browser_of, signal, until_gone};
use super::site::{TestSite, game};
use super::watcher::{Note, Watcher};
use super::{impatient, launch, turn};
use crate::campaign::count;

/// A launched browser at a fresh site, ready.
struct Stage {
    site: TestSite,
    watcher: Watcher,
    profile: std::path::PathBuf,
    _place: tempfile::TempDir,
    _turn: crate::machine::Turn,
}

impl Stage {
    fn open() -> Option<Self> {
        Self::with(|_| {})
    }

    fn with(change: impl FnOnce(&mut replayer::live::browser::Config)) -> Option<Self> {
        let turn = turn()?;
        let place = tempfile::tempdir().unwrap();
        let profile = place.path().join("profile");
        let site = TestSite::start();
        let mut config = impatient(&site, How::Launch(launch(&profile)));
        change(&mut config);
        let watcher = Watcher::start(config);
        Some(Self { site, watcher, profile, _place: place, _turn: turn })
    }

    /// Ends it and looks whether anything is left.
    fn close(self) {
        self.watcher.stop().unwrap();
        until_gone(&self.profile);
    }
}

#[test]
fn what_the_page_hears_and_says_comes_out_whole_in_order_and_with_its_direction() {
    let Some(stage) = Stage::open() else { return };
    let (site, watcher) = (&stage.site, &stage.watcher);
    let socket = site.opened();
    let (epoch, url, since) = watcher.up();
    assert_eq!((epoch, since), (1, Since::Beginning));
    let url = url.unwrap();
    assert!(url.starts_with("ws://127.0.0.1:") && url.ends_with("/socket.io/"), "{url}");
    let (direction, text) = watcher.text(epoch);
    assert!(text.starts_with("0{\"sid\"") && direction == Direction::In, "{text}");
    assert_eq!(watcher.text(epoch), (Direction::Out, "40".to_owned()));
    assert_eq!(watcher.text(epoch), (Direction::In, "40{\"sid\":\"y\"}".to_owned()));
    assert_eq!(watcher.text(epoch), (Direction::In, game(0)));
    for n in 1..=2_000 {
        site.say(socket, game(n));
        if n % 100 == 0 {
            site.say(socket, "2");
        }
    }
    let mut pongs = 0;
    for n in 1..=2_000 {
        loop {
            match watcher.text(epoch) {
                (Direction::Out, text) => {
                    assert_eq!(text, "3");
                    pongs += 1;
                }
                (Direction::In, text) if text == "2" => {}
                (Direction::In, text) => break assert_eq!(text, game(n)),
            }
        }
    }
    while pongs < 20 {
        if watcher.text(epoch) == (Direction::Out, "3".to_owned()) {
            pongs += 1;
        }
    }
    // Half a megabyte, as the frame with the history has.
    let long = format!("42[\"gameStateUpdate\",\"{}\"]", "x".repeat(3_000_000));
    site.say(socket, long.clone());
    assert_eq!(watcher.text(epoch), (Direction::In, long));
    stage.close();
}

#[test]
fn a_click_reaches_its_element_as_one_by_hand() {
    let Some(stage) = Stage::open() else { return };
    let page = stage.watcher.page();
    stage.site.opened();
    stage.watcher.block_on(page.click(140.0, 80.0)).unwrap();
    assert_eq!(stage.site.said("clicked"), "true]");
    let picture = stage.watcher.block_on(page.screenshot()).unwrap();
    assert!(picture.starts_with(b"\x89PNG\r\n"), "{} bytes", picture.len());
    stage.close();
}

#[test]
fn a_function_gets_its_argument_as_data_and_sees_the_page_but_not_its_variables() {
    let Some(stage) = Stage::open() else { return };
    let (watcher, page) = (&stage.watcher, stage.watcher.page());
    let tricky =
        json!({ "text": "\"); alert(1); //\u{2028}</script>", "number": 0.1, "list": [1, null] });
    let back = watcher.block_on(page.call("(given) => given", &tricky));
    assert_eq!(back, Ok(tricky));
    let text = watcher.call(&page, "() => document.getElementById('buy').textContent");
    assert_eq!(text, Ok(json!("BUY")));
    let hidden = watcher.call(&page, "() => typeof say");
    assert_eq!(hidden, Ok(json!("undefined")));
    let later = watcher.call(&page, "() => new Promise((done) => setTimeout(() => done(7), 50))");
    assert_eq!(later, Ok(json!(7)));
    let thrown = watcher.call(&page, "() => { throw new Error('no button') }");
    assert_eq!(thrown, Err(Fault::Script("Error: no button".to_owned())));
    stage.close();
}

#[test]
fn a_reload_is_another_document_and_another_socket_and_the_old_page_is_gone() {
    let Some(stage) = Stage::open() else { return };
    let (site, watcher) = (&stage.site, &stage.watcher);
    let mut page = watcher.page();
    let mut socket = site.opened();
    let (mut epoch, ..) = watcher.up();
    for _ in 0..3 {
        site.order(socket, "location.reload()");
        assert_eq!(watcher.down(), (epoch, Lost::Navigated));
        let (next, _, since) = watcher.up();
        assert!(next > epoch && since == Since::Beginning);
        epoch = next;
        let old = std::mem::replace(&mut page, watcher.page());
        assert!(page.epoch() > old.epoch());
        assert!(matches!(watcher.call(&old, "() => 1"), Err(Fault::Gone(_))));
        assert!(matches!(watcher.block_on(old.click(140.0, 80.0)), Err(Fault::Gone(_))));
        assert_eq!(watcher.call(&page, "() => 1"), Ok(json!(1)));
        socket = site.opened();
    }
    stage.close();
}

#[test]
fn a_socket_that_the_server_drops_goes_down_and_the_next_one_comes_up() {
    let Some(stage) = Stage::open() else { return };
    for epoch in 1..=3 {
        let socket = stage.site.opened();
        assert_eq!(stage.watcher.up().0, epoch);
        stage.site.cut(socket);
        assert_eq!(stage.watcher.down(), (epoch, Lost::Closed));
    }
    stage.close();
}

#[test]
fn a_browser_that_is_killed_is_back_every_time_and_leaves_nothing_behind() {
    let Some(stage) = Stage::open() else { return };
    let watcher = &stage.watcher;
    let mut last = 0;
    for _ in 0..count("REPLAYER_KILLS", 5) {
        let (epoch, ..) = watcher.up();
        assert!(epoch > last);
        last = epoch;
        let page = watcher.page();
        let pid = browser_of(&stage.profile).unwrap();
        signal(pid, Signal::KILL);
        assert_eq!(watcher.down(), (epoch, Lost::Browser));
        assert!(matches!(watcher.call(&page, "() => 1"), Err(Fault::Gone(_))));
        watcher.state(State::Launching);
    }
    assert!(watcher.up().0 > last);
    stage.close();
}

#[test]
fn a_page_that_crashes_is_loaded_again_in_the_same_browser() {
    let Some(stage) = Stage::open() else { return };
    let watcher = &stage.watcher;
    for _ in 0..2 {
        watcher.up();
        watcher.page();
        let browser = browser_of(&stage.profile);
        let renderer = super::processes::with_argument(stage.profile.to_str().unwrap());
        let is_renderer =
            |pid: &u32| super::processes::with_argument("--type=renderer").contains(pid);
        for pid in renderer.iter().filter(|pid| is_renderer(pid)) {
            signal(*pid, Signal::KILL);
        }
        assert_eq!(watcher.down().1, Lost::Crashed);
        let change = watcher.state(State::Degraded);
        assert_eq!(change.reason, StateReason::Crashed);
        watcher.state(State::Ready);
        assert_eq!(browser_of(&stage.profile), browser);
    }
    stage.close();
}

#[test]
fn a_tab_that_is_closed_is_opened_again() {
    let Some(stage) = Stage::open() else { return };
    let watcher = &stage.watcher;
    for _ in 0..2 {
        watcher.up();
        let port = port_of(&stage.profile.join("data")).unwrap();
        let tab = tabs(port).into_iter().find(|tab| tab.url == stage.site.url()).unwrap();
        // Another one first, as a browser with a window ends with its last tab.
        open(port, "about:blank#other");
        close(port, &tab.id);
        assert_eq!(watcher.down().1, Lost::Detached);
        watcher.state(State::Ready);
    }
    watcher.up();
    stage.close();
}

#[test]
fn dialogs_are_sent_away() {
    let Some(stage) = Stage::open() else { return };
    let socket = stage.site.opened();
    stage.watcher.state(State::Ready);
    stage.site.order(socket, "say('answered', [alert('x'), confirm('y'), prompt('z')])");
    for kind in ["alert", "confirm", "prompt"] {
        let change = stage.watcher.state(State::Degraded);
        assert_eq!(change.reason, StateReason::Dialog(kind.to_owned()));
    }
    assert_eq!(stage.site.said("answered"), "[null,false,null]]");
    stage.watcher.state(State::Ready);
    stage.close();
}

#[test]
fn a_page_that_goes_elsewhere_is_not_to_be_used_until_it_is_back() {
    let Some(stage) = Stage::open() else { return };
    let (site, watcher) = (&stage.site, &stage.watcher);
    let socket = site.opened();
    watcher.state(State::Ready);
    let elsewhere = TestSite::start();
    let there = elsewhere.url();
    site.order(socket, &format!("location.href = '{there}?token=secret'"));
    let change = watcher.reason("elsewhere");
    assert_eq!(change.reason, StateReason::OtherPage(there));
    assert!(watcher.pages().current().is_none());
    let socket = elsewhere.opened();
    elsewhere.order(socket, &format!("location.href = '{}'", site.url()));
    watcher.state(State::Ready);
    stage.close();
}

#[test]
fn a_site_that_is_not_there_yet_is_tried_again_in_the_same_browser() {
    let port = crate::machine::port();
    let absent = |config: &mut replayer::live::browser::Config| {
        config.site = format!("http://127.0.0.1:{port}/").parse().unwrap();
    };
    let Some(stage) = Stage::with(absent) else { return };
    let change = stage.watcher.reason("could not be loaded");
    assert_eq!(change.to, State::Degraded);
    // Some more attempts, all in vain.
    crate::waiting::pause(std::time::Duration::from_secs(1));
    let browser = browser_of(&stage.profile);
    let _site = TestSite::at(port);
    stage.watcher.state(State::Ready);
    stage.watcher.up();
    assert_eq!(browser_of(&stage.profile), browser);
    stage.close();
}

#[test]
fn a_browser_that_hangs_is_killed_and_started_again() {
    let pulse = |config: &mut replayer::live::browser::Config| {
        config.options.pulse.every = std::time::Duration::from_millis(200);
        config.options.pulse.patience = std::time::Duration::from_secs(2);
    };
    let Some(stage) = Stage::with(pulse) else { return };
    stage.watcher.state(State::Ready);
    let pid = browser_of(&stage.profile).unwrap();
    signal(pid, Signal::STOP);
    let change = stage.watcher.reason("did not answer 2 times");
    assert_eq!(change.from, State::Ready);
    stage.watcher.state(State::Ready);
    assert_ne!(browser_of(&stage.profile), Some(pid));
    stage.close();
}

#[test]
fn a_page_without_a_socket_is_told() {
    let quiet = |config: &mut replayer::live::browser::Config| {
        config.site = format!("{}?silent", config.site.url()).parse().unwrap();
        config.options.socket_within = std::time::Duration::from_millis(300);
    };
    let Some(stage) = Stage::with(quiet) else { return };
    stage.watcher.wait(|note| (*note == Note::NoSocket).then_some(()));
    stage.close();
}

#[test]
fn it_ends_in_time_from_whatever_state() {
    for state in [State::Launching, State::Attaching, State::Ready] {
        let Some(stage) = Stage::open() else { return };
        stage.watcher.state(state);
        stage.close();
    }
}
