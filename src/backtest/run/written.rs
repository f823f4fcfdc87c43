//! Opens the folders that runs wrote.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::drawn::Keep;
use super::inputs::Inputs;
use super::layout::{Contents, FORMAT, Format, SCENARIO, place};
use super::prices::KeptPrices;
use crate::backtest::columns::schema::{self, Cell, Schema};
use crate::backtest::columns::{parts_of, read_csv, read_parquet};
use crate::base::error::{Error, ErrorKind};
use crate::base::files::reading;

/// The reason for a difference in the games whose prices are kept.
const OTHER_PRICES: &str = "another choice of `--keep-prices`";

/// A folder that a run wrote.
#[derive(Debug)]
pub struct Written {
    /// Path of the folder.
    pub path: PathBuf,
    /// Format of the rows.
    pub rows: Format,
    /// `running`, `complete`, `interrupted` or `failed`.
    pub status: String,
    /// The version of the program that wrote it.
    pub replayer: String,
    /// The games whose prices it keeps, if any.
    pub prices: Option<KeptPrices>,
    /// What the run read.
    pub inputs: Inputs,
    /// The scenario as it was run.
    pub scenario: String,
}

/// The fields that manifests of all versions have.
#[derive(Deserialize)]
struct Versions {
    format: u32,
    replayer: String,
}

#[derive(Deserialize)]
struct WrittenManifest {
    rows: Format,
    status: String,
    // Version 0.1 kept none.
    #[serde(default)]
    prices: Option<KeptPrices>,
    inputs: Inputs,
}

impl Written {
    /// Whether a path is the folder of a run.
    #[must_use]
    pub fn is_at(path: &Path) -> bool {
        path.join("manifest.json").is_file()
    }

    /// Opens the folder of a run.
    ///
    /// # Errors
    /// When it has no readable manifest, or one of another version.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let manifest = path.join("manifest.json");
        let text = read(&manifest)?;
        let Versions { format, replayer } = parse(&manifest, &text)?;
        if format != FORMAT {
            let what = format!(
                "{} has format {format}, written by replayer {replayer}; this is version {} and \
                 reads format {FORMAT}",
                path.display(),
                env!("CARGO_PKG_VERSION")
            );
            return Err(Error::new(ErrorKind::Io, what)
                .hint("run its scenario.ron again, or use the version that wrote it"));
        }
        let WrittenManifest { rows, status, prices, inputs } = parse(&manifest, &text)?;
        let scenario = Self::scenario_of(path)?;
        Ok(Self { path: path.to_owned(), rows, status, replayer, prices, inputs, scenario })
    }

    /// The scenario in a folder.
    pub(super) fn scenario_of(path: &Path) -> Result<String, Error> {
        read(&path.join(SCENARIO))
    }

    /// Why a run writes other rows than these, if it does.
    pub(super) fn differs(
        &self,
        scenario: &str,
        contents: &Contents,
        inputs: &Inputs,
    ) -> Option<&'static str> {
        let kept = self.prices.as_ref().map(|prices| &prices.keep);
        let keep = contents.keep.as_ref().map(Keep::words);
        let differences = [
            (self.replayer != env!("CARGO_PKG_VERSION"), "another version of replayer"),
            (self.scenario != scenario, "another scenario"),
            (self.inputs != *inputs, "other or changed input files"),
            (self.rows != contents.format, "another choice of `--parquet`"),
            (self.has(&schema::TICKS) && !contents.ticks, "another choice of `--ticks`"),
            (kept.is_some() && keep.is_none(), "another choice of `--ticks`"),
            (kept.is_some_and(|kept| Some(kept) != keep.as_ref()), OTHER_PRICES),
        ];
        differences.into_iter().find(|(differ, _)| *differ).map(|(_, what)| what)
    }

    /// Whether the folder has a table.
    #[must_use]
    pub fn has(&self, table: &Schema) -> bool {
        self.files(table).is_ok_and(|files| files.iter().any(|file| file.is_file()))
    }

    /// The size of a table, in bytes.
    ///
    /// # Errors
    /// When its size cannot be determined.
    pub fn bytes(&self, table: &Schema) -> Result<u64, Error> {
        let mut bytes = 0;
        for file in self.files(table)? {
            bytes += file.metadata().map_err(|source| Error::io("open", &file, source))?.len();
        }
        Ok(bytes)
    }

    /// Reads the rows of a table in any format, each with the number of bytes of the table read so
    /// far.
    ///
    /// # Errors
    /// When a file cannot be read or is damaged, with the position; and the errors of `take`.
    pub fn rows_of(
        &self,
        table: &Schema,
        mut take: impl FnMut(&[Cell<'_>], u64) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut before = 0;
        for file in self.files(table)? {
            match self.rows {
                Format::Csv => read_csv(&file, table, &mut take)?,
                Format::Parquet => read_parquet(&file, table, |row| take(row, before))?,
            }
            before += file.metadata().map_or(0, |about| about.len());
        }
        Ok(())
    }

    /// The files of a table, in order.
    fn files(&self, table: &Schema) -> Result<Vec<PathBuf>, Error> {
        let place = place(&self.path, table, self.rows);
        match self.rows {
            Format::Csv => Ok(vec![place]),
            Format::Parquet => parts_of(&place),
        }
    }
}

fn read(path: &Path) -> Result<String, Error> {
    reading::text(path, reading::RUN_BYTES_MAX).map_err(|source| Error::io("read", path, source))
}

fn parse<'a, T: Deserialize<'a>>(path: &Path, text: &'a str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|source| {
        Error::new(ErrorKind::Io, format!("{} is not the manifest of a run", path.display()))
            .caused_by(source)
    })
}
