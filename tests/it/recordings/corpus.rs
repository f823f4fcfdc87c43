//! The 220 real recordings against the manifest that was measured by other means.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use replayer::games::recording::{self, Grade, Library, Recording};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::data::reference;

/// A line of the manifest. It counts tick rows in file order, so some of its fields say something
/// else than ours do; every difference is accounted for below.
#[derive(Deserialize)]
struct Expected {
    file: String,
    game_id: String,
    records: u64,
    tick_records: u64,
    /// Tick number of the first tick row, countdown included.
    first_tick: u32,
    /// Tick number of the last tick row: usually the second rug frame, one or more too high.
    last_tick: u32,
    /// Sum of all forward jumps from row to row, that inflation included.
    missing_ticks: u64,
    out_of_order: u32,
    rug_tick: Option<u32>,
    /// As text: `serde_json` reads 0.020000000000000018 as 0.020000000000000014.
    rug_price: Option<Box<RawValue>>,
    complete_path: bool,
    rug_price_formula_ok: Option<bool>,
    peak_observed: Option<Box<RawValue>>,
    anomalies: Vec<String>,
}

impl Expected {
    fn bad_lines(&self) -> u64 {
        let bad = self.anomalies.iter().find_map(|anomaly| anomaly.strip_prefix("bad_json:"));
        bad.map_or(0, |count| count.parse().unwrap())
    }

    fn rug_price(&self) -> Option<f64> {
        self.rug_price.as_ref().map(|text| text.get().parse().unwrap())
    }

    fn peak(&self) -> Option<f64> {
        self.peak_observed.as_ref().map(|text| text.get().parse().unwrap())
    }
}

fn corpus() -> Option<Vec<(Expected, PathBuf, Recording)>> {
    let directory = reference("recordings")?;
    let manifest = fs::read_to_string(directory.join("manifest.jsonl")).unwrap();
    let read = |line: &str| {
        let expected: Expected = serde_json::from_str(line).unwrap();
        let path = directory.join(&expected.file);
        let recording = recording::read_file(&path).unwrap();
        (expected, path, recording)
    };
    Some(manifest.lines().map(read).collect())
}

#[test]
fn every_real_recording_reads_as_its_manifest_says() {
    let Some(corpus) = corpus() else { return };
    for (expected, _, recording) in &corpus {
        let file = &expected.file;
        let game = recording.only_game().expect(file);
        assert_eq!(game.id().as_str(), expected.game_id, "{file}");
        assert_eq!(recording.records, expected.records, "{file}");
        assert_eq!(recording.ticks, expected.tick_records, "{file}");
        assert_eq!(recording.bad_lines, expected.bad_lines(), "{file}");
        assert_eq!(recording.is_complete(), expected.complete_path, "{file}");
        if recording.salvaged == 0 {
            whole(expected, recording);
        }
        if let Ok(game) = game.game() {
            assert_eq!(Some(game.rug_law_holds()), expected.rug_price_formula_ok, "{file}");
            let path = &game.prices[..game.last_tick()];
            let peak = path.iter().map(|price| price.get()).fold(1.0, f64::max);
            assert_eq!(Some(peak), expected.peak(), "{file}");
            assert_eq!(game.gaps_ms.len(), game.prices.len(), "{file}");
        }
    }
}

/// Checks the ticks of a file that needed no salvage, which the manifest does not know of.
fn whole(expected: &Expected, recording: &Recording) {
    let file = &expected.file;
    let game = recording.only_game().unwrap();
    let rug = game.rug().map(|(tick, price)| (tick, price.get()));
    assert_eq!(rug, expected.rug_tick.zip(expected.rug_price()), "{file}");
    // Only countdown rows: they all say tick 0, which is not a tick of the game.
    let countdown_only = rug.is_none() && expected.peak_observed.is_none();
    if countdown_only {
        assert_eq!((game.first_tick(), expected.last_tick), (None, 0), "{file}");
        return;
    }
    // Someone who joined late is sent the tick before the first one after it: 637, 636, 638.
    let first = expected.first_tick - expected.out_of_order;
    assert_eq!(game.first_tick(), Some(first), "{file}");
    assert_eq!(game.out_of_order(), u64::from(expected.out_of_order), "{file}");
    let last = expected.rug_tick.unwrap_or(expected.last_tick);
    assert_eq!(game.last_tick(), Some(last), "{file}");
    let inflation = (expected.last_tick - last).saturating_sub(1);
    let artificial = u64::from(inflation + expected.out_of_order);
    assert_eq!(recording.missing_ticks(), expected.missing_ticks - artificial, "{file}");
}

