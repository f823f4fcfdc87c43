//! The numbers of the step law: how a game's price moves from tick to tick, and how a game ends.
//!
//! All from docs/spec/provably-fair.md#the-law, measured there to the last bit. The generator draws
//! by them and the expectations are computed from them, so both describe the same game.

use super::quote::{PAUSE_MS, TICK_MS};

/// The least and the most that something can be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// The lower bound, included.
    pub least: f64,
    /// The upper bound, included.
    pub most: f64,
}

/// Chance that a tick is the rug.
pub const RUG_CHANCE: f64 = 0.005;
/// Ticks of a game on average, one in [`RUG_CHANCE`].
const MEAN_TICKS: u32 = 200;
/// Games that are played in 24 hours, one after another: one in 65 s on average, cooldown and
/// presale included (docs/spec/game.md#games-a-day).
pub const GAMES_PER_DAY: u32 = 86_400_000 / (MEAN_TICKS * TICK_MS + PAUSE_MS);
/// The rug price as a share of the lowest price of the game; `0.02` would not be bit-exact.
pub const RUG_SHARE: f64 = 1.0 - 0.98;
/// Steps after which a game is cut off. Never reached so far (chance 1e-11), so unverified.
pub const STEPS_MAX: u32 = 5_000;

/// Chance that a tick multiplies the price by [`GOD_CANDLE_FACTOR`].
pub const GOD_CANDLE_CHANCE: f64 = 0.00001;
/// Factor of a god candle.
pub const GOD_CANDLE_FACTOR: f64 = 10.0;
/// The price above which no god candle comes.
pub const GOD_CANDLE_CEILING: f64 = 100.0;

/// Chance that a tick that is neither rug nor god candle is a big move. Up and down are equally
/// likely.
pub const BIG_MOVE_CHANCE: f64 = 0.125;
/// Smallest and largest big move, as a share of the price.
pub const BIG_MOVE: Bounds = Bounds { least: 0.15, most: 0.25 };
/// Smallest and largest drift of every other tick, as a share of the price.
pub const DRIFT: Bounds = Bounds { least: -0.02, most: 0.03 };
/// Volatility of every other tick per square root of the price, as a share of the price.
pub const VOLATILITY: f64 = 0.005;
/// Upper bound of the square root of the price in the volatility.
pub const VOLATILITY_ROOT_MAX: f64 = 10.0;
