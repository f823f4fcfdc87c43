//! The games that a feed server plays, by their place in the show.

use std::sync::Arc;

use crate::base::error::{Error, ErrorKind};
use crate::base::hex::Hex;
use crate::engine::source::Playlist;
use crate::games::fair::generated::generated;
use crate::games::fair::seed::ServerSeed;
use crate::model::ids::{GameId, GameIndex};
use crate::model::price::Price;
use crate::model::quote::Tick;
use crate::model::tape::Tape;

/// Place of the generated game that is announced when no other game follows the last.
const STRANGER: u64 = u64::MAX;

/// How much a changed price differs from the true one: enough to be seen in four digits.
const CHANGED_PRICE: f64 = 1.001;

/// Games in a row, and what is to be wrong with them.
#[derive(Debug, Clone)]
pub struct Repertoire {
    playlist: Arc<Playlist>,
    seed: u64,
    first: u64,
    end: u64,
    repeats: bool,
    spoils: Spoils,
}

/// What is wrong with the games themselves: a client that checks their fairness finds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spoils {
    /// Another seed is revealed than the one whose hash was announced.
    pub wrong_seed: bool,
    /// One price is not the one that the seed says, in every frame that tells it.
    pub wrong_price: bool,
    /// Games from one such game to the next; every game with 1.
    pub every_games: u64,
}

impl Spoils {
    /// Every game is as it should be.
    pub const NONE: Self = Self { wrong_seed: false, wrong_price: false, every_games: 1 };

    pub(super) const fn meets(self, place: u64) -> bool {
        (place + 1).is_multiple_of(if self.every_games == 0 { 1 } else { self.every_games })
    }
}

/// A game as it is played.
#[derive(Debug, Clone)]
pub struct ShownGame {
    /// The name of the game.
    pub id: GameId,
    /// Its prices, as they are told.
    pub tape: Arc<Tape>,
    /// The hash that is announced before it, where its seed is known.
    pub seed_hash: Option<Hex>,
    /// The seed that is revealed after it, where it is known.
    pub revealed: Option<ServerSeed>,
}

impl ShownGame {
    /// The tick of the rug.
    ///
    /// # Panics
    /// Never: no tape is that long.
    #[must_use]
    pub fn rug_tick(&self) -> Tick {
        Tick::try_from(self.tape.last_tick()).expect("a game has less than 4 billion ticks")
    }

    /// The price at a tick that the game has.
    #[must_use]
    pub fn price(&self, tick: Tick) -> Price {
        self.tape.prices[tick as usize]
    }

    /// The prices of ticks 0 to one that the game has.
    #[must_use]
    pub fn path(&self, to: Tick) -> &[Price] {
        &self.tape.prices[..=to as usize]
    }

    /// The highest price of the game, at least 1.
    #[must_use]
    pub fn peak(&self) -> f64 {
        self.tape.prices.iter().map(|price| price.get()).fold(1.0, f64::max)
    }
}

impl Repertoire {
    /// All games of a playlist, from its first; the seed makes what is told of the time before.
    ///
    /// Tapes without a rug are left out.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when no game is left.
    pub fn new(mut playlist: Playlist, seed: u64) -> Result<Self, Error> {
        if let Playlist::Tapes(tapes) = &mut playlist {
            tapes.retain(|tape| tape.rugged && tape.prices.len() > 1);
        }
        let end = playlist.games();
        if end == 0 {
            return Err(Error::new(ErrorKind::Io, "there is no game with a rug to play"));
        }
        let (playlist, spoils) = (Arc::new(playlist), Spoils::NONE);
        Ok(Self { playlist, seed, first: 0, end, repeats: false, spoils })
    }

    /// Begins at another place: what lies before is history.
    #[must_use]
    pub fn from(mut self, first: u64) -> Self {
        self.first = first.min(self.end - 1);
        self
    }

    /// Begins again after the last game, without end.
    #[must_use]
    pub fn repeated(mut self) -> Self {
        self.repeats = true;
        self.end = u64::MAX - 1;
        self
    }

    /// Plays at most this many games.
    #[must_use]
    pub fn at_most(mut self, games: u64) -> Self {
        self.end = self.end.min(self.first.saturating_add(games));
        self
    }

    /// Plays games that are not fair.
    #[must_use]
    pub fn spoiled(mut self, spoils: Spoils) -> Self {
        self.spoils = spoils;
        self
    }

    pub(super) const fn first(&self) -> u64 {
        self.first
    }

    /// The place after the last game.
    pub(super) const fn end(&self) -> u64 {
        self.end
    }

    pub(super) const fn seed(&self) -> u64 {
        self.seed
    }

    /// The game at a place; beyond the last one, a generated game that is announced and not played.
    #[must_use]
    pub fn game(&self, place: u64) -> ShownGame {
        let games = self.playlist.games();
        let listed = if self.repeats { place % games } else { place };
        match self.listed(listed) {
            Some(game) => self.as_told(place, game),
            None => self.stranger(STRANGER),
        }
    }

    /// The games before the first one, the newest first: those of the playlist, then generated
    /// ones.
    pub(super) fn before(&self, games: u64) -> impl Iterator<Item = ShownGame> {
        let strangers = (0..games).map(|back| self.stranger(STRANGER - 1 - back));
        let listed = (0..self.first).rev().map(|place| self.game(place));
        listed.chain(strangers).take(usize::try_from(games).unwrap_or(usize::MAX))
    }

    fn listed(&self, place: u64) -> Option<ShownGame> {
        let seed = match &*self.playlist {
            Playlist::Generated { seed, .. } => Some(generated(*seed, place).0),
            Playlist::Seeds(seeds) => {
                usize::try_from(place).ok().and_then(|at| seeds.get(at)).map(|(seed, _)| *seed)
            }
            Playlist::Tapes(_) => None,
        };
        let tape = self.playlist.tape(GameIndex::after(place))?;
        Some(ShownGame {
            id: tape.id,
            tape,
            seed_hash: seed.map(|seed| seed.hash()),
            revealed: seed,
        })
    }

    /// A generated game that is in no playlist: the far end of the row of our seed.
    fn stranger(&self, index: u64) -> ShownGame {
        let (seed, id) = generated(self.seed, index);
        let tape = Playlist::Seeds(vec![(seed, id)])
            .tape(GameIndex::FIRST)
            .expect("the list has a first game");
        ShownGame { id, tape, seed_hash: Some(seed.hash()), revealed: Some(seed) }
    }

    fn as_told(&self, place: u64, mut game: ShownGame) -> ShownGame {
        if !self.spoils.meets(place) {
            return game;
        }
        if self.spoils.wrong_seed && game.revealed.is_some() {
            game.revealed = Some(generated(!self.seed, place).0);
        }
        let changed = game.tape.last_tick() / 2;
        if self.spoils.wrong_price && changed > 0 {
            let mut tape = Tape::clone(&game.tape);
            let price = tape.prices[changed].get() * CHANGED_PRICE;
            tape.prices[changed] = Price::new(price).expect("a little more than a price");
            game.tape = Arc::new(tape);
        }
        game
    }
}
