//! Reads files of [`TICKS`](super::schema::TICKS) as recordings: the same games, prices to the last
//! bit, gaps and holes as in the recordings from which they were exported.

#[cfg(feature = "parquet")]
mod reader;

use std::path::Path;

use crate::base::error::Error;
use crate::games::recording::{self, Recording};
#[cfg(feature = "parquet")]
pub use reader::read_file;

/// A file of ticks, read into memory.
#[derive(Debug)]
pub struct TicksFile {
    /// The games in the file, as a recording.
    pub recording: Recording,
    /// Size of the file in bytes.
    pub bytes: u64,
    /// SHA-256 of the whole file.
    pub sha256: [u8; 32],
}

/// Reads no file of ticks in this build.
///
/// # Errors
/// Always: a file of ticks needs the feature `parquet`.
#[cfg(not(feature = "parquet"))]
pub fn read_file(path: &Path) -> Result<TicksFile, Error> {
    Err(super::no_parquet::not_built(path))
}

/// Whether a path is treated as a file of ticks.
#[must_use]
pub fn is_columns(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("parquet"))
}

/// Reads a recording in lines or in columns.
///
/// # Errors
/// When it cannot be read, or is in columns and damaged.
pub fn read_recording(path: &Path) -> Result<Recording, Error> {
    if is_columns(path) {
        read_file(path).map(|read| read.recording)
    } else {
        recording::read_file(path)
    }
}
