//! Raw captures: the finished games that the site tells are games, in every command.

use std::fs;
use std::path::Path;

use replayer::feed::capture::{Direction, RawEvent};
use replayer::feed::record::{Config, RawRecorder};
use replayer::games::fair::seeds;
use replayer::games::recording::{self, Grade, Layout};
use replayer::model::time::Moment;
use serde_json::Value;
use tempfile::TempDir;

use super::{generated, history, played};
use crate::data::reference;
use crate::program::{json, replayer, stderr, stdout};

/// Records a capture of the frames that tell these games, the first ten and then one more each, and
/// returns the name of its file.
fn captured(folder: &Path, seeds: &[String]) -> String {
    let config = Config::new(folder, "wss://feed.example", Moment::from_ms(1_765_559_818_000));
    let finish_within = std::time::Duration::from_secs(60);
    let mut recorder =
        RawRecorder::start(Config { free_bytes_start: 0, finish_within, ..config }).unwrap();
    let mut record = |at: usize, data: &str| {
        let event = RawEvent { name: "gameStateUpdate", data };
        recorder.record(Moment::from_ms(at.try_into().unwrap()), Direction::In, event).unwrap();
    };
    for last in 10..=seeds.len() {
        record(last, r#"{"gameId":"now","active":true,"price":1.02,"tickCount":3}"#);
        record(last, &history(&seeds[last - 10..last]).to_string());
    }
    recorder.finish().unwrap();
    "capture_20251212_171658_001.jsonl.zst".to_owned()
}

#[test]
fn a_capture_of_our_own_is_a_source_of_games_for_every_command() {
    let place = TempDir::new().unwrap();
    let place = place.path();
    let games = place.join("games");
    fs::create_dir(&games).unwrap();
    let (_, seeds) = generated(&games, 13);
    let file = captured(&place.join("raw"), &seeds);
    let path = format!("raw/{file}");

    let inspect = replayer(place, &["inspect", "raw", "--json"]);
    let row: Value = serde_json::from_str(stdout(&inspect).lines().next().unwrap()).unwrap();
    assert_eq!((&row["layout"], &row["grade"]), (&"capture".into(), &"A".into()));
    assert_eq!((&row["games"], &row["complete"]), (&13.into(), &true.into()));
    assert_eq!((&row["bad_lines"], &row["wrong_footers"]), (&0.into(), &0.into()));

    let verify = replayer(place, &["verify", "--file", &path, "--json"]);
    let said = json(&verify);
    assert_eq!((&said["games"], &said["paths_compared"]), (&13.into(), &13.into()));
    assert_eq!(said["failed"].as_array().unwrap().len(), 0, "{said}");

    let wanted = played(place, "Recordings(path: \"games\")");
    for source in [
        "Recordings(path: \"raw\")".to_owned(),
        format!("Recordings(path: {path:?})"),
        format!("Seeds(path: {path:?})"),
    ] {
        let ran = played(place, &source);
        assert_eq!((&ran["games"], &ran["digest"]), (&13.into(), &wanted["digest"]), "{source}");
        assert_eq!(ran["inputs"]["repeated_games"], 0, "{source}");
        assert!(replayer(place, &["check", "s.ron"]).status.success());
    }
}

#[test]
fn the_games_of_the_public_captures_are_fair_and_play_alike_by_seed_and_by_path() {
    for (day, games) in [("2025-12-06", 11), ("2025-12-12", 12)] {
        let Some(path) = reference(&format!("captures/{day}_public.jsonl.gz")) else { return };
        let place = TempDir::new().unwrap();
        let file = path.to_str().unwrap();
        let verify = replayer(place.path(), &["verify", "--file", file, "--json"]);
        let said = json(&verify);
        assert_eq!((&said["games"], &said["path_ok"]), (&games.into(), &games.into()), "{said}");
        assert_eq!(verify.status.code(), Some(0));
        let by_path = played(place.path(), &format!("Recordings(path: {file:?})"));
        let by_seed = played(place.path(), &format!("Seeds(path: {file:?})"));
        assert_eq!((&by_path["games"], &by_seed["games"]), (&games.into(), &games.into()));
        assert_eq!(by_path["digest"], by_seed["digest"]);
    }
}

#[test]
fn what_is_wrong_with_an_entry_costs_that_entry_and_is_told_once() {
    let place = TempDir::new().unwrap();
    let (_, seeds) = generated(place.path(), 3);
    let mut state = history(&seeds);
    let entries = state["gameHistory"].as_array_mut().unwrap();
    entries[0]["prices"][2] = "x".into();
    entries[1]["prices"][2] = (-1).into();
    entries[2]["rugged"] = false.into();
    entries[2]["prices"].as_array_mut().unwrap().pop();
    entries.push(7.into());
    let line =
        format!("{{\"at\":1,\"dir\":\"in\",\"event\":\"gameStateUpdate\",\"data\":{state}}}\n");
    let recording = recording::read(line.repeat(2).as_bytes()).unwrap();
    assert_eq!((recording.layout, recording.records), (Some(Layout::Capture), 2));
    let why: Vec<_> = recording
        .games
        .iter()
        .map(|game| game.incomplete().map_or_else(String::new, |why| why.to_string()))
        .collect();
    assert_eq!(why, ["no rug", "tick 2 missing", "no tick of the game"]);
    // The entry without a name has none by which it would be known the second time.
    assert_eq!((recording.bad_lines, recording.grade()), (4, Grade::D));
    let said: Vec<&str> = recording.first_bad.iter().map(|bad| bad.reason.as_str()).collect();
    assert_eq!(said[0], "an entry of `gameHistory` cannot be read");
    assert!(said[1].ends_with("prices[2] is -1"), "{said:?}");
    assert!(said[2].ends_with("its prices cannot be read"), "{said:?}");
}

#[test]
fn a_seed_that_is_missing_and_a_figure_that_cannot_be_read_are_told_once() {
    let place = TempDir::new().unwrap();
    let (_, seeds) = generated(place.path(), 3);
    let mut state = history(&seeds);
    let entries = state["gameHistory"].as_array_mut().unwrap();
    entries[0]["provablyFair"].as_object_mut().unwrap().remove("serverSeed");
    entries[1]["peakMultiplier"] = "high".into();
    let line = format!(r#"{{"at":1,"event":"gameStateUpdate","data":{state}}}"#) + "\n";
    let read = seeds::read_from(line.repeat(3).as_bytes(), Path::new("capture")).unwrap();
    assert_eq!(read.games.len(), 2);
    let said: Vec<&str> = read.bad_lines.iter().map(|bad| bad.reason.as_str()).collect();
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said[0].ends_with("peakMultiplier cannot be read"), "{said:?}");
    assert!(said[1].ends_with("has no seed"), "{said:?}");
}

#[test]
fn a_word_for_no_number_costs_its_own_place_in_an_event_as_in_any_line() {
    let place = TempDir::new().unwrap();
    let (_, lines) = generated(place.path(), 3);
    let state = history(&lines).to_string();
    let state = state.replace("\"rugged\":", "\"was\":NaN,\"rugged\":");
    let line = format!(r#"{{"at":1,"event":"gameStateUpdate","data":{state}}}"#) + "\n";
    let recording = recording::read(line.as_bytes()).unwrap();
    assert_eq!((recording.games.len(), recording.grade()), (3, Grade::A));
    let read = seeds::read_from(line.as_bytes(), Path::new("capture")).unwrap();
    assert_eq!((read.games.len(), read.bad_lines.len()), (3, 0));
    let odd = lines[0].replacen('{', "{\"was\":NaN,", 1);
    let read = seeds::read_from(odd.as_bytes(), Path::new("seeds")).unwrap();
    assert_eq!((read.games.len(), read.bad_lines.len()), (1, 0));
}

#[test]
fn an_impossible_price_in_an_entry_costs_its_tick_and_numbers_count_as_text() {
    let place = TempDir::new().unwrap();
    let (_, seeds) = generated(place.path(), 3);
    let mut state = history(&seeds);
    let entries = state["gameHistory"].as_array_mut().unwrap();
    for price in entries[0]["prices"].as_array_mut().unwrap() {
        *price = price.to_string().into();
    }
    entries[0]["rugged"] = "True".into();
    entries[1]["prices"][2] = 1e25.into();
    let tenfold = entries[2]["prices"][2].as_f64().unwrap() * 10.0;
    entries[2]["prices"][2] = tenfold.into();
    let line =
        format!("{{\"at\":\"1\",\"dir\":\"in\",\"event\":\"gameStateUpdate\",\"data\":{state}}}\n");
    let recording = recording::read(line.as_bytes()).unwrap();
    let why: Vec<_> = recording
        .games
        .iter()
        .map(|game| game.incomplete().map_or_else(String::new, |why| why.to_string()))
        .collect();
    assert_eq!(why, ["tick 2 missing", "tick 2 missing", ""], "{:?}", recording.first_bad);
    // The event itself is good: only two of its prices are not.
    assert_eq!((recording.records, recording.bad_lines, recording.grade()), (1, 2, Grade::D));
    assert!(recording.first_bad.iter().all(|bad| bad.impossible && bad.line == 1));
}

#[test]
fn a_game_in_a_recording_and_in_a_capture_is_one_game_and_the_recording_comes_first() {
    let place = TempDir::new().unwrap();
    let games = place.path().join("games");
    fs::create_dir(&games).unwrap();
    let (files, seeds) = generated(&games, 10);
    captured(&games, &seeds);
    let found = recording::find(std::slice::from_ref(&games)).unwrap();
    assert_eq!((found.files.len(), &found.files[..10]), (11, &files[..]));
    let ran = played(place.path(), "Recordings(path: \"games\")");
    assert_eq!((&ran["games"], &ran["inputs"]["repeated_games"]), (&10.into(), &10.into()));
    assert_eq!(ran["inputs"]["conflicts"], 0);
    let capture = replayer(place.path(), &["capture", "list", "games", "--json"]);
    assert!(capture.status.success(), "{}", stderr(&capture));
}
