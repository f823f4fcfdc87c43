//! A table as text: CSV, or one JSON object per line.

use std::fmt::Write as _;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::fit::{check, misfit};
use super::schema::{Cell, Column, Schema};
use super::{Rows, unwritten};
use crate::base::error::Error;
use crate::base::files::{Again, Pending};

/// The text format of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextFormat {
    /// Comma-separated values, with a header line.
    Csv,
    /// One JSON object per line; money and prices are strings, so that no reader converts them to
    /// floats.
    Jsonl,
}

/// Writes a table as text.
#[derive(Debug)]
pub struct TextFile {
    path: PathBuf,
    schema: Schema,
    body: Body,
    rows: u64,
    scratch: String,
    retraces: bool,
}

#[derive(Debug)]
enum Body {
    Csv(Box<csv::Writer<Target>>),
    Jsonl(Target),
    Over,
}

/// The file that receives the text.
#[derive(Debug)]
enum Target {
    /// A file that grows under its own name, so that it can be read meanwhile.
    Growing(Again),
    /// A file that appears once it is complete.
    Pending(BufWriter<Pending>),
}

impl TextFile {
    /// Creates a CSV file that grows under its own name.
    ///
    /// # Errors
    /// When the file exists or cannot be created.
    pub fn growing(path: &Path, schema: &Schema) -> Result<Self, Error> {
        Self::grow(Again::new(path), path, schema)
    }

    /// Writes a CSV file once more, to continue where it ends: its existing rows must be the same.
    ///
    /// # Errors
    /// When the file cannot be opened, or holds another table.
    pub fn retrace(path: &Path, schema: &Schema) -> Result<Self, Error> {
        Self::grow(Again::retrace(path), path, schema)
    }

    fn grow(file: io::Result<Again>, path: &Path, schema: &Schema) -> Result<Self, Error> {
        let file = file.map_err(|source| Error::io("write", path, source))?;
        Self::begin(Target::Growing(file), path, (schema, TextFormat::Csv))
    }

    /// Creates a file that appears when it is finished.
    ///
    /// # Errors
    /// When the file exists or cannot be created.
    pub fn create(path: &Path, schema: &Schema, format: TextFormat) -> Result<Self, Error> {
        Self::begin(Target::Pending(BufWriter::new(Pending::create(path)?)), path, (schema, format))
    }

    fn begin(target: Target, path: &Path, what: (&Schema, TextFormat)) -> Result<Self, Error> {
        let (schema, format) = what;
        let body = match format {
            TextFormat::Jsonl => Body::Jsonl(target),
            TextFormat::Csv => {
                let mut writer = csv::Writer::from_writer(target);
                let names = schema.columns.iter().map(|column| column.name.as_bytes());
                writer.write_record(names).map_err(|source| unwritten(path, io(source)))?;
                Body::Csv(Box::new(writer))
            }
        };
        let (path, schema) = (path.to_owned(), schema.clone());
        Ok(Self { path, schema, body, rows: 0, scratch: String::new(), retraces: false })
    }

    /// A failure. A file that holds something else than was written holds more, and is left alone.
    fn failed(&mut self, source: io::Error) -> Error {
        self.retraces |= source.kind() == io::ErrorKind::InvalidData;
        unwritten(&self.path, source)
    }

    fn write(&mut self, row: &[Cell<'_>]) -> io::Result<()> {
        match &mut self.body {
            Body::Csv(writer) => {
                for cell in row {
                    self.scratch.clear();
                    write!(self.scratch, "{cell}").map_err(io::Error::other)?;
                    writer.write_field(&self.scratch).map_err(io)?;
                }
                writer.write_record(None::<&[u8]>).map_err(io)
            }
            Body::Jsonl(target) => {
                serde_json::to_writer(&mut *target, &Object(&self.schema.columns, row))?;
                target.write_all(b"\n")
            }
            Body::Over => Err(io::Error::other("the file was finished, or could not be written")),
        }
    }
}

impl Rows for TextFile {
    fn push(&mut self, row: &[Cell<'_>]) -> Result<(), Error> {
        check(&self.schema.columns, row)
            .map_err(|why| misfit(&self.schema, row, self.rows, &why))?;
        self.rows += 1;
        self.write(row).map_err(|source| unwritten(&self.path, source))
    }

    fn flush(&mut self, above: usize) -> Result<(), Error> {
        if self.held() <= above && above > 0 {
            return Ok(());
        }
        let flushed = match &mut self.body {
            Body::Csv(writer) => writer.flush(),
            Body::Jsonl(target) => target.flush(),
            Body::Over => Ok(()),
        };
        flushed.map_err(|source| self.failed(source))
    }

    fn held(&self) -> usize {
        let target = match &self.body {
            Body::Csv(writer) => writer.get_ref(),
            Body::Jsonl(target) => target,
            Body::Over => return 0,
        };
        match target {
            Target::Growing(file) => file.held(),
            Target::Pending(_) => 0,
        }
    }

    fn cut(&mut self) -> Result<u64, Error> {
        let Body::Csv(writer) = std::mem::replace(&mut self.body, Body::Over) else { return Ok(0) };
        let mut target = writer.into_inner().map_err(|error| self.failed(error.into_error()))?;
        let cut = target.flush().and_then(|()| match &mut target {
            Target::Growing(file) => file.cut(),
            Target::Pending(_) => Ok(0),
        });
        self.body = Body::Csv(Box::new(csv::Writer::from_writer(target)));
        cut.map_err(|source| unwritten(&self.path, source))
    }

    fn finish(&mut self) -> Result<(), Error> {
        let mut target = match std::mem::replace(&mut self.body, Body::Over) {
            Body::Jsonl(target) => target,
            Body::Csv(writer) => {
                writer.into_inner().map_err(|error| self.failed(error.into_error()))?
            }
            Body::Over => return Ok(()),
        };
        target.flush().map_err(|source| unwritten(&self.path, source))?;
        match target {
            Target::Growing(file) => {
                self.retraces = file.retraces();
                Ok(())
            }
            Target::Pending(file) => file
                .into_inner()
                .map_err(|error| unwritten(&self.path, error.into_error()))?
                .finish_durably(),
        }
    }

    fn holds_more(&self) -> bool {
        self.retraces
    }
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Growing(file) => file.write(bytes),
            Self::Pending(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Growing(file) => file.flush(),
            Self::Pending(file) => file.flush(),
        }
    }
}

/// A row as a JSON object, its keys in the order of the columns.
struct Object<'a>(&'a [Column], &'a [Cell<'a>]);

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.1.len()))?;
        for (column, cell) in self.0.iter().zip(self.1) {
            map.serialize_entry(&column.name, &Value(*cell))?;
        }
        map.end()
    }
}

struct Value<'a>(Cell<'a>);

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Cell::Empty => serializer.serialize_none(),
            Cell::Integer(value) => serializer.serialize_i64(*value),
            Cell::Real(value) => serializer.serialize_f64(*value),
            Cell::Flag(value) => serializer.serialize_bool(*value),
            other => serializer.collect_str(other),
        }
    }
}

fn io(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}
