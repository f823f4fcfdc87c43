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

/// The same, with a question about ruin.
fn asking(scenario: &str, ruin: &str) -> String {
    scenario.replace("seed: 3,", &format!("seed: 3, ruin: {ruin},"))
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
    let scenario = asking(&scenario, "Below([0.5])");
    let text = shown(&scenario, &["--details"]);
    assert!(
        text.contains("404 games in 40 lives of 10, the last 4 of an unfinished life"),
        "{text}"
    );
    assert!(text.contains("a life: 10 games are about 11 minutes: 1329 games a day"), "{text}");
    assert!(text.contains("; over in ") && text.contains(" of 40 lives ("), "{text}");
    assert!(text.contains("ruined lives: median "), "{text}");
    let row = |what: &str| text.lines().find(|line| line.contains(what)).unwrap();
    for what in [" over ", " ruined ", " below 50 % (0.01) "] {
        assert!(row(what).contains(" of 40 "), "{what}: {text}");
    }
    assert!(text.contains("\n  day       ") && text.contains("\n  hour      "), "{text}");
}

#[test]
fn one_life_is_told_from_its_start_to_its_end_and_what_could_be_judged() {
    let bots = "(id: \"ladder\", strategy: MartingaleSidebets(attempts: 10))";
    let text = shown(&scenario("Compounding(0.1)", 300, bots), &[]);
    let facts = text.lines().find(|line| line.starts_with("ladder: 0.1 -> ")).unwrap();
    assert!(facts.contains(" hours; last bet in game "), "{text}");
    for part in [
        " of 300: over, it can never bet again",
        "deepest fall ",
        "to judge it: `bankroll: Lives(bankroll: 0.1, games: 10)` makes 30 lives of these games",
    ] {
        assert!(text.replace("\n        ", " ").contains(part), "{part}: {text}");
    }
    let short = shown(&scenario("Lives(bankroll: 0.1, games: 300)", 300, bots), &[]);
    assert!(short.contains("Lives(bankroll: 0.1, games: 300)` with 9000 games"), "{short}");
}

#[test]
fn the_fan_is_in_the_json_and_does_not_depend_on_the_number_of_threads() {
    let place = tempfile::tempdir().unwrap();
    let text = scenario("Lives(bankroll: 0.1, games: 20)", 800, CLASSICS);
    fs::write(place.path().join("s.ron"), asking(&text, "Below([0.9, 0.5])")).unwrap();
    let run = |more: &[&str]| {
        let shared = ["run", "s.ron", "--json", "--no-journal"];
        let mut printed = json(&replayer(place.path(), &[&shared, more].concat()));
        printed.as_object_mut().unwrap().remove("performance");
        printed
    };
    let one = run(&["--threads", "1"]);
    assert_eq!(one, run(&["--threads", "3"]));
    assert_eq!(one, run(&["--tables", "4"]));
    let lives = &one["bots"][2]["lives"];
    let fan = &lives["fan"];
    assert_eq!(fan["games"].as_array().unwrap().len(), 21);
    let at_end = |quantile: &str| fan[quantile][20].as_f64().unwrap();
    assert!(at_end("p05") <= at_end("p50") && at_end("p50") < at_end("p95"), "{fan}");
    assert_eq!(fan["p50"][0], 0.1);
    assert_eq!(lives["below"][1]["amount"], "0.050000000");
    let [ninety, half] = [0, 1].map(|at| lives["below"][at]["lives"].as_u64().unwrap());
    assert!(half <= ninety && ninety > 0, "{lives}");
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
