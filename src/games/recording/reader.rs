//! Bytes to a [`Recording`]: the single entry point, for files, tests and fuzzers alike.

mod captured;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::document::{self, DOCUMENT_BYTES_MAX, RecordedDocument};
use super::file::{BadLine, Recording};
use super::fragment::Fragment;
use super::layout::Layout;
use super::parse;
use super::row::{Footer, RecordingRow, RowError, Stage, TickRow};
use super::salvage::salvage;
use super::timestamp::Clock;
use crate::base::container::{Damage, Text};
use crate::base::error::Error;
use crate::base::files::reading;
use crate::base::lines::{self, InputLine, LINE_BYTES_MAX, Lines};
use crate::games::events::{self, EventLine};
use crate::games::number;
use crate::model::ids::GameId;

/// Bytes read from a file at a time.
const BUFFER_BYTES: usize = 256 << 10;

/// Reads the recording at a path.
///
/// # Errors
/// When the file cannot be opened or read. Its content is never an error.
pub fn read_file(path: &Path) -> Result<Recording, Error> {
    open(path, Reader::default())
}

/// Reads the recording at a path as [`read_file`] does, and keeps ticks that the law of the game
/// cannot make: the journal of a session tells what bots were told.
///
/// # Errors
/// When the file cannot be opened or read. Its content is never an error.
pub fn read_as_recorded(path: &Path) -> Result<Recording, Error> {
    open(path, Reader { keeps_impossible: true, ..Reader::default() })
}

/// Reads a recording of any layout from bytes, plain or in [`container`] form.
///
/// Memory: one line or one document, both bounded, one frame, and the ticks kept.
///
/// [`container`]: crate::base::container
///
/// # Errors
/// When the input cannot be read. Its content is never an error.
pub fn read(input: impl BufRead) -> io::Result<Recording> {
    Reader::default().read(input)
}

fn open(path: &Path, reader: Reader) -> Result<Recording, Error> {
    reading::open(path)
        .and_then(|file| reader.read(BufReader::with_capacity(BUFFER_BYTES, file)))
        .map_err(|source| Error::io("read", path, source))
}

/// What a footer claims of the tick rows.
#[derive(Clone, Copy, Default)]
struct Seen {
    /// How many there are.
    ticks: u64,
    /// The highest of their prices.
    peak: f64,
    /// The last of their prices.
    last: f64,
}

/// The state of reading.
#[derive(Default)]
struct Reader {
    recording: Recording,
    /// Number of the current line, from 1.
    line: u64,
    games: BTreeMap<GameId, usize>,
    /// Lines in which rows were salvaged: they are bad lines already.
    salvaged_lines: BTreeSet<u64>,
    /// Whether ticks are kept that the law of the game cannot make.
    keeps_impossible: bool,
    /// What the first time of the file is measured by.
    clock: Option<Clock>,
    /// Index of the game of the last row: nearly always that of the next row, too.
    current: usize,
    /// The tick rows so far.
    seen: Seen,
    /// Number and digest of the lines so far, from the first line of our format on: what its last
    /// line claims.
    text: Option<Tally>,
    /// Set when the first line has a version that this program cannot read.
    refused: Option<String>,
}

/// Number of lines so far, and their digest.
#[derive(Default)]
struct Tally {
    lines: u64,
    digest: Sha256,
}

impl Tally {
    fn add(&mut self, line: &[u8]) {
        self.lines += 1;
        self.digest.update(line);
        self.digest.update(b"\n");
    }

    fn is(self, (lines, digest): (u64, [u8; 32])) -> bool {
        self.lines == lines && digest == <[u8; 32]>::from(self.digest.finalize())
    }
}

