//! Checks that a row fits its table.

use super::schema::{self, Cell, Column, DIGITS, PRICE_DECIMALS, Schema, price_mantissa};
use crate::base::error::{Error, ErrorKind};

/// Why a cell does not fit its column.
pub(super) type Misfit = String;

/// Checks that every cell of a row fits its column; on failure nothing of the row is kept.
pub(super) fn check(columns: &[Column], row: &[Cell<'_>]) -> Result<(), Misfit> {
    if row.len() != columns.len() {
        return Err(format!("{} cells for {} columns", row.len(), columns.len()));
    }
    for (column, cell) in columns.iter().zip(row) {
        let name = &column.name;
        match (cell.kind(), cell) {
            (None, _) if column.optional => {}
            (None, _) => return Err(format!("column {name} has no value")),
            (Some(kind), _) if kind != column.kind => {
                return Err(format!("column {name} holds {:?}, not {cell:?}", column.kind));
            }
            (_, Cell::Price(price)) if price_mantissa(*price).is_none() => {
                let price = price.get();
                return Err(format!(
                    "column {name}: {price:e} needs more than {DIGITS} digits, {PRICE_DECIMALS} \
                     of them decimals, and is not rounded"
                ));
            }
            _ => {}
        }
    }
    Ok(())
}

/// A row that does not fit its table, identified by its number and its first cells.
pub(super) fn misfit(table: &Schema, row: &[Cell<'_>], number: u64, why: &str) -> Error {
    let place: Vec<String> = table
        .columns
        .iter()
        .zip(row)
        .take_while(|(column, _)| column.kind != schema::ColumnKind::Price)
        .map(|(column, cell)| format!("{} {cell}", column.name))
        .collect();
    let what = format!("row {} of {} ({}): {why}", number + 1, table.name, place.join(", "));
    Error::new(ErrorKind::Io, what)
}
