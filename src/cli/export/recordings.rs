//! Recordings as tables of games and ticks.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::Serialize;
use tracing::{info, warn};

use super::{Args, Exported, What, Writing, chosen};
use crate::backtest::columns::{Origin, tables, ticks};
use crate::base::error::{Error, ErrorKind};
use crate::cli::console::Console;
use crate::games::recording::{Found, Merger, find};
use crate::model::ids::GameIndex;

/// Counts of what the recordings contained, as `inspect` counts it.
#[derive(Debug, Default, Serialize)]
pub(super) struct ExportCounts {
    files: u64,
    records: u64,
    bad_lines: u64,
    salvaged: u64,
    pub(super) games: u64,
    complete: u64,
    incomplete: u64,
    /// Files that could not be read.
    unreadable: u64,
    /// Other files and folders in the folders.
    not_looked_at: u64,
}

impl fmt::Display for ExportCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { files, records, bad_lines, salvaged, games, complete, incomplete, .. } = self;
        if self.unreadable > 0 {
            writeln!(f, "{} files could not be read;", self.unreadable)?;
        }
        writeln!(
            f,
            "{files} files read: {records} good lines, {bad_lines} bad lines, {salvaged} rows \
             salvaged from these;\n{games} games: {complete} complete, {incomplete} incomplete"
        )
    }
}

/// Writes the tables of recordings.
///
/// # Errors
/// When a file cannot be read or written, or the export is interrupted.
pub(super) fn export(
    args: &Args,
    (stop, console): (&AtomicBool, Console),
) -> Result<Exported, Error> {
    let wanted = chosen(args, &[What::Ticks, What::Recorded], "a set of recordings")?;
    let (counts, merger) = read(args, (stop, console))?;
    let known = merger.known();
    let mut written = Vec::new();
    for what in wanted {
        let progress = console.progress(counts.games, "games");
        let mut writing = Writing::begin(args, what.table(), (&Origin::recordings(), stop))?;
        for (place, (game, files)) in (0..).map(GameIndex::after).zip(known) {
            match what {
                What::Ticks => tables::ticks(place, game, &mut writing)?,
                _ => tables::recorded(place, (game, *files), &mut writing)?,
            }
            progress.inc(1);
        }
        progress.finish_and_clear();
        written.push(writing.end()?);
    }
    Ok(Exported { out: args.out.clone(), tables: written, recordings: Some(counts) })
}

/// Reads all recordings. A file that cannot be read costs itself only.
///
/// # Errors
/// When no file can be read, or the export is interrupted.
pub(super) fn read(
    args: &Args,
    (stop, console): (&AtomicBool, Console),
) -> Result<(ExportCounts, Merger), Error> {
    let Found { files: paths, others } = find(&args.paths)?;
    let mut counts = ExportCounts { not_looked_at: others.count(), ..ExportCounts::default() };
    if others.count() > 0 {
        info!("{others}");
    }
    let (mut merger, mut first_error) = (Merger::default(), None);
    let progress = console.progress(paths.len() as u64, "files");
    for path in progress.wrap_iter(paths.iter()) {
        if stop.load(Ordering::Relaxed) {
            return Err(Error::new(ErrorKind::Interrupted, "interrupted while reading")
                .hint("nothing was written"));
        }
        let recording = match ticks::read_recording(path) {
            Ok(recording) => recording,
            Err(error) => {
                progress.suspend(|| warn!("{error:#}"));
                counts.unreadable += 1;
                first_error.get_or_insert(error);
                continue;
            }
        };
        progress.suspend(|| recording.impossible(path).for_each(|bad| warn!("{bad}")));
        counts.files += 1;
        counts.records += recording.records;
        counts.bad_lines += recording.bad_lines;
        counts.salvaged += recording.salvaged;
        merger.add(recording);
    }
    progress.finish_and_clear();
    if let Some(error) = first_error.filter(|_| counts.files == 0) {
        return Err(error);
    }
    let known = merger.known();
    counts.games = known.len() as u64;
    counts.incomplete = known.iter().filter(|(game, _)| game.incomplete().is_some()).count() as u64;
    counts.complete = counts.games - counts.incomplete;
    Ok((counts, merger))
}
