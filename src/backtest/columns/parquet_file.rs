//! Writes one Parquet file: row groups of bounded size, zstd, independent of clock and machine.

use std::fmt;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parquet::basic::{ColumnOrder, Compression, Encoding, ZstdLevel};
use parquet::errors::Result as ParquetResult;
use parquet::file::metadata::{
    FileMetaData, KeyValue, ParquetMetaDataBuilder, ParquetMetaDataWriter, RowGroupMetaData,
};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{ColumnPath, SchemaDescPtr, SchemaDescriptor};
use sha2::{Digest as _, Sha256};

use super::buffer::{Buffer, buffers, root};
use super::fit::{check, misfit};
use super::schema::{Cell, Schema};
use super::{Origin, Rows, unwritten};
use crate::base::error::{Error, ErrorKind};
use crate::base::files::Pending;

/// Rows of a row group: held in memory before it is written, at most some 15 MB.
pub(super) const GROUP_ROWS: u64 = 1 << 16;

/// Keys of the metadata in a file.
pub(super) mod key {
    /// Name of the table that the file holds.
    pub(in crate::backtest::columns) const SCHEMA: &str = "replayer.schema";
    /// Version of the table.
    pub(in crate::backtest::columns) const VERSION: &str = "replayer.schema_version";
    /// Version of the program that wrote the file.
    pub(in crate::backtest::columns) const PROGRAM: &str = "replayer.version";
    /// SHA-256 of the scenario as it was run.
    pub(in crate::backtest::columns) const SCENARIO: &str = "replayer.scenario_sha256";
}

/// Precedes the footer, where no reader looks: these letters and the SHA-256 of the rest of the
/// file. Columns have no checksum of their own, and a footer must be verified before it is used.
pub(super) const SEAL: &[u8; 8] = b"replayer";

/// Size of the seal and the digest after it, in bytes.
pub(super) const SEALED_BYTES: u64 = 8 + 32;

impl Origin {
    /// The metadata of a table's file; it does not depend on when or where it was written.
    fn about(&self, table: &Schema) -> Vec<KeyValue> {
        let mut about = vec![
            KeyValue::new(key::SCHEMA.to_owned(), table.name.to_string()),
            KeyValue::new(key::VERSION.to_owned(), table.version().to_string()),
            KeyValue::new(key::PROGRAM.to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
        ];
        let scenario = self.scenario.clone();
        about.extend(scenario.map(|sha256| KeyValue::new(key::SCENARIO.to_owned(), sha256)));
        about
    }
}

/// A Parquet file being written, under a temporary name until it is finished.
///
/// When the disk is full, what fits is kept: whole row groups, with a footer, under the file's
/// name. The error says so.
pub struct ParquetFile {
    path: PathBuf,
    table: Schema,
    buffers: Vec<Buffer>,
    /// `None` once the file is finished, or has failed.
    open: Option<Open>,
    /// Number of rows in the buffers.
    held: u64,
    rows: u64,
}

impl ParquetFile {
    /// Creates a new file.
    ///
    /// # Errors
    /// When the file exists or cannot be created.
    pub fn create(path: &Path, table: &Schema, origin: &Origin) -> Result<Self, Error> {
        Self::begin(Pending::create(path)?, path, (table, origin))
    }

    /// Creates a file that replaces an existing one.
    ///
    /// # Errors
    /// When the file cannot be created.
    pub(super) fn replacing(path: &Path, table: &Schema, origin: &Origin) -> Result<Self, Error> {
        Self::begin(Pending::replacing(path)?, path, (table, origin))
    }

    fn begin(
        pending: Pending,
        path: &Path,
        (table, origin): (&Schema, &Origin),
    ) -> Result<Self, Error> {
        let buffers = buffers(&table.columns);
        let open = Open::begin(pending, (table, &buffers), origin)
            .map_err(|source| unwritten(path, io::Error::from(source)))?;
        let (path, table) = (path.to_owned(), table.clone());
        Ok(Self { path, table, buffers, open: Some(open), held: 0, rows: 0 })
    }

    /// Number of rows taken so far.
    #[must_use]
    pub const fn rows(&self) -> u64 {
        self.rows
    }

    fn flush(&mut self) -> Result<(), Error> {
        let Some(open) = &mut self.open else { return Err(over(&self.path)) };
        if std::mem::take(&mut self.held) == 0 {
            return Ok(());
        }
        match open.write_group(&mut self.buffers) {
            Ok(()) => Ok(()),
            // What is there is finished, and the first failure is the one to report.
            Err(trouble) => self.close(Some(trouble)),
        }
    }

    fn close(&mut self, trouble: Option<io::Error>) -> Result<(), Error> {
        let Some(open) = self.open.take() else { return Err(over(&self.path)) };
        let (kept, trouble) = open.close(trouble)?;
        trouble.map_or(Ok(()), |source| {
            let kept = match kept {
                0 => "nothing is kept".to_owned(),
                rows => format!("its first {rows} rows are kept"),
            };
            let hint = format!("{kept}; files finished earlier are intact: free some space");
            Err(Error::io("write", &self.path, source).hint(hint))
        })
    }
}

impl Rows for ParquetFile {
    fn push(&mut self, row: &[Cell<'_>]) -> Result<(), Error> {
        check(&self.table.columns, row).map_err(|why| misfit(&self.table, row, self.rows, &why))?;
        self.buffers.iter_mut().for_each(|buffer| buffer.push(row));
        self.held += 1;
        self.rows += 1;
        if self.held == GROUP_ROWS { self.flush() } else { Ok(()) }
    }

    fn finish(&mut self) -> Result<(), Error> {
        self.flush()?;
        self.close(None)
    }
}

impl fmt::Debug for ParquetFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ParquetFile")
            .field("path", &self.path)
            .field("rows", &self.rows)
            .finish_non_exhaustive()
    }
}

