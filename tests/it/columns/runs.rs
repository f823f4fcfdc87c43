//! Runs that write Parquet.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use replayer::backtest::page::folder::RunToDraw;
use replayer::backtest::page::game::OneGame;
use replayer::backtest::run::drawn::Wanted;
use replayer::model::ids::GameIndex;

use super::{decimal, number, parts, table, text};
use crate::program::{json, replayer, stderr};
use crate::waiting::until;

/// A scenario of generated games.
pub(super) fn scenario(games: u64) -> String {
    format!(
        "Scenario(name: \"columns\", seed: 5, source: Generated(games: {games}), \
         bankroll: PerGame(0.1), bots: [(id: \"c\", strategy: Conservative()), \
         (id: \"s\", strategy: Sidebet()), (id: \"r\", count: 2, strategy: Random())])"
    )
}

#[test]
fn a_run_in_parquet_says_what_the_same_run_says_in_csv() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("s.ron"), scenario(120)).unwrap();
    let run = |args: &[&str]| {
        let args = [&["run", "s.ron", "--json", "--ticks"], args].concat();
        let mut document = json(&replayer(place.path(), &args));
        // How fast it was, and how large the folder is.
        document.as_object_mut().unwrap().remove("performance").unwrap();
        document
    };
    let document = run(&["--out", "columns", "--parquet"]);
    let as_text = run(&["--out", "text"]);
    assert_eq!(document, as_text);
    // The export of the run in CSV is the run in Parquet, byte for byte.
    let exported = replayer(place.path(), &["export", "text", "--out", "exported", "--json"]);
    let tables = json(&exported);
    assert_eq!(tables["tables"].as_array().unwrap().len(), 4);
    for name in ["games", "postings", "refusals", "ticks"] {
        let part = |folder: &str| {
            fs::read(place.path().join(folder).join(name).join("part-000000.parquet")).unwrap()
        };
        assert!(part("columns") == part("exported"), "{name}");
    }
    // And the run in Parquet, exported as CSV, is the run in CSV.
    let args = ["export", "columns", "--out", "back", "--format", "csv"];
    assert!(replayer(place.path(), &args).status.success());
    for name in ["games.csv", "postings.csv", "refusals.csv", "ticks.csv"] {
        let file = |folder: &str| fs::read(place.path().join(folder).join(name)).unwrap();
        assert!(file("text") == file("back"), "{name}");
    }
    let mut pnl: BTreeMap<String, i128> = BTreeMap::new();
    let games = table(&place.path().join("columns/games"));
    assert_eq!(games.len(), 120 * 4);
    for row in &games {
        *pnl.entry(text(row, "bot")).or_default() += decimal(row, "pnl").0;
        assert_eq!(number(row, "variant"), 0);
    }
    for bot in document["bots"].as_array().unwrap() {
        let said: rust_decimal::Decimal = bot["pnl"].as_str().unwrap().parse().unwrap();
        assert_eq!(pnl[bot["id"].as_str().unwrap()], said.mantissa(), "{bot}");
    }
    let manifest = fs::read_to_string(place.path().join("columns/manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    assert_eq!(manifest["rows"], "parquet");
    assert_eq!(manifest["rules"]["latency"]["Ticks"], 1);
    assert_eq!(manifest["bankroll"]["PerGame"], "0.100000000");
}

#[test]
fn a_game_of_a_run_is_found_in_parquet_as_in_csv() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("s.ron"), scenario(40)).unwrap();
    for args in
        [&["run", "s.ron", "--out", "text"][..], &["run", "s.ron", "--out", "p", "--parquet"]]
    {
        assert!(replayer(place.path(), args).status.success());
    }
    let folder = |name| RunToDraw::read(&place.path().join(name)).unwrap();
    for wanted in [Wanted::Eventful, Wanted::Place(GameIndex::after(7))] {
        let read = |name| OneGame::read(&folder(name), &wanted).unwrap().unwrap();
        assert_eq!(format!("{:?}", read("p")), format!("{:?}", read("text")));
    }
    let absent = OneGame::read(&folder("p"), &Wanted::Place(GameIndex::after(40)));
    assert!(absent.unwrap_err().to_string().contains("no such game"));
}

#[test]
fn the_ticks_of_a_run_are_a_source_that_plays_the_same_games() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("s.ron"), scenario(60)).unwrap();
    let first =
        replayer(place.path(), &["run", "s.ron", "--out", "out", "--parquet", "--ticks", "--json"]);
    let again = scenario(60).replace("Generated(games: 60)", "Recordings(path: \"out/ticks\")");
    fs::write(place.path().join("again.ron"), again).unwrap();
    let second = replayer(place.path(), &["run", "again.ron", "--json", "--no-journal"]);
    assert_eq!(json(&first)["digest"], json(&second)["digest"]);
}

#[test]
fn the_files_are_the_same_bytes_on_any_number_of_threads() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("s.ron"), scenario(150)).unwrap();
    for (out, threads) in [("one", "1"), ("three", "3")] {
        let args = ["run", "s.ron", "--out", out, "--parquet", "--ticks", "--threads", threads];
        assert!(replayer(place.path(), &args).status.success());
    }
    for name in ["games", "postings", "refusals", "ticks"] {
        let part = |out: &str| {
            fs::read(place.path().join(out).join(name).join("part-000000.parquet")).unwrap()
        };
        assert!(part("one") == part("three"), "{name}");
    }
}

#[test]
fn an_interrupted_run_in_parquet_leaves_whole_files_of_whole_games() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("s.ron"), scenario(1_000_000_000)).unwrap();
    let run = Command::new(env!("CARGO_BIN_EXE_replayer"))
        .args(["run", "s.ron", "--out", "out", "--json", "--parquet"])
        .current_dir(place.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let postings = place.path().join("out/postings");
    until("the run writes", || grows(&postings));
    let process = run.id().to_string();
    assert!(Command::new("kill").args(["-INT", &process]).status().unwrap().success());
    let output = run.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{output:?}");
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let played = document["games"].as_u64().unwrap();
    assert_eq!(table(&place.path().join("out/games")).len() as u64, played * 4);
    assert!(!parts(&postings).is_empty());
    let left = fs::read_dir(&postings).unwrap().count();
    assert_eq!(left, parts(&postings).len(), "nothing unfinished is left behind");
}

/// Whether anything but the first bytes was written in a folder.
fn grows(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|entries| {
        entries
            .filter_map(Result::ok)
            .any(|entry| entry.metadata().is_ok_and(|about| about.len() > 1_000))
    })
}

#[test]
fn a_run_folder_of_another_format_is_refused_with_both_formats() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("s.ron"), scenario(2)).unwrap();
    assert!(replayer(place.path(), &["run", "s.ron", "--out", "out"]).status.success());
    let manifest = place.path().join("out/manifest.json");
    let text = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, text.replace("\"format\": 2", "\"format\": 1")).unwrap();
    let output = replayer(place.path(), &["export", "out", "--out", "x"]);
    assert_eq!(output.status.code(), Some(3));
    for part in ["out has format 1", "reads format 2", "run its scenario.ron again"] {
        assert!(stderr(&output).contains(part), "{}", stderr(&output));
    }
    fs::write(&manifest, "{").unwrap();
    let output = replayer(place.path(), &["export", "out", "--out", "x"]);
    assert!(stderr(&output).contains("is not the manifest of a run"), "{}", stderr(&output));
    assert!(!place.path().join("x").exists());
}
