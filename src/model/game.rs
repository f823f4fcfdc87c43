//! One game, tick by tick: its phases and the path of its price.

use std::ops::RangeInclusive;

use super::closed::Closed;
use super::expectation;
use super::ids::{GameId, GameIndex};
use super::law::RUG_CHANCE;
use super::price::Price;
use super::quote::{Phase, Quote, Tick};

/// What a tick takes from the chance that a game lives, upside down.
const RARER_BY_A_TICK: f64 = 1.0 / (1.0 - RUG_CHANCE);

/// What a source delivers next at a table. Every source delivers one canonical game: one presale
/// frame, the prices of ticks 0 to R-1, and the rug at R.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Frame {
    /// Nothing: no game is running.
    Idle,
    /// The presale of a new game.
    Presale,
    /// The next tick, at this price.
    Price(Price),
    /// The next tick, and the rug, at this price.
    Rug(Price),
}

/// One step of a game as a source hands it on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// What happened at this step.
    pub frame: Frame,
    /// Milliseconds since the step before it: for pacing, never for results.
    pub gap_ms: u32,
    /// True when no order can be decided at it.
    pub closed: bool,
}

impl Step {
    /// No game is on.
    pub const IDLE: Self = Self { frame: Frame::Idle, gap_ms: 0, closed: false };
}

/// The path of a game's price: ticks 0 to now, the rug price last once rugged.
#[derive(Debug, Clone, Default)]
pub struct Path {
    prices: Vec<f64>,
    /// At index `t`: what the law says of all ticks before `t`, given the past of each one.
    expected: Vec<Expected>,
    low: f64,
    /// One over the chance that a game lives to the present tick.
    rarity: f64,
}

/// What the law says of the price over some ticks.
#[derive(Debug, Clone, Copy, Default)]
struct Expected {
    /// The change; see [`expectation::drift`].
    drift: f64,
    /// Its variance; see [`expectation::price_variance`].
    variance: f64,
    /// [`expectation::rug_pull`] of each tick, over the chance to live to it.
    pull: f64,
}

/// The extremes of a range of ticks, for one unit held through it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stretch {
    /// Highest price of the range.
    pub high: f64,
    /// Lowest price of the range.
    pub low: f64,
    /// The deepest fall of the range.
    pub worst_fall: Fall,
}

/// A fall of the price.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fall {
    /// The price before it.
    pub from: f64,
    /// The price after it.
    pub to: f64,
}

impl Fall {
    /// The difference of both prices.
    #[must_use]
    pub fn depth(self) -> f64 {
        self.from - self.to
    }
}

impl Path {
    /// The prices so far, indexed by tick.
    #[must_use]
    pub fn prices(&self) -> &[f64] {
        &self.prices
    }

    /// The price at a tick.
    #[must_use]
    #[inline]
    pub fn price(&self, tick: Tick) -> Price {
        Price::known(self.prices[tick as usize])
    }

    /// The highest price so far; none before the first tick.
    #[must_use]
    pub fn peak(&self) -> Option<Price> {
        Price::new(self.prices.iter().copied().fold(0.0, f64::max)).ok()
    }

    /// The expected change of the price from one tick to a later one, by the law of the game.
    #[must_use]
    pub fn drift(&self, from: Tick, to: Tick) -> f64 {
        self.expected[to as usize].drift - self.expected[from as usize].drift
    }

    /// The variance, by the law of the game, of the change of the price from one tick to a later
    /// one: the sum of that of each tick, given its past.
    #[must_use]
    pub fn variance(&self, from: Tick, to: Tick) -> f64 {
        self.expected[to as usize].variance - self.expected[from as usize].variance
    }

    /// The covariance, by the law of the game, of the change of the price from one tick to a later
    /// one and of a sidebet that pays 1 at a rug up to the tick `end`: below zero.
    #[must_use]
    pub fn covariance_with_rug(&self, from: Tick, to: Tick, end: Tick) -> f64 {
        let pull = self.expected[to as usize].pull - self.expected[from as usize].pull;
        let covariance = expectation::alive_at(end) * pull;
        // Beyond 140,000 ticks the chance to live is below what a double holds.
        if covariance.is_finite() { covariance } else { 0.0 }
    }

    /// The extremes of the ticks `from` to `to`, both included.
    #[must_use]
    pub fn stretch(&self, from: Tick, to: Tick) -> Stretch {
        let prices = &self.prices[from as usize..=to as usize];
        let first = prices[0];
        let worst_fall = Fall { from: first, to: first };
        let mut all = Stretch { high: first, low: first, worst_fall };
        for &price in prices {
            if price > all.high {
                all.high = price;
            } else if price < all.low {
                all.low = price;
            }
            let fall = Fall { from: all.high, to: price };
            if fall.depth() > all.worst_fall.depth() {
                all.worst_fall = fall;
            }
        }
        all
    }

    /// The falls of at least a given depth within a range of ticks, each from the highest price
    /// before it.
    pub(super) fn falls(
        &self,
        ticks: RangeInclusive<Tick>,
        at_least: f64,
    ) -> impl Iterator<Item = Fall> {
        let prices = &self.prices[*ticks.start() as usize..=*ticks.end() as usize];
        let mut high = 0.0_f64;
        prices.iter().filter_map(move |&price| {
            high = high.max(price);
            let fall = Fall { from: high, to: price };
            (high > price && fall.depth() >= at_least).then_some(fall)
        })
    }

    fn clear(&mut self) {
        self.prices.clear();
        self.expected.clear();
        self.low = 1.0;
        self.rarity = 1.0;
    }

