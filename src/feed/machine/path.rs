//! The path of one game: the reported prices, and those that wait for a missing tick.

use std::collections::BTreeMap;

use crate::feed::anomaly::{Anomalies, Anomaly};
use crate::feed::fact::Fact;
use crate::model::law::Bounds;
use crate::model::price::Price;
use crate::model::quote::Tick;
use crate::model::support;

/// The remaining share of a price after a fall that no step makes: the deepest step falls by a
/// quarter (docs/spec/game.md#phases), a rug leaves a fiftieth.
const FALL: f64 = 0.5;

/// The known prices of one game.
#[derive(Debug, Default)]
pub(super) struct HeardPath {
    presale_told: bool,
    told: Vec<Price>,
    /// Known and not yet reported: prices after a hole, or after an unexplained fall.
    held: BTreeMap<Tick, Price>,
    rug: Option<Tick>,
    over: bool,
    /// The tick of the fall that was noted, so that it is noted once.
    fall: Option<Tick>,
}

impl HeardPath {
    /// The tick to report next.
    pub(super) fn next(&self) -> Tick {
        Tick::try_from(self.told.len()).expect("ticks beyond the last possible one are never kept")
    }

    /// The highest known tick.
    pub(super) fn highest(&self) -> Option<Tick> {
        let held = self.held.last_key_value().map(|(tick, _)| *tick);
        held.or_else(|| self.next().checked_sub(1))
    }

    /// The tick of the rug; `None` when unknown.
    pub(super) const fn rug(&self) -> Option<Tick> {
        self.rug
    }

    /// True when the rug was reported, or nothing more will be.
    pub(super) const fn is_over(&self) -> bool {
        self.over
    }

    /// Reports the presale unless it was reported.
    pub(super) fn presale(&mut self, late: bool, facts: &mut Vec<Fact>) {
        if !self.presale_told {
            self.presale_told = true;
            facts.push(Fact::Presale { late });
        }
    }

    /// Takes the price of a tick; true when it is new. The first price of a tick wins.
    pub(super) fn observe(&mut self, tick: Tick, price: Price, anomalies: &mut Anomalies) -> bool {
        let told = usize::try_from(tick).ok().and_then(|tick| self.told.get(tick));
        if let Some(known) = told.or_else(|| self.held.get(&tick)) {
            if *known != price {
                let (known, heard) = (known.get(), price.get());
                anomalies.note(Anomaly::Conflict { tick, known, heard });
            }
            return false;
        }
        if self.rug.is_some_and(|rug| tick > rug) {
            anomalies.note(Anomaly::Contradiction { tick });
            return false;
        }
        self.held.insert(tick, price);
        true
    }

    /// Takes the rug; false when the path has already gone past it.
    pub(super) fn rug_at(&mut self, tick: Tick, price: Price, anomalies: &mut Anomalies) -> bool {
        if tick < self.next() {
            return false;
        }
        for (tick, _) in self.held.split_off(&(tick + 1)) {
            anomalies.note(Anomaly::Contradiction { tick });
        }
        if let Some(known) = self.held.insert(tick, price).filter(|known| *known != price) {
            let (known, heard) = (known.get(), price.get());
            anomalies.note(Anomaly::Conflict { tick, known, heard });
        }
        self.rug = Some(tick);
        true
    }

    /// Takes the whole path of a finished game, the rug last; false when it differs from the
    /// reported path.
    pub(super) fn complete(&mut self, prices: &[Price], anomalies: &mut Anomalies) -> bool {
        let told = self.told.len();
        let Some((rug_tick, (rug, alive))) = prices.len().checked_sub(1).zip(prices.split_last())
        else {
            return false;
        };
        let Ok(rug_tick) = Tick::try_from(rug_tick) else { return false };
        let same = alive.get(..told) == Some(self.told.as_slice());
        if !same || self.rug.is_some_and(|known| known != rug_tick) {
            return false;
        }
        for (tick, price) in (self.next()..).zip(&alive[told..]) {
            self.observe(tick, *price, anomalies);
        }
        self.rug_at(rug_tick, *rug, anomalies)
    }

    /// Reports everything up to the next hole. Ticks are late, except the one that has just
    /// arrived.
    pub(super) fn tell(
        &mut self,
        now: Option<Tick>,
        facts: &mut Vec<Fact>,
        anomalies: &mut Anomalies,
    ) {
        loop {
            let tick = self.next();
            let late = now != Some(tick);
            let Some(&price) = self.held.get(&tick).filter(|_| !self.over) else { return };
            if self.rug == Some(tick) {
                self.presale(true, facts);
                facts.push(Fact::Rug { tick, price, late });
                self.end();
                return;
            }
            if self.is_unexplained(tick, price) {
                if self.fall != Some(tick) {
                    self.fall = Some(tick);
                    anomalies.note(Anomaly::Fall { tick });
                }
                return;
            }
            if !is_step(self.told.last().copied(), price) {
                anomalies.note(Anomaly::Leap { tick });
            }
            self.held.remove(&tick);
            self.told.push(price);
            self.presale(true, facts);
            facts.push(Fact::Tick { tick, price, late });
        }
    }

