//! What is in the files, how they are called, and when another one begins.

use std::fs;

use replayer::base::container::Encoding;
use replayer::base::hex;
use replayer::feed::record::{Config, Recorder};
use replayer::feed::{Fact, Heard};
use replayer::games::recording::{Grade, Layout};
use replayer::model::ids::GameId;
use replayer::model::price::Price;
use replayer::model::time::Moment;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{STARTED, assert_games, config, files, lines, load, names, only, record, session};

#[test]
fn what_was_heard_is_read_back_bit_for_bit_with_its_times() {
    for encoding in [Encoding::Zstd, Encoding::Plain] {
        let place = tempfile::tempdir().unwrap();
        let session = session(5);
        record(Config { encoding, ..config(place.path()) }, &session);
        let name = format!("feed_20251212_171658_001.{}", encoding.extension());
        assert_eq!(names(place.path()), [name]);
        let (_, recording) = only(place.path());
        assert_eq!((recording.layout, recording.grade()), (Some(Layout::Feed), Grade::A));
        assert_eq!((recording.bad_lines, recording.wrong_footers), (0, 0));
        let library = load(place.path());
        assert_games(&library, 5);
        // Tick 0 has the usual gap, the next ones those that were heard.
        let gaps = &library.games[0].gaps_ms;
        assert!(gaps.len() < 9 || gaps[..9] == [250, 250, 251, 252, 253, 254, 255, 256, 250]);
    }
}

#[test]
fn a_file_begins_with_where_it_comes_from_and_ends_with_a_checksum() {
    let place = tempfile::tempdir().unwrap();
    record(config(place.path()), &session(2));
    let lines = lines(&only(place.path()).0);
    let json = |line: &str| serde_json::from_str::<Value>(line).unwrap();
    let head = json(&lines[0]);
    assert_eq!((&head["recording"], &head["part"]), (&1.into(), &1.into()));
    assert_eq!(head["source"], "ws://127.0.0.1:1/socket.io/");
    assert_eq!(head["started"], STARTED);
    assert!(!lines.iter().any(|line| line.contains("secret")));
    let (foot, before) = lines.split_last().unwrap();
    let foot = json(foot);
    assert_eq!((&foot["end"], &foot["lines"]), (&"stopped".into(), &before.len().into()));
    let digest = Sha256::digest((before.join("\n") + "\n").as_bytes());
    assert_eq!(foot["sha256"], hex::hex(digest.into()).as_str());
}

#[test]
fn every_line_about_a_game_names_it_and_seeds_are_kept_as_lines_of_seeds() {
    let place = tempfile::tempdir().unwrap();
    record(config(place.path()), &session(1));
    let (mut kinds, mut seeds) = (Vec::new(), Vec::new());
    for line in lines(&only(place.path()).0) {
        let kind = line[2..].split('"').next().unwrap().to_owned();
        if kind == "seed" {
            seeds.push(serde_json::from_str::<Value>(&line).unwrap()["seed"].to_string());
        }
        if kinds.last() != Some(&kind) {
            kinds.push(kind);
        }
    }
    assert_eq!(kinds, ["recording", "game", "presale", "tick", "rug", "seed", "end"]);
    let seeds = replayer::games::fair::seeds::read_from(seeds[0].as_bytes(), place.path()).unwrap();
    assert_eq!(seeds.games[0].record.prices.as_deref(), Some(&super::prices(0)[..]));
}

#[test]
fn a_foot_that_contradicts_the_lines_is_a_wrong_footer() {
    let place = tempfile::tempdir().unwrap();
    record(Config { encoding: Encoding::Plain, ..config(place.path()) }, &session(1));
    let path = only(place.path()).0;
    let text = fs::read_to_string(&path).unwrap();
    let told = text.replacen("\"t\":1,", "\"t\": 1,", 1);
    assert_ne!(told, text);
    for (text, wrong) in [(&text, 0), (&told, 1)] {
        let recording = replayer::games::recording::read(text.as_bytes()).unwrap();
        assert_eq!((recording.wrong_footers, recording.bad_lines), (wrong, 0));
    }
    let without_head: String = text.split_inclusive('\n').skip(1).collect();
    let recording = replayer::games::recording::read(without_head.as_bytes()).unwrap();
    assert_eq!(recording.wrong_footers, 1);
}

#[test]
fn a_format_of_the_future_is_refused_line_by_line_and_says_why() {
    let text = "{\"recording\":2}\n{\"tick\":\"g\",\"t\":0,\"p\":1.0,\"at\":1}\n";
    let recording = replayer::games::recording::read(text.as_bytes()).unwrap();
    assert_eq!((recording.bad_lines, recording.games.len()), (2, 0));
    assert!(recording.first_bad[0].reason.contains("format 2"), "{recording:?}");
}

