//! Removes ticks that the law of the game cannot make: a number that was changed on its way, a
//! point that was lost or shifted, a row of another game.
//!
//! A removed tick is missing from its game. Prices that a program rounded are taken as any price
//! that rounds so, in the decimals of the game's most precise price.

use super::seen::{Rug, Seen};
use crate::games::number;
use crate::model::law::Bounds;
use crate::model::price::Price;
use crate::model::support;

/// How many later ticks decide which of two that contradict each other is removed.
const LATER_TICKS: usize = 8;

/// A tick that was removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemovedTick {
    /// The line of its file, from 1; 0 when unknown.
    pub line: u32,
    /// Why it is impossible.
    pub reason: String,
}

/// Removes what is impossible from the ticks of a game, in order and without duplicates, and from
/// its rug.
pub(super) fn remove(ticks: &mut Vec<Seen>, rug: &mut Option<Rug>) -> Vec<RemovedTick> {
    let exact = Precision(0.0);
    if exact.holds(ticks, *rug) {
        return Vec::new();
    }
    let rounded = Precision::of(ticks, *rug);
    let mut removed = rounded.walk(ticks);
    if let Some(reason) = rug.and_then(|rug| rounded.rug_fault(ticks, &rug)) {
        let line = rug.take().map_or(0, |rug| rug.seen.line);
        removed.push(RemovedTick { line, reason });
    }
    removed
}

/// How far a price may be from the one that the game had: half a unit of its last decimal.
#[derive(Clone, Copy)]
struct Precision(f64);

impl Precision {
    /// By the price with the most decimals.
    fn of(ticks: &[Seen], rug: Option<Rug>) -> Self {
        let prices = ticks.iter().copied().chain(rug.map(|rug| rug.seen)).map(|seen| seen.price);
        let most = prices.map(|price| number::decimals(price.get())).max().unwrap_or(0);
        Self(0.5 / 10_f64.powi(i32::try_from(most).unwrap_or(i32::MAX)))
    }

    const fn bounds(self, price: Price) -> Bounds {
        Bounds::around(price.get(), self.0)
    }

    /// Whether everything is possible.
    fn holds(self, ticks: &[Seen], rug: Option<Rug>) -> bool {
        let befores = std::iter::once(None).chain(ticks.iter().copied().map(Some));
        befores.zip(ticks).all(|(before, &next)| self.may_follow(before, next))
            && rug.is_none_or(|rug| self.rug_fault(ticks, &rug).is_none())
    }

    /// Whether a tick is possible after an earlier one, or as the first one that is known.
    fn may_follow(self, before: Option<Seen>, next: Seen) -> bool {
        let to = self.bounds(next.price);
        match before {
            Some(before) => support::leads(self.bounds(before.price), to, next.tick - before.tick),
            None if next.tick == 0 => next.price == Price::ONE,
            None => support::leads(Bounds::exactly(1.0), to, next.tick),
        }
    }

    /// How many of these ticks cannot follow the one before that could.
    fn misfits(self, from: Seen, later: &[Seen]) -> usize {
        let mut last = from;
        let fits = later.iter().take(LATER_TICKS).filter(|&&next| {
            let fits = self.may_follow(Some(last), next);
            if fits {
                last = next;
            }
            !fits
        });
        fits.count()
    }

    /// Whether a tick is likelier to be of the game than one that contradicts it, by the ticks
    /// after both; where these do not tell, by a rise before it that only a god candle makes.
    fn is_likelier(
        self,
        next: Seen,
        (earlier, wrong): (Option<Seen>, Seen),
        later: &[Seen],
    ) -> bool {
        let (with_next, with_wrong) = (self.misfits(next, later), self.misfits(wrong, later));
        let leapt = earlier.is_some_and(|seen| wrong.price.get() > 2.0 * seen.price.get());
        with_next < with_wrong || (with_next == with_wrong && leapt)
    }

    /// Keeps the ticks that can follow each other. Of two that cannot, the one goes without which
    /// more of the later ones fit.
    fn walk(self, ticks: &mut Vec<Seen>) -> Vec<RemovedTick> {
        let (mut kept, mut removed) = (Vec::<Seen>::with_capacity(ticks.len()), Vec::new());
        for (at, &next) in ticks.iter().enumerate() {
            let before = kept.last().copied();
            if self.may_follow(before, next) {
                kept.push(next);
                continue;
            }
            let later = &ticks[at + 1..];
            let earlier = kept.len().checked_sub(2).and_then(|place| kept.get(place)).copied();
            if let Some(wrong) = before
                && self.may_follow(earlier, next)
                && self.is_likelier(next, (earlier, wrong), later)
            {
                kept.pop();
                kept.push(next);
                removed.push(cannot_lead(wrong, next));
            } else {
                removed.push(cannot_follow(before, next));
            }
        }
        *ticks = kept;
        removed
    }

