//! `replayer capture list`: captures, one line per file.

use std::path::PathBuf;

use serde::Serialize;

use super::Unreadable;
use crate::base::error::Error;
use crate::cli::console::Console;
use crate::cli::layout;
use crate::feed::capture::{CaptureCounts, Inventory, discover, read_file};
use crate::games::recording::Timestamp;

/// List captures: when they were made and what is in them
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Captures, or directories of them
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
}

/// One capture file in the list.
#[derive(Serialize)]
struct Row {
    file: PathBuf,
    #[serde(flatten)]
    counts: CaptureCounts,
    /// Number of distinct event names.
    kinds: usize,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    /// Size of the data of all events, in bytes.
    data_bytes: u64,
}

/// Runs the command.
///
/// # Errors
/// When a capture cannot be read or stdout cannot be written.
pub(super) fn run(args: &Args, json: bool, console: Console) -> Result<(), Error> {
    let mut table =
        layout::table(&["file", "events", "kinds", "from", "to", "bytes", "bad", "lost"]);
    let files = discover(&args.paths)?;
    let mut unreadable = Unreadable::of(files.len());
    for file in files {
        let mut inventory = Inventory::default();
        let read = read_file(&file, |event| {
            inventory.add(event);
            Ok(())
        });
        let Some(counts) = unreadable.pass(read, console) else { continue };
        let Inventory { ref kinds, first, last, .. } = inventory;
        let data_bytes = kinds.values().map(|kind| kind.bytes).sum();
        let row = Row { kinds: kinds.len(), file, counts, first, last, data_bytes };
        if json {
            console.print_json(&row)?;
            continue;
        }
        let time = |time: Option<Timestamp>| time.map_or_else(String::new, |time| time.to_string());
        table.add_row([
            row.file.display().to_string(),
            row.counts.events.to_string(),
            row.kinds.to_string(),
            time(row.first),
            time(row.last),
            row.data_bytes.to_string(),
            row.counts.bad_lines.to_string(),
            row.counts.lost.to_string(),
        ]);
    }
    if !json {
        layout::right(&mut table, 1..3);
        layout::right(&mut table, 5..8);
        console.print(&table)?;
    }
    unreadable.end()
}
