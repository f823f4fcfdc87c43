//! Finds the files of sessions and reads them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use tracing::warn;

use super::row::HistoryRow;
use crate::backtest::columns::schema::{Cell, GAMES};
use crate::backtest::columns::ticks;
use crate::backtest::run::written::Written;
use crate::base::error::{Error, ErrorKind};
use crate::base::files::can_be_read;
use crate::games::recording::{Fragment, is_recording};

/// The files of sessions.
#[derive(Debug, Default)]
pub(super) struct Sessions {
    /// Recordings, finished or growing; those of one session in chronological order.
    pub(super) parts: Vec<PathBuf>,
    /// Folders with the bots' journals.
    pub(super) journals: Vec<PathBuf>,
    /// Folders of runs and sweeps, which recorded nothing.
    pub(super) runs: Vec<PathBuf>,
}

/// All sessions in these folders and below.
///
/// # Errors
/// When a folder cannot be read, or none of them holds a recording or a run.
pub(super) fn sessions(paths: &[PathBuf]) -> Result<Sessions, Error> {
    let mut found = Sessions::default();
    for path in paths {
        look(path, &mut found)?;
    }
    if found.parts.is_empty() && found.journals.is_empty() && found.runs.is_empty() {
        let named: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
        let what = format!("no recording and no run in {}", named.join(", "));
        return Err(Error::new(ErrorKind::Io, what).hint(
            "`replayer live` writes sessions, `replayer record` recordings, `replayer run` runs",
        ));
    }
    // Sorted by session, and within each by time.
    found.parts.sort();
    Ok(found)
}

/// Collects a folder of a session or of recordings, or searches its subfolders.
fn look(folder: &Path, found: &mut Sessions) -> Result<(), Error> {
    if Written::is_at(folder) {
        if folder.join("recording").is_dir() {
            found.journals.push(folder.to_owned());
            look(&folder.join("recording"), found)?;
            // An armed session that went on played the rest in parts.
            return parts_of(folder)?.iter().try_for_each(|part| look(part, found));
        }
        // A run on someone else's recordings, or on generated games, is not a session.
        found.runs.push(folder.to_owned());
        return Ok(());
    }
    let entries = fs::read_dir(folder).map_err(|source| Error::io("read", folder, source))?;
    for entry in entries {
        let path = entry.map_err(|source| Error::io("read", folder, source))?.path();
        let name = path.file_name().unwrap_or_default();
        if path.is_dir() {
            look(&path, found)?;
        } else if (is_recording(name) || is_growing(&path)) && can_be_read(&path) {
            found.parts.push(path);
        }
    }
    Ok(())
}

/// The parts of an armed session that went on, in their order.
fn parts_of(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let failed = |source| Error::io("read", folder, source);
    let mut parts = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with("part-") && path.is_dir() {
            parts.push(path);
        }
    }
    parts.sort();
    Ok(parts)
}

/// Whether a recorder is writing the file, or was killed while it did.
fn is_growing(path: &Path) -> bool {
    let is_part = path.extension().is_some_and(|extension| extension == "part");
    is_part && path.file_stem().is_some_and(is_recording)
}

/// The games of a file. A file that has vanished was renamed when finished, or removed; another
/// one that cannot be read costs itself only.
pub(super) fn games_of(path: &Path) -> Vec<Fragment> {
    match ticks::read_recording(path) {
        Ok(recording) => recording.games,
        Err(error) => {
            // A link that leads nowhere has not vanished.
            if path.symlink_metadata().is_ok() {
                warn!("{error:#}");
            }
            Vec::new()
        }
    }
}

/// Adds the bots' gains in these games.
///
/// # Errors
/// When a journal cannot be read. A journal that is still being written is read as far as it is
/// intact.
pub(super) fn gains(journals: &[PathBuf], rows: &mut [HistoryRow]) -> Result<(), Error> {
    let (id, bot, pnl) = (GAMES.place("game_id"), GAMES.place("bot"), GAMES.place("pnl"));
    let mut places: BTreeMap<String, &mut HistoryRow> =
        rows.iter_mut().map(|row| (row.game.to_string(), row)).collect();
    journals.iter().try_for_each(|journal| {
        let journal = Written::open(journal)?;
        let read = journal.rows_of(&GAMES, |cells, _| {
            if let (Cell::Text(id), Cell::Text(bot), Cell::Sol(gain)) =
                (cells[id], cells[bot], cells[pnl])
                && let Some(row) = places.get_mut(id)
            {
                row.gain(bot, gain);
            }
            Ok(())
        });
        if journal.status == "running" { Ok(()) } else { read }
    })
}
