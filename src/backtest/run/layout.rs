//! The layout of a run's folder: its version, its names, and its contents.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::drawn::Keep;
use crate::backtest::columns::schema::Schema;
use crate::base::error::Error;
use crate::engine::collector::Ending;

/// Version of the folder's layout.
pub const FORMAT: u32 = 2;

/// Name of the file with the scenario as it was run.
pub(super) const SCENARIO: &str = "scenario.ron";

/// The format of a folder's rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// `games.csv` and so on, which grow game by game under their own names.
    Csv,
    /// `games/part-000000.parquet` and so on (docs/columns.md).
    Parquet,
}

/// The contents of a folder.
#[derive(Debug, Clone)]
pub struct Contents {
    /// Format of the rows.
    pub format: Format,
    /// Whether the ticks of the games are written too.
    pub ticks: bool,
    /// The games whose prices are kept for drawing; `None` if they cannot be replayed, or if
    /// `ticks` includes them all.
    pub keep: Option<Keep>,
}

/// The `status` in the manifest of a run that has ended; `running` until then.
#[must_use]
pub const fn status(ending: &Result<Ending, Error>) -> &'static str {
    match ending {
        Ok(Ending::Complete) => "complete",
        Ok(Ending::Interrupted) => "interrupted",
        Err(_) => "failed",
    }
}

/// The path of a table: a file, or a folder of parts.
pub(super) fn place(folder: &Path, table: &Schema, format: Format) -> PathBuf {
    let name = &table.name;
    match format {
        Format::Csv => folder.join(format!("{name}.csv")),
        Format::Parquet => folder.join(name.as_ref()),
    }
}
