//! `check` says what the command would say: whatever cannot be played is a problem with its place.

use std::fs;
use std::path::Path;
use std::process::Output;

use serde_json::Value;
use tempfile::TempDir;

use super::{generated, scenario};
use crate::program::{replayer, stderr, stdout};

/// The problems of `check`, each as line, column and text.
fn problems(output: &Output) -> Vec<(u64, u64, String)> {
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let problems = document["scenarios"][0]["problems"].as_array().unwrap().iter();
    let number = |value: &Value| value.as_u64().unwrap();
    problems
        .map(|problem| {
            let what = problem["what"].as_str().unwrap().to_owned();
            (number(&problem["line"]), number(&problem["column"]), what)
        })
        .collect()
}

/// Asserts that `check` tells a problem at a place, and that the command ends with the same words.
fn refused(place: &Path, command: &str, (line, column): (u64, u64), words: &str) {
    let check = replayer(place, &["check", "s.ron", "--json"]);
    assert_eq!(check.status.code(), Some(2), "{words}: {check:?}");
    let told = problems(&check);
    let [(at, from, what)] = told.as_slice() else { panic!("{words}: {told:?}") };
    assert_eq!((*at, *from), (line, column), "{what}");
    assert!(what.contains(words), "{words}: {what}");
    let output = replayer(place, &[command, "s.ron", "--out", "out"]);
    assert!(!output.status.success(), "{words}: {command} does it");
    assert!(stderr(&output).contains(words), "{words}: {}", stderr(&output));
    let shown = replayer(place, &["check", "s.ron"]);
    assert!(stdout(&shown).starts_with(&format!("s.ron:{line}:{column}: ")), "{shown:?}");
}

#[test]
fn a_source_that_holds_nothing_to_play_is_a_problem_at_its_path() {
    let place = TempDir::new().unwrap();
    let place = place.path();
    for folder in ["empty", "waiting", "linked"] {
        fs::create_dir(place.join(folder)).unwrap();
    }
    fs::write(place.join("empty.jsonl"), "\n").unwrap();
    fs::write(place.join("old.jsonl"), {
        let (_, seeds) = generated(&place.join("waiting"), 1);
        seeds[0].replace("\"v3\"", "\"v1\"")
    })
    .unwrap();
    let file = fs::read_dir(place.join("waiting")).unwrap().next().unwrap().unwrap().path();
    let cut: Vec<String> =
        fs::read_to_string(&file).unwrap().lines().take(110).map(str::to_owned).collect();
    fs::write(&file, cut.join("\n")).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink("nowhere", place.join("linked/game_1.jsonl")).unwrap();
    let nothing = "no game that can be played";
    for (source, column, words) in [
        ("Recordings(path: \"empty\")", 30, "holds no recording"),
        ("Recordings(path: \"nowhere\")", 30, "does not exist"),
        ("Recordings(path: \"waiting\")", 30, nothing),
        ("Recordings(path: \"empty.jsonl\")", 30, nothing),
        ("Recordings(path: \"linked\")", 30, "game_1.jsonl"),
        ("Seeds(path: \"empty.jsonl\")", 25, "no game in"),
        ("Seeds(path: \"old.jsonl\")", 25, nothing),
    ] {
        scenario(place, source);
        refused(place, "run", (4, column), words);
    }
}

#[test]
fn games_that_are_not_there_are_problems_each_at_its_place() {
    let place = TempDir::new().unwrap();
    let place = place.path();
    fs::create_dir(place.join("games")).unwrap();
    let (_, seeds) = generated(&place.join("games"), 2);
    let game: Value = serde_json::from_str(&seeds[1]).unwrap();
    let id = game["game_id"].as_str().unwrap();
    scenario(
        place,
        &format!("Recordings(path: \"games\", select: Games([\"a\", {id:?},\n        \"b\"]))"),
    );
    let told = problems(&replayer(place, &["check", "s.ron", "--json"]));
    let wanted = [(4, 54, "game a: is not there"), (5, 9, "game b: is not there")];
    assert_eq!(told, wanted.map(|(line, column, what)| (line, column, what.to_owned())));
    let output = replayer(place, &["run", "s.ron", "--no-journal"]);
    let words = "game a: is not there (and 1 more that cannot be played)";
    assert!(stderr(&output).contains(words), "{}", stderr(&output));
}

#[test]
fn a_holdout_of_nothing_is_a_problem_at_its_place() {
    let place = TempDir::new().unwrap();
    let place = place.path();
    fs::create_dir(place.join("games")).unwrap();
    generated(&place.join("games"), 4);
    let sweep = |source: &str, bankroll: &str| {
        scenario(place, source);
        let text = fs::read_to_string(place.join("s.ron")).unwrap();
        let text =
            text.replace("PerGame(0.1),", &format!("{bankroll},\n    sweep: Sweep(holdout: 0.2),"));
        fs::write(place.join("s.ron"), text.replace("1.5", "Grid([1.5, 2])")).unwrap();
    };
    for (source, bankroll, words) in [
        ("Generated(games: 300)", "Compounding(0.1)", "of 1 life is empty"),
        ("Generated(games: 4)", "PerGame(0.1)", "of 4 lives is empty"),
        ("Recordings(path: \"games\")", "PerGame(0.1)", "of 4 lives is empty"),
    ] {
        sweep(source, bankroll);
        refused(place, "sweep", (6, 27), words);
        for more in [&["--list"][..], &["--cell", "0"]] {
            let output = replayer(place, &[&["sweep", "s.ron"], more].concat());
            assert_eq!(output.status.code(), Some(2), "{more:?}");
            assert!(stderr(&output).contains(words), "{more:?}: {}", stderr(&output));
        }
    }
    sweep("Generated(games: 5)", "PerGame(0.1)");
    assert!(replayer(place, &["check", "s.ron"]).status.success());
}

#[test]
fn a_live_source_can_be_checked_and_cannot_be_swept() {
    let place = TempDir::new().unwrap();
    let place = place.path();
    scenario(place, "Feed(url: \"wss://feed.example\")");
    assert!(replayer(place, &["check", "s.ron"]).status.success());
    let text = fs::read_to_string(place.join("s.ron")).unwrap();
    fs::write(place.join("s.ron"), text.replace("1.5", "Grid([1.5, 2])")).unwrap();
    refused(place, "sweep", (4, 13), "a live feed can be played only once");
}
