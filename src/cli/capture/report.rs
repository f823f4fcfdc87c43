//! `replayer capture report`: the events by name, with the keys of their data.

use std::fmt::Write as _;
use std::path::PathBuf;

use serde::Serialize;

use super::Unreadable;
use crate::base::decimals::counted;
use crate::base::error::Error;
use crate::base::printable;
use crate::cli::console::Console;
use crate::cli::layout;
use crate::feed::capture::{CaptureCounts, EventKind, Inventory, discover, read_file};

/// Count events by name, and how often each key occurs in their data
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Captures, or directories of them
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
}

/// Totals over all captures.
#[derive(Serialize)]
struct Report {
    files: usize,
    #[serde(flatten)]
    counts: CaptureCounts,
    #[serde(flatten)]
    inventory: Inventory,
}

/// Runs the command.
///
/// # Errors
/// When a capture cannot be read or stdout cannot be written.
pub(super) fn run(args: &Args, json: bool, console: Console) -> Result<(), Error> {
    let paths = discover(&args.paths)?;
    let (mut counts, mut inventory) = (CaptureCounts::default(), Inventory::default());
    let mut unreadable = Unreadable::of(paths.len());
    for path in &paths {
        let read = read_file(path, |event| {
            inventory.add(event);
            Ok(())
        });
        let Some(read) = unreadable.pass(read, console) else { continue };
        counts.events += read.events;
        counts.bad_lines += read.bad_lines;
        counts.lost += read.lost;
    }
    let files = paths.len() - unreadable.count;
    let report = Report { files, counts, inventory };
    if json { console.print_json(&report) } else { console.print(text(&report)) }?;
    unreadable.end()
}

fn text(report: &Report) -> String {
    let Report { files, counts: CaptureCounts { events, bad_lines, lost }, inventory } = report;
    let mut kinds: Vec<(&String, &EventKind)> = inventory.kinds.iter().collect();
    kinds.sort_by_key(|(name, kind)| (std::cmp::Reverse(kind.count), *name));
    let mut table =
        layout::table(&["event", "count", "%", "mean bytes", "largest", "bad", "sample"]);
    for (name, kind) in &kinds {
        table.add_row([
            (*name).clone(),
            kind.count.to_string(),
            percent(kind.count, *events),
            (kind.bytes / kind.count.max(1)).to_string(),
            kind.largest.to_string(),
            kind.bad.to_string(),
            kind.sample.to_string(),
        ]);
    }
    layout::right(&mut table, 1..7);
    let mut text = format!(
        "{} of {} in {}; {}, {lost} lost\n\n{}\n",
        counted(*events, "event"),
        counted(kinds.len(), "name"),
        counted(*files, "file"),
        counted(*bad_lines, "bad line"),
        table
    );
    for (name, kind) in kinds.iter().filter(|(_, kind)| !kind.keys.is_empty()) {
        text += &keys(name, kind);
    }
    text.trim_end().to_owned()
}

/// The keys of an event's data, the most frequent first.
fn keys(name: &str, kind: &EventKind) -> String {
    let mut keys: Vec<_> = kind.keys.iter().collect();
    keys.sort_by_key(|(name, key)| (std::cmp::Reverse(key.count), *name));
    let mut text = format!("\n{}\n", printable::one_line(name));
    for (key, seen) in keys {
        let values: Vec<_> = seen.values.keys().copied().collect();
        let _ = writeln!(
            text,
            "  {}: {} ({} %), {}",
            printable::one_line(key),
            seen.count,
            percent(seen.count, kind.count),
            values.join(" or ")
        );
    }
    if kind.other_keys > 0 {
        let _ = writeln!(text, "  other keys: {}", kind.other_keys);
    }
    text
}

/// A percentage with one decimal.
fn percent(part: u64, of: u64) -> String {
    let tenths = (part * 1_000 + of / 2).checked_div(of).unwrap_or_default();
    format!("{}.{}", tenths / 10, tenths % 10)
}
