//! One game of a run, to be drawn tick by tick: which, what every bot booked in it, and its prices.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::ops::RangeInclusive;
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::backtest::columns::schema::{GAMES, POSTINGS, Schema};
use crate::backtest::columns::typed_rows;
use crate::base::error::{Error, ErrorKind};
use crate::engine::source::Playlist;
use crate::model::game::Frame;
use crate::model::quote::Tick;
use crate::model::sol::Sol;

/// Most bots of a game that are shown: those that met most, then those that gained or lost most.
const BOTS_MAX: usize = 12;

/// Rug ticks of games that are neither over at once nor a blur on a screen.
const READABLE: RangeInclusive<Tick> = 60..=480;

/// Which game to draw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// The one that shows most: the most kinds of ends that one bot met, then a length that can be
    /// read, then the largest gains and losses.
    Telling,
    /// The one at a place in the run, from 0.
    Place(u64),
    /// The one of a name.
    Id(String),
}

/// A game and what was done in it.
#[derive(Debug, Clone)]
pub struct OneGame {
    /// Its place in the run, from 0.
    pub place: u64,
    /// Its name.
    pub id: String,
    /// The tick of the rug.
    pub rug_tick: Tick,
    /// The price at the rug.
    pub rug_price: f64,
    /// The price at every tick from 0 to the rug; or why there are none.
    pub prices: Result<Vec<f64>, String>,
    /// Those that booked anything, the one with most to see first.
    pub bots: Vec<DrawnGame>,
    /// How many more booked something.
    pub bots_left_out: usize,
}

/// What a bot did in a game.
#[derive(Debug, Clone)]
pub struct DrawnGame {
    /// The bot.
    pub bot: String,
    /// What it gained.
    pub pnl: Sol,
    /// What it began with.
    pub opened_with: Sol,
    /// Its postings, in order.
    pub postings: Vec<PostingRow>,
}

/// A row of `postings`.
#[derive(Debug, Clone, Deserialize)]
pub struct PostingRow {
    game: u64,
    bot: String,
    /// The tick at which it was booked.
    pub tick: Tick,
    /// What it books: a word of [`PostingKind::code`](crate::model::posting::PostingKind::code).
    pub kind: String,
    /// The market's price.
    pub price: String,
    /// The quantity that changed hands.
    pub quantity: String,
    /// What the wallet gained or paid.
    pub delta: Sol,
    /// What the wallet held afterwards.
    pub cash: Sol,
}

/// A row of `games`.
#[derive(Debug, Deserialize)]
struct GameRow {
    game: u64,
    game_id: String,
    rug_tick: Tick,
    rug_price: f64,
    bot: String,
    sells: u64,
    sells_won: u64,
    liquidations: u64,
    sidebets_won: u64,
    sidebets_lost: u64,
    pnl: Sol,
    cash: Sol,
}

/// What speaks for drawing a game.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Telling {
    kinds: u32,
    readable: bool,
    turnover: i128,
}

impl GameRow {
    /// How many kinds of ends the bot met.
    fn kinds(&self) -> u32 {
        let ends = [
            self.sells_won > 0,
            self.sells > self.sells_won,
            self.liquidations > 0,
            self.sidebets_won > 0,
            self.sidebets_lost > 0,
        ];
        ends.into_iter().map(u32::from).sum()
    }
}

impl Wanted {
    /// Reads a place or a name.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        text.parse().map_or_else(|_| Self::Id(text.to_owned()), Self::Place)
    }

    fn is(&self, row: &GameRow) -> bool {
        match self {
            Self::Telling => false,
            Self::Place(place) => row.game == *place,
            Self::Id(id) => row.game_id == *id,
        }
    }
}

