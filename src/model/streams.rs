//! Randomness: one named stream per bot and model, from the seed of the run
//! (docs/determinism.md#how-it-is-achieved).
//!
//! A stream depends on the seed, the bot's name and its own name, never on what else runs, so
//! adding a bot or a table changes the draws of no other.

use bevy_ecs::component::Component;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;
use sha2::{Digest, Sha256};

use crate::model::ids::{BotId, GameIndex};
use crate::model::quote::Tick;

/// A deterministic random generator, the same on every platform.
pub type Stream = ChaCha8Rng;

/// The algorithm of the streams, as every manifest states it.
pub const ALGORITHM: &str = "ChaCha8 (rand_chacha 0.10), keyed by SHA-256";

/// The random streams of one bot.
#[derive(Component, Debug, Clone, Copy)]
#[component(immutable)]
pub struct Streams {
    seed: u64,
    bot: BotId,
    /// Offset, in games, from the streams' own places to the run's.
    moved: u64,
}

impl Streams {
    /// The streams of a bot in a run.
    #[must_use]
    pub const fn new(seed: u64, bot: BotId) -> Self {
        Self { seed, bot, moved: 0 }
    }

    /// The same streams for the same games at a run offset by `places` games: each draw of a place
    /// repeats at the place that it moved to.
    #[must_use]
    pub const fn moved(self, places: u64) -> Self {
        Self { moved: self.moved.wrapping_add(places), ..self }
    }

    /// The stream called `name` with a number: the place of a game in its run
    /// ([`GameIndex::get`]), or a count of another kind.
    #[must_use]
    pub fn named(&self, name: &str, number: u64) -> Stream {
        self.keyed(name, [number, 0])
    }

    /// The stream called `name`, for a game, at a tick of it.
    #[must_use]
    pub fn at(&self, name: &str, game: GameIndex, tick: Tick) -> Stream {
        self.keyed(name, [game.get(), tick.into()])
    }

    fn keyed(&self, name: &str, [number, tick]: [u64; 2]) -> Stream {
        let mut key = Sha256::new();
        key.update(b"replayer stream 1\0");
        for number in [self.seed, number.wrapping_sub(self.moved), tick] {
            key.update(number.to_le_bytes());
        }
        // The separator is a byte that no name can hold.
        for text in [self.bot.as_str(), name] {
            key.update(text.as_bytes());
            key.update([0]);
        }
        Stream::from_seed(key.finalize().into())
    }
}
