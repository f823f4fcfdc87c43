//! One game of a run, to be drawn tick by tick: the postings of every bot, and the prices.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::folder::RunToDraw;
use crate::backtest::columns::schema::{GAMES, POSTINGS, Schema, TICKS};
use crate::backtest::columns::typed_rows;
use crate::backtest::run::drawn::{Ends, Outline, Search, Wanted};
use crate::backtest::run::prices::{PRICES, Prices};
use crate::base::error::{Error, ErrorKind};
use crate::base::files::reading;
use crate::model::ids::GameIndex;
use crate::model::quote::Tick;
use crate::model::sol::Sol;

/// Maximum number of bots shown: those that met most ends, then those with the largest gains and
/// losses.
const BOTS_MAX: usize = 12;

/// A game and the postings in it.
#[derive(Debug, Clone)]
pub struct OneGame {
    /// Its place in the run.
    pub place: GameIndex,
    /// Name of the game, as in `game_id`.
    pub id: String,
    /// The tick of the rug.
    pub rug_tick: Tick,
    /// The price at the rug.
    pub rug_price: f64,
    /// The highest price; absent where an earlier version wrote the folder.
    pub peak: Option<f64>,
    /// The price at every tick from 0 to the rug.
    pub prices: Result<Vec<f64>, Missing>,
    /// The bots that booked anything, the one with most to show first.
    pub bots: Vec<DrawnGame>,
    /// Number of other bots that booked anything.
    pub bots_left_out: usize,
}

/// Why the prices of a game are not in the folder, and how to add them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The reason, as a clause.
    pub why: String,
    /// The remedy, as a sentence without its full stop.
    pub how: String,
}

impl Missing {
    fn not_kept(place: GameIndex, kept: &Prices) -> Self {
        let places: Vec<String> = kept.places().iter().map(ToString::to_string).collect();
        let places = if places.is_empty() { "no game".to_owned() } else { places.join(", ") };
        let why = format!("the folder keeps the prices of: {places}");
        let how = format!(
            "run the scenario again with `--keep-prices {place}`, or with `--ticks` for every game"
        );
        Self { why, how }
    }

    fn none_kept() -> Self {
        let why = "the folder keeps no prices: a live session or version 0.1 wrote it";
        let how = "run the scenario again; that of a live session is `replay.ron` in its folder";
        Self { why: why.to_owned(), how: how.to_owned() }
    }
}

/// The postings of a bot in a game.
#[derive(Debug, Clone)]
pub struct DrawnGame {
    /// Name of the bot.
    pub bot: String,
    /// Gain or loss in SOL.
    pub pnl: Sol,
    /// Cash at the start of the game, in SOL.
    pub opened_with: Sol,
    /// Its postings, in order.
    pub postings: Vec<PostingRow>,
}

/// A row of `postings`.
#[derive(Debug, Clone, Deserialize)]
pub struct PostingRow {
    game: GameIndex,
    bot: String,
    /// The tick at which it was booked.
    pub tick: Tick,
    /// The kind of posting: a word of
    /// [`PostingKind::code`](crate::model::posting::PostingKind::code).
    pub kind: String,
    /// Price of the market at that tick.
    pub price: String,
    /// The quantity that changed hands.
    pub quantity: String,
    /// Change of the wallet, in SOL.
    pub delta: Sol,
    /// Cash after the posting, in SOL.
    pub cash: Sol,
    /// Why it was sold; absent for other postings, and where an earlier version wrote the folder.
    #[serde(default)]
    pub reason: Option<String>,
}

/// A row of `ticks`.
#[derive(Debug, Deserialize)]
struct TickRow {
    game: GameIndex,
    price: f64,
}

/// A row of `games`.
#[derive(Debug, Deserialize)]
struct GameRow {
    game: GameIndex,
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
    // Version 0.1 wrote none.
    #[serde(default)]
    peak: Option<f64>,
}

impl GameRow {
    fn ends(&self) -> Ends {
        Ends {
            sells: self.sells,
            sells_won: self.sells_won,
            liquidations: self.liquidations,
            sidebets_won: self.sidebets_won,
            sidebets_lost: self.sidebets_lost,
        }
    }
}

impl OneGame {
    /// Reads a game from the folder of a run. `None` for a run without games.
    ///
    /// # Errors
    /// When a file cannot be read, or the run does not have the game.
    pub fn read(run: &RunToDraw, wanted: &Wanted) -> Result<Option<Self>, Error> {
        let Some(mut game) = Self::without_prices(&run.path, wanted)? else { return Ok(None) };
        game.take_prices(run)?;
        Ok(Some(game))
    }

