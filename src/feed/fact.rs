//! What the feed tells, one fact at a time: what recordings keep and worlds are told.

use crate::base::hex::Hex;
use crate::games::fair::seeds::Reveal;
use crate::model::ids::GameId;
use crate::model::price::Price;
use crate::model::quote::Tick;
use crate::model::time::Moment;

/// One thing that became known.
///
/// The facts of a game come in one order: [`Game`](Self::Game), [`Presale`](Self::Presale) once,
/// [`Tick`](Self::Tick) 0, 1, 2 and so on without a hole, [`Rug`](Self::Rug) at the next tick, or
/// [`Void`](Self::Void) at any point after `Game`; countdowns lie before tick 0, and seeds
/// anywhere. Whatever was not heard in its time but is known from a later frame is told in its
/// place, as *late*.
#[derive(Debug, Clone, PartialEq)]
pub enum Fact {
    /// A game that follows the one before, which is over.
    Game {
        /// Its name.
        id: GameId,
        /// SHA-256 of the seed that will be revealed, where it was announced.
        seed_hash: Option<Hex>,
    },
    /// Time until the activation.
    Countdown {
        /// Milliseconds.
        left_ms: u32,
    },
    /// The presale is open.
    Presale {
        /// True where the game was already on.
        late: bool,
    },
    /// The next tick of the game.
    Tick {
        /// Its number.
        tick: Tick,
        /// Its price.
        price: Price,
        /// True where it is known from a later frame only: nobody could have acted on it in time.
        late: bool,
    },
    /// The rug: the last tick of the game.
    Rug {
        /// Its number.
        tick: Tick,
        /// Its price.
        price: Price,
        /// As with a tick.
        late: bool,
    },
    /// The game went away and nobody knows the rest of it: what was played in it does not count.
    Void,
    /// A game's seed was revealed, with what the feed says of the game: the present one, the one before,
    /// or one that was missed.
    Seed(Box<Reveal>),
}

/// What became known with one message.
#[derive(Debug, Clone, PartialEq)]
pub struct Heard {
    /// When it arrived.
    pub at: Moment,
    /// True while nothing may be decided: the feed cannot be relied on ([`integrity`]). What is
    /// late is closed in any case.
    ///
    /// [`integrity`]: crate::feed
    pub closed: bool,
    /// In the order of the games.
    pub facts: Vec<Fact>,
}
