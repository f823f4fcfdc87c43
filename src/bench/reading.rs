//! Reading recordings from columns against reading them from lines: from bytes to playable games on
//! both sides.

use std::fs;
use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::measure::{Effort, Figure, Lap, Race, Reach, race, time};
use crate::backtest::columns::schema::TICKS;
use crate::backtest::columns::{Origin, ParquetFile, Rows as _, tables, ticks};
use crate::base::error::Error;
use crate::games::fair::game::{Course, FairGame};
use crate::games::fair::generated::generated;
use crate::games::fair::recording::{self as written, START};
use crate::games::recording::{self, Library, Merger};
use crate::model::ids::GameIndex;

/// Number of games: some 12 MB of lines.
const GAMES: u64 = 250;

/// The minimum speed-up of columns over lines (docs/spec/performance.md#reading).
const TARGET: f64 = 5.0;

/// Ticks per second read from columns, against the same ticks read from lines.
///
/// # Panics
/// When the folder for temporary files cannot be written.
#[must_use]
pub fn measure(effort: Effort) -> Vec<Figure> {
    let lines = lines(effort.of(GAMES).max(1));
    let path = std::env::temp_dir().join(format!("replayer-bench-{}.parquet", std::process::id()));
    let written = to_columns(&lines, &path);
    let raced = written.map(|()| race(effort, || read_columns(&path), || read_lines(&lines)));
    // The measurement counts, even if a temporary file cannot be removed.
    let _ = fs::remove_file(&path);
    let Race { left: columns, right: lines } = raced.expect("temporary files can be written");
    vec![Figure {
        workload: "reading",
        what: "recordings from columns, vs from lines".into(),
        ticks_per_s: columns.rate(),
        baseline_ticks_per_s: Some(lines.rate()),
        reach: Reach::Ratio(TARGET),
    }]
}

/// Generated games as recordings, concatenated.
fn lines(games: u64) -> Vec<u8> {
    let (mut bytes, mut start) = (Vec::new(), START);
    for number in 0..games {
        let (seed, id) = generated(super::cast::SEED, number);
        let course = Course::of(FairGame::new(&seed, &id));
        start = written::write(&mut bytes, &id, &course, start).expect("memory takes all bytes");
    }
    bytes
}

/// Writes recordings as a file of ticks.
///
/// # Errors
/// When the file already exists or cannot be written.
///
/// # Panics
/// Never: memory can be read.
pub fn to_columns(lines: &[u8], path: &Path) -> Result<(), Error> {
    let mut merger = Merger::default();
    merger.add(recording::read(lines).expect("memory can be read"));
    let mut file = ParquetFile::create(path, &TICKS, &Origin::recordings())?;
    for (place, (game, _)) in (0..).map(GameIndex::after).zip(merger.known()) {
        tables::ticks(place, game, &mut file)?;
    }
    file.finish()
}

fn read_lines(lines: &[u8]) -> Lap {
    lap(|| {
        let mut merger = Merger::default();
        merger.add(recording::read(lines).expect("memory can be read"));
        merger.finish()
    })
}

fn read_columns(path: &Path) -> Lap {
    lap(|| {
        let mut merger = Merger::default();
        merger.add(ticks::read_file(path).expect("a file that was just written").recording);
        merger.finish()
    })
}

fn lap(read: impl FnOnce() -> Library) -> Lap {
    let (took, library) = time(read);
    let mut digest = Sha256::new();
    for game in &library.games {
        digest.update(game.id.as_str());
        game.prices.iter().for_each(|price| digest.update(price.get().to_bits().to_le_bytes()));
        game.gaps_ms.iter().for_each(|gap| digest.update(gap.to_le_bytes()));
    }
    let ticks = library.games.iter().map(|game| game.prices.len() as u64).sum();
    Lap { ticks, took, digest: digest.finalize().into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_are_read_as_the_same_games() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ticks.parquet");
        let lines = lines(12);
        to_columns(&lines, &path).unwrap();
        let (from_lines, from_columns) = (read_lines(&lines), read_columns(&path));
        assert_eq!(
            (from_lines.ticks, from_lines.digest),
            (from_columns.ticks, from_columns.digest)
        );
    }
}
