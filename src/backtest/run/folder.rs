//! The folder of a run: what was run, every posting, one row per game and bot, and the summary.
//!
//! Its content does not depend on the clock, the machine or the number of threads: the same
//! scenario over the same inputs writes the same bytes. Files grow game by game, whole games only;
//! the manifest says `running` until the run has ended.

use std::fmt;
use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;

use serde::Serialize;

use super::drawn::Keep;
use super::inputs::{InputFile, Inputs};
pub use super::layout::{Contents, FORMAT, Format, status};
use super::layout::{SCENARIO, place};
use super::prices::{KeptPrices, PRICES, Prices};
use super::written::Written;
use crate::backtest::columns::schema::{self, Schema};
use crate::backtest::columns::tables::{self, Seat};
use crate::backtest::columns::{Origin, Parts, Rows, TextFile};
use crate::base::error::{Error, ErrorKind};
use crate::base::files::{self, HeldFolder};
use crate::engine::journal::{GameRecord, RunDigest};
use crate::model::ids::GameIndex;
use crate::model::rules::Rules;
use crate::model::setup::Bankroll;
use crate::model::tape::Tape;

/// The manifest of a run.
#[derive(Debug, Clone, Serialize)]
pub struct RunManifest<'a> {
    /// Version of the folder's layout.
    pub format: u32,
    /// Version of the program that wrote it.
    pub replayer: &'static str,
    /// Name of the scenario that was run.
    pub scenario: &'a str,
    /// Seed of the scenario that was run.
    pub seed: u64,
    /// The rules in full, in the words of scenarios.
    pub rules: &'a Rules,
    /// The bankroll of each bot.
    pub bankroll: Bankroll,
    /// The random streams' algorithm.
    pub streams: &'static str,
    /// `running`, `complete`, `interrupted` or `failed`.
    pub status: &'static str,
    /// Format of the rows.
    pub rows: Format,
    /// The games whose prices are kept; `None` if none are, or if the ticks are written.
    pub prices: Option<KeptPrices>,
    /// Number of games collected.
    pub games: u64,
    /// The digest of these games.
    pub digest: &'a RunDigest,
    /// The input files with their digests, and the bad input in them.
    pub inputs: &'a Inputs,
}

/// Bytes of a table that are held in memory before they are written.
const HELD_BYTES: usize = 8 << 10;

/// Writes the folder of a run, which no other process writes meanwhile.
pub struct RunFolder {
    held: HeldFolder,
    format: Format,
    seats: Vec<Seat>,
    postings: Box<dyn Rows + Send>,
    rejections: Box<dyn Rows + Send>,
    games: Box<dyn Rows + Send>,
    ticks: Option<Box<dyn Rows + Send>>,
    keep: Option<Keep>,
}

impl RunFolder {
    /// Creates the folder and its files; `bots` in the order of the scenario.
    ///
    /// # Errors
    /// When it already exists and is not empty, another process writes it, or it cannot be written.
    pub fn create(
        path: &Path,
        scenario: &str,
        bots: Vec<String>,
        contents: Contents,
    ) -> Result<Self, Error> {
        Self::create_in(HeldFolder::take(path)?, scenario, bots, contents)
    }

    fn create_in(
        held: HeldFolder,
        scenario: &str,
        bots: Vec<String>,
        contents: Contents,
    ) -> Result<Self, Error> {
        let path = held.path();
        if !held.is_empty() {
            return Err(Error::new(ErrorKind::Io, format!("{} is not empty", path.display()))
                .hint("give --out a folder that does not exist yet"));
        }
        write_whole(&path.join(SCENARIO), |file| file.write_all(scenario.as_bytes()))?;
        Self::begin(held, scenario, (bots, contents), Begin::New)
    }

    /// Resumes the folder of an earlier run, however that ended: the same run writes the same bytes
    /// again; existing ones are compared, missing ones are written. An empty folder is started.
    ///
    /// # Errors
    /// When the folder is that of another run, another process writes it, or it cannot be read or
    /// written.
    pub fn resume(
        path: &Path,
        scenario: &str,
        (bots, contents): (Vec<String>, Contents),
        inputs: &Inputs,
    ) -> Result<Self, Error> {
        Self::resume_in(HeldFolder::take(path)?, scenario, (bots, contents), inputs)
    }

