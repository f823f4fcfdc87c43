//! `replayer capture show`: some events in full.

use std::path::PathBuf;

use super::EventLine;
use crate::base::error::{Error, ErrorKind};
use crate::base::printable;
use crate::cli::console::Console;
use crate::feed::capture::read_file;

/// Show one event in full, or a range of them
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Capture file to read
    #[arg(value_name = "FILE")]
    path: PathBuf,
    /// Number of the first event
    #[arg(value_name = "SEQ")]
    from: u64,
    /// Number of the last event [default: the same]
    #[arg(value_name = "SEQ")]
    to: Option<u64>,
}

/// Runs the command.
///
/// # Errors
/// When the capture cannot be read, has no such event, or stdout cannot be written.
pub(super) fn run(args: &Args, json: bool, console: Console) -> Result<(), Error> {
    let wanted = args.from..=args.to.unwrap_or(args.from);
    let mut shown = 0;
    let counts = read_file(&args.path, |event| {
        if !wanted.contains(&event.number) {
            return Ok(());
        }
        shown += 1;
        let line = EventLine::of(event)?;
        if json {
            return console.print_json(&line);
        }
        let text = serde_json::to_value(&line).and_then(|line| serde_json::to_string_pretty(&line));
        let text = text.map_err(|source| {
            Error::new(ErrorKind::Io, "could not write JSON").caused_by(source)
        })?;
        console.print_as_it_is(printable::json(&text))
    })?;
    if shown == 0 {
        let what = format!("{} has no event {}", args.path.display(), args.from);
        return Err(Error::new(ErrorKind::Usage, what).hint(format!("it has {}", counts.events)));
    }
    Ok(())
}
