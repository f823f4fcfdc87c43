//! What a browser is started with: the list as it is, and attempts to smuggle something in.

use std::path::Path;

use replayer::base::error::ErrorKind;
use replayer::live::browser::{
    CHROMIUM, Config, How, Launch, Sandbox, Site, Supervisor, arguments,
};

use super::processes::{browser_of, until_gone, with_argument};
use super::site::TestSite;
use super::watcher::Watcher;
use super::{impatient, launch, turn};
use crate::waiting::until;

fn texts(launch: &Launch, data: &str) -> Vec<String> {
    let arguments = arguments(launch, Path::new(data)).unwrap();
    arguments.into_iter().map(|argument| argument.into_string().unwrap()).collect()
}

#[test]
fn the_arguments_are_these() {
    let mut launch = Launch::new("/home/user/profile".into());
    launch.headless = true;
    launch.flags = vec!["--window-size=1280,900".to_owned()];
    let wanted = "\
--remote-debugging-port=0
--remote-debugging-pipe
--no-first-run
--no-default-browser-check
--noerrdialogs
--hide-crash-restore-bubble
--disable-session-crashed-bubble
--password-store=basic
--disable-background-networking
--disable-breakpad
--disable-component-update
--disable-default-apps
--disable-domain-reliability
--disable-sync
--disable-quic
--metrics-recording-only
--disable-background-timer-throttling
--disable-backgrounding-occluded-windows
--disable-renderer-backgrounding
--window-size=1280,1024
--user-data-dir=/home/user/profile/data
--headless=new
--window-size=1280,900
about:blank";
    assert_eq!(texts(&launch, "/home/user/profile/data").join("\n"), wanted);
}

#[test]
fn a_folder_is_one_argument_whatever_its_name() {
    for name in ["a b", "\"quoted\"", "'; touch x;'", "--no-sandbox", "$(id)", "a\nb", "ü"] {
        let folder = format!("/tmp/{name} --renderer-cmd-prefix=/tmp/x");
        let launch = Launch::new(folder.clone().into());
        let wanted = format!("--user-data-dir={folder}");
        let texts = texts(&launch, &folder);
        assert_eq!(
            texts.iter().filter(|text| text.contains("/tmp/")).collect::<Vec<_>>(),
            [&wanted]
        );
    }
}

#[test]
fn dangerous_arguments_addresses_and_missing_sandboxes_are_refused_before_anything_starts() {
    let config = |site: &str, change: fn(&mut Launch)| {
        let mut launch = Launch::new("/nowhere/profile".into());
        change(&mut launch);
        Supervisor::new(Config::new(site.parse().unwrap(), How::Launch(launch), 0))
    };
    let here = "http://127.0.0.1:1/";
    assert!(config(here, |_| {}).is_ok());
    let error = config(here, |launch| launch.flags = vec!["--gpu-launcher=x".to_owned()]);
    assert_eq!(error.unwrap_err().kind(), ErrorKind::Usage);
    let open = config("https://site.example", |launch| launch.sandbox = Sandbox::OffHere);
    assert_eq!(open.unwrap_err().kind(), ErrorKind::Safety);
    let anywhere = How::Attach("192.168.0.1:9222".parse().unwrap());
    let error = Supervisor::new(Config::new(here.parse().unwrap(), anywhere, 0)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Usage);
}

#[test]
fn a_binary_that_is_none_and_a_folder_that_is_a_link_end_it_at_once() {
    let site = TestSite::start();
    let place = tempfile::tempdir().unwrap();
    let config = |change: &dyn Fn(&mut Launch)| {
        let mut launch = launch(&place.path().join("profile"));
        change(&mut launch);
        impatient(&site, How::Launch(launch))
    };
    for name in ["/nowhere/chromium", "chromium --no-sandbox", "/bin/sh -c 'touch x'"] {
        let watcher = Watcher::start(config(&|launch| launch.binary = name.into()));
        let error = watcher.ended().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Usage, "{error}");
    }
    let link = place.path().join("link");
    std::os::unix::fs::symlink(place.path(), &link).unwrap();
    let watcher = Watcher::start(config(&|launch| launch.profile.clone_from(&link)));
    assert_eq!(watcher.ended().unwrap_err().kind(), ErrorKind::Safety);
}