impl OneGame {
    /// Reads a game of a run from the rows in its folder; prices come from [`Self::regenerate`].
    /// `None` for a run without games.
    ///
    /// # Errors
    /// When a file cannot be read, or the run has no such game.
    pub fn read(folder: &Path, wanted: &Wanted) -> Result<Option<Self>, Error> {
        let chosen = match choose(folder, wanted)? {
            Some(rows) => rows,
            None if *wanted == Wanted::Telling => return Ok(None),
            None => {
                let what = format!("{}: no such game in this run", folder.display());
                return Err(Error::usage(what).hint(
                    "give a number or a name from the columns `game` and `game_id` of its games",
                ));
            }
        };
        let first = &chosen[0];
        let mut booked: BTreeMap<String, Vec<PostingRow>> = BTreeMap::new();
        for row in rows::<PostingRow>(folder, &POSTINGS)? {
            let row = row?;
            if row.game == first.game {
                booked.entry(row.bot.clone()).or_default().push(row);
            } else if row.game > first.game {
                break;
            }
        }
        let mut bots = Vec::new();
        for row in &chosen {
            let Some(postings) = booked.remove(&row.bot) else { continue };
            let opened_with = row.cash.minus(row.pnl).unwrap_or_default();
            bots.push((
                row.kinds(),
                DrawnGame { bot: row.bot.clone(), pnl: row.pnl, opened_with, postings },
            ));
        }
        bots.sort_by_key(|(kinds, bot)| Reverse((*kinds, bot.pnl.lamports().abs())));
        let mut bots: Vec<DrawnGame> = bots.into_iter().map(|(_, bot)| bot).collect();
        let bots_left_out = bots.len().saturating_sub(BOTS_MAX);
        bots.truncate(BOTS_MAX);
        Ok(Some(Self {
            place: first.game,
            id: first.game_id.clone(),
            rug_tick: first.rug_tick,
            rug_price: first.rug_price,
            prices: Err("the source of its games was not looked for".to_owned()),
            bots,
            bots_left_out,
        }))
    }

    /// Takes the prices of the game from a playlist, if that tells the very game that was played.
    ///
    /// # Errors
    /// Says how it differs.
    pub fn regenerate(&mut self, playlist: &Playlist) -> Result<(), String> {
        let (id, mut playback) =
            playlist.game(self.place).ok_or("the source has fewer games than were played")?;
        if id.as_str() != self.id {
            return Err(format!("the source has game {id} in its place"));
        }
        let mut prices = Vec::with_capacity(self.rug_tick as usize + 1);
        loop {
            match playback.next_frame().frame {
                Frame::Presale => {}
                Frame::Price(price) => prices.push(price.get()),
                Frame::Rug(price) => {
                    prices.push(price.get());
                    break;
                }
                Frame::Idle => break,
            }
        }
        let rug = prices.last().copied();
        if prices.len() != self.rug_tick as usize + 1 || rug != Some(self.rug_price) {
            return Err("the source tells the game with another rug".to_owned());
        }
        self.prices = Ok(prices);
        Ok(())
    }

    /// Ticks at which something was booked.
    #[must_use]
    pub fn ticks_booked(&self) -> BTreeSet<usize> {
        let postings = self.bots.iter().flat_map(|bot| &bot.postings);
        postings.map(|posting| posting.tick as usize).collect()
    }
}

/// The rows of the game that is wanted.
fn choose(folder: &Path, wanted: &Wanted) -> Result<Option<Vec<GameRow>>, Error> {
    let mut best: Option<(Telling, Vec<GameRow>)> = None;
    let mut current: Vec<GameRow> = Vec::new();
    let mut consider = |game: Vec<GameRow>| {
        let telling = telling(&game);
        if !game.is_empty() && best.as_ref().is_none_or(|(most, _)| telling > *most) {
            best = Some((telling, game));
        }
    };
    for row in rows::<GameRow>(folder, &GAMES)? {
        let row = row?;
        if *wanted != Wanted::Telling && !wanted.is(&row) {
            if current.is_empty() {
                continue;
            }
            break;
        }
        if current.last().is_some_and(|last| last.game != row.game) {
            consider(std::mem::take(&mut current));
        }
        current.push(row);
    }
    consider(current);
    Ok(best.map(|(_, game)| game))
}

/// How much there is to see in a game.
fn telling(rows: &[GameRow]) -> Telling {
    Telling {
        kinds: rows.iter().map(GameRow::kinds).max().unwrap_or(0),
        readable: rows.first().is_some_and(|row| READABLE.contains(&row.rug_tick)),
        turnover: rows.iter().map(|row| row.pnl.lamports().abs()).sum(),
    }
}

