//! Reads Parquet files back: which table they hold, whether they are intact, and their columns.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use parquet::column::reader::{ColumnReaderImpl, get_typed_column_reader};
use parquet::data_type::DataType;
use parquet::errors::Result as ParquetResult;
use parquet::file::metadata::KeyValue;
use parquet::file::reader::{FileReader, RowGroupReader};
use parquet::file::serialized_reader::SerializedFileReader;
use sha2::{Digest as _, Sha256};

use super::buffer::root;
use super::parquet_file::{GROUP_ROWS, SEAL, SEALED_BYTES, key};
use super::schema::Schema;
use crate::base::error::{Error, ErrorKind};
use crate::base::files::reading;

/// Number of bytes at the end of a file that hold the footer's length and the Parquet magic.
const TAIL_BYTES: u64 = 8;

const MAGIC: &[u8; 4] = b"PAR1";

/// A file of a table that was read to its end once, and is intact.
pub(super) struct OpenedTable {
    path: PathBuf,
    reader: SerializedFileReader<File>,
    /// Number of columns of the table in the version of the file.
    pub(super) columns: usize,
    /// Size of the file in bytes.
    pub(super) bytes: u64,
    /// SHA-256 of the whole file.
    pub(super) sha256: [u8; 32],
}

/// The columns of one row group.
pub(super) struct Group<'a> {
    path: &'a Path,
    reader: Box<dyn RowGroupReader + 'a>,
    /// Number of rows in the group.
    pub(super) rows: usize,
}

/// Reads a file of any table to its end, and checks that it is as it was written.
///
/// # Errors
/// When it cannot be read, or is not intact.
pub fn check(path: &Path) -> Result<(), Error> {
    whole(path).map(drop)
}

/// An intact file, its size and its digest.
fn whole(path: &Path) -> Result<(File, u64, [u8; 32]), Error> {
    let mut file = reading::open(path).map_err(|source| Error::io("open", path, source))?;
    match look(&mut file).map_err(|source| Error::io("read", path, source))? {
        Look::Whole { bytes, sha256 } => Ok((file, bytes, sha256)),
        Look::Damaged => Err(damaged(path, "its digest is not that of its content")),
        Look::Foreign => {
            let what = format!("{} was not written by replayer, or is truncated", path.display());
            Err(Error::new(ErrorKind::Io, what)
                .hint("give recordings, or what `replayer export` wrote, unchanged"))
        }
    }
}

impl OpenedTable {
    /// Opens the file of a table.
    ///
    /// # Errors
    /// When it cannot be read, is not intact, or is not of this table and version.
    pub(super) fn open(path: &Path, table: &Schema) -> Result<Self, Error> {
        let (file, bytes, sha256) = whole(path)?;
        let reader = SerializedFileReader::new(file).map_err(|source| damaged(path, source))?;
        let about = reader.metadata().file_metadata();
        let said = |key: &str| said(about.key_value_metadata(), key).unwrap_or("unknown");
        let (name, version) = (said(key::SCHEMA), said(key::VERSION));
        if name != table.name {
            let what = format!("{} holds `{name}`, not `{}`", path.display(), table.name);
            return Err(
                Error::new(ErrorKind::Io, what).hint(format!("give a file of `{}`", table.name))
            );
        }
        let known = version.parse().ok().and_then(|version| table.columns_of(version));
        let Some(columns) = known else {
            let by = said(key::PROGRAM);
            let what = format!(
                "{} has version {version} of the table, written by replayer {by}; this is version \
                 {} and reads up to version {}",
                path.display(),
                env!("CARGO_PKG_VERSION"),
                table.version()
            );
            return Err(Error::new(ErrorKind::Io, what)
                .hint("export the recordings again, or use the version that wrote the file"));
        };
        let expected = root(table, columns).map_err(|source| damaged(path, source))?;
        if *about.schema() != expected {
            return Err(damaged(path, "its columns are not those of its version"));
        }
        let columns = columns.len();
        Ok(Self { path: path.to_owned(), reader, columns, bytes, sha256 })
    }

    /// The row groups of the file, in order.
    pub(super) fn groups(&self) -> impl Iterator<Item = Result<Group<'_>, Error>> {
        (0..).map_while(|number| self.group(number))
    }

    /// Number of rows in the file.
    pub(super) fn rows(&self) -> u64 {
        self.reader.metadata().file_metadata().num_rows().try_into().unwrap_or_default()
    }

    /// A row group by its number, from 0; `None` after the last.
    pub(super) fn group(&self, number: usize) -> Option<Result<Group<'_>, Error>> {
        (number < self.reader.num_row_groups()).then(|| {
            let wrong = |source| damaged(&self.path, source);
            let reader = self.reader.get_row_group(number).map_err(wrong)?;
            match u64::try_from(reader.metadata().num_rows()) {
                Ok(rows) if rows <= GROUP_ROWS => {
                    let rows = usize::try_from(rows).expect("few rows");
                    Ok(Group { path: &self.path, reader, rows })
                }
                _ => Err(damaged(&self.path, "a row group with too many rows")),
            }
        })
    }

    /// An error in a row, by its number from 1.
    pub(super) fn wrong(&self, row: u64, why: &str) -> Error {
        damaged(&self.path, format!("row {row}: {why}"))
    }
}

