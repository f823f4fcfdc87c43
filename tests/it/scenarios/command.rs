//! `replayer check` and `replayer strategies`, run as a user runs them.

use std::fmt::Debug;
use std::fs;
use std::path::Path;

use replayer::base::document::Document;
use replayer::base::params::Params;
use replayer::engine::strategy::Strategy;
use replayer::strategies::aggressive::Aggressive;
use replayer::strategies::always_wait::AlwaysWait;
use replayer::strategies::conservative::Conservative;
use replayer::strategies::flat_sidebets::FlatSidebets;
use replayer::strategies::foundational::Foundational;
use replayer::strategies::hold_to_target::HoldToTarget;
use replayer::strategies::kelly_sidebets::KellySidebets;
use replayer::strategies::martingale_sidebets::MartingaleSidebets;
use replayer::strategies::momentum::Momentum;
use replayer::strategies::random::Random;
use replayer::strategies::sidebet::SidebetOnce;
use serde_json::Value;

use super::{VALID, with};
use crate::program::{json, replayer, stderr, stdout};

#[test]
fn check_accepts_files_and_names_from_any_folder() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("mine.ron"), VALID).unwrap();
    // The output folder of a run does not hide the scenario of the same name.
    fs::create_dir(folder.path().join("quickstart")).unwrap();
    let output = replayer(folder.path(), &["check", "mine.ron", "quickstart"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(
        stdout(&output),
        "mine.ron: ok, classics: 1 bot on 10 generated games, 0.1 SOL per game, seed 42\n\
         quickstart: ok, quickstart: 4 bots on 1000 generated games, 0.1 SOL per game, seed 42\n"
    );
}

#[test]
fn check_reports_every_problem_and_ends_with_code_2() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bad.ron");
    fs::write(&path, with("seed", "-1").replace("0.1", "NaN")).unwrap();
    let output = replayer(Path::new("/"), &["check", path.to_str().unwrap(), "crowd"]);
    assert_eq!(output.status.code(), Some(2));
    let shown = path.display();
    let expected = format!(
        "{shown}:3:11: -1: expected a whole number from 0 to 18446744073709551615\n \
         3 |     seed: -1,\n   |           ^\n\
         {shown}:6:23: NaN: an amount must be finite\n \
         6 |     bankroll: PerGame(NaN),\n   |                       ^\n\
         crowd: ok, crowd: 1001 bots on 100 generated games, 0.1 SOL per game, seed 42\n"
    );
    assert_eq!(stdout(&output), expected);
}

#[test]
fn check_writes_one_document_for_machines() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("bad.ron"), with("seed", "-1")).unwrap();
    let output = replayer(folder.path(), &["check", "bad.ron", "latency", "none.ron", "--json"]);
    assert_eq!(output.status.code(), Some(2));
    let document = json(&output);
    let [bad, good, none] = document["scenarios"].as_array().unwrap().as_slice() else {
        panic!("{document}")
    };
    assert_eq!((bad["ok"].as_bool(), bad["path"].as_str()), (Some(false), Some("bad.ron")));
    assert_eq!(bad["problems"][0]["line"], 3);
    assert_eq!(bad["problems"][0]["column"], 11);
    assert!(bad["problems"][0]["what"].as_str().unwrap().starts_with("-1: expected a whole"));
    assert_eq!((good["ok"].as_bool(), good["name"].as_str()), (Some(true), Some("latency")));
    assert_eq!(good["problems"].as_array().unwrap().len(), 0);
    assert_eq!(none["problems"][0]["line"], 0);
}

