//! Which prices the law can make: after one step, after several, and at the rug.
//!
//! A price outside was never played (docs/spec/provably-fair.md#the-law). A price that another
//! program rounded is known only within bounds; a step is possible when any price within them is.

use super::law::{BIG_MOVE, Bounds, GOD_CANDLE_CEILING, GOD_CANDLE_FACTOR, RUG_SHARE, STEPS_MAX};

/// How far rounding alone may take a price from the law, as a share of it: ten times the error of
/// a number in 32 bits, as some tables have them.
const MARGIN: f64 = 1e-6;
/// The share of a price that the deepest step leaves.
const FALL: f64 = 1.0 - BIG_MOVE.most;
/// The factor of the highest step but for a god candle.
const RISE: f64 = 1.0 + BIG_MOVE.most;

impl Bounds {
    /// A number that is known exactly.
    #[must_use]
    pub const fn exactly(number: f64) -> Self {
        Self { least: number, most: number }
    }

    /// A number that is known up to a difference.
    #[must_use]
    pub const fn around(number: f64, difference: f64) -> Self {
        Self { least: number - difference, most: number + difference }
    }

    /// Whether a number of the law within these bounds may be one within others, up to rounding.
    fn meets(self, seen: Self) -> bool {
        self.least <= seen.most * (1.0 + MARGIN) && seen.least <= self.most * (1.0 + MARGIN)
    }
}

/// Whether one step can lead from a price to another: a change by at most a quarter, or a god
/// candle.
#[must_use]
pub fn is_step(from: Bounds, to: Bounds) -> bool {
    let moved = Bounds { least: from.least * FALL, most: from.most * RISE };
    moved.meets(to) || candle(from).is_some_and(|candle| candle.meets(to))
}

/// Whether a number of steps can lead from a price to another.
#[must_use]
pub fn leads(from: Bounds, to: Bounds, steps: u32) -> bool {
    if steps <= 1 {
        return is_step(from, to);
    }
    let mut reached = from;
    for _ in 0..steps.min(STEPS_MAX) {
        let highest = candle(reached).map_or(0.0, |candle| candle.most);
        let Bounds { least, most } = reached;
        reached = Bounds { least: least * FALL, most: (most * RISE).max(highest) };
    }
    reached.meets(to)
}

/// Whether a game with this lowest price can be rugged at a price. The price at the start, 1,
/// counts among the lowest.
#[must_use]
pub fn is_rug(lowest: Bounds, rug: Bounds) -> bool {
    let Bounds { least, most } = lowest;
    Bounds { least: least.min(1.0) * RUG_SHARE, most: most.min(1.0) * RUG_SHARE }.meets(rug)
}

/// The prices that a god candle leads to; `None` above the price at which none comes.
fn candle(from: Bounds) -> Option<Bounds> {
    let Bounds { least, most } = from;
    let most = most.min(GOD_CANDLE_CEILING);
    (least <= GOD_CANDLE_CEILING)
        .then_some(Bounds { least: least * GOD_CANDLE_FACTOR, most: most * GOD_CANDLE_FACTOR })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(from: f64, to: f64) -> bool {
        is_step(Bounds::exactly(from), Bounds::exactly(to))
    }

    #[test]
    fn steps_that_the_law_cannot_make_are_told_from_those_that_it_can() {
        for (from, to, possible) in [
            (1.0, 1.25, true),
            (1.0, 0.75, true),
            (2.0, 20.0, true),
            (100.0, 1000.0, true),
            (1.0, 1.3, false),
            (1.0, 0.7, false),
            (1.0, 9.9, false),
            (2.0, 20.1, false),
            (200.0, 2000.0, false),
        ] {
            assert_eq!(exact(from, to), possible, "{from} to {to}");
        }
    }

    #[test]
    fn what_was_rounded_may_be_any_price_that_rounds_so() {
        let (from, to) = (Bounds::around(1.0, 0.05), Bounds::around(1.3, 0.05));
        assert!(is_step(from, to) && !exact(1.0, 1.3));
        assert!(!is_step(from, Bounds::around(1.4, 0.05)));
    }

    #[test]
    fn several_steps_lead_as_far_as_the_highest_and_the_deepest_do() {
        let leads = |to, steps| leads(Bounds::exactly(1.0), Bounds::exactly(to), steps);
        for (to, steps, possible) in [
            (0.5625, 2, true),
            (0.56, 2, false),
            (100.0, 2, true),
            (101.0, 2, false),
            (1250.0, 4, true),
            (1251.0, 4, false),
            (1e8, 3, false),
            (1e8, 5_000, true),
        ] {
            assert_eq!(leads(to, steps), possible, "{to} after {steps}");
        }
    }

    #[test]
    fn a_rug_is_a_fiftieth_of_the_lowest_price_the_start_included() {
        let is_rug = |low, rug| is_rug(Bounds::exactly(low), Bounds::exactly(rug));
        assert!(is_rug(0.5, 0.5 * RUG_SHARE) && is_rug(1.5, RUG_SHARE) && is_rug(1.0, 0.02));
        assert!(!is_rug(0.5, 0.02) && !is_rug(0.5, 0.001) && !is_rug(1.0, 0.2));
        let lowest = Bounds::around(0.85, 0.005);
        assert!(super::is_rug(lowest, Bounds::around(0.02, 0.005)));
    }
}
