//! `replayer export` of recordings as a user runs it.

use std::fs;
use std::path::Path;

use super::{double, number, table, text};
use crate::data::reference;
use crate::program::{json, replayer, stderr, stdout};
use crate::recordings::Tape;

/// Three recordings: whole, without its rug and damaged, and one with a countdown only.
fn recordings(folder: &Path) {
    fs::create_dir(folder.join("in")).unwrap();
    let whole = Tape::game("whole", &[1.0, 1.25, 1.04078842203427, 0.020000000000000018]);
    let cut = Tape::new("cut").start().tick(0, 1.0).line("## a note").tick(2, 1.5);
    let waiting = Tape::new("waiting").start().waiting(100);
    for (number, tape) in [whole, cut, waiting].iter().enumerate() {
        fs::write(folder.join(format!("in/game_{number}.jsonl")), tape.text()).unwrap();
    }
}

#[test]
fn recordings_become_a_row_per_tick_and_a_row_per_game() {
    let place = tempfile::tempdir().unwrap();
    recordings(place.path());
    let output = replayer(place.path(), &["export", "in", "--out", "out", "--json"]);
    let document = json(&output);
    let counts = &document["recordings"];
    for (name, wanted) in
        [("files", 3), ("bad_lines", 1), ("games", 3), ("complete", 1), ("incomplete", 2)]
    {
        assert_eq!(counts[name], wanted, "{name}: {document}");
    }
    let ticks = table(&place.path().join("out/ticks"));
    let told: Vec<_> = ticks
        .iter()
        .map(|row| (text(row, "game_id"), number(row, "tick"), text(row, "phase")))
        .collect();
    let row = |id: &str, tick, phase: &str| (id.to_owned(), tick, phase.to_owned());
    assert_eq!(
        told,
        [
            row("whole", 0, "active"),
            row("whole", 1, "active"),
            row("whole", 2, "active"),
            row("whole", 3, "rugged"),
            row("cut", 0, "active"),
            row("cut", 2, "active"),
        ]
    );
    assert_eq!(double(&ticks[2], "price_f64"), 1.04078842203427);
    let games = table(&place.path().join("out/recorded"));
    let whys: Vec<String> = games[1..].iter().map(|row| text(row, "incomplete")).collect();
    assert_eq!(whys, ["tick 1 missing, no rug", "no tick of the game"]);
}

#[test]
fn the_real_recordings_play_the_same_from_lines_and_from_columns() {
    let Some(directory) = reference("recordings") else { return };
    let place = tempfile::tempdir().unwrap();
    let from = directory.to_str().unwrap();
    let exported = json(&replayer(place.path(), &["export", from, "--out", "out", "--json"]));
    let inspected = replayer(place.path(), &["inspect", from, "--json"]);
    let last = stdout(&inspected).lines().last().unwrap().to_owned();
    let total: serde_json::Value = serde_json::from_str(&last).unwrap();
    for name in ["files", "records", "bad_lines", "salvaged", "games", "complete"] {
        assert_eq!(exported["recordings"][name], total["total"][name], "{name}");
    }
    let run = |source: &str| {
        let scenario = format!(
            "Scenario(name: \"same\", seed: 1, source: Recordings(path: {source:?}, order: \
             Shuffled), bankroll: Compounding(0.5), bots: [(id: \"a\", strategy: Aggressive()), \
             (id: \"s\", strategy: Sidebet()), (id: \"r\", strategy: Random())])"
        );
        fs::write(place.path().join("s.ron"), scenario).unwrap();
        json(&replayer(place.path(), &["run", "s.ron", "--json", "--no-journal"]))
    };
    let lines = run(from);
    for source in ["out/ticks", "out/ticks/part-000000.parquet"] {
        let columns = run(source);
        assert_eq!(lines["digest"], columns["digest"], "{source}");
        assert_eq!(lines["games"], columns["games"], "{source}");
    }
    assert_eq!(lines["games"], 196);
}

#[test]
fn ticks_are_inspected_and_exported_again_as_the_recordings_were() {
    let place = tempfile::tempdir().unwrap();
    recordings(place.path());
    for (from, out) in [("in", "once"), ("once/ticks", "twice")] {
        assert!(replayer(place.path(), &["export", from, "--out", out]).status.success());
    }
    let part = |out: &str| fs::read(place.path().join(out).join("ticks/part-000000.parquet"));
    assert!(part("once").unwrap() == part("twice").unwrap());
    let inspected = replayer(place.path(), &["inspect", "once/ticks"]);
    assert!(stdout(&inspected).contains("1 complete"), "{}", stdout(&inspected));
}

#[test]
fn nothing_is_overwritten_and_a_wrong_wish_is_told_before_anything_is_written() {
    let place = tempfile::tempdir().unwrap();
    recordings(place.path());
    let export = |args: &[&str]| replayer(place.path(), &[&["export"], args].concat());
    assert!(export(&["in", "--out", "out", "--format", "csv"]).status.success());
    let again = export(&["in", "--out", "out", "--format", "csv"]);
    assert_eq!(again.status.code(), Some(3));
    assert!(stderr(&again).contains("exists already"), "{}", stderr(&again));
    let games = export(&["in", "--out", "x", "--what", "games"]);
    assert_eq!(games.status.code(), Some(2));
    let said = stderr(&games);
    assert!(said.contains("no `games`") && said.contains("available: ticks, recorded"), "{said}");
    assert_eq!(export(&["nowhere", "--out", "x"]).status.code(), Some(3));
    assert_eq!(export(&["in"]).status.code(), Some(2));
    assert!(!place.path().join("x").exists());
}
