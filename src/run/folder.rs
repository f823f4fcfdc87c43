//! The folder of a run: what was run, every posting, one row per game and bot, and the summary.
//!
//! Nothing in it depends on the clock, the machine or the number of threads: the same scenario over
//! the same inputs writes the same bytes. Files grow game by game, whole games only; the manifest
//! says `running` until the run has ended.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use csv::Writer;
use serde::Serialize;

use super::Ending;
use super::inputs::Inputs;
use crate::error::{Error, Kind};
use crate::files;
use crate::journal::{GameRecord, RunDigest};

/// Version of the folder's layout.
pub const FORMAT: u32 = 1;

const POSTINGS: [&str; 9] =
    ["game", "game_id", "bot", "tick", "kind", "price", "quantity", "delta", "cash"];
const REFUSALS: [&str; 7] = ["game", "game_id", "bot", "tick", "order", "reason", "why"];
const GAMES: [&str; 17] = [
    "game",
    "game_id",
    "rug_tick",
    "rug_price",
    "bot",
    "buys",
    "sells",
    "sells_won",
    "liquidations",
    "sidebets_won",
    "sidebets_lost",
    "refused",
    "bought",
    "wagered",
    "pnl",
    "cash",
    "max_drawdown",
];

/// What the manifest says about a run.
#[derive(Debug, Clone, Serialize)]
pub struct Manifest<'a> {
    /// Version of the folder's layout.
    pub format: u32,
    /// Version of the program.
    pub replayer: &'static str,
    /// The scenario's name.
    pub scenario: &'a str,
    /// The scenario's seed.
    pub seed: u64,
    /// The rules in full.
    pub rules: String,
    /// The bankroll.
    pub bankroll: String,
    /// The random streams' algorithm.
    pub streams: &'static str,
    /// `running`, `complete` or `interrupted`.
    pub status: &'static str,
    /// Games collected.
    pub games: u64,
    /// The digest of these games.
    pub digest: &'a RunDigest,
    /// The input files with their digests, and the bad input in them.
    pub inputs: &'a Inputs,
}

/// The folder of a run being written.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    postings: Writer<BufWriter<File>>,
    refusals: Writer<BufWriter<File>>,
    games: Writer<BufWriter<File>>,
    bots: Vec<String>,
}

impl Folder {
    /// Makes the folder and begins its files.
    ///
    /// # Errors
    /// When it exists already and is not empty, or cannot be written.
    pub fn create(path: &Path, scenario: &str, bots: Vec<String>) -> Result<Self, Error> {
        if fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_some()) {
            return Err(Error::new(Kind::Io, format!("{} is not empty", path.display()))
                .hint("give --out a folder that does not exist yet"));
        }
        fs::create_dir_all(path).map_err(|source| Error::io("make folder", path, source))?;
        let file = path.join("scenario.ron");
        fs::write(&file, scenario).map_err(|source| Error::io("write", &file, source))?;
        Ok(Self {
            postings: begin(path, "postings.csv", &POSTINGS)?,
            refusals: begin(path, "refusals.csv", &REFUSALS)?,
            games: begin(path, "games.csv", &GAMES)?,
            path: path.to_owned(),
            bots,
        })
    }

    /// Writes a game's postings, refusals and rows.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write(&mut self, game: &GameRecord) -> Result<(), Error> {
        self.write_rows(game).map_err(|source| {
            Error::new(Kind::Io, format!("could not write to {}", self.path.display()))
                .caused_by(source)
                .hint("what was written before is whole; free some space and run again")
        })
    }

    /// Ends the files and writes the summary.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn finish(mut self, summary: &impl Serialize) -> Result<PathBuf, Error> {
        for (name, writer) in [
            ("postings.csv", &mut self.postings),
            ("refusals.csv", &mut self.refusals),
            ("games.csv", &mut self.games),
        ] {
            writer.flush().map_err(|source| Error::io("write", &self.path.join(name), source))?;
        }
        write_json(&self.path.join("summary.json"), summary)?;
        Ok(self.path)
    }

    /// Writes the manifest, in one piece.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_manifest(&self, manifest: &Manifest<'_>) -> Result<(), Error> {
        write_json(&self.path.join("manifest.json"), manifest)
    }

    fn write_rows(&mut self, game: &GameRecord) -> csv::Result<()> {
        let index = game.index.to_string();
        for (bot, posting) in &game.postings {
            self.postings.write_record([
                &index,
                game.id.as_str(),
                &self.bots[*bot as usize],
                &posting.tick.to_string(),
                posting.kind.code(),
                &posting.price.to_string(),
                &posting.quantity.to_string(),
                &posting.delta.to_string(),
                &posting.cash.to_string(),
            ])?;
        }
        for (bot, refused) in &game.refusals {
            self.refusals.write_record([
                &index,
                game.id.as_str(),
                &self.bots[*bot as usize],
                &refused.tick.to_string(),
                &refused.action.to_string(),
                refused.refusal.code(),
                &refused.refusal.to_string(),
            ])?;
        }
        for row in &game.rows {
            let tally = &row.tally;
            self.games.write_record([
                &index,
                game.id.as_str(),
                &game.rug_tick.to_string(),
                &game.rug_price.to_string(),
                &self.bots[row.bot as usize],
                &tally.buys.to_string(),
                &tally.sells.to_string(),
                &tally.sells_won.to_string(),
                &tally.liquidations.to_string(),
                &tally.sidebets_won.to_string(),
                &tally.sidebets_lost.to_string(),
                &tally.refused.to_string(),
                &tally.bought.to_string(),
                &tally.wagered.to_string(),
                &row.pnl.to_string(),
                &row.cash.to_string(),
                &row.max_drawdown.to_string(),
            ])?;
        }
        Ok(())
    }
}

/// The word for an ending in the manifest.
#[must_use]
pub const fn status(ending: Ending) -> &'static str {
    match ending {
        Ending::Complete => "complete",
        Ending::Interrupted => "interrupted",
    }
}

fn begin(folder: &Path, name: &str, header: &[&str]) -> Result<Writer<BufWriter<File>>, Error> {
    let path = folder.join(name);
    let file = File::create_new(&path).map_err(|source| Error::io("write", &path, source))?;
    let mut writer = Writer::from_writer(BufWriter::new(file));
    writer
        .write_record(header)
        .map_err(|source| Error::io("write", &path, io::Error::other(source)))?;
    Ok(writer)
}

fn write_json(path: &Path, value: &impl Serialize) -> Result<(), Error> {
    files::replace(path, |file| {
        serde_json::to_writer_pretty(&mut *file, value)
            .map_err(io::Error::from)
            .and_then(|()| file.write_all(b"\n"))
            .map_err(|source| Error::io("write", path, source))
    })
}
