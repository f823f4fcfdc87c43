//! Files of ticks as a source: the same games as before, or an error that says what is wrong.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use proptest::prelude::*;
use replayer::backtest::columns::schema::{GAMES, Schema, TICKS};
use replayer::backtest::columns::{Origin, ParquetFile, Rows, tables, ticks};
use replayer::games::recording::{Fragment, Merger, Seen, Stage, Timestamp};
use replayer::model::ids::{GameId, GameIndex};
use replayer::model::price::Price;
use replayer::model::tape::Tape;
use sha2::{Digest as _, Sha256};

use crate::campaign::cases;

fn id(number: usize) -> GameId {
    GameId::new(&format!("20251207-{number:016x}")).unwrap()
}

/// Writes games as ticks and reads them back.
fn through(games: &[Fragment]) -> Vec<Fragment> {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("ticks.parquet");
    write(&path, games);
    ticks::read_file(&path).unwrap().recording.games
}

fn write(path: &Path, games: &[Fragment]) {
    let mut file = ParquetFile::create(path, &TICKS, &Origin::recordings()).unwrap();
    for (place, game) in (0..).map(GameIndex::after).zip(games) {
        tables::ticks(place, game, &mut file).unwrap();
    }
    file.finish().unwrap();
}

fn price() -> impl Strategy<Value = Price> {
    (1e-6_f64..1e6).prop_map(|raw| Price::new(raw).unwrap())
}

prop_compose! {
    fn seen()(
        tick in 0_u32..60,
        price in price(),
        time in prop::option::of(0_i64..10_000_000_000),
    ) -> Seen {
        Seen { tick, price, time: time.map(Timestamp::from_micros), closed: false, line: 0 }
    }
}

/// What a recording may know of a game: ticks in any order, with holes, echoes and contradictions,
/// and its rug, its echo, or neither.
fn known() -> impl Strategy<Value = (Vec<Seen>, Option<(Stage, Seen)>)> {
    let stage = prop_oneof![Just(Stage::Rug), Just(Stage::Reveal)];
    (prop::collection::vec(seen(), 0..60), prop::option::of((stage, seen())))
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn what_recordings_know_of_games_survives_columns(
        games in prop::collection::vec(known(), 1..5),
    ) {
        let games: Vec<_> = games
            .into_iter()
            .enumerate()
            .map(|(number, (ticks, rug))| {
                let mut game = Fragment::of(id(number), ticks, rug);
                game.remove_impossible();
                game
            })
            .filter(|game| game.first_tick().is_some())
            .collect();
        let back = through(&games);
        prop_assert_eq!(games.len(), back.len());
        for (before, after) in games.iter().zip(&back) {
            prop_assert_eq!(before.id(), after.id());
            prop_assert_eq!(before.incomplete(), after.incomplete());
            prop_assert_eq!(before.game().ok(), after.game().ok());
            if before.seen().any(|(_, seen)| seen.time.is_some()) {
                let unplaced = after.seen().map(|(stage, seen)| (stage, Seen { line: 0, ..seen }));
                prop_assert!(before.seen().eq(unplaced));
            }
        }
    }

    #[test]
    fn a_tape_survives_columns_to_the_last_bit(
        path in prop::collection::vec((0.76_f64..1.24, 0_u32..3_000), 2..80),
        rugged in any::<bool>(),
    ) {
        let mut raw = vec![1.0];
        raw.extend(path[1..].iter().scan(1.0, |price, (factor, _)| {
            *price *= factor;
            Some(*price)
        }));
        if rugged {
            raw.pop();
            raw.push(rug_of(&raw));
        }
        let prices: Vec<_> = raw.into_iter().map(|price| Price::new(price).unwrap()).collect();
        let tape = Tape { prices, rugged, gaps_ms: path.iter().map(|step| step.1).collect(), ..Tape::untold(id(7)) };
        let place = tempfile::tempdir().unwrap();
        let file_path = place.path().join("t.parquet");
        let mut file = ParquetFile::create(&file_path, &TICKS, &Origin::recordings()).unwrap();
        tables::tape(GameIndex::after(3), &tape, &mut file).unwrap();
        file.finish().unwrap();
        let back = ticks::read_file(&file_path).unwrap().recording;
        prop_assert_eq!(back.games.len(), 1);
        prop_assert_eq!(back.games[0].incomplete().is_none(), rugged);
        if let Ok(game) = back.games[0].game() {
            prop_assert_eq!((&game.prices, game.rugged), (&tape.prices, true));
            // Tick 0 comes at the nominal gap, whatever came before it.
            prop_assert_eq!(&game.gaps_ms[1..], &tape.gaps_ms[1..]);
        }
    }
}

/// What the law makes of the lowest price of a path that begins at 1.
fn rug_of(path: &[f64]) -> f64 {
    path.iter().copied().fold(1.0, f64::min) * (1.0 - 0.98)
}