    /// As [`Self::resume`], in a folder that is held already.
    ///
    /// # Errors
    /// As [`Self::resume`].
    pub fn resume_in(
        held: HeldFolder,
        scenario: &str,
        (bots, contents): (Vec<String>, Contents),
        inputs: &Inputs,
    ) -> Result<Self, Error> {
        let path = held.path();
        // The order in which they were started.
        if !path.join(SCENARIO).exists() {
            files::remove_unfinished(path, |_| true)?;
            return Self::create_in(held, scenario, bots, contents);
        }
        let differs = if Written::is_at(path) {
            Written::open(path)?.differs(scenario, &contents, inputs)
        } else {
            let there = Written::scenario_of(path)?;
            (there != scenario).then_some("another scenario")
        };
        if let Some(what) = differs {
            let what = format!("{} was written from {what}: it cannot be resumed", path.display());
            return Err(Error::new(ErrorKind::Io, what).hint("give --out a new folder"));
        }
        files::remove_unfinished(path, |_| true)?;
        Self::begin(held, scenario, (bots, contents), Begin::Again)
    }

    fn begin(
        held: HeldFolder,
        scenario: &str,
        (bots, Contents { format, ticks, keep }): (Vec<String>, Contents),
        how: Begin,
    ) -> Result<Self, Error> {
        let origin = Origin::scenario(scenario);
        let begin = |table: &Schema| begin((table, how), held.path(), format, &origin);
        Ok(Self {
            postings: begin(&schema::POSTINGS)?,
            rejections: begin(&schema::REFUSALS)?,
            games: begin(&schema::GAMES)?,
            ticks: ticks.then(|| begin(&schema::TICKS)).transpose()?,
            format,
            keep,
            seats: bots.into_iter().map(|bot| Seat { variant: 0, bot }).collect(),
            held,
        })
    }