    /// Ends the path: nothing more will be reported.
    pub(super) fn end(&mut self) {
        self.over = true;
        self.held = BTreeMap::new();
        self.told = Vec::new();
    }

    /// True for a fall like a rug's while nothing proves that the game went on.
    fn is_unexplained(&self, tick: Tick, price: Price) -> bool {
        let fell = self.told.last().is_some_and(|last| price.get() < last.get() * FALL);
        fell && self.held.last_key_value().is_some_and(|(last, _)| *last == tick)
    }
}

/// True when the law of the game permits the step, or the first price is 1.
fn is_step(from: Option<Price>, to: Price) -> bool {
    from.map_or(to == Price::ONE, |from| {
        support::is_step(Bounds::exactly(from.get()), Bounds::exactly(to.get()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn price(raw: f64) -> Price {
        Price::new(raw).unwrap()
    }

    fn told(facts: &[Fact]) -> Vec<(Tick, f64, bool)> {
        let tick = |fact: &Fact| match fact {
            Fact::Tick { tick, price, late } | Fact::Rug { tick, price, late } => {
                Some((*tick, price.get(), *late))
            }
            _ => None,
        };
        facts.iter().filter_map(tick).collect()
    }

    #[test]
    fn a_tick_after_a_hole_waits_until_the_hole_is_filled() {
        let (mut path, mut facts, mut odd) =
            (HeardPath::default(), Vec::new(), Anomalies::default());
        path.observe(0, price(1.0), &mut odd);
        path.tell(Some(0), &mut facts, &mut odd);
        path.observe(2, price(1.1), &mut odd);
        path.tell(Some(2), &mut facts, &mut odd);
        assert_eq!(told(&facts), [(0, 1.0, false)]);
        path.observe(1, price(1.05), &mut odd);
        path.observe(3, price(1.2), &mut odd);
        path.tell(Some(3), &mut facts, &mut odd);
        assert_eq!(told(&facts)[1..], [(1, 1.05, true), (2, 1.1, true), (3, 1.2, false)]);
        assert_eq!((path.highest(), odd.fresh()), (Some(3), [].as_slice()));
    }

    #[test]
    fn a_fall_that_no_step_makes_waits_until_it_is_the_rug_or_the_game_goes_on() {
        for rugs in [true, false] {
            let (mut path, mut facts, mut odd) =
                (HeardPath::default(), Vec::new(), Anomalies::default());
            path.observe(0, price(1.0), &mut odd);
            path.observe(1, price(0.02), &mut odd);
            path.tell(Some(1), &mut facts, &mut odd);
            path.tell(Some(1), &mut facts, &mut odd);
            assert_eq!((told(&facts).len(), odd.count("fall")), (1, 1));
            if rugs {
                assert!(path.rug_at(1, price(0.02), &mut odd));
            } else {
                path.observe(2, price(0.021), &mut odd);
            }
            path.tell(Some(2), &mut facts, &mut odd);
            assert_eq!(told(&facts)[1], (1, 0.02, true));
            assert_eq!(path.is_over(), rugs);
        }
    }

    #[test]
    fn the_first_price_of_a_tick_is_kept() {
        let (mut path, mut odd) = (HeardPath::default(), Anomalies::default());
        assert!(path.observe(4, price(1.5), &mut odd));
        assert!(!path.observe(4, price(1.6), &mut odd));
        assert_eq!(odd.fresh(), [Anomaly::Conflict { tick: 4, known: 1.5, heard: 1.6 }]);
        assert_eq!(path.held[&4], price(1.5));
    }

    #[test]
    fn a_history_that_is_not_what_was_told_completes_nothing() {
        let (mut path, mut facts, mut odd) =
            (HeardPath::default(), Vec::new(), Anomalies::default());
        path.observe(0, price(1.0), &mut odd);
        path.observe(1, price(1.1), &mut odd);
        path.tell(None, &mut facts, &mut odd);
        for other in [&[1.0, 1.2, 0.02][..], &[1.0, 0.02], &[1.0, 1.1], &[]] {
            let other: Vec<_> = other.iter().copied().map(price).collect();
            assert!(!path.complete(&other, &mut odd), "{other:?}");
        }
        assert!(path.complete(&[1.0, 1.1, 1.2, 0.02].map(price), &mut odd));
        path.tell(None, &mut facts, &mut odd);
        assert_eq!(told(&facts)[2..], [(2, 1.2, true), (3, 0.02, true)]);
    }

    #[test]
    fn a_game_begins_at_1_and_goes_on_by_steps_of_the_law() {
        assert!(is_step(None, Price::ONE) && !is_step(None, price(1.01)));
        assert!(is_step(Some(price(1.0)), price(1.25)) && !is_step(Some(price(1.0)), price(1.3)));
    }
}
