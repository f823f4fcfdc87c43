//! Files of revealed seeds: one game per line, as JSON.
//!
//! `{"game_id": "...", "server_seed": "...", "server_seed_hash": "...", "game_version": "v3",
//! "peak_multiplier": 3.3201, "rug_tick": 71, "rug_price": 0.0122, "prices": [1, ...]}`: the first
//! two are required, what else is there is what [`super::verify`] compares; unknown fields are
//! passed over. A recording of ours is read too, for the seeds that were revealed in it.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::game::{Course, FairGame};
use super::json_line;
use super::seed::{SeedError, ServerSeed};
use crate::base::container::Text;
use crate::base::error::{Error, ErrorKind};
use crate::base::lines::{self, LINE_BYTES_MAX, Lines};
use crate::games::recording::BadLine;
use crate::games::recording::format::reveals;
use crate::model::ids::{GameId, NameError};
use crate::model::quote::Tick;

/// The version of the game's law that can be reproduced.
pub const VERSION: &str = "v3";

/// A game whose seed was revealed, with what was recorded of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Line")]
pub struct Reveal {
    /// The game's name.
    pub game_id: GameId,
    /// The server seed.
    pub server_seed: ServerSeed,
    /// What the rest of the line says.
    #[serde(flatten)]
    pub record: Record,
}

/// What was recorded of a game: everything may be missing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The hash of the seed, as published before the game.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_seed_hash: Option<String>,
    /// The version of the game's law; [`VERSION`] where it is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub game_version: Option<String>,
    /// The highest price.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peak_multiplier: Option<f64>,
    /// The tick of the rug.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rug_tick: Option<Tick>,
    /// The price at the rug.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rug_price: Option<f64>,
    /// The prices of ticks 0 to the rug tick, the rug price last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prices: Option<Vec<f64>>,
}

/// The game was played by a law that nobody has reproduced
/// (docs/spec/provably-fair.md#games-that-cannot-be-reproduced).
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("a game of version {0} cannot be reproduced, only those of {VERSION}")]
pub struct UnknownVersion(String);

impl Reveal {
    /// The game, before its presale.
    ///
    /// # Errors
    /// When the game is of another version than [`VERSION`].
    pub fn game(&self) -> Result<FairGame, UnknownVersion> {
        match &self.record.game_version {
            Some(version) if version != VERSION => Err(UnknownVersion(version.clone())),
            _ => Ok(FairGame::new(&self.server_seed, &self.game_id)),
        }
    }

    /// A game with everything there is to say about it.
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

/// A line as it stands in the file.
#[derive(Deserialize)]
struct Line {
    game_id: String,
    server_seed: String,
    #[serde(flatten)]
    record: Record,
}

/// A line of a recording of ours.
#[derive(Deserialize)]
struct Revealed {
    seed: Reveal,
}

/// Why a line's names are not what they should be.
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

/// What a file of seeds held.
#[derive(Debug, Clone, Default)]
pub struct Seeds {
    /// The games, in the file's order.
    pub games: Vec<Reveal>,
    /// The lines that were passed over, in the file's order.
    pub bad_lines: Vec<BadLine>,
}

/// Reads a file of seeds, plain, in gzip or in zstd. Bad lines cost themselves only, and so does
/// damage.
///
/// # Errors
/// [`ErrorKind::Io`] when the file cannot be read or has no game in it.
pub fn read(path: &Path) -> Result<Seeds, Error> {
    let file = File::open(path).map_err(|source| Error::io("read", path, source))?;
    let text = Text::new(BufReader::new(file));
    read_from(text.map_err(|source| Error::io("read", path, source))?, path)
}

/// Reads the seeds of an input as [`read`] does; the path is what errors call it.
///
/// # Errors
/// [`ErrorKind::Io`] when it cannot be read or has no game in it.
pub fn read_from(input: impl BufRead, path: &Path) -> Result<Seeds, Error> {
    let mut rest = Lines::new(input);
    let (mut seeds, mut number) = (Seeds::default(), 0);
    while let Some(line) = rest.next().map_err(|source| Error::io("read", path, source))? {
        number += 1;
        let game = match line {
            lines::InputLine::Text(text) if text.trim_ascii().is_empty() => continue,
            lines::InputLine::Text(text) => match reveals(text) {
                Some(false) => continue,
                Some(true) => serde_json::from_slice(text).map(|Revealed { seed }| seed),
                None => serde_json::from_slice(text),
            }
            .map_err(|error| reason(&error)),
            lines::InputLine::TooLong => Err(format!("longer than {LINE_BYTES_MAX} bytes")),
        };
        match game {
            Ok(game) => seeds.games.push(game),
            Err(reason) => seeds.bad_lines.push(BadLine { line: number, reason }),
        }
    }
    if seeds.games.is_empty() {
        let first = seeds.bad_lines.first();
        let why = first
            .map_or("it is empty".to_owned(), |bad| format!("line {}: {}", bad.line, bad.reason));
        let what = format!("{} has no game in it ({why})", path.display());
        return Err(Error::new(ErrorKind::Io, what)
            .hint("one JSON object per line, with at least game_id and server_seed"));
    }
    Ok(seeds)
}

/// Writes a game as a line that [`read`] reads back.
///
/// # Errors
/// When the writer fails.
pub fn write(out: &mut impl Write, game: &Reveal) -> io::Result<()> {
    json_line(out, game)
}

/// What is wrong with a line, without the line's number: the parser sees one line only.
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
        assert_eq!(seeds.games.len(), 2);
        let numbers: Vec<u64> = seeds.bad_lines.iter().map(|bad| bad.line).collect();
        assert_eq!(numbers, [3, 4, 5, 7]);
        assert!(seeds.bad_lines[1].reason.contains("64 characters, not 3"), "{seeds:?}");
        assert!(seeds.bad_lines[2].reason.contains("missing field `game_id`"), "{seeds:?}");
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
    fn a_game_of_an_older_version_is_refused_and_one_without_version_is_v3() {
        let mut reveal: Reveal = serde_json::from_str(&line()).unwrap();
        assert!(reveal.game().is_ok());
        reveal.record.game_version = Some("v1".to_owned());
        let refusal = reveal.game().unwrap_err().to_string();
        assert_eq!(refusal, "a game of version v1 cannot be reproduced, only those of v3");
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
