//! The public captures: every game, tick, phase, rug and seed of them.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};

use flate2::read::GzDecoder;
use replayer::feed::fairness::FairnessVerdict;
use replayer::feed::{Fact, FeedLevel, Listener, Notice};
use replayer::model::quote::Phase;
use replayer::model::time::Moment;
use serde_json::Value;

use super::law::{End, Law};

/// One event of a capture.
pub(crate) struct Event {
    pub(crate) at: u64,
    pub(crate) name: String,
    pub(crate) data: Value,
}

/// The captures and the names of their fields.
const CAPTURES: [(&str, [&str; 3]); 2] = [
    ("captures/2025-12-06_public.jsonl.gz", ["timestamp", "event_type", "data"]),
    ("captures/2025-12-12_public.jsonl.gz", ["ts", "event", "data"]),
];

fn unpacked(path: &str) -> Option<impl Read> {
    let path = crate::data::reference(path)?;
    Some(GzDecoder::new(std::fs::File::open(path).unwrap()))
}

/// `2025-12-06T19:57:10.420892` as milliseconds of its day.
fn moment(text: &str) -> u64 {
    let (_, time) = text.split_once('T').unwrap();
    let parts: Vec<f64> = time.split(':').map(|part| part.parse().unwrap()).collect();
    let seconds = (parts[0] * 60.0 + parts[1]) * 60.0 + parts[2];
    std::time::Duration::from_secs_f64(seconds).as_millis().try_into().unwrap()
}

/// The events of a capture; `None` where it is absent.
pub(crate) fn events(capture: usize) -> Option<Vec<Event>> {
    let (path, [at, name, data]) = CAPTURES[capture];
    let lines = BufReader::new(unpacked(path)?).lines();
    let events = lines.map(|line| {
        let mut line: Value = serde_json::from_str(&line.unwrap()).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Event { at: moment(&text(&line[at])), name: text(&line[name]), data: line[data].take() }
    });
    Some(events.collect())
}

/// What a listener heard of a capture.
#[derive(Default)]
struct Heard {
    law: Law,
    frames: usize,
    phases: Vec<Phase>,
    notices: Vec<Notice>,
    prices: BTreeMap<(String, u64), f64>,
}

/// Lets a listener hear a capture on a connection of its own.
fn listen(listener: &mut Listener, heard: &mut Heard, events: &[Event]) {
    listener.connection(Moment::from_ms(events[0].at), false);
    listener.connection(Moment::from_ms(events[0].at), true);
    for event in events {
        let told = listener.take(Moment::from_ms(event.at), &event.name, &event.data.to_string());
        heard.law.follow(&told.facts).unwrap();
        heard.notices.extend(listener.notices());
        if event.name != "gameStateUpdate" {
            assert!(told.facts.is_empty());
            continue;
        }
        heard.frames += 1;
        if heard.phases.last() != Some(&listener.phase()) {
            heard.phases.push(listener.phase());
        }
        let id = event.data["gameId"].as_str().unwrap();
        if event.data["active"] == true {
            for (tick, price) in
                event.data["partialPrices"]["values"].as_object().into_iter().flatten()
            {
                let key = (id.to_owned(), tick.parse().unwrap());
                heard.prices.insert(key, price.as_f64().unwrap());
            }
        }
    }
}

#[test]
fn every_game_tick_phase_rug_and_seed_of_the_public_captures_is_heard_once() {
    let Some((first, second)) = events(0).zip(events(1)) else { return };
    let (mut listener, mut heard) = (Listener::default(), Heard::default());
    listen(&mut listener, &mut heard, &first);
    listen(&mut listener, &mut heard, &second);
    assert_eq!(heard.frames, 686);

    // The first capture ends in the cooldown of a game that the second one has never heard of.
    let ends: Vec<_> = heard
        .law
        .games
        .iter()
        .map(|game| (&game.id.as_str()[19..], game.end, game.ticks.len()))
        .collect();
    let expected = [
        ("e046d1", End::Rug, 267),
        ("b44197", End::Void, 0),
        ("a24ad7", End::Rug, 230),
        ("ef4b71", End::Rug, 17),
        ("08458b", End::Open, 0),
    ];
    assert_eq!(ends, expected);

    use Phase::{Active, Cooldown, Presale, Rugged};
    let phases = [Active, Rugged, Cooldown, Active, Rugged, Cooldown, Presale];
    let phases = phases.into_iter().chain([Active, Rugged, Cooldown, Presale]);
    assert_eq!(heard.phases, phases.collect::<Vec<_>>());

    assert_eq!(heard.law.seeds.len(), 23);
    let verdicts = heard.notices.iter().filter_map(|notice| match notice {
        Notice::Fairness(check) => Some(&check.verdict),
        Notice::Level(_) => None,
    });
    assert_eq!(verdicts.filter(|verdict| **verdict == FairnessVerdict::Fair).count(), 23);
    assert_eq!(listener.fairness().tally().fair, 23);
    assert_eq!(listener.fairness().alarms().count(), 0);

    let counts = listener.anomalies().counts();
    assert!(counts.keys().all(|kind| ["gap", "older", "unfinished"].contains(kind)), "{counts:?}");
    assert_eq!(listener.anomalies().unknown_fields().total(), 0);
}

