//! Selects the games of a run that can be drawn tick by tick: a run keeps their prices by this
//! rule, and a page uses the same rule to find the game to draw.

use std::convert::Infallible;
use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use super::prices::{GamePrices, Prices};
use crate::engine::journal::{GameRecord, Row};
use crate::engine::source::Playlist;
use crate::model::ids::GameIndex;
use crate::model::quote::Tick;
use crate::model::sol::Sol;

/// Rug ticks of games that are neither over at once nor too dense for a screen.
const READABLE: RangeInclusive<Tick> = 60..=480;

/// Maximum number of ticks kept of all games together, except for games kept in any case: some 40
/// kB.
const TICKS_MAX: usize = 2_000;

/// A request for a game to draw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// The one that shows most: the most kinds of ends met by one bot, then a readable length, then
    /// the largest gains and losses.
    Eventful,
    /// The first game of the run.
    First,
    /// The game in which all bots together gained most.
    Best,
    /// The game in which all bots together lost most.
    Worst,
    /// The game at a place in the run, from 0.
    Place(GameIndex),
    /// The game of this name.
    Id(String),
}

impl FromStr for Wanted {
    type Err = Infallible;

    /// Parses one of the four words, a place or a name.
    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(match text {
            "eventful" => Self::Eventful,
            "first" => Self::First,
            "best" => Self::Best,
            "worst" => Self::Worst,
            other => match other.parse() {
                Ok(place) => Self::Place(GameIndex::after(place)),
                Err(_) => Self::Id(other.to_owned()),
            },
        })
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Eventful => f.write_str("eventful"),
            Self::First => f.write_str("first"),
            Self::Best => f.write_str("best"),
            Self::Worst => f.write_str("worst"),
            Self::Place(place) => write!(f, "{place}"),
            Self::Id(id) => f.write_str(id),
        }
    }
}

/// A game, reduced to what the selection depends on.
#[derive(Debug, Clone, Copy)]
pub struct Outline<'a> {
    place: GameIndex,
    id: &'a str,
    rug_tick: Tick,
    kinds: i128,
    turnover: i128,
    pnl: i128,
}

/// How often a bot met each kind of end in a game.
#[derive(Debug, Clone, Copy)]
pub struct Ends {
    /// Number of sales in the game.
    pub sells: u64,
    /// Number of sales above average cost.
    pub sells_won: u64,
    /// Number of positions that the rug liquidated.
    pub liquidations: u64,
    /// Number of sidebets won.
    pub sidebets_won: u64,
    /// Number of sidebets lost.
    pub sidebets_lost: u64,
}

impl Ends {
    fn of(row: &Row) -> Self {
        let tally = &row.tally;
        Self {
            sells: tally.sells.into(),
            sells_won: tally.sells_won.into(),
            liquidations: tally.liquidations.into(),
            sidebets_won: tally.sidebets_won.into(),
            sidebets_lost: tally.sidebets_lost.into(),
        }
    }

    /// Number of different kinds of ends that the bot met: 0 to 5.
    #[must_use]
    pub fn kinds(&self) -> u32 {
        let met = [
            self.sells_won > 0,
            self.sells > self.sells_won,
            self.liquidations > 0,
            self.sidebets_won > 0,
            self.sidebets_lost > 0,
        ];
        met.into_iter().map(u32::from).sum()
    }
}

impl<'a> Outline<'a> {
    /// A game in which no bot has acted yet.
    #[must_use]
    pub const fn new(place: GameIndex, id: &'a str, rug_tick: Tick) -> Self {
        Self { place, id, rug_tick, kinds: 0, turnover: 0, pnl: 0 }
    }

    /// Adds a bot: the ends that it met and its gain.
    pub fn add(&mut self, ends: &Ends, pnl: Sol) {
        self.kinds = self.kinds.max(ends.kinds().into());
        self.turnover += pnl.lamports().abs();
        self.pnl += pnl.lamports();
    }

    fn of(game: &'a GameRecord) -> Self {
        let mut outline = Self::new(game.index, game.id.as_str(), game.rug_tick);
        for row in &game.rows {
            outline.add(&Ends::of(row), row.pnl);
        }
        outline
    }
}

