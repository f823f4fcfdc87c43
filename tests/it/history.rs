//! `replayer history`: what was recorded and played, from the files of sessions, also while they grow.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::live::command::scenario;
use crate::live::stage::Show;
use crate::program::{replayer, stderr, stdout};

/// A folder with a session of eight games in parts of two, and one of three.
fn sessions() -> tempfile::TempDir {
    let (show, place) = (Show::start(|_| {}), tempfile::tempdir().unwrap());
    scenario(place.path(), &show.server.url());
    for (out, games) in [("runs/one", "8"), ("runs/two", "3")] {
        let more = ["--games", games, "--out", out, "--set", "record.part_games_max=2"];
        let output = replayer(place.path(), &[&["live", "paper.ron"][..], &more].concat());
        assert!(output.status.success(), "{output:?}");
    }
    place
}

fn history(folder: &Path, more: &[&str]) -> Vec<Value> {
    let output = replayer(folder, &[&["history", "--json"], more].concat());
    assert!(output.status.success(), "{output:?}");
    stdout(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What the journal of a session says that bots gained, by game and bot.
fn gains(session: &Path) -> BTreeMap<(String, String), String> {
    let text = fs::read_to_string(session.join("games.csv")).unwrap();
    let mut lines = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let header = lines.next().unwrap();
    let of = |name| header.iter().position(|column| *column == name).unwrap();
    let (id, bot, pnl) = (of("game_id"), of("bot"), of("pnl"));
    lines.map(|row| ((row[id].to_owned(), row[bot].to_owned()), row[pnl].to_owned())).collect()
}

#[test]
fn every_game_of_every_session_is_shown_once_with_what_the_bots_gained() {
    let place = sessions();
    let rows = history(place.path(), &[]);
    let played: Vec<&Value> = rows.iter().filter(|row| row["incomplete"].is_null()).collect();
    assert!(played.len() >= 11, "{rows:?}");
    let mut journal = gains(&place.path().join("runs/one"));
    journal.extend(gains(&place.path().join("runs/two")));
    let mut shown = BTreeMap::new();
    for row in &rows {
        for (bot, pnl) in row["pnl"].as_object().unwrap() {
            let key = (row["game"].as_str().unwrap().to_owned(), bot.clone());
            shown.insert(key, pnl.as_str().unwrap().to_owned());
        }
    }
    assert_eq!(shown, journal);
    let times: Vec<&str> = rows.iter().filter_map(|row| row["at"].as_str()).collect();
    assert!(times.is_sorted() && times.len() == rows.len(), "{times:?}");
    let days = history(place.path(), &["--daily"]);
    let games: u64 = days.iter().map(|day| day["games"].as_u64().unwrap()).sum();
    assert_eq!(games, rows.len() as u64);
}

#[test]
fn a_stretch_of_time_and_the_last_games_are_picked_out_and_a_table_is_for_people() {
    let place = sessions();
    let all = history(place.path(), &["runs/one"]);
    assert_eq!(history(place.path(), &["runs/one", "--last", "3"]), all[all.len() - 3..]);
    let middle = all[all.len() / 2]["at"].as_str().unwrap();
    let later = history(place.path(), &["runs/one", "--since", middle]);
    let earlier = history(place.path(), &["runs/one", "--until", middle]);
    assert_eq!([earlier, later].concat(), all);
    assert_eq!(history(place.path(), &["--until", "2001-02-03"]), [] as [Value; 0]);
    let table = replayer(place.path(), &["history", "--last", "2"]);
    let lines: Vec<&str> = stdout(&table).lines().collect();
    assert!(lines.len() == 3 && lines[0].trim_start().starts_with("began"), "{lines:?}");
    let wrong = replayer(place.path(), &["history", "--since", "yesterday"]);
    assert_eq!(wrong.status.code(), Some(2));
    let nothing = replayer(place.path(), &["history", "runs/one/recording/none"]);
    assert_eq!(nothing.status.code(), Some(3), "{}", stderr(&nothing));
}

#[test]
fn a_recording_that_grows_or_was_cut_off_is_read_as_far_as_it_goes() {
    let place = sessions();
    let all = history(place.path(), &["runs/one"]);
    let recording = place.path().join("runs/one/recording");
    let last = fs::read_dir(&recording).unwrap().map(|entry| entry.unwrap().path()).max().unwrap();
    let bytes = fs::read(&last).unwrap();
    fs::remove_file(&last).unwrap();
    fs::write(last.with_added_extension("part"), &bytes[..bytes.len() - 200]).unwrap();
    let rows = history(place.path(), &["runs/one"]);
    assert!(rows.len() + 2 >= all.len(), "{} of {}", rows.len(), all.len());
    assert_eq!(rows[..rows.len() - 1], all[..rows.len() - 1]);
}

#[test]
fn runs_are_listed_with_their_date_scenario_verdict_and_gain() {
    let place = tempfile::tempdir().unwrap();
    for (scenario, more) in [
        ("one-life", &["run", "one-life"][..]),
        ("crowd", &["run", "crowd"]),
        ("sweep-conservative", &["sweep", "sweep-conservative", "--rows", "none"]),
    ] {
        let out = format!("runs/{scenario}");
        let output = replayer(place.path(), &[more, &["--out", &out]].concat());
        assert!(output.status.success(), "{output:?}");
    }
    let rows = history(place.path(), &["runs"]);
    assert_eq!(rows, history(place.path(), &["--runs"]), "the folder of runs is the default");
    let of = |scenario: &str| rows.iter().find(|row| row["scenario"] == scenario).unwrap();
    let text = fs::read_to_string(place.path().join("runs/crowd/summary.json")).unwrap();
    let crowd: Value = serde_json::from_str(&text).unwrap();
    let groups = crowd["groups"].as_array().unwrap();
    let listed = of("crowd")["bots"].as_array().unwrap();
    assert_eq!(listed.len(), 2, "a thousand bots of one declaration are one: {listed:?}");
    let group = listed.iter().find(|bot| bot["bot"] == groups[0]["id"]).unwrap();
    assert_eq!(group["pnl"], groups[0]["pnl"]);
    let words = groups[0]["verdict"]["kind"].as_str().unwrap().replace('_', " ");
    assert_eq!(group["verdict"], words);
    assert_eq!(
        (&of("crowd")["status"], &of("crowd")["games"]),
        (&"complete".into(), &crowd["games"])
    );
    assert!(of("sweep-conservative")["bots"][0]["pnl"].is_null());
    // A table for people: a line for each bot, with the day of the run.
    let table = replayer(place.path(), &["history", "runs"]);
    let text = stdout(&table);
    let lines: Vec<&str> = text.lines().collect();
    let bots: usize = rows.iter().map(|row| row["bots"].as_array().unwrap().len()).sum();
    assert_eq!(lines.len(), 1 + bots, "{text}");
    let day: String = rows[0]["at"].as_str().unwrap().chars().take(10).collect();
    assert!(lines[1].contains(&day), "{text}");
    for word in ["ended", "scenario", "verdict", "P&L"] {
        assert!(lines[0].contains(word), "{text}");
    }
    assert_eq!(history(place.path(), &["runs", "--last", "1"]), rows[2..]);
    assert_eq!(history(place.path(), &["runs", "--until", "2001-02-03"]), [] as [Value; 0]);
    // One that cannot be read costs only itself.
    fs::write(place.path().join("runs/crowd/summary.json"), "{").unwrap();
    let output = replayer(place.path(), &["history", "runs", "--json"]);
    assert_eq!(stdout(&output).lines().count(), 2, "{output:?}");
    assert!(stderr(&output).contains("runs/crowd is left out"), "{output:?}");
}
