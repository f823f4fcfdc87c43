//! Results and ticks in columns: Parquet files that DuckDB, Polars and pandas read, exact to the
//! lamport (docs/columns.md).
//!
//! ```text
//! GameRecord, Fragment ─> tables (rows of cells) ─> Rows: Parts, ParquetFile or TextFile
//! ParquetFile of ticks ─> ticks::read_file ─> Recording, as if its lines had been read
//! ```
//!
//! The content of each table is defined once ([`tables`], [`schema`]), for every file format. A row
//! reaches a file whole, a file appears under its name whole, and memory is bounded by one row
//! group per open file.
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

/// Receives the rows of one table, in order.
pub trait Rows {
    /// Receives a row: one cell per column of the table's schema.
    ///
    /// # Errors
    /// When a value does not fit its column, with the place of the row; when the file cannot be
    /// written.
    fn push(&mut self, row: &[Cell<'_>]) -> Result<(), Error>;

    /// Writes what is held in memory of a table that grows under its own name, if it is more than
    /// `above` bytes. After an error it is still held, and the next call writes it.
    ///
    /// # Errors
    /// When the file cannot be written.
    fn flush(&mut self, above: usize) -> Result<(), Error> {
        let _ = above;
        Ok(())
    }

    /// Number of bytes that are held in memory, apart from the last few.
    fn held(&self) -> usize {
        0
    }

    /// Ends the current file and gives it its name; without this, an unfinished file is removed.
    ///
    /// # Errors
    /// When the file cannot be written.
    fn finish(&mut self) -> Result<(), Error>;

    /// Removes everything that a retraced file holds after the pushed rows, and returns the number
    /// of bytes removed.
    ///
    /// # Errors
    /// When the file cannot be written.
    fn cut(&mut self) -> Result<u64, Error> {
        Ok(0)
    }

    /// Whether a retraced file holds more rows than were pushed so far.
    fn holds_more(&self) -> bool {
        false
    }
}

/// A write failure, with what can be done about it.
fn unwritten(path: &Path, source: impl Into<io::Error>) -> Error {
    let source = source.into();
    let hint = match source.kind() {
        io::ErrorKind::InvalidData => "another run wrote it, or it is damaged: left unchanged",
        _ => "files finished earlier are intact; free some space and try again",
    };
    Error::new(ErrorKind::Io, format!("could not write {}", path.display()))
        .caused_by(source)
        .hint(hint)
}