    fn without_prices(folder: &Path, wanted: &Wanted) -> Result<Option<Self>, Error> {
        let chosen = match choose(folder, wanted)? {
            Some(rows) => rows,
            None if *wanted == Wanted::Eventful => return Ok(None),
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
                row.ends().kinds(),
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
            peak: first.peak,
            prices: Err(Missing::none_kept()),
            bots,
            bots_left_out,
        }))
    }

    /// Takes the prices of the game from the folder: from its ticks if it has them, else from the
    /// games whose prices are kept. Without either, `prices` says why.
    ///
    /// # Errors
    /// When a file cannot be read, or has another game than was played.
    fn take_prices(&mut self, run: &RunToDraw) -> Result<(), Error> {
        let kept = run.manifest.prices.as_ref().and_then(|prices| prices.file.as_ref());
        let (file, prices) = if has(&run.path, &TICKS) {
            (TICKS.name.as_ref(), self.told(&run.path)?)
        } else if let Some(listed) = kept {
            let all = Prices::read(&run.path, listed)?;
            let Some(game) = all.of(self.place) else {
                self.prices = Err(Missing::not_kept(self.place, &all));
                return Ok(());
            };
            if game.game_id != self.id {
                return Err(self.at_odds(&run.path, PRICES));
            }
            (PRICES, game.prices.clone())
        } else {
            self.prices = Err(Missing::none_kept());
            return Ok(());
        };
        if prices.len() != self.rug_tick as usize + 1 || prices.last() != Some(&self.rug_price) {
            return Err(self.at_odds(&run.path, file));
        }
        self.prices = Ok(prices);
        Ok(())
    }

    /// The prices of the game, from the ticks of its run.
    fn told(&self, folder: &Path) -> Result<Vec<f64>, Error> {
        let mut prices = Vec::new();
        for row in rows::<TickRow>(folder, &TICKS)? {
            let row = row?;
            if row.game > self.place {
                break;
            }
            if row.game == self.place {
                prices.push(row.price);
            }
        }
        Ok(prices)
    }

    fn at_odds(&self, folder: &Path, file: &str) -> Error {
        let folder = folder.display();
        let what = format!("{folder}: {file} has another game {} than was played", self.place);
        Error::new(ErrorKind::Io, what).hint("the folder is damaged: run the scenario again")
    }

    /// The ticks at which anything was booked.
    #[must_use]
    pub fn ticks_booked(&self) -> BTreeSet<usize> {
        let postings = self.bots.iter().flat_map(|bot| &bot.postings);
        postings.map(|posting| posting.tick as usize).collect()
    }
}

/// The rows of the requested game.
fn choose(folder: &Path, wanted: &Wanted) -> Result<Option<Vec<GameRow>>, Error> {
    let mut search = Search::new(wanted.clone());
    let mut current: Vec<GameRow> = Vec::new();
    let mut consider = |game: Vec<GameRow>| {
        let Some(first) = game.first() else { return false };
        let id = first.game_id.clone();
        let mut outline = Outline::new(first.game, &id, first.rug_tick);
        for row in &game {
            outline.add(&row.ends(), row.pnl);
        }
        search.offer(&outline, game);
        search.is_settled()
    };
    for row in rows::<GameRow>(folder, &GAMES)? {
        let row = row?;
        let is_next = current.last().is_some_and(|last| last.game != row.game);
        if is_next && consider(std::mem::take(&mut current)) {
            break;
        }
        current.push(row);
    }
    consider(current);
    Ok(search.found())
}

/// Whether a folder has a table.
fn has(folder: &Path, table: &Schema) -> bool {
    folder.join(table.name.as_ref()).is_dir() || csv_file(folder, table).is_file()
}

fn csv_file(folder: &Path, table: &Schema) -> PathBuf {
    folder.join(format!("{}.csv", table.name))
}

/// The rows of a table of a run, in any format; an error names the file and the position.
fn rows<T: DeserializeOwned + 'static>(
    folder: &Path,
    table: &'static Schema,
) -> Result<Box<dyn Iterator<Item = Result<T, Error>>>, Error> {
    let path = csv_file(folder, table);
    let parts = folder.join(table.name.as_ref());
    if parts.is_dir() {
        return Ok(Box::new(typed_rows(&parts, table)?));
    }
    let file = reading::open(&path).map_err(|source| Error::io("read", &path, source))?;
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
        let game = OneGame::without_prices(folder.path(), &Wanted::Eventful).unwrap().unwrap();
        assert_eq!((game.place.get(), game.id.as_str(), game.rug_tick), (1, "b", 9));
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
            let game =
                OneGame::without_prices(folder.path(), &wanted.parse().unwrap()).unwrap().unwrap();
            assert_eq!((game.place.get(), game.bots.len()), (0, 1));
        }
        let beyond = Wanted::Place(GameIndex::after(77));
        let error = OneGame::without_prices(folder.path(), &beyond).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Usage);
        let none = self::folder("");
        assert!(OneGame::without_prices(none.path(), &Wanted::Eventful).unwrap().is_none());
    }

    #[test]
    fn a_damaged_row_is_an_error_with_its_line() {
        let folder = folder("0,a,20,0.02,x,1\n");
        let error = OneGame::without_prices(folder.path(), &Wanted::Eventful).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io);
        assert!(error.to_string().contains("games.csv:2"), "{error}");
    }
}
