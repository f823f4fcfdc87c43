//! Reads any table back from Parquet, row by row.

use std::path::{Path, PathBuf};
use std::{iter, vec};

use csv::StringRecord;
use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DoubleType, FixedLenByteArray, FixedLenByteArrayType,
    Int64Type,
};
use serde::de::DeserializeOwned;

use super::parts_of;
use super::read::{Group, OpenedTable};
use super::schema::{Cell, Column, ColumnKind, Schema};
use crate::base::error::{Error, ErrorKind};
use crate::games::recording::Timestamp;
use crate::model::price::Price;
use crate::model::sol::Sol;

/// Reads the rows of a file of a table. Cells of columns that its version lacks are empty.
///
/// # Errors
/// When it cannot be read, is damaged, or holds another table; and the errors of `take`.
pub fn read_parquet(
    path: &Path,
    table: &Schema,
    mut take: impl FnMut(&[Cell<'_>]) -> Result<(), Error>,
) -> Result<(), Error> {
    let opened = OpenedTable::open(path, table)?;
    let mut number = 0;
    for group in opened.groups() {
        let group = group?;
        let columns = columns(&group, &table.columns[..opened.columns])?;
        for row in 0..group.rows {
            number += 1;
            let cells: Result<Vec<_>, _> = columns.iter().map(|column| column.cell(row)).collect();
            let mut cells = cells.map_err(|why| opened.wrong(number, &why))?;
            cells.resize(table.columns.len(), Cell::Empty);
            take(&cells)?;
        }
    }
    Ok(())
}

/// The rows of a table in a folder of parts, as values of a type that names its columns.
///
/// # Errors
/// When the folder cannot be listed.
pub fn typed_rows<T: DeserializeOwned>(
    folder: &Path,
    table: &'static Schema,
) -> Result<impl Iterator<Item = Result<T, Error>> + use<T>, Error> {
    let header: StringRecord = table.columns.iter().map(|column| column.name.as_ref()).collect();
    let parts = parts_of(folder)?.into_iter();
    let mut rows = TextRows { table, parts, open: None, batch: Vec::new().into_iter() };
    Ok(iter::from_fn(move || rows.next()).map(move |row| {
        row?.deserialize(Some(&header)).map_err(|error| {
            Error::new(ErrorKind::Io, format!("invalid row of `{}`", table.name)).caused_by(error)
        })
    }))
}

/// Rows as text like that of CSV, one row group at a time.
struct TextRows {
    table: &'static Schema,
    parts: vec::IntoIter<PathBuf>,
    /// The current part and the number of its next row group.
    open: Option<(OpenedTable, usize)>,
    batch: vec::IntoIter<StringRecord>,
}

impl TextRows {
    fn next(&mut self) -> Option<Result<StringRecord, Error>> {
        loop {
            if let Some(row) = self.batch.next() {
                return Some(Ok(row));
            }
            match self.fill() {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => return Some(Err(error)),
            }
        }
    }

    /// Reads the next row group; false at the end of the table.
    fn fill(&mut self) -> Result<bool, Error> {
        if let Some((opened, next)) = &mut self.open
            && let Some(group) = opened.group(*next)
        {
            let group = group?;
            let columns = columns(&group, &self.table.columns[..opened.columns])?;
            let missing = self.table.columns.len() - columns.len();
            let text = |row| {
                let cells = columns.iter().map(|column| column.cell(row).map(|c| c.to_string()));
                let cells = cells.chain(iter::repeat_n(Ok(String::new()), missing));
                cells.collect::<Result<StringRecord, _>>().map_err(|why| opened.wrong(0, &why))
            };
            self.batch = (0..group.rows).map(text).collect::<Result<Vec<_>, _>>()?.into_iter();
            *next += 1;
            return Ok(true);
        }
        let Some(part) = self.parts.next() else { return Ok(false) };
        self.open = Some((OpenedTable::open(&part, self.table)?, 0));
        Ok(true)
    }
}

/// A whole column of a row group.
struct Values {
    name: String,
    values: Kept,
    /// The index in `values` of each row's value; `None` for a column with a value in every row.
    places: Option<Vec<Option<usize>>>,
}

enum Kept {
    Integer(Vec<i64>),
    Real(Vec<f64>),
    Flag(Vec<bool>),
    Text(Vec<ByteArray>),
    Amount(Vec<FixedLenByteArray>),
    Price(Vec<f64>),
    Time(Vec<i64>),
}

fn columns(group: &Group<'_>, table: &[Column]) -> Result<Vec<Values>, Error> {
    let mut place = 0;
    let read = |column: &Column| {
        // Of a price, the double is read: it is the second column and holds all digits.
        place += if column.kind == ColumnKind::Price { 2 } else { 1 };
        let (place, mut levels) = (place - 1, Vec::new());
        macro_rules! values {
            ($kept:ident, $kind:ty) => {{
                let mut values = Vec::new();
                if column.optional {
                    group.optional::<$kind>(place, (&mut values, &mut levels))?;
                } else {
                    group.column::<$kind>(place, &mut values)?;
                }
                Kept::$kept(values)
            }};
        }
        let values = match column.kind {
            ColumnKind::Integer => values!(Integer, Int64Type),
            ColumnKind::Real => values!(Real, DoubleType),
            ColumnKind::Flag => values!(Flag, BoolType),
            ColumnKind::Text => values!(Text, ByteArrayType),
            ColumnKind::Amount => values!(Amount, FixedLenByteArrayType),
            ColumnKind::Price => values!(Price, DoubleType),
            ColumnKind::Time => values!(Time, Int64Type),
        };
        let mut next = 0;
        let places = levels.iter().map(|&level| {
            next += usize::from(level == 1);
            (level == 1).then(|| next - 1)
        });
        let places = column.optional.then(|| places.collect());
        Ok(Values { name: column.name.to_string(), values, places })
    };
    table.iter().map(read).collect()
}

impl Values {
    fn cell(&self, row: usize) -> Result<Cell<'_>, String> {
        let place = self.places.as_ref().map_or(Some(row), |places| places[row]);
        let Some(place) = place else { return Ok(Cell::Empty) };
        match &self.values {
            Kept::Integer(values) => Ok(Cell::Integer(values[place])),
            Kept::Real(values) => Ok(Cell::Real(values[place])),
            Kept::Flag(values) => Ok(Cell::Flag(values[place])),
            Kept::Time(values) => Ok(Cell::Time(Timestamp::from_micros(values[place]))),
            Kept::Text(values) => {
                values[place].as_utf8().map(Cell::Text).map_err(|error| error.to_string())
            }
            Kept::Amount(values) => {
                let bytes = values[place].data().try_into().map_err(|_| "not 16 bytes".to_owned());
                let amount = bytes.map(i128::from_be_bytes).map(Sol::from_lamports)?;
                amount.map(Cell::Sol).map_err(|error| error.to_string())
            }
            Kept::Price(values) => {
                Price::new(values[place]).map(Cell::Price).map_err(|error| error.to_string())
            }
        }
        .map_err(|why| format!("{}: {why}", self.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backtest::columns::schema::POSTINGS;
    use crate::backtest::columns::{Origin, ParquetFile, Rows, TextFile, TextFormat, read_csv};
    use crate::model::quantity::Quantity;

    const ROW: [Cell<'_>; 10] = [
        Cell::Integer(3),
        Cell::Text("game"),
        Cell::Integer(0),
        Cell::Text("me"),
        Cell::Integer(7),
        Cell::Text("sell"),
        Cell::Price(Price::ONE),
        Cell::Quantity(Quantity::ZERO),
        Cell::Sol(Sol::milli(5)),
        Cell::Sol(Sol::milli(100)),
    ];

    #[test]
    fn files_of_an_earlier_version_are_read_and_their_missing_cells_are_empty() {
        #[derive(serde::Deserialize)]
        struct PostingOfBoth {
            tick: u32,
            reason: Option<String>,
        }
        let place = tempfile::tempdir().unwrap();
        let parts = place.path().join("postings");
        let (file, text) = (parts.join("part-000000.parquet"), place.path().join("postings.csv"));
        std::fs::create_dir(&parts).unwrap();
        let earlier = POSTINGS.at_version(1);
        assert_eq!((earlier.version(), POSTINGS.version()), (1, 2));
        let mut columns = ParquetFile::create(&file, &earlier, &Origin::recordings()).unwrap();
        let mut lines = TextFile::create(&text, &earlier, TextFormat::Csv).unwrap();
        for rows in [&mut columns as &mut dyn Rows, &mut lines] {
            rows.push(&ROW).unwrap();
            rows.finish().unwrap();
        }
        let mut taken = 0;
        let mut take = |row: &[Cell<'_>]| {
            assert_eq!(row.len(), POSTINGS.columns.len());
            assert_eq!((row[0], row[4], row[8]), (ROW[0], ROW[4], ROW[8]));
            assert_eq!(row[ROW.len()..], [Cell::Empty; 3]);
            taken += 1;
            Ok(())
        };
        read_parquet(&file, &POSTINGS, &mut take).unwrap();
        read_csv(&text, &POSTINGS, |row, _| take(row)).unwrap();
        assert_eq!(taken, 2);
        let mut typed = typed_rows::<PostingOfBoth>(&parts, &POSTINGS).unwrap();
        let row = typed.next().unwrap().unwrap();
        assert_eq!((row.tick, row.reason), (7, None));
    }

    #[test]
    fn a_version_that_is_not_known_yet_is_refused_by_name() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("p.parquet");
        let mut written = ParquetFile::create(&file, &POSTINGS, &Origin::recordings()).unwrap();
        written.finish().unwrap();
        let error = read_parquet(&file, &POSTINGS.at_version(1), |_| Ok(())).unwrap_err();
        assert!(error.to_string().contains("has version 2 of the table"), "{error}");
        let csv = place.path().join("p.csv");
        TextFile::create(&csv, &POSTINGS, TextFormat::Csv).unwrap().finish().unwrap();
        let error = read_csv(&csv, &POSTINGS.at_version(1), |_, _| Ok(())).unwrap_err();
        assert!(error.to_string().contains("does not have the columns"), "{error}");
    }
}
