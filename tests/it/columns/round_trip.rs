//! What is written is what is read: every kind of column, every table, every price.

use std::path::Path;

use parquet::record::Field;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use replayer::backtest::columns::schema::{
    Cell, Column, ColumnKind, GAMES, POSTINGS, RECORDED, REFUSALS, Schema, TICKS,
};
use replayer::backtest::columns::{
    Origin, ParquetFile, Parts, Rows, TextFile, TextFormat, read_csv,
};
use replayer::base::error::Error;
use replayer::games::recording::Timestamp;
use replayer::model::price::Price;
use replayer::model::sol::Sol;

use super::{Row, rows, table};

/// A value for a cell that can be kept while rows are made.
#[derive(Debug, Clone)]
enum Value {
    Empty,
    Integer(i64),
    Real(f64),
    Flag(bool),
    Text(String),
    Sol(Sol),
    Price(Price),
    Time(Timestamp),
}

impl Value {
    fn cell(&self) -> Cell<'_> {
        match self {
            Self::Empty => Cell::Empty,
            Self::Integer(value) => Cell::Integer(*value),
            Self::Real(value) => Cell::Real(*value),
            Self::Flag(value) => Cell::Flag(*value),
            Self::Text(value) => Cell::Text(value),
            Self::Sol(value) => Cell::Sol(*value),
            Self::Price(value) => Cell::Price(*value),
            Self::Time(value) => Cell::Time(*value),
        }
    }

    /// Whether the fields of a row from a place on say this; how many fields that takes.
    fn is_told_by(&self, kind: ColumnKind, fields: &[(String, Field)]) -> (bool, usize) {
        let told = match (self, &fields[0].1) {
            (Self::Empty, Field::Null) => true,
            (Self::Integer(value), Field::Long(told)) => value == told,
            (Self::Real(value), Field::Double(told)) => value.to_bits() == told.to_bits(),
            (Self::Flag(value), Field::Bool(told)) => value == told,
            (Self::Text(value), Field::Str(told)) => value == told,
            (Self::Sol(value), Field::Decimal(told)) => {
                told.data() == value.lamports().to_be_bytes() && told.scale() == 9
            }
            (Self::Time(value), Field::TimestampMicros(told)) => value.micros() == *told,
            (Self::Price(value), Field::Decimal(told)) => {
                let decimal = value.to_decimal();
                let units = 10_i128.pow(28 - decimal.scale()) * decimal.mantissa();
                let double = &fields[1];
                told.data() == units.to_be_bytes()
                    && told.scale() == 28
                    && double.0 == format!("{}_f64", fields[0].0)
                    && matches!(double.1, Field::Double(told) if told == value.get())
            }
            _ => false,
        };
        (told, if kind == ColumnKind::Price { 2 } else { 1 })
    }
}

fn value(column: &Column) -> BoxedStrategy<Value> {
    let some = match column.kind {
        ColumnKind::Integer => any::<i64>().prop_map(Value::Integer).boxed(),
        ColumnKind::Real => any::<f64>().prop_map(Value::Real).boxed(),
        ColumnKind::Flag => any::<bool>().prop_map(Value::Flag).boxed(),
        ColumnKind::Text => "[a-z]{0,3}|\\PC{0,12}|a,\"b\"\n".prop_map(Value::Text).boxed(),
        ColumnKind::Amount => (-(10_i128.pow(24))..=10_i128.pow(24))
            .prop_map(|lamports| Value::Sol(Sol::from_lamports(lamports).unwrap()))
            .boxed(),
        ColumnKind::Price => prop_oneof![0.9_f64..1.1, 1e-11_f64..1e-4, 1.0_f64..9.9e9, Just(1.0)]
            .prop_map(|raw| Value::Price(Price::new(raw).unwrap()))
            .boxed(),
        ColumnKind::Time => (0_i64..4_000_000_000_000_000)
            .prop_map(|micros| Value::Time(Timestamp::from_micros(micros)))
            .boxed(),
    };
    // An empty text and an absent one are the same in CSV; no optional text is ever empty.
    let some = some.prop_filter("an empty text that may be absent", {
        let optional = column.optional;
        move |value| !(optional && matches!(value, Value::Text(text) if text.is_empty()))
    });
    if column.optional { prop_oneof![some, Just(Value::Empty)].boxed() } else { some.boxed() }
}

