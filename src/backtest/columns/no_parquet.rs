//! Stands for Parquet files in a build without them: every call is an error that names the feature.

use std::convert::Infallible;
use std::iter::Empty;
use std::path::Path;

use super::schema::{Cell, Schema};
use super::{Origin, Rows};
use crate::base::error::Error;

/// A Parquet file to write; a build without Parquet has none.
#[derive(Debug)]
pub struct ParquetFile(Infallible);

/// A Parquet file to read; a build without Parquet has none.
pub(super) struct OpenedTable(Infallible);

/// The error for a Parquet file in this build.
pub(super) fn not_built(path: &Path) -> Error {
    Error::not_built(&format!("a Parquet file ({})", path.display()), "parquet")
}

impl ParquetFile {
    /// Creates no file in this build.
    ///
    /// # Errors
    /// Always.
    pub fn create(path: &Path, _: &Schema, _: &Origin) -> Result<Self, Error> {
        Err(not_built(path))
    }

    /// Creates no file in this build.
    ///
    /// # Errors
    /// Always.
    pub(super) fn replacing(path: &Path, table: &Schema, origin: &Origin) -> Result<Self, Error> {
        Self::create(path, table, origin)
    }

    /// Number of rows added so far.
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
    /// Opens no file in this build.
    ///
    /// # Errors
    /// Always.
    pub(super) fn open(path: &Path, _: &Schema) -> Result<Self, Error> {
        Err(not_built(path))
    }

    /// Number of rows in the file.
    pub(super) const fn rows(&self) -> u64 {
        match self.0 {}
    }
}

/// Checks no file in this build.
///
/// # Errors
/// Always.
pub fn check(path: &Path) -> Result<(), Error> {
    Err(not_built(path))
}

/// Reads no rows in this build.
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

/// Reads no rows in this build.
///
/// # Errors
/// Always.
pub fn typed_rows<T>(folder: &Path, _: &'static Schema) -> Result<Empty<Result<T, Error>>, Error> {
    Err(not_built(folder))
}