/// The rank of a game; the greater, the better.
type Rank = [i128; 3];

/// The search for a wanted game among the games of a run, in their order.
#[derive(Debug)]
pub struct Search<T> {
    wanted: Wanted,
    found: Option<(Rank, T)>,
}

impl<T> Search<T> {
    /// A search that has seen no game yet.
    #[must_use]
    pub const fn new(wanted: Wanted) -> Self {
        Self { wanted, found: None }
    }

    /// Considers the next game; of equals the first one wins.
    pub fn offer(&mut self, game: &Outline<'_>, handle: T) {
        if let Some(rank) = self.rank(game)
            && self.found.as_ref().is_none_or(|(best, _)| rank > *best)
        {
            self.found = Some((rank, handle));
        }
    }

    /// Whether no later game can be the wanted one.
    #[must_use]
    pub const fn is_settled(&self) -> bool {
        let ranked = matches!(self.wanted, Wanted::Eventful | Wanted::Best | Wanted::Worst);
        !ranked && self.found.is_some()
    }

    /// The wanted game, if it was seen.
    #[must_use]
    pub fn found(self) -> Option<T> {
        self.found.map(|(_, handle)| handle)
    }

    fn rank(&self, game: &Outline<'_>) -> Option<Rank> {
        match &self.wanted {
            Wanted::Eventful => {
                let readable = READABLE.contains(&game.rug_tick);
                Some([game.kinds, readable.into(), game.turnover])
            }
            Wanted::First => Some([0; 3]),
            Wanted::Best => Some([game.pnl, 0, 0]),
            Wanted::Worst => Some([-game.pnl, 0, 0]),
            Wanted::Place(place) => (game.place == *place).then_some([0; 3]),
            Wanted::Id(id) => (game.id == id).then_some([0; 3]),
        }
    }
}

/// The games whose prices a run keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keep(Vec<Wanted>);

impl Default for Keep {
    /// The most eventful, the best and the worst game.
    fn default() -> Self {
        Self::these([Wanted::Best, Wanted::Worst])
    }
}

impl Keep {
    /// These games, and the most eventful one, which a page draws by default.
    #[must_use]
    pub fn these(wanted: impl IntoIterator<Item = Wanted>) -> Self {
        let mut keep = vec![Wanted::Eventful];
        for wanted in wanted {
            if !keep.contains(&wanted) {
                keep.push(wanted);
            }
        }
        Self(keep)
    }

    /// The games, in the words of `--keep-prices`.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        self.0.iter().map(Wanted::to_string).collect()
    }
}

/// Finds the games to keep while a run is played.
#[derive(Debug)]
pub struct Keeper {
    searches: Vec<Search<GameIndex>>,
}

impl Keeper {
    /// A keeper for a run that has no game yet.
    #[must_use]
    pub fn new(keep: &Keep) -> Self {
        Self { searches: keep.0.iter().cloned().map(Search::new).collect() }
    }

    /// Considers the next game of the run.
    pub fn see(&mut self, game: &GameRecord) {
        let outline = Outline::of(game);
        for search in &mut self.searches {
            search.offer(&outline, game.index);
        }
    }