impl Group<'_> {
    /// Reads a column with a value in every row.
    pub(super) fn column<T: DataType>(
        &self,
        place: usize,
        values: &mut Vec<T::T>,
    ) -> Result<(), Error> {
        values.clear();
        let mut reader = self.reader::<T>(place)?;
        self.all(reader.read_records(self.rows, None, None, values))
    }

    /// Reads a column that may be empty in some rows: the values, and 1 or 0 for each row.
    pub(super) fn optional<T: DataType>(
        &self,
        place: usize,
        (values, levels): (&mut Vec<T::T>, &mut Vec<i16>),
    ) -> Result<(), Error> {
        values.clear();
        levels.clear();
        let mut reader = self.reader::<T>(place)?;
        self.all(reader.read_records(self.rows, Some(levels), None, values))
    }

    /// Reads some rows of a column with a value in every row, given their indices from 0.
    pub(super) fn some<T: DataType>(
        &self,
        place: usize,
        rows: impl IntoIterator<Item = usize>,
    ) -> Result<Vec<T::T>, Error> {
        let (mut reader, mut values, mut at) = (self.reader::<T>(place)?, Vec::new(), 0);
        for row in rows {
            let skipped = reader.skip_records(row - at);
            let read = skipped.and_then(|_| reader.read_records(1, None, None, &mut values));
            match read.map_err(|source| damaged(self.path, source))? {
                (1, ..) => at = row + 1,
                _ => return Err(self.short()),
            }
        }
        Ok(values)
    }

    fn reader<T: DataType>(&self, place: usize) -> Result<ColumnReaderImpl<T>, Error> {
        let column = self.reader.get_column_reader(place);
        column.map(get_typed_column_reader).map_err(|source| damaged(self.path, source))
    }

    fn all(&self, read: ParquetResult<(usize, usize, usize)>) -> Result<(), Error> {
        match read.map_err(|source| damaged(self.path, source))? {
            (rows, ..) if rows == self.rows => Ok(()),
            _ => Err(self.short()),
        }
    }

    fn short(&self) -> Error {
        damaged(self.path, "a column is shorter than the others")
    }
}

fn said<'a>(about: Option<&'a Vec<KeyValue>>, key: &str) -> Option<&'a str> {
    about?.iter().find(|said| said.key == key)?.value.as_deref()
}

/// What the seal says about a file.
enum Look {
    Whole { bytes: u64, sha256: [u8; 32] },
    Damaged,
    Foreign,
}

/// Reads a file to its end and verifies its seal before anything in it is used.
fn look(file: &mut File) -> io::Result<Look> {
    let bytes = file.seek(SeekFrom::End(0))?;
    let Some(tail_at) = bytes.checked_sub(TAIL_BYTES) else { return Ok(Look::Foreign) };
    file.seek(SeekFrom::Start(tail_at))?;
    let [a, b, c, d, magic @ ..] = array::<8>(file)?;
    let footer_at = tail_at.checked_sub(u32::from_le_bytes([a, b, c, d]).into());
    let seal_at = footer_at.and_then(|at| at.checked_sub(SEALED_BYTES));
    let (Some(seal_at), true) = (seal_at, magic == *MAGIC) else { return Ok(Look::Foreign) };
    file.seek(SeekFrom::Start(0))?;
    let mut content = Sha256::new();
    update(&mut content, file, seal_at)?;
    let (seal, told) = (array::<8>(file)?, array::<32>(file)?);
    if seal != *SEAL {
        return Ok(Look::Foreign);
    }
    let mut whole = content.clone().chain_update(seal).chain_update(told);
    let mut footer = Vec::new();
    file.read_to_end(&mut footer)?;
    whole.update(&footer);
    let sealed: [u8; 32] = content.chain_update(&footer).finalize().into();
    let sha256 = whole.finalize().into();
    Ok(if sealed == told { Look::Whole { bytes, sha256 } } else { Look::Damaged })
}

fn array<const N: usize>(file: &mut File) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn update(digest: &mut Sha256, file: &mut File, bytes: u64) -> io::Result<()> {
    let mut buffer = vec![0; 1 << 16];
    let mut rest = file.take(bytes);
    loop {
        match rest.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(read) => digest.update(&buffer[..read]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

fn damaged(path: &Path, why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::new(ErrorKind::Io, format!("{} is damaged, or not a Parquet file", path.display()))
        .caused_by(why)
        .hint("columns cannot be salvaged line by line: export the recordings again")
}