#[test]
fn check_says_which_orders_can_never_be_filled_and_why() {
    let folder = tempfile::tempdir().unwrap();
    let check = |name: &str, rules: &str, bots: &str| {
        let file = format!("{name}.ron");
        let text = with("bots", &format!("[{bots}]"));
        let text = text.replace("rules: Observed", &format!("rules: {rules}"));
        fs::write(folder.path().join(&file), text).unwrap();
        let output = replayer(folder.path(), &["check", &file]);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let told = stdout(&output).lines().skip(1).map(|line| {
            line.strip_prefix(&format!("{file}: never filled: ")).expect(line).to_owned()
        });
        let told: Vec<String> = told.collect();
        let document = json(&replayer(folder.path(), &["check", &file, "--json"]));
        assert_eq!(document["scenarios"][0]["never_filled"], serde_json::json!(told));
        told
    };
    let bot = |strategy: &str| format!("(id: \"b\", strategy: {strategy})");
    let rules = "Custom(base: Observed, min_bet: 0.002, max_bet: 0.05)";
    assert_eq!(
        check("limits", rules, &bot("Conservative(buy: 0.06, sidebet: 0.001)")),
        [
            "`b`, `buy`: 0.06 SOL is above `max_bet`, 0.05 SOL: every such order is refused",
            "`b`, `sidebet`: 0.001 SOL is below `min_bet`, 0.002 SOL: every such order is refused",
        ]
    );
    assert_eq!(
        check("poor", "Observed", &bot("HoldToTarget(stake: 0.2)")),
        ["`b`, `stake`: 0.2 SOL is more than the bankroll, 0.1 SOL: it never orders"]
    );
    // The sidebet may win what the buy costs.
    assert_eq!(check("hope", "Observed", &bot("Sidebet(buy: 0.2)")), [""; 0]);
    assert_eq!(
        check("late", "Observed", &bot("HoldToTarget(entry: 5000)")),
        ["`b`, `stake`: no game lasts until tick 5000: the longest has 5000 ticks"]
    );
    let slow = "(id: \"b\", latency: Sampled([5000, 4990]), strategy: FlatSidebets(from: 10))";
    assert_eq!(
        check("slow", "Observed", slow),
        ["`b`, `stake`: with a latency of 4990 ticks an order of tick 10 arrives after the game: \
          the longest has 5000 ticks"]
    );
    assert_eq!(
        check("never", "Observed", &bot("Momentum(from: 60, to: 59)")),
        ["`b`, `stake`: no tick is from 60 to 59: it never orders"]
    );
    assert_eq!(check("fit", "Observed", &bot("FlatSidebets(from: 4998)")), [""; 0]);
    // Each variant counts, and what several say is said once.
    let swept = bot("HoldToTarget(stake: Grid([0.005, 6, 7]), target: Grid([2, 3]))");
    let told = check("swept", "Observed", &swept);
    assert_eq!(told.len(), 4, "{told:?}");
    assert!(told[0].contains("6 SOL is above `max_bet`, 5 SOL"), "{told:?}");
}

#[test]
fn a_percent_below_one_is_told_with_what_was_likely_meant_and_played_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let bot = |strategy: &str| with("bots", &format!("[(id: \"a\", strategy: {strategy})]"));
    fs::write(folder.path().join("share.ron"), bot("Conservative(stop_loss: 0.2)")).unwrap();
    let warning = "share.ron:7:56: `stop_loss: 0.2` is 0.2 %: for 20 % write 20";
    for command in [&["check", "share.ron"][..], &["run", "share.ron", "--no-journal"]] {
        let output = replayer(folder.path(), command);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert!(stderr(&output).contains(warning), "{output:?}");
    }
    let document = json(&replayer(folder.path(), &["check", "share.ron", "--json"]));
    let warnings = &document["scenarios"][0]["warnings"];
    assert_eq!((warnings[0]["line"].as_u64(), warnings[1].is_null()), (Some(7), true));
    // A small percentage beside a small usual one is what it says.
    for strategy in ["Momentum(quick_rise: 0.5)", "Conservative(stop_loss: 1)", "Conservative()"] {
        fs::write(folder.path().join("well.ron"), bot(strategy)).unwrap();
        let document = json(&replayer(folder.path(), &["check", "well.ron", "--json"]));
        assert_eq!(document["scenarios"][0]["warnings"], serde_json::json!([]), "{strategy}");
    }
    // In a grid it stands where the value stands; a range has one warning.
    let text = bot("Conservative(stop_loss: Grid([20, 0.2]))");
    fs::write(folder.path().join("grid.ron"), text).unwrap();
    let document = json(&replayer(folder.path(), &["check", "grid.ron", "--json"]));
    assert_eq!(document["scenarios"][0]["warnings"][0]["column"], 66, "{document}");
    let text = bot("Conservative(stop_loss: Range(from: 0.1, to: 0.5, step: 0.1))");
    fs::write(folder.path().join("range.ron"), text).unwrap();
    let document = json(&replayer(folder.path(), &["check", "range.ron", "--json"]));
    assert_eq!(document["scenarios"][0]["warnings"].as_array().unwrap().len(), 1, "{document}");
}

