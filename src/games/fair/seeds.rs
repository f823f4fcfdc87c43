//! Files of revealed seeds: one game per line, as JSON.
//!
//! `{"game_id": "...", "server_seed": "...", "server_seed_hash": "...", "game_version": "v3",
//! "peak_multiplier": 3.3201, "rug_tick": 71, "rug_price": 0.0122, "prices": [1, ...]}`: the first
//! two are required; [`super::verify`] compares the others where present; unknown fields are
//! ignored. Our recordings are read too, for the seeds revealed in them, and raw captures, for the
//! seeds of the finished games in their events. Each game counts once, however often it is told.

mod collect;

use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::game::{Course, FairGame};
use super::json_line;
use super::seed::{SeedError, ServerSeed};
use crate::base::container::Text;
use crate::base::error::{Error, ErrorKind};
use crate::base::files::reading;
use crate::base::lines::{self, LINE_BYTES_MAX, Lines};
use crate::games::events::{self, EventLine};
use crate::games::number::{optional, quoted};
use crate::games::recording::BadLine;
use crate::games::recording::format::reveals;
use crate::model::ids::{GameId, NameError};
use crate::model::quote::Tick;
use collect::Collector;

/// The version of the game's law that we can reproduce.
pub const VERSION: &str = "v3";

/// A game with a revealed seed, and what was recorded of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Line")]
pub struct Reveal {
    /// The name of the game.
    pub game_id: GameId,
    /// The seed that the server revealed.
    pub server_seed: ServerSeed,
    /// The remaining fields of the line.
    #[serde(flatten)]
    pub record: Record,
}

/// What was recorded of a game. Every field may be missing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// SHA-256 of the seed in hex, as published before the game.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_seed_hash: Option<String>,
    /// The version of the game's law; [`VERSION`] where missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub game_version: Option<String>,
    /// The highest price; archives print it to 4 decimals.
    #[serde(default, deserialize_with = "optional::figure")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peak_multiplier: Option<f64>,
    /// The tick of the rug.
    #[serde(default, deserialize_with = "optional::ticks")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rug_tick: Option<Tick>,
    /// The price at the rug, the lowest of the game.
    #[serde(default, deserialize_with = "optional::figure")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rug_price: Option<f64>,
    /// The prices from tick 0 to the rug tick, the rug price last.
    #[serde(default, deserialize_with = "optional::figures")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prices: Option<Vec<f64>>,
}

/// The game follows a law that has not been reproduced
/// (docs/spec/provably-fair.md#games-that-cannot-be-reproduced).
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("a game of version {0} cannot be reproduced, only those of {VERSION}")]
pub struct UnknownVersion(String);

impl Reveal {
    /// The game, before its presale.
    ///
    /// # Errors
    /// When the game's version is not [`VERSION`], in capitals or not.
    pub fn game(&self) -> Result<FairGame, UnknownVersion> {
        match &self.record.game_version {
            Some(version) if !version.trim().eq_ignore_ascii_case(VERSION) => {
                Err(UnknownVersion(version.clone()))
            }
            _ => Ok(FairGame::new(&self.server_seed, &self.game_id)),
        }
    }

    /// A generated game with every field filled in.
    #[must_use]
    pub fn told(server_seed: ServerSeed, game_id: GameId, course: &Course) -> Self {
        let record = Record {
            server_seed_hash: Some(server_seed.hash().as_str().to_owned()),
            game_version: Some(VERSION.to_owned()),
            peak_multiplier: Some(course.peak()),
            rug_tick: Some(course.rug_tick()),
            rug_price: Some(course.rug_price()),
            prices: Some(course.prices().to_vec()),
        };
        Self { game_id, server_seed, record }
    }
}

/// A line as written in the file.
#[derive(Deserialize)]
struct Line {
    game_id: String,
    server_seed: String,
    #[serde(flatten)]
    record: Record,
}

/// A line of one of our recordings.
#[derive(Deserialize)]
struct Revealed {
    seed: Reveal,
}

