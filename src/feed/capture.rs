//! Raw captures: the events of a feed as received, one JSON object per line.
//!
//! Reads what [`RawRecorder`](crate::feed::record::RawRecorder) writes (docs/recording-format.md),
//! and the two layouts of other programs (docs/spec/recordings.md#raw-captures), in zstd, gzip or
//! plain text.

mod inventory;
mod line;

use std::fs;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use serde::Serialize;

pub use inventory::{EventKind, Inventory, InventoryKey};
pub(crate) use line::{write_event, write_head};

use crate::base::container::Text;
use crate::base::error::{Error, ErrorKind};
use crate::base::files::{can_be_read, reading};
use crate::base::lines::{InputLine, Lines};
pub use crate::games::events::Direction;
use crate::games::events::{self, EventLine};
use crate::games::recording::Timestamp;

/// The version of our layout.
pub const VERSION: u32 = 1;

/// Bytes read from a file at a time.
const READ_BYTES: usize = 256 << 10;

/// One event of a capture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CapturedEvent<'a> {
    /// Its number: that of the line, otherwise its place among the events, from 1.
    pub number: u64,
    /// Time of arrival, by the recorder's clock; `None` when unknown.
    pub time: Option<Timestamp>,
    /// The direction of the event.
    pub direction: Direction,
    /// Name of the event.
    pub name: &'a str,
    /// Its data, as sent in JSON; `null` where there are none.
    pub data: &'a str,
    /// True when the data were not JSON: `data` is then a JSON string of them.
    pub bad: bool,
}

/// An event as received, to be recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RawEvent<'a> {
    /// The name of the event.
    pub name: &'a str,
    /// Its data: JSON, as received.
    pub data: &'a str,
}

/// Counts of a capture that was read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct CaptureCounts {
    /// Number of events read.
    pub events: u64,
    /// Lines that are not events of a capture, plus damaged stretches of the file.
    pub bad_lines: u64,
    /// Number of events that the capture reports as missing.
    pub lost: u64,
}

/// Reads a capture and passes on each event.
///
/// # Errors
/// When the input cannot be read, and the error that `each` returns. Its content is never an error.
pub fn read(
    input: impl BufRead,
    mut each: impl FnMut(&CapturedEvent<'_>) -> Result<(), Error>,
) -> Result<CaptureCounts, Error> {
    let unreadable =
        |source: io::Error| Error::new(ErrorKind::Io, "could not read a capture").caused_by(source);
    let mut lines = Lines::new(Text::new(input).map_err(unreadable)?);
    let mut counts = CaptureCounts::default();
    loop {
        let line = lines.next().map_err(unreadable)?;
        let (at_end, parsed) = match line {
            None => (true, Some(EventLine::Remark)),
            Some(InputLine::TooLong) => (false, None),
            Some(InputLine::Text(text)) if text.trim_ascii().is_empty() => {
                (false, Some(EventLine::Remark))
            }
            Some(InputLine::Text(text)) => (false, events::parse(text)),
        };
        match parsed {
            Some(EventLine::Head | EventLine::Remark) => {}
            None => counts.bad_lines += 1,
            Some(EventLine::Gap(lost)) => counts.lost += lost,
            Some(EventLine::Event(fields)) => {
                counts.events += 1;
                each(&line::event(&fields, counts.events))?;
            }
        }
        while lines.input().next_damage().is_some() {
            counts.bad_lines += 1;
        }
        if at_end {
            return Ok(counts);
        }
    }
}

/// Reads a capture from a file, as [`read`] does.
///
/// # Errors
/// When it cannot be opened or read, and the error that `each` returns.
pub fn read_file(
    path: &Path,
    each: impl FnMut(&CapturedEvent<'_>) -> Result<(), Error>,
) -> Result<CaptureCounts, Error> {
    let file = reading::open(path).map_err(|source| Error::io("open", path, source))?;
    read(BufReader::with_capacity(READ_BYTES, file), each)
}

/// The captures at some paths, ordered by name. A file is taken whatever its name; of a directory,
/// all `*.jsonl`, also with `.gz` or `.zst` appended, except recordings of games.
///
/// # Errors
/// When a path does not exist, or a directory cannot be listed or has no captures.
pub fn discover(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    for path in paths {
        let about = fs::metadata(path).map_err(|source| Error::io("find", path, source))?;
        if !about.is_dir() {
            found.push(path.clone());
            continue;
        }
        let before = found.len();
        let list = |source| Error::io("list", path, source);
        for entry in fs::read_dir(path).map_err(list)? {
            let entry = entry.map_err(list)?;
            if is_capture(&entry.file_name().to_string_lossy()) && can_be_read(&entry.path()) {
                found.push(entry.path());
            }
        }
        if found.len() == before {
            let what = format!("no captures in {}", path.display());
            return Err(Error::new(ErrorKind::Io, what)
                .hint("a directory is searched, not recursively, for *.jsonl, also .gz and .zst"));
        }
    }
    found.sort();
    found.dedup();
    Ok(found)
}

fn is_capture(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let plain = name.strip_suffix(".gz").or(name.strip_suffix(".zst")).unwrap_or(&name);
    let game = name.starts_with("game_") || name.starts_with("feed_");
    plain.ends_with(".jsonl") && !game
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events(text: &str) -> (Vec<(u64, String, String)>, CaptureCounts) {
        let mut events = Vec::new();
        let counts = read(text.as_bytes(), |event| {
            events.push((event.number, event.name.to_owned(), event.data.to_owned()));
            Ok(())
        });
        (events, counts.unwrap())
    }

    #[test]
    fn all_three_layouts_are_read_and_what_is_none_is_counted() {
        let (events, counts) = events(
            "{\"capture\":1,\"started\":5,\"part\":1}\n\
             {\"at\":5,\"dir\":\"in\",\"event\":\"a\",\"data\":{\"x\": 1}}\n\
             {\"seq\": 9, \"ts\": \"2025-12-12T17:16:58.624285\", \"event\": \"b\", \"data\": null}\n\
             {\"timestamp\": \"2025-12-06T19:57:10.4\", \"event_type\": \"c\", \"data\": [1]}\n\
             {\"at\":6,\"dir\":\"out\",\"event\":\"d\",\"bad\":\"42[\\\"\"}\n\
             {\"gap\":3,\"why\":\"\",\"at\":7}\n{\"note\":\"x\",\"at\":7}\nnonsense\n{\"x\":1}\n\n\
             {\"end\":\"stopped\",\"lines\":4,\"sha256\":\"\",\"at\":7}\n",
        );
        let seen: Vec<_> =
            events.iter().map(|(at, name, data)| (*at, name.as_str(), data.as_str())).collect();
        let wanted =
            [(1, "a", "{\"x\": 1}"), (9, "b", "null"), (3, "c", "[1]"), (4, "d", "\"42[\\\"\"")];
        assert_eq!(seen, wanted);
        assert_eq!(counts, CaptureCounts { events: 4, bad_lines: 2, lost: 3 });
    }

    #[test]
    fn a_capture_is_known_by_its_name() {
        for name in ["capture_1_001.jsonl.zst", "2025-12-06_public.jsonl.GZ", "x_raw.JSONL"] {
            assert!(is_capture(name), "{name}");
        }
        for name in ["game_1.jsonl", "feed_1_001.jsonl.zst", "x.json.gz", "capture_1.jsonl.part"] {
            assert!(!is_capture(name), "{name}");
        }
    }
}
