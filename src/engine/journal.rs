//! Stage *Record*: finished games go to the journal, each as one record.
//!
//! Fed by the ledger, admission and the venue; writes to a [`Sink`], which belongs to whoever runs
//! the engine. A game reaches the journal whole or not at all.

mod digest;

use std::fmt;

use bevy_app::App;
use bevy_ecs::prelude::*;
use crossbeam_channel::Sender;

use crate::engine::bot::Bot;
use crate::engine::checkpoint::Checkpointed;
use crate::engine::ledger::{Postings, Rejections};
use crate::engine::schedule::{Tick, TickSystems};
use crate::engine::table::{Seats, Table, Tables};
use crate::model::account::{Tally, Wallet};
use crate::model::game::Game;
use crate::model::ids::GameId;
use crate::model::posting::{self, Posting, Rejected};
use crate::model::price::Price;
use crate::model::quote::{self, Phase};
use crate::model::sol::Sol;
pub use digest::{Digest, RunDigest, digest_of};

/// A finished game and what every bot did in it.
#[derive(Debug, Clone)]
pub struct GameRecord {
    /// Its place in the run.
    pub index: u64,
    /// Its name.
    pub id: GameId,
    /// The tick of the rug.
    pub rug_tick: quote::Tick,
    /// The price at the rug.
    pub rug_price: Price,
    /// One row per bot, by bot.
    pub rows: Vec<Row>,
    /// Every posting with its bot, by tick and bot; empty unless the sink keeps them.
    pub postings: Vec<(u32, Posting)>,
    /// Every refused order with its bot, by tick and bot; empty unless the sink keeps them.
    pub rejections: Vec<(u32, Rejected)>,
    /// SHA-256 of the postings, kept or not.
    pub digest: Digest,
}

/// What one bot did in one game.
#[derive(Debug, Clone)]
pub struct Row {
    /// The bot's place in the scenario.
    pub bot: u32,
    /// What it did.
    pub tally: Tally,
    /// What it gained, in SOL.
    pub pnl: Sol,
    /// What it held afterwards, in SOL.
    pub cash: Sol,
    /// Its deepest drawdown in this life so far, in SOL.
    pub max_drawdown: Sol,
}

impl Row {
    /// The row of a bot with this money after a game in which it did this.
    ///
    /// # Panics
    /// Never: both figures are amounts that the ledger held.
    #[must_use]
    pub fn of(bot: u32, wallet: &Wallet, tally: &Tally) -> Self {
        let pnl = wallet.cash.minus(tally.opened_with).expect("the difference of two wallets");
        let (cash, max_drawdown) = (wallet.cash, wallet.max_drawdown);
        Self { bot, tally: tally.clone(), pnl, cash, max_drawdown }
    }
}

impl GameRecord {
    /// The record of a game that came to its rug: its rows by bot, and what was booked and refused
    /// in it, which is put in order, kept if asked for, and cleared.
    #[must_use]
    pub fn close(
        game: &Game,
        rows: Vec<Row>,
        postings: &mut Vec<(u32, Posting)>,
        rejections: &mut Vec<(u32, Rejected)>,
        keep: bool,
    ) -> Self {
        posting::sort(postings);
        let quote = game.quote();
        let mut record = Self {
            index: game.index,
            id: game.id,
            rug_tick: quote.tick,
            rug_price: quote.price,
            rows,
            postings: Vec::new(),
            rejections: Vec::new(),
            digest: digest_of(&game.id, postings),
        };
        if keep {
            record.postings = std::mem::take(postings);
            record.rejections = std::mem::take(rejections);
            record.rejections.sort_by_key(|(bot, refused)| (refused.tick, *bot));
        }
        postings.clear();
        rejections.clear();
        record
    }
}

/// Whoever takes finished games.
pub trait Sink: Send + Sync {
    /// Whether records shall carry their postings and rejections, or their digest only.
    fn keeps_postings(&self) -> bool;

    /// Takes a finished game.
    fn take(&mut self, record: GameRecord);
}

/// Hands finished games to whoever holds the other end; once nobody does, they are dropped.
impl Sink for Sender<GameRecord> {
    fn keeps_postings(&self) -> bool {
        true
    }

    fn take(&mut self, record: GameRecord) {
        let _ = self.send(record);
    }
}

/// Where finished games go.
#[derive(Resource)]
pub struct Journal {
    sink: Box<dyn Sink>,
}

impl Journal {
    /// A journal that records into a sink.
    #[must_use]
    pub const fn new(sink: Box<dyn Sink>) -> Self {
        Self { sink }
    }
}

impl fmt::Debug for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Journal").finish_non_exhaustive()
    }
}

/// What happened so far in the game of each table.
#[derive(Resource, Debug, Default, Clone)]
struct OpenGames(Vec<OpenGame>);

#[derive(Debug, Default, Clone)]
struct OpenGame {
    /// The game, by its place in the run and its name: what is left of another one is void. A live game
    /// that went away leaves its place to the next.
    game: Option<(u64, GameId)>,
    postings: Vec<(u32, Posting)>,
    rejections: Vec<(u32, Rejected)>,
}

/// Adds the stage; needs a [`Journal`].
pub fn plugin(app: &mut App) {
    app.init_resource::<OpenGames>()
        .checkpoint_resource::<OpenGames>()
        .add_systems(Tick, record.in_set(TickSystems::Record));
}

fn record(
    tables: Res<Tables>,
    (postings, rejections): (Res<Postings>, Res<Rejections>),
    seats: Query<(&Table, &Seats)>,
    bots: Query<(&Bot, &Wallet, &Tally)>,
    (mut journal, mut open): (ResMut<Journal>, ResMut<OpenGames>),
    mut recorded: Local<u64>,
) {
    let (Journal { sink }, OpenGames(open)) = (&mut *journal, &mut *open);
    for (bot, posting) in &postings.0 {
        game_of(open, bot, &tables).postings.push((bot.index, *posting));
    }
    if sink.keeps_postings() {
        for (_, bot, refused) in &rejections.0 {
            game_of(open, bot, &tables).rejections.push((bot.index, *refused));
        }
    }
    if std::mem::replace(&mut *recorded, tables.rugged()) == tables.rugged() {
        return;
    }
    seats.iter().for_each(|(&Table(table), seats)| {
        let game = tables.game(table);
        if game.quote().phase == Phase::Rugged {
            let mut rows = Vec::with_capacity(seats.len());
            let books = seats.iter().filter_map(|bot| bots.get(bot).ok());
            rows.extend(books.map(|(bot, wallet, tally)| Row::of(bot.index, wallet, tally)));
            rows.sort_unstable_by_key(|row| row.bot);
            let open = open
                .get_mut(table as usize)
                .filter(|open| open.game == Some((game.index, game.id)));
            let (mut none, keep) = (OpenGame::default(), sink.keeps_postings());
            let OpenGame { postings, rejections, .. } = open.unwrap_or(&mut none);
            sink.take(GameRecord::close(game, rows, postings, rejections, keep));
        }
    });
}

fn game_of<'a>(open: &'a mut Vec<OpenGame>, bot: &Bot, tables: &Tables) -> &'a mut OpenGame {
    let table = bot.table as usize;
    if open.len() <= table {
        open.resize_with(table + 1, OpenGame::default);
    }
    let (open, game) = (&mut open[table], tables.game(bot.table));
    let game = Some((game.index, game.id));
    if open.game != game {
        // The game before it ended without a rug, so nobody took its postings.
        open.game = game;
        open.postings.clear();
        open.rejections.clear();
    }
    open
}
