//! What the tables look like: columns, kinds, units. docs/columns.md says the same in words.

use std::borrow::Cow;
use std::fmt;

use rust_decimal::Decimal;

use crate::games::recording::Timestamp;
use crate::model::price::Price;
use crate::model::quantity::Quantity;
use crate::model::sol::Sol;

/// Version of the tables: one more whenever a column comes, goes or changes its meaning.
pub const VERSION: u32 = 1;

/// Decimals of a price column: all that [`Price::to_decimal`] ever has, so that the column holds
/// the very decimal that money was computed with (docs/decisions/0009-parquet-without-arrow.md).
pub const PRICE_DECIMALS: u32 = 28;

/// Digits of a decimal column: what 16 bytes hold.
pub const DIGITS: u32 = 38;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Whole numbers, signed: differences of unsigned columns overflow in SQL.
    Integer,
    /// Doubles, for statistics.
    Real,
    /// Yes or no.
    Flag,
    /// Text.
    Text,
    /// SOL or a quantity, exact, to 9 decimals.
    Amount,
    /// A price: exact, and as its double in a second column `NAME_f64` of a Parquet file.
    Price,
    /// A moment on a recorder's clock, which knows no zone, to the microsecond.
    Time,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: Cow<'static, str>,
    /// What it holds.
    pub kind: ColumnKind,
    /// Whether a cell may be empty.
    pub optional: bool,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema {
    /// Its name.
    pub name: Cow<'static, str>,
    /// Its columns.
    pub columns: Cow<'static, [Column]>,
}

/// The value of a column in a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    /// Nothing, in an optional column.
    Empty,
    /// See [`ColumnKind::Integer`].
    Integer(i64),
    /// See [`ColumnKind::Real`].
    Real(f64),
    /// See [`ColumnKind::Flag`].
    Flag(bool),
    /// See [`ColumnKind::Text`].
    Text(&'a str),
    /// See [`ColumnKind::Amount`].
    Sol(Sol),
    /// See [`ColumnKind::Amount`].
    Quantity(Quantity),
    /// See [`ColumnKind::Price`].
    Price(Price),
    /// See [`ColumnKind::Time`].
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

    /// The column, with cells that may be empty.
    #[must_use]
    pub const fn optional(mut self) -> Self {
        self.optional = true;
        self
    }
}

impl Schema {
    const fn new(name: &'static str, columns: &'static [Column]) -> Self {
        Self { name: Cow::Borrowed(name), columns: Cow::Borrowed(columns) }
    }

    /// The place of a column in its rows.
    ///
    /// # Panics
    /// When it has none of that name.
    #[must_use]
    pub fn place(&self, name: &str) -> usize {
        let place = self.columns.iter().position(|column| column.name == name);
        place.expect("a column of the table")
    }

    /// The table `variants` of a sweep: its number in `variant`, then a column for each parameter
    /// and each figure.
    #[must_use]
    pub fn variants(columns: impl IntoIterator<Item = Column>) -> Self {
        let number = Column::integer("variant");
        let columns = [number].into_iter().chain(columns).collect();
        Self { name: Cow::Borrowed("variants"), columns: Cow::Owned(columns) }
    }
}

impl<'a> Cell<'a> {
    /// Reads a cell of a column from its text, as [`Display`](fmt::Display) writes it.
    ///
    /// # Errors
    /// What is wrong with it.
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
                Timestamp::parse(text).map(Self::Time).ok_or_else(|| "no time".to_owned())
            }
        };
        read.map_err(|why| format!("{} {text:?}: {why}", column.name))
    }

    /// What the cell holds; `None` for an empty one.
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
pub static GAMES: Schema = Schema::new("games", GAMES_COLUMNS);

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
];

/// One row per posting: a line of the ledger.
pub static POSTINGS: Schema = Schema::new("postings", POSTINGS_COLUMNS);

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
];

/// One row per refused order.
pub static REFUSALS: Schema = Schema::new("refusals", REFUSALS_COLUMNS);

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
pub static TICKS: Schema = Schema::new("ticks", TICKS_COLUMNS);

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
pub static RECORDED: Schema = Schema::new("recorded", RECORDED_COLUMNS);

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
    /// As it stands in a text file: every digit there is.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => Ok(()),
            Self::Integer(value) => fmt::Display::fmt(value, f),
            Self::Real(value) => fmt::Display::fmt(value, f),
            Self::Flag(value) => fmt::Display::fmt(value, f),
            Self::Text(value) => f.write_str(value),
            Self::Sol(value) => fmt::Display::fmt(value, f),
            Self::Quantity(value) => fmt::Display::fmt(value, f),
            Self::Price(value) => fmt::Display::fmt(value, f),
            Self::Time(value) => fmt::Display::fmt(value, f),
        }
    }
}

/// The price as the whole number that a decimal column keeps; `None` when the column cannot say
/// the price exactly: at 10^10 and above, and where a price below 1e-11 has digits beyond the
/// 28th decimal.
pub(super) fn price_mantissa(price: Price) -> Option<i128> {
    let decimal = price.to_decimal();
    // A double has at most 17 digits; of a smaller price some may be behind the 28th decimal, and
    // a decimal that lost digits reads back as another double.
    let exact = price.get() >= 1e-11 || decimal.to_string().parse() == Ok(price.get());
    let mantissa = scaled(decimal)?;
    (exact && mantissa < 10_i128.pow(DIGITS)).then_some(mantissa)
}

fn scaled(decimal: Decimal) -> Option<i128> {
    10_i128.checked_pow(PRICE_DECIMALS - decimal.scale())?.checked_mul(decimal.mantissa())
}
