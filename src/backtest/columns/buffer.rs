//! The rows of a row group, stored by column until the group is full.

use std::sync::Arc;

use parquet::basic::{LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::column::writer::ColumnWriterImpl;
use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DataType, DoubleType, FixedLenByteArray,
    FixedLenByteArrayType, Int64Type,
};
use parquet::errors::Result as ParquetResult;
use parquet::file::writer::SerializedColumnWriter;
use parquet::schema::types::Type;

use super::schema::{Cell, Column, ColumnKind, DIGITS, PRICE_DECIMALS, Schema, price_mantissa};
use crate::model::sol::DECIMALS;

/// Number of decimals converted to bytes at once.
const CHUNK: usize = 1_024;

/// A column of a Parquet file: one column of the schema, or half of a price.
#[derive(Debug)]
pub(super) struct Buffer {
    /// The index of its column in a row.
    place: usize,
    name: String,
    values: Values,
    /// 1 for a value, 0 for none; kept for optional columns only.
    levels: Option<Vec<i16>>,
}

#[derive(Debug)]
enum Values {
    Integer(Vec<i64>),
    Time(Vec<i64>),
    Real(Vec<f64>),
    Flag(Vec<bool>),
    Text(Vec<ByteArray>),
    Amount(Vec<i128>),
    Price(Vec<i128>),
    Double(Vec<f64>),
}

/// The columns of a file for those of a schema.
pub(super) fn buffers(columns: &[Column]) -> Vec<Buffer> {
    let mut buffers = Vec::with_capacity(columns.len() + 1);
    for (place, column) in columns.iter().enumerate() {
        let mut add = |name: String, values| {
            let levels = column.optional.then(Vec::new);
            buffers.push(Buffer { place, name, values, levels });
        };
        let name = column.name.clone().into_owned();
        match column.kind {
            ColumnKind::Integer => add(name, Values::Integer(Vec::new())),
            ColumnKind::Real => add(name, Values::Real(Vec::new())),
            ColumnKind::Flag => add(name, Values::Flag(Vec::new())),
            ColumnKind::Text => add(name, Values::Text(Vec::new())),
            ColumnKind::Amount => add(name, Values::Amount(Vec::new())),
            ColumnKind::Time => add(name, Values::Time(Vec::new())),
            ColumnKind::Price => {
                let double = format!("{name}_f64");
                add(name, Values::Price(Vec::new()));
                add(double, Values::Double(Vec::new()));
            }
        }
    }
    buffers
}

/// The columns of a table, in one of its versions, as a Parquet file declares them.
pub(super) fn root(table: &Schema, columns: &[Column]) -> ParquetResult<Type> {
    let fields: ParquetResult<Vec<_>> =
        buffers(columns).iter().map(|buffer| buffer.parquet_type().map(Arc::new)).collect();
    Type::group_type_builder(&table.name).with_fields(fields?).build()
}

