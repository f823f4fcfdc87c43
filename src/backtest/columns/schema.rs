//! The schemas of the tables: columns, kinds, units. docs/columns.md describes them in words.

use std::borrow::Cow;
use std::fmt;

use rust_decimal::Decimal;

use crate::games::recording::Timestamp;
use crate::model::price::Price;
use crate::model::quantity::Quantity;
use crate::model::sol::Sol;

/// Decimals of a price column: the most that [`Price::to_decimal`] yields, so that the column holds
/// the exact decimal used for money (docs/decisions/0009-parquet-without-arrow.md).
pub const PRICE_DECIMALS: u32 = 28;

/// Digits of a decimal column: as many as 16 bytes hold.
pub const DIGITS: u32 = 38;

/// The type of a column's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Whole numbers, signed: differences of unsigned columns overflow in SQL.
    Integer,
    /// Doubles, used for statistics only.
    Real,
    /// A boolean, `true` or `false`.
    Flag,
    /// Text in UTF-8, such as a name.
    Text,
    /// SOL or a quantity, exact, to 9 decimals.
    Amount,
    /// A price: exact, and as a double in a second column `NAME_f64` of a Parquet file.
    Price,
    /// A point in time by a recorder's clock, without a time zone, in microseconds.
    Time,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Name of the column, as written to files.
    pub name: Cow<'static, str>,
    /// Type of the values in the column.
    pub kind: ColumnKind,
    /// Whether a cell may be empty.
    pub optional: bool,
}

/// A table: its name and its columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema {
    /// Name of the table, as in file and folder names.
    pub name: Cow<'static, str>,
    /// Columns of the table, in the order of a row.
    pub columns: Cow<'static, [Column]>,
    /// Number of columns of each earlier version, the first version first: a new version only adds
    /// columns, and adds them at the end.
    earlier: &'static [usize],
}

/// The value of a column in a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    /// No value, in an optional column.
    Empty,
    /// A value of a [`ColumnKind::Integer`] column.
    Integer(i64),
    /// A value of a [`ColumnKind::Real`] column.
    Real(f64),
    /// A value of a [`ColumnKind::Flag`] column.
    Flag(bool),
    /// A value of a [`ColumnKind::Text`] column.
    Text(&'a str),
    /// SOL in a [`ColumnKind::Amount`] column.
    Sol(Sol),
    /// A quantity in a [`ColumnKind::Amount`] column.
    Quantity(Quantity),
    /// A value of a [`ColumnKind::Price`] column.
    Price(Price),
    /// A value of a [`ColumnKind::Time`] column.
    Time(Timestamp),
}

impl Column {
    /// A column of [`ColumnKind::Integer`].
    #[must_use]
    pub const fn integer(name: &'static str) -> Self {
        Self::new(name, ColumnKind::Integer)
    }

    /// A column of [`ColumnKind::Real`].
    #[must_use]
    pub const fn real(name: &'static str) -> Self {
        Self::new(name, ColumnKind::Real)
    }

    /// A column of [`ColumnKind::Flag`].
    #[must_use]
    pub const fn flag(name: &'static str) -> Self {
        Self::new(name, ColumnKind::Flag)
    }

    /// A column of [`ColumnKind::Text`].
    #[must_use]
    pub const fn text(name: &'static str) -> Self {
        Self::new(name, ColumnKind::Text)
    }

    /// A column of [`ColumnKind::Amount`].
    #[must_use]
    pub const fn amount(name: &'static str) -> Self {
        Self::new(name, ColumnKind::Amount)
    }

    /// A column of [`ColumnKind::Price`].
    #[must_use]
    pub const fn price(name: &'static str) -> Self {
        Self::new(name, ColumnKind::Price)
    }

    /// A column of [`ColumnKind::Time`].
    #[must_use]
    pub const fn time(name: &'static str) -> Self {
        Self::new(name, ColumnKind::Time)
    }

    const fn new(name: &'static str, kind: ColumnKind) -> Self {
        Self { name: Cow::Borrowed(name), kind, optional: false }
    }

    /// A column named at run time, such as a parameter of a sweep.
    #[must_use]
    pub fn named(name: impl Into<String>, kind: ColumnKind) -> Self {
        Self { name: Cow::Owned(name.into()), kind, optional: false }
    }

    /// The same column, with cells that may be empty.
    #[must_use]
    pub const fn optional(mut self) -> Self {
        self.optional = true;
        self
    }
}

