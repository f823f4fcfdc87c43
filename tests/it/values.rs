//! Values as people's files have them, through every command that reads them.

use std::fs;
use std::path::Path;
use std::process::Output;

use serde_json::{Value, json};

use crate::program::{json as document, replayer, stderr, stdout};
use crate::recordings::Tape;

/// Three generated games in a folder: the lines of their seeds.
fn seeds(folder: &Path) -> Vec<Value> {
    let made = replayer(folder, &["generate", "--games", "3", "--seed", "7", "--out", "made"]);
    assert!(made.status.success(), "{}", stderr(&made));
    let text = fs::read_to_string(folder.join("made/seeds.jsonl")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The same lines, each changed, as a file that begins with a byte order mark.
fn put(folder: &Path, lines: &[Value], change: impl Fn(&mut Value)) {
    let mut text = "\u{feff}".to_owned();
    for line in lines {
        let mut line = line.clone();
        change(&mut line);
        text += &format!("{line}\r\n");
    }
    fs::write(folder.join("seeds.jsonl"), text).unwrap();
}

fn verify(folder: &Path) -> (Option<i32>, Value) {
    let output = replayer(folder, &["verify", "--json", "--file", "seeds.jsonl"]);
    (output.status.code(), document(&output))
}

/// The document of a run over a source.
fn run(folder: &Path, source: &str) -> (Output, Value) {
    let scenario = format!(
        "Scenario(name: \"values\", seed: 1, source: {source}, bankroll: Compounding(0.5), bots: \
         [(id: \"a\", strategy: Aggressive()), (id: \"s\", strategy: Sidebet())])"
    );
    fs::write(folder.join("s.ron"), scenario).unwrap();
    let output = replayer(folder, &["run", "s.ron", "--json", "--no-journal"]);
    let said = document(&output);
    (output, said)
}

#[test]
fn seeds_are_read_and_verified_in_the_spellings_and_decimals_of_other_programs() {
    let place = tempfile::tempdir().unwrap();
    let lines = seeds(place.path());
    let whole = |line: &mut Value| line["rug_tick"] = json!(line["rug_tick"].as_f64().unwrap());
    let text = |line: &mut Value| {
        for name in ["rug_tick", "peak_multiplier", "rug_price"] {
            line[name] = json!(line[name].to_string());
        }
    };
    let rounded = |decimals: usize| {
        move |line: &mut Value| {
            let round = |value: &Value| -> f64 {
                format!("{:.decimals$}", value.as_f64().unwrap()).parse().unwrap()
            };
            let prices: Vec<f64> = line["prices"].as_array().unwrap().iter().map(round).collect();
            line["peak_multiplier"] = json!(round(&line["peak_multiplier"]));
            line["rug_price"] = json!(round(&line["rug_price"]));
            line["prices"] = json!(prices);
        }
    };
    let source = "Seeds(path: \"seeds.jsonl\")";
    put(place.path(), &lines, |_| {});
    let plain = run(place.path(), source).1;
    assert_eq!(plain["games"], 3);
    type Change = Box<dyn Fn(&mut Value)>;
    let changes: [Change; 5] = [
        Box::new(whole),
        Box::new(text),
        Box::new(rounded(10)),
        Box::new(rounded(4)),
        Box::new(rounded(0)),
    ];
    for (number, change) in changes.into_iter().enumerate() {
        put(place.path(), &lines, change);
        let (code, said) = verify(place.path());
        assert_eq!((code, &said["games"], &said["path_ok"]), (Some(0), &json!(3), &json!(3)));
        assert_eq!(said["failed"], json!([]), "{number}");
        let again = run(place.path(), source).1;
        assert_eq!(again["digest"], plain["digest"], "{number}");
        assert_eq!(again["inputs"]["bad_lines"], 0, "{number}");
    }
}

#[test]
fn a_game_of_an_older_version_cannot_be_told_and_does_not_fail_unless_its_hash_is_wrong() {
    let place = tempfile::tempdir().unwrap();
    let mut lines = seeds(place.path());
    lines[0]["game_version"] = json!("v1");
    lines[0]["peak_multiplier"] = json!(9.5);
    lines[1]["game_version"] = json!("V3");
    put(place.path(), &lines, |_| {});
    let (code, said) = verify(place.path());
    assert_eq!((code, &said["hash_ok"], &said["path_ok"]), (Some(0), &json!(3), &json!(2)));
    assert_eq!(said["failed"], json!([]));
    let why = "a game of version v1 cannot be reproduced, only those of v3";
    assert_eq!(said["unverifiable"], json!([{"game_id": lines[0]["game_id"], "why": why}]));
    let human = replayer(place.path(), &["verify", "--file", "seeds.jsonl"]);
    assert!(stdout(&human).contains("0 failed, 1 cannot be told"), "{}", stdout(&human));
    assert!(stdout(&human).contains(why), "{}", stdout(&human));

    lines[0]["server_seed_hash"] = json!("0".repeat(64));
    put(place.path(), &lines, |_| {});
    let (code, said) = verify(place.path());
    assert_eq!((code, said["failed"].as_array().unwrap().len()), (Some(1), 1));
    assert_eq!(said.get("unverifiable"), None);
}

/// A folder with a whole recording and one with a value that no game can have in its line 9.
fn recordings(folder: &Path, price: &str) {
    fs::create_dir(folder.join("in")).unwrap();
    let whole = Tape::game("whole", &[1.0, 1.02, 1.03, 1.04, 0.02]);
    let mut wrong = Tape::game("wrong", &[1.0, 1.02, 1.03, 1.04, 0.02]);
    wrong.lines[8] = wrong.lines[8].replace("\"price\": 1.03", &format!("\"price\": {price}"));
    for (name, tape) in [("game_a.jsonl", whole), ("game_b.jsonl", wrong)] {
        fs::write(folder.join("in").join(name), tape.text()).unwrap();
    }
}

#[test]
fn a_value_that_no_game_can_have_costs_its_game_and_every_command_says_where_it_is() {
    for price in ["12345678901.5", "1e-30", "-1", "10.3", "\"10.3\""] {
        let place = tempfile::tempdir().unwrap();
        recordings(place.path(), price);
        let at = "game_b.jsonl:9 ";

        let inspected = replayer(place.path(), &["inspect", "in", "--json"]);
        let rows: Vec<Value> =
            stdout(&inspected).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!((&rows[0]["grade"], &rows[1]["grade"]), (&json!("A"), &json!("D")), "{price}");
        assert_eq!((&rows[1]["bad_lines"], &rows[1]["missing_ticks"]), (&json!(1), &json!(1)));
        let shown = replayer(place.path(), &["inspect", "in"]);
        assert!(stdout(&shown).contains(at), "{price}: {}", stdout(&shown));

        let (output, said) = run(place.path(), "Recordings(path: \"in\")");
        assert_eq!((&said["games"], &said["inputs"]["incomplete_games"]), (&json!(1), &json!(1)));
        assert!(stderr(&output).contains(at), "{price}: {}", stderr(&output));

        for (format, out) in [("parquet", "columns"), ("csv", "csv"), ("jsonl", "jsonl")] {
            let exported =
                replayer(place.path(), &["export", "in", "--out", out, "--format", format]);
            assert!(exported.status.success(), "{price} {format}: {}", stderr(&exported));
            assert!(stderr(&exported).contains(at), "{price} {format}: {}", stderr(&exported));
        }
        let ticks = fs::read_to_string(place.path().join("csv/ticks.csv")).unwrap();
        assert_eq!(ticks.lines().count(), 1 + 5 + 4, "{price}: {ticks}");
        assert_eq!(run(place.path(), "Recordings(path: \"columns/ticks\")").1["games"], 1);
    }
}

#[test]
fn prices_as_text_are_the_same_game_in_every_command() {
    let place = tempfile::tempdir().unwrap();
    recordings(place.path(), "\"1.03\"");
    let (_, said) = run(place.path(), "Recordings(path: \"in\")");
    assert_eq!((&said["games"], &said["inputs"]["bad_lines"]), (&json!(2), &json!(0)));
    let inspected = replayer(place.path(), &["inspect", "in", "--json"]);
    assert_eq!(stdout(&inspected).matches("\"grade\":\"A\"").count(), 2, "{inspected:?}");
    let exported = document(&replayer(place.path(), &["export", "in", "--out", "out", "--json"]));
    assert_eq!(exported["recordings"]["complete"], 2);
}

#[test]
fn a_capture_may_have_its_numbers_as_text_and_its_times_since_1970() {
    let place = tempfile::tempdir().unwrap();
    let first = r#"{"seq": "1", "ts": 1765577802.7, "event": "a", "data": {}}"#;
    let last = r#"{"seq": 2.0, "ts": "2025-12-12T23:16:43.7+01:00", "event": "a", "data": {}}"#;
    let lines = format!("\u{feff}{first}\r\n{last}\r\n");
    fs::write(place.path().join("capture.jsonl"), lines).unwrap();
    let said = document(&replayer(place.path(), &["capture", "report", "capture.jsonl", "--json"]));
    assert_eq!(said["bad_lines"], 0, "{said}");
    for (name, wanted) in
        [("first", "2025-12-12T22:16:42.700000"), ("last", "2025-12-12T22:16:43.700000")]
    {
        assert!(said.to_string().contains(&format!("\"{name}\":\"{wanted}\"")), "{said}");
    }
}
