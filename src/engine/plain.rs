//! A plain loop over the same rules: all bots at a tick, one tick after the other. The baseline that
//! benchmarks compare the drivers with, and a third opinion in tests.

use crate::engine::journal::{Digest, digest_of};
use crate::engine::source::{GameStream, Playlist};
use crate::engine::strategy::Strategy;
use crate::engine::strategy::solo::{GameLog, Solo};
use crate::model::game::Game;
use crate::model::posting;
use crate::model::quote::Phase;
use crate::model::setup::Setup;

/// Bots of one strategy, played together.
pub trait BotRow {
    /// Plays one tick of every bot.
    fn tick(&mut self, game: &Game, setup: &Setup, log: &mut GameLog);
}

impl<S: Strategy> BotRow for Vec<Solo<S>> {
    fn tick(&mut self, game: &Game, setup: &Setup, log: &mut GameLog) {
        for solo in self {
            solo.tick(game, setup, log)
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
    mut each: impl FnMut(u64, Digest),
) -> u64 {
    let mut game = Game::none();
    let mut log = GameLog::default();
    let mut ticks = 0;
    for place in 0..playlist.games() {
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