/// Why the names on a line are invalid.
#[derive(Debug, Clone, Copy, Error)]
enum LineError {
    #[error("game_id: {0}")]
    Name(#[from] NameError),
    #[error("server_seed: {0}")]
    Seed(#[from] SeedError),
}

impl TryFrom<Line> for Reveal {
    type Error = LineError;

    fn try_from(line: Line) -> Result<Self, LineError> {
        Ok(Self {
            game_id: GameId::new(&line.game_id)?,
            server_seed: line.server_seed.parse()?,
            record: line.record,
        })
    }
}

/// The content of a file of seeds.
#[derive(Debug, Clone, Default)]
pub struct Seeds {
    /// The games, each once, in the order of the file.
    pub games: Vec<Reveal>,
    /// The lines that were skipped, in the order of the file.
    pub bad_lines: Vec<BadLine>,
    /// The lines that told a game again, with the same seed.
    pub repeats: Vec<Repeat>,
    /// The lines that told a game again, with another seed, and where it was told first. Of two
    /// seeds the first one is taken.
    pub conflicts: Vec<BadLine>,
}

/// A line that tells a game again.
#[derive(Debug, Clone, PartialEq)]
pub struct Repeat {
    /// Its line number in the file, from 1.
    pub line: u64,
    /// What it says of the game, where that is not the same as before.
    pub reveal: Option<Reveal>,
}

/// Reads a file of seeds. A bad line or a damaged stretch costs only itself.
///
/// # Errors
/// [`ErrorKind::Io`] when the file cannot be read or holds no game.
pub fn read(path: &Path) -> Result<Seeds, Error> {
    let file = reading::open(path).map_err(|source| Error::io("read", path, source))?;
    read_from(BufReader::new(file), path)
}

/// Reads the seeds of an input as [`read`] does: plain, gzip or zstd; `path` is its name in errors.
///
/// # Errors
/// [`ErrorKind::Io`] when the input cannot be read or holds no game.
pub fn read_from(input: impl BufRead, path: &Path) -> Result<Seeds, Error> {
    let unreadable = |source| Error::io("read", path, source);
    let mut rest = Lines::new(Text::new(input).map_err(unreadable)?);
    let (mut collector, mut number) = (Collector::default(), 0);
    loop {
        let line = rest.next().map_err(unreadable)?;
        let at_end = line.is_none();
        number += u64::from(!at_end);
        match line {
            None => {}
            Some(lines::InputLine::Text(text)) => take(text, number, &mut collector),
            Some(lines::InputLine::TooLong) => {
                collector.add(number, Err(format!("longer than {LINE_BYTES_MAX} bytes")));
            }
        }
        while let Some(damage) = rest.input().next_damage() {
            collector.add(number, Err(damage.to_string()));
        }
        if at_end {
            break;
        }
    }
    let seeds = collector.finish();
    if seeds.games.is_empty() {
        let first = seeds.bad_lines.first();
        let why = first
            .map_or("it is empty".to_owned(), |bad| format!("line {}: {}", bad.line, bad.reason));
        let what = format!("no game in {} ({why})", path.display());
        return Err(Error::new(ErrorKind::Io, what)
            .hint("write one JSON object per line, with at least game_id and server_seed"));
    }
    Ok(seeds)
}

/// Takes the games of a line: one of a file of seeds, of our recordings or of a raw capture.
fn take(text: &[u8], number: u64, collector: &mut Collector) {
    if text.trim_ascii().is_empty() {
        return;
    }
    let Err(mut error) = take_json(text, number, collector) else { return };
    // Such as NaN: not JSON, but not damage either.
    if error.is_syntax()
        && let Some(text) = quoted(text)
    {
        match take_json(&text, number, collector) {
            Ok(()) => return,
            Err(again) => error = again,
        }
    }
    let reason = lines::in_utf16(text).unwrap_or_else(|| reason(&error));
    collector.add(number, Err(reason));
}

/// Takes the games of a line that is JSON; returns what is wrong with any other line.
fn take_json(text: &[u8], number: u64, collector: &mut Collector) -> Result<(), serde_json::Error> {
    let game = match reveals(text) {
        Some(false) => return Ok(()),
        Some(true) => serde_json::from_slice(text).map(|Revealed { seed }| seed),
        None => serde_json::from_slice(text),
    };
    match game {
        Ok(game) => collector.add(number, Ok(game)),
        Err(error) => match events::parse(text) {
            Some(EventLine::Event(event)) => collector.add_event(number, &event),
            Some(_) => {}
            None => return Err(error),
        },
    }
    Ok(())
}

/// Writes a game as a line that [`read`] reads back.
///
/// # Errors
/// When the writer fails.
pub fn write(out: &mut impl Write, game: &Reveal) -> io::Result<()> {
    json_line(out, game)
}

/// What is wrong with a line, without a line number: the parser sees only one line.
fn reason(error: &serde_json::Error) -> String {
    error.to_string().replace(" at line 1 column ", " at column ")
}

#[cfg(test)]
mod tests {
    use super::super::generated::generated;
    use super::*;

    fn read_text(text: &[u8]) -> Result<Seeds, Error> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        read(file.path())
    }

    fn line() -> String {
        let (seed, id) = generated(1, 1);
        format!(r#"{{"game_id":"{id}","server_seed":"{seed}","weather":"fair"}}"#)
    }

    #[test]
    fn a_bad_line_costs_itself_only_and_says_where_and_why() {
        let good = line();
        let short = r#"{"game_id":"g","server_seed":"abc"}"#;
        let nameless = good.replacen("game_id", "name", 1);
        let text = format!("{good}\n\nnot json\n{short}\n{nameless}\n{good}");
        let seeds = read_text(&[text.as_bytes(), b"\n\xff\xfe\n"].concat()).unwrap();
        assert_eq!((seeds.games.len(), seeds.repeats.len()), (1, 1));
        let numbers: Vec<u64> = seeds.bad_lines.iter().map(|bad| bad.line).collect();
        assert_eq!(numbers, [3, 4, 5, 7]);
        assert!(seeds.bad_lines[1].reason.contains("64 characters, not 3"), "{seeds:?}");
        assert!(seeds.bad_lines[2].reason.contains("missing field `game_id`"), "{seeds:?}");
    }

    #[test]
    fn a_byte_order_mark_and_numbers_as_other_programs_spell_them_cost_nothing() {
        let (seed, id) = generated(1, 1);
        let told = Reveal::told(seed, id, &Course::of(FairGame::new(&seed, &id)));
        let mut line = serde_json::to_value(&told).unwrap();
        let plain = line.to_string();
        let rug_tick = told.record.rug_tick.unwrap();
        line["rug_tick"] = f64::from(rug_tick).into();
        let decimals = line.to_string();
        line["rug_tick"] = rug_tick.to_string().into();
        line["peak_multiplier"] = told.record.peak_multiplier.unwrap().to_string().into();
        line["prices"][1] = line["prices"][1].to_string().into();
        let text = format!("\u{feff}{plain}\r\n{decimals}\r\n{line}\r\n");
        let seeds = read_text(text.as_bytes()).unwrap();
        assert!(seeds.bad_lines.is_empty(), "{seeds:?}");
        assert_eq!(seeds.games, [told]);
        // The same to the last bit.
        let same: Vec<_> = [2, 3].map(|line| Repeat { line, reveal: None }).into();
        assert_eq!(seeds.repeats, same);
    }

    #[test]
    fn a_line_without_end_costs_itself_only() {
        let endless = vec![b'7'; 3 * LINE_BYTES_MAX];
        let seeds = read_text(&[&endless[..], b"\n", line().as_bytes()].concat()).unwrap();
        assert_eq!((seeds.games.len(), seeds.bad_lines.len()), (1, 1));
        assert!(seeds.bad_lines[0].reason.contains("longer than"), "{seeds:?}");
    }

    #[test]
    fn a_file_without_a_game_is_an_error_of_input() {
        for text in ["", "\n\n", "nonsense\n", "{}\n"] {
            let error = read_text(text.as_bytes()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Io, "{error}");
            assert!(error.to_string().contains("no game"), "{error}");
        }
        assert_eq!(read(Path::new("/nowhere/seeds.jsonl")).unwrap_err().kind(), ErrorKind::Io);
    }

    #[test]
    fn a_file_in_utf_16_is_an_error_that_says_so() {
        let text = [b"\xFF\xFE".to_vec(), line().bytes().flat_map(|byte| [byte, 0]).collect()];
        let error = read_text(&text.concat()).unwrap_err().to_string();
        assert!(error.contains("save the file as UTF-8"), "{error}");
    }

    #[test]
    fn a_game_of_an_older_version_is_refused_and_one_without_version_is_v3() {
        let mut reveal: Reveal = serde_json::from_str(&line()).unwrap();
        assert!(reveal.game().is_ok());
        reveal.record.game_version = Some("v1".to_owned());
        let refusal = reveal.game().unwrap_err().to_string();
        assert_eq!(refusal, "a game of version v1 cannot be reproduced, only those of v3");
        reveal.record.game_version = Some("V3".to_owned());
        assert!(reveal.game().is_ok());
    }

    #[test]
    fn what_is_told_of_a_game_reads_back_to_the_last_bit() {
        for index in 0..50 {
            let (seed, id) = generated(9, index);
            let told = Reveal::told(seed, id, &Course::of(FairGame::new(&seed, &id)));
            let text = serde_json::to_string(&told).unwrap();
            assert_eq!(serde_json::from_str::<Reveal>(&text).unwrap(), told);
        }
    }
}
