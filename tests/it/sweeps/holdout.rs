//! The games that a sweep keeps back: opened once, and never quietly.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::{fails, files, place, scenario, succeeds};
use crate::data;
use crate::program::{json, replayer, stderr, stdout};

/// A complete sweep that kept games back, in `out`.
fn swept() -> tempfile::TempDir {
    let place = place(200);
    let text = scenario(200).replace("seed: 42,", "seed: 42, sweep: Sweep(holdout: 0.25),");
    fs::write(place.path().join("s.ron"), text).unwrap();
    succeeds(place.path(), &["sweep", "s.ron", "--out", "out"]);
    place
}

/// What each line of the log says.
fn log(folder: &Path) -> Vec<(u64, String)> {
    let text = fs::read_to_string(folder.join("out/holdout.jsonl")).unwrap_or_default();
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines
        .map(|it| (it["opening"].as_u64().unwrap(), it["what"].as_str().unwrap().to_owned()))
        .collect()
}

#[test]
fn the_best_is_played_once_on_games_that_nothing_was_chosen_by() {
    let place = swept();
    let path = place.path();
    let before = files(&path.join("out"));
    let opened = json(&replayer(path, &["holdout", "out", "--json"]));
    assert_eq!(opened["games"], serde_json::json!([150, 200]));
    let sweep: Value = serde_json::from_slice(&before["summary.json"]).unwrap();
    let best = &sweep["candidates"][usize::try_from(sweep["ranked"][0].as_u64().unwrap()).unwrap()];
    assert_eq!(opened["cells"][0]["variant"], best["variant"]);
    assert_eq!(opened["bot"], best["bot"]);
    assert_eq!(opened["cells"][0]["summary"]["games"], 50);
    assert_eq!(log(path), [(1, "opened".to_owned())]);

    // The sweep and the holdout are the whole run, no game twice and none left out.
    let number = best["variant"].to_string();
    let cell = replayer(path, &["sweep", "s.ron", "--cell", &number]).stdout;
    let whole = String::from_utf8(cell).unwrap().replace(", games: 150", "");
    fs::write(path.join("whole.ron"), whole).unwrap();
    let run = json(&replayer(path, &["run", "whole.ron", "--json", "--no-journal"]));
    let pnl = |summary: &Value| {
        let text = summary["bots"][0]["pnl"].as_str().unwrap();
        text.parse::<replayer::model::sol::Sol>().unwrap()
    };
    let place = usize::try_from(best["variant"].as_u64().unwrap()).unwrap();
    let parts = pnl(&sweep["variants"][place]["summary"])
        .plus(pnl(&opened["cells"][0]["summary"]))
        .unwrap();
    assert_eq!(parts, pnl(&run));

    // Nothing else of the folder changed.
    let after = files(&path.join("out"));
    assert!(before.iter().all(|(name, bytes)| after[name] == *bytes));
    assert_eq!(after.len(), before.len() + 2, "holdout.json and holdout.jsonl");
}

#[test]
fn a_second_opening_is_refused_unless_forced_and_both_are_logged() {
    let place = swept();
    let path = place.path();
    succeeds(path, &["holdout", "out"]);
    let said = fs::read(path.join("out/holdout.json")).unwrap();
    let error = fails(path, &["holdout", "out"], 2);
    assert!(error.contains("was already opened once"), "{error}");
    assert!(error.contains("--force"), "{error}");
    assert_eq!(fs::read(path.join("out/holdout.json")).unwrap(), said);
    let forced = json(&replayer(path, &["holdout", "out", "--force", "--json"]));
    assert_eq!(forced["opening"], 2);
    fails(path, &["holdout", "out"], 2);
    let expected = [(1, "opened"), (1, "refused"), (2, "forced"), (2, "refused")];
    let expected: Vec<_> = expected.into_iter().map(|(it, what)| (it, what.to_owned())).collect();
    assert_eq!(log(path), expected);
}

#[test]
fn a_holdout_that_is_not_there_cannot_be_opened() {
    let place = place(100);
    let path = place.path();
    succeeds(path, &["sweep", "s.ron", "--out", "out"]);
    let error = fails(path, &["holdout", "out"], 2);
    assert!(error.contains("kept no games back"), "{error}");
    succeeds(path, &["sweep", "s.ron", "--out", "part", "--shard", "0/2"]);
    let error = fails(path, &["holdout", "part"], 2);
    assert!(error.contains("is not complete"), "{error}");
    let few = scenario(3).replace("seed: 42,", "seed: 42, sweep: Sweep(holdout: 0.2),");
    fs::write(path.join("few.ron"), few).unwrap();
    let error = fails(path, &["sweep", "few.ron"], 2);
    assert!(error.contains("a holdout of 0.2 of 3 lives is empty"), "{error}");
    assert!(log(path).is_empty());
}