impl Reader {
    fn read(mut self, input: impl BufRead) -> io::Result<Recording> {
        let mut lines = Lines::new(Text::new(input)?);
        loop {
            while let Some(damage) = lines.input().next_damage() {
                self.damaged(damage);
            }
            let Some(line) = lines.next()? else { break };
            match line {
                InputLine::Text(text) if self.is_fresh() && document::begins_with(text) => {
                    let first = text.to_vec();
                    self.take_document(first, &mut lines)?;
                }
                line => self.take(line),
            }
        }
        while let Some(damage) = lines.input().next_damage() {
            self.damaged(damage);
        }
        Ok(self.finish())
    }

    const fn is_fresh(&self) -> bool {
        self.recording.records + self.recording.bad_lines == 0
    }

    fn take(&mut self, line: InputLine<'_>) {
        self.line += 1;
        let text = match line {
            InputLine::Text(text) => text,
            InputLine::TooLong => {
                return self.bad(format!("longer than {LINE_BYTES_MAX} bytes"));
            }
        };
        if let Some(why) = &self.refused {
            return self.bad(why.clone());
        }
        let mut row = parse::parse(text);
        // Such as NaN: not JSON, but not damage either.
        let is_json = !matches!(row, Err(RowError::Json(_)));
        let quoted = if is_json { None } else { number::quoted(text) };
        if let Some(quoted) = &quoted {
            row = parse::parse(quoted);
        }
        let is_foreign = matches!(row, Err(RowError::Foreign));
        let json = quoted.as_deref().unwrap_or(text);
        let captured = is_foreign.then(|| events::parse(json)).flatten();
        if matches!(row, Ok(RecordingRow::Head)) || matches!(captured, Some(EventLine::Head)) {
            self.text = Some(Tally::default());
        }
        if !matches!(row, Ok(RecordingRow::Footer(Layout::Feed, _)))
            && let Some(tally) = &mut self.text
        {
            tally.add(text);
        }
        if let Some(line) = captured {
            return self.captured(&line);
        }
        match row {
            Ok(row) => {
                self.recording.records += 1;
                self.recording.ticks += u64::from(matches!(row, RecordingRow::Tick(_)));
                self.row(&row);
            }
            Err(error @ RowError::Version(_)) => {
                self.refused = Some(error.to_string());
                self.bad(error.to_string());
            }
            Err(_) if text.trim_ascii().is_empty() => {}
            Err(error) => {
                // The parser sees one line at a time, so its "line 1" would mislead.
                let reason = lines::in_utf16(text).unwrap_or_else(|| {
                    error.to_string().replace(" at line 1 column ", " at byte ")
                });
                let impossible = error.is_impossible();
                self.recording.add_bad(BadLine { line: self.line, reason, impossible });
                // A whole object is not searched for rows: they would belong to another file.
                if serde_json::from_slice::<serde::de::IgnoredAny>(text).is_err() {
                    salvage(text, |row| {
                        self.recording.salvaged += 1;
                        self.salvaged_lines.insert(self.line);
                        self.row(&row);
                    });
                }
            }
        }
    }

    /// Reads the lines from the first one on as one document, or as lines where they are not.
    fn take_document<R: BufRead>(
        &mut self,
        mut text: Vec<u8>,
        lines: &mut Lines<R>,
    ) -> io::Result<()> {
        let mut cut = false;
        while text.len() < DOCUMENT_BYTES_MAX {
            match lines.next()? {
                None => break,
                Some(InputLine::Text(line)) => {
                    text.push(b'\n');
                    text.extend_from_slice(line);
                }
                Some(InputLine::TooLong) => {
                    cut = true;
                    break;
                }
            }
        }
        if let Some(document) = document::parse(&text) {
            self.document(document);
        } else {
            text.split(|&byte| byte == b'\n').for_each(|line| self.take(InputLine::Text(line)));
        }
        if cut {
            self.take(InputLine::TooLong);
        }
        Ok(())
    }

