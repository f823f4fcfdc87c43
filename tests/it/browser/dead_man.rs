//! When Replayer itself is killed, its browser ends too.

use std::path::Path;
use std::process::{Command, Stdio};

use replayer::live::browser::How;
use rustix::process::Signal;

use super::processes::{browser_of, signal, with_argument};
use super::site::TestSite;
use super::watcher::Watcher;
use super::{impatient, launch, turn};
use crate::waiting::until;

/// What the other process is told: the profile, and the address of the site.
const TOLD: [&str; 2] = ["REPLAYER_TEST_PROFILE", "REPLAYER_TEST_SITE"];

#[test]
fn a_browser_ends_when_replayer_is_killed() {
    let [profile, address] = TOLD.map(std::env::var_os);
    if let (Some(profile), Some(address)) = (profile, address) {
        return watch_for_ever(Path::new(&profile), address.to_str().unwrap());
    }
    let Some(_turn) = turn() else { return };
    let place = tempfile::tempdir().unwrap();
    let profile = place.path().join("profile");
    let site = TestSite::start();
    // This test once more, in a process of its own, which then is Replayer.
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["browser::dead_man::a_browser_ends_when_replayer_is_killed", "--exact"])
        .env(TOLD[0], &profile)
        .env(TOLD[1], site.url())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    site.opened();
    let browser = browser_of(&profile).unwrap();
    assert!(with_argument(profile.to_str().unwrap()).contains(&browser));
    signal(child.id(), Signal::KILL);
    child.wait().unwrap();
    until("the browser is gone", || with_argument(profile.to_str().unwrap()).is_empty());
    // It ended by itself, and so it left no lock.
    assert_eq!(browser_of(&profile), None);
}

fn watch_for_ever(profile: &Path, address: &str) {
    let unused = TestSite::start();
    let mut config = impatient(&unused, How::Launch(launch(profile)));
    config.site = address.parse().unwrap();
    let watcher = Watcher::start(config);
    watcher.wait(|_| None::<()>);
}
