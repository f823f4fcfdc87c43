//! Randomness: one named stream per bot and model, from the seed of the run
//! (docs/determinism.md#how-it-is-achieved).
//!
//! A stream depends on the seed, the bot's name and its own name, never on what else runs, so
//! adding a bot or a table changes nobody's draws.

use bevy_ecs::component::Component;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;
use sha2::{Digest, Sha256};

use crate::model::ids::BotId;

/// A random stream.
pub type Stream = ChaCha8Rng;

/// What a stream is, as every manifest says it.
pub const ALGORITHM: &str = "ChaCha8 (rand_chacha 0.10), keyed by SHA-256";

/// The random streams of one bot.
#[derive(Component, Debug, Clone, Copy)]
#[component(immutable)]
pub struct Streams {
    seed: u64,
    bot: BotId,
    /// How many places further on its games stand than the streams' own.
    moved: u64,
}

impl Streams {
    /// The streams of a bot in a run.
    #[must_use]
    pub const fn new(seed: u64, bot: BotId) -> Self {
        Self { seed, bot, moved: 0 }
    }

    /// The same streams for the same games, told so many places further on in a run: what was drawn
    /// at a place is drawn again at the place that it moved to.
    #[must_use]
    pub const fn moved(self, places: u64) -> Self {
        Self { moved: self.moved.wrapping_add(places), ..self }
    }

    /// The stream of a name, for a game.
    #[must_use]
    pub fn named(&self, name: &str, game: u64) -> Stream {
        self.at(name, game, 0)
    }

    /// The stream of a name, for a game, at a place in it.
    #[must_use]
    pub fn at(&self, name: &str, game: u64, place: u64) -> Stream {
        let mut key = Sha256::new();
        key.update(b"replayer stream 1\0");
        for number in [self.seed, game.wrapping_sub(self.moved), place] {
            key.update(number.to_le_bytes());
        }
        // Names are separated by a byte that none of them can hold.
        for text in [self.bot.as_str(), name] {
            key.update(text.as_bytes());
            key.update([0]);
        }
        Stream::from_seed(key.finalize().into())
    }
}
