//! A fair game, from its seed: frame by frame, or as a whole.

use std::fmt::Write;

use arrayvec::ArrayString;

use super::seed::{SEED_CHARACTERS, ServerSeed};
use super::seedrandom::SeedRandom;
use crate::model::game::Frame;
use crate::model::ids::{GameId, NAME_BYTES_MAX};
use crate::model::law::{
    BIG_MOVE, BIG_MOVE_CHANCE, DRIFT, GOD_CANDLE_CEILING, GOD_CANDLE_CHANCE, GOD_CANDLE_FACTOR,
    RUG_CHANCE, RUG_SHARE, STEPS_MAX, VOLATILITY, VOLATILITY_ROOT_MAX,
};
use crate::model::price::Price;
use crate::model::quote::Tick;

/// The frames of one game of version v3, exactly as the site plays it
/// (docs/spec/provably-fair.md#the-law).
///
/// After [`STEPS_MAX`] steps without a rug the site cuts a game off in a way that was never
/// observed; here the next tick is then the rug.
#[derive(Debug, Clone)]
pub struct FairGame {
    stream: SeedRandom,
    stage: Stage,
    steps: u32,
    price: f64,
    low: f64,
}

#[derive(Debug, Clone, Copy)]
enum Stage {
    Waiting,
    Presale,
    Active,
    Over,
}

impl FairGame {
    /// The game of a server seed and a name, before its presale.
    ///
    /// # Panics
    /// Never: the longest seed and the longest name fit.
    #[must_use]
    pub fn new(seed: &ServerSeed, id: &GameId) -> Self {
        let mut text = ArrayString::<{ SEED_CHARACTERS + 1 + NAME_BYTES_MAX }>::new_const();
        write!(text, "{seed}-{id}").expect("room for the longest seed and the longest name");
        let stream = SeedRandom::new(&text);
        Self { stream, stage: Stage::Waiting, steps: 0, price: 1.0, low: 1.0 }
    }

    /// The next frame: the presale, ticks 0 to R-1, the rug at R; then idle for ever.
    #[inline]
    #[expect(clippy::should_implement_trait, reason = "it idles where an iterator would end")]
    pub fn next(&mut self) -> Frame {
        match self.stage {
            Stage::Active => self.step(),
            Stage::Waiting => {
                self.stage = Stage::Presale;
                Frame::Presale
            }
            Stage::Presale => {
                self.stage = Stage::Active;
                Frame::Price(Price::ONE)
            }
            Stage::Over => Frame::Idle,
        }
    }

    fn step(&mut self) -> Frame {
        let stream = &mut self.stream;
        if stream.draw() < RUG_CHANCE || self.steps == STEPS_MAX {
            self.stage = Stage::Over;
            return Frame::Rug(price(self.low * RUG_SHARE));
        }
        // The draw comes before the comparison of the price: it happens even where no candle is
        // possible.
        if stream.draw() < GOD_CANDLE_CHANCE && self.price <= GOD_CANDLE_CEILING {
            self.price *= GOD_CANDLE_FACTOR;
        } else {
            self.price *= 1.0 + change(stream, self.price);
        }
        self.steps += 1;
        self.low = self.low.min(self.price);
        Frame::Price(price(self.price))
    }
}

/// The change of an ordinary tick as a share of the price, in the site's order of draws and of
/// operations: another order would differ in the last bit.
#[inline]
fn change(stream: &mut SeedRandom, price: f64) -> f64 {
    if stream.draw() < BIG_MOVE_CHANCE {
        let size = BIG_MOVE.least + stream.draw() * (BIG_MOVE.most - BIG_MOVE.least);
        return if stream.draw() > 0.5 { size } else { -size };
    }
    let drift = DRIFT.least + stream.draw() * (DRIFT.most - DRIFT.least);
    let volatility = VOLATILITY * price.sqrt().min(VOLATILITY_ROOT_MAX);
    drift + volatility * (2.0 * stream.draw() - 1.0)
}

/// # Panics
/// When the price has fallen to zero: 2,500 falls of a quarter and no rise between them.
#[inline]
fn price(raw: f64) -> Price {
    Price::new(raw).expect("a game does not fall by a quarter 2,500 times over")
}

