//! A table back from CSV, as [`TextFile`](super::TextFile) wrote it.

use std::path::Path;

use csv::StringRecord;

use super::schema::{Cell, Column, Schema};
use crate::base::error::{Error, ErrorKind};
use crate::base::files::reading;

/// Reads the rows of a table, each with the offset in bytes at which it ends in the file. Cells of
/// columns that an earlier version lacks are empty.
///
/// # Errors
/// When the file cannot be read or a row does not fit the table, with its line; and the errors of
/// `take`.
pub fn read_csv(
    path: &Path,
    table: &Schema,
    mut take: impl FnMut(&[Cell<'_>], u64) -> Result<(), Error>,
) -> Result<(), Error> {
    let file = reading::open(path).map_err(|source| Error::io("open", path, source))?;
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(file);
    let header = reader.headers().map_err(|error| unread(path, error))?;
    let is_header =
        |columns: &&[Column]| header.iter().eq(columns.iter().map(|it| it.name.as_ref()));
    let versions = (1..=table.version()).rev();
    let Some(columns) = versions.filter_map(|it| table.columns_of(it)).find(is_header) else {
        let names: Vec<_> = table.columns.iter().map(|it| it.name.as_ref()).collect();
        let what = format!("{} does not have the columns of `{}`", path.display(), table.name);
        return Err(Error::new(ErrorKind::Io, what).hint(format!("expected {}", names.join(","))));
    };
    let mut record = StringRecord::new();
    while reader.read_record(&mut record).map_err(|error| unread(path, error))? {
        let line = record.position().map_or(0, csv::Position::line);
        let row: Result<Vec<_>, _> =
            columns.iter().zip(&record).map(|(column, text)| Cell::read(column, text)).collect();
        let row = row.and_then(|mut row| {
            let (cells, wanted) = (record.len(), columns.len());
            row.resize(table.columns.len(), Cell::Empty);
            if cells == wanted { Ok(row) } else { Err(format!("{cells} cells, not {wanted}")) }
        });
        let row = row.map_err(|why| {
            Error::new(ErrorKind::Io, format!("{}:{line}: {why}", path.display()))
                .hint("a run that was killed may end in half a line: run its scenario.ron again")
        })?;
        take(&row, reader.position().byte())?;
    }
    Ok(())
}

fn unread(path: &Path, error: csv::Error) -> Error {
    Error::new(ErrorKind::Io, format!("could not read {}", path.display())).caused_by(error)
}
