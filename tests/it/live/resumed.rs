//! A session that was ended, at whatever instant and however, goes on: the same bots in the same
//! state.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use rustix::process::Signal;
use serde_json::Value;

use super::command::{self, scenario};
use super::stage::Show;
use crate::browser::processes::signal;
use crate::campaign::count;
use crate::program::{replayer, stderr};
use crate::sweeps::files;
use crate::waiting::{pause, until};

/// Files by their names.
type Files = BTreeMap<String, Vec<u8>>;

/// A command that goes on with the session `s` in a folder.
fn resume<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["live", "paper.ron", "--out", "s", "--resume"], more].concat()
}

fn manifest(session: &Path) -> Value {
    serde_json::from_slice(&fs::read(session.join("manifest.json")).unwrap()).unwrap()
}

/// The session's journal is that of its recording, played at once, and has this many games.
fn assert_replays(folder: &Path, games: u64) {
    command::assert_replays(folder);
    assert_eq!(manifest(&folder.join("s"))["games"], games);
}

#[test]
fn a_session_that_is_killed_at_any_instant_goes_on_to_what_its_recording_replays_to() {
    let (show, place) = (Show::start(|_| {}), tempfile::tempdir().unwrap());
    let folder = place.path();
    scenario(folder, &show.server.url());
    let kills = count("REPLAYER_KILLS", 5);
    let mut random = ChaCha8Rng::seed_from_u64(kills);
    let written = || {
        let text = fs::read_to_string(folder.join("s/games.csv")).unwrap_or_default();
        text.lines().count() as u64
    };
    for kill in 1..=kills {
        let mut command = Command::new(env!("CARGO_BIN_EXE_replayer"));
        command.args(resume(&[])).current_dir(folder).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        if kill == kills {
            // So that there is something to go on with, however busy the machine is.
            until("a game is written", || written() > 1);
        }
        pause(Duration::from_millis(50 + random.next_u64() % 1_500));
        signal(child.id(), Signal::KILL);
        child.wait().unwrap();
    }
    // However many games there are by now: some more.
    let games = (written() / 3 + 4).to_string();
    let output = replayer(folder, &resume(&["--games", &games, "--json"]));
    assert!(output.status.success(), "{output:?}");
    assert!(stderr(&output).contains("resuming after"), "{}", stderr(&output));
    assert_replays(folder, games.parse().unwrap());
    eprintln!(
        "measured: {kills} sessions killed with SIGKILL, all went on; {games} games in the end"
    );
}

#[test]
fn a_session_that_goes_on_is_refused_to_a_second_one_and_its_journal_stays_that_of_its_recording() {
    let (show, place) = (Show::start(|_| {}), tempfile::tempdir().unwrap());
    let folder = place.path();
    scenario(folder, &show.server.url());
    let written = || {
        let text = fs::read_to_string(folder.join("s/games.csv")).unwrap_or_default();
        text.lines().count() as u64
    };
    let mut command = Command::new(env!("CARGO_BIN_EXE_replayer"));
    command.args(resume(&[])).current_dir(folder).stdout(Stdio::null()).stderr(Stdio::null());
    let mut first = command.spawn().unwrap();
    until("a game is written", || written() > 1);
    for _ in 0..count("REPLAYER_PAIRS", 8).min(5) {
        let second = replayer(folder, &resume(&["--games", "1"]));
        assert_eq!(second.status.code(), Some(3), "{second:?}");
        let told = format!("s is in use by process {}", first.id());
        assert!(stderr(&second).contains(&told), "{second:?}");
        assert!(first.try_wait().unwrap().is_none(), "the first one goes on");
    }
    let before = written();
    until("more games are written", || written() > before);
    signal(first.id(), Signal::KILL);
    first.wait().unwrap();
    // What a killed session held is free.
    let games = (written() / 3 + 2).to_string();
    let output = replayer(folder, &resume(&["--games", &games, "--json"]));
    assert!(output.status.success(), "{output:?}");
    assert_replays(folder, games.parse().unwrap());
}

