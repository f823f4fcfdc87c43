//! The facts that the feed yields, one at a time: for recordings and worlds.

use crate::base::hex::Hex;
use crate::games::fair::seeds::Reveal;
use crate::model::ids::GameId;
use crate::model::price::Price;
use crate::model::quote::Tick;
use crate::model::time::Moment;

/// One fact of the feed.
///
/// The facts of a game have a fixed order: [`Game`](Self::Game), [`Presale`](Self::Presale) once,
/// [`Tick`](Self::Tick) 0, 1, 2 and so on without a hole, [`Rug`](Self::Rug) at the next tick, or
/// [`Void`](Self::Void) at any point after `Game`; countdowns come before tick 0, seeds anywhere. A
/// fact that was not received in time but is known from a later frame is reported in its place, as
/// *late*.
#[derive(Debug, Clone, PartialEq)]
pub enum Fact {
    /// The next game. The one before is over.
    Game {
        /// Name of the game.
        id: GameId,
        /// SHA-256 of the seed that will be revealed; `None` when it was not announced.
        seed_hash: Option<Hex>,
    },
    /// Time until tick 0.
    Countdown {
        /// Remaining time, in milliseconds.
        left_ms: u32,
    },
    /// The presale is open.
    Presale {
        /// True when the game was already active.
        late: bool,
    },
    /// The next tick of the game.
    Tick {
        /// Number of the tick.
        tick: Tick,
        /// Price at the tick.
        price: Price,
        /// True when only a later frame revealed it: no bot could have acted on it in time.
        late: bool,
    },
    /// The rug: the last tick of the game.
    Rug {
        /// Number of the tick.
        tick: Tick,
        /// Price at the rug.
        price: Price,
        /// As for a tick.
        late: bool,
    },
    /// The game disappeared and its rest is unknown. What was played in it does not count.
    Void,
    /// The seed of a game was revealed, with the feed's record of the game: the current one, the
    /// previous one, or one that was missed.
    Seed(Box<Reveal>),
}

/// The facts of one message.
#[derive(Debug, Clone, PartialEq)]
pub struct Heard {
    /// When the message arrived.
    pub at: Moment,
    /// True while bots are paused: the feed is unreliable ([`integrity`]). Late facts are closed in
    /// any case.
    ///
    /// [`integrity`]: crate::feed
    pub closed: bool,
    /// The facts, in the order of the games.
    pub facts: Vec<Fact>,
}