/// A whole game: its prices, by tick.
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    prices: Vec<f64>,
    peak: f64,
}

impl Course {
    /// Plays a game to its end.
    #[must_use]
    pub fn of(mut game: FairGame) -> Self {
        let (mut prices, mut peak) = (Vec::new(), 1.0_f64);
        loop {
            match game.next() {
                Frame::Presale => {}
                Frame::Price(price) => {
                    prices.push(price.get());
                    peak = peak.max(price.get());
                }
                Frame::Rug(price) => prices.push(price.get()),
                Frame::Idle => return Self { prices, peak },
            }
        }
    }

    /// The prices from tick 0 to the rug tick, the rug price last.
    #[must_use]
    pub fn prices(&self) -> &[f64] {
        &self.prices
    }

    /// The highest price, 1 or more.
    #[must_use]
    pub const fn peak(&self) -> f64 {
        self.peak
    }

    /// The tick of the rug, 1 or later.
    ///
    /// # Panics
    /// Never: a game has at most [`STEPS_MAX`] + 1 ticks.
    #[must_use]
    pub fn rug_tick(&self) -> Tick {
        Tick::try_from(self.prices.len() - 1).expect("a game has at most 5,001 ticks")
    }

    /// The rug price, the lowest of all.
    #[must_use]
    pub fn rug_price(&self) -> f64 {
        self.prices[self.prices.len() - 1]
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "bit-exactness is what is tested")]
mod tests {
    use super::super::generated::generated;
    use super::*;
    use proptest::prelude::*;

    fn known() -> FairGame {
        let seed = "6500cdbe92a642aac84b178756ceea75665fd5f82ced512ecadb30fefed15755";
        FairGame::new(&seed.parse().unwrap(), &GameId::new("20251218-831db215e62e461e").unwrap())
    }

    #[test]
    fn the_game_of_the_specification_has_its_72_prices_and_its_peak() {
        let course = Course::of(known());
        assert_eq!(course.rug_tick(), 71);
        assert_eq!(format!("{:.4}", course.peak()), "3.3201");
        assert_eq!(course.rug_price(), 0.020000000000000018);
        assert_eq!(course.prices()[0], 1.0);
    }

    #[test]
    fn a_game_is_one_presale_its_ticks_one_rug_and_then_nothing() {
        let mut game = known();
        assert_eq!(game.next(), Frame::Presale);
        for tick in 0..71 {
            assert!(matches!(game.next(), Frame::Price(_)), "tick {tick}");
        }
        assert!(matches!(game.next(), Frame::Rug(_)));
        assert_eq!([game.next(), game.next()], [Frame::Idle; 2]);
    }

    #[test]
    fn a_game_that_lasts_to_the_cap_is_rugged_one_tick_later() {
        let mut game = known();
        game.stage = Stage::Active;
        game.steps = STEPS_MAX;
        assert!(matches!(game.next(), Frame::Rug(_)));
        assert_eq!(game.next(), Frame::Idle);
    }

    #[test]
    fn a_rug_price_is_a_fiftieth_of_the_lowest_price_of_its_game() {
        let course = Course::of(known());
        let (rug, alive) = course.prices().split_last().unwrap();
        let low = alive.iter().copied().fold(f64::INFINITY, f64::min);
        assert_eq!(*rug, low * (1.0 - 0.98));
    }

    proptest! {
        #[test]
        fn a_game_plays_the_same_twice_and_from_a_copy_made_midway(
            run_seed: u64,
            index: u64,
            midway in 0_usize..400,
        ) {
            let (seed, id) = generated(run_seed, index);
            let frames = |mut game: FairGame, count: usize| -> Vec<Frame> {
                (0..count).map(|_| game.next()).collect()
            };
            let all = frames(FairGame::new(&seed, &id), 800);
            prop_assert_eq!(&all, &frames(FairGame::new(&seed, &id), 800));
            let mut game = FairGame::new(&seed, &id);
            for _ in 0..midway {
                game.next();
            }
            let copy = game.clone();
            prop_assert_eq!(&all[midway..], &frames(game, 800 - midway)[..]);
            prop_assert_eq!(&all[midway..], &frames(copy, 800 - midway)[..]);
        }
    }
}
