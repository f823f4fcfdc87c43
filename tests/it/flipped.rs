//! Files of which single bits are flipped, at random places: nothing changes without being noticed.
//!
//! What has a checksum is held to it here: recordings in zstd, columns, the folder of a run that goes on.
//! What is text is held to costing its own line and no other elsewhere (`recordings::damage`, `scenarios::robust`,
//! `config`).

use std::fmt::Debug;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use replayer::columns::ticks;
use replayer::recording;

use crate::program::replayer;
use crate::record::{config, only, record, session};

/// A run that is over in a moment.
const SCENARIO: &str = "Scenario(name: \"flipped\", seed: 5, source: Generated(games: 20), \
    bankroll: PerGame(0.1), bots: [(id: \"c\", strategy: Conservative()), (id: \"r\", strategy: Random())])";

/// What a reader made of a damaged file.
enum Verdict {
    /// The content is the same: the bit means nothing.
    Same,
    /// The rest was read, and the damage counted.
    Counted,
    Refused,
    /// The content is another one, and nobody said so.
    Wrong,
}

/// How many files of a kind are tried; `REPLAYER_FLIPS` for more.
fn flips(usual: u64) -> u64 {
    std::env::var("REPLAYER_FLIPS").map_or(usual, |flips| flips.parse().unwrap())
}

/// Flips one bit of a file at a time, lets it be read, and puts it back.
fn campaign(name: &str, path: &Path, usual: u64, mut read: impl FnMut(u64) -> Verdict) {
    let whole = fs::read(path).unwrap();
    let mut random = ChaCha8Rng::seed_from_u64(whole.len() as u64);
    let (mut same, mut counted, mut refused, mut wrong, mut panics) = (0, 0, 0, 0, 0);
    for _ in 0..flips(usual) {
        let mut damaged = whole.clone();
        let bit = random.next_u64() % (8 * whole.len() as u64);
        damaged[usize::try_from(bit / 8).unwrap()] ^= 1 << (bit % 8);
        fs::write(path, damaged).unwrap();
        match catch_unwind(AssertUnwindSafe(|| read(bit))) {
            Ok(Verdict::Same) => same += 1,
            Ok(Verdict::Counted) => counted += 1,
            Ok(Verdict::Refused) => refused += 1,
            Ok(Verdict::Wrong) => wrong += 1,
            Err(_) => panics += 1,
        }
    }
    fs::write(path, whole).unwrap();
    eprintln!(
        "measured: {name}: {} flipped, {same} the same, {counted} counted as damage, {refused} refused, \
         {wrong} accepted wrongly, {panics} panics",
        flips(usual)
    );
    assert_eq!((wrong, panics), (0, 0), "{name}");
    assert!(counted + refused > 0, "{name}: no flip was noticed");
}

/// What of a recording is compared.
fn content(games: &impl Debug) -> String {
    format!("{games:?}")
}

#[test]
fn a_bit_of_a_recording_changes_no_price_without_being_counted() {
    let place = tempfile::tempdir().unwrap();
    record(config(place.path()), &session(3));
    let (path, whole) = only(place.path());
    let (records, whole) = (whole.records, content(&whole.games));
    campaign("recording", &path, 300, |_| match recording::read_file(&path) {
        Err(_) => Verdict::Refused,
        Ok(read) if read.bad_lines > 0 => Verdict::Counted,
        Ok(read) if read.records == records && content(&read.games) == whole => Verdict::Same,
        Ok(_) => Verdict::Wrong,
    });
}

#[test]
fn a_bit_of_columns_costs_the_file() {
    let place = tempfile::tempdir().unwrap();
    record(config(&place.path().join("ours")), &session(3));
    let exported = replayer(place.path(), &["export", "ours", "--out", "ticks"]);
    assert!(exported.status.success(), "{exported:?}");
    let path = place.path().join("ticks/ticks/part-000000.parquet");
    let whole = content(&ticks::read_file(&path).unwrap().recording.games);
    campaign("columns", &path, 300, |_| match ticks::read_file(&path) {
        Err(_) => Verdict::Refused,
        Ok(read) if content(&read.recording.games) == whole => Verdict::Same,
        Ok(_) => Verdict::Wrong,
    });
}

#[test]
fn a_bit_of_the_folder_of_a_run_is_mended_or_refused_when_it_goes_on() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("s.ron"), SCENARIO).unwrap();
    let run = |more: &[&str]| {
        let own = ["run", "s.ron", "--out", "out", "--ticks", "--json"];
        replayer(place.path(), &[&own[..], more].concat())
    };
    assert!(run(&[]).status.success());
    let files = crate::record::files(&place.path().join("out"));
    let whole: Vec<_> = files.iter().map(|path| fs::read(path).unwrap()).collect();
    for path in &files {
        let name = format!("run: {}", path.file_name().unwrap().display());
        // What a run writes in one piece at its end is written anew, and needs no many tries.
        campaign(&name, path, 12, |_| {
            let damaged = fs::read(path).unwrap();
            let resumed = run(&["--resume"]);
            let now: Vec<_> = files.iter().map(|path| fs::read(path).unwrap()).collect();
            let left = fs::read(path).unwrap() == damaged;
            for (path, bytes) in files.iter().zip(&whole) {
                fs::write(path, bytes).unwrap();
            }
            match resumed.status.code() {
                Some(0) if now == whole => Verdict::Counted,
                Some(2 | 3) if left => Verdict::Refused,
                _ => Verdict::Wrong,
            }
        });
    }
}
