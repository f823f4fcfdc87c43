//! What was seen of a game at one tick.

use super::timestamp::Timestamp;
use crate::model::price::Price;
use crate::model::quote::Tick;

/// A tick that was seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Seen {
    /// The number of the tick; too high for [`Stage::Reveal`](super::Stage::Reveal).
    pub tick: Tick,
    /// The price at the tick.
    pub price: Price,
    /// When its row was written; `None` when unknown.
    pub time: Option<Timestamp>,
    /// True where nothing could be decided: the tick arrived too late, or the feed was unreliable.
    pub closed: bool,
    /// Its line in its file, or its row in its table, from 1; 0 when unknown.
    pub line: u32,
}

/// The rug that was seen.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rug {
    pub seen: Seen,
    /// True when only the later frame is known, which reveals the seed with too high a tick.
    pub reveal: bool,
}