/// A file of two games, and its bytes.
fn whole(place: &Path) -> (PathBuf, Vec<u8>) {
    let path = place.join("ticks.parquet");
    let prices: Vec<_> = (0..89).map(|tick| 1.0 + f64::from(tick).sin() / 10.0).collect();
    let game = |number: usize| {
        let seen = |(tick, price): (u32, f64)| {
            let price = Price::new(price).unwrap();
            let time = Some(Timestamp::MADE_UP.after_ms(tick * 251));
            Seen { tick, price, time, closed: false, line: 0 }
        };
        let ticks = (0..).zip(prices.iter().copied()).map(seen).collect();
        Fragment::of(id(number), ticks, Some((Stage::Rug, seen((89, rug_of(&prices))))))
    };
    write(&path, &[game(0), game(1)]);
    let bytes = fs::read(&path).unwrap();
    (path, bytes)
}

fn games(path: &Path) -> Result<Vec<Tape>, String> {
    let read = ticks::read_file(path).map_err(|error| error.to_string())?;
    let mut merger = Merger::default();
    merger.add(read.recording);
    Ok(merger.finish().games)
}

#[test]
fn a_file_that_was_cut_anywhere_is_an_error_that_says_what_to_do() {
    let place = tempfile::tempdir().unwrap();
    let (path, bytes) = whole(place.path());
    for length in (0..bytes.len()).step_by(41).chain([bytes.len() - 1]) {
        fs::write(&path, &bytes[..length]).unwrap();
        let said = games(&path).unwrap_err();
        assert!(
            said.contains("ticks.parquet was not written by replayer, or is truncated"),
            "{said}"
        );
        assert!(said.contains("hint") && said.contains("export"), "{said}");
    }
}

#[test]
fn a_byte_that_was_changed_anywhere_is_noticed() {
    let place = tempfile::tempdir().unwrap();
    let (path, bytes) = whole(place.path());
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 0x15;
        fs::write(&path, &changed).unwrap();
        let said = games(&path).unwrap_err();
        let known = ["ticks.parquet is damaged", "ticks.parquet was not written by replayer"];
        assert!(known.iter().any(|known| said.contains(known)), "byte {at}: {said}");
    }
    fs::write(&path, &bytes).unwrap();
    assert_eq!(games(&path).unwrap().len(), 2);
}

/// A Parquet file of one column, as another program may write it.
fn foreign(path: &Path, about: &[(&str, &str)]) {
    let columns = parse_message_type("message schema { REQUIRED INT64 tick; }").unwrap();
    let about = about.iter().map(|(key, value)| KeyValue::new((*key).into(), (*value).to_owned()));
    let properties =
        WriterProperties::builder().set_key_value_metadata(Some(about.collect())).build();
    let (columns, properties) = (Arc::new(columns), Arc::new(properties));
    let writer = SerializedFileWriter::new(Vec::new(), columns, properties).unwrap();
    fs::write(path, writer.into_inner().unwrap()).unwrap();
}

/// Puts our seal on a file of another program.
fn seal(path: &Path) {
    let bytes = fs::read(path).unwrap();
    let footer = u32::from_le_bytes(bytes[bytes.len() - 8..][..4].try_into().unwrap());
    let (content, footer) = bytes.split_at(bytes.len() - 8 - footer as usize);
    let digest = Sha256::new().chain_update(content).chain_update(footer).finalize();
    fs::write(path, [content, b"replayer", &digest, footer].concat()).unwrap();
}

#[test]
fn a_foreign_file_and_one_of_another_table_or_version_are_told_apart() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("x.parquet");
    let said = || games(&path).unwrap_err();
    fs::write(&path, "{\"type\": \"tick\"}\n").unwrap();
    assert!(said().contains("was not written by replayer"), "{}", said());
    foreign(&path, &[]);
    assert!(said().contains("was not written by replayer"), "{}", said());
    let schema = ("replayer.schema", "ticks");
    let newer = [schema, ("replayer.schema_version", "2"), ("replayer.version", "9.9.9")];
    foreign(&path, &newer);
    seal(&path);
    for part in ["version 2", "written by replayer 9.9.9", "reads up to version 1"] {
        assert!(said().contains(part), "{}", said());
    }
    // The right words on the wrong columns.
    foreign(&path, &[schema, ("replayer.schema_version", "1")]);
    seal(&path);
    assert!(said().contains("its columns are not those of its version"), "{}", said());
    fs::remove_file(&path).unwrap();
    let other: &Schema = &GAMES;
    ParquetFile::create(&path, other, &Origin::recordings()).unwrap().finish().unwrap();
    assert!(said().contains("holds `games`, not `ticks`"), "{}", said());
    fs::remove_file(&path).unwrap();
    assert!(said().contains("could not open"), "{}", said());
}
