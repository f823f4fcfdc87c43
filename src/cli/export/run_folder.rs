//! The folder of a run as tables.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use super::{Args, Exported, Format, What, Writing, chosen};
use crate::backtest::columns::{Origin, Rows as _};
use crate::backtest::run::folder;
use crate::backtest::run::written::Written;
use crate::base::error::{Error, ErrorKind};
use crate::cli::console::Console;

/// Every table that a run may have.
const TABLES: [What; 4] = [What::Games, What::Postings, What::Refusals, What::Ticks];

/// Writes the tables of a run.
///
/// # Errors
/// When a file cannot be read or written, or the export is interrupted.
pub(super) fn export(
    args: &Args,
    path: &Path,
    (stop, console): (&AtomicBool, Console),
) -> Result<Exported, Error> {
    let run = Written::open(path)?;
    if run.rows == folder::Format::Parquet && args.format == Format::Parquet {
        let what = format!("{} already holds Parquet files", path.display());
        return Err(
            Error::new(ErrorKind::Usage, what).hint("give --format csv or jsonl, or read these")
        );
    }
    if run.status == "running" {
        tracing::warn!("{} is marked as running: its last rows may be missing", path.display());
    }
    let there: Vec<_> = TABLES.into_iter().filter(|what| run.has(what.table())).collect();
    let wanted = chosen(args, &there, "this run")?;
    let origin = Origin::scenario(&run.scenario);
    let mut tables = Vec::new();
    for what in wanted {
        let progress = console.progress(run.bytes(what.table())?, "bytes");
        let mut writing = Writing::begin(args, what.table(), (&origin, stop))?;
        run.rows_of(what.table(), |row, at| {
            progress.set_position(at);
            writing.push(row)
        })?;
        progress.finish_and_clear();
        tables.push(writing.end()?);
    }
    Ok(Exported { out: args.out.clone(), tables, recordings: None })
}
