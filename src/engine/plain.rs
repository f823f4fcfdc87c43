//! A plain loop over the same rules: all bots at a tick, one tick after the other. The baseline that
//! benchmarks compare the world with, and a third opinion in tests.

use std::fmt;

use crate::engine::journal::{Digest, Log, digest_of};
use crate::engine::source::{Playlist, Telling};
use crate::engine::strategy::walk::Walker;
use crate::engine::strategy::{Birth, Brain, Strategy};
use crate::model::account::{Account, Holding, LedgerError, LifeTally, Sidebet, Tally, Wallet};
use crate::model::game::Game;
use crate::model::house::House;
use crate::model::order::Actions;
use crate::model::posting;
use crate::model::quote::{Phase, Tick};
use crate::model::streams::Streams;

/// A bot that the plain loop plays.
#[derive(Clone)]
pub struct PlainBot<S: Strategy> {
    bot: u32,
    brain: Brain<S>,
    streams: Streams,
    wallet: Wallet,
    holding: Holding,
    sidebet: Sidebet,
    tally: Tally,
    life: LifeTally,
    underway: Option<(Actions, Tick)>,
}

impl<S: Strategy> PlainBot<S> {
    /// The bot at a place in the scenario, before its first game, at the latency of the rules.
    #[must_use]
    pub fn new(bot: u32, params: S::Params, streams: Streams) -> Self {
        let brain = Brain::new(params, Birth { streams: &streams, game: 0 });
        let (wallet, holding) = (Wallet::default(), Holding::default());
        let (sidebet, tally, life) = (Sidebet::default(), Tally::default(), LifeTally::default());
        Self { bot, brain, streams, wallet, holding, sidebet, tally, life, underway: None }
    }

    /// Its money, its position and what it did in its last game.
    #[must_use]
    pub const fn account(&self) -> (&Wallet, &Holding, &Tally) {
        (&self.wallet, &self.holding, &self.tally)
    }

    /// Plays one tick of a game in play.
    ///
    /// # Errors
    /// When the ledger law would break.
    #[inline]
    pub fn tick(&mut self, game: &Game, house: &House, log: &mut Log) -> Result<(), LedgerError> {
        let mut walker = Walker {
            bot: self.bot,
            brain: &mut self.brain,
            streams: &self.streams,
            latency: None,
            account: Account {
                wallet: &mut self.wallet,
                holding: &mut self.holding,
                sidebet: &mut self.sidebet,
                tally: &mut self.tally,
                life: &mut self.life,
            },
            underway: &mut self.underway,
        };
        walker.tick(game, house, log)
    }
}

impl<S: Strategy> fmt::Debug for PlainBot<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { bot, wallet, holding, .. } = self;
        write!(f, "PlainBot({bot} of {}: {wallet:?}, {holding:?})", S::NAME)
    }
}

/// Bots of one strategy, played together.
pub trait Row {
    /// Plays one tick of every bot.
    fn tick(&mut self, game: &Game, house: &House, log: &mut Log);
}

impl<S: Strategy> Row for Vec<PlainBot<S>> {
    fn tick(&mut self, game: &Game, house: &House, log: &mut Log) {
        for bot in self {
            bot.tick(game, house, log)
                .unwrap_or_else(|error| panic!("{:?}: {error}", game.quote()));
        }
    }
}

/// Plays every game of a playlist, one after the other, and says the digest of each and how many
/// ticks there were.
pub fn play(
    playlist: &Playlist,
    house: &House,
    rows: &mut [Box<dyn Row + '_>],
    mut each: impl FnMut(u64, Digest),
) -> u64 {
    let mut game = Game::none();
    let mut log = Log::default();
    let mut ticks = 0;
    for place in 0..playlist.games() {
        let Some((id, mut telling)) = playlist.game(place) else { break };
        game.begin(place, id);
        ticks += play_game(&mut telling, &mut game, house, rows, &mut log);
        posting::sort(&mut log.postings);
        each(place, digest_of(&id, &log.postings));
        log.postings.clear();
    }
    ticks
}

fn play_game(
    telling: &mut Telling,
    game: &mut Game,
    house: &House,
    rows: &mut [Box<dyn Row + '_>],
    log: &mut Log,
) -> u64 {
    let mut ticks = 0;
    loop {
        let told = telling.next_frame();
        let quote = game.advance(told.frame, told.closed);
        if quote.phase == Phase::Cooldown {
            return ticks;
        }
        ticks += u64::from(quote.phase != Phase::Presale);
        for row in &mut *rows {
            row.tick(game, house, log);
        }
    }
}