    /// Why a rug is impossible after these ticks; `None` when it is possible. With ticks missing,
    /// the lowest price may be lower than any that is known.
    fn rug_fault(self, ticks: &[Seen], rug: &Rug) -> Option<String> {
        let Seen { tick, price, .. } = rug.seen;
        let known = ticks.iter().map(|seen| seen.price.get()).fold(1.0, f64::min);
        if tick == 0 {
            return Some(format!(
                "tick 0: a rug at {price}; the first that is possible is at tick 1"
            ));
        }
        let whole = usize::try_from(tick).is_ok_and(|before| before == ticks.len()) && !rug.reveal;
        let lowest = Bounds::around(known, self.0);
        let lowest = if whole { lowest } else { Bounds { least: 0.0, ..lowest } };
        (!support::is_rug(lowest, self.bounds(price))).then(|| {
            format!(
                "tick {tick}: a rug at {price}; by the law it is 0.02 of the lowest price, {known}"
            )
        })
    }
}

fn cannot_follow(before: Option<Seen>, next: Seen) -> RemovedTick {
    let Seen { tick, price, line, .. } = next;
    let reason = match before {
        Some(before) => {
            let (from, at) = (before.price, before.tick);
            format!("tick {tick}: the price {price} cannot follow {from} at tick {at}")
        }
        None if tick == 0 => format!("tick 0: the price {price}; every game begins at 1"),
        None => format!("tick {tick}: the price {price} cannot be reached by then"),
    };
    RemovedTick { line, reason }
}

fn cannot_lead(wrong: Seen, next: Seen) -> RemovedTick {
    let (Seen { tick, price, line, .. }, to, at) = (wrong, next.price, next.tick);
    let reason = format!("tick {tick}: the price {price} cannot lead to {to} at tick {at}");
    RemovedTick { line, reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(tick: u32, price: f64) -> Seen {
        let price = Price::new(price).unwrap();
        Seen { tick, price, time: None, closed: false, line: tick + 10 }
    }

    /// The lines that are removed from a game of these prices; the last one is the rug.
    fn removed_of(ticks: &[(u32, f64)], rug: Option<(u32, f64)>) -> (Vec<u32>, Vec<String>) {
        let mut known: Vec<_> = ticks.iter().map(|&(tick, price)| seen(tick, price)).collect();
        let mut rug = rug.map(|(tick, price)| Rug { seen: seen(tick, price), reveal: false });
        let removed = remove(&mut known, &mut rug);
        assert!(remove(&mut known, &mut rug).is_empty(), "what is left is possible");
        removed.into_iter().map(|removed| (removed.line, removed.reason)).unzip()
    }

    fn removed(prices: &[f64]) -> Vec<u32> {
        let (rug, path) = prices.split_last().unwrap();
        let ticks: Vec<_> = (0..).zip(path.iter().copied()).collect();
        removed_of(&ticks, Some((u32::try_from(path.len()).unwrap(), *rug))).0
    }

    #[test]
    fn a_possible_game_loses_nothing() {
        assert!(removed(&[1.0, 1.25, 0.9375, 9.375, 0.937_5 * (1.0 - 0.98)]).is_empty());
        assert!(removed(&[1.0, 1.02, 1.03, 0.02]).is_empty(), "rounded to two decimals");
        assert!(removed(&[1.0, 0.9931, 0.9862, 0.0197]).is_empty(), "rounded to four");
    }

    #[test]
    fn a_shifted_point_costs_its_tick_wherever_it_is() {
        let path = [1.0, 1.02, 1.04, 1.031, 1.05, 1.07];
        for at in 0..path.len() {
            for factor in [0.1, 10.0, 100.0] {
                let mut prices = path.to_vec();
                prices[at] *= factor;
                prices.push(0.02);
                let lines = removed(&prices);
                assert!(lines.contains(&(u32::try_from(at).unwrap() + 10)), "{at}: {lines:?}");
                assert!(lines.len() <= 2, "{at}: {lines:?}");
            }
        }
        assert_eq!(removed(&[1.0, 1.02, 1.04, 0.2]), [13], "the rug's point");
    }

    #[test]
    fn a_first_tick_that_cannot_lead_is_the_one_that_is_struck() {
        let ticks = [(40, 31.0), (41, 3.2), (42, 3.21), (43, 3.3)];
        let (lines, reasons) = removed_of(&ticks, None);
        assert_eq!(lines, [50]);
        assert_eq!(reasons, ["tick 40: the price 31 cannot lead to 3.2 at tick 41"]);
    }

    #[test]
    fn the_reason_names_the_tick_and_what_it_contradicts() {
        let (_, reasons) = removed_of(&[(0, 1.5), (1, 1.0)], Some((2, 0.02)));
        assert_eq!(reasons[0], "tick 0: the price 1.5; every game begins at 1");
        let (_, reasons) = removed_of(&[(0, 1.0), (1, 1.5), (2, 1.01)], Some((3, 0.03)));
        assert_eq!(reasons[0], "tick 1: the price 1.5 cannot follow 1 at tick 0");
        let (_, reasons) = removed_of(&[(0, 1.0), (1, 1.01)], Some((2, 0.2)));
        let wanted = "tick 2: a rug at 0.2; by the law it is 0.02 of the lowest price, 1";
        assert_eq!(reasons, [wanted]);
    }

    #[test]
    fn ticks_across_a_hole_may_differ_by_what_the_steps_between_can_make() {
        assert!(removed_of(&[(0, 1.0), (4, 2.4)], None).0.is_empty());
        assert_eq!(removed_of(&[(0, 1.0), (2, 130.25)], None).0, [12]);
        let below = removed_of(&[(0, 1.0), (4, 2.4)], Some((6, 0.001))).0;
        assert!(below.is_empty(), "the lowest price may be among the missing");
    }
}
