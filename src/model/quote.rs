//! What the market shows at a tick.

use std::fmt;

use super::price::Price;

/// The number of a tick within its game: 0 is the activation, 250 ms each.
pub type Tick = u32;

/// Milliseconds from one tick to the next, where nothing better is known (docs/spec/game.md#time).
pub const TICK_MS: u32 = 250;

/// The phase of a game (docs/spec/game.md#phases).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Between games; nothing is allowed.
    Cooldown,
    /// Ten seconds before the activation; buys and sidebets are taken at price 1, sells are not.
    Presale,
    /// From tick 0 to the last tick before the rug; everything is allowed.
    Active,
    /// The rug tick; nothing is allowed.
    Rugged,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Cooldown => "cooldown",
            Self::Presale => "presale",
            Self::Active => "active",
            Self::Rugged => "rugged",
        })
    }
}

/// What the market shows at a tick. In the presale the tick is 0 and the price 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quote {
    /// The tick's number.
    pub tick: Tick,
    /// The phase at this tick.
    pub phase: Phase,
    /// The price at this tick; the rug price when rugged.
    pub price: Price,
    /// True where nothing can be decided, because this was not heard in time or could not be relied
    /// on: bots are not asked, and what was sent before goes on.
    pub closed: bool,
}

impl Quote {
    /// What a table shows before its first game and after its last.
    pub const IDLE: Self =
        Self { tick: 0, phase: Phase::Cooldown, price: Price::ONE, closed: false };
}
