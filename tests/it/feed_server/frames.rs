//! The frames of a show: keys, sizes and order are those of captures.

use std::collections::BTreeMap;
use std::io::Read;

use flate2::read::GzDecoder;
use replayer::demo::feed_server::script::{CueKind, ShowCue};
use replayer::demo::feed_server::{ShowScript, Style};
use serde_json::Value;

use super::repertoire;
use crate::data::reference;

const STYLE: Style = Style { padded: false, talkative: true };

/// The names of the captured frames and what they are here.
const SAMPLES: [(&str, CueKind); 8] = [
    ("01_cooldown_early_minimal", CueKind::Countdown),
    ("03_presale_transition", CueKind::Presale),
    ("04_game_start_tick0", CueKind::Activation),
    ("05_active_midgame", CueKind::Tick),
    ("06_trade_buy", CueKind::Trade),
    ("10_rug_event", CueKind::Rug),
    ("11_postrug_final", CueKind::RugAgain),
    ("02_cooldown_early_full", CueKind::Genesis),
];

fn payload(cue: &ShowCue) -> Value {
    serde_json::from_str(cue.frame.payload.get()).unwrap()
}

fn keys(payload: &Value) -> Vec<String> {
    payload.as_object().unwrap().keys().cloned().collect()
}

fn script(games: u64, style: Style) -> Vec<ShowCue> {
    ShowScript::new(repertoire(games), style).collect()
}

#[test]
fn frames_have_the_keys_of_captured_ones() {
    let Some(path) = reference("captures/2026-02-06_key_samples.json.gz") else { return };
    let mut text = String::new();
    GzDecoder::new(std::fs::File::open(path).unwrap()).read_to_string(&mut text).unwrap();
    let samples: Value = serde_json::from_str(&text).unwrap();
    let cues = script(2, STYLE);
    for (name, kind) in SAMPLES {
        let ours = cues.iter().filter(|cue| cue.kind == kind).map(payload);
        let buy = |payload: &Value| kind != CueKind::Trade || payload["type"] == "buy";
        let ours = ours.into_iter().find(buy).unwrap();
        // God candles are told for the days that had one.
        let theirs: Vec<_> = keys(&samples[name]["data"])
            .into_iter()
            .filter(|key| !key.starts_with("godCandle") && !key.starts_with("highestToday"))
            .collect();
        let ours: Vec<_> = keys(&ours)
            .into_iter()
            .filter(|key| !key.starts_with("godCandle") && !key.starts_with("highestToday"))
            .collect();
        assert_eq!(ours, theirs, "{name}");
    }
}

#[test]
fn a_game_is_told_in_the_sequence_of_the_site() {
    let cues: Vec<_> = script(1, Style { talkative: false, ..STYLE });
    let game = cues[0].game;
    let ours: Vec<_> = cues.iter().filter(|cue| cue.game == game).collect();
    let rug_tick = usize::try_from(ours.last().unwrap().tick).unwrap();

    let kinds: Vec<_> = ours.iter().map(|cue| cue.kind).collect();
    let mut expected = vec![CueKind::Genesis];
    expected.extend([CueKind::Countdown; 49]);
    expected.push(CueKind::Presale);
    expected.extend([CueKind::Countdown; 100]);
    expected.push(CueKind::Activation);
    expected.extend(vec![CueKind::Tick; rug_tick - 1]);
    expected.extend([CueKind::Rug, CueKind::RugAgain]);
    assert_eq!(kinds, expected);

    let countdown: Vec<_> = ours
        .iter()
        .filter(|cue| cue.kind == CueKind::Countdown)
        .map(|cue| payload(cue)["cooldownTimer"].as_u64().unwrap())
        .collect();
    let expected: Vec<u64> = (1..=149).rev().map(|left| left * 100).collect();
    assert_eq!(countdown, expected);

    let [rug, again] = [CueKind::Rug, CueKind::RugAgain]
        .map(|kind| ours.iter().find(|cue| cue.kind == kind).map(|cue| payload(cue)).unwrap());
    assert_eq!(rug["tickCount"].as_u64(), Some(rug_tick as u64));
    let inflated = again["tickCount"].as_u64().unwrap() - rug_tick as u64;
    assert!((1..=3).contains(&inflated));
    assert_eq!(again["partialPrices"]["endTick"].as_u64(), Some(rug_tick as u64));
    let finished = |payload: &Value| payload["gameHistory"][0]["id"].as_str().unwrap().to_owned();
    assert_ne!(finished(&again), game.as_str());

    // The next game's first frame reveals the seed.
    let next = payload(cues.iter().find(|cue| cue.game != game).unwrap());
    assert_eq!(finished(&next), game.as_str());
    let seed = next["gameHistory"][0]["provablyFair"]["serverSeed"].as_str().unwrap();
    assert_eq!(seed.len(), 64);
    assert_eq!(
        next["gameHistory"][0]["provablyFair"]["serverSeedHash"],
        payload(ours[0])["provablyFair"]["serverSeedHash"]
    );
}

#[test]
fn padded_frames_are_as_large_as_captured_ones() {
    let mut sizes = BTreeMap::<CueKind, usize>::new();
    for cue in script(1, Style { padded: true, ..STYLE }) {
        let size = sizes.entry(cue.kind).or_default();
        *size = cue.frame.payload.get().len().max(*size);
    }
    assert!((3_000..7_000).contains(&sizes[&CueKind::Tick]), "{sizes:?}");
    assert!((270_000..500_000).contains(&sizes[&CueKind::Genesis]), "{sizes:?}");
}

#[test]
fn the_same_seed_tells_the_same() {
    let told = || {
        let cues = script(3, STYLE).into_iter();
        cues.map(|cue| (cue.at_ms, cue.kind, cue.frame.payload.get().to_owned()))
            .collect::<Vec<_>>()
    };
    assert_eq!(told(), told());
}
