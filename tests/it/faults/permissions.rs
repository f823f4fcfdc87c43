//! Permissions that are taken away in the midst of a session, and given back.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::Value;

use super::{can, live};
use crate::live::Show;
use crate::machine::pace;
use crate::record::{files, lines};

/// What makes of the superuser somebody who needs permissions, and of others what they are.
const NOBODY: [&str; 2] = ["unshare", "--user"];

fn permit(folder: &Path, mode: u32) {
    fs::set_permissions(folder, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_recording_whose_folder_is_forbidden_for_a_while_goes_on_when_it_is_permitted_again() {
    // What must hold: the folder and the reason are told at once, the session plays on, what does
    // not fit into memory is counted and marked where it is missing, and nothing else is missing or
    // wrong.
    if !can(&NOBODY) {
        return;
    }
    let show = Show::start(|config| config.pace = pace(200.0));
    let (place, url) = (tempfile::tempdir().unwrap(), show.server.url());
    let sets = ["record.part_games_max=1", "record.queue_messages=256", "record.retry_ms=50"];
    let mut session = live(&NOBODY, place.path(), &url, &sets);
    let folder = place.path().join("s/recording");
    session.says("game 1 (");
    // No file there can be looked at, or no other one can be begun there.
    for mode in [0o000, 0o555] {
        permit(&folder, mode);
        session.says("cannot record to s/recording: Permission denied");
        session.says("cannot keep up: facts received from now on are not recorded");
        session.says("rugged at tick");
        permit(&folder, 0o755);
        session.says("recording to s/recording again");
        session.says("rugged at tick");
        session.says("rugged at tick");
    }
    let said = session.interrupt();
    assert!(!said.contains("panicked"), "{said}");
    let report = fs::read(place.path().join("s/live.json")).unwrap();
    let report: Value = serde_json::from_slice(&report).unwrap();
    let recording = &report["recording"];
    let (lost, errors) = (recording["lost"].as_u64(), recording["errors"].as_u64());
    assert!(lost > Some(0) && errors >= Some(2), "{recording}");
    assert_eq!((missing(&folder), &recording["failing"]), (lost.unwrap(), &Value::Null));
    let prices = show.assert_prices(&folder);
    eprintln!("measured: {prices} ticks recorded, {} facts lost and marked", lost.unwrap());
}

/// How many facts the files of a folder say that are missing, each once: a frame that was written
/// before it was known that its file can no longer be seen is in the next part, too.
fn missing(folder: &Path) -> u64 {
    let all = files(folder);
    let gaps: BTreeSet<String> =
        all.iter().flat_map(|path| lines(path)).filter(|line| line.contains("\"gap\":")).collect();
    let gap = |line: &String| serde_json::from_str::<Value>(line).unwrap()["gap"].as_u64();
    gaps.iter().filter_map(gap).sum()
}
