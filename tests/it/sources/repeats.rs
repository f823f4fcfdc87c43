//! Games that are told again count once, and one game with two seeds is a conflict.

use std::fs;

use serde_json::Value;
use tempfile::TempDir;

use super::{generated, gzip, played, run};
use crate::program::{json, replayer, stderr, stdout};

#[test]
fn six_games_told_a_hundred_and_fifty_times_are_six_games() {
    let place = TempDir::new().unwrap();
    let place = place.path();
    let games = place.join("games");
    fs::create_dir(&games).unwrap();
    let (files, seeds) = generated(&games, 6);
    let wanted = played(place, "Recordings(path: \"games\")");
    assert_eq!(wanted["inputs"]["repeated_games"], 0);

    fs::write(place.join("seeds.jsonl"), format!("{}\n", seeds.join("\n")).repeat(25)).unwrap();
    let recorded: Vec<String> =
        files.iter().map(|file| fs::read_to_string(file).unwrap()).collect();
    fs::write(place.join("all.jsonl"), recorded.concat().repeat(25)).unwrap();
    for copy in 1..25 {
        for file in &files {
            let name = format!("game_copy_{copy}_{}", file.file_name().unwrap().to_str().unwrap());
            fs::copy(file, games.join(name)).unwrap();
        }
    }
    for source in [
        "Seeds(path: \"seeds.jsonl\")",
        "Recordings(path: \"all.jsonl\")",
        "Recordings(path: \"games\")",
    ] {
        let ran = played(place, source);
        let (games, repeats) = (&ran["games"], &ran["inputs"]["repeated_games"]);
        assert_eq!((games, repeats), (&6.into(), &144.into()), "{source}");
        assert_eq!(ran["inputs"]["conflicts"], 0, "{source}");
        assert_eq!(ran["digest"], wanted["digest"], "{source}");
        let text = replayer(place, &["run", "s.ron", "--no-journal"]);
        let text = stdout(&text).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains("144 times a game was told again"), "{text}");
    }
    let verify = json(&replayer(place, &["verify", "--file", "seeds.jsonl", "--json"]));
    assert_eq!((&verify["games"], &verify["repeats"]), (&6.into(), &144.into()));
    let inspect = replayer(place, &["inspect", "all.jsonl", "--json"]);
    let last: Value = serde_json::from_str(stdout(&inspect).lines().last().unwrap()).unwrap();
    let total = &last["total"];
    assert_eq!((&total["complete"], &total["repeats"]), (&6.into(), &144.into()));
}

#[test]
fn one_game_with_two_seeds_is_a_conflict_with_both_places() {
    let place = TempDir::new().unwrap();
    let place = place.path();
    let (_, seeds) = generated(place, 2);
    let field = |line: &str, name: &str| {
        serde_json::from_str::<Value>(line).unwrap()[name].as_str().unwrap().to_owned()
    };
    let (id, other) = (field(&seeds[0], "game_id"), field(&seeds[1], "server_seed"));
    let twisted = format!(r#"{{"game_id":"{id}","server_seed":"{other}"}}"#);
    let text = format!("{}\n{}\n\n{twisted}\n", seeds[0], seeds[1]);
    fs::write(place.join("seeds.jsonl"), text).unwrap();
    let verify = replayer(place, &["verify", "--file", "seeds.jsonl", "--json"]);
    assert_eq!(verify.status.code(), Some(1));
    let failed = &json(&verify)["failed"];
    let why = format!("game {id} has another server_seed than on line 1");
    assert_eq!(*failed, serde_json::json!([{ "game_id": "line 4", "why": why }]));
    let output = run(place, "Seeds(path: \"seeds.jsonl\")");
    let ran = json(&output);
    assert_eq!((&ran["games"], &ran["inputs"]["conflicts"]), (&2.into(), &1.into()));
    assert!(stderr(&output).contains(&format!("seeds.jsonl:4: {why}")), "{}", stderr(&output));
    // The first seed is played: the same games as without the last line.
    fs::write(place.join("seeds.jsonl"), seeds.join("\n")).unwrap();
    assert_eq!(played(place, "Seeds(path: \"seeds.jsonl\")")["digest"], ran["digest"]);
}

#[test]
fn a_repeat_that_says_something_false_of_its_game_fails() {
    let place = TempDir::new().unwrap();
    let place = place.path();
    let (_, seeds) = generated(place, 1);
    let mut again: Value = serde_json::from_str(&seeds[0]).unwrap();
    again["peak_multiplier"] = 99.5.into();
    fs::write(place.join("seeds.jsonl"), format!("{}\n{again}\n", seeds[0])).unwrap();
    let verify = replayer(place, &["verify", "--file", "seeds.jsonl", "--json"]);
    let said = json(&verify);
    assert_eq!((verify.status.code(), &said["games"]), (Some(1), &1.into()));
    assert_eq!(said["failed"][0]["game_id"], "line 2");
    assert!(said["failed"][0]["why"].as_str().unwrap().starts_with("peak: 99.5 was recorded"));
}

#[test]
fn seeds_are_read_in_gzip_as_a_source_as_they_are_verified() {
    let place = TempDir::new().unwrap();
    let place = place.path();
    let (_, seeds) = generated(place, 3);
    let plain = place.join("seeds.jsonl");
    fs::write(&plain, seeds.join("\n")).unwrap();
    let wanted = played(place, "Seeds(path: \"seeds.jsonl\")");
    let packed = gzip(&plain);
    let ran = played(place, "Seeds(path: \"seeds.jsonl.gz\")");
    assert_eq!((&ran["games"], &ran["digest"]), (&3.into(), &wanted["digest"]));
    assert!(replayer(place, &["verify", "--file", "seeds.jsonl.gz"]).status.success());
    // A file that was cut off says so.
    let bytes = fs::read(&packed).unwrap();
    fs::write(&packed, &bytes[..bytes.len() / 2]).unwrap();
    let cut = run(place, "Seeds(path: \"seeds.jsonl.gz\")");
    if cut.status.success() {
        assert!(json(&cut)["inputs"]["bad_lines"].as_u64() > Some(0));
    } else {
        assert!(stderr(&cut).contains("cut off"), "{}", stderr(&cut));
    }
}