impl Buffer {
    /// Adds a row that was checked.
    pub(super) fn push(&mut self, row: &[Cell<'_>]) {
        let cell = &row[self.place];
        if let Some(levels) = &mut self.levels {
            levels.push(i16::from(!matches!(cell, Cell::Empty)));
        }
        match (&mut self.values, cell) {
            (Values::Integer(values), Cell::Integer(value)) => values.push(*value),
            (Values::Time(values), Cell::Time(time)) => values.push(time.micros()),
            (Values::Real(values), Cell::Real(value)) => values.push(*value),
            (Values::Flag(values), Cell::Flag(value)) => values.push(*value),
            (Values::Text(values), Cell::Text(text)) => {
                // Names repeat from row to row, and a clone of one costs no memory.
                let known = values.last().filter(|last| last.data() == text.as_bytes()).cloned();
                values.push(known.unwrap_or_else(|| ByteArray::from(*text)));
            }
            (Values::Amount(values), cell) => values.extend(amount_mantissa(cell)),
            (Values::Price(values), Cell::Price(price)) => values.extend(price_mantissa(*price)),
            (Values::Double(values), Cell::Price(price)) => values.push(price.get()),
            _ => {}
        }
    }

    /// Writes the column of a row group and clears the buffer.
    pub(super) fn write(&mut self, mut column: SerializedColumnWriter<'_>) -> ParquetResult<()> {
        let levels = self.levels.as_deref();
        match &mut self.values {
            Values::Integer(values) | Values::Time(values) => {
                put::<Int64Type>(column.typed(), values, levels)?;
            }
            Values::Real(values) | Values::Double(values) => {
                put::<DoubleType>(column.typed(), values, levels)?;
            }
            Values::Flag(values) => put::<BoolType>(column.typed(), values, levels)?,
            Values::Text(values) => put::<ByteArrayType>(column.typed(), values, levels)?,
            Values::Amount(values) | Values::Price(values) => {
                let writer = column.typed::<FixedLenByteArrayType>();
                put_decimals(writer, values, levels)?;
                values.clear();
            }
        }
        if let Some(levels) = &mut self.levels {
            levels.clear();
        }
        column.close()
    }

    /// The name of the column in the file.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Whether hardly any values are equal, so that a dictionary would be wasteful.
    pub(super) const fn is_distinct(&self) -> bool {
        matches!(self.values, Values::Price(_) | Values::Double(_) | Values::Real(_))
    }

    /// Whether successive values are close, so that their differences are small.
    pub(super) const fn is_steady(&self) -> bool {
        matches!(self.values, Values::Time(_))
    }

    /// The type of the column in the file.
    fn parquet_type(&self) -> ParquetResult<Type> {
        let (physical, logical) = match self.values {
            Values::Integer(_) => (Physical::INT64, Some(LogicalType::integer(64, true))),
            Values::Time(_) => {
                (Physical::INT64, Some(LogicalType::timestamp(false, TimeUnit::MICROS)))
            }
            Values::Real(_) | Values::Double(_) => (Physical::DOUBLE, None),
            Values::Flag(_) => (Physical::BOOLEAN, None),
            Values::Text(_) => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
            Values::Amount(_) => return self.decimal_type(DECIMALS),
            Values::Price(_) => return self.decimal_type(PRICE_DECIMALS),
        };
        Type::primitive_type_builder(&self.name, physical)
            .with_repetition(self.repetition())
            .with_logical_type(logical)
            .build()
    }

    fn decimal_type(&self, decimals: u32) -> ParquetResult<Type> {
        let (scale, digits) = (decimals.cast_signed(), DIGITS.cast_signed());
        Type::primitive_type_builder(&self.name, Physical::FIXED_LEN_BYTE_ARRAY)
            .with_repetition(self.repetition())
            .with_logical_type(Some(LogicalType::decimal(scale, digits)))
            .with_length(16)
            .with_scale(scale)
            .with_precision(digits)
            .build()
    }

    const fn repetition(&self) -> Repetition {
        if self.levels.is_some() { Repetition::OPTIONAL } else { Repetition::REQUIRED }
    }
}

fn put<T: DataType>(
    writer: &mut ColumnWriterImpl<'_, T>,
    values: &mut Vec<T::T>,
    levels: Option<&[i16]>,
) -> ParquetResult<()> {
    writer.write_batch(values, levels, None)?;
    values.clear();
    Ok(())
}

/// Writes decimals, converting a few at a time into the file's byte form: each of them is an
/// allocation of its own.
fn put_decimals(
    writer: &mut ColumnWriterImpl<'_, FixedLenByteArrayType>,
    mut values: &[i128],
    levels: Option<&[i16]>,
) -> ParquetResult<()> {
    let mut bytes = Vec::with_capacity(CHUNK);
    let fill = |values: &[i128], bytes: &mut Vec<FixedLenByteArray>| {
        bytes.clear();
        bytes.extend(values.iter().map(|value| value.to_be_bytes().to_vec().into()));
    };
    let Some(levels) = levels else {
        for chunk in values.chunks(CHUNK) {
            fill(chunk, &mut bytes);
            writer.write_batch(&bytes, None, None)?;
        }
        return Ok(());
    };
    for levels in levels.chunks(CHUNK) {
        let there = levels.iter().filter(|&&level| level == 1).count();
        let (chunk, rest) = values.split_at(there);
        fill(chunk, &mut bytes);
        writer.write_batch(&bytes, Some(levels), None)?;
        values = rest;
    }
    Ok(())
}

/// The amount as an integer in billionths, as a decimal column stores it.
const fn amount_mantissa(cell: &Cell<'_>) -> Option<i128> {
    match cell {
        Cell::Sol(sol) => Some(sol.lamports()),
        Cell::Quantity(quantity) => Some(quantity.to_decimal().mantissa()),
        _ => None,
    }
}
