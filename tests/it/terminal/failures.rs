//! What a command with `--json` prints when it fails.

use std::fs;

use serde_json::{Value, json};

use crate::program::{json, replayer, stderr};

/// A scenario with two problems: on lines 2 and 4.
const WRONG: &str = "Scenario(\n    name: \"wrong\", seed: -1,\n    source: Generated(games: 10),\n    \
                     bankroll: PerGame(NaN),\n    bots: [(id: \"a\", strategy: AlwaysWait())],\n)\n";

#[test]
fn a_wrong_scenario_is_told_as_a_document_by_every_command_that_takes_one() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path();
    fs::write(path.join("wrong.ron"), WRONG).unwrap();
    let swept = WRONG
        .replace("-1", "1")
        .replace("NaN", "0.1")
        .replace("\n    bankroll", "\n    sweep: Sweep(holdout: 0.5), bankroll")
        .replace("games: 10", "games: 80")
        .replace("AlwaysWait()", "Conservative(stop_loss: Grid([10, 20]))");
    fs::write(path.join("right.ron"), swept).unwrap();
    let output = replayer(path, &["sweep", "right.ron", "--out", "swept"]);
    assert!(output.status.success(), "{output:?}");
    let lines = |document: &Value| -> Vec<u64> {
        let problems = document["problems"].as_array().unwrap();
        problems.iter().map(|problem| problem["line"].as_u64().unwrap()).collect()
    };
    for arguments in [
        &["run", "wrong.ron"][..],
        &["sweep", "wrong.ron"],
        &["sweep", "wrong.ron", "--list"],
        &["live", "wrong.ron", "--feed", "ws://127.0.0.1:1"],
        &["audit", "wrong.ron"],
        &["bench", "wrong.ron"],
        &["holdout", "swept", "--scenario", "wrong.ron"],
    ] {
        let output = replayer(path, &[arguments, &["--json"]].concat());
        let document = json(&output);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {output:?}");
        assert_eq!((&document["ok"], &document["exit_code"]), (&json!(false), &json!(2)));
        assert_eq!(lines(&document), [2, 4], "{arguments:?}: {document}");
        assert_eq!(document["problems"][0]["path"], "wrong.ron");
        assert_eq!(document["problems"][0]["column"], 26);
        assert!(stderr(&output).starts_with("error: "), "people are told as well: {output:?}");
    }
    let checked = json(&replayer(path, &["check", "wrong.ron", "--json"]));
    assert_eq!(lines(&checked["scenarios"][0]), [2, 4]);
    assert!(!path.join("runs").exists(), "nothing was run");
}

#[test]
fn everything_else_that_fails_is_told_as_a_document_too_with_its_hint() {
    let place = tempfile::tempdir().unwrap();
    for (arguments, code) in [
        (&["run", "nowhere.ron"][..], 2),
        (&["report", "nowhere"], 3),
        (&["holdout", "nowhere"], 3),
        (&["merge", "nowhere", "--out", "x"], 3),
        (&["inspect", "nowhere"], 3),
        (&["history", "nowhere"], 3),
        (&["export", "nowhere", "--out", "x"], 3),
        (&["verify", "--file", "nowhere"], 3),
        (&["capture", "list", "nowhere"], 3),
        (&["strategies", "Nothing"], 2),
        (&["config", "explain", "nothing"], 2),
        (&["run", "quickstart", "--set", "nothing=1"], 2),
    ] {
        let output = replayer(place.path(), &[arguments, &["--json"]].concat());
        let document = json(&output);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {output:?}");
        assert_eq!((&document["ok"], &document["exit_code"]), (&json!(false), &json!(code)));
        let what = document["what"].as_str().unwrap();
        let told = stderr(&output);
        assert!(!what.is_empty() && told.contains(what), "{arguments:?}: {document}: {told}");
        for because in document["because"].as_array().unwrap() {
            assert!(told.contains(because.as_str().unwrap()), "{arguments:?}: {document}");
        }
        if let Some(hint) = document["hint"].as_str() {
            assert!(told.contains(hint), "{arguments:?}: {document}");
        }
    }
}
