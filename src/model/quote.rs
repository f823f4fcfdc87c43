//! What the market shows at a tick: phase, tick, price.

use std::fmt;

use super::price::Price;

/// The number of a tick within its game: 0 is the activation, 250 ms each.
pub type Tick = u32;

/// Nominal milliseconds from one tick to the next (docs/spec/game.md#time).
pub const TICK_MS: u32 = 250;

/// Cooldown and presale of a game on the game's clock, in milliseconds: 5 s plus 10 s
/// (docs/spec/game.md#phases).
pub const PAUSE_MS: u32 = 15_000;

/// The phase of a game (docs/spec/game.md#phases).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Between games; nothing is allowed.
    Cooldown,
    /// Ten seconds before tick 0. Buys and sidebets are allowed at price 1, sells are not.
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
    /// Number of the tick, from 0.
    pub tick: Tick,
    /// The phase at this tick.
    pub phase: Phase,
    /// The price at this tick; the rug price when rugged.
    pub price: Price,
    /// True where nothing can be decided because the frame arrived too late or the feed was
    /// unreliable. Bots are paused; orders sent before still execute.
    pub closed: bool,
}

impl Quote {
    /// What a table shows before its first game and after its last.
    pub const IDLE: Self =
        Self { tick: 0, phase: Phase::Cooldown, price: Price::ONE, closed: false };
}
