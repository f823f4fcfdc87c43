//! The lines of a capture: writes our layout, reads ours and those of other programs.

use std::io::{self, Write};

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{CapturedEvent, Direction, RawEvent, VERSION};
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

/// The content of a line.
pub(super) enum Parsed<'a> {
    Event(Box<EventFields<'a>>),
    /// A number of events are missing.
    Gap(u64),
    /// A line about the capture, or an empty one.
    Remark,
    Bad,
}

/// Every field of every layout.
#[derive(Deserialize)]
pub(super) struct EventFields<'a> {
    seq: Option<Whole>,
    at: Option<Whole>,
    #[serde(borrow, alias = "timestamp")]
    ts: Option<&'a RawValue>,
    dir: Option<Direction>,
    direction: Option<String>,
    #[serde(alias = "event_type")]
    event: Option<String>,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    #[serde(borrow)]
    bad: Option<&'a RawValue>,
    gap: Option<Whole>,
    capture: Option<IgnoredAny>,
    note: Option<IgnoredAny>,
    end: Option<IgnoredAny>,
}

impl EventFields<'_> {
    /// The event; `nth` is its place.
    pub(super) fn as_event(&self, nth: u64) -> CapturedEvent<'_> {
        let micros = self.at.and_then(|at| i64::try_from(at.0).ok()?.checked_mul(1_000));
        let time = micros.map(Timestamp::from_micros);
        let is_sent = |word: &String| ["out", "sent", "send", "outgoing"].contains(&word.as_str());
        let told = || self.direction.as_ref().filter(|word| is_sent(word)).map(|_| Direction::Out);
        CapturedEvent {
            number: self.seq.map_or(nth, |seq| seq.0),
            time: time.or_else(|| Timestamp::read(self.ts?.get()).map(|(time, _)| time)),
            direction: self.dir.or_else(told).unwrap_or_default(),
            name: self.event.as_deref().unwrap_or_default(),
            data: self.data.or(self.bad).map_or("null", RawValue::get),
            bad: self.bad.is_some(),
        }
    }
}

/// Parses a line of any layout.
pub(super) fn parse(line: &[u8]) -> Parsed<'_> {
    if line.trim_ascii().is_empty() {
        return Parsed::Remark;
    }
    match serde_json::from_slice::<EventFields<'_>>(line) {
        Ok(fields) if fields.event.is_some() => Parsed::Event(Box::new(fields)),
        Ok(EventFields { gap: Some(Whole(gap)), .. }) => Parsed::Gap(gap),
        Ok(EventFields { capture, note, end, .. })
            if capture.is_some() || note.is_some() || end.is_some() =>
        {
            Parsed::Remark
        }
        _ => Parsed::Bad,
    }
}
