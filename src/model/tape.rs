//! A game with known prices: recorded, or made for a test or a benchmark.

use super::closed::Closed;
use super::game::{Frame, Step};
use super::ids::GameId;
use super::law;
use super::price::Price;
use super::quote::TICK_MS;

/// The prices of a game, tick by tick.
#[derive(Debug, Clone, PartialEq)]
pub struct Tape {
    /// Name of the game, unique in its run.
    pub id: GameId,
    /// The price at each tick from 0; the last one is the rug price when `rugged`.
    pub prices: Vec<Price>,
    /// True when the last price is the rug; false when the tape ends early.
    pub rugged: bool,
    /// Milliseconds from the previous tick to each tick; [`TICK_MS`] where the time is unknown,
    /// empty when no time is known.
    pub gaps_ms: Vec<u32>,
    /// The closed steps: nothing could be decided at them.
    pub closed: Closed,
}

impl Tape {
    /// A game without any price.
    #[must_use]
    pub fn untold(id: GameId) -> Self {
        let (prices, gaps_ms) = (Vec::new(), Vec::new());
        Self { id, prices, rugged: false, gaps_ms, closed: Closed::default() }
    }

    /// Whether a step is closed.
    #[must_use]
    #[inline]
    pub fn is_closed(&self, step: usize) -> bool {
        u32::try_from(step).is_ok_and(|step| self.closed.has(step))
    }

    /// Steps of the canonical game: one for the presale, then one per tick.
    #[must_use]
    pub const fn steps(&self) -> usize {
        self.prices.len() + 1
    }

    /// The number of the last tick: the rug tick when `rugged`.
    #[must_use]
    pub const fn last_tick(&self) -> usize {
        self.prices.len().saturating_sub(1)
    }

    /// The frame of a step: the presale at 0, tick t at t + 1, idle after the last tick.
    #[must_use]
    #[inline]
    pub fn frame(&self, step: usize) -> Frame {
        let Some(tick) = step.checked_sub(1) else { return Frame::Presale };
        match self.prices.get(tick) {
            None => Frame::Idle,
            Some(&price) if self.rugged && tick == self.last_tick() => Frame::Rug(price),
            Some(&price) => Frame::Price(price),
        }
    }

    /// A step: [`frame`](Self::frame), [`gap_ms`](Self::gap_ms) and
    /// [`is_closed`](Self::is_closed) together.
    #[must_use]
    #[inline]
    pub fn step(&self, step: usize) -> Step {
        Step { frame: self.frame(step), gap_ms: self.gap_ms(step), closed: self.is_closed(step) }
    }

    /// Milliseconds from the previous step to a step.
    #[must_use]
    #[inline]
    pub fn gap_ms(&self, step: usize) -> u32 {
        step.checked_sub(1).and_then(|tick| self.gaps_ms.get(tick)).copied().unwrap_or(TICK_MS)
    }

    /// Whether the rug price follows from the path, bit for bit: the lowest price of the game, the
    /// starting 1 included, times 1 - 0.98 (docs/spec/provably-fair.md#the-law). A check, never a
    /// repair.
    #[must_use]
    #[expect(clippy::float_cmp, reason = "the law holds to the last bit or not at all")]
    pub fn rug_law_holds(&self) -> bool {
        let Some((rug, path)) = self.prices.split_last().filter(|_| self.rugged) else {
            return false;
        };
        let low = path.iter().fold(1.0_f64, |low, price| low.min(price.get()));
        rug.get() == low * law::RUG_SHARE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tape(prices: &[f64]) -> Tape {
        Tape {
            id: GameId::new("g").unwrap(),
            prices: prices.iter().map(|&price| Price::new(price).unwrap()).collect(),
            rugged: true,
            gaps_ms: Vec::new(),
            closed: Closed::default(),
        }
    }

    #[test]
    fn a_game_is_told_as_one_presale_its_ticks_the_rug_and_silence() {
        let game = tape(&[1.0, 1.1, 0.02]);
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
        assert_eq!(game.gap_ms(2), TICK_MS);
    }

    #[test]
    fn the_rug_law_is_checked_to_the_last_bit() {
        let low: f64 = 0.75;
        let law = low * (1.0 - 0.98);
        assert!(tape(&[1.0, low, 2.0, law]).rug_law_holds());
        assert!(!tape(&[1.0, low, 2.0, law.next_up()]).rug_law_holds());
        // The starting price counts, even when every later price is higher.
        assert!(tape(&[1.0, 1.5, 1.0 - 0.98]).rug_law_holds());
    }
}
