//! `replayer audit` as a user runs it.

use std::fs;

use crate::data::reference;
use crate::program::{json, replayer, stdout};

#[test]
fn the_bots_of_a_scenario_are_audited_and_each_has_its_sentence() {
    let place = tempfile::tempdir().unwrap();
    let output = replayer(place.path(), &["audit", "quickstart", "--games", "9"]);
    assert!(output.status.success(), "{output:?}");
    let text = stdout(&output);
    assert!(text.starts_with("quickstart: 9 games, "), "{text}");
    let sentences = text.lines().filter(|line| line.contains(" decides by the past only ("));
    assert_eq!(sentences.count(), 4, "{text}");
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0, "an audit writes nothing");
}

#[test]
fn an_audit_is_one_document_for_machines_and_the_same_twice() {
    let place = tempfile::tempdir().unwrap();
    let arguments = ["audit", "one-life", "--games", "5", "--json"];
    let output = replayer(place.path(), &arguments);
    let document = json(&output);
    assert_eq!((&document["clean"], &document["games"]), (&true.into(), &5.into()));
    let bots = document["bots"].as_array().unwrap();
    assert!(bots.iter().all(|bot| bot["verdict"] == "past_only" && bot["finding"].is_null()));
    assert_eq!(output.stdout, replayer(place.path(), &arguments).stdout);
}

#[test]
fn what_cannot_be_audited_is_refused_with_its_own_exit_code() {
    let place = tempfile::tempdir().unwrap();
    assert_eq!(replayer(place.path(), &["audit", "absent.ron"]).status.code(), Some(2));
    let none = replayer(place.path(), &["audit", "quickstart", "--games", "0"]);
    assert_eq!(none.status.code(), Some(2));
}

#[test]
fn the_strategies_that_ship_decide_by_the_past_only_on_recorded_games() {
    let Some(recordings) = reference("recordings") else { return };
    let place = tempfile::tempdir().unwrap();
    let scenario = format!(
        "Scenario(name: \"recorded\", seed: 3, source: Recordings(path: {:?}), \
         bankroll: PerGame(0.1), bots: [{}])",
        recordings.canonicalize().unwrap(),
        ["Conservative", "Aggressive", "Sidebet", "Foundational", "HoldToTarget", "Random"]
            .map(|name| format!("(id: \"{name}\", strategy: {name}())"))
            .join(", ")
    );
    fs::write(place.path().join("s.ron"), scenario).unwrap();
    let output = replayer(place.path(), &["audit", "s.ron", "--json"]);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(json(&output)["games"], 50);
}
