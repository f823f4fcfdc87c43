//! A file system that is really full: 128 kB of memory, mounted where nobody else sees it.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use replayer::feed::record::{Config, Recorder};
use replayer::model::time::Moment;

use super::disks::until;
use super::{assert_games, config, load, names, session};

/// The small disk, for the child of the test below.
const DISK: &str = "REPLAYER_TEST_SMALL_DISK";

#[test]
fn a_file_system_that_fills_up_is_told_and_used_again_when_it_has_room() {
    let place = tempfile::tempdir().unwrap();
    let mount = "mount -t tmpfs -o size=128k tmpfs \"$0\" || exit 77; exec \"$@\"";
    let output = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-c", mount])
        .arg(place.path())
        .arg(std::env::current_exe().unwrap())
        .args(["record::full::a_child_on_a_small_disk", "--exact"])
        .env(DISK, place.path())
        .output();
    match output {
        Ok(output) if output.status.code() != Some(77) => {
            let text = String::from_utf8_lossy(&output.stdout);
            assert!(output.status.success() && text.contains("1 passed"), "{output:?}");
        }
        none => eprintln!("skipped: no file system can be mounted here ({none:?})"),
    }
}

/// Not a test of its own: what the test above runs where the disk is small.
#[test]
fn a_child_on_a_small_disk() {
    let Some(disk) = std::env::var_os(DISK) else { return };
    let (disk, session) = (Path::new(&disk), session(8));
    let usual = Config::new(disk, "ws://127.0.0.1:1", Moment::default());
    let error = Recorder::start(usual).unwrap_err().to_string();
    assert!(error.contains("less than 100000000"), "{error}");
    assert!(names(disk).is_empty());
    // Something else takes the space, and goes away again.
    let ballast = disk.join("ballast");
    std::fs::write(&ballast, vec![1; 112 << 10]).unwrap();
    let queue_messages = session.len();
    let retry_after = Duration::from_millis(5);
    let frame_time = Duration::from_millis(1);
    let config = Config { queue_messages, retry_after, frame_time, ..config(disk) };
    let mut recorder = Recorder::start(config).unwrap();
    for some in session.chunks(40) {
        some.iter().for_each(|heard| recorder.record(heard).unwrap());
        // Some frames, not one.
        until(&recorder, |metrics| metrics.queued == 0 || metrics.failing.is_some());
    }
    let metrics = until(&recorder, |metrics| metrics.failing.is_some());
    assert!(metrics.failing.unwrap().contains("No space left"), "it failed for another reason");
    std::fs::remove_file(ballast).unwrap();
    until(&recorder, |metrics| metrics.failing.is_none());
    assert_eq!(recorder.finish().unwrap().lost, 0);
    assert_games(&load(disk), 8);
}