#[test]
fn a_problem_of_the_whole_text_shows_no_line_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let text = with("bankroll", "Grid([PerGame(0.1), Compounding(0.1)])");
    fs::write(folder.path().join("whole.ron"), text).unwrap();
    let output = replayer(folder.path(), &["check", "whole.ron"]);
    let said = stdout(&output);
    assert!(said.starts_with("whole.ron: variants must not differ"), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
}

#[test]
fn check_says_how_many_variants_a_sweep_has() {
    let output = replayer(Path::new("/"), &["check", "sweep-conservative"]);
    assert_eq!(
        stdout(&output),
        "sweep-conservative: ok, sweep-conservative: 42 variants of 1 bot on 4000 generated games, \
         0.1 SOL per game, seed 42\n"
    );
    let document = json(&replayer(Path::new("/"), &["check", "sweep-conservative", "--json"]));
    assert_eq!(document["scenarios"][0]["variants"], 42);
}

#[test]
fn check_without_a_scenario_is_wrong_usage() {
    assert_eq!(replayer(Path::new("/"), &["check"]).status.code(), Some(2));
}

/// Asserts that a listed strategy has the parameters of the code, and that each default that is
/// printed reads back as the value that it stands for.
fn assert_listed<S: Strategy<Params: Debug>>(listed: &[Value]) {
    let strategy = listed.iter().find(|strategy| strategy["name"] == S::NAME).unwrap();
    assert_eq!(strategy["about"], S::ABOUT);
    let params = strategy["params"].as_array().unwrap();
    assert_eq!(params.len(), S::Params::table().len());
    let written: Vec<String> = params
        .iter()
        .map(|param| {
            assert!(!param["unit"].as_str().unwrap().is_empty(), "{param}");
            assert!(!param["about"].as_str().unwrap().is_empty(), "{param}");
            let text = |key| param[key].as_str().unwrap();
            format!("{}: {}", text("name"), text("default"))
        })
        .collect();
    let document = Document::new(&format!("{}({})", S::NAME, written.join(", ")));
    let mut fields = document.root().unwrap().fields().unwrap();
    let read = S::Params::read(&mut fields);
    fields.finish();
    assert_eq!(document.problems(), [], "{}", S::NAME);
    assert_eq!(format!("{read:?}"), format!("{:?}", S::Params::default()), "{}", S::NAME);
}

#[test]
fn strategies_lists_all_eleven_and_every_default_reads_back() {
    let document = json(&replayer(Path::new("/"), &["strategies", "--json"]));
    let listed = document["strategies"].as_array().unwrap();
    assert_eq!(listed.len(), 11);
    assert_listed::<Conservative>(listed);
    assert_listed::<Aggressive>(listed);
    assert_listed::<SidebetOnce>(listed);
    assert_listed::<Foundational>(listed);
    assert_listed::<HoldToTarget>(listed);
    assert_listed::<Momentum>(listed);
    assert_listed::<FlatSidebets>(listed);
    assert_listed::<MartingaleSidebets>(listed);
    assert_listed::<KellySidebets>(listed);
    assert_listed::<AlwaysWait>(listed);
    assert_listed::<Random>(listed);
}

#[test]
fn strategies_shows_one_by_its_name() {
    let output = replayer(Path::new("/"), &["strategies", "AlwaysWait"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(stdout(&output).starts_with("AlwaysWait: "));
    assert!(stdout(&output).contains("(no parameters)"));
    let output = replayer(Path::new("/"), &["strategies", "Conservtive"]);
    assert_eq!(output.status.code(), Some(2));
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(complaint.contains("did you mean `Conservative`?"), "{complaint}");
}
