//! What the law of the game yields on average for a wager: closed forms, in doubles.
//!
//! Statistics to compare results with, never money. All follow from the step law of
//! docs/spec/provably-fair.md#the-law; `docs/oracles.md` derives them and lists their numbers.
//! Everything here is exact except for two omissions: a game is cut off after 5,000 ticks (chance
//! 1e-11), and, where a function says so, god candles stop above a price of 100.

mod kelly;
mod ladder;
mod life;
mod oracle;
mod price;
mod ruin;
mod sidebet;
mod spread;

pub use kelly::{kelly_growth, kelly_share};
pub use ladder::Ladder;
pub use life::Life;
pub use oracle::{Oracle, OracleOf};
pub use price::{alive_at, drift, held, reach_at_most, rug_within};
pub use ruin::{Absorption, FlatBets};
pub use sidebet::{Sequence, break_even, losing_streak, sidebet_edge};
pub use spread::{price_variance, rug_pull, sidebet_variance};