#[test]
fn every_partial_price_of_the_captures_is_the_price_that_was_told() {
    for capture in 0..CAPTURES.len() {
        let Some(events) = events(capture) else { return };
        let (mut listener, mut heard) = (Listener::default(), Heard::default());
        listen(&mut listener, &mut heard, &events);
        assert!(heard.prices.len() > 100);
        for ((id, tick), price) in &heard.prices {
            let game = heard.law.games.iter().find(|game| game.id.as_str() == id).unwrap();
            let (told, _) = game.ticks[usize::try_from(*tick).unwrap()];
            assert_eq!(told.to_bits(), price.to_bits(), "{id} tick {tick}");
        }
    }
}

#[test]
fn only_what_was_heard_in_its_time_is_told_as_timely() {
    let Some(events) = events(0) else { return };
    let (mut listener, mut heard) = (Listener::default(), Heard::default());
    listen(&mut listener, &mut heard, &events);
    // Joined at tick 129, whose past came with the second frame.
    let late: Vec<_> = heard.law.games[0].ticks.iter().map(|(_, late)| *late).collect();
    assert_eq!(late.iter().take_while(|late| **late).count(), 130);
    assert!(late.iter().skip(130).all(|late| !late));
    // Nothing has gone wrong since the connection, and still nothing may be decided in this game.
    assert_eq!(listener.level(), FeedLevel::Normal);
}

#[test]
fn the_second_capture_opens_with_the_first_presale_that_it_hears_whole() {
    let Some(events) = events(1) else { return };
    let mut listener = Listener::default();
    listener.connection(Moment::from_ms(events[0].at), true);
    let mut open = BTreeMap::new();
    for event in &events {
        let heard = listener.take(Moment::from_ms(event.at), &event.name, &event.data.to_string());
        let tells = |fact: &Fact| matches!(fact, Fact::Tick { .. } | Fact::Presale { .. });
        if heard.facts.iter().any(tells) {
            let id = listener.machine().game().unwrap().as_str()[19..].to_owned();
            open.insert(id, !heard.closed);
        }
    }
    let expected = [("08458b", true), ("a24ad7", false), ("ef4b71", true)];
    let expected = expected.map(|(id, open)| (id.to_owned(), open));
    assert_eq!(open.into_iter().collect::<Vec<_>>(), expected);
}

#[test]
fn the_samples_of_february_2026_are_told_as_far_as_they_go() {
    let Some(input) = unpacked("captures/2026-02-06_key_samples.json.gz") else { return };
    let samples: BTreeMap<String, Value> = serde_json::from_reader(input).unwrap();
    let (mut listener, mut law) = (Listener::default(), Law::default());
    listener.connection(Moment::default(), true);
    for sample in samples.values() {
        let name = sample["event_type"].as_str().unwrap();
        let at = Moment::from_ms(sample["timestamp_ms"].as_u64().unwrap_or_default());
        law.follow(&listener.take(at, name, &sample["data"].to_string()).facts).unwrap();
    }
    // The game goes from its cooldown to its activation; ticks 1 to 98 are not among the samples.
    assert_eq!(law.games.len(), 1);
    assert_eq!(
        (law.games[0].ticks.as_slice(), law.games[0].end),
        ([(1.0, false)].as_slice(), End::Open)
    );
    // Ten seeds without prices, fair as far as can be told.
    assert_eq!((law.seeds.len(), listener.fairness().tally().fair), (10, 10));
    assert_eq!(listener.anomalies().unknown_fields().total(), 0);
}
