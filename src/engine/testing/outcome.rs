//! The outcome of a test.

use std::sync::{Arc, Mutex, PoisonError};

use bevy_app::App;
use bevy_ecs::prelude::*;

use crate::engine;
use crate::engine::bot::Bot;
use crate::engine::journal::{Digest, GameRecord, Row, RunDigest, Sink};
use crate::model::ids::{BotId, BotIndex, TableIndex};
use crate::model::order::Rejection;
use crate::model::posting::Posting;
use crate::model::quote::Tick;
use crate::model::sol::Sol;

/// A world that has played, with the records of its games.
#[derive(Debug)]
pub struct TestOutcome {
    /// The world after the last game.
    pub app: App,
    /// The games that came to their rug, in the order of the run, with postings and rejections.
    pub games: Vec<GameRecord>,
    bots: Vec<BotId>,
    kept: Kept,
}

impl TestOutcome {
    pub(super) const fn new(app: App, bots: Vec<BotId>, kept: Kept) -> Self {
        Self { app, games: Vec::new(), bots, kept }
    }

    /// Plays what is left.
    #[must_use]
    pub fn finish(mut self) -> Self {
        engine::run(&mut self.app, &|| false);
        self.games =
            std::mem::take(&mut *self.kept.0.lock().unwrap_or_else(PoisonError::into_inner));
        self.games.sort_by_key(|game| game.index);
        self
    }

    /// A bot's place in the lineup.
    ///
    /// # Panics
    /// When there is no such bot.
    #[must_use]
    pub fn place(&self, id: &str) -> BotIndex {
        let place = self.bots.iter().position(|bot| bot.as_str() == id);
        place.and_then(BotIndex::after).unwrap_or_else(|| panic!("no bot {id}"))
    }

    /// A part of a bot as the last tick left it at the first table: its `Wallet`, `Position`, …
    ///
    /// # Panics
    /// When there is no such bot.
    #[must_use]
    pub fn part<C: Component + Clone>(&mut self, id: &str) -> C {
        let place = self.place(id);
        let mut bots = self.app.world_mut().query::<(&Bot, &C)>();
        let mut bots = bots.iter(self.app.world());
        let part = bots.find(|(bot, _)| bot.index == place && bot.table == TableIndex::FIRST);
        part.expect("every bot has every part").1.clone()
    }

    /// A bot's rows, by game.
    #[must_use]
    pub fn rows(&self, id: &str) -> Vec<&Row> {
        let place = self.place(id);
        self.games.iter().flat_map(|game| &game.rows).filter(|row| row.bot == place).collect()
    }

    /// A bot's cash after the last game that came to its rug.
    ///
    /// # Panics
    /// When no game did.
    #[must_use]
    pub fn cash(&self, id: &str) -> Sol {
        self.rows(id).last().expect("a finished game").cash
    }

    /// A bot's postings, of all games one after the other.
    #[must_use]
    pub fn postings(&self, id: &str) -> Vec<Posting> {
        let place = self.place(id);
        let postings = self.games.iter().flat_map(|game| &game.postings);
        postings.filter(|(bot, _)| *bot == place).map(|(_, posting)| *posting).collect()
    }

    /// A bot's refused orders, each with its tick, of all games one after the other.
    #[must_use]
    pub fn rejections(&self, id: &str) -> Vec<(Tick, Rejection)> {
        let place = self.place(id);
        let refused = self.games.iter().flat_map(|game| &game.rejections);
        refused.filter(|(bot, _)| *bot == place).map(|(_, no)| (no.tick, no.rejection)).collect()
    }

    /// The digest of the run.
    #[must_use]
    pub fn digest(&self) -> Digest {
        digest(&self.games)
    }
}

/// The digest of games in the order of their run.
#[must_use]
pub fn digest(games: &[GameRecord]) -> Digest {
    games.iter().map(|game| game.digest).collect::<RunDigest>().get()
}

/// Keeps the record of each finished game.
#[derive(Debug, Clone, Default)]
pub(super) struct Kept(Arc<Mutex<Vec<GameRecord>>>);

impl Sink for Kept {
    fn keeps_postings(&self) -> bool {
        true
    }

    fn take(&mut self, record: GameRecord) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(record);
    }
}
