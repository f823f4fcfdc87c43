//! What stands for Parquet in a build without it: whoever asks is told which feature is missing.

use std::convert::Infallible;
use std::iter::Empty;
use std::path::Path;

use super::schema::{Cell, Schema};
use super::ticks::TicksFile;
use super::{Origin, Rows};
use crate::base::error::Error;

/// A Parquet file, of which there is none in this build.
#[derive(Debug)]
pub struct ParquetFile(Infallible);

/// A Parquet file that was read, of which there is none in this build.
pub(super) struct OpenedTable(Infallible);

fn not_built(path: &Path) -> Error {
    Error::not_built(&format!("a Parquet file ({})", path.display()), "parquet")
}

impl ParquetFile {
    /// Begins no file.
    ///
    /// # Errors
    /// Always.
    pub fn create(path: &Path, _: &Schema, _: &Origin) -> Result<Self, Error> {
        Err(not_built(path))
    }

    /// Begins no file.
    ///
    /// # Errors
    /// Always.
    pub(super) fn replacing(path: &Path, table: &Schema, origin: &Origin) -> Result<Self, Error> {
        Self::create(path, table, origin)
    }

    /// Rows taken so far.
    #[must_use]
    pub const fn rows(&self) -> u64 {
        match self.0 {}
    }
}

impl Rows for ParquetFile {
    fn push(&mut self, _: &[Cell<'_>]) -> Result<(), Error> {
        match self.0 {}
    }

    fn finish(&mut self) -> Result<(), Error> {
        match self.0 {}
    }
}

impl OpenedTable {
    /// Opens no file.
    ///
    /// # Errors
    /// Always.
    pub(super) fn open(path: &Path, _: &Schema) -> Result<Self, Error> {
        Err(not_built(path))
    }

    /// How many rows it has.
    pub(super) const fn rows(&self) -> u64 {
        match self.0 {}
    }
}

/// Reads no file.
///
/// # Errors
/// Always.
pub fn check(path: &Path) -> Result<(), Error> {
    Err(not_built(path))
}

/// Reads no rows.
///
/// # Errors
/// Always.
pub fn read_parquet(
    path: &Path,
    _: &Schema,
    _: impl FnMut(&[Cell<'_>]) -> Result<(), Error>,
) -> Result<(), Error> {
    Err(not_built(path))
}

/// Reads no rows.
///
/// # Errors
/// Always.
pub fn typed_rows<T>(folder: &Path, _: &'static Schema) -> Result<Empty<Result<T, Error>>, Error> {
    Err(not_built(folder))
}

/// Reads no ticks.
///
/// # Errors
/// Always.
pub fn read_file(path: &Path) -> Result<TicksFile, Error> {
    Err(not_built(path))
}