    /// Writes a game's postings, rejections and rows.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write(&mut self, game: &GameRecord) -> Result<(), Error> {
        self.push(game)?;
        self.flush_above(HELD_BYTES)
    }

    /// Takes a game's postings, rejections and rows, and writes nothing of a table that grows under
    /// its own name: [`Self::flush`] does.
    ///
    /// # Errors
    /// When a table cannot take them.
    pub(super) fn push(&mut self, game: &GameRecord) -> Result<(), Error> {
        tables::postings(game, &self.seats, &mut *self.postings)?;
        tables::rejections(game, &self.seats, &mut *self.rejections)?;
        tables::games(game, &self.seats, &mut *self.games)
    }

    /// Writes what was pushed. After an error it is held, and the next call writes it: of a table
    /// that grows under its own name, nothing is lost or written twice.
    ///
    /// # Errors
    /// The first failure, when a file cannot be written.
    pub(super) fn flush(&mut self) -> Result<(), Error> {
        self.flush_above(0)
    }

    fn flush_above(&mut self, bytes: usize) -> Result<(), Error> {
        self.tables_mut().try_for_each(|table| table.flush(bytes))
    }

    /// Number of bytes that are held in memory until they can be written.
    pub(super) fn held(&self) -> usize {
        let tables = [&self.postings, &self.rejections, &self.games];
        tables.into_iter().chain(&self.ticks).map(|table| table.held()).sum()
    }

    /// All tables; the one whose rows say that a game is there is the last.
    fn tables_mut(&mut self) -> impl Iterator<Item = &mut Box<dyn Rows + Send>> {
        let tables = [&mut self.postings, &mut self.rejections, &mut self.games];
        self.ticks.iter_mut().chain(tables)
    }

    /// Whether the folder keeps the ticks of every game.
    #[must_use]
    pub const fn keeps_ticks(&self) -> bool {
        self.ticks.is_some()
    }

    /// The games whose prices the folder keeps.
    #[must_use]
    pub const fn keep(&self) -> Option<&Keep> {
        self.keep.as_ref()
    }

    /// Writes a game's ticks, if the folder keeps them.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write_ticks(&mut self, game: GameIndex, tape: &Tape) -> Result<(), Error> {
        self.ticks.as_mut().map_or(Ok(()), |ticks| tables::tape(game, tape, &mut **ticks))
    }

    /// Ends all files of rows, even if one of them fails.
    ///
    /// # Errors
    /// The first failure, when a file cannot be written.
    pub fn finish_rows(&mut self) -> Result<(), Error> {
        let finished = self.tables_mut().map(|table| table.finish());
        finished.fold(Ok(()), Result::and)
    }

    /// Removes what the files hold after the rows written since the folder was resumed, and returns
    /// the number of bytes removed.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn cut(&mut self) -> Result<u64, Error> {
        self.tables_mut().map(|table| table.cut()).sum()
    }

    /// Whether finished files hold more rows than were written so far: the run was resumed, and
    /// stopped before it got to where it had been.
    #[must_use]
    pub fn holds_more(&self) -> bool {
        let files =
            [Some(&self.postings), Some(&self.rejections), Some(&self.games), self.ticks.as_ref()];
        files.into_iter().flatten().any(|file| file.holds_more())
    }

    /// Writes the summary.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_summary(&self, summary: &impl Serialize) -> Result<(), Error> {
        write_json(&self.path().join("summary.json"), summary)
    }

    /// Writes the curves.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn write_curves(&self, curves: &impl Serialize) -> Result<(), Error> {
        write_json(&self.path().join("curves.json"), curves)
    }

    /// Writes the prices of games, and returns their entry in the manifest.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn write_prices(&self, prices: &Prices) -> Result<InputFile, Error> {
        let (content, listed) = prices.to_file()?;
        write_whole(&self.path().join(PRICES), |file| file.write_all(&content))?;
        Ok(listed)
    }

    /// Writes the manifest, atomically.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_manifest(&self, manifest: &RunManifest<'_>) -> Result<(), Error> {
        write_json(&self.path().join("manifest.json"), manifest)
    }

    /// The format of the rows.
    #[must_use]
    pub const fn format(&self) -> Format {
        self.format
    }

    /// The path of the folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.held.path()
    }

    /// The folder alone, which is still held against other processes.
    #[must_use]
    pub fn into_held(self) -> HeldFolder {
        self.held
    }
}

impl fmt::Debug for RunFolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Folder").field("path", &self.path()).finish_non_exhaustive()
    }
}

/// How the files of a folder are opened.
#[derive(Debug, Clone, Copy)]
enum Begin {
    /// As new files, which must not exist.
    New,
    /// As existing files, which are written once more as far as they go.
    Again,
}

fn begin(
    (table, how): (&Schema, Begin),
    folder: &Path,
    format: Format,
    origin: &Origin,
) -> Result<Box<dyn Rows + Send>, Error> {
    let path = place(folder, table, format);
    Ok(match (format, how) {
        (Format::Csv, Begin::New) => Box::new(TextFile::growing(&path, table)?),
        (Format::Csv, Begin::Again) => Box::new(TextFile::retrace(&path, table)?),
        (Format::Parquet, Begin::New) => Box::new(Parts::create(&path, table, origin)?),
        (Format::Parquet, Begin::Again) => Box::new(Parts::retrace(&path, table, origin)?),
    })
}

/// Writes a readable JSON document, atomically.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn write_json(path: &Path, value: &impl Serialize) -> Result<(), Error> {
    write_whole(path, |file| {
        serde_json::to_writer_pretty(&mut *file, value)?;
        file.write_all(b"\n")
    })
}

fn write_whole(
    path: &Path,
    fill: impl FnOnce(&mut BufWriter<&File>) -> io::Result<()>,
) -> Result<(), Error> {
    files::replace(path, |file| fill(file).map_err(|source| Error::io("write", path, source)))
}
