//! Our recording format: facts of the feed as JSON lines (docs/recording-format.md).
//!
//! The first key of a line is its kind. Every line about a game names the game, so no line needs
//! another: whatever is lost, nothing is taken for a part of another game. This file holds both
//! halves, writing and reading.

use std::io::{self, Write};

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::layout::Layout;
use super::row::{Footer, RecordingRow, RowError, Stage, TickRow, unquoted};
use super::timestamp::{Clock, Timestamp};
use crate::base::hex;
use crate::games::number::{self, Flag, Whole};
use crate::model::ids::GameId;
use crate::model::quote::Tick;
use crate::model::time::Moment;

/// The version of the format. It changes when a reader of the old one would misread the new one.
/// Line kinds and keys may be added without a change.
pub const VERSION: u32 = 1;

/// A line. Moments (`at`, `started`) are milliseconds since 1970-01-01 UTC.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(untagged)]
pub enum RecordLine<'a> {
    /// The first line of a file.
    Head {
        /// The [`VERSION`] that wrote the file.
        recording: u32,
        /// The version of the writing program.
        program: &'a str,
        /// The address of the feed, without secrets.
        source: &'a str,
        /// When the recorder started: the same in all parts.
        started: Moment,
        /// The number of the part, from 1.
        part: u32,
    },
    /// The next game of the feed.
    Game {
        /// The name of the game.
        game: GameId,
        /// SHA-256 of its seed in hex, as announced.
        #[serde(skip_serializing_if = "Option::is_none")]
        seed_hash: Option<&'a str>,
        /// When it was received.
        at: Moment,
    },
    /// The presale of a game is open.
    Presale {
        /// The name of the game.
        presale: GameId,
        /// When it was received.
        at: Moment,
        /// True when a later message revealed it.
        #[serde(skip_serializing_if = "is_false")]
        late: bool,
        /// True when bots were paused.
        #[serde(skip_serializing_if = "is_false")]
        closed: bool,
    },
    /// A tick of a game.
    Tick {
        /// The name of the game.
        tick: GameId,
        /// The number of the tick, from 0.
        t: Tick,
        /// The price, as the shortest text of its double.
        p: f64,
        /// When it was received.
        at: Moment,
        /// True when a later message revealed it.
        #[serde(skip_serializing_if = "is_false")]
        late: bool,
        /// True when bots were paused.
        #[serde(skip_serializing_if = "is_false")]
        closed: bool,
    },
    /// The rug of a game: its last tick.
    Rug {
        /// The name of the game.
        rug: GameId,
        /// The number of the tick, from 0.
        t: Tick,
        /// The price, as the shortest text of its double.
        p: f64,
        /// When it was received.
        at: Moment,
        /// True when a later message revealed it.
        #[serde(skip_serializing_if = "is_false")]
        late: bool,
        /// True when bots were paused.
        #[serde(skip_serializing_if = "is_false")]
        closed: bool,
    },
    /// The rest of a game is unknown.
    Void {
        /// The name of the game.
        void: GameId,
        /// When that became known.
        at: Moment,
    },
    /// The seed of a game was revealed.
    Seed {
        /// The seed and what the feed says of its game, as a line of a seed file.
        seed: &'a RawValue,
        /// When it was received.
        at: Moment,
    },
    /// Whether a game is the one that its seed generates.
    Verdict {
        /// The name of the game.
        verdict: GameId,
        /// True when everything agrees.
        fair: bool,
        /// The verdict in words.
        text: &'a str,
        /// When the verdict was reached.
        at: Moment,
    },
    /// Facts that were received but not recorded.
    Gap {
        /// The number of lost facts.
        gap: u64,
        /// The reason of the loss.
        why: &'a str,
        /// When the recorder could write again.
        at: Moment,
    },
    /// An event of the feed.
    Note {
        /// The event in words.
        note: &'a str,
        /// The moment of the event.
        at: Moment,
    },
    /// The last line of a file.
    Foot {
        /// Why the file ended.
        end: &'a str,
        /// Number of lines before this one.
        lines: u64,
        /// SHA-256 of those lines in hex, line feeds included.
        sha256: &'a str,
        /// The last moment in the file.
        at: Moment,
    },
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

impl RecordLine<'_> {
    /// Writes the line, with its line feed.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn write(&self, mut out: impl Write) -> io::Result<()> {
        serde_json::to_writer(&mut out, self)?;
        out.write_all(b"\n")
    }
}