fn written(table: &Schema) -> impl Strategy<Value = Vec<Vec<Value>>> {
    let row: Vec<_> = table.columns.iter().map(value).collect();
    prop::collection::vec(row, 0..40)
}

fn fill(file: &mut dyn Rows, written: &[Vec<Value>]) -> Result<(), Error> {
    for row in written {
        file.push(&row.iter().map(Value::cell).collect::<Vec<_>>())?;
    }
    file.finish()
}

fn every_table() -> Vec<Schema> {
    let variants = Schema::variants([
        Column::text("strategy"),
        Column::named("stake", ColumnKind::Amount).optional(),
        Column::named("entry", ColumnKind::Price).optional(),
        Column::real("sharpe").optional(),
        Column::flag("significant"),
    ]);
    [&GAMES, &POSTINGS, &REFUSALS, &TICKS, &RECORDED]
        .into_iter()
        .cloned()
        .chain([variants])
        .collect()
}

fn assert_told(table: &Schema, written: &[Vec<Value>], told: &[Row]) {
    assert_eq!(written.len(), told.len());
    for (written, told) in written.iter().zip(told) {
        let mut at = 0;
        for (column, value) in table.columns.iter().zip(written) {
            assert_eq!(told[at].0, column.name);
            let (same, fields) = value.is_told_by(column.kind, &told[at..]);
            assert!(same, "{}: {value:?} became {:?}", column.name, told[at]);
            at += fields;
        }
        assert_eq!(at, told.len());
    }
}

#[test]
fn every_table_reads_back_as_it_was_written() {
    let place = tempfile::tempdir().unwrap();
    let mut runner = TestRunner::deterministic();
    for table in every_table() {
        for round in 0..24 {
            let written = written(&table).new_tree(&mut runner).unwrap().current();
            let path = place.path().join(format!("{}-{round}.parquet", table.name));
            let mut file = ParquetFile::create(&path, &table, &Origin::recordings()).unwrap();
            fill(&mut file, &written).unwrap();
            assert_told(&table, &written, &rows(&path));
        }
    }
}

#[test]
fn a_table_that_went_through_csv_makes_the_same_parquet_file() {
    let place = tempfile::tempdir().unwrap();
    let mut runner = TestRunner::deterministic();
    for table in every_table() {
        for round in 0..12 {
            let rows = written(&table).new_tree(&mut runner).unwrap().current();
            let path = |end: &str| place.path().join(format!("{}-{round}.{end}", table.name));
            let parquet = |end: &str| {
                ParquetFile::create(&path(end), &table, &Origin::scenario("s")).unwrap()
            };
            fill(&mut parquet("direct"), &rows).unwrap();
            fill(&mut TextFile::create(&path("csv"), &table, TextFormat::Csv).unwrap(), &rows)
                .unwrap();
            let mut through = parquet("through");
            read_csv(&path("csv"), &table, |row, _| through.push(row)).unwrap();
            through.finish().unwrap();
            let read = |end: &str| std::fs::read(path(end)).unwrap();
            if rows.iter().flatten().all(|value| !matches!(value, Value::Real(x) if x.is_nan())) {
                assert!(read("direct") == read("through"), "{} {round}", table.name);
            }
        }
    }
}

#[test]
fn lines_of_json_have_money_and_prices_as_text() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("ticks.jsonl");
    let mut file = TextFile::create(&path, &TICKS, TextFormat::Jsonl).unwrap();
    file.push(&[
        Cell::Integer(3),
        Cell::Text("g"),
        Cell::Integer(7),
        Cell::Text("active"),
        Cell::Price("824.07884220342".parse().unwrap()),
        Cell::Integer(250),
        Cell::Empty,
    ])
    .unwrap();
    assert!(!path.exists(), "a file that is not finished has no name");
    file.finish().unwrap();
    assert_eq!(
        std::fs::read_to_string(&path).unwrap(),
        "{\"game\":3,\"game_id\":\"g\",\"tick\":7,\"phase\":\"active\",\
         \"price\":\"824.07884220342\",\"gap_ms\":250,\"time\":null}\n"
    );
}

