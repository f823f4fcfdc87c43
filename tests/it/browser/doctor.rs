//! `replayer browser doctor`, as a user starts it: at the demo site, with a real browser.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use replayer::demo::demo_site::{Config, DemoSiteHandle, start};
use serde_json::Value;

use super::devtools::{port_of, tabs};
use super::processes::until_gone;
use super::site::TestSite;
use super::watcher::Watcher;
use super::{impatient, launch, turn};
use crate::demo_site::quick;
use crate::program::{json, replayer, stderr, stdout};
use crate::waiting::until;

/// A demo site that does some things wrong from the beginning.
fn site(orders: &[&str]) -> DemoSiteHandle {
    let mut config: Config = quick(1_000, 1.0);
    config.orders = orders.iter().map(|words| words.parse().unwrap()).collect();
    start(config).unwrap()
}

/// A place for a browser of the doctor's.
struct Practice {
    place: tempfile::TempDir,
    profile: PathBuf,
    _turn: crate::machine::Turn,
}

impl Practice {
    fn open() -> Option<Self> {
        let turn = turn()?;
        let place = tempfile::tempdir().unwrap();
        let profile = place.path().join("profile");
        Some(Self { place, profile, _turn: turn })
    }

    /// Runs the doctor, whose browser must leave nothing behind.
    fn doctor(&self, url: &str, more: &[&str]) -> Output {
        let profile = self.profile.to_str().unwrap();
        let mut all = vec!["browser", "doctor", "--url", url, "--profile-folder", profile];
        if rustix::process::geteuid().is_root() {
            all.push("--no-sandbox");
        }
        all.extend(more);
        let output = replayer(self.place.path(), &all);
        until_gone(&self.profile);
        output
    }
}

fn finding<'a>(document: &'a Value, control: &str) -> &'a Value {
    let findings = document["findings"].as_array().unwrap().iter();
    findings.clone().find(|finding| finding["control"] == control).unwrap()
}

/// Width and height of a PNG.
fn size_of(picture: &[u8]) -> (u32, u32) {
    assert!(picture.starts_with(b"\x89PNG\r\n\x1a\n") && &picture[12..16] == b"IHDR");
    let number = |at: usize| u32::from_be_bytes(picture[at..at + 4].try_into().unwrap());
    (number(16), number(20))
}

#[test]
fn every_control_of_the_page_is_told_with_balance_identity_and_a_picture() {
    let Some(practice) = Practice::open() else { return };
    let site = site(&[]);
    let url = format!("{}/?account=amelie", site.url());
    let told = practice.doctor(&url, &["--screenshot", "doctor.png"]);
    assert_eq!(told.status.code(), Some(0), "{told:?}");
    let text = stdout(&told);
    for wanted in [
        "\nBuy                85 %  button   \"BUY\"",
        "absent, but optional",
        "the page has opened the game's socket",
        "cash 10, quantity 0",
        "balance   10.000000000 SOL",
        "position  0.000000000 SOL",
        "amount    0.000000000 SOL",
        "percent   100 %",
        "all required controls are there",
    ] {
        assert!(text.contains(wanted), "{wanted:?} is not in {text}");
    }
    // The query of the address and the id of the player are nobody's business.
    assert!(!text.contains("amelie") && !stderr(&told).contains("amelie"), "{told:?}");
    let picture = fs::read(practice.place.path().join("doctor.png")).unwrap();
    let (width, height) = size_of(&picture);
    assert!(width >= 1_000 && height >= 600 && picture.len() > 10_000, "{width} x {height}");

    let document = json(&practice.doctor(&url, &["--json"]));
    assert_eq!((&document["fit"], &document["socket"]), (&true.into(), &"up".into()));
    assert_eq!(document["lacking"], Value::Array(Vec::new()));
    assert_eq!(
        (&document["balance"]["sol"], &document["percent"]),
        (&"10.000000000".into(), &100.into())
    );
    assert_eq!(
        (&document["player"]["id"], &document["player"]["cash"]),
        (&"…lie".into(), &"10".into())
    );
    assert_eq!(finding(&document, "Short")["problem"]["why"], "missing");
    let buy = finding(&document, "Buy");
    assert!(buy["confidence"].as_f64().unwrap() > 0.7 && buy["problem"].is_null(), "{buy}");
    assert_eq!((&buy["found"]["tag"], &buy["found"]["text"]), (&"button".into(), &"BUY".into()));
    assert_eq!(buy["found"]["box"].as_array().unwrap().len(), 4);
}

