//! `replayer capture`: the contents of raw captures of a feed.

mod filter;
mod list;
mod report;
mod show;

use std::process::ExitCode;

use serde::Serialize;
use serde_json::value::RawValue;

use super::console::Console;
use crate::base::error::{Error, ErrorKind};
use crate::feed::capture::{CapturedEvent, Direction};
use crate::games::recording::Timestamp;

/// Usage examples, appended to `--help`.
const EXAMPLES: &str = "\
Examples:
  replayer capture list captures/
  replayer capture report captures/capture_20251212_171658_001.jsonl.zst
  replayer capture show capture.jsonl.gz 17 18
  replayer capture filter capture.jsonl.gz --event newTrade | jq .data
  replayer capture list captures/ --json";

/// Inspect raw captures of a feed: list, filter, show and count their events
///
/// Reads the files of `record --raw`, and captures by other programs with one object per line,
/// plain, gzip or zstd. A damaged line costs only that line. The layouts: docs/recording-format.md.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
    /// Print JSON instead of text
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    List(list::Args),
    Filter(filter::Args),
    Show(show::Args),
    Report(report::Args),
}

/// Runs the command.
///
/// # Errors
/// When a capture cannot be read, an event does not exist, or stdout cannot be written.
pub(super) fn run(args: &Args, console: Console) -> Result<ExitCode, Error> {
    match &args.command {
        Command::List(list) => list::run(list, args.json, console),
        Command::Filter(filter) => filter::run(filter, console),
        Command::Show(show) => show::run(show, args.json, console),
        Command::Report(report) => report::run(report, args.json, console),
    }?;
    Ok(ExitCode::SUCCESS)
}

/// Captures that could not be read, of some: each costs itself, and the command ends with an error.
struct Unreadable {
    count: usize,
    of: usize,
}

impl Unreadable {
    const fn of(files: usize) -> Self {
        Self { count: 0, of: files }
    }

    /// What was read; tells why not, and counts, otherwise.
    fn pass<T>(&mut self, read: Result<T, Error>, console: Console) -> Option<T> {
        let told = read.inspect_err(|error| console.complain(error));
        self.count += usize::from(told.is_err());
        told.ok()
    }

    fn end(self) -> Result<(), Error> {
        match self {
            Self { count: 0, .. } => Ok(()),
            Self { count, of } => {
                let what = format!("could not read {count} of {of} captures");
                Err(Error::new(ErrorKind::Io, what).hint("the reasons are above"))
            }
        }
    }
}

/// An event as it is printed: the same keys for every capture layout.
#[derive(Serialize)]
struct EventLine<'a> {
    seq: u64,
    time: Option<Timestamp>,
    dir: Direction,
    event: &'a str,
    data: &'a RawValue,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    bad: bool,
}

impl<'a> EventLine<'a> {
    fn of(event: &CapturedEvent<'a>) -> Result<Self, Error> {
        let CapturedEvent { number: seq, time, direction: dir, name, data, bad } = *event;
        let data = serde_json::from_str(data)
            .map_err(|source| Error::new(ErrorKind::Io, "invalid JSON").caused_by(source))?;
        Ok(Self { seq, time, dir, event: name, data, bad })
    }
}
