//! Folders: names in any case, packed in any way; what is not read is said, and a file that cannot
//! be read costs itself.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use super::{generated, gzip, played, run};
use crate::program::{json, replayer, stderr, stdout};

/// A folder of three games as people keep them: plain, in gzip, and in upper case; and beside them
/// what is not read.
fn mixed() -> TempDir {
    let place = TempDir::new().unwrap();
    let games = place.path().join("games");
    fs::create_dir(&games).unwrap();
    let (files, _) = generated(&games, 3);
    gzip(&files[1]);
    let name = files[2].file_name().unwrap().to_str().unwrap().to_uppercase();
    fs::rename(&files[2], games.join(name)).unwrap();
    fs::write(games.join("notes.txt"), "a note").unwrap();
    fs::create_dir(games.join("raw")).unwrap();
    place
}

const SOURCE: &str = "Recordings(path: \"games\")";

/// The totals of `inspect`.
fn total(place: &Path) -> Value {
    let output = replayer(place, &["inspect", "games", "--json"]);
    let last = stdout(&output).lines().last().unwrap();
    serde_json::from_str::<Value>(last).unwrap()["total"].clone()
}

#[test]
fn recordings_are_read_in_gzip_and_in_upper_case_by_every_command() {
    let place = mixed();
    let place = place.path();
    let found = total(place);
    assert_eq!((&found["files"], &found["complete"]), (&3.into(), &3.into()));
    let ran = played(place, SOURCE);
    assert_eq!((&ran["games"], &ran["inputs"]["files"]), (&3.into(), &3.into()));
    let check = replayer(place, &["check", "s.ron"]);
    assert!(check.status.success(), "{check:?}");
    let audit = json(&replayer(place, &["audit", "s.ron", "--json"]));
    assert_eq!(audit["games"], 3);
    let swept = fs::read_to_string(place.join("s.ron")).unwrap().replace("1.5", "Grid([1.5, 2])");
    fs::write(place.join("swept.ron"), swept).unwrap();
    let sweep = replayer(place, &["sweep", "swept.ron", "--out", "swept", "--json"]);
    assert!(sweep.status.success(), "{}", stderr(&sweep));
    let export =
        json(&replayer(place, &["export", "games", "--out", "x", "--format", "csv", "--json"]));
    assert_eq!(export["recordings"]["complete"], 3);
    // The same games, under plain names, make the same results.
    let plain = place.join("plain");
    fs::create_dir(&plain).unwrap();
    generated(&plain, 3);
    assert_eq!(played(place, "Recordings(path: \"plain\")")["digest"], ran["digest"]);
}

#[test]
fn what_was_not_looked_at_is_counted_and_named() {
    let place = mixed();
    let place = place.path();
    let found = total(place);
    assert_eq!(found["not_looked_at"], 2);
    assert_eq!(found["not_looked_at_names"], serde_json::json!(["notes.txt", "raw/"]));
    let words = "2 others not looked at: notes.txt, raw/";
    assert!(stdout(&replayer(place, &["inspect", "games"])).contains(words));
    let ran = run(place, SOURCE);
    assert!(stderr(&ran).contains(words), "{}", stderr(&ran));
    assert!(stderr(&replayer(place, &["check", "s.ron"])).contains(words));
    let export = replayer(place, &["export", "games", "--out", "x", "--json"]);
    assert!(stderr(&export).contains(words), "{}", stderr(&export));
    assert_eq!(json(&export)["recordings"]["not_looked_at"], 2);
}

#[test]
fn a_folder_without_recordings_is_told_with_every_name_that_is_read() {
    let place = TempDir::new().unwrap();
    let games = place.path().join("games");
    fs::create_dir(&games).unwrap();
    fs::write(games.join("manifest.jsonl"), "{}").unwrap();
    let names = ["game_*.jsonl", "feed_*.jsonl", "capture_*.jsonl", "*.game.json", ".gz", ".zst"];
    let inspect = replayer(place.path(), &["inspect", "games"]);
    let ran = run(place.path(), SOURCE);
    assert_eq!((inspect.status.code(), ran.status.code()), (Some(3), Some(2)));
    for name in names.into_iter().chain(["*.parquet"]) {
        assert!(stderr(&inspect).contains(name), "{name}: {}", stderr(&inspect));
        assert!(stderr(&ran).contains(name), "{name}: {}", stderr(&ran));
    }
    assert!(stderr(&inspect).contains("1 other not looked at: manifest.jsonl"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_cannot_be_read_costs_itself_and_is_counted() {
    let place = mixed();
    let place = place.path();
    let before = played(place, SOURCE);
    std::os::unix::fs::symlink("nowhere", place.join("games/game_0.jsonl")).unwrap();
    std::os::unix::fs::symlink("/proc/self/mem", place.join("games/game_1.jsonl")).unwrap();
    fs::write(place.join("games/broken.parquet"), "not columns").unwrap();
    let ran = run(place, SOURCE);
    assert!(ran.status.success(), "{}", stderr(&ran));
    let document = json(&ran);
    assert_eq!(document["digest"], before["digest"]);
    let inputs = &document["inputs"];
    assert_eq!((&inputs["files"], &inputs["unreadable_files"]), (&3.into(), &3.into()));
    for name in ["game_0.jsonl", "game_1.jsonl", "broken.parquet"] {
        assert!(stderr(&ran).contains(name), "{name}: {}", stderr(&ran));
    }
    let text = replayer(place, &["run", "s.ron", "--no-journal"]);
    let text = stdout(&text).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("3 files could not be read"), "{text}");
    let export = json(&replayer(place, &["export", "games", "--out", "x", "--json"]));
    let recordings = &export["recordings"];
    assert_eq!((&recordings["complete"], &recordings["unreadable"]), (&3.into(), &3.into()));
    let history = replayer(place, &["history", "games", "--json"]);
    assert_eq!(stdout(&history).lines().count(), 3, "{history:?}");
    assert!(stderr(&history).contains("game_0.jsonl"), "{}", stderr(&history));
}

#[cfg(unix)]
#[test]
fn a_pipe_among_the_files_is_not_waited_for() {
    let place = mixed();
    let place = place.path();
    for name in ["game_0.jsonl", "raw.jsonl", "feed_1.jsonl.zst.part"] {
        let pipe = place.join("games").join(name);
        assert!(std::process::Command::new("mkfifo").arg(pipe).status().unwrap().success());
    }
    assert_eq!(played(place, SOURCE)["games"], 3);
    for arguments in [["inspect", "games"], ["history", "games"]] {
        let output = replayer(place, &arguments);
        assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
    }
    let captures = replayer(place, &["capture", "list", "games"]);
    assert!(stderr(&captures).contains("no captures in games"), "{}", stderr(&captures));
}

#[cfg(unix)]
#[test]
fn where_no_file_can_be_read_nothing_is_played() {
    let place = TempDir::new().unwrap();
    let games = place.path().join("games");
    fs::create_dir(&games).unwrap();
    std::os::unix::fs::symlink("nowhere", games.join("game_0.jsonl")).unwrap();
    let ran = run(place.path(), SOURCE);
    assert_eq!(ran.status.code(), Some(3));
    assert!(stderr(&ran).contains("game_0.jsonl"), "{}", stderr(&ran));
    let export = replayer(place.path(), &["export", "games", "--out", "x"]);
    assert_eq!(export.status.code(), Some(3));
}
