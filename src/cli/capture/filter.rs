//! `replayer capture filter`: events selected by name.

use std::path::PathBuf;

use super::EventLine;
use crate::base::error::Error;
use crate::cli::console::Console;
use crate::feed::capture::{discover, read_file};

/// Print events, one JSON object per line: seq, time, dir, event, data
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Captures, or directories of them
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Print only events of these names [default: all]
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    event: Vec<String>,
    /// Stop after N events
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
}

/// Runs the command.
///
/// # Errors
/// When a capture cannot be read or stdout cannot be written.
pub(super) fn run(args: &Args, console: Console) -> Result<(), Error> {
    let mut left = args.limit.unwrap_or(u64::MAX);
    for path in discover(&args.paths)? {
        read_file(&path, |event| {
            let asked = args.event.is_empty() || args.event.iter().any(|name| name == event.name);
            if !asked || left == 0 {
                return Ok(());
            }
            left -= 1;
            console.print_json(&EventLine::of(event)?)
        })?;
    }
    Ok(())
}
