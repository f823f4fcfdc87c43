//! Stage *Record*: finished games go to the journal, each as one record.
//!
//! Fed by the ledger, admission and the venue; writes to a [`Sink`], which belongs to what runs
//! the engine. A game reaches the journal whole or not at all.

mod digest;
mod exits;

use std::fmt;
use std::mem;

use bevy_app::App;
use bevy_ecs::prelude::*;
use crossbeam_channel::Sender;

use crate::engine::bot::{Bot, Prospect};
use crate::engine::checkpoint::Checkpointed;
use crate::engine::ledger::{Postings, Rejections};
use crate::engine::schedule::{Tick, TickSystems, WholeGame, WholeGameSystems};
use crate::engine::table::{Seats, Table, Tables};
use crate::model::account::{Tally, Wallet};
use crate::model::game::Game;
use crate::model::ids::{BotIndex, GameId, GameIndex, TableIndex};
use crate::model::posting::{self, Posting, Rejected};
use crate::model::price::Price;
use crate::model::quote::{self, Phase};
use crate::model::sol::Sol;
pub use digest::{Digest, RunDigest, digest_of};
pub use exits::ExitRow;
use exits::exits_of;

/// A finished game and what every bot did in it.
#[derive(Debug, Clone)]
pub struct GameRecord {
    /// Its place in the run.
    pub index: GameIndex,
    /// The line-up that played it: the variant of a sweep; 0 where there is one line-up.
    pub variant: u32,
    /// The name of the game.
    pub id: GameId,
    /// The tick of the rug.
    pub rug_tick: quote::Tick,
    /// The price at the rug.
    pub rug_price: Price,
    /// The highest price, from the activation to the rug.
    pub peak: Price,
    /// One row per bot, by bot.
    pub rows: Vec<Row>,
    /// Every posting with its bot, by tick and bot; empty unless the sink keeps them.
    pub postings: Vec<(BotIndex, Posting)>,
    /// Every refused order with its bot, by tick and bot; empty unless the sink keeps them.
    pub rejections: Vec<(BotIndex, Rejected)>,
    /// Every position, or part of one, that was sold or liquidated, by tick and bot; kept always.
    pub exits: Vec<ExitRow>,
    /// SHA-256 of the postings, kept or not.
    pub digest: Digest,
}

/// What one bot did in one game.
#[derive(Debug, Clone)]
pub struct Row {
    /// The bot's place in the scenario.
    pub bot: BotIndex,
    /// Counts and sums of its orders and sidebets.
    pub tally: Tally,
    /// What it gained, in SOL.
    pub pnl: Sol,
    /// What it held afterwards, in SOL.
    pub cash: Sol,
    /// Its deepest drawdown in this life so far, in SOL.
    pub max_drawdown: Sol,
    /// Its lowest equity in this life so far, in SOL, marked at every tick's price.
    pub low: Sol,
    /// Whether it can bet again in this life, as its strategy says; `None` where that does not say
    /// or was not asked ([`Prospect`]).
    pub can_bet: Option<bool>,
}

impl Row {
    /// The row of a bot with this money after a game in which it did this.
    ///
    /// # Panics
    /// Never: both figures are amounts that the ledger held.
    #[must_use]
    pub fn of(bot: BotIndex, wallet: &Wallet, tally: &Tally, prospect: Prospect) -> Self {
        let pnl = wallet.cash.minus(tally.opened_with).expect("the difference of two wallets");
        let Wallet { cash, max_drawdown, low, .. } = *wallet;
        let can_bet = prospect.can_bet;
        Self { bot, tally: tally.clone(), pnl, cash, max_drawdown, low, can_bet }
    }
}

impl GameRecord {
    /// The record of a game that came to its rug: its rows by bot, and what was booked and refused
    /// in it, which is put in order, kept if asked for, and cleared.
    #[must_use]
    pub fn close(game: &Game, variant: u32, rows: Vec<Row>, log: &mut GameLog, keep: bool) -> Self {
        let GameLog { postings, rejections, .. } = log;
        posting::sort(postings);
        let quote = game.quote();
        let mut record = Self {
            index: game.index,
            variant,
            id: game.id,
            rug_tick: quote.tick,
            rug_price: quote.price,
            peak: game.path.peak().unwrap_or(quote.price),
            rows,
            postings: Vec::new(),
            rejections: Vec::new(),
            exits: exits_of(postings),
            digest: digest_of(&game.id, postings),
        };
        if keep {
            record.postings = mem::take(postings);
            record.rejections = mem::take(rejections);
            record.rejections.sort_by_key(|(bot, refused)| (refused.tick, *bot));
        }
        postings.clear();
        rejections.clear();
        record
    }
}

/// Takes finished games, for a file or for tests.
pub trait Sink: Send + Sync {
    /// Whether records shall carry their postings and rejections, or their digest only.
    fn keeps_postings(&self) -> bool;

    /// Takes a finished game.
    fn take(&mut self, record: GameRecord);
}

/// Hands finished games to the receiver; once that is gone, they are dropped.
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

