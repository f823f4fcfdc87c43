//! Recordings, first read: bytes to playable games, beside a typed parse of each line and nothing
//! else. Target: at least 300 MB/s per core. Second read, from columns: at least five times that
//! (docs/spec/performance.md#reading); throughput is told in bytes of the lines, so that the
//! figures compare.

use std::fmt::Write as _;
use std::hint::black_box;
use std::path::{Path, PathBuf};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use replayer::backtest::columns::ticks;
use replayer::bench::reading::to_columns;
use replayer::games::recording::{self, Merger};
use serde::Deserialize;

/// Games in the generated corpus: about 20 MB.
const GAMES: u64 = 250;

/// What a program would write that wants the numbers and trusts the file.
#[derive(Deserialize)]
#[expect(dead_code, reason = "parsed, not looked at")]
struct Trusting<'a> {
    game_id: &'a str,
    timestamp: &'a str,
    tick: Option<u32>,
    price: Option<f64>,
    phase: Option<&'a str>,
    rugged: Option<bool>,
}

/// One file per game, shaped as the original wrote them: countdown, ticks, both rug frames.
fn generated() -> Vec<Vec<u8>> {
    (0..GAMES).map(|number| game(number).into_bytes()).collect()
}

fn game(number: u64) -> String {
    let id = format!("20251101-{number:016x}");
    let mut text = format!(
        "{{\"type\": \"game_start\", \"timestamp\": \"2025-11-01T00:00:00.000000\", \"game_id\": \"{id}\"}}\n"
    );
    let mut row = |tick: u64, price: f64, phase: &str, flags: (bool, bool), timer: u64| {
        let ((active, rugged), seconds) = (flags, tick / 4);
        writeln!(
            text,
            "{{\"type\": \"tick\", \"timestamp\": \"2025-11-01T00:{:02}:{:02}.{:06}\", \"game_id\": \"{id}\", \"tick\": {tick}, \"price\": {price:?}, \"phase\": \"{phase}\", \"active\": {active}, \"rugged\": {rugged}, \"cooldown_timer\": {timer}, \"trade_count\": {tick}}}",
            seconds / 60 % 60,
            seconds % 60,
            tick % 4 * 250_123,
        )
        .expect("a string takes all text");
    };
    for timer in (1..150).rev() {
        let phase = if timer > 100 { "UNKNOWN" } else { "PRESALE" };
        row(0, 1.0, phase, (false, false), timer * 100);
    }
    let (mut price, mut low) = (1.0_f64, 1.0_f64);
    let rug = 50 + number * 37 % 400;
    for tick in 0..rug {
        row(tick, price, "ACTIVE_GAMEPLAY", (true, false), 0);
        // Any path with full doubles will do.
        price *= 1.0 + ((tick * 2_654_435_761 + number) % 1_000) as f64 / 20_000.0 - 0.0245;
        low = low.min(price);
    }
    row(rug, low * (1.0 - 0.98), "ACTIVE_GAMEPLAY", (true, true), 0);
    row(rug + 2, low * (1.0 - 0.98), "RUG_EVENT_1", (true, true), 0);
    text
}

/// The real recordings, where they are.
fn real() -> Option<Vec<Vec<u8>>> {
    let root = std::env::var_os("REPLAYER_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data"),
        PathBuf::from,
    );
    let paths = recording::discover(&[root.join("recordings")]).ok()?;
    Some(paths.iter().map(|path| std::fs::read(path).expect("a readable file")).collect())
}

fn read_all(files: &[Vec<u8>]) -> usize {
    let mut merger = Merger::default();
    for file in files {
        merger.add(recording::read(&file[..]).expect("memory can be read"));
    }
    merger.finish().games.len()
}

fn read_columns(path: &Path) -> usize {
    let mut merger = Merger::default();
    merger.add(ticks::read_file(path).expect("a whole file").recording);
    merger.finish().games.len()
}

fn parse_all(files: &[Vec<u8>]) -> usize {
    let lines = files.iter().flat_map(|file| file.split(|&byte| byte == b'\n'));
    lines
        .filter(|line| {
            serde_json::from_slice::<Trusting<'_>>(line).is_ok_and(|row| {
                black_box(&row);
                true
            })
        })
        .count()
}

fn benches(criterion: &mut Criterion) {
    for (name, files) in [("generated", Some(generated())), ("real", real())] {
        let Some(files) = files else { continue };
        let mut group = criterion.benchmark_group(format!("recordings/{name}"));
        group.throughput(Throughput::Bytes(files.iter().map(|file| file.len() as u64).sum()));
        group.sample_size(20);
        group.bench_function("read", |bencher| bencher.iter(|| read_all(black_box(&files))));
        let folder = tempfile::tempdir().expect("a folder for temporary files");
        let path = folder.path().join("ticks.parquet");
        to_columns(&files.join(&b'\n'), &path).expect("room for a temporary file");
        group.bench_function("read columns", |bencher| bencher.iter(|| read_columns(&path)));
        group.bench_function("parse only", |bencher| bencher.iter(|| parse_all(black_box(&files))));
        group.finish();
    }
}

criterion_group!(reader, benches);
criterion_main!(reader);