/// Every key of every line, all optional: one pass over the line.
#[derive(Deserialize)]
#[serde(expecting = "a JSON object")]
struct Fields<'a> {
    recording: Option<Whole>,
    #[serde(borrow)]
    game: Option<&'a RawValue>,
    #[serde(borrow)]
    presale: Option<&'a RawValue>,
    #[serde(borrow)]
    tick: Option<&'a RawValue>,
    #[serde(borrow)]
    rug: Option<&'a RawValue>,
    #[serde(borrow)]
    void: Option<&'a RawValue>,
    t: Option<Whole>,
    #[serde(borrow)]
    p: Option<&'a RawValue>,
    at: Option<Whole>,
    late: Option<Flag>,
    closed: Option<Flag>,
    lines: Option<Whole>,
    #[serde(borrow)]
    sha256: Option<&'a RawValue>,
    #[serde(rename = "end")]
    _end: Option<IgnoredAny>,
}

impl Fields<'_> {
    /// Whether bots were paused.
    fn is_closed(&self) -> bool {
        [self.late, self.closed].into_iter().flatten().any(|flag| flag.0)
    }
}

/// The first keys of lines, which name their kinds.
const KINDS: [&[u8]; 11] = [
    b"tick",
    b"rug",
    b"game",
    b"presale",
    b"void",
    b"seed",
    b"verdict",
    b"gap",
    b"note",
    b"end",
    b"recording",
];

/// The kind of a line of this format; `None` for any other line.
fn kind(line: &[u8]) -> Option<&[u8]> {
    let rest =
        line.trim_ascii_start().strip_prefix(b"{")?.trim_ascii_start().strip_prefix(b"\"")?;
    let end = memchr::memchr(b'"', &rest[..rest.len().min(16)])?;
    let (key, value) = (&rest[..end], rest[end + 1..].trim_ascii_start());
    let value = value.strip_prefix(b":")?.trim_ascii_start();
    // Layout 3.2 also begins a line with `tick`, but as a number.
    let named = key != b"tick" || value.starts_with(b"\"");
    (KINDS.contains(&key) && named).then_some(key)
}

/// Whether a line reveals a seed; `None` for a line of another layout.
pub(crate) fn reveals(line: &[u8]) -> Option<bool> {
    kind(line).map(|kind| kind == b"seed")
}

/// Reads a line; `None` for a line of another layout.
pub(super) fn parse(line: &[u8]) -> Option<Result<RecordingRow, RowError>> {
    kind(line).map(|kind| row(kind, line))
}

fn row(kind: &[u8], line: &[u8]) -> Result<RecordingRow, RowError> {
    let fields: Fields<'_> = serde_json::from_slice(line)?;
    match kind {
        b"recording" => match fields.recording {
            Some(Whole(version)) if version == u64::from(VERSION) => Ok(RecordingRow::Head),
            other => Err(RowError::Version(other.map_or(0, |version| version.0))),
        },
        b"game" => Ok(RecordingRow::Header(Layout::Feed, Some(game(fields.game)?))),
        b"presale" => {
            let (game, closed) = (game(fields.presale)?, fields.is_closed());
            Ok(RecordingRow::Presale { game, closed })
        }
        b"tick" => tick(&fields, (fields.tick, Stage::Play)),
        b"rug" => tick(&fields, (fields.rug, Stage::Rug)),
        b"void" => Ok(RecordingRow::Void(game(fields.void)?)),
        b"end" => {
            let Whole(lines) = fields.lines.ok_or(RowError::Missing("lines"))?;
            let digest = fields.sha256.and_then(|raw| hex::from_hex(unquoted(raw)));
            let digest = digest.ok_or(RowError::Missing("sha256"))?;
            Ok(RecordingRow::Footer(
                Layout::Feed,
                Footer { text: Some((lines, digest)), ..Footer::default() },
            ))
        }
        _ => Ok(RecordingRow::Remark),
    }
}

fn tick(
    fields: &Fields<'_>,
    (id, stage): (Option<&RawValue>, Stage),
) -> Result<RecordingRow, RowError> {
    let text = fields.p.ok_or(RowError::Missing("p"))?.get();
    let (price, exact) = number::price(text)
        .map_err(|source| RowError::Price { text: text.chars().take(40).collect(), source })?;
    let micros = fields.at.and_then(|at| i64::try_from(at.0).ok()?.checked_mul(1_000));
    Ok(RecordingRow::Tick(TickRow {
        layout: Layout::Feed,
        game: game(id)?,
        tick: number::tick(fields.t.ok_or(RowError::Missing("t"))?.0)?,
        price,
        exact,
        stage,
        time: micros.map(|micros| (Timestamp::from_micros(micros), Clock::Utc)),
        closed: fields.is_closed(),
    }))
}

