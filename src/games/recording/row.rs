//! What a line of a recording says: its row, whoever wrote it.

use serde_json::value::RawValue;
use thiserror::Error;

use super::layout::Layout;
use super::timestamp::Timestamp;
use crate::model::ids::{GameId, NameError};
use crate::model::price::{Price, PriceError};
use crate::model::quote::Tick;

/// Why a line is not a row.
#[derive(Debug, Error)]
pub(super) enum RowError {
    /// Not JSON, or a field of the wrong type.
    #[error("{0}")]
    Json(#[from] serde_json::Error),
    /// A tick row without one of its fields.
    #[error("a tick row without `{0}`")]
    Missing(&'static str),
    /// A price that is none.
    #[error("price {text}: {source}")]
    Price { text: String, source: PriceError },
    /// A game id that is none.
    #[error("game_id: {0}")]
    GameId(#[from] NameError),
    /// The first line of a file of ours that this program is too old for.
    #[error("a recording of format {0}, which this program does not know")]
    Version(u32),
    /// JSON, but nothing that a recorder writes.
    #[error("no row of a recording")]
    Foreign,
}

/// What a line says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum RecordingRow {
    /// What the market showed.
    Tick(TickRow),
    /// A line before a game: its id where it says one.
    Header(Layout, Option<GameId>),
    /// A line after a game.
    Footer(Layout, Footer),
    /// What a player did, in layout 3.4.
    Action,
    /// The first line of a file of ours.
    Head,
    /// The presale of a game, in a file of ours, and whether nothing was to be decided in it.
    Presale { game: GameId, closed: bool },
    /// The rest of a game is not known to anybody, in a file of ours.
    Void(GameId),
    /// A line of ours that is not about the course of a game.
    Remark,
}

/// A tick row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct TickRow {
    /// The layout that writes such a row.
    pub layout: Layout,
    /// The game it belongs to.
    pub game: GameId,
    /// The number it carries: 0 until the game is active, inflated in the second rug frame.
    pub tick: Tick,
    /// The price.
    pub price: Price,
    /// False when the text of the price says more than the double.
    pub exact: bool,
    /// Where in a game it was taken.
    pub stage: Stage,
    /// When it was written.
    pub time: Option<Timestamp>,
    /// True where nothing could be decided.
    pub closed: bool,
}

/// Where in a game a row was taken (docs/spec/game.md#phases).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Cooldown or presale: always tick 0, so not a tick of the game.
    Waiting,
    /// A tick of the game before its rug.
    Play,
    /// A rug frame.
    Rug,
    /// The frame about a second after the rug that reveals the seed, its tick number inflated.
    Reveal,
}

/// What a footer claims. Compared with the rows, never used.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Footer {
    /// Tick rows.
    pub ticks: Option<u64>,
    /// Highest price.
    pub peak: Option<f64>,
    /// Last price.
    pub last: Option<f64>,
    /// Lines before it and their SHA-256.
    pub text: Option<(u64, [u8; 32])>,
}

/// The inside of a JSON text. Ids and times have nothing to escape; whatever has is none.
pub(super) fn unquoted(raw: &RawValue) -> &str {
    raw.get().strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or_default()
}