impl Schema {
    const fn new(
        name: &'static str,
        columns: &'static [Column],
        earlier: &'static [usize],
    ) -> Self {
        Self { name: Cow::Borrowed(name), columns: Cow::Borrowed(columns), earlier }
    }

    /// Version of the table; incremented whenever columns are added.
    #[must_use]
    pub const fn version(&self) -> usize {
        self.earlier.len() + 1
    }

    /// The columns that the table had in a version; `None` for a version after this one.
    #[must_use]
    pub fn columns_of(&self, version: usize) -> Option<&[Column]> {
        let earlier = self.earlier.get(version.checked_sub(1)?).copied();
        let count = match earlier {
            None if version == self.version() => self.columns.len(),
            earlier => earlier?,
        };
        self.columns.get(..count)
    }

    /// The table as an earlier version had it.
    #[cfg(all(test, feature = "parquet"))]
    pub(super) fn at_version(&self, version: usize) -> Self {
        let columns = self.columns_of(version).expect("an earlier version").to_vec();
        let earlier = &self.earlier[..version - 1];
        Self { name: self.name.clone(), columns: Cow::Owned(columns), earlier }
    }

    /// The index of a column in its rows.
    ///
    /// # Panics
    /// When the table has no column of that name.
    #[must_use]
    pub fn place(&self, name: &str) -> usize {
        let place = self.columns.iter().position(|column| column.name == name);
        place.expect("a column of the table")
    }

    /// The table `variants` of a sweep: the variant's number in `variant`, then a column for each
    /// parameter and each figure.
    #[must_use]
    pub fn variants(columns: impl IntoIterator<Item = Column>) -> Self {
        let number = Column::integer("variant");
        let columns = [number].into_iter().chain(columns).collect();
        Self { name: Cow::Borrowed("variants"), columns: Cow::Owned(columns), earlier: &[] }
    }
}

impl<'a> Cell<'a> {
    /// Parses a cell of a column, as [`Display`](fmt::Display) writes it.
    ///
    /// # Errors
    /// Why the text is not a value of the column.
    pub fn read(column: &Column, text: &'a str) -> Result<Self, String> {
        if text.is_empty() && column.optional {
            return Ok(Self::Empty);
        }
        let read = match column.kind {
            ColumnKind::Integer => {
                text.parse().map(Self::Integer).map_err(|error| error.to_string())
            }
            ColumnKind::Real => text.parse().map(Self::Real).map_err(|error| error.to_string()),
            ColumnKind::Flag => text.parse().map(Self::Flag).map_err(|error| error.to_string()),
            ColumnKind::Text => Ok(Self::Text(text)),
            ColumnKind::Amount => text.parse().map(Self::Sol).map_err(|error| error.to_string()),
            ColumnKind::Price => text.parse().map(Self::Price).map_err(|error| error.to_string()),
            ColumnKind::Time => {
                Timestamp::parse(text).map(Self::Time).ok_or_else(|| "not a time".to_owned())
            }
        };
        read.map_err(|why| format!("{} {text:?}: {why}", column.name))
    }

    /// The kind of the value; `None` for an empty cell.
    #[must_use]
    pub const fn kind(&self) -> Option<ColumnKind> {
        Some(match self {
            Self::Empty => return None,
            Self::Integer(_) => ColumnKind::Integer,
            Self::Real(_) => ColumnKind::Real,
            Self::Flag(_) => ColumnKind::Flag,
            Self::Text(_) => ColumnKind::Text,
            Self::Sol(_) | Self::Quantity(_) => ColumnKind::Amount,
            Self::Price(_) => ColumnKind::Price,
            Self::Time(_) => ColumnKind::Time,
        })
    }
}

/// One row per game, variant and bot: what the bot did in the game.
pub static GAMES: Schema = Schema::new("games", GAMES_COLUMNS, &[19]);

const GAMES_COLUMNS: &[Column] = &[
    Column::integer("game"),
    Column::text("game_id"),
    Column::integer("rug_tick"),
    Column::price("rug_price"),
    Column::integer("variant"),
    Column::text("bot"),
    Column::integer("buys"),
    Column::integer("sells"),
    Column::integer("sells_won"),
    Column::integer("liquidations"),
    Column::integer("sidebets_won"),
    Column::integer("sidebets_lost"),
    Column::integer("refused"),
    Column::amount("bought"),
    Column::amount("wagered"),
    Column::amount("pnl"),
    Column::amount("cash"),
    Column::amount("max_drawdown"),
    Column::real("expected"),
    // Of version 2; empty in what is made from files of version 1.
    Column::integer("ticks").optional(),
    Column::price("peak").optional(),
];

