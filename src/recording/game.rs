//! A recorded game that can be played: ticks 0 to the rug, none missing.

use super::fragment::{Fragment, Seen};
use super::timestamp::Timestamp;
use crate::model::game::Frame;
use crate::model::ids::GameId;
use crate::model::price::Price;

/// The nominal time of a tick in milliseconds, taken where the recorded one is unknown.
pub const GAP_NOMINAL_MS: u32 = 250;

/// A complete game as it was recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedGame {
    /// Its name.
    pub id: GameId,
    /// The price at each tick from 0; the last one is the rug.
    pub prices: Vec<Price>,
    /// Milliseconds from the tick before to each tick, as recorded; [`GAP_NOMINAL_MS`] for tick 0,
    /// for ticks without a timestamp and where the recorder's clock went backwards.
    pub gaps_ms: Vec<u32>,
    /// When its first row was written, countdown included, where that is known.
    pub first_timestamp: Option<Timestamp>,
}

impl RecordedGame {
    /// A game from a tidy fragment that has every tick.
    pub(super) fn new(fragment: &Fragment, rug: &Seen) -> Self {
        let seen = || fragment.ticks.iter().chain([rug]);
        let gaps = seen().zip(seen().skip(1)).map(|(earlier, later)| {
            let known = earlier.time.zip(later.time);
            known.and_then(|(earlier, later)| later.millis_since(earlier)).unwrap_or(GAP_NOMINAL_MS)
        });
        Self {
            id: fragment.id,
            prices: seen().map(|seen| seen.price).collect(),
            gaps_ms: [GAP_NOMINAL_MS].into_iter().chain(gaps).collect(),
            first_timestamp: fragment.start,
        }
    }

    /// The tick of the rug.
    #[must_use]
    pub const fn rug_tick(&self) -> usize {
        self.prices.len() - 1
    }

    /// Steps of the canonical game: one of presale, then one per tick, the rug last.
    #[must_use]
    pub const fn steps(&self) -> usize {
        self.prices.len() + 1
    }

    /// What a table is told at a step: the presale at 0, tick 0 at 1, the rug at
    /// `rug_tick() + 1`, and nothing from then on.
    #[must_use]
    #[inline]
    pub fn frame(&self, step: usize) -> Frame {
        let Some(tick) = step.checked_sub(1) else { return Frame::Presale };
        match self.prices.get(tick) {
            None => Frame::Idle,
            Some(&price) if tick == self.rug_tick() => Frame::Rug(price),
            Some(&price) => Frame::Price(price),
        }
    }

    /// Whether the rug price follows from the path, bit for bit: the lowest price of the game, the
    /// starting 1 included, times 1 - 0.98 (spec/provably-fair.md 1.2). A check, never a repair.
    #[must_use]
    #[expect(clippy::float_cmp, reason = "the law holds to the last bit or not at all")]
    pub fn rug_law_holds(&self) -> bool {
        let (rug, path) = self.prices.split_last().expect("a game has at least its rug");
        let low = path.iter().fold(1.0_f64, |low, price| low.min(price.get()));
        rug.get() == low * (1.0 - 0.98)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn game(prices: &[f64]) -> RecordedGame {
        RecordedGame {
            id: GameId::new("g").unwrap(),
            prices: prices.iter().map(|&price| Price::new(price).unwrap()).collect(),
            gaps_ms: vec![GAP_NOMINAL_MS; prices.len()],
            first_timestamp: None,
        }
    }

    #[test]
    fn a_game_is_told_as_one_presale_its_ticks_the_rug_and_silence() {
        let game = game(&[1.0, 1.1, 0.02]);
        let price = |raw| Price::new(raw).unwrap();
        let told: Vec<_> = (0..game.steps() + 1).map(|step| game.frame(step)).collect();
        let wanted = [
            Frame::Presale,
            Frame::Price(Price::ONE),
            Frame::Price(price(1.1)),
            Frame::Rug(price(0.02)),
            Frame::Idle,
        ];
        assert_eq!(told, wanted);
        assert_eq!(game.frame(usize::MAX), Frame::Idle);
    }

    #[test]
    fn the_rug_law_is_checked_to_the_last_bit() {
        let low: f64 = 0.75;
        let law = low * (1.0 - 0.98);
        assert!(game(&[1.0, low, 1.5, law]).rug_law_holds());
        assert!(!game(&[1.0, low, 1.5, law.next_up()]).rug_law_holds());
        assert!(game(&[1.0, 1.5, 1.0 - 0.98]).rug_law_holds());
    }
}
