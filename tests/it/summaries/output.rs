//! What people and programs are shown.

use std::fs;

use replayer::analysis::summary::{Assessment, Curves};

use crate::program::{json, replayer, stdout};

fn scenario(bankroll: &str, games: u64, bots: &str) -> String {
    format!(
        "Scenario(name: \"shown\", seed: 3, source: Generated(games: {games}), bankroll: {bankroll}, \
         bots: [{bots}])"
    )
}

/// What `run` prints of a scenario.
fn shown(text: &str, extra: &[&str]) -> String {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("s.ron"), text).unwrap();
    let output = replayer(place.path(), &[&["run", "s.ron", "--no-journal"], extra].concat());
    assert!(output.status.success(), "{output:?}");
    stdout(&output).to_owned()
}

const CLASSICS: &str = "(id: \"conservative\", strategy: Conservative()), (id: \"aggressive\", \
                        strategy: Aggressive()), (id: \"flat\", strategy: FlatSidebets())";

#[test]
fn every_bot_has_a_verdict_in_words_and_its_oracles() {
    let text = shown(&scenario("PerGame(0.1)", 1000, CLASSICS), &[]);
    assert!(text.contains("aggressive: loses "), "{text}");
    assert!(text.contains("corrected for 3 compared"), "{text}");
    let oracle = text.lines().find(|line| line.contains("P&L per SOL on sidebets")).unwrap();
    assert!(
        oracle.contains("expected -0.0916, measured -0.0") && oracle.contains(", z score "),
        "{oracle}"
    );
}

#[test]
fn few_games_are_insufficient_and_say_so() {
    let text = shown(&scenario("PerGame(0.1)", 29, CLASSICS), &["--details"]);
    assert!(text.contains("conservative: insufficient: 29 games, 30 needed"), "{text}");
    assert!(!text.contains('±') && !text.contains(" ± "), "{text}");
    let life = shown(&scenario("Compounding(0.1)", 300, CLASSICS), &[]);
    assert!(life.contains("one life is one sample"), "{life}");
}

#[test]
fn lives_say_how_many_were_ruined_and_in_how_many_games() {
    let bots = "(id: \"flat\", strategy: FlatSidebets(stake: 0.005))";
    let scenario = scenario("Lives(bankroll: 0.02, games: 10)", 404, bots);
    let text = shown(&scenario, &["--details"]);
    assert!(
        text.contains("404 games in 40 lives of 10, the last 4 of an unfinished life"),
        "{text}"
    );
    assert!(text.contains("; ruined in ") && text.contains(" of 40 lives"), "{text}");
    assert!(text.contains("ruined lives: median "), "{text}");
}

#[test]
fn a_folder_holds_the_summary_that_is_printed_and_curves_that_fit_it() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("s.ron"), scenario("PerGame(0.1)", 120, CLASSICS)).unwrap();
    let mut printed = json(&replayer(place.path(), &["run", "s.ron", "--json", "--out", "out"]));
    let read = |name: &str| fs::read_to_string(place.path().join("out").join(name)).unwrap();
    let written: serde_json::Value = serde_json::from_str(&read("summary.json")).unwrap();
    // What the clock on the wall says is in no file.
    let performance = printed.as_object_mut().unwrap().remove("performance").unwrap();
    assert_eq!(printed, written);
    let (ticks, bots) = ("ticks_per_s", "bot_ticks_per_s");
    let [ticks, bots] = [ticks, bots].map(|key| performance[key].as_f64().unwrap());
    assert!(ticks > 0.0 && (bots / ticks - 3.0).abs() < 1e-9, "{performance}");
    let files = fs::read_dir(place.path().join("out")).unwrap();
    let bytes: u64 = files.map(|file| file.unwrap().metadata().unwrap().len()).sum();
    assert_eq!(performance["bytes_written"], bytes);
    let assessment: Assessment = serde_json::from_str(&read("summary.json")).unwrap();
    let curves: Curves = serde_json::from_str(&read("curves.json")).unwrap();
    assert_eq!(assessment.bots.len(), 3);
    for (bot, curve) in assessment.bots.iter().zip(&curves.curves) {
        assert_eq!((&bot.id, Some(&bot.pnl)), (&curve.id, curve.pnl.last()));
    }
    assert_eq!(curves.games.last(), Some(&assessment.games));
}