#[test]
fn what_the_journal_has_of_a_game_that_was_not_recorded_to_its_end_is_cut_off_and_told() {
    let (show, place) = (Show::start(|_| {}), tempfile::tempdir().unwrap());
    let folder = place.path();
    scenario(folder, &show.server.url());
    let ended = replayer(folder, &["live", "paper.ron", "--games", "6", "--out", "s", "--plain"]);
    assert!(ended.status.success(), "{ended:?}");
    // As if the last lines had never reached the disk.
    let recording = files(&folder.join("s/recording"));
    let (name, bytes) = recording.first_key_value().unwrap();
    let text = String::from_utf8(bytes.clone()).unwrap();
    let rug = text.match_indices("{\"rug\":").nth(4).unwrap().0;
    let path = folder.join("s/recording").join(name);
    fs::remove_file(&path).unwrap();
    fs::write(path.with_added_extension("part"), &text[..rug]).unwrap();
    let output = replayer(folder, &resume(&["--games", "8", "--plain"]));
    assert!(output.status.success(), "{output:?}");
    let said = stderr(&output);
    assert!(said.contains("resuming after 4 games") && said.contains("cut off"), "{said}");
    assert_replays(folder, 8);
}

#[test]
fn a_session_goes_on_with_its_own_scenario_only_and_never_with_orders_in_flight() {
    let (show, place) = (Show::start(|_| {}), tempfile::tempdir().unwrap());
    let folder = place.path();
    scenario(folder, &show.server.url());
    assert!(replayer(folder, &resume(&["--games", "2"])).status.success());
    let before = files(&folder.join("s"));
    let text = fs::read_to_string(folder.join("paper.ron")).unwrap();
    fs::write(folder.join("paper.ron"), text.replace("seed: 7", "seed: 8")).unwrap();
    let refused = replayer(folder, &resume(&["--games", "3"]));
    assert_eq!(refused.status.code(), Some(3), "{refused:?}");
    assert!(stderr(&refused).contains("was written from another scenario"), "{}", stderr(&refused));
    fs::write(folder.join("paper.ron"), text).unwrap();
    let page = ["--browser", "--url", "http://127.0.0.1:1", "--dry-run"];
    let refused = replayer(folder, &resume(&page));
    assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    assert!(stderr(&refused).contains("another folder"), "{}", stderr(&refused));
    assert!(files(&folder.join("s")) == before, "it was left as it was");
}

#[test]
fn a_session_whose_past_is_not_all_there_is_refused_and_left_as_it_is() {
    let (show, place) = (Show::start(|_| {}), tempfile::tempdir().unwrap());
    let folder = place.path();
    scenario(folder, &show.server.url());
    let small = ["--plain", "--set", "record.part_games_max=1"];
    let begun = replayer(folder, &resume(&[&small[..], &["--games", "6"]].concat()));
    assert!(begun.status.success(), "{begun:?}");
    let recording = folder.join("s/recording");
    let whole = files(&recording);
    let refuses = |words: &str, change: &dyn Fn(&Files)| {
        change(&whole);
        let before = files(&folder.join("s"));
        let refused = replayer(folder, &resume(&[&small[..], &["--games", "8"]].concat()));
        assert_eq!(refused.status.code(), Some(3), "{words}: {refused:?}");
        assert!(stderr(&refused).contains(words), "{words}: {}", stderr(&refused));
        assert!(files(&folder.join("s")) == before, "{words}: it was left as it was");
        for (name, bytes) in &whole {
            fs::create_dir_all(&recording).unwrap();
            fs::write(recording.join(name), bytes).unwrap();
        }
    };
    // As `record.keep_bytes` does.
    refuses("could not write s/postings.csv", &|whole| {
        fs::remove_file(recording.join(whole.first_key_value().unwrap().0)).unwrap();
    });
    refuses(".jsonl:3: ", &|whole| {
        let (name, bytes) = whole.iter().nth(2).unwrap();
        let third = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').nth(1).unwrap().0;
        let mut bytes = bytes.clone();
        bytes[third + 1] ^= 1;
        fs::write(recording.join(name), bytes).unwrap();
    });
    refuses("those that its last one sums up", &|whole| {
        let (name, bytes) = whole.iter().nth(2).unwrap();
        let text = String::from_utf8(bytes.clone()).unwrap();
        let line = text.split_inclusive('\n').find(|line| line.starts_with("{\"tick\":")).unwrap();
        fs::write(recording.join(name), text.replacen(line, "", 1)).unwrap();
    });
    refuses("s/recording is missing", &|_| fs::remove_dir_all(&recording).unwrap());
    let went_on = replayer(folder, &resume(&[&small[..], &["--games", "8"]].concat()));
    assert!(went_on.status.success(), "{went_on:?}");
    assert_replays(folder, 8);
}