/// The rows of a table of a run, however they are written; an error says the file and the place.
fn rows<T: DeserializeOwned + 'static>(
    folder: &Path,
    table: &'static Schema,
) -> Result<Box<dyn Iterator<Item = Result<T, Error>>>, Error> {
    let path = folder.join(format!("{}.csv", table.name));
    let parts = folder.join(table.name.as_ref());
    if parts.is_dir() {
        return Ok(Box::new(typed_rows(&parts, table)?));
    }
    let file = File::open(&path).map_err(|source| Error::io("read", &path, source))?;
    let reader = csv::Reader::from_reader(file);
    Ok(Box::new(reader.into_deserialize().map(move |row| {
        row.map_err(|error| {
            let line = error.position().map_or(0, csv::Position::line);
            let what = format!("{}:{line}: not a row of a run", path.display());
            Error::new(ErrorKind::Io, what).caused_by(error).hint("the file is damaged")
        })
    })))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "game,game_id,rug_tick,rug_price,bot,buys,sells,sells_won,liquidations,\
                          sidebets_won,sidebets_lost,refused,bought,wagered,pnl,cash,max_drawdown\n";

    fn folder(games: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("games.csv"), format!("{HEADER}{games}")).unwrap();
        let postings = "game,game_id,bot,tick,kind,price,quantity,delta,cash\n\
                        0,a,x,3,buy,1.1,0.9,-0.001,0.099\n1,b,x,5,buy,1.1,0.9,-0.001,0.099\n\
                        1,b,y,5,buy,1.1,0.9,-0.005,0.095\n1,b,x,9,liquidation,0.02,0.9,0.0001,0.0991\n";
        std::fs::write(folder.path().join("postings.csv"), postings).unwrap();
        folder
    }

    const GAMES: &str = "0,a,20,0.02,x,1,1,1,0,0,0,0,0.1,0,0.9,1.0,0\n\
                         0,a,20,0.02,y,0,0,0,0,0,0,0,0,0,0,0.1,0\n\
                         1,b,9,0.02,x,1,1,0,1,0,0,0,0.1,0,-0.0009,0.0991,0\n\
                         1,b,9,0.02,y,1,0,0,1,0,0,0,0.1,0,-0.005,0.095,0\n\
                         2,c,9,0.02,x,1,1,0,1,0,0,0,0.1,0,-0.0001,0.1,0\n";

    #[test]
    fn the_game_with_most_to_see_is_drawn_and_of_those_the_one_with_most_at_stake() {
        let folder = folder(GAMES);
        let game = OneGame::read(folder.path(), &Wanted::Telling).unwrap().unwrap();
        assert_eq!((game.place, game.id.as_str(), game.rug_tick), (1, "b", 9));
        let bots: Vec<_> = game.bots.iter().map(|bot| bot.bot.as_str()).collect();
        assert_eq!(bots, ["x", "y"], "who sold and was rugged before who was only rugged");
        assert_eq!(game.bots[0].postings.len(), 2);
        assert_eq!(game.bots[0].opened_with, Sol::milli(100));
        assert_eq!(game.ticks_booked(), BTreeSet::from([5, 9]));
    }

    #[test]
    fn a_game_is_found_by_its_place_and_by_its_name_and_one_that_is_not_there_is_an_error() {
        let folder = folder(GAMES);
        for wanted in ["0", "a"] {
            let game = OneGame::read(folder.path(), &Wanted::parse(wanted)).unwrap().unwrap();
            assert_eq!((game.place, game.bots.len()), (0, 1));
        }
        let error = OneGame::read(folder.path(), &Wanted::parse("77")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Usage);
        let none = self::folder("");
        assert!(OneGame::read(none.path(), &Wanted::Telling).unwrap().is_none());
    }

    #[test]
    fn a_damaged_row_is_an_error_with_its_line() {
        let folder = folder("0,a,20,0.02,x,1\n");
        let error = OneGame::read(folder.path(), &Wanted::Telling).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io);
        assert!(error.to_string().contains("games.csv:2"), "{error}");
    }

    #[test]
    fn prices_are_taken_from_the_game_that_was_played_and_from_no_other() {
        let playlist = Playlist::Generated { seed: 42, games: 3 };
        let (id, mut playback) = playlist.game(1).unwrap();
        let mut told = Vec::new();
        let rug = loop {
            match playback.next_frame().frame {
                Frame::Price(price) => told.push(price.get()),
                Frame::Rug(price) => break price.get(),
                Frame::Presale | Frame::Idle => {}
            }
        };
        let game = |id: &str, rug_price: f64| OneGame {
            place: 1,
            id: id.to_owned(),
            rug_tick: u32::try_from(told.len()).unwrap(),
            rug_price,
            prices: Err(String::new()),
            bots: Vec::new(),
            bots_left_out: 0,
        };
        let mut same = game(id.as_str(), rug);
        same.regenerate(&playlist).unwrap();
        let prices = same.prices.unwrap();
        assert_eq!(prices.split_last(), Some((&rug, told.as_slice())));
        assert!(game(id.as_str(), rug * 2.0).regenerate(&playlist).is_err());
        assert!(game("another", rug).regenerate(&playlist).is_err());
        let short = Playlist::Generated { seed: 42, games: 1 };
        assert!(game(id.as_str(), rug).regenerate(&short).is_err());
    }
}
