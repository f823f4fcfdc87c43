//! The bots of a benchmark: the same for the schedule and for the plain loop.

use std::fmt;

use crate::engine::BotSpec;
use crate::engine::plain::{BotRow, PlainBot};
use crate::engine::strategy::{Strategies, Strategy};
use crate::model::ids::{BotId, BotIndex};
use crate::model::streams::Streams;
use crate::strategies::aggressive::Aggressive;
use crate::strategies::conservative::Conservative;
use crate::strategies::foundational::Foundational;
use crate::strategies::sidebet::SidebetOnce;

/// The seed of every benchmark.
pub const SEED: u64 = 1;

/// Bots with the default parameters of their strategies.
pub struct Cast {
    /// The bots, as the engine takes them.
    pub bots: Vec<BotSpec>,
    /// The strategies that the bots use.
    pub strategies: Strategies,
    rows: Vec<Box<dyn Fn() -> Box<dyn BotRow>>>,
}

impl Cast {
    /// A cast without bots.
    #[must_use]
    pub const fn none() -> Self {
        Self { bots: Vec::new(), strategies: Strategies::none(), rows: Vec::new() }
    }

    /// `each` bots of each of the four classic strategies.
    #[must_use]
    pub fn classics(each: u32) -> Self {
        Self::none()
            .with::<Conservative>(each)
            .with::<Aggressive>(each)
            .with::<SidebetOnce>(each)
            .with::<Foundational>(each)
    }

    /// Adds `count` bots of one more strategy.
    ///
    /// # Panics
    /// With more than 2^32 bots.
    #[must_use]
    pub fn with<S: Strategy>(mut self, count: u32) -> Self {
        let first = self.bots.len();
        let places = first..first + count as usize;
        let spec = |place| BotSpec::new::<S>(name::<S>(place), S::Params::default());
        self.bots.extend(places.clone().map(spec));
        self.rows.push(Box::new(move || {
            let bot = |place| plain_bot::<S>(BotIndex::after(place).expect("fewer than 2^32 bots"));
            Box::new(places.clone().map(bot).collect::<Vec<_>>())
        }));
        Self { strategies: self.strategies.with::<S>(), ..self }
    }

    /// The bots as the plain loop takes them: a row per strategy, before its first game.
    #[must_use]
    pub fn rows(&self) -> Vec<Box<dyn BotRow>> {
        self.rows.iter().map(|row| row()).collect()
    }
}

impl fmt::Debug for Cast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bots of {:?}", self.bots.len(), self.strategies)
    }
}

/// A bot of a strategy for the plain loop.
#[must_use]
pub fn plain_bot<S: Strategy>(bot: BotIndex) -> PlainBot<S> {
    PlainBot::new(bot, S::Params::default(), Streams::new(SEED, name::<S>(bot.at())))
}

fn name<S: Strategy>(place: usize) -> BotId {
    BotId::new(&format!("{}-{place}", S::NAME)).expect("the name of a strategy and a number")
}
