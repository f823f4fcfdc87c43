//! `replayer run` as its users see it: output, folder, exit codes.

mod folder;
mod golden;
mod handover;
mod in_use;
mod interrupted;
mod recorded;
mod resumed;

use std::path::Path;
use std::process::{Command, Output};

use crate::program::{self, replayer};

/// A scenario of generated games that the four classics and a random bot play.
fn scenario(games: u64) -> String {
    format!(
        "Scenario(name: \"small\", seed: 3, source: Generated(games: {games}), \
         bankroll: PerGame(0.1), bots: [(id: \"c\", strategy: Conservative()), \
         (id: \"a\", strategy: Aggressive()), (id: \"r\", count: 3, strategy: Random())])"
    )
}

/// The document of a run that came to its end.
fn json(output: &Output) -> serde_json::Value {
    assert!(output.status.success(), "{output:?}");
    program::json(output)
}

#[test]
fn a_run_prints_one_json_document_with_money_as_text() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("s.ron"), scenario(20)).unwrap();
    let document = json(&replayer(folder.path(), &["run", "s.ron", "--json", "--no-journal"]));
    assert_eq!(document["scenario"], "small");
    assert_eq!((document["seed"].as_u64(), document["games"].as_u64()), (Some(3), Some(20)));
    assert_eq!(document["digest"].as_str().unwrap().len(), 64);
    assert_eq!(document["inputs"]["bad_lines"], 0);
    let bots = document["bots"].as_array().unwrap();
    assert_eq!(bots.len(), 5);
    assert_eq!(bots[2]["id"], "r-1");
    let keys = [
        "strategy",
        "games",
        "buys",
        "sells",
        "liquidations",
        "sidebets_won",
        "sidebets_lost",
        "refused",
    ];
    for bot in bots {
        assert!(keys.iter().all(|key| !bot[key].is_null()), "{bot}");
        for money in ["pnl", "max_drawdown"] {
            assert!(bot[money].as_str().unwrap().parse::<rust_decimal::Decimal>().is_ok());
        }
    }
    assert!(!folder.path().join("runs").exists());
}

#[test]
fn threads_tables_and_pace_cannot_be_seen_in_a_digest() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("s.ron"), scenario(200)).unwrap();
    let digest = |extra: &[&str]| {
        let args = [&["run", "s.ron", "--json", "--no-journal"], extra].concat();
        json(&replayer(folder.path(), &args))["digest"].as_str().unwrap().to_owned()
    };
    let one = digest(&["--threads", "1", "--tables", "1"]);
    for (threads, tables) in [("1", "7"), ("1", "128"), ("2", "1"), ("2", "7"), ("2", "128")] {
        assert_eq!(digest(&["--threads", threads, "--tables", tables]), one, "{threads}x{tables}");
    }
}

#[test]
fn a_built_in_scenario_runs_from_any_folder_and_prints_a_table() {
    let folder = tempfile::tempdir().unwrap();
    let output = replayer(folder.path(), &["run", "quickstart", "--no-journal"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success());
    for word in ["conservative", "aggressive", "P&L per game, 95 %", "law", "digest"] {
        assert!(text.contains(word), "{word}: {text}");
    }
}

/// The run of a scenario that an example has, by the program that the example is.
fn example(name: &str, scenario: &str) -> serde_json::Value {
    // Cargo builds examples beside the tests.
    let examples = Path::new(env!("CARGO_BIN_EXE_replayer")).with_file_name("examples");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name);
    let output = Command::new(examples.join(name))
        .arg("run")
        .arg(folder.join(scenario))
        .args(["--json", "--no-journal"])
        .output()
        .unwrap();
    json(&output)
}

#[test]
fn a_bot_from_outside_the_crate_plays_through_the_same_command_line() {
    let document = example("own_bot", "dip.ron");
    assert_eq!(document["bots"][0]["strategy"], "Dip");
    assert!(document["bots"][0]["buys"].as_u64().unwrap() > 500);
    assert_eq!(document["bots"][1]["pnl"], "0.000000000");
}

#[test]
fn a_system_from_outside_the_crate_plays_through_the_same_command_line() {
    let document = example("raw_system", "copycat.ron");
    assert_eq!(document["bots"][2]["strategy"], "Copycat");
    assert!(document["bots"][2]["buys"].as_u64().unwrap() > 100);
}

#[test]
fn a_wrong_command_line_or_scenario_ends_with_exit_code_2() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("s.ron"), scenario(0)).unwrap();
    for args in [
        &["run", "s.ron"][..],
        &["run", "nowhere.ron"],
        &["run", "quickstart", "--pace", "1000"],
        &["run", "quickstart", "--threads", "0"],
        &["run", "quickstart", "--pace", "10", "--tables", "2"],
        &["run"],
    ] {
        let output = replayer(folder.path(), args);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {output:?}");
        assert!(output.stdout.is_empty(), "{args:?}");
    }
}