#[test]
fn the_same_rows_are_the_same_bytes() {
    let place = tempfile::tempdir().unwrap();
    let rows = written(&GAMES).new_tree(&mut TestRunner::deterministic()).unwrap().current();
    let bytes = ["a", "b"].map(|name| {
        let path = place.path().join(name);
        fill(&mut ParquetFile::create(&path, &GAMES, &Origin::scenario("s")).unwrap(), &rows)
            .unwrap();
        std::fs::read(path).unwrap()
    });
    assert!(bytes[0] == bytes[1]);
}

/// A row of a tick at a price.
fn push_price(file: &mut ParquetFile, price: f64) -> Result<(), Error> {
    file.push(&[
        Cell::Integer(4),
        Cell::Text("20251207-1e01"),
        Cell::Integer(12),
        Cell::Text("active"),
        Cell::Price(Price::new(price).unwrap()),
        Cell::Integer(250),
        Cell::Empty,
    ])
}

fn prices_file(place: &Path) -> ParquetFile {
    ParquetFile::create(&place.join("p.parquet"), &TICKS, &Origin::recordings()).unwrap()
}

#[test]
fn a_price_that_a_decimal_cannot_say_is_an_error_with_its_place_and_never_rounded() {
    let place = tempfile::tempdir().unwrap();
    let mut file = prices_file(place.path());
    push_price(&mut file, 1.5).unwrap();
    for price in [1.2345678901234567e-13, 1e-300, 1e10, 1e300, f64::MIN_POSITIVE] {
        let said = push_price(&mut file, price).unwrap_err().to_string();
        assert!(said.contains("row 2 of ticks (game 4, game_id 20251207-1e01, tick 12"), "{said}");
        assert!(said.contains("price") && said.contains("not rounded"), "{said}");
    }
    // What was refused is not there, and what follows is.
    push_price(&mut file, 1.5).unwrap();
    file.finish().unwrap();
    assert_eq!(rows(&place.path().join("p.parquet")).len(), 2);
}

#[test]
fn prices_of_generated_games_with_more_than_20_decimals_are_kept_exactly() {
    let place = tempfile::tempdir().unwrap();
    let mut file = prices_file(place.path());
    // 22 decimals: one in 25,000 generated games rugs at a price with more than 20.
    for price in [1.608586091467886e-5, 5.595861692436114e4, 9_999_999_999.0, 1e-28] {
        push_price(&mut file, price).unwrap();
    }
    file.finish().unwrap();
    let told = rows(&place.path().join("p.parquet"));
    assert_eq!(super::decimal(&told[0], "price"), (160_858_609_146_788_600_000_000, 28));
    assert_eq!(super::decimal(&told[3], "price"), (1, 28));
}

#[test]
fn a_row_that_does_not_fit_its_table_is_refused_whole() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("v.parquet");
    let variants = Schema::variants([Column::amount("stake")]);
    let mut file = ParquetFile::create(&path, &variants, &Origin::recordings()).unwrap();
    for (row, why) in [
        (&[Cell::Integer(1)][..], "1 cells for 2 columns"),
        (&[Cell::Integer(1), Cell::Real(0.5)], "column stake holds Amount"),
        (&[Cell::Integer(1), Cell::Empty], "column stake has no value"),
    ] {
        let said = file.push(row).unwrap_err().to_string();
        assert!(said.contains(why), "{said}");
    }
    file.push(&[Cell::Integer(2), Cell::Sol(Sol::milli(5))]).unwrap();
    file.finish().unwrap();
    let told = rows(&path);
    assert_eq!((told.len(), super::number(&told[0], "variant")), (1, 2));
    assert!(
        file.push(&[Cell::Integer(3), Cell::Sol(Sol::ZERO)]).is_ok_and(|()| file.finish().is_err())
    );
}

#[test]
fn a_table_beyond_a_million_rows_goes_on_in_another_part() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("variants");
    let numbers = Schema::variants([]);
    let mut file = Parts::create(&folder, &numbers, &Origin::recordings()).unwrap();
    let many = (1 << 20) + 70_000;
    for number in 0..many {
        file.push(&[Cell::Integer(number)]).unwrap();
    }
    assert_eq!(super::parts(&folder).len(), 1, "the first part is whole before the second begins");
    file.finish().unwrap();
    assert_eq!(super::parts(&folder).len(), 2);
    assert_eq!(rows(&super::parts(&folder)[1]).len(), 70_000);
    let told = table(&folder);
    assert!((0..many).eq(told.iter().map(|row| super::number(row, "variant"))));
}