    /// Takes the prices of the selected games from the playlist, and reports which are not kept and
    /// why.
    ///
    /// The best, the worst and the first game are kept as long as all games together have at most
    /// 2,000 ticks; the others in any case.
    #[must_use]
    pub fn prices(&self, playlist: &Playlist) -> (Prices, Vec<String>) {
        let (mut prices, mut left_out) = (Prices::default(), Vec::new());
        let (always, if_small): (Vec<_>, Vec<_>) =
            self.searches.iter().partition(|search| match search.wanted {
                Wanted::Eventful | Wanted::Place(_) | Wanted::Id(_) => true,
                Wanted::First | Wanted::Best | Wanted::Worst => false,
            });
        let always = always.into_iter().map(|search| (search, usize::MAX));
        let if_small = if_small.into_iter().map(|search| (search, TICKS_MAX));
        for (Search { wanted, found }, ticks_max) in always.chain(if_small) {
            let Some((_, place)) = found else {
                if *wanted != Wanted::Eventful {
                    left_out.push(format!("{wanted}: no such game was played"));
                }
                continue;
            };
            if prices.of(*place).is_some() {
                continue;
            }
            let Some(tape) = playlist.tape(*place) else { continue };
            if tape.prices.len().saturating_add(prices.ticks()) > ticks_max {
                left_out.push(format!("{wanted}: game {place} is too long; ask for it by number"));
                continue;
            }
            prices.add(GamePrices::of(*place, &tape));
        }
        (prices, left_out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lost(lamports: i64) -> Sol {
        Sol::from_lamports_const(-lamports)
    }

    const NONE: Ends =
        Ends { sells: 0, sells_won: 0, liquidations: 0, sidebets_won: 0, sidebets_lost: 0 };

    fn found(wanted: &str) -> Option<u64> {
        let mut search = Search::new(wanted.parse().unwrap());
        let rugged = Ends { liquidations: 1, ..NONE };
        let rugged_and_sold = Ends { sells: 2, sells_won: 1, ..rugged };
        let games = [
            ("a", 20, NONE, lost(0)),
            ("b", 100, rugged, lost(5)),
            ("c", 500, rugged_and_sold, lost(9)),
            ("d", 100, rugged_and_sold, lost(-2)),
            ("e", 100, rugged_and_sold, lost(2)),
        ];
        for ((id, rug_tick, ends, pnl), place) in games.into_iter().zip(0..) {
            let mut outline = Outline::new(GameIndex::after(place), id, rug_tick);
            outline.add(&ends, pnl);
            search.offer(&outline, place);
        }
        search.found()
    }

    #[test]
    fn a_game_is_found_by_what_happened_in_it_by_its_place_and_by_its_name() {
        assert_eq!(found("eventful"), Some(3), "most kinds of ends, then readable, then the first");
        assert_eq!(found("first"), Some(0));
        assert_eq!(found("best"), Some(3));
        assert_eq!(found("worst"), Some(2));
        assert_eq!(found("4"), Some(4));
        assert_eq!(found("e"), Some(4));
        assert_eq!(found("5"), None);
        assert_eq!(found("f"), None);
    }

    #[test]
    fn only_a_game_that_no_other_can_beat_ends_the_search() {
        for (wanted, settled) in [("first", true), ("0", true), ("a", true), ("best", false)] {
            let mut search = Search::new(wanted.parse().unwrap());
            assert!(!search.is_settled(), "{wanted}");
            search.offer(&Outline::new(GameIndex::FIRST, "a", 9), ());
            assert_eq!(search.is_settled(), settled, "{wanted}");
        }
    }

    #[test]
    fn the_most_eventful_game_is_always_kept_and_no_game_twice() {
        let wanted = |words: &[&str]| words.iter().map(|word| word.parse().unwrap()).collect();
        let words = |list: Vec<Wanted>| Keep::these(list).words();
        assert_eq!(words(wanted(&["17", "first", "17"])), ["eventful", "17", "first"]);
        assert_eq!(words(wanted(&["best", "eventful"])), ["eventful", "best"]);
        assert_eq!(Keep::default().words(), ["eventful", "best", "worst"]);
    }

    #[test]
    fn games_that_are_too_long_together_are_left_out_unless_they_are_named() {
        let playlist = Playlist::Generated { seed: 3, games: 4_000 };
        let ticks = |place| playlist.tape(place).unwrap().prices.len();
        let mut longer = (0..4_000).map(GameIndex::after).filter(|&place| ticks(place) > 1_200);
        let (long, other) = (longer.next().unwrap(), longer.next().unwrap());
        let keeper = |second: Wanted| {
            let search = |wanted, place| Search { wanted, found: Some(([0; 3], place)) };
            Keeper { searches: vec![search(Wanted::Eventful, long), search(second, other)] }
        };
        let (prices, left_out) = keeper(Wanted::Worst).prices(&playlist);
        assert_eq!((prices.places(), left_out.len()), (vec![long], 1));
        let (prices, left_out) = keeper(Wanted::Place(other)).prices(&playlist);
        assert_eq!((prices.places(), left_out.len()), (vec![long, other], 0));
        assert_eq!(prices.of(other).unwrap().prices.len(), ticks(other));
    }
}
