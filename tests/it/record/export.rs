//! Recordings of ours written as the site's recordings are.

use std::fs;

use replayer::feed::Fact;
use replayer::games::recording::{Grade, Layout, read_file};
use serde_json::Value;

use super::{STARTED, assert_games, config, files, load, names, record, session};
use crate::program::{json, replayer, stderr};

#[test]
fn a_recording_of_ours_becomes_one_file_per_game_that_reads_back_the_same() {
    let place = tempfile::tempdir().unwrap();
    let ours = place.path().join("ours");
    record(config(&ours), &session(5));
    let arguments = ["export", "ours", "--format", "recordings", "--out", "theirs", "--json"];
    let output = replayer(place.path(), &arguments);
    assert!(output.status.success(), "{}", stderr(&output));
    let theirs = place.path().join("theirs");
    let ticks: usize = load(&ours).games.iter().map(|game| game.prices.len()).sum();
    assert_eq!(json(&output)["tables"][0]["rows"], ticks);
    let mut names = names(&theirs);
    names.truncate(1);
    assert!(names[0].starts_with("game_20251212_1717"), "{names:?}");
    for path in files(&theirs) {
        let recording = read_file(&path).unwrap();
        assert_eq!((recording.layout, recording.grade()), (Some(Layout::Historical), Grade::A));
        assert_eq!((recording.bad_lines, recording.wrong_footers), (0, 0));
    }
    let (ours, theirs) = (load(&ours), load(&theirs));
    assert_games(&theirs, 5);
    // The same tapes, gaps included.
    assert_eq!(ours.games, theirs.games);
}

#[test]
fn an_interrupted_game_says_so_in_its_last_line() {
    let place = tempfile::tempdir().unwrap();
    let mut session = session(1);
    session.truncate(8);
    session.push(replayer::feed::Heard {
        at: replayer::model::time::Moment::from_ms(STARTED + 99_999),
        closed: true,
        facts: vec![Fact::Void],
    });
    record(config(&place.path().join("ours")), &session);
    let arguments = ["export", "ours", "--format", "recordings", "--out", "theirs"];
    assert!(replayer(place.path(), &arguments).status.success());
    let path = files(&place.path().join("theirs")).remove(0);
    let text = fs::read_to_string(path).unwrap();
    let last: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    assert_eq!((&last["type"], &last["status"]), (&"game_end".into(), &"incomplete".into()));
    assert_eq!(last["incomplete_reason"], "no rug (interrupted)");
}

#[test]
fn what_has_no_such_layout_is_refused() {
    let place = tempfile::tempdir().unwrap();
    record(config(&place.path().join("ours")), &session(1));
    let arguments =
        ["export", "ours", "--format", "recordings", "--what", "ticks", "--out", "theirs"];
    let output = replayer(place.path(), &arguments);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    assert!(!place.path().join("theirs").exists());
}

#[test]
fn the_seeds_in_a_recording_are_verified_in_place() {
    let place = tempfile::tempdir().unwrap();
    record(config(place.path()), &session(4));
    let name = names(place.path()).remove(0);
    let output = replayer(place.path(), &["verify", "--file", &name]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(
        crate::program::stdout(&output)
            .contains("4 games: 4 seed hashes agree, 4 paths agree, 4 paths compared"),
        "{output:?}"
    );
}