#[test]
fn parts_change_between_games_and_by_their_number_of_games() {
    let place = tempfile::tempdir().unwrap();
    record(Config { part_games_max: 3, ..config(place.path()) }, &session(8));
    let counts = files(place.path()).into_iter().map(|path| {
        let recording = replayer::games::recording::read_file(&path).unwrap();
        assert!(recording.is_complete() && recording.wrong_footers == 0);
        recording.games.len()
    });
    assert_eq!(counts.collect::<Vec<_>>(), [3, 3, 2]);
    assert_games(&load(place.path()), 8);
}

#[test]
fn parts_change_by_size_and_within_a_game_only_far_beyond_it() {
    let place = tempfile::tempdir().unwrap();
    // A frame of its own for nearly every line makes parts grow fast.
    let small = Config {
        part_bytes_max: 2_000,
        frame_time: std::time::Duration::ZERO,
        ..config(place.path())
    };
    record(small, &session(4));
    let parts = files(place.path());
    assert!(parts.len() >= 4, "{parts:?}");
    let mut split = 0;
    for path in &parts {
        let recording = replayer::games::recording::read_file(path).unwrap();
        assert_eq!(recording.wrong_footers, 0);
        split += u32::from(!recording.is_complete());
        assert!(fs::metadata(path).unwrap().len() < 5_000, "{path:?}");
    }
    assert!(split > 0, "no game was long enough");
    assert_games(&load(place.path()), 4);
}

#[test]
fn what_was_late_or_closed_and_what_was_interrupted_is_carried() {
    let place = tempfile::tempdir().unwrap();
    let id = GameId::new("20251212-00000000000000aa").unwrap();
    let price = |price| Price::new(price).unwrap();
    let tick = |tick, p, late| Fact::Tick { tick, price: price(p), late };
    let heard = |at, closed, facts| Heard { at: Moment::from_ms(STARTED + at), closed, facts };
    let session = [
        heard(
            0,
            false,
            vec![
                Fact::Game { id, seed_hash: None },
                Fact::Presale { late: true },
                tick(0, 1.0, true),
                tick(1, 1.1, true),
                tick(2, 1.2, false),
            ],
        ),
        heard(250, true, vec![tick(3, 1.3, false)]),
        heard(500, false, vec![tick(4, 1.4, false)]),
        heard(900, false, vec![Fact::Void]),
    ];
    record(config(place.path()), &session);
    let (_, recording) = only(place.path());
    let game = recording.only_game().unwrap();
    assert!(game.presale_closed());
    assert_eq!(game.closed_ticks().collect::<Vec<_>>(), [0, 1, 3]);
    let why = game.incomplete().unwrap();
    assert!(why.interrupted);
    assert_eq!(why.to_string(), "no rug (interrupted)");
    assert_eq!(recording.grade(), Grade::C);
}

#[test]
fn notes_and_verdicts_are_kept_and_harm_no_game() {
    let place = tempfile::tempdir().unwrap();
    let mut recorder = Recorder::start(config(place.path())).unwrap();
    session(1).iter().for_each(|heard| recorder.record(heard).unwrap());
    let id = replayer::games::fair::generated::generated(77, 0).1;
    recorder.note(Moment::from_ms(STARTED + 1), "Degraded: a gap\nof 3 ticks").unwrap();
    recorder
        .verdict(Moment::from_ms(STARTED + 2), id, (false, "rug tick: 7 was recorded"))
        .unwrap();
    recorder.finish().unwrap();
    let (path, recording) = only(place.path());
    assert_eq!((recording.bad_lines, recording.is_complete()), (0, true));
    let text = lines(&path).join("\n");
    assert!(
        text.contains(r#"{"note":"Degraded: a gap\nof 3 ticks","at":1765559818001}"#),
        "{text}"
    );
    assert!(text.contains(r#""fair":false,"text":"rug tick: 7 was recorded""#), "{text}");
}

#[test]
fn two_recorders_in_one_folder_keep_out_of_each_others_way() {
    let place = tempfile::tempdir().unwrap();
    let mut first = Recorder::start(config(place.path())).unwrap();
    let second = Recorder::start(config(place.path())).unwrap();
    session(1).iter().for_each(|heard| first.record(heard).unwrap());
    second.finish().unwrap();
    first.finish().unwrap();
    assert_eq!(
        names(place.path()),
        ["feed_20251212_171658_001.jsonl.zst", "feed_20251212_171658_002.jsonl.zst"]
    );
    assert_games(&load(place.path()), 1);
}
