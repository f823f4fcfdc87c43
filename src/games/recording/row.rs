//! The typed row of a line of a recording, in any layout.

use serde_json::value::RawValue;
use thiserror::Error;

use super::layout::Layout;
use super::timestamp::{Clock, Timestamp};
use crate::games::number::{InvalidPrice, InvalidTick};
use crate::model::ids::{GameId, NameError};
use crate::model::price::Price;
use crate::model::quote::Tick;

/// Why a line is not a row.
#[derive(Debug, Error)]
pub(super) enum RowError {
    /// Not JSON, or a field of the wrong type.
    #[error("{0}")]
    Json(#[from] serde_json::Error),
    /// A tick row that lacks a field.
    #[error("a tick row without `{0}`")]
    Missing(&'static str),
    /// A number that cannot be the price of a game.
    #[error("price {text}: {source}")]
    Price { text: String, source: InvalidPrice },
    /// A tick beyond the longest game.
    #[error(transparent)]
    Tick(#[from] InvalidTick),
    /// An invalid game id.
    #[error("game_id: {0}")]
    GameId(#[from] NameError),
    /// Our recording format in a version that this program cannot read.
    #[error("unknown recording format {0}")]
    Version(u64),
    /// JSON that no recorder writes.
    #[error("not a row of a recording")]
    Foreign,
}

impl RowError {
    /// True for a number that no game can have.
    pub(super) const fn is_impossible(&self) -> bool {
        match self {
            Self::Price { source, .. } => source.is_number(),
            Self::Tick(_) => true,
            _ => false,
        }
    }
}

/// The meaning of a line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum RecordingRow {
    /// A tick, or a moment of the countdown.
    Tick(TickRow),
    /// A line before a game, with the game's id where it has one.
    Header(Layout, Option<GameId>),
    /// A line after a game.
    Footer(Layout, Footer),
    /// A player's action, in layout 3.4.
    Action,
    /// The first line of our format.
    Head,
    /// The presale of a game in our format; `closed` when bots were paused.
    Presale { game: GameId, closed: bool },
    /// The rest of a game is unknown, in our format.
    Void(GameId),
    /// A line of our format that is not about the course of a game.
    Remark,
}

/// One tick, or one moment of a countdown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct TickRow {
    /// The layout that writes such a row.
    pub layout: Layout,
    /// The name of its game.
    pub game: GameId,
    /// Its tick number: 0 until the game is active, too high in the second rug frame.
    pub tick: Tick,
    /// The price at the tick.
    pub price: Price,
    /// False when the text of the price has more digits than the double.
    pub exact: bool,
    /// The stage of the game.
    pub stage: Stage,
    /// When the row was written, and by what clock; `None` when unknown.
    pub time: Option<(Timestamp, Clock)>,
    /// True when bots were paused.
    pub closed: bool,
}

/// The stage of a game at which a row was taken (docs/spec/game.md#phases).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Cooldown or presale: always tick 0, which is not a tick of the game then.
    Waiting,
    /// A tick of the game before its rug.
    Play,
    /// The first rug frame.
    Rug,
    /// The frame about a second after the rug that reveals the seed; its tick number is too high.
    Reveal,
}

/// The claims of a footer. Compared with the rows, never used.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Footer {
    /// Number of tick rows.
    pub ticks: Option<u64>,
    /// The highest price of all rows.
    pub peak: Option<f64>,
    /// The price of the last row.
    pub last: Option<f64>,
    /// Number of lines before it, and their SHA-256.
    pub text: Option<(u64, [u8; 32])>,
}

/// The content of a JSON string; empty for anything else. Valid ids and times have no escapes.
pub(super) fn unquoted(raw: &RawValue) -> &str {
    raw.get().strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or_default()
}