fn game(raw: Option<&RawValue>) -> Result<GameId, RowError> {
    Ok(GameId::new(unquoted(raw.ok_or(RowError::Missing("game"))?))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::price::Price;

    fn text(line: RecordLine<'_>) -> String {
        let mut text = Vec::new();
        line.write(&mut text).unwrap();
        String::from_utf8(text).unwrap()
    }

    fn id() -> GameId {
        GameId::new("20251212-eec31b1b16194f08").unwrap()
    }

    #[test]
    fn a_tick_is_one_short_line_and_reads_back_to_the_last_bit() {
        let (t, p) = (12, 1.023_404_560_001_2);
        let at = Moment::from_ms(1_765_577_802_974);
        let line = RecordLine::Tick { tick: id(), t, p, at, late: false, closed: true };
        let text = text(line);
        assert_eq!(
            text,
            "{\"tick\":\"20251212-eec31b1b16194f08\",\"t\":12,\"p\":1.0234045600012,\
             \"at\":1765577802974,\"closed\":true}\n"
        );
        let Some(Ok(RecordingRow::Tick(row))) = parse(text.as_bytes()) else { panic!("{text}") };
        assert_eq!((row.game, row.tick, row.price), (id(), t, Price::new(p).unwrap()));
        assert!(row.closed && row.exact && row.stage == Stage::Play);
        let time = Timestamp::from_micros(1_765_577_802_974_000);
        assert_eq!(row.time, Some((time, Clock::Utc)));
    }

    #[test]
    fn what_was_late_is_closed_and_what_was_neither_is_open() {
        let line = |late, closed| {
            text(RecordLine::Presale { presale: id(), at: Moment::from_ms(1), late, closed })
        };
        for (late, closed) in [(false, false), (true, false), (false, true), (true, true)] {
            let row = parse(line(late, closed).as_bytes()).unwrap().unwrap();
            assert_eq!(row, RecordingRow::Presale { game: id(), closed: late || closed });
        }
    }

    #[test]
    fn lines_may_be_spaced_otherwise_and_have_keys_that_nobody_knows() {
        let line = r#" { "rug" : "g", "p": 0.02, "weather": [1], "t": 7, "at": 9 } "#;
        assert!(matches!(parse(line.as_bytes()), Some(Ok(RecordingRow::Tick(_)))));
    }

    #[test]
    fn numbers_count_as_text_too_and_whole_ones_with_decimals() {
        let wanted = parse(br#"{"tick":"g","t":12,"p":1.5,"at":1765577802974}"#).unwrap().unwrap();
        for line in [
            r#"{"tick":"g","t":12.0,"p":"1.5","at":1765577802974.0,"late":null}"#,
            r#"{"tick":"g","t":"12","p":"1.50","at":"1765577802974","closed":"False"}"#,
        ] {
            assert_eq!(parse(line.as_bytes()).unwrap().unwrap(), wanted, "{line}");
        }
    }

    #[test]
    fn a_line_without_what_it_must_have_is_bad_and_another_layout_is_not_ours() {
        for line in [
            r#"{"tick":"g","t":1,"at":1}"#,
            r#"{"tick":"g","p":1.5,"at":1}"#,
            r#"{"tick":"g","t":1,"p":"x"}"#,
            r#"{"tick":"g","t":1.5,"p":1.5}"#,
            r#"{"tick":"g","t":5002,"p":1.5}"#,
            r#"{"tick":"g","t":1,"p":1e25}"#,
            r#"{"tick":"../g","t":1,"p":1.5}"#,
            r#"{"rug":7,"t":1,"p":1.5}"#,
            r#"{"void":null}"#,
            r#"{"end":"stopped","lines":1}"#,
            r#"{"recording":2}"#,
            r#"{"note":"cut"#,
        ] {
            assert!(matches!(parse(line.as_bytes()), Some(Err(_))), "{line}");
        }
        for line in [r#"{"tick": 7, "price": 1.5}"#, r#"{"type":"tick"}"#, "{}", "", "{\"at\":1}"] {
            assert!(parse(line.as_bytes()).is_none(), "{line}");
        }
    }
}
