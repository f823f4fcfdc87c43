//! What the law says of the ticks of a path, summed up where a ledger asks and as far as it asks:
//! most ticks of most games are held by no bot.

use std::sync::{Mutex, PoisonError};

use crate::model::expectation;
use crate::model::law::RUG_CHANCE;
use crate::model::quote::Tick;

/// What a tick takes from the chance that a game lives, upside down.
const RARER_BY_A_TICK: f64 = 1.0 / (1.0 - RUG_CHANCE);

/// What the law says of the change of the price over some ticks, given the past of each one.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ByLaw {
    /// The expected change: the sum of [`expectation::drift`].
    pub drift: f64,
    /// Its variance: the sum of [`expectation::price_variance`].
    pub variance: f64,
    /// The sum of [`expectation::rug_pull`], each over the chance to live to its tick.
    pub(super) pull: f64,
}

/// The sums from the first tick on, as far as somebody asked. A function of the prices alone, so it
/// is no part of a game's state; the lock lets strategies that play at once share it.
#[derive(Debug, Default)]
pub(super) struct LawSums(Mutex<Sums>);

#[derive(Debug)]
struct Sums {
    /// At index `t`: the sum over all ticks before `t`.
    before: Vec<ByLaw>,
    /// The lowest price of these ticks.
    low: f64,
    /// One over the chance that a game lives to the last tick summed up.
    rarity: f64,
}

impl LawSums {
    /// Forgets another game. Keeps its memory.
    pub(super) fn clear(&mut self) {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The sum from one tick to a later one of a path with these prices.
    pub(super) fn between(&self, prices: &[f64], from: Tick, to: Tick) -> ByLaw {
        let mut sums = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (from, to) = (from as usize, to as usize);
        sums.extend(&prices[..from.max(to)]);
        let (start, end) = (sums.before[from], sums.before[to]);
        drop(sums);
        ByLaw {
            drift: end.drift - start.drift,
            variance: end.variance - start.variance,
            pull: end.pull - start.pull,
        }
    }
}

/// Sums are not copied: a copy makes its own when it is asked.
impl Clone for LawSums {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Default for Sums {
    fn default() -> Self {
        Self { before: vec![ByLaw::default()], low: 1.0, rarity: 1.0 }
    }
}

impl Sums {
    fn clear(&mut self) {
        self.before.truncate(1);
        (self.low, self.rarity) = (1.0, 1.0);
    }

    /// Sums up the ticks of these prices, the first of a path.
    fn extend(&mut self, prices: &[f64]) {
        let Self { before, low, rarity } = self;
        let done = before.len() - 1;
        let mut sum = before[done];
        for &price in prices.iter().skip(done) {
            *low = low.min(price);
            sum.drift += expectation::drift(price, *low);
            sum.variance += expectation::price_variance(price, *low);
            sum.pull += expectation::rug_pull(price, *low) * *rarity;
            *rarity *= RARER_BY_A_TICK;
            before.push(sum);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_the_same_whoever_asked_before() {
        let prices = [1.0, 1.2, 0.9, 1.5, 140.0, 0.4];
        let at_once = LawSums::default();
        let whole = at_once.between(&prices, 0, 5);
        let mut by_steps = LawSums::default();
        assert!((1..6).all(|to| by_steps.between(&prices[..=to as usize], 0, to).variance > 0.0));
        assert_eq!(by_steps.between(&prices, 0, 5), whole);
        assert_eq!(by_steps.clone().between(&prices, 2, 4), at_once.between(&prices, 2, 4));
        // The sums of one game are not those of the next.
        by_steps.clear();
        let next = [1.0, 0.8, 0.7];
        assert_eq!(by_steps.between(&next, 0, 2), LawSums::default().between(&next, 0, 2));
    }
}
