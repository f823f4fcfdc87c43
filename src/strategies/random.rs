//! Random: acts by chance, from a stream of its own.

use rand_core::Rng;
use rust_decimal::Decimal;

use crate::engine::strategy::{LifeStart, Strategy, View};
use crate::model::order::{Action, Actions, Portion};
use crate::model::sol::Sol;
use crate::model::streams::Stream;
use crate::params;

params! {
    /// Parameters of [`Random`], with defaults and bounds.
    pub struct RandomParams {
        /// Chance to act at a tick
        chance: Decimal = Decimal::new(5, 0), "%", Decimal::ZERO..=Decimal::ONE_HUNDRED;
        /// Largest stake; each is drawn in steps of 0.001
        stake: Sol = Sol::milli(10), "SOL", Sol::milli(1)..=Sol::milli(1_000_000);
    }
}

/// Buys, sells 10, 25, 50 or 100 % and bets at random: a control group, and a test of the engine.
#[derive(Debug, Clone)]
pub struct Random {
    /// The chance to act as a share of all 2^32 draws.
    threshold: u64,
    stream: Stream,
}

impl Random {
    /// A whole number below `bound`, by multiply and shift: biased by less than 1 in 2^32.
    fn below(&mut self, bound: u64) -> u64 {
        (u64::from(self.stream.next_u32()) * bound) >> 32
    }

    fn stake(&mut self, params: &RandomParams) -> Sol {
        let steps = u64::try_from(params.stake.lamports() / 1_000_000).unwrap_or(1);
        let drawn = i64::try_from(1 + self.below(steps)).unwrap_or(1);
        Sol::milli(drawn)
    }
}

impl Strategy for Random {
    type Params = RandomParams;
    const NAME: &'static str = "Random";
    const ABOUT: &'static str = "Acts by chance, reproducibly: a control group.";

    fn new(params: &RandomParams, start: LifeStart<'_>) -> Self {
        let share = f64::try_from(params.chance).unwrap_or(0.0) / 100.0;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 2^32")]
        let threshold = (share * 4_294_967_296.0) as u64;
        let stream = start.stream("random");
        Self { threshold, stream }
    }

    #[inline]
    fn decide(&mut self, params: &RandomParams, view: &View<'_>) -> impl Into<Actions> {
        if u64::from(self.stream.next_u32()) >= self.threshold {
            return None;
        }
        match self.below(3) {
            0 => Some(Action::Buy { stake: self.stake(params) }),
            1 if !view.position.is_flat() && view.is_active() => {
                let portion = match self.below(4) {
                    0 => Portion::BUTTONS[0],
                    1 => Portion::BUTTONS[1],
                    2 => Portion::BUTTONS[2],
                    _ => Portion::ALL,
                };
                Some(Action::sell(portion))
            }
            _ if view.can_sidebet() => Some(Action::Sidebet { stake: self.stake(params) }),
            _ => None,
        }
    }

    fn can_bet_again(&self, params: &RandomParams, view: &View<'_>) -> Option<bool> {
        // Any stake from the smallest step on; of those, the smallest that the rules permit.
        let least = view.rules.min_bet.max(Sol::milli(1));
        Some(least <= params.stake && view.can_stake(least))
    }
}
