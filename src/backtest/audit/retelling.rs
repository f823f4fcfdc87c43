//! The ways to play a game once more with one thing changed, and what follows a cut.

use serde::Serialize;

use crate::model::law::{BIG_MOVE, RUG_SHARE};
use crate::model::price::Price;
use crate::model::tape::Tape;

/// Ticks of the rise that follows a cut: only one game in 150 lasts longer.
const RISE_TICKS: i32 = 1_000;
/// Number of steps up by a quarter, a thousandfold in total; after them the price is constant.
const RISE_STEPS: i32 = 31;

/// A game played once more, with one thing changed that must not change a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Retelling {
    /// Nothing is changed. A bot that decides differently cannot be audited.
    Again,
    /// Cut after every tick: the rug follows at once.
    Rug,
    /// Cut after every tick: the price rises a thousandfold, without a rug in sight.
    Rise,
    /// The same prices and the same random numbers under another name, at another place, in a run
    /// with another seed.
    Renamed,
}

impl Retelling {
    /// All of them, first the one that nothing else explains.
    pub const ALL: [Self; 4] = [Self::Again, Self::Rug, Self::Rise, Self::Renamed];
    /// Those that cut the game.
    pub const CUTS: [Self; 2] = [Self::Rug, Self::Rise];

    /// Whether everything after the present tick is replaced.
    #[must_use]
    pub const fn cuts(self) -> bool {
        matches!(self, Self::Rug | Self::Rise)
    }

    /// A game whose first `known` prices are true and whose continuation is invented; tick 0, with
    /// its fixed price 1, is always known. The whole game if all of it is known.
    #[must_use]
    pub(super) fn cut(self, tape: &Tape, known: usize) -> Tape {
        let known = known.max(1);
        if known >= tape.prices.len() {
            return tape.clone();
        }
        let mut prices = Vec::with_capacity(known + RISE_TICKS as usize + 1);
        prices.extend_from_slice(&tape.prices[..known]);
        let last = prices[known - 1].get();
        if self == Self::Rise {
            let rise = |tick: i32| last * (1.0 + BIG_MOVE.most).powi(tick.min(RISE_STEPS));
            prices.extend((1..=RISE_TICKS).map_while(|tick| Price::new(rise(tick)).ok()));
        }
        let low = tape.prices[..known].iter().fold(1.0_f64, |low, price| low.min(price.get()));
        prices.push(Price::new(low * RUG_SHARE).unwrap_or(tape.prices[known - 1]));
        let gaps_ms = tape.gaps_ms.iter().copied().take(known).collect();
        // Invented ticks are open: a bot that cannot act cannot show what it knows.
        let closed = tape.closed.until(u32::try_from(known).unwrap_or(u32::MAX));
        Tape { id: tape.id, prices, rugged: true, gaps_ms, closed }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ids::GameId;

    fn tape() -> Tape {
        let prices = [1.0, 1.2, 0.8, 1.1, 0.016].map(|price| Price::new(price).unwrap()).to_vec();
        Tape {
            prices,
            rugged: true,
            gaps_ms: vec![300, 301, 302],
            ..Tape::untold(GameId::new("g").unwrap())
        }
    }

    #[test]
    fn a_cut_game_is_true_up_to_the_cut_and_different_from_the_next_tick_on() {
        let whole = tape();
        for known in 1..4 {
            let [rug, rise] = Retelling::CUTS.map(|how| how.cut(&whole, known));
            for cut in [&rug, &rise] {
                assert_ne!(cut.prices[known], whole.prices[known]);
                assert_eq!(cut.prices[..known], whole.prices[..known]);
                assert_eq!((cut.id, cut.rugged), (whole.id, true));
                assert!(cut.gaps_ms.len() <= known);
            }
            assert_eq!(rug.last_tick(), known, "the rug comes next");
            assert!(rug.rug_law_holds());
            assert!(rise.prices[known] > rise.prices[known - 1]);
            assert_eq!(rise.last_tick(), known + 1_000, "the rug is far");
        }
    }

    #[test]
    fn the_rise_makes_a_thousandfold_and_a_whole_game_is_left_as_it_is() {
        let rise = Retelling::Rise.cut(&tape(), 0);
        assert_eq!(rise.prices[0], Price::ONE, "everybody knows tick 0");
        assert!(rise.prices[RISE_TICKS as usize].get() > 1_000.0);
        for how in Retelling::CUTS {
            assert_eq!(how.cut(&tape(), 5), tape());
            assert_eq!(how.cut(&tape(), 99), tape());
        }
    }
}