#[test]
fn what_is_missing_ambiguous_or_covered_is_named_and_the_exit_code_says_so() {
    let Some(practice) = Practice::open() else { return };
    let faulty = site(&[
        "twin buy on",
        "text max EVERYTHING",
        "hide sell on",
        "disable sidebet on",
        "comma on",
    ]);
    let told = practice.doctor(&faulty.url(), &[]);
    assert_eq!(told.status.code(), Some(4), "{told:?}");
    let last = stdout(&told).lines().last().unwrap();
    for wanted in [
        "lacking: Buy: another element (button, \"BUY\") is about as likely; ",
        "Sell: it is not shown",
        "Max: no element of the page has its label",
        "AmountField: it cannot be relied on: \"0,000\" has a comma",
    ] {
        assert!(last.contains(wanted), "{wanted:?} is not in {last}");
    }
    assert!(!last.contains("Sidebet"), "a button that is disabled for now is there: {last}");
    let document = json(&practice.doctor(&faulty.url(), &["--json"]));
    assert_eq!(document["fit"], false);
    let mut lacking: Vec<_> =
        document["lacking"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
    lacking.sort_unstable();
    assert_eq!(lacking, ["AmountField", "Buy", "Max", "Sell"]);
    assert_eq!(finding(&document, "Buy")["problem"]["why"], "ambiguous");
    assert_eq!(finding(&document, "Sidebet")["problem"]["why"], "disabled");
}

#[test]
fn a_page_that_is_not_a_game_is_told_as_what_it_is() {
    let Some(practice) = Practice::open() else { return };
    let site = TestSite::start();
    let document = json(&practice.doctor(&format!("{}?silent", site.url()), &["--json"]));
    assert_eq!((&document["fit"], &document["socket"]), (&false.into(), &"none".into()));
    assert!(document["player"].is_null());
    assert_eq!(document["balance"]["why"], "it was not found");
    assert!(finding(&document, "Buy")["problem"].is_null());
}

#[test]
fn a_browser_that_is_joined_stays_as_it_is() {
    let Some(_turn) = turn() else { return };
    let place = tempfile::tempdir().unwrap();
    let profile = place.path().join("profile");
    let site = site(&[]);
    let unused = TestSite::start();
    let mut config = impatient(&unused, replayer::live::browser::How::Launch(launch(&profile)));
    config.site = format!("{}/", site.url()).parse().unwrap();
    let watcher = Watcher::start(config);
    watcher.up();
    let port = port_of(&profile.join("data")).unwrap();
    let before = tabs(port);
    let number = port.to_string();
    let url = format!("{}/", site.url());
    let told = replayer(
        Path::new("."),
        &["browser", "doctor", "--attach", &number, "--url", &url, "--json"],
    );
    let document = json(&told);
    // Without a window's size of our choice some may be out of view; all are found.
    assert_eq!(document["socket"], "up", "{document}");
    assert!(finding(&document, "Buy")["found"].is_object());
    assert_eq!(tabs(port), before);
    watcher.stop().unwrap();
    until_gone(&profile);
}

#[test]
fn nothing_that_is_smuggled_into_the_command_line_does_anything() {
    let Some(practice) = Practice::open() else { return };
    let site = site(&[]);
    let planted = practice.place.path().join("planted");
    let sly =
        format!("{}/?a='--renderer-cmd-prefix=touch'&b=$(touch%20planted);%60id%60", site.url());
    for name in ["a 'b' \"c\" --d", "--no-zygote", "$(touch planted);`id`", "--profile-folder"] {
        let folder = practice.place.path().join(name);
        let mut arguments = vec!["browser", "doctor", "--url", &sly, "--json"];
        // As a relative path, it begins with whatever it likes.
        arguments.extend(["--profile-folder", name, "--browser-flag=--window-size=1280,1000"]);
        if rustix::process::geteuid().is_root() {
            arguments.push("--no-sandbox");
        }
        let told = replayer(practice.place.path(), &arguments);
        assert_eq!(told.status.code(), Some(0), "{told:?}");
        assert!(folder.join("data").is_dir(), "{name}");
        until_gone(&folder);
    }
    assert!(!planted.exists());
}

#[test]
fn wrong_arguments_end_with_a_reason_before_any_browser_begins() {
    let place = tempfile::tempdir().unwrap();
    let profile = place.path().join("profile");
    let folder = profile.to_str().unwrap();
    let here = "http://127.0.0.1:1/";
    let refused = |code: i32, why: &str, arguments: &[&str]| {
        let mut all = vec!["browser", "doctor", "--profile-folder", folder];
        all.extend(arguments);
        let told = replayer(place.path(), &all);
        assert_eq!(told.status.code(), Some(code), "{arguments:?}: {told:?}");
        assert!(stderr(&told).contains(why), "{arguments:?}: {told:?}");
    };
    refused(2, "no page to open", &[]);
    for url in [
        "--no-sandbox",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "127.0.0.1",
        "",
        "http://a b/",
    ] {
        let given = format!("--url={url}");
        refused(2, "is not the address of a site", &[&given]);
    }
    for (flag, why) in [
        ("--gpu-launcher=/bin/sh -c 'touch planted'", "makes the browser run a program"),
        ("--remote-debugging-address=0.0.0.0", "debugging port is ours"),
        ("--lang=en\" --no-sandbox", "other signs"),
        ("--mute-audio --no-sandbox", "not on the list"),
        ("https://evil.example", "not on the list"),
    ] {
        refused(2, why, &["--url", here, "--browser-flag", flag]);
    }
    for binary in ["chromium --no-sandbox", "/bin/sh -c 'touch planted'", "/nowhere"] {
        refused(
            2,
            "not a browser that can be started",
            &["--url", here, "--browser-binary", binary],
        );
    }
    if rustix::process::geteuid().is_root() {
        refused(5, "without a sandbox", &["--url", "https://site.example", "--no-sandbox"]);
    }
    refused(2, "cannot be used with", &["--url", here, "--attach", "9222"]);
    fs::write(place.path().join("wrong.ron"), "Profile(version: 2)").unwrap();
    refused(2, "wrong.ron:1:", &["--url", here, "--profile", "wrong.ron"]);
    refused(3, "could not read", &["--url", here, "--profile", "nowhere.ron"]);
    assert!(!place.path().join("planted").exists());
    let help = replayer(place.path(), &["browser", "doctor", "--help"]);
    assert!(stdout(&help).contains("Examples:\n  replayer browser doctor"), "{help:?}");
    // Nothing was started, so nothing was put there, but for binaries, which are looked at last.
    until("no browser is there", || !profile.join("data/SingletonLock").exists());
}