#[test]
fn the_real_recordings_add_up_and_nothing_is_lost() {
    let Some(corpus) = corpus() else { return };
    let sum = |of: fn(&Recording) -> u64| corpus.iter().map(|entry| of(&entry.2)).sum::<u64>();
    assert_eq!(corpus.len(), 220);
    assert_eq!(sum(|recording| recording.records), 72_054);
    assert_eq!(sum(|recording| recording.ticks), 71_612);
    assert_eq!(sum(|recording| recording.bad_lines), 101);
    assert_eq!(sum(|recording| u64::from(recording.bad_lines > 0)), 6);
    assert_eq!(sum(|recording| recording.salvaged), 132);
    assert_eq!(sum(|recording| recording.inexact_prices), 0);
    let graded = |grade| corpus.iter().filter(|entry| entry.2.grade() == grade).count();
    let grades = [Grade::A, Grade::B, Grade::C, Grade::D, Grade::E, Grade::F].map(graded);
    assert_eq!(grades, [193, 3, 14, 4, 6, 0]);
}

#[test]
fn the_real_recordings_hold_218_games_of_which_196_are_complete() {
    let Some(directory) = reference("recordings") else { return };
    let library = Library::load(&[directory]).unwrap();
    assert_eq!((library.games.len(), library.incomplete.len()), (196, 22));
    assert_eq!((library.merged, library.conflicts), (2, 0));
    assert!(library.games.iter().all(replayer::model::tape::Tape::rug_law_holds));
    let why = |id: &str| {
        let game = library.incomplete.iter().find(|game| game.id.as_str() == id).unwrap();
        game.why.to_string()
    };
    assert_eq!(why("20251030-b02a5e56b31949ae"), "ticks 630 to 635 missing");
    // Its second file holds only the second rug frame, 45 ticks too high: the first file wins.
    assert_eq!(why("20251108-058c4413c6414491"), "ticks 1124 to 1155 missing");
}

#[test]
fn every_damaged_real_recording_gives_up_all_whole_rows() {
    let Some(corpus) = corpus() else { return };
    let damaged: BTreeMap<&str, (u64, u64)> = corpus
        .iter()
        .filter(|entry| entry.2.bad_lines > 0)
        .map(|(expected, _, recording)| {
            (expected.file.as_str(), (recording.salvaged, recording.missing_ticks()))
        })
        .collect();
    let wanted = BTreeMap::from([
        ("game_20251031_150633.jsonl", (14, 44)),
        ("game_20251031_150706.jsonl", (0, 0)),
        ("game_20251031_151222.jsonl", (104, 60)),
        ("game_20251031_152108.jsonl", (13, 22)),
        ("game_20251102_184909.jsonl", (0, 0)),
        ("game_20251102_190928.jsonl", (1, 0)),
    ]);
    assert_eq!(damaged, wanted);
}

/// Number and text of the price on every tick row of a game in play, as a plain text search
/// finds them: a second opinion that shares nothing with the reader.
fn price_texts(path: &Path) -> Vec<(u32, String)> {
    let field = |line: &str, name: &str| {
        let start = line.find(name)? + name.len();
        Some(line[start..].split([',', '}']).next()?.trim().to_owned())
    };
    let text = fs::read_to_string(path).unwrap();
    let lines = text.lines().filter(|line| line.matches('{').count() == 1 && line.ends_with('}'));
    lines
        .filter(|line| line.contains("\"GAME_ACTIVATION\"") || line.contains("\"ACTIVE_GAMEPLAY\""))
        .filter_map(|line| {
            let tick = field(line, "\"tick\":")?.parse().unwrap();
            Some((tick, field(line, "\"price\":")?))
        })
        .collect()
}

#[test]
fn every_recorded_price_is_exactly_the_decimal_that_was_written() {
    let Some(corpus) = corpus() else { return };
    let mut checked = 0;
    for (expected, path, recording) in &corpus {
        let Ok(game) = recording.only_game().unwrap().game() else { continue };
        for (tick, text) in price_texts(path) {
            let written = Decimal::from_str_exact(&text)
                .or_else(|_| Decimal::from_scientific(&text))
                .unwrap();
            let read = game.prices[tick as usize].to_decimal();
            assert_eq!(read, written, "{} tick {tick}", expected.file);
            checked += 1;
        }
    }
    assert!(checked > 35_000, "{checked}");
}
