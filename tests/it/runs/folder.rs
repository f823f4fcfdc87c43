//! The folder of a run.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use rust_decimal::Decimal;

use super::{json, scenario};
use crate::program::replayer;

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, fs::read(path).unwrap())
        })
        .collect()
}

fn rows(text: &[u8]) -> Vec<BTreeMap<String, String>> {
    csv::Reader::from_reader(text).deserialize().map(Result::unwrap).collect()
}

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

#[test]
fn the_same_scenario_writes_the_same_bytes_on_any_number_of_threads_and_tables() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("s.ron"), scenario(150)).unwrap();
    for (out, threads, tables) in [("one", "1", "1"), ("two", "2", "5"), ("many", "3", "64")] {
        let args = ["run", "s.ron", "--out", out, "--threads", threads, "--tables", tables];
        assert!(replayer(place.path(), &args).status.success());
    }
    let one = files(&place.path().join("one"));
    let names: Vec<&String> = one.keys().collect();
    let expected = [
        "curves.json",
        "games.csv",
        "manifest.json",
        "postings.csv",
        "prices.json",
        "refusals.csv",
        "scenario.ron",
        "summary.json",
    ];
    assert_eq!(names, expected);
    assert_eq!(one, files(&place.path().join("two")));
    assert_eq!(one, files(&place.path().join("many")));
}

#[test]
fn the_postings_explain_every_row_and_the_rows_the_summary() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("s.ron"), scenario(60)).unwrap();
    let document = json(&replayer(place.path(), &["run", "s.ron", "--json", "--out", "out"]));
    let files = files(&place.path().join("out"));
    let mut booked: BTreeMap<(String, String), Decimal> = BTreeMap::new();
    for posting in rows(&files["postings.csv"]) {
        let key = (posting["game"].clone(), posting["bot"].clone());
        *booked.entry(key).or_default() += decimal(&posting["delta"]);
    }
    let mut pnl: BTreeMap<String, Decimal> = BTreeMap::new();
    let games = rows(&files["games.csv"]);
    assert_eq!(games.len(), 60 * 5);
    for row in &games {
        let key = (row["game"].clone(), row["bot"].clone());
        let sum = booked.get(&key).copied().unwrap_or_default();
        assert_eq!(decimal(&row["pnl"]), sum, "{key:?}");
        assert_eq!(decimal(&row["cash"]), decimal("0.1") + sum, "{key:?}");
        *pnl.entry(row["bot"].clone()).or_default() += sum;
    }
    for bot in document["bots"].as_array().unwrap() {
        assert_eq!(decimal(bot["pnl"].as_str().unwrap()), pnl[bot["id"].as_str().unwrap()]);
    }
    let refused: u64 = document["bots"]
        .as_array()
        .unwrap()
        .iter()
        .map(|bot| bot["refused"].as_u64().unwrap())
        .sum();
    let rejections = rows(&files["refusals.csv"]);
    assert_eq!(rejections.len() as u64, refused);
    assert!(rejections.iter().all(|row| !row["why"].is_empty()));
    assert_eq!(files["scenario.ron"], scenario(60).as_bytes());
}

#[test]
fn without_out_each_run_takes_the_next_free_number() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("s.ron"), scenario(2)).unwrap();
    for number in 1..=2 {
        assert!(replayer(place.path(), &["run", "s.ron", "-q"]).status.success());
        assert!(place.path().join(format!("runs/small-00{number}/summary.json")).exists());
    }
}

#[test]
fn a_folder_that_holds_something_is_left_alone() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("s.ron"), scenario(2)).unwrap();
    fs::create_dir(place.path().join("out")).unwrap();
    fs::write(place.path().join("out/mine.txt"), "mine").unwrap();
    let output = replayer(place.path(), &["run", "s.ron", "--out", "out"]);
    assert_eq!(output.status.code(), Some(3));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("out is not empty") && said.contains("hint"), "{said}");
    assert_eq!(files(&place.path().join("out")).len(), 1);
}

#[test]
fn a_folder_that_cannot_be_made_is_an_error_before_anything_is_played() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("s.ron"), scenario(1_000_000_000)).unwrap();
    fs::write(place.path().join("file"), "").unwrap();
    let output = replayer(place.path(), &["run", "s.ron", "--out", "file/out"]);
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    assert!(output.stdout.is_empty());
}
