//! A page needs the folder of the run and nothing else: its games are drawn from what is in it.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{SCENARIO, run, run_with};
use crate::program::{json, replayer, stderr};

/// What the page says of a game whose prices are not in the folder.
const MISSING: &str = "The prices between the orders are missing";

/// Copies the files of a folder into another place.
fn copy(folder: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

/// The page of a folder, written beside it.
fn page(place: &Path, folder: &Path, more: &[&str]) -> String {
    let own = ["report", folder.to_str().unwrap(), "--out", "page.html"];
    let output = replayer(place, &[&own, more].concat());
    assert!(output.status.success(), "{output:?}");
    fs::read_to_string(place.join("page.html")).unwrap()
}

fn read(file: PathBuf) -> Value {
    serde_json::from_slice(&fs::read(file).unwrap()).unwrap()
}

#[test]
fn the_same_folder_gives_the_same_bytes_elsewhere_and_without_its_inputs() {
    let place = tempfile::tempdir().unwrap();
    let first = run_with(place.path(), "made", (SCENARIO, &["--parquet", "--ticks"]));
    let recorded = SCENARIO.replace("Generated(games: 120)", "Recordings(path: \"made/ticks\")");
    let folder = run(place.path(), "run", &recorded);
    let page_of = |place: &Path, folder: &Path| page(place, folder, &[]);
    let here = page_of(place.path(), &folder);
    assert!(!here.contains(MISSING));
    fs::remove_dir_all(first).unwrap();
    fs::remove_file(place.path().join("run.ron")).unwrap();
    assert_eq!(page_of(place.path(), &folder), here);
    let elsewhere = tempfile::tempdir().unwrap();
    let copied = elsewhere.path().join("some/other-name");
    copy(&folder, &copied);
    assert_eq!(page_of(elsewhere.path(), &copied), here);
}

#[test]
fn a_run_keeps_its_most_eventful_its_best_and_its_worst_game_and_those_that_are_asked_for() {
    let place = tempfile::tempdir().unwrap();
    let folder = run(place.path(), "run", SCENARIO);
    let manifest = read(folder.join("manifest.json"));
    let words = serde_json::json!(["eventful", "best", "worst"]);
    assert_eq!(manifest["prices"]["keep"], words);
    let bytes = fs::metadata(folder.join("prices.json")).unwrap().len();
    assert_eq!(manifest["prices"]["file"]["bytes"].as_u64(), Some(bytes));
    assert!(bytes < 45_000, "{bytes} bytes");
    for word in ["eventful", "best", "worst"] {
        assert!(!page(place.path(), &folder, &["--game", word]).contains(MISSING), "{word}");
    }
    let asked: &[&str] = &["--keep-prices", "first,17,18"];
    let folder = run_with(place.path(), "asked", (SCENARIO, asked));
    for (game, drawn) in [("first", 0), ("17", 17), ("18", 18)] {
        let args = ["report", "asked", "--game", game, "--json"];
        let document = json(&replayer(place.path(), &args));
        assert_eq!(document["games"][0], drawn);
    }
    assert!(!page(place.path(), &folder, &[]).contains(MISSING));
}

#[test]
fn a_game_that_is_not_kept_is_an_error_that_says_how_to_keep_it() {
    let place = tempfile::tempdir().unwrap();
    let folder = run(place.path(), "run", SCENARIO);
    let kept = read(folder.join("prices.json"));
    let kept = kept["games"].as_array().unwrap().iter().map(|game| game["game"].as_u64().unwrap());
    let kept: Vec<u64> = kept.collect();
    let other = (0..120).find(|place| !kept.contains(place)).unwrap().to_string();
    let output = replayer(place.path(), &["report", "run", "--game", &other]);
    assert_eq!(output.status.code(), Some(2));
    let said = stderr(&output);
    assert!(said.contains(&format!("no prices of game {other}")), "{said}");
    assert!(said.contains(&format!("--keep-prices {other}")), "{said}");
    let output = replayer(place.path(), &["report", "run", "--game", "120"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("no such game"), "{output:?}");
}

#[test]
fn every_game_can_be_drawn_where_the_ticks_are_written() {
    let place = tempfile::tempdir().unwrap();
    let folder = run(place.path(), "kept", SCENARIO);
    let drawn = page(place.path(), &folder, &[]);
    for (name, more) in [("text", &["--ticks"][..]), ("columns", &["--ticks", "--parquet"])] {
        let folder = run_with(place.path(), name, (SCENARIO, more));
        assert!(!folder.join("prices.json").exists());
        assert_eq!(page(place.path(), &folder, &[]), drawn, "{name}");
        assert!(!page(place.path(), &folder, &["--game", "44"]).contains(MISSING), "{name}");
    }
}

#[test]
fn the_folder_of_a_version_that_kept_no_prices_has_a_page_that_says_so() {
    let place = tempfile::tempdir().unwrap();
    let folder = run(place.path(), "run", SCENARIO);
    fs::remove_file(folder.join("prices.json")).unwrap();
    let file = folder.join("manifest.json");
    let mut manifest = read(file.clone());
    manifest.as_object_mut().unwrap().remove("prices").unwrap();
    fs::write(&file, manifest.to_string()).unwrap();
    let drawn = page(place.path(), &folder, &[]);
    assert!(drawn.contains(MISSING) && drawn.contains("version 0.1"), "{drawn}");
    let output = replayer(place.path(), &["report", "run", "--game", "3"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("run the scenario again"), "{output:?}");
}

#[test]
fn prices_that_are_not_those_of_the_manifest_are_an_error() {
    let place = tempfile::tempdir().unwrap();
    let file = run(place.path(), "run", SCENARIO).join("prices.json");
    let whole = fs::read_to_string(&file).unwrap();
    fs::write(&file, whole.replacen('7', "8", 1)).unwrap();
    let output = replayer(place.path(), &["report", "run"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(stderr(&output).contains("prices.json"), "{output:?}");
    fs::remove_file(&file).unwrap();
    assert_eq!(replayer(place.path(), &["report", "run"]).status.code(), Some(3));
}

#[test]
fn a_resumed_run_keeps_the_same_prices_and_refuses_another_choice_of_them() {
    let place = tempfile::tempdir().unwrap();
    let folder = run(place.path(), "run", SCENARIO);
    let whole = fs::read(folder.join("prices.json")).unwrap();
    let resume = |more: &[&str]| {
        let own = ["run", "run.ron", "--out", "run", "-q", "--resume"];
        replayer(place.path(), &[&own, more].concat())
    };
    fs::remove_file(folder.join("prices.json")).unwrap();
    assert!(resume(&[]).status.success());
    assert_eq!(fs::read(folder.join("prices.json")).unwrap(), whole);
    let refused =
        [(&["--keep-prices", "first"][..], "`--keep-prices`"), (&["--ticks"], "`--ticks`")];
    for (more, word) in refused {
        let output = resume(more);
        assert_eq!(output.status.code(), Some(3), "{output:?}");
        assert!(stderr(&output).contains(word), "{output:?}");
    }
}
