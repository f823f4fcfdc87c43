//! The batch driver: bots that do not interact, game by game, without a world.
//!
//! A game is told to its end once and then played by one bot after the other, each walking all of
//! its ticks through the same functions that the stages call ([`crate::engine::strategy::solo`]). So a
//! game is made once for however many bots and variants of a sweep play it, and a bot's state
//! stays in the cache while it plays. Chosen where nothing needs a world: every bot is a plain
//! [`Strategy`](crate::engine::strategy::Strategy), the venue is the simulator and no pace is asked for.
//! The schedule and this give the same records, always.

use std::fmt;
use std::ops::Range;

use crate::engine::journal::{GameRecord, Row};
use crate::engine::source::Playlist;
use crate::engine::strategy::solo::{GameLog, Soloist};
use crate::engine::{BotSpec, Lineup};
use crate::model::game::{Frame, Game};
use crate::model::quote::Phase;
use crate::model::setup::Setup;
use crate::model::streams::Streams;

/// Line-ups that play the same games, each for itself.
pub struct Batch<'a> {
    ensembles: Vec<Ensemble<'a>>,
    game: Game,
}

/// The bots of one line-up.
struct Ensemble<'a> {
    house: &'a Setup,
    bots: Vec<Box<dyn Soloist>>,
    log: GameLog,
}

impl<'a> Batch<'a> {
    /// The line-ups, before their first game; `None` where a bot needs a world.
    #[must_use]
    pub fn new(lineups: &[Lineup<'a>]) -> Option<Self> {
        let ensembles = lineups.iter().map(Ensemble::new).collect::<Option<_>>()?;
        Some(Self { ensembles, game: Game::none() })
    }

    /// Plays some games of a playlist, one after another, and hands every line-up's record of each
    /// to `each` with the line-up's number. The first game is to open a life, or to follow the one
    /// that was played last. A game without a rug leaves no record.
    ///
    /// Stops before a game when told to; true when it came to the end.
    ///
    /// # Panics
    /// When the ledger law is broken.
    pub fn play(
        &mut self,
        playlist: &Playlist,
        games: Range<u64>,
        keeps_postings: bool,
        stop: &impl Fn() -> bool,
        each: &mut impl FnMut(usize, GameRecord),
    ) -> bool {
        for place in games {
            if stop() {
                return false;
            }
            if !tell(playlist, place, &mut self.game) {
                break;
            }
            for (number, ensemble) in self.ensembles.iter_mut().enumerate() {
                if let Some(record) = ensemble.play(&self.game, keeps_postings) {
                    each(number, record);
                }
            }
        }
        true
    }
}

impl fmt::Debug for Batch<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bots = self.ensembles.first().map_or(0, |first| first.bots.len());
        write!(f, "Batch({} line-ups of {bots} bots)", self.ensembles.len())
    }
}

impl<'a> Ensemble<'a> {
    fn new(lineup: &Lineup<'a>) -> Option<Self> {
        let house = lineup.setup;
        let solo = |(place, player): (u32, &BotSpec)| {
            lineup.strategies.get(player.strategy).filter(|kind| kind.plays_solo())?;
            let streams = Streams::new(house.seed, player.id);
            player.factory.solo(place, streams, player.latency.clone())
        };
        let bots = (0..).zip(lineup.bots).map(solo).collect::<Option<_>>()?;
        Some(Self { house, bots, log: GameLog::default() })
    }

    fn play(&mut self, game: &Game, keeps_postings: bool) -> Option<GameRecord> {
        self.log.keeps_refusals = keeps_postings;
        for (place, bot) in self.bots.iter_mut().enumerate() {
            bot.play(game, self.house, &mut self.log).unwrap_or_else(|error| {
                panic!(
                    "the ledger law is broken: {error}; bot {place} in game {}: {:?}, {:?}",
                    game.id,
                    bot.wallet(),
                    bot.tally()
                )
            });
        }
        if game.quote().phase != Phase::Rugged {
            self.log.postings.clear();
            self.log.refusals.clear();
            return None;
        }
        let rows =
            (0..).zip(&self.bots).map(|(place, bot)| Row::of(place, bot.wallet(), bot.tally()));
        let GameLog { postings, refusals, .. } = &mut self.log;
        Some(GameRecord::close(game, rows.collect(), postings, refusals, keeps_postings))
    }
}

/// Tells the game at a place of a playlist to its end; false when there is none.
pub fn tell(playlist: &Playlist, place: u64, game: &mut Game) -> bool {
    let Some((id, mut telling)) = playlist.game(place) else { return false };
    game.begin(place, id);
    loop {
        let told = telling.next_frame();
        match told.frame {
            Frame::Idle => return true,
            frame => _ = game.advance(frame, told.closed),
        }
    }
}
