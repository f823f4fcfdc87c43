//! Martingale sidebets: doubles the stake after each loss (docs/spec/original.md#rules-of-thumb).

use crate::engine::strategy::{LifeStart, Strategy, View};
use crate::model::expectation::Oracle;
use crate::model::order::Action;
use crate::model::setup::Setup;
use crate::model::sol::Sol;
use crate::params;

params! {
    /// Parameters of [`MartingaleSidebets`].
    pub struct MartingaleSidebetsParams {
        /// Stake of the first sidebet
        stake: Sol = Sol::milli(1), "SOL", Sol::milli(1)..;
        /// The stake is multiplied by this after each loss
        factor: u32 = 2, "x", 1..=100;
        /// Sidebets in a row before it starts over from the first stake
        attempts: u32 = 4, "bets", 1..=64;
        /// Places sidebets from this tick
        from: u32 = 0, "tick", 0..;
    }
}

/// 0.001, 0.002, 0.004, 0.008 SOL: doubles after each lost sidebet, starts over after a win and
/// after the last attempt. The chance of a win is the same each time, and so is the loss per SOL.
#[derive(Debug, Clone)]
pub struct MartingaleSidebets {
    params: MartingaleSidebetsParams,
    /// Sidebets lost in a row.
    losses: u32,
    /// Sidebets won and lost in this life, as last seen.
    seen: (u32, u32),
}

impl MartingaleSidebets {
    /// Takes note of how the last sidebet ended.
    fn learn(&mut self, won: u32, lost: u32) {
        let (seen_won, seen_lost) = std::mem::replace(&mut self.seen, (won, lost));
        if won != seen_won {
            self.losses = 0;
        } else if lost != seen_lost {
            self.losses = (self.losses + 1) % self.params.attempts;
        }
    }

    fn stake(&self) -> Option<Sol> {
        let factor = self.params.factor.checked_pow(self.losses)?;
        self.params.stake.times(factor).ok()
    }
}

impl Strategy for MartingaleSidebets {
    type Params = MartingaleSidebetsParams;
    const NAME: &'static str = "MartingaleSidebets";
    const ABOUT: &'static str = "Multiplies the sidebet after each loss, starts over after a win.";

    fn new(params: &MartingaleSidebetsParams, _: LifeStart<'_>) -> Self {
        Self { params: params.clone(), losses: 0, seen: (0, 0) }
    }

    #[inline]
    fn decide(&mut self, view: &View<'_>) -> Option<Action> {
        if !view.is_active() || view.tick() < self.params.from || !view.can_sidebet() {
            return None;
        }
        self.learn(view.sidebet.won, view.sidebet.lost);
        view.sidebet(self.stake()?)
    }

    fn oracles(_: &MartingaleSidebetsParams, setup: &Setup) -> Vec<Oracle> {
        let rules = &setup.rules;
        Oracle::of_sidebets(rules.sidebet_window, rules.sidebet_payout).to_vec()
    }
}