/// What bots did in a game, each line with its bot. Bot by bot, or tick by tick: as it was played.
#[derive(Debug, Default, Clone)]
pub struct GameLog {
    /// Every posting that was booked.
    pub postings: Vec<(BotIndex, Posting)>,
    /// What was refused; only where `keeps_refusals` is true.
    pub rejections: Vec<(BotIndex, Rejected)>,
    /// Whether rejections are kept, and not only counted.
    pub keeps_refusals: bool,
}

/// What happened so far in the game of each table, line-up by line-up. Written by the journal in
/// the `Tick` schedule, and by who walks a bot in that of whole games.
#[derive(Resource, Debug, Default, Clone)]
pub(crate) struct OpenGames {
    keeps_refusals: bool,
    games: Vec<OpenGame>,
}

#[derive(Debug, Default, Clone)]
struct OpenGame {
    /// The game, by its place in the run and its name: what is left of another one is void. A live
    /// game that became void leaves its place to the next.
    game: Option<(GameIndex, GameId)>,
    log: GameLog,
}

impl OpenGames {
    /// The log of the game that a bot plays.
    #[inline]
    pub(crate) fn log(&mut self, bot: &Bot, tables: &Tables) -> &mut GameLog {
        let place = place(bot.table, bot.variant, tables);
        if self.games.len() <= place {
            self.games.resize_with(place + 1, OpenGame::default);
        }
        let (open, game) = (&mut self.games[place], tables.game(bot.table));
        let game = Some((game.index, game.id));
        if open.game != game {
            // The game before it ended without a rug, so nobody took what was booked in it.
            open.game = game;
            open.log.postings.clear();
            open.log.rejections.clear();
            open.log.keeps_refusals = self.keeps_refusals;
        }
        &mut open.log
    }

    /// The log of a game in which something happened.
    fn of(&mut self, (table, variant): (TableIndex, u32), tables: &Tables) -> Option<&mut GameLog> {
        let game = tables.game(table);
        let open = self.games.get_mut(place(table, variant, tables))?;
        (open.game == Some((game.index, game.id))).then_some(&mut open.log)
    }
}

fn place(table: TableIndex, variant: u32, tables: &Tables) -> usize {
    table.at() * tables.variants() + variant as usize
}

/// Adds the stage to both strides; needs a [`Journal`].
pub fn plugin(app: &mut App) {
    let keeps_refusals = app.world().resource::<Journal>().sink.keeps_postings();
    app.insert_resource(OpenGames { keeps_refusals, games: Vec::new() })
        .checkpoint_resource::<OpenGames>()
        .add_systems(Tick, record_tick.in_set(TickSystems::Record))
        .add_systems(WholeGame, record_games.in_set(WholeGameSystems::Record));
}

/// Keeps what a tick booked and refused until its game is over.
fn record_tick(
    tables: Res<Tables>,
    (postings, rejections): (Res<Postings>, Res<Rejections>),
    seats: Query<(&Table, &Seats)>,
    bots: Query<(&Bot, &Wallet, &Tally, &Prospect)>,
    (journal, mut open): (ResMut<Journal>, ResMut<OpenGames>),
    mut recorded: Local<u64>,
) {
    for (bot, posting) in &postings.0 {
        open.log(bot, &tables).postings.push((bot.index, *posting));
    }
    if open.keeps_refusals {
        for (_, bot, refused) in &rejections.0 {
            open.log(bot, &tables).rejections.push((bot.index, refused.clone()));
        }
    }
    if mem::replace(&mut *recorded, tables.rugged()) != tables.rugged() {
        record_games(tables, seats, bots, (journal, open));
    }
}

/// Records the games that are over, line-up by line-up: the seats of a table are in that order.
#[expect(clippy::needless_pass_by_value, reason = "a system's parameters")]
fn record_games(
    tables: Res<Tables>,
    seats: Query<(&Table, &Seats)>,
    bots: Query<(&Bot, &Wallet, &Tally, &Prospect)>,
    (mut journal, mut open): (ResMut<Journal>, ResMut<OpenGames>),
) {
    let sink = &mut journal.sink;
    seats.iter().for_each(|(&Table(table), seats)| {
        let game = tables.game(table);
        if game.quote().phase != Phase::Rugged {
            return;
        }
        let mut seated = seats.iter().filter_map(|bot| bots.get(bot).ok()).peekable();
        while let Some(&(&Bot { variant, .. }, ..)) = seated.peek() {
            let mut rows = Vec::with_capacity(seats.len() / tables.variants());
            while let Some((bot, wallet, tally, &prospect)) =
                seated.next_if(|(bot, ..)| bot.variant == variant)
            {
                rows.push(Row::of(bot.index, wallet, tally, prospect));
            }
            rows.sort_unstable_by_key(|row| row.bot);
            let mut none = GameLog::default();
            let log = open.of((table, variant), &tables).unwrap_or(&mut none);
            let keep = sink.keeps_postings();
            sink.take(GameRecord::close(game, variant, rows, log, keep));
        }
    });
}
