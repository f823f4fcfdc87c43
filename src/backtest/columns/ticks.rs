//! Files of [`TICKS`](super::schema::TICKS) as recordings: the same games, prices to the last bit,
//! gaps and holes as the recordings that they were exported from.

#[cfg(feature = "parquet")]
mod reader;

use std::path::Path;

#[cfg(not(feature = "parquet"))]
pub use super::no_parquet::read_file;
use crate::base::error::Error;
use crate::games::recording::{self, Recording};
#[cfg(feature = "parquet")]
pub use reader::read_file;

/// A file of ticks that was read.
#[derive(Debug)]
pub struct TicksFile {
    /// What it told.
    pub recording: Recording,
    /// Its size in bytes.
    pub bytes: u64,
    /// SHA-256 of all of it.
    pub sha256: [u8; 32],
}

/// Whether a file is taken for one of ticks.
#[must_use]
pub fn is_columns(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "parquet")
}

/// Reads a recording, whether it is made of lines or of columns.
///
/// # Errors
/// When it cannot be read, or is damaged and made of columns.
pub fn read_recording(path: &Path) -> Result<Recording, Error> {
    if is_columns(path) {
        read_file(path).map(|read| read.recording)
    } else {
        recording::read_file(path)
    }
}
