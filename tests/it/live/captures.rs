//! The public captures of the site, through npm's Socket.IO server: both days in one session, each in
//! a connection of its own.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::atomic::AtomicBool;

use replayer::games::recording::{Merger, Stage, discover, read_file};
use replayer::live::{self, Edge, Follow, SessionEvent};
use serde_json::{Value, json};

use super::stage::{patient, recording, way_to};
use crate::bridge::server::Server;
use crate::feed::captures::{Event, events};

/// An event as the site sends it: all but the frames of games have a trace before their payload.
fn sent(event: &Event) -> Value {
    let trace = json!({"__trace": true, "traceparent": "00-0-0-01"});
    match event.name.as_str() {
        "gameStateUpdate" => json!([event.name, event.data]),
        _ => json!([event.name, trace, event.data]),
    }
}

#[test]
fn both_public_captures_are_recovered_whole_from_the_reference_server() {
    let Some(days) = events(0).zip(events(1)) else { return };
    let Some(server) = Server::start(&json!({})) else { return };
    let place = tempfile::tempdir().unwrap();
    let files = [days.0, days.1].map(|events| {
        let mut lines = String::new();
        // The capturing client noted its own connection as an event.
        let events = events.iter().filter(|event| event.name != "connect");
        events.clone().for_each(|event| writeln!(lines, "{}", sent(event)).unwrap());
        let file = place.path().join(format!("{}.jsonl", events.count()));
        std::fs::write(&file, lines).unwrap();
        file
    });
    let records = place.path().join("recording");
    let edge = Edge {
        recording: Some(recording(&records, &server.url())),
        ..patient(Follow::Feed(Box::new(way_to(&server.url()))))
    };
    let (mut seeds, mut connections, mut losses) = (Vec::new(), 0, 0);
    let session = live::follow(edge, &AtomicBool::new(false), |event| {
        match event {
            SessionEvent::Connected { .. } => {
                let file = &files[connections];
                connections += 1;
                server.order("play", json!({"file": file, "per_second": 2_000}));
                server.hear("played");
                server.order("kick", json!({}));
            }
            SessionEvent::Lost { .. } => losses += 1,
            SessionEvent::Fairness(check) => seeds.push(check.reveal.game_id),
            _ => {}
        }
        Ok(losses < files.len())
    })
    .unwrap();

    let summary = session.summary;
    assert_eq!((summary.fairness.fair, summary.alarms.len(), summary.undecodable), (23, 0, 0));
    assert_eq!(seeds.iter().collect::<BTreeSet<_>>().len(), 23, "each seed once: {seeds:?}");
    assert_eq!((seeds.len(), summary.connection.events), (23, 753));
    assert_eq!(summary.recording.unwrap().lost, 0);

    let mut merger = Merger::default();
    for path in discover(&[records]).unwrap() {
        let recording = read_file(&path).unwrap();
        assert_eq!(recording.bad_lines, 0);
        merger.add(recording);
    }
    let games: Vec<_> = merger
        .known()
        .iter()
        .map(|(game, _)| {
            let ticks = game.seen().filter(|(stage, _)| *stage == Stage::Play).count();
            (
                game.id().as_str()[19..].to_owned(),
                ticks,
                game.rug().map(|(tick, _)| tick),
                game.conflicts(),
            )
        })
        .collect();
    let expected = [
        ("e046d1".to_owned(), 266, Some(266), 0),
        ("a24ad7".to_owned(), 229, Some(229), 0),
        ("ef4b71".to_owned(), 16, Some(16), 0),
    ];
    let played: Vec<_> = games.into_iter().filter(|(_, ticks, ..)| *ticks > 0).collect();
    assert_eq!(played, expected);
}