    fn push(&mut self, price: Price) {
        let before = match (self.prices.last(), self.expected.last()) {
            (Some(&price), Some(before)) => {
                let pull = expectation::rug_pull(price, self.low) * self.rarity;
                self.rarity *= RARER_BY_A_TICK;
                Expected {
                    drift: before.drift + expectation::drift(price, self.low),
                    variance: before.variance + expectation::price_variance(price, self.low),
                    pull: before.pull + pull,
                }
            }
            _ => Expected::default(),
        };
        self.expected.push(before);
        self.prices.push(price.get());
        self.low = self.low.min(price.get());
    }
}

/// A game in play at a table.
#[derive(Debug, Clone)]
pub struct Game {
    /// Its name as the source gives it.
    pub id: GameId,
    /// Its place in the run.
    pub index: GameIndex,
    /// Its prices so far.
    pub path: Path,
    /// Its closed steps so far.
    pub closed: Closed,
    quote: Quote,
}

impl Game {
    /// A placeholder for a table's game before the first one.
    ///
    /// # Panics
    /// Never: the placeholder is a valid name.
    #[must_use]
    pub fn none() -> Self {
        let id = GameId::new("none").expect("a valid name");
        let (path, closed) = (Path::default(), Closed::default());
        Self { id, index: GameIndex::FIRST, path, closed, quote: Quote::IDLE }
    }

    /// Resets this to the game of the given name, before its first frame. Keeps the path's memory.
    pub fn begin(&mut self, index: GameIndex, id: GameId) {
        self.index = index;
        self.id = id;
        self.path.clear();
        self.closed.clear();
        self.quote = Quote::IDLE;
    }

    /// What the market shows now.
    #[must_use]
    #[inline]
    pub const fn quote(&self) -> Quote {
        self.quote
    }

    /// Applies the next frame, which may be `closed`, and returns the new quote.
    ///
    /// # Panics
    /// When the source breaks the canonical order: a price before the presale or after the rug.
    #[inline]
    pub fn advance(&mut self, frame: Frame, closed: bool) -> Quote {
        let price = match frame {
            Frame::Idle => {
                self.quote = Quote::IDLE;
                return self.quote;
            }
            Frame::Presale => {
                let phase = Phase::Presale;
                self.quote = Quote { tick: 0, phase, price: Price::ONE, closed };
                if closed {
                    self.closed.push(0);
                }
                return self.quote;
            }
            Frame::Price(price) | Frame::Rug(price) => price,
        };
        let tick = match self.quote.phase {
            Phase::Presale => 0,
            Phase::Active => self.quote.tick + 1,
            Phase::Cooldown | Phase::Rugged => {
                panic!("game {}: {frame:?} after {:?}", self.id, self.quote)
            }
        };
        let rugged = matches!(frame, Frame::Rug(_));
        self.path.push(price);
        if closed {
            self.closed.push(tick + 1);
        }
        let phase = if rugged { Phase::Rugged } else { Phase::Active };
        self.quote = Quote { tick, phase, price, closed };
        self.quote
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(prices: &[f64]) -> Path {
        let mut path = Path::default();
        path.clear();
        prices.iter().for_each(|&price| path.push(Price::new(price).unwrap()));
        path
    }

    #[test]
    fn a_game_goes_from_presale_through_its_ticks_to_the_rug() {
        let mut game = Game::none();
        game.begin(GameIndex::after(3), GameId::new("g").unwrap());
        assert_eq!(game.advance(Frame::Presale, false).phase, Phase::Presale);
        assert_eq!(game.advance(Frame::Price(Price::ONE), false).tick, 0);
        assert_eq!(game.advance(Frame::Price(Price::new(1.1).unwrap()), false).tick, 1);
        let rug = game.advance(Frame::Rug(Price::new(0.02).unwrap()), false);
        assert_eq!((rug.tick, rug.phase), (2, Phase::Rugged));
        assert_eq!(game.path.prices(), [1.0, 1.1, 0.02]);
        assert_eq!(game.advance(Frame::Idle, false), Quote::IDLE);
    }

    #[test]
    #[should_panic(expected = "after")]
    fn a_price_after_the_rug_is_a_broken_source() {
        let mut game = Game::none();
        game.advance(Frame::Presale, false);
        game.advance(Frame::Rug(Price::ONE), false);
        game.advance(Frame::Price(Price::ONE), false);
    }

    #[test]
    fn what_the_law_says_of_ticks_adds_up_over_them() {
        let path = path(&[1.0, 1.2, 0.9, 1.5, 0.018]);
        let by_hand: f64 = [(1.2, 1.0), (0.9, 0.9)]
            .into_iter()
            .map(|(price, low)| expectation::price_variance(price, low))
            .sum();
        assert!((path.variance(1, 3) - by_hand).abs() < 1e-15);
        // A sidebet that ends at tick 40 gains alive(40 - t) more at a rug after tick t.
        let by_hand: f64 = [(1, 1.2, 1.0), (2, 0.9, 0.9)]
            .into_iter()
            .map(|(tick, price, low)| {
                expectation::alive_at(40 - tick) * expectation::rug_pull(price, low)
            })
            .sum();
        assert!((path.covariance_with_rug(1, 3, 40) - by_hand).abs() < 1e-15);
        assert!(by_hand < 0.0);
    }

    #[test]
    fn the_worst_fall_is_from_an_earlier_high_to_a_later_low() {
        let all = path(&[2.0, 1.0, 4.0, 2.5, 9.0, 8.0]).stretch(0, 5);
        assert_eq!((all.high, all.low), (9.0, 1.0));
        assert_eq!(all.worst_fall, Fall { from: 4.0, to: 2.5 });
        let falling = path(&[2.0, 1.0, 1.5]).stretch(1, 2);
        assert_eq!(falling.worst_fall, Fall { from: 1.0, to: 1.0 });
    }
}
