//! Raw captures: what is captured comes back, and what is in captures is told.

use std::path::Path;

use flate2::read::GzDecoder;
use replayer::feed::capture::{CaptureCounts, CapturedEvent, Direction, RawEvent, read_file};
use replayer::feed::record::{Config, RawRecorder};
use replayer::model::time::Moment;

use crate::data::reference;
use crate::program::{json, replayer, stderr, stdout};

/// The public captures of the reference data, and how many events each has.
const PUBLIC: [(&str, u64); 2] = [("2025-12-06", 200), ("2025-12-12", 554)];

fn config(folder: &Path) -> Config {
    let queue_messages = 10_000;
    let config =
        Config::new(folder, "wss://feed.example/?token=secret", Moment::from_ms(1_765_559_818_000));
    let finish_within = std::time::Duration::from_secs(60);
    Config { queue_messages, finish_within, free_bytes_start: 0, free_bytes_run: 0, ..config }
}

/// Reads a capture: number, name, data of each event.
fn read(path: &Path) -> (Vec<(u64, String, String)>, CaptureCounts) {
    let mut events = Vec::new();
    let take = |event: &CapturedEvent<'_>| {
        events.push((event.number, event.name.to_owned(), event.data.to_owned()));
        Ok(())
    };
    let counts = read_file(path, take).unwrap();
    (events, counts)
}

#[test]
fn every_event_of_the_public_captures_survives_capture_byte_for_byte() {
    for (day, count) in PUBLIC {
        let Some(path) = reference(&format!("captures/{day}_public.jsonl.gz")) else { return };
        let (events, counts) = read(&path);
        assert_eq!(counts, CaptureCounts { events: count, ..CaptureCounts::default() });
        let place = tempfile::tempdir().unwrap();
        let mut recorder = RawRecorder::start(config(place.path())).unwrap();
        for (at, name, data) in &events {
            recorder.record(Moment::from_ms(*at), Direction::In, RawEvent { name, data }).unwrap();
        }
        let metrics = recorder.finish().unwrap();
        assert_eq!((metrics.lost, metrics.errors), (0, 0));
        let ours = place.path().join("capture_20251212_171658_001.jsonl.zst");
        let (back, counts) = read(&ours);
        assert_eq!(counts.events, count);
        let same =
            |(a, b): (&(u64, String, String), &(u64, String, String))| (&a.1, &a.2) == (&b.1, &b.2);
        assert!(back.iter().zip(&events).all(same));
        eprintln!("{day}: {} bytes of data in {} bytes", metrics.text_bytes, metrics.bytes);
    }
}

#[test]
fn what_was_not_json_and_what_spans_lines_is_kept_on_one_line() {
    let place = tempfile::tempdir().unwrap();
    let mut recorder = RawRecorder::start(config(place.path())).unwrap();
    recorder
        .record(
            Moment::from_ms(1),
            Direction::Out,
            RawEvent { name: "a", data: "{\n \"x\": [1,\r\n 2]}" },
        )
        .unwrap();
    recorder
        .record(Moment::from_ms(2), Direction::In, RawEvent { name: "b\n", data: "42[\"half" })
        .unwrap();
    recorder.finish().unwrap();
    let (events, counts) = read(&place.path().join("capture_20251212_171658_001.jsonl.zst"));
    assert_eq!((counts.events, counts.bad_lines), (2, 0));
    assert_eq!(events[0].2, "{  \"x\": [1,   2]}");
    assert_eq!((events[1].1.as_str(), events[1].2.as_str()), ("b\n", "\"42[\\\"half\""));
}

#[test]
fn an_event_too_long_for_a_line_is_counted_and_marked() {
    let place = tempfile::tempdir().unwrap();
    let mut recorder = RawRecorder::start(config(place.path())).unwrap();
    let long = format!("\"{}\"", "x".repeat(1 << 20));
    recorder
        .record(Moment::from_ms(1), Direction::In, RawEvent { name: "long", data: &long })
        .unwrap();
    recorder
        .record(Moment::from_ms(2), Direction::In, RawEvent { name: "short", data: "{}" })
        .unwrap();
    assert_eq!(recorder.finish().unwrap().lost, 1);
    let (events, counts) = read(&place.path().join("capture_20251212_171658_001.jsonl.zst"));
    assert_eq!((events.len(), counts.lost, counts.bad_lines), (1, 1, 0));
}

#[test]
fn the_analyser_lists_filters_shows_and_reports() {
    let Some(path) = reference("captures/2025-12-12_public.jsonl.gz") else { return };
    let here = Path::new(".");
    let path = path.to_str().unwrap();
    let list = json(&replayer(here, &["capture", "list", path, "--json"]));
    assert_eq!((&list["events"], &list["bad_lines"]), (&554.into(), &0.into()));
    assert_eq!(list["first"], "2025-12-12T17:16:58.624285");
    let report = json(&replayer(here, &["capture", "report", path, "--json"]));
    let updates = report["kinds"]["gameStateUpdate"]["count"].as_u64().unwrap();
    let total: u64 = report["kinds"]
        .as_object()
        .unwrap()
        .values()
        .map(|kind| kind["count"].as_u64().unwrap())
        .sum();
    assert_eq!(total, 554);
    assert!(report["kinds"]["gameStateUpdate"]["keys"]["gameId"]["values"]["string"].is_u64());
    let filter = replayer(here, &["capture", "filter", path, "--event", "gameStateUpdate"]);
    assert_eq!(stdout(&filter).lines().count() as u64, updates);
    let limited = replayer(here, &["capture", "filter", path, "--limit", "3"]);
    assert_eq!(stdout(&limited).lines().count(), 3);
    let shown = json(&replayer(here, &["capture", "show", path, "17", "--json"]));
    assert_eq!(shown["seq"], 17);
    let range = replayer(here, &["capture", "show", path, "17", "19", "--json"]);
    assert_eq!(stdout(&range).lines().count(), 3);
    let nothing = replayer(here, &["capture", "show", path, "555"]);
    assert_eq!(nothing.status.code(), Some(2));
    assert!(stderr(&nothing).contains("it has 554"), "{}", stderr(&nothing));
    let text = replayer(here, &["capture", "report", path]);
    assert!(stdout(&text).starts_with("554 events of "), "{}", stdout(&text));
}

#[test]
fn gzip_zstd_and_plain_are_told_apart_by_their_bytes() {
    let Some(path) = reference("captures/2025-12-06_public.jsonl.gz") else { return };
    let (wanted, _) = read(&path);
    let text = std::io::read_to_string(GzDecoder::new(std::fs::File::open(&path).unwrap()));
    let text = text.unwrap();
    let place = tempfile::tempdir().unwrap();
    let zstd = zstd::encode_all(text.as_bytes(), 3).unwrap();
    for (name, bytes) in [("a.jsonl", text.as_bytes()), ("b.jsonl.gz", &zstd)] {
        let path = place.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        assert_eq!(read(&path).0, wanted);
    }
}
