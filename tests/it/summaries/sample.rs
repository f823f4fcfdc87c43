//! Samples chosen by the length of games: refused by default, shown beside all games, never judged.

use std::path::Path;

use replayer::analysis::summary::SampleRule;
use replayer::backtest::scenario::{Scenario, ScenarioError};
use replayer::engine::strategy::Strategies;

use crate::program::{json, replayer, stdout};

fn text(sample: &str) -> String {
    format!(
        "Scenario(\n    name: \"s\",\n    seed: 3,\n    source: Generated(games: 1500),\n    \
         bankroll: PerGame(0.1),\n    sample: {sample},\n    bots: [(id: \"wait\", strategy: \
         AlwaysWait()), (id: \"momentum\", strategy: Momentum())],\n)"
    )
}

fn parse(sample: &str) -> Result<Scenario, ScenarioError> {
    Scenario::parse(&text(sample), Path::new(""), None, &Strategies::standard())
}

fn problems(sample: &str) -> Vec<String> {
    let error = parse(sample).unwrap_err();
    assert!(error.problems.iter().all(|problem| problem.line == 6), "{error}");
    error.problems.into_iter().map(|problem| problem.what).collect()
}

#[test]
fn a_sample_by_length_is_refused_until_it_says_what_it_sees() {
    for sample in ["Sample(min_ticks: 60)", "Sample(min_ticks: 60, sees_length: false)"] {
        let [what] = &problems(sample)[..] else { panic!("one problem") };
        assert!(
            what.starts_with("survivorship bias: ") && what.contains("sees_length: true"),
            "{what}"
        );
    }
    let scenario = parse("Sample(min_ticks: 60, max_ticks: 900, sees_length: true)").unwrap();
    assert_eq!(scenario.sample, Some(SampleRule { min_ticks: Some(60), max_ticks: Some(900) }));
}

#[test]
fn a_sample_that_chooses_all_or_nothing_is_refused() {
    assert_eq!(
        problems("Sample(sees_length: true)"),
        ["this sample includes all games: give `min_ticks`, `max_ticks` or both"]
    );
    assert_eq!(
        problems("Sample(min_ticks: 9, max_ticks: 8, sees_length: true)"),
        ["no game has from 9 to 8 ticks"]
    );
    assert!(problems("Sample(min_ticks: 5001, sees_length: true)")[0].contains("5000"));
    assert!(problems("All")[0].contains("Sample"));
}

#[test]
fn the_edge_that_a_sample_makes_is_shown_beside_all_games_and_not_believed() {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("s.ron"), text("Sample(min_ticks: 60, sees_length: true)"))
        .unwrap();
    let document = json(&replayer(place.path(), &["run", "s.ron", "--json", "--no-journal"]));
    let sample = &document["sample"];
    assert!(sample["warning"].as_str().unwrap().starts_with("SELECTION BIAS"));
    let count = |name: &str| sample[name].as_u64().unwrap();
    assert_eq!(count("games") + count("too_short") + count("too_long"), 1_500);
    // A rug comes within 60 ticks in 26 % of all games.
    assert!((300..480).contains(&count("too_short")), "{sample}");
    let all = &document["bots"][1];
    let chosen = &sample["bots"][1];
    let value = |of: &serde_json::Value| of["pnl_per_stake"]["value"].as_f64().unwrap();
    assert!(value(all) < 0.01, "{all}");
    assert!(value(chosen) > 0.02, "{chosen}");
    // Believed by itself, the sample would be an edge; it is not asked.
    assert!(chosen["pnl_per_game"]["low"].as_f64().unwrap() > 0.0);
    assert_ne!(all["verdict"]["kind"], "edge");
    assert!(chosen.get("verdict").is_none());

    let output = replayer(place.path(), &["run", "s.ron", "--no-journal"]);
    let shown = stdout(&output);
    for words in ["SELECTION BIAS", "the sample, per game", "1500 games were played", "too short"] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
}

#[test]
fn bots_play_all_games_whatever_the_sample() {
    let digest = |sample: &str| {
        let place = tempfile::tempdir().unwrap();
        std::fs::write(place.path().join("s.ron"), sample).unwrap();
        json(&replayer(place.path(), &["run", "s.ron", "--json", "--no-journal"]))["digest"].clone()
    };
    let with = text("Sample(min_ticks: 60, sees_length: true)");
    let without = with.replace("    sample: Sample(min_ticks: 60, sees_length: true),\n", "");
    assert_eq!(digest(&with), digest(&without));
}
