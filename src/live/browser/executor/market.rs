//! The prices of the games that are on, tick by tick: what a fill's price is compared with. Pure.

use std::collections::VecDeque;

use crate::feed::fact::Fact;
use crate::model::ids::GameId;
use crate::model::price::Price;
use crate::model::quote::Tick;

/// Ticks of a game that are kept: more than an order can take, at four a second.
const TICKS: usize = 256;

/// The share by which a price may miss another one and still be it: the noise of doubles.
const NOISE: f64 = 1e-12;

/// Something that changes what is known of prices.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::live::browser) enum PriceNews {
    /// Another game is on.
    Game(GameId),
    /// The price of a tick; before tick 0 it is that of tick 0.
    Tick(Tick, Price),
    /// The price of the rug.
    Rug(Tick, Price),
}

impl PriceNews {
    /// What a fact says of prices; none where it says nothing.
    pub(super) const fn of(fact: &Fact) -> Option<Self> {
        match *fact {
            Fact::Game { id, .. } => Some(Self::Game(id)),
            Fact::Presale { .. } => Some(Self::Tick(0, Price::ONE)),
            Fact::Tick { tick, price, .. } => Some(Self::Tick(tick, price)),
            Fact::Rug { tick, price, .. } => Some(Self::Rug(tick, price)),
            Fact::Countdown { .. } | Fact::Void | Fact::Seed(_) => None,
        }
    }
}

/// The prices of one game.
#[derive(Debug, Clone, Default)]
pub(super) struct GamePrices {
    game: Option<GameId>,
    prices: VecDeque<(Tick, Price)>,
    rug: Option<(Tick, Price)>,
}

impl GamePrices {
    /// The last tick that was heard of.
    pub(super) fn latest(&self) -> Option<Tick> {
        self.prices.back().map(|&(tick, _)| tick)
    }

    /// Tick and price of the rug, once it is known.
    pub(super) const fn rug(&self) -> Option<(Tick, Price)> {
        self.rug
    }

    /// Whether these are the prices of a game.
    pub(super) fn is_of(&self, game: GameId) -> bool {
        self.game == Some(game)
    }

    fn at(&self, tick: Tick) -> Option<Price> {
        self.prices.iter().rev().find(|(at, _)| *at == tick).map(|&(_, price)| price)
    }

    /// Ticks and prices from a tick on.
    pub(super) fn since(&self, tick: Tick) -> impl Iterator<Item = (Tick, Price)> {
        self.prices.iter().copied().filter(move |(at, _)| *at >= tick)
    }

    /// How a price compares with that of its tick, or of the one after it.
    pub(super) fn compare(&self, tick: Tick, price: Price, slippage: Slippage) -> PriceMatch {
        let of_tick = self.at(tick);
        let next = self.at(tick.saturating_add(1));
        if [of_tick, next].into_iter().flatten().any(|known| slippage.permits(price, known)) {
            return PriceMatch::Fits;
        }
        let may_come = match (of_tick, next) {
            // The tick itself, or the one after it, is still to come.
            (None, None) => self.latest().is_none_or(|latest| latest < tick),
            (Some(_), None) => true,
            (_, Some(_)) => false,
        };
        match of_tick {
            _ if may_come && self.rug.is_none() => PriceMatch::Open,
            Some(known) => PriceMatch::Off(format!("{}x of tick {tick}", known.get())),
            None => PriceMatch::Off(format!("that of tick {tick}, which was not heard of")),
        }
    }
}

/// How a price compares with those that were heard.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum PriceMatch {
    /// It is the price of its tick, or of the one after it.
    Fits,
    /// The tick of it, or the one after, was not heard of yet.
    Open,
    /// It is neither. What it should be.
    Off(String),
}

/// By how much the price of a fill may differ from that of its tick, in basis points.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Slippage(pub(super) u32);

impl Slippage {
    /// Whether a price is near enough to another one.
    pub(super) fn permits(self, price: Price, known: Price) -> bool {
        let share = f64::from(self.0) / 10_000.0 + NOISE;
        (price.get() - known.get()).abs() <= known.get() * share
    }
}

