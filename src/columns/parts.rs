//! A table as a folder of Parquet files, each finished before the next one is begun: what ends a
//! run half-way costs the last part at most.

use std::fs;
use std::path::{Path, PathBuf};

use super::Rows;
use super::parquet_file::{Origin, ParquetFile};
use super::schema::{Cell, Schema};
use crate::error::Error;

/// Rows of a part: sixteen row groups.
const PART_ROWS: u64 = 1 << 20;

/// A table being written as `FOLDER/part-000000.parquet` and so on.
#[derive(Debug)]
pub struct Parts {
    folder: PathBuf,
    schema: Schema,
    origin: Origin,
    current: ParquetFile,
    number: u32,
}

impl Parts {
    /// Makes the folder and begins its first part.
    ///
    /// # Errors
    /// When there are parts already, or nothing can be written there.
    pub fn create(folder: &Path, schema: &Schema, origin: &Origin) -> Result<Self, Error> {
        fs::create_dir_all(folder).map_err(|source| Error::io("make folder", folder, source))?;
        let current = ParquetFile::create(&part(folder, 0), schema, origin)?;
        let (folder, schema, origin) = (folder.to_owned(), schema.clone(), origin.clone());
        Ok(Self { folder, schema, origin, current, number: 0 })
    }
}

impl Rows for Parts {
    fn push(&mut self, row: &[Cell<'_>]) -> Result<(), Error> {
        if self.current.rows() == PART_ROWS {
            self.current.finish()?;
            self.number += 1;
            let path = part(&self.folder, self.number);
            self.current = ParquetFile::create(&path, &self.schema, &self.origin)?;
        }
        self.current.push(row)
    }

    fn finish(&mut self) -> Result<(), Error> {
        self.current.finish()
    }
}

fn part(folder: &Path, number: u32) -> PathBuf {
    folder.join(format!("part-{number:06}.parquet"))
}
