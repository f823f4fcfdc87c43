//! A plain loop over the same rules: all bots at a tick, one tick after the other. The baseline that
//! benchmarks compare the world with, and a third opinion in tests.

use std::fmt;

use crate::engine::journal::{Digest, GameLog, digest_of};
use crate::engine::source::{GameStream, Playlist};
use crate::engine::strategy::walk::Walker;
use crate::engine::strategy::{LifeStart, Strategy, StrategyState};
use crate::model::account::{LedgerError, OwnedAccount};
use crate::model::game::Game;
use crate::model::ids::{BotIndex, GameIndex};
use crate::model::order::Actions;
use crate::model::posting;
use crate::model::quote::{Phase, Tick};
use crate::model::setup::Setup;
use crate::model::streams::Streams;

/// A bot that the plain loop plays.
#[derive(Clone)]
pub struct PlainBot<S: Strategy> {
    bot: BotIndex,
    strategy: StrategyState<S>,
    streams: Streams,
    account: OwnedAccount,
    underway: Option<(Actions, Tick)>,
}

impl<S: Strategy> PlainBot<S> {
    /// The bot at a place in the scenario, before its first game, at the latency of the rules.
    #[must_use]
    pub fn new(bot: BotIndex, params: S::Params, streams: Streams) -> Self {
        let strategy =
            StrategyState::new(params, LifeStart { streams: &streams, game: GameIndex::FIRST });
        Self { bot, strategy, streams, account: OwnedAccount::default(), underway: None }
    }

    /// Its money, its position and what it did in its last game.
    #[must_use]
    pub const fn account(&self) -> &OwnedAccount {
        &self.account
    }

    /// Plays one tick of a game in play.
    ///
    /// # Errors
    /// When the ledger law would break.
    #[inline]
    pub fn tick(
        &mut self,
        game: &Game,
        setup: &Setup,
        log: &mut GameLog,
    ) -> Result<(), LedgerError> {
        let mut walker = Walker {
            bot: self.bot,
            strategy: &mut self.strategy,
            streams: &self.streams,
            latency: None,
            account: self.account.parts(),
            underway: &mut self.underway,
        };
        walker.tick(game, setup, log)
    }
}

impl<S: Strategy> fmt::Debug for PlainBot<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { bot, account: OwnedAccount { wallet, position, .. }, .. } = self;
        write!(f, "PlainBot({bot:?} of {}: {wallet:?}, {position:?})", S::NAME)
    }
}

/// Bots of one strategy, played together.
pub trait BotRow {
    /// Plays one tick of every bot.
    fn tick(&mut self, game: &Game, setup: &Setup, log: &mut GameLog);
}

impl<S: Strategy> BotRow for Vec<PlainBot<S>> {
    fn tick(&mut self, game: &Game, setup: &Setup, log: &mut GameLog) {
        for bot in self {
            bot.tick(game, setup, log)
                .unwrap_or_else(|error| panic!("{:?}: {error}", game.quote()));
        }
    }
}

/// Plays every game of a playlist, one after the other, and says the digest of each and how many
/// ticks there were.
pub fn play(
    playlist: &Playlist,
    setup: &Setup,
    rows: &mut [Box<dyn BotRow + '_>],
    mut each: impl FnMut(GameIndex, Digest),
) -> u64 {
    let mut game = Game::none();
    let mut log = GameLog::default();
    let mut ticks = 0;
    for place in (0..playlist.games()).map(GameIndex::after) {
        let Some((id, mut stream)) = playlist.game(place) else { break };
        game.begin(place, id);
        ticks += play_game(&mut stream, &mut game, setup, rows, &mut log);
        posting::sort(&mut log.postings);
        each(place, digest_of(&id, &log.postings));
        log.postings.clear();
    }
    ticks
}

fn play_game(
    stream: &mut GameStream,
    game: &mut Game,
    setup: &Setup,
    rows: &mut [Box<dyn BotRow + '_>],
    log: &mut GameLog,
) -> u64 {
    let mut ticks = 0;
    loop {
        let told = stream.next_frame();
        let quote = game.advance(told.frame, told.closed);
        if quote.phase == Phase::Cooldown {
            return ticks;
        }
        ticks += u64::from(quote.phase != Phase::Presale);
        for row in &mut *rows {
            row.tick(game, setup, log);
        }
    }
}