/// One row per posting: a line of the ledger.
pub static POSTINGS: Schema = Schema::new("postings", POSTINGS_COLUMNS, &[10]);

const POSTINGS_COLUMNS: &[Column] = &[
    Column::integer("game"),
    Column::text("game_id"),
    Column::integer("variant"),
    Column::text("bot"),
    Column::integer("tick"),
    Column::text("kind"),
    Column::price("price"),
    Column::amount("quantity"),
    Column::amount("delta"),
    Column::amount("cash"),
    // Of version 2: only sales and liquidations have them.
    Column::text("reason").optional(),
    Column::real("level").optional(),
    Column::amount("gained").optional(),
];

/// One row per rejected order.
pub static REFUSALS: Schema = Schema::new("refusals", REFUSALS_COLUMNS, &[]);

const REFUSALS_COLUMNS: &[Column] = &[
    Column::integer("game"),
    Column::text("game_id"),
    Column::integer("variant"),
    Column::text("bot"),
    Column::integer("tick"),
    Column::text("order"),
    Column::text("reason"),
    Column::text("why"),
];

/// One row per game and tick: what the market showed.
pub static TICKS: Schema = Schema::new("ticks", TICKS_COLUMNS, &[]);

const TICKS_COLUMNS: &[Column] = &[
    Column::integer("game"),
    Column::text("game_id"),
    Column::integer("tick"),
    Column::text("phase"),
    Column::price("price"),
    Column::integer("gap_ms"),
    // Not every recorder wrote one.
    Column::time("time").optional(),
];

/// One row per game of a set of recordings: whether it can be played, and why not.
pub static RECORDED: Schema = Schema::new("recorded", RECORDED_COLUMNS, &[]);

const RECORDED_COLUMNS: &[Column] = &[
    Column::integer("game"),
    Column::text("game_id"),
    Column::integer("files"),
    Column::flag("complete"),
    Column::text("incomplete").optional(),
    Column::integer("ticks"),
    Column::integer("first_tick").optional(),
    Column::integer("last_tick").optional(),
    Column::integer("missing_ticks"),
    Column::integer("rug_tick").optional(),
    Column::price("rug_price").optional(),
    Column::price("peak").optional(),
    Column::price("lowest").optional(),
    Column::integer("duplicates"),
    Column::integer("conflicts"),
    Column::integer("out_of_order"),
];

impl fmt::Display for Cell<'_> {
    /// As written to a text file: with all digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => Ok(()),
            Self::Integer(value) => fmt::Display::fmt(value, f),
            Self::Real(value) => fmt_real(*value, f),
            Self::Flag(value) => fmt::Display::fmt(value, f),
            Self::Text(value) => f.write_str(value),
            Self::Sol(value) => fmt::Display::fmt(value, f),
            Self::Quantity(value) => fmt::Display::fmt(value, f),
            Self::Price(value) => fmt::Display::fmt(value, f),
            Self::Time(value) => fmt::Display::fmt(value, f),
        }
    }
}

/// A statistic with the digits that a double has; far from one, with an exponent (`2.8e-119`).
fn fmt_real(value: f64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if value == 0.0 || (1e-9..1e16).contains(&value.abs()) {
        fmt::Display::fmt(&value, f)
    } else {
        fmt::LowerExp::fmt(&value, f)
    }
}

/// The price as an integer, as a decimal column stores it; `None` when the column cannot hold it
/// exactly: from 10^10 up, and where a price below 1e-11 has digits after the 28th decimal.
pub(super) fn price_mantissa(price: Price) -> Option<i128> {
    let decimal = price.to_decimal();
    // A double has at most 17 digits; those of a smaller price may go past the 28th decimal, and a
    // decimal without them would read back as another double.
    let exact = price.get() >= 1e-11 || decimal.to_string().parse() == Ok(price.get());
    let mantissa = scaled(decimal)?;
    (exact && mantissa < 10_i128.pow(DIGITS)).then_some(mantissa)
}

fn scaled(decimal: Decimal) -> Option<i128> {
    10_i128.checked_pow(PRICE_DECIMALS - decimal.scale())?.checked_mul(decimal.mantissa())
}
