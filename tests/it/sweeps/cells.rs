//! A cell of a sweep is the same scenario run alone.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::{place, scenario, succeeds};
use crate::data;
use crate::program::{replayer, stdout};

fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// Sweeps `s.ron` in a folder, runs every cell alone, and compares what both say.
fn assert_cells_are_runs(folder: &Path, variants: u64) {
    succeeds(folder, &["sweep", "s.ron", "--out", "sweep"]);
    let sweep = json(&folder.join("sweep/summary.json"));
    assert_eq!(sweep["variants"].as_array().unwrap().len() as u64, variants);
    for number in 0..variants {
        let cell = replayer(folder, &["sweep", "s.ron", "--cell", &number.to_string()]);
        fs::write(folder.join("cell.ron"), stdout(&cell)).unwrap();
        let out = format!("run-{number}");
        succeeds(folder, &["run", "cell.ron", "--out", &out]);
        let mut run = json(&folder.join(&out).join("summary.json"));
        run.as_object_mut().unwrap().remove("inputs").unwrap();
        // No fan is kept of a sweep's variants.
        for bot in run["bots"].as_array_mut().unwrap() {
            bot["lives"]["fan"] = Value::Null;
        }
        let place = usize::try_from(number).unwrap();
        let swept = &sweep["variants"][place];
        assert_eq!(swept["variant"], number);
        // Written out: byte for byte, doubles to their last bit.
        assert_eq!(
            serde_json::to_string(&swept["summary"]).unwrap(),
            serde_json::to_string(&run).unwrap(),
            "cell {number}"
        );
        assert_eq!(run["digest"], json(&folder.join(&out).join("manifest.json"))["digest"]);
    }
}

#[test]
fn every_cell_says_what_its_scenario_says_run_alone() {
    let place = place(500);
    assert_cells_are_runs(place.path(), 4);
    let sweep = json(&place.path().join("sweep/summary.json"));
    let digests: std::collections::BTreeSet<&str> = sweep["variants"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["summary"]["digest"].as_str().unwrap())
        .collect();
    assert!(digests.len() > 1, "variants differ in something");
}

#[test]
fn cells_are_runs_where_games_are_kept_back_and_lives_are_long() {
    let place = place(300);
    let text = scenario(300)
        .replace("seed: 42,", "seed: 42, sweep: Sweep(holdout: 0.2, samples: 2),")
        .replace("PerGame(0.1)", "Lives(bankroll: 0.1, games: 7)")
        .replace("Grid([10, 40])", "Uniform(10.0, 40.0)");
    fs::write(place.path().join("s.ron"), text).unwrap();
    assert_cells_are_runs(place.path(), 4);
    let run = json(&place.path().join("run-0/manifest.json"));
    // 42 whole lives of 7 games, 8 of them kept back.
    assert_eq!(run["games"], 34 * 7);
    let manifest = json(&place.path().join("sweep/manifest.json"));
    assert_eq!(manifest["plan"]["holdout_games"], 8 * 7);
}

#[test]
fn cells_are_runs_where_all_games_are_one_life() {
    let place = place(60);
    let text = scenario(60).replace("PerGame(0.1)", "Compounding(0.1)");
    fs::write(place.path().join("s.ron"), text).unwrap();
    assert_cells_are_runs(place.path(), 4);
}

#[test]
fn cells_are_runs_over_recorded_and_historic_games() {
    let Some(games) = data::reference("games") else { return };
    let place = place(10);
    let seeds = games.join("verified_games.jsonl");
    let text = scenario(10)
        .replace("Generated(games: 10)", &format!("Seeds(path: {seeds:?})"))
        .replace("seed: 42,", "seed: 42, sweep: Sweep(holdout: 0.25),");
    fs::write(place.path().join("s.ron"), text).unwrap();
    assert_cells_are_runs(place.path(), 4);
}

#[test]
fn the_variants_are_a_table_with_a_row_for_each_bot() {
    let place = place(200);
    succeeds(place.path(), &["sweep", "s.ron", "--out", "sweep"]);
    let mut table = csv::Reader::from_path(place.path().join("sweep/variants.csv")).unwrap();
    let header = table.headers().unwrap().clone();
    let column = |name: &str| header.iter().position(|column| column == name).unwrap();
    assert_eq!(&header[0], "variant");
    let rows: Vec<_> = table.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 8);
    let first = &rows[2];
    assert_eq!(&first[0], "1");
    assert_eq!(&first[column("careful.take_profit")], "10");
    assert_eq!(&first[column("careful.stop_loss")], "25");
    assert_eq!(&first[column("bot")], "careful");
    let sweep = json(&place.path().join("sweep/summary.json"));
    assert_eq!(
        first[column("pnl")],
        *sweep["variants"][1]["summary"]["bots"][0]["pnl"].as_str().unwrap()
    );
    // The bot that always waits is not a candidate of every variant, and never ranked.
    assert_eq!(sweep["candidates"].as_array().unwrap().len(), 5);
    assert!(
        rows.iter()
            .filter(|row| &row[column("bot")] == "wait")
            .all(|row| row[column("rank")].is_empty())
    );
    let ranks = rows.iter().filter_map(|row| row[column("rank")].parse::<u64>().ok());
    assert_eq!(ranks.collect::<std::collections::BTreeSet<_>>().len(), 4);
    let curves = json(&place.path().join("sweep/curves.json"));
    let roles: Vec<_> =
        curves["curves"].as_array().unwrap().iter().map(|it| it["role"].clone()).collect();
    assert_eq!(roles, ["best", "worst", "first"]);
}

#[test]
fn with_too_few_games_nothing_is_ranked() {
    let place = place(20);
    let output = replayer(place.path(), &["sweep", "s.ron", "--out", "sweep"]);
    assert!(stdout(&output).contains("insufficient: 20 games, 30 needed"), "{}", stdout(&output));
    let sweep = json(&place.path().join("sweep/summary.json"));
    assert_eq!(sweep["ranked"], Value::Array(Vec::new()));
}
