//! The lines of a capture: writes our layout, and tells what a line of any layout says.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::value::RawValue;

use super::{CapturedEvent, Direction, RawEvent, VERSION};
use crate::games::events::EventFields;
use crate::games::number::Whole;
use crate::games::recording::Timestamp;
use crate::model::time::Moment;

/// The first line of one of our captures.
#[derive(Serialize)]
struct Head<'a> {
    capture: u32,
    program: &'a str,
    source: &'a str,
    started: Moment,
    part: u32,
}

/// An event of one of our captures.
#[derive(Serialize)]
struct EventLine<'a> {
    at: Moment,
    dir: Direction,
    event: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a RawValue>,
    /// Data that were not JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    bad: Option<&'a str>,
}

/// Appends the first line of a capture.
///
/// # Errors
/// When the writer fails.
pub(crate) fn write_head(
    mut out: impl Write,
    (source, started): (&str, Moment),
    part: u32,
) -> io::Result<()> {
    let program = env!("CARGO_PKG_VERSION");
    serde_json::to_writer(&mut out, &Head { capture: VERSION, program, source, started, part })?;
    out.write_all(b"\n")
}

/// Appends the line of an event. Its data are unchanged except for line feeds between tokens.
///
/// # Errors
/// When the writer fails.
pub(crate) fn write_event(
    line: &mut Vec<u8>,
    (at, dir): (Moment, Direction),
    event: RawEvent<'_>,
) -> io::Result<()> {
    let RawEvent { name: event, data } = event;
    let json = serde_json::from_str::<&RawValue>(data).ok();
    let bad = if json.is_none() { Some(data) } else { None };
    let begin = line.len();
    serde_json::to_writer(&mut *line, &EventLine { at, dir, event, data: json, bad })?;
    // A JSON string contains no raw line feed: these stand between tokens.
    let feeds = line[begin..].iter_mut().filter(|byte| matches!(byte, b'\n' | b'\r'));
    feeds.for_each(|byte| *byte = b' ');
    line.push(b'\n');
    Ok(())
}

/// The event of a line; `nth` is its place.
pub(super) fn event<'a>(fields: &'a EventFields<'a>, nth: u64) -> CapturedEvent<'a> {
    let millis = fields.at.and_then(|Whole(at)| i64::try_from(at).ok());
    let time = millis.and_then(|ms| ms.checked_mul(1_000)).map(Timestamp::from_micros);
    let is_sent = |word: &String| ["out", "sent", "send", "outgoing"].contains(&word.as_str());
    let told = || fields.direction.as_ref().filter(|word| is_sent(word)).map(|_| Direction::Out);
    CapturedEvent {
        number: fields.seq.map_or(nth, |Whole(seq)| seq),
        time: time.or_else(|| Timestamp::read(fields.ts?.get()).map(|(time, _)| time)),
        direction: fields.dir.or_else(told).unwrap_or_default(),
        name: fields.event.as_deref().unwrap_or_default(),
        data: fields.data.or(fields.bad).map_or("null", RawValue::get),
        bad: fields.bad.is_some(),
    }
}
