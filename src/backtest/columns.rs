//! Results and ticks in columns: Parquet files that DuckDB, Polars and pandas read, exact to the
//! lamport (docs/columns.md).
//!
//! ```text
//! GameRecord, Fragment ─> tables (rows of cells) ─> Rows: Parts, ParquetFile or TextFile
//! ParquetFile of ticks ─> ticks::read_file ─> Recording, as if its lines had been read
//! ```
//!
//! What a row of each table holds is written once ([`tables`], [`schema`]), whatever it is written
//! to. A row reaches a file whole, a file appears under its name whole, and memory is bounded by
//! one row group per open file.
//!
//! ```no_run
//! use std::path::Path;
//!
//! use replayer::backtest::columns::schema::{Cell, Column, GAMES, Schema};
//! use replayer::backtest::columns::tables::{self, Seat};
//! use replayer::backtest::columns::{Origin, ParquetFile, Rows};
//! # fn each() -> Vec<replayer::engine::journal::GameRecord> { Vec::new() }
//!
//! # fn main() -> Result<(), replayer::base::error::Error> {
//! let origin = Origin::scenario("Scenario(…)");
//! let seats = [Seat { variant: 7, bot: "careful".into() }];
//! let mut games = ParquetFile::create(Path::new("games/part-000000.parquet"), &GAMES, &origin)?;
//! for game in each() {
//!     tables::games(&game, &seats, &mut games)?;
//! }
//! games.finish()?;
//!
//! // A table of a sweep's own: named columns after the number of the variant.
//! let schema = Schema::variants([
//!     Column::text("strategy"),
//!     Column::amount("pnl"),
//!     Column::real("sharpe").optional(),
//! ]);
//! let mut variants = ParquetFile::create(Path::new("variants.parquet"), &schema, &origin)?;
//! variants.push(&[Cell::Integer(7), Cell::Text("careful"), Cell::Sol(Default::default()), Cell::Empty])?;
//! variants.finish()
//! # }
//! ```

#[cfg(feature = "parquet")]
mod buffer;
mod csv_file;
mod fit;
#[cfg(not(feature = "parquet"))]
mod no_parquet;
mod origin;
#[cfg(feature = "parquet")]
mod parquet_file;
#[cfg(feature = "parquet")]
mod parquet_rows;
mod parts;
#[cfg(feature = "parquet")]
mod read;
pub mod schema;
pub mod tables;
mod text;
pub mod ticks;

use std::io;
use std::path::Path;

use crate::base::error::{Error, ErrorKind};
pub use csv_file::read_csv;
#[cfg(not(feature = "parquet"))]
use no_parquet::OpenedTable;
#[cfg(not(feature = "parquet"))]
pub use no_parquet::{ParquetFile, check, read_parquet, typed_rows};
pub use origin::Origin;
#[cfg(feature = "parquet")]
pub use parquet_file::ParquetFile;
#[cfg(feature = "parquet")]
pub use parquet_rows::{read_parquet, typed_rows};
pub use parts::{Parts, parts_of};
#[cfg(feature = "parquet")]
use read::OpenedTable;
#[cfg(feature = "parquet")]
pub use read::check;
use schema::Cell;
pub use text::{TextFile, TextFormat};

/// Whoever takes rows of one table, in order.
pub trait Rows {
    /// Takes a row: one cell per column of the table's schema.
    ///
    /// # Errors
    /// When a value does not fit its column, with the place of the row; when the file cannot be
    /// written.
    fn push(&mut self, row: &[Cell<'_>]) -> Result<(), Error>;

    /// Ends what is being written and gives it its name; without it, an unfinished file vanishes.
    ///
    /// # Errors
    /// When it cannot be written.
    fn finish(&mut self) -> Result<(), Error>;

    /// Forgets what a retraced file holds beyond the rows that were pushed, and says how many bytes that were.
    ///
    /// # Errors
    /// When the file cannot be written.
    fn cut(&mut self) -> Result<u64, Error> {
        Ok(0)
    }

    /// Whether what was finished holds more rows than were pushed: it was retraced, and not to its end.
    fn holds_more(&self) -> bool {
        false
    }
}

/// A failure to write, with what can be done about it.
fn unwritten(path: &Path, source: impl Into<io::Error>) -> Error {
    let source = source.into();
    let hint = match source.kind() {
        io::ErrorKind::InvalidData => {
            "another run wrote it, or it was damaged: it is left as it is"
        }
        _ => "files that were finished before are whole; free some space and try again",
    };
    Error::new(ErrorKind::Io, format!("could not write {}", path.display()))
        .caused_by(source)
        .hint(hint)
}