/// A file that receives row groups.
struct Open {
    /// Builds a row group in memory, so that one that does not fit on the disk can be omitted.
    encoder: SerializedFileWriter<Vec<u8>>,
    columns: SchemaDescPtr,
    about: Vec<KeyValue>,
    pending: Pending,
    /// The state of the file at its start and after each row group.
    marks: Vec<Mark>,
}

/// The extent of the file at a point in time.
#[derive(Clone)]
struct Mark {
    bytes: u64,
    digest: Sha256,
}

impl Open {
    fn begin(
        pending: Pending,
        (table, buffers): (&Schema, &[Buffer]),
        origin: &Origin,
    ) -> ParquetResult<Self> {
        let columns = Arc::new(SchemaDescriptor::new(Arc::new(root(table, &table.columns)?)));
        let encoder = SerializedFileWriter::new(
            Vec::new(),
            columns.root_schema_ptr(),
            Arc::new(properties(buffers)?),
        )?;
        let about = origin.about(table);
        let mut open = Self { encoder, columns, about, pending, marks: Vec::new() };
        open.append()?;
        Ok(open)
    }

    fn write_group(&mut self, buffers: &mut [Buffer]) -> io::Result<()> {
        let mut group = self.encoder.next_row_group()?;
        for buffer in buffers {
            let column = group.next_column()?;
            buffer.write(column.ok_or_else(|| io::Error::other("more columns than declared"))?)?;
        }
        group.close()?;
        self.append()
    }

    /// Moves the encoded bytes from memory to the file.
    fn append(&mut self) -> io::Result<()> {
        self.encoder.flush()?;
        let bytes = std::mem::take(self.encoder.inner_mut());
        self.pending.write_all(&bytes)?;
        let mut mark =
            self.marks.last().cloned().unwrap_or(Mark { bytes: 0, digest: Sha256::new() });
        mark.bytes += bytes.len() as u64;
        mark.digest.update(&bytes);
        self.marks.push(mark);
        Ok(())
    }

    /// Ends the file after its last whole row group that fits, and returns the number of rows and
    /// the failure, if any.
    fn close(mut self, mut trouble: Option<io::Error>) -> Result<(i64, Option<io::Error>), Error> {
        while let Some(mark) = self.marks.pop() {
            let groups = self.marks.len();
            if groups == 0 && trouble.is_some() {
                break;
            }
            match self.footer(groups, &mark) {
                Ok(rows) => {
                    self.pending.finish_durably()?;
                    return Ok((rows, trouble));
                }
                Err(error) => trouble = trouble.or(Some(error)),
            }
        }
        Ok((0, trouble))
    }

    /// Writes the footer of the first row groups; returns their number of rows.
    fn footer(&mut self, groups: usize, mark: &Mark) -> io::Result<i64> {
        let groups = self.encoder.flushed_row_groups()[..groups].to_vec();
        let rows = groups.iter().map(RowGroupMetaData::num_rows).sum();
        let orders = self.columns.columns().iter().map(|column| {
            let (logical, converted) = (column.logical_type_ref(), column.converted_type());
            ColumnOrder::column_order_for_type(logical, converted, column.physical_type())
        });
        let properties = self.encoder.properties();
        let file = FileMetaData::new(
            properties.writer_version().as_num(),
            rows,
            Some(properties.created_by().to_owned()),
            Some(self.about.clone()),
            self.columns.clone(),
            Some(orders.collect()),
        );
        let metadata = ParquetMetaDataBuilder::new(file).set_row_groups(groups).build();
        let mut footer = Vec::new();
        ParquetMetaDataWriter::new(&mut footer, &metadata).finish()?;
        self.pending.truncate(mark.bytes)?;
        self.pending.write_all(SEAL)?;
        self.pending.write_all(&mark.digest.clone().chain_update(&footer).finalize())?;
        self.pending.write_all(&footer)?;
        Ok(rows)
    }
}

fn properties(buffers: &[Buffer]) -> ParquetResult<WriterProperties> {
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(3)?))
        // Row groups are cut where this file cuts them.
        .set_max_row_group_row_count(None)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_offset_index_disabled(true)
        .set_created_by(concat!("replayer version ", env!("CARGO_PKG_VERSION")).to_owned());
    for buffer in buffers {
        let column = ColumnPath::from(buffer.name());
        if buffer.is_distinct() || buffer.is_steady() {
            properties = properties.set_column_dictionary_enabled(column.clone(), false);
        }
        if buffer.is_steady() {
            properties = properties.set_column_encoding(column, Encoding::DELTA_BINARY_PACKED);
        }
    }
    Ok(properties.build())
}

/// A file that was finished, or failed, and takes no more rows.
fn over(path: &Path) -> Error {
    Error::new(ErrorKind::Io, format!("{} takes no more rows", path.display()))
        .hint("it was finished, or failed; the first error says why")
}