#[test]
fn a_browser_that_ends_at_once_is_given_up_after_some_attempts() {
    let site = TestSite::start();
    let place = tempfile::tempdir().unwrap();
    let mut launch = launch(&place.path().join("profile"));
    launch.binary = "/bin/false".into();
    let mut config = impatient(&site, How::Launch(launch));
    config.options.failures_max = 4;
    let error = Watcher::start(config).ended().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Live);
    let text = error.to_string();
    assert!(text.contains("4 attempts in a row led to no page"), "{text}");
    assert!(text.contains("ended at once: exit status: 1"), "{text}");
}

/// The command line of the browser of a profile, as the system has it.
fn command_line(profile: &Path) -> Vec<String> {
    let line = std::fs::read(format!("/proc/{}/cmdline", browser_of(profile).unwrap())).unwrap();
    let line = String::from_utf8(line).unwrap();
    line.trim_end_matches('\0').split('\0').map(str::to_owned).collect()
}

#[test]
fn names_reach_the_browser_as_they_are_and_do_nothing() {
    let Some(_turn) = turn() else { return };
    let place = tempfile::Builder::new().prefix("x").tempdir().unwrap();
    let planted = place.path().join("planted");
    // A program may be called what it likes, too.
    let binary = place.path().join("a 'b' \"c\"; $(touch planted) --no-zygote\n`id`");
    std::os::unix::fs::symlink(CHROMIUM, &binary).unwrap();
    let site = TestSite::start();
    for name in ["a 'b' \"c\" --d", "--no-zygote", "$(touch planted);`id`", "a\n--no-zygote\n;id #"]
    {
        let profile = place.path().join(name);
        let mut launch = launch(&profile);
        launch.binary.clone_from(&binary);
        let mut wanted = texts(&launch, profile.join("data").to_str().unwrap());
        wanted.insert(0, binary.to_str().unwrap().to_owned());
        let mut config = impatient(&site, How::Launch(launch));
        let query = "?a='--renderer-cmd-prefix=/tmp/x'&b=$(touch%20planted)";
        config.site = format!("{}{query}", site.url()).parse().unwrap();
        let watcher = Watcher::start(config);
        watcher.up();
        assert_eq!(command_line(&profile), wanted);
        // Of this browser: another test's program may be told of such an address.
        let ours = with_argument(profile.to_str().unwrap());
        let told = with_argument("renderer-cmd-prefix");
        assert!(!ours.iter().any(|pid| told.contains(pid)), "no address is an argument");
        watcher.stop().unwrap();
        until_gone(&profile);
        assert!(!profile.join("planted").exists(), "in the folder that it runs in");
    }
    assert!(!planted.exists() && !Path::new("planted").exists());
}

#[test]
fn what_is_not_an_address_never_reaches_a_browser() {
    for url in [
        "--renderer-cmd-prefix=/tmp/x",
        "http://127.0.0.1:1/\n--no-sandbox",
        "http://127.0.0.1:1/ --no-sandbox",
        "http://127.0.0.1:1/\"; touch planted",
        "http://$(touch planted)/",
        "http://127.0.0.1:1;id/",
        "http://127.0.0.1:1/\0",
    ] {
        let error = url.parse::<Site>().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Usage, "{url:?}: {error}");
        // As text of Rust: it is told, and does nothing on a terminal either.
        let told = format!("{url:?} is not the address of a site: ");
        assert!(error.to_string().starts_with(&told), "{error}");
    }
    // What an address may have in its path and query is data of the page's.
    let url = "http://127.0.0.1:1/$(id);'--no-sandbox'?a=`id`";
    assert_eq!(url.parse::<Site>().unwrap().url(), url);
}

#[test]
fn a_profile_that_another_browser_has_is_named_and_waited_for() {
    let Some(_turn) = turn() else { return };
    let place = tempfile::tempdir().unwrap();
    let profile = place.path().join("profile");
    let site = TestSite::start();
    let first = Watcher::start(impatient(&site, How::Launch(launch(&profile))));
    first.up();
    let mut config = impatient(&site, How::Launch(launch(&profile)));
    config.options.failures_max = u32::MAX;
    let second = Watcher::start(config);
    second.reason("in use by another Replayer");
    first.stop().unwrap();
    second.up();
    second.stop().unwrap();
    until("nothing is left", || with_argument(profile.to_str().unwrap()).is_empty());
}
