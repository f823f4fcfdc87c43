//! A table as a folder of Parquet files, each finished before the next one is started: an abrupt
//! end of a run costs at most the last part.

use std::fs;
use std::path::{Path, PathBuf};

use super::schema::{Cell, Schema};
use super::{OpenedTable, Origin, ParquetFile, Rows};
use crate::base::error::Error;
use crate::base::files;

/// Rows of a part: sixteen row groups.
const PART_ROWS: u64 = 1 << 20;

/// Writes a table as `FOLDER/part-000000.parquet` and so on.
#[derive(Debug)]
pub struct Parts {
    folder: PathBuf,
    schema: Schema,
    origin: Origin,
    current: ParquetFile,
    number: u32,
    /// Rows of each existing part, in a folder that is written once more.
    there: Vec<u64>,
}

impl Parts {
    /// Creates the folder and starts its first part.
    ///
    /// # Errors
    /// When parts already exist, or nothing can be written there.
    pub fn create(folder: &Path, schema: &Schema, origin: &Origin) -> Result<Self, Error> {
        files::folder(folder).map_err(|source| Error::io("make folder", folder, source))?;
        let current = ParquetFile::create(&part(folder, 0), schema, origin)?;
        Ok(Self::begin(folder, current, (schema, origin), Vec::new()))
    }

    /// Writes the parts once more, to continue where they end: a new part replaces an existing one
    /// that has no more rows.
    ///
    /// # Errors
    /// When a part is damaged or holds another table, or nothing can be written there.
    pub fn retrace(folder: &Path, schema: &Schema, origin: &Origin) -> Result<Self, Error> {
        files::folder(folder).map_err(|source| Error::io("make folder", folder, source))?;
        files::remove_unfinished(folder, |_| true)?;
        let there = parts_of(folder)?;
        let there = there.iter().map(|path| Ok(OpenedTable::open(path, schema)?.rows()));
        let there = there.collect::<Result<_, Error>>()?;
        let current = ParquetFile::replacing(&part(folder, 0), schema, origin)?;
        Ok(Self::begin(folder, current, (schema, origin), there))
    }

    fn begin(
        folder: &Path,
        current: ParquetFile,
        (schema, origin): (&Schema, &Origin),
        there: Vec<u64>,
    ) -> Self {
        let (folder, schema, origin) = (folder.to_owned(), schema.clone(), origin.clone());
        Self { folder, schema, origin, current, number: 0, there }
    }
}

impl Rows for Parts {
    fn push(&mut self, row: &[Cell<'_>]) -> Result<(), Error> {
        if self.current.rows() == PART_ROWS {
            self.current.finish()?;
            self.number += 1;
            let path = part(&self.folder, self.number);
            let begin = match self.there.is_empty() {
                true => ParquetFile::create,
                false => ParquetFile::replacing,
            };
            self.current = begin(&path, &self.schema, &self.origin)?;
        }
        self.current.push(row)
    }

    fn finish(&mut self) -> Result<(), Error> {
        // Dropped unfinished, the new part is removed, and the one that holds more stays.
        if self.holds_more() { Ok(()) } else { self.current.finish() }
    }

    fn holds_more(&self) -> bool {
        let number = self.number as usize;
        let rows = self.there.get(number).copied().unwrap_or_default();
        rows > self.current.rows() || self.there.len() > number + 1
    }
}

fn part(folder: &Path, number: u32) -> PathBuf {
    folder.join(format!("part-{number:06}.parquet"))
}

/// The part files of a table in a folder, in order.
///
/// # Errors
/// When the folder cannot be listed.
pub fn parts_of(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let unlisted = |source| Error::io("list", folder, source);
    let mut parts = Vec::new();
    for entry in fs::read_dir(folder).map_err(unlisted)? {
        let path = entry.map_err(unlisted)?.path();
        if path.extension().is_some_and(|extension| extension == "parquet") {
            parts.push(path);
        }
    }
    parts.sort();
    Ok(parts)
}