#[test]
fn a_holdout_that_cannot_be_judged_is_warned_of_and_stays_closed() {
    let place = place(100);
    let path = place.path();
    let text = scenario(100).replace("seed: 42,", "seed: 42, sweep: Sweep(holdout: 0.29),");
    fs::write(path.join("s.ron"), text).unwrap();
    let warning = "a holdout of 29 games cannot be judged: 30 are needed";
    let checked = replayer(path, &["check", "s.ron"]);
    assert!(checked.status.success() && stdout(&checked).contains(warning), "{checked:?}");
    let checked = json(&replayer(path, &["check", "s.ron", "--json"]));
    assert_eq!(
        checked["scenarios"][0]["warnings"],
        serde_json::json!([{"line": 0, "column": 0, "what": warning}])
    );
    let swept = replayer(path, &["sweep", "s.ron", "--out", "out"]);
    assert!(stderr(&swept).contains(warning) && stdout(&swept).contains(warning), "{swept:?}");
    let error = fails(path, &["holdout", "out"], 2);
    assert!(error.contains(warning) && error.contains("not spent"), "{error}");
    assert!(log(path).is_empty() && !path.join("out/holdout.json").exists());
}

#[test]
fn a_holdout_in_which_the_best_would_hardly_bet_stays_closed() {
    let place = place(400);
    let path = place.path();
    // Bets only in games of more than 300 ticks: about one in four or five.
    let text = scenario(400).replace("seed: 42,", "seed: 42, sweep: Sweep(holdout: 0.1),").replace(
        "Conservative(take_profit: Grid([10, 40]), stop_loss: Grid([5, 25]))",
        "FlatSidebets(from: Grid([300, 310]))",
    );
    fs::write(path.join("s.ron"), text).unwrap();
    succeeds(path, &["sweep", "s.ron", "--out", "out"]);
    let error = fails(path, &["holdout", "out"], 2);
    assert!(error.contains("a holdout of 40 games cannot be judged: the best has a stake in "));
    assert!(log(path).is_empty());
}

#[test]
fn a_count_of_one_is_ranked_and_opened_under_its_own_name() {
    let place = place(200);
    let path = place.path();
    let text = scenario(200)
        .replace("seed: 42,", "seed: 42, sweep: Sweep(holdout: 0.25),")
        .replace("(id: \"careful\", ", "(id: \"careful\", count: Grid([1, 2]), ");
    fs::write(path.join("s.ron"), text).unwrap();
    let swept = json(&replayer(path, &["sweep", "s.ron", "--out", "out", "--json"]));
    // Two of a bot that draws nothing at random are a copy of one.
    let copies = swept["selection"]["candidates"].as_array().unwrap();
    assert_eq!(copies.iter().filter(|it| !it["copy_of"].is_null()).count(), 4);
    let best = usize::try_from(swept["ranked"][0].as_u64().unwrap()).unwrap();
    assert_eq!(swept["candidates"][best]["values"][0], "1");
    let table = fs::read_to_string(path.join("out/variants.csv")).unwrap();
    assert_eq!(table.lines().filter(|line| line.contains(",careful,")).count(), 8);
    let shown = stdout(&replayer(path, &["holdout", "out"])).to_owned();
    let rows = shown.lines().filter(|line| line.contains("careful")).count();
    assert!(rows > 0, "{shown}");
}

#[test]
fn a_log_that_was_tampered_with_is_not_taken_for_an_empty_one() {
    let place = swept();
    fs::write(place.path().join("out/holdout.jsonl"), "{}\n").unwrap();
    let error = fails(place.path(), &["holdout", "out"], 3);
    assert!(error.contains("holdout.jsonl is damaged"), "{error}");
}

#[test]
fn games_from_files_are_found_through_the_scenario_that_was_swept() {
    let Some(games) = data::reference("games") else { return };
    let place = place(10);
    let path = place.path();
    let seeds = games.join("verified_games.jsonl");
    let text = scenario(10)
        .replace("Generated(games: 10)", &format!("Seeds(path: {seeds:?})"))
        .replace("seed: 42,", "seed: 42, sweep: Sweep(holdout: 0.25),");
    fs::write(path.join("s.ron"), &text).unwrap();
    fs::write(path.join("other.ron"), text.replace("exits", "others")).unwrap();
    succeeds(path, &["sweep", "s.ron", "--out", "out"]);
    let error = fails(path, &["holdout", "out"], 2);
    assert!(error.contains("give the swept scenario with --scenario"), "{error}");
    let error = fails(path, &["holdout", "out", "--scenario", "other.ron"], 2);
    assert!(error.contains("other.ron is not the scenario that was swept"), "{error}");
    assert!(log(path).is_empty(), "nothing was opened yet");
    succeeds(path, &["holdout", "out", "--scenario", "s.ron"]);
    assert_eq!(log(path), [(1, "opened".to_owned())]);
}
