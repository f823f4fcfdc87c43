//! `replayer verify` and `replayer generate`, as a user runs them.

use std::fs;
use std::path::Path;
use std::process::Output;

use serde_json::{Value, json};

use crate::program::{self, stderr, stdout};

fn replayer(arguments: &[&str]) -> Output {
    program::replayer(Path::new("."), arguments)
}

/// Four generated games in a folder: the folder, and the text of its seeds.
fn generated(folder: &Path) -> String {
    let output =
        replayer(&["generate", "--games", "4", "--seed", "7", "--out", folder.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    fs::read_to_string(folder.join("seeds.jsonl")).unwrap()
}

fn verify_json(seeds: &Path) -> (Option<i32>, Value) {
    let output = replayer(&["verify", "--json", "--file", seeds.to_str().unwrap()]);
    (output.status.code(), serde_json::from_str(stdout(&output)).unwrap())
}

#[test]
fn generated_games_verify_and_the_json_says_exactly_that() {
    let folder = tempfile::tempdir().unwrap();
    generated(folder.path());
    let output = replayer(&[
        "verify",
        "--json",
        "--file",
        folder.path().join("seeds.jsonl").to_str().unwrap(),
    ]);
    let expected = r#"{"games":4,"hash_ok":4,"path_ok":4,"paths_compared":4,"failed":[]}"#;
    assert_eq!(stdout(&output), format!("{expected}\n"));
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn the_site_s_games_verify_and_the_json_says_exactly_that() {
    let Some(path) = crate::data::reference("games/verified_games.jsonl") else { return };
    let (code, said) = verify_json(&path);
    let expected = json!({
        "games": 156, "hash_ok": 156, "path_ok": 156, "paths_compared": 23, "failed": []
    });
    assert_eq!((code, said), (Some(0), expected));
}

#[test]
fn a_false_game_and_a_bad_line_fail_by_name_and_end_with_exit_code_1() {
    let folder = tempfile::tempdir().unwrap();
    let text = generated(folder.path());
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let mut game: Value = serde_json::from_str(&lines[1]).unwrap();
    let id = game["game_id"].as_str().unwrap().to_owned();
    game["prices"][3] = json!(1.5);
    lines[1] = game.to_string();
    lines[2] = "{\"game_id\": 5".to_owned();
    let altered = folder.path().join("altered.jsonl");
    fs::write(&altered, lines.join("\n")).unwrap();

    let (code, said) = verify_json(&altered);
    assert_eq!(code, Some(1));
    assert_eq!(
        (&said["games"], &said["hash_ok"], &said["path_ok"]),
        (&json!(3), &json!(3), &json!(2))
    );
    let failed = said["failed"].as_array().unwrap();
    assert_eq!(failed.len(), 2);
    assert_eq!(failed[0]["game_id"], "line 3");
    assert_eq!(failed[1]["game_id"], id.as_str());
    let why = failed[1]["why"].as_str().unwrap();
    assert!(why.starts_with("prices: tick 3: price 1.5 was recorded, "), "{why}");

    let human = replayer(&["verify", "--file", altered.to_str().unwrap()]);
    assert!(stdout(&human).contains(&id) && stdout(&human).contains("line 3: "));
    assert!(stderr(&human).contains("line 3 is not a game"), "{}", stderr(&human));
}

#[test]
fn one_game_is_shown_with_its_rug_its_peak_and_what_was_compared() {
    let seed = "e2896666bec952ac4dbc65d73e1d08dcd5da597137dcf6255f23cd67db9dcd7c";
    let hash = "620f7079cc785925512f5ec4ad3b412a804e68771ed12384509066ce5c635d4c";
    let single = ["verify", "--seed", seed, "--game", "20251207-1e01ac417e8043ca"];
    let shown = replayer(&single);
    assert_eq!(shown.status.code(), Some(0));
    for part in ["92", "0.011712153254048764", "1.223525528686852", hash, "nothing was given"] {
        assert!(stdout(&shown).contains(part), "{part}: {}", stdout(&shown));
    }
    let with_hash = replayer(&[&single[..], &["--hash", hash, "--json"]].concat());
    let expected = r#"{"games":1,"hash_ok":1,"path_ok":0,"paths_compared":0,"failed":[]}"#;
    assert_eq!(stdout(&with_hash), format!("{expected}\n"));
    let wrong = replayer(&[&single[..], &["--hash", seed]].concat());
    assert_eq!(wrong.status.code(), Some(1));
    assert!(stdout(&wrong).contains("failed: seed hash: "), "{}", stdout(&wrong));
}

#[test]
fn a_wrong_command_line_ends_with_2_and_a_file_without_games_with_3() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty.jsonl");
    fs::write(&empty, "\n").unwrap();
    let empty = empty.to_str().unwrap();
    for (arguments, code) in [
        (&["verify"][..], 2),
        (&["verify", "--seed", "abc", "--game", "g"], 2),
        (&["verify", "--game", "g"], 2),
        (&["verify", "--file", empty, "--game", "g"], 2),
        (&["generate", "--games", "0", "--out", "x"], 2),
        (&["verify", "--file", "/nowhere/at-all"], 3),
        (&["verify", "--file", empty], 3),
    ] {
        let output = replayer(arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", stderr(&output));
        assert_eq!(stdout(&output), "", "{arguments:?}");
    }
}

#[test]
fn the_same_games_are_the_same_bytes_and_none_is_ever_overwritten() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    generated(one.path());
    generated(two.path());
    let files = |folder: &Path| {
        let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let named =
            paths.map(|path| (path.file_name().unwrap().to_owned(), fs::read(path).unwrap()));
        named.collect::<std::collections::BTreeMap<_, _>>()
    };
    let before = files(one.path());
    assert_eq!(before.len(), 5);
    assert_eq!(before, files(two.path()));

    let again = ["generate", "--games", "4", "--seed", "7", "--out", one.path().to_str().unwrap()];
    let output = replayer(&again);
    assert_eq!(output.status.code(), Some(3));
    assert!(stderr(&output).contains("seeds.jsonl exists already"), "{}", stderr(&output));
    // Without the seeds in the way, the first recording is.
    fs::remove_file(one.path().join("seeds.jsonl")).unwrap();
    let output = replayer(&again);
    assert_eq!(output.status.code(), Some(3));
    assert!(stderr(&output).contains("exists already"), "{}", stderr(&output));
    assert_eq!(files(one.path()).len(), 4);
}

#[test]
fn a_generated_recording_has_the_prices_that_its_seed_says() {
    let folder = tempfile::tempdir().unwrap();
    for line in generated(folder.path()).lines() {
        let game: Value = serde_json::from_str(line).unwrap();
        let tail = &game["game_id"].as_str().unwrap()[17..];
        let mut paths = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
        let path = paths.find(|path| path.to_str().unwrap().ends_with(&format!("_{tail}.jsonl")));
        let text = fs::read_to_string(path.unwrap()).unwrap();
        let rows = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let in_play = rows.filter(|row| row["active"] == true && row["phase"] != "RUG_EVENT_1");
        let prices: Vec<Value> = in_play.map(|row| row["price"].clone()).collect();
        assert_eq!(&prices, game["prices"].as_array().unwrap());
    }
}
