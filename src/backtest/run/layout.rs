//! How the folder of a run is laid out: its version, its names, and what it is to hold.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::drawn::Keep;
use crate::backtest::columns::schema::Schema;
use crate::base::error::Error;
use crate::engine::collector::Ending;

/// Version of the folder's layout.
pub const FORMAT: u32 = 2;

/// The name of the scenario as it was run.
pub(super) const SCENARIO: &str = "scenario.ron";

/// How a folder's rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// `games.csv` and so on, which grow game by game under their own names.
    Csv,
    /// `games/part-000000.parquet` and so on (docs/columns.md).
    Parquet,
}

/// What a folder is to hold.
#[derive(Debug, Clone)]
pub struct Contents {
    /// How rows are written.
    pub format: Format,
    /// Whether the ticks of the games are written too.
    pub ticks: bool,
    /// The games whose prices are kept, so that a page can draw them; `None` where nobody can tell
    /// the games again, or where `ticks` has them all.
    pub keep: Option<Keep>,
}

/// The word for how a run ended in the manifest; `running` until then.
#[must_use]
pub const fn status(ending: &Result<Ending, Error>) -> &'static str {
    match ending {
        Ok(Ending::Complete) => "complete",
        Ok(Ending::Interrupted) => "interrupted",
        Err(_) => "failed",
    }
}

/// Where a table is: a file, or a folder of parts.
pub(super) fn place(folder: &Path, table: &Schema, format: Format) -> PathBuf {
    let name = &table.name;
    match format {
        Format::Csv => folder.join(format!("{name}.csv")),
        Format::Parquet => folder.join(name.as_ref()),
    }
}
