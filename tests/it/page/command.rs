//! `replayer report` as a user runs it.

use std::fs;

use super::{SCENARIO, run, sweep};
use crate::program::{json, replayer, stderr, stdout};

/// Largest page of a run, in bytes.
const BYTES_MAX: u64 = 3_000_000;

#[test]
fn a_page_is_one_file_with_everything_in_it_and_the_same_each_time() {
    let place = tempfile::tempdir().unwrap();
    let folder = run(place.path(), "run", SCENARIO);
    let document = json(&replayer(place.path(), &["report", "run", "--json"]));
    assert_eq!(document["report"], "run/report.html");
    let page = fs::read_to_string(folder.join("report.html")).unwrap();
    assert_eq!(document["bytes"].as_u64(), Some(page.len() as u64));
    assert!((page.len() as u64) < BYTES_MAX, "{} bytes", page.len());
    for outside in ["src=\"http", "href=\"http", "url(", "@import"] {
        assert!(!page.contains(outside), "{outside}");
    }
    let manifest = fs::read_to_string(folder.join("manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    assert!(page.contains(manifest["digest"].as_str().unwrap()));
    assert!(page.contains("Does anybody gain on a hundred fair games?"));
    // A second page replaces the first one.
    assert!(replayer(place.path(), &["report", "run"]).status.success());
    assert_eq!(fs::read_to_string(folder.join("report.html")).unwrap(), page);
}

#[test]
fn several_runs_are_compared_and_each_has_its_chapter() {
    let place = tempfile::tempdir().unwrap();
    run(place.path(), "one", SCENARIO);
    run(place.path(), "two", &SCENARIO.replace("seed: 7", "seed: 8"));
    let output = replayer(place.path(), &["report", "one", "two", "--out", "both.html"]);
    assert!(output.status.success(), "{output:?}");
    assert!(stdout(&output).starts_with("both.html ("));
    let page = fs::read_to_string(place.path().join("both.html")).unwrap();
    for part in ["2 runs compared", "The runs played different games", "run1-verdict", "run2-game"]
    {
        assert!(page.contains(part), "{part}");
    }
    assert!((page.len() as u64) < BYTES_MAX, "{} bytes", page.len());
}

#[test]
fn lives_are_not_added_up_to_one_curve_but_have_a_fan() {
    let place = tempfile::tempdir().unwrap();
    let scenario = SCENARIO
        .replace("seed: 7,", "seed: 7, ruin: Below([0.5]),")
        .replace("PerGame(0.1)", "Lives(bankroll: 0.02, games: 4)");
    let page = |name: &str, scenario: &str| {
        let folder = run(place.path(), name, scenario);
        assert!(replayer(place.path(), &["report", name]).status.success());
        fs::read_to_string(folder.join("report.html")).unwrap()
    };
    let lives = page("lives", &scenario);
    for part in ["Bankroll by game of the life", "id=\"bankroll-0\"", "below 50 % (0.01 SOL)"] {
        assert!(lives.contains(part), "{part}");
    }
    for part in ["P&amp;L over the run", "id=\"pnl-chart\"", "id=\"drawdown-chart\""] {
        assert!(!lives.contains(part), "{part}");
        assert!(page(&format!("games-{}", part.len()), SCENARIO).contains(part), "{part}");
    }
    let one = page("one", &SCENARIO.replace("PerGame(0.1)", "Compounding(0.02)"));
    assert!(one.contains("0.02 → ") && one.contains(", deepest fall "), "the facts of one life");
    let both = ["report", "lives", "one", "--out", "both.html"];
    assert!(replayer(place.path(), &both).status.success());
}

#[test]
fn a_sweep_has_a_page_with_its_verdict_its_map_and_its_best() {
    let place = tempfile::tempdir().unwrap();
    let folder = sweep(place.path(), "swept");
    let document = json(&replayer(place.path(), &["report", "swept", "--json"]));
    assert_eq!(document["report"], "swept/report.html");
    let page = fs::read_to_string(folder.join("report.html")).unwrap();
    assert!((page.len() as u64) < BYTES_MAX, "{} bytes", page.len());
    let summary = fs::read_to_string(folder.join("summary.json")).unwrap();
    let summary: serde_json::Value = serde_json::from_str(&summary).unwrap();
    let first = &summary["selection"]["candidates"][0]["pnl_per_unit"]["value"];
    for part in ["Which exits lose least?", "NOISE", "id=\"map-chart\"", &first.to_string()] {
        assert!(page.contains(part), "{part}");
    }
    assert!(replayer(place.path(), &["report", "swept"]).status.success());
    assert_eq!(fs::read_to_string(folder.join("report.html")).unwrap(), page);
}

#[test]
fn a_sweep_is_not_compared_with_runs_and_a_part_of_one_has_no_page() {
    let place = tempfile::tempdir().unwrap();
    sweep(place.path(), "swept");
    run(place.path(), "run", SCENARIO);
    let output = replayer(place.path(), &["report", "run", "swept"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("swept is a sweep"), "{output:?}");
    let part = ["sweep", "swept.ron", "--out", "part", "--shard", "0/2", "-q"];
    assert!(replayer(place.path(), &part).status.success());
    let output = replayer(place.path(), &["report", "part"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(stderr(&output).contains("not complete"), "{output:?}");
}

#[test]
fn what_is_not_a_folder_of_a_run_is_said_to_be_none() {
    let place = tempfile::tempdir().unwrap();
    let refused = |said: &str| {
        let output = replayer(place.path(), &["report", "run"]);
        assert_eq!(output.status.code(), Some(3), "{output:?}");
        let all = stderr(&output);
        assert!(all.contains(said) && all.contains("hint:"), "{said} in {all}");
        assert!(!place.path().join("run/report.html").exists());
    };
    refused("could not find run (looked for in ");
    let folder = run(place.path(), "run", SCENARIO);
    let damage = |name: &str, change: fn(String) -> String, said: &str| {
        let file = folder.join(name);
        let whole = fs::read_to_string(&file).unwrap();
        fs::write(&file, change(whole.clone())).unwrap();
        refused(said);
        fs::write(&file, whole).unwrap();
    };
    let half = |text: String| text[..text.len() / 2].to_owned();
    damage("summary.json", half, "summary.json:");
    damage("curves.json", half, "curves.json:");
    damage("games.csv", half, "games.csv:");
    damage("manifest.json", |_| "{\"format\": 999}".to_owned(), "is of format 999");
    damage("manifest.json", |text| text.replace("complete", "running"), "has not ended");
    damage("manifest.json", |text| text.replace("\"digest\": \"", "\"digest\": \"0"), "digests");
    fs::remove_file(folder.join("manifest.json")).unwrap();
    refused("has no manifest.json");
}

#[test]
fn a_file_that_is_not_a_report_is_not_overwritten() {
    let place = tempfile::tempdir().unwrap();
    run(place.path(), "run", SCENARIO);
    fs::write(place.path().join("mine.html"), "<p>mine").unwrap();
    let output = replayer(place.path(), &["report", "run", "--out", "mine.html"]);
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(fs::read_to_string(place.path().join("mine.html")).unwrap(), "<p>mine");
}