    fn document(&mut self, document: RecordedDocument) {
        self.recording.records += 1;
        self.recording.ticks += document.prices.len() as u64;
        self.line += 1;
        for (reason, impossible) in document.bad {
            self.recording.add_bad(BadLine { line: self.line, reason, impossible });
        }
        self.recording.layout = Some(Layout::Unified);
        self.current = self.game(document.game);
        for (place, &(tick, price, exact)) in document.prices.iter().enumerate() {
            let stage = match document.rug {
                Some(rug) if place == rug => Stage::Rug,
                Some(rug) if place > rug => Stage::Reveal,
                _ => Stage::Play,
            };
            let (layout, game) = (Layout::Unified, document.game);
            self.tick(&TickRow {
                layout,
                game,
                tick,
                price,
                exact,
                stage,
                time: None,
                closed: false,
            });
        }
        self.footer(&Footer { peak: document.peak, ..Footer::default() });
    }

    fn row(&mut self, row: &RecordingRow) {
        let layout = match row {
            RecordingRow::Tick(tick) => {
                self.tick(tick);
                tick.layout
            }
            RecordingRow::Header(layout, game) => {
                game.iter().for_each(|&game| self.current = self.game(game));
                *layout
            }
            RecordingRow::Footer(layout, footer) => {
                self.footer(footer);
                *layout
            }
            RecordingRow::Action => Layout::Demo,
            RecordingRow::Presale { game, closed } => {
                self.current = self.game(*game);
                self.recording.games[self.current].push_presale(*closed);
                Layout::Feed
            }
            RecordingRow::Void(game) => {
                self.current = self.game(*game);
                self.recording.games[self.current].interrupt();
                Layout::Feed
            }
            RecordingRow::Head | RecordingRow::Remark => Layout::Feed,
        };
        self.recording.layout.get_or_insert(layout);
    }

    fn tick(&mut self, row: &TickRow) {
        let mut row = *row;
        if let Some((_, clock)) = row.time
            && *self.clock.get_or_insert(clock) != clock
        {
            self.recording.mixed_times += 1;
            row.time = None;
        }
        let known = self.recording.games.get(self.current).is_some_and(|game| game.id == row.game);
        if !known {
            self.current = self.game(row.game);
        }
        let price = row.price.get();
        let Seen { ticks, peak, .. } = self.seen;
        self.seen = Seen { ticks: ticks + 1, peak: peak.max(price), last: price };
        self.recording.inexact_prices += u64::from(!row.exact);
        self.recording.games[self.current].push(&row, self.line);
    }

    #[expect(clippy::float_cmp, reason = "a footer repeats doubles that the rows have")]
    fn footer(&mut self, claim: &Footer) {
        let Seen { ticks, peak, last } = self.seen;
        let wrong = claim.ticks.is_some_and(|claimed| claimed != ticks)
            || claim.peak.is_some_and(|claimed| claimed != peak)
            || claim.last.is_some_and(|claimed| claimed != last)
            // Without the first line, the claim of the last one has no reference.
            || claim.text.is_some_and(|text| !self.text.take().is_some_and(|tally| tally.is(text)));
        self.recording.wrong_footers += u64::from(wrong);
    }

    /// The index of a game in the list.
    fn game(&mut self, id: GameId) -> usize {
        let games = &mut self.recording.games;
        *self.games.entry(id).or_insert_with(|| {
            games.push(Fragment::new(id));
            games.len() - 1
        })
    }

    /// A damaged stretch counts as a bad line.
    fn damaged(&mut self, damage: Damage) {
        self.bad(damage.to_string());
    }

    fn bad(&mut self, reason: String) {
        self.recording.add_bad(BadLine { line: self.line, reason, impossible: false });
    }

    fn finish(mut self) -> Recording {
        let recording = &mut self.recording;
        recording.games.iter_mut().for_each(Fragment::tidy);
        if !self.keeps_impossible {
            recording.remove_impossible(|line| self.salvaged_lines.contains(&line));
        }
        self.recording
    }
}
