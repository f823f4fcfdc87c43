//! Tables as Parquet, CSV and JSON lines: written, read back, exported, and analysed by others.

mod analysts;
mod damage;
mod export;
mod full;
mod round_trip;
mod runs;

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;

/// A row of a Parquet file as the library's own reader of records tells it: name and value.
type Row = Vec<(String, Field)>;

/// The rows of a file, in order.
fn rows(path: &Path) -> Vec<Row> {
    let reader = SerializedFileReader::new(File::open(path).unwrap()).unwrap();
    let rows = reader.get_row_iter(None).unwrap().map(Result::unwrap);
    rows.map(parquet::record::Row::into_columns).collect()
}

/// The rows of all parts of a table in a folder.
fn table(folder: &Path) -> Vec<Row> {
    parts(folder).iter().flat_map(|part| rows(part)).collect()
}

/// The finished parts in a folder, in order.
fn parts(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut parts: Vec<_> =
        entries.filter(|path| path.extension().is_some_and(|end| end == "parquet")).collect();
    parts.sort();
    parts
}

fn value<'a>(row: &'a Row, name: &str) -> &'a Field {
    &row.iter().find(|(column, _)| column == name).unwrap().1
}

fn text(row: &Row, name: &str) -> String {
    match value(row, name) {
        Field::Str(text) => text.clone(),
        other => panic!("{name}: {other}"),
    }
}

fn number(row: &Row, name: &str) -> i64 {
    match value(row, name) {
        Field::Long(number) => *number,
        other => panic!("{name}: {other}"),
    }
}

fn double(row: &Row, name: &str) -> f64 {
    match value(row, name) {
        Field::Double(number) => *number,
        other => panic!("{name}: {other}"),
    }
}

/// A decimal as the whole number that it is kept as, and its decimals.
fn decimal(row: &Row, name: &str) -> (i128, i32) {
    match value(row, name) {
        Field::Decimal(decimal) => {
            (i128::from_be_bytes(decimal.data().try_into().unwrap()), decimal.scale())
        }
        other => panic!("{name}: {other}"),
    }
}