/// The prices of the game that is on, and of the one before it: an order may be told of late.
#[derive(Debug, Default)]
pub(super) struct Market {
    now: GamePrices,
    before: GamePrices,
}

impl Market {
    pub(super) fn hear(&mut self, news: PriceNews) {
        match news {
            PriceNews::Game(game) if self.now.game != Some(game) => {
                let next = GamePrices { game: Some(game), ..GamePrices::default() };
                self.before = std::mem::replace(&mut self.now, next);
            }
            PriceNews::Game(_) => {}
            PriceNews::Tick(tick, price) => self.keep(tick, price),
            PriceNews::Rug(tick, price) => {
                self.keep(tick, price);
                self.now.rug = Some((tick, price));
            }
        }
    }

    fn keep(&mut self, tick: Tick, price: Price) {
        let prices = &mut self.now.prices;
        prices.retain(|&(at, _)| at != tick);
        prices.push_back((tick, price));
        if prices.len() > TICKS {
            prices.pop_front();
        }
    }

    /// The game that is on.
    pub(super) const fn now(&self) -> &GamePrices {
        &self.now
    }

    /// The prices of a game; none of one that is long over.
    pub(super) fn of(&self, game: GameId) -> Option<&GamePrices> {
        [&self.now, &self.before].into_iter().find(|prices| prices.is_of(game))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::live::browser::executor) fn price(raw: f64) -> Price {
        Price::new(raw).unwrap()
    }

    /// A game called `ours` with these prices from tick 0 on.
    pub(in crate::live::browser::executor) fn market(prices: &[f64]) -> Market {
        let mut market = Market::default();
        market.hear(PriceNews::Game(GameId::new("ours").unwrap()));
        for (tick, &raw) in (0..).zip(prices) {
            market.hear(PriceNews::Tick(tick, price(raw)));
        }
        market
    }

    #[test]
    fn a_price_is_that_of_its_tick_or_of_the_one_after_it_and_no_other() {
        let market = market(&[1.0, 1.1, 1.2, 1.3]);
        let at = |tick, raw| market.now().compare(tick, price(raw), Slippage(0));
        assert_eq!(at(1, 1.1), PriceMatch::Fits);
        assert_eq!(at(1, 1.2), PriceMatch::Fits);
        assert_eq!(at(1, 1.1 * (1.0 + 1e-15)), PriceMatch::Fits);
        assert_eq!(at(1, 1.3), PriceMatch::Off("1.1x of tick 1".to_owned()));
        assert_eq!(at(1, 1.0), PriceMatch::Off("1.1x of tick 1".to_owned()));
        // The price of tick 4 is still to come.
        assert_eq!(at(3, 1.4), PriceMatch::Open);
        assert_eq!(at(9, 1.4), PriceMatch::Open);
    }

    #[test]
    fn behind_the_rug_no_price_is_still_to_come() {
        let mut market = market(&[1.0, 1.1]);
        market.hear(PriceNews::Rug(2, price(0.01)));
        let at = |tick, raw| market.now().compare(tick, price(raw), Slippage(0));
        assert_eq!(at(2, 0.01), PriceMatch::Fits);
        assert_eq!(at(2, 1.0), PriceMatch::Off("0.01x of tick 2".to_owned()));
        assert!(matches!(at(7, 1.0), PriceMatch::Off(_)));
    }

    #[test]
    fn slippage_is_permitted_up_to_its_share_and_no_further() {
        let market = market(&[1.0, 2.0, 2.0]);
        let at = |raw, bound| market.now().compare(1, price(raw), Slippage(bound));
        assert_eq!(at(2.02, 100), PriceMatch::Fits);
        assert!(matches!(at(2.021, 100), PriceMatch::Off(_)));
        assert!(matches!(at(2.02, 99), PriceMatch::Off(_)));
    }

    #[test]
    fn the_game_before_is_known_until_the_one_after_the_next() {
        let mut market = market(&[1.0]);
        let [ours, next, last] = ["ours", "next", "last"].map(|name| GameId::new(name).unwrap());
        market.hear(PriceNews::Game(next));
        assert!(market.of(ours).is_some() && market.of(next).is_some());
        market.hear(PriceNews::Game(last));
        assert!(market.of(ours).is_none());
    }
}
