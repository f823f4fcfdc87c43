//! Martingale sidebets: doubles the stake after each loss (docs/spec/original.md#rules-of-thumb).

use crate::engine::strategy::{LifeStart, OrderKinds, PlannedOrder, Strategy, View};
use crate::model::account::Counts;
use crate::model::expectation::Oracle;
use crate::model::order::Actions;
use crate::model::setup::Setup;
use crate::model::sol::Sol;
use crate::params;

params! {
    /// Parameters of [`MartingaleSidebets`], with defaults and bounds.
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
/// after the last attempt. It waits for good where it cannot pay the next stake
/// (docs/oracles.md). The chance of a win is the same each time, and so is the loss per SOL.
#[derive(Debug, Clone)]
pub struct MartingaleSidebets {
    /// Sidebets lost in a row.
    losses: u32,
    /// Sidebets won in this life, as last seen.
    seen_won: u64,
    /// Sidebets lost in this life, as last seen.
    seen_lost: u64,
}

impl MartingaleSidebets {
    /// Takes note of how the last sidebet ended.
    fn learn(&mut self, attempts: u32, life: &Counts) {
        let Counts { sidebets_won, sidebets_lost, .. } = *life;
        if sidebets_won != self.seen_won {
            self.losses = 0;
        } else if sidebets_lost != self.seen_lost {
            self.losses = (self.losses + 1) % attempts;
        }
        (self.seen_won, self.seen_lost) = (sidebets_won, sidebets_lost);
    }

    fn stake(&self, params: &MartingaleSidebetsParams) -> Option<Sol> {
        let factor = params.factor.checked_pow(self.losses)?;
        params.stake.times(factor).ok()
    }
}

impl Strategy for MartingaleSidebets {
    type Params = MartingaleSidebetsParams;
    const NAME: &'static str = "MartingaleSidebets";
    const ABOUT: &'static str = "Multiplies the sidebet after each loss, starts over after a win.";

    fn new(_: &MartingaleSidebetsParams, _: LifeStart<'_>) -> Self {
        Self { losses: 0, seen_won: 0, seen_lost: 0 }
    }

    #[inline]
    fn decide(&mut self, params: &MartingaleSidebetsParams, view: &View<'_>) -> impl Into<Actions> {
        if !view.is_active() || view.tick() < params.from || !view.can_sidebet() {
            return None;
        }
        self.learn(params.attempts, &view.counts_of_life());
        view.sidebet(self.stake(params)?)
    }

    fn can_bet_again(&self, params: &MartingaleSidebetsParams, view: &View<'_>) -> Option<bool> {
        let mut after = self.clone();
        after.learn(params.attempts, &view.counts_of_life());
        Some(after.stake(params).is_some_and(|stake| view.can_stake(stake)))
    }

    fn oracles(_: &MartingaleSidebetsParams, setup: &Setup) -> Vec<Oracle> {
        let rules = &setup.rules;
        Oracle::of_sidebets(rules.sidebet_window, rules.sidebet_payout).to_vec()
    }

    fn planned(params: &MartingaleSidebetsParams) -> Vec<PlannedOrder> {
        vec![PlannedOrder::new("stake", params.stake).starting(params.from)]
    }

    fn can_order(_: &MartingaleSidebetsParams) -> OrderKinds {
        OrderKinds::SIDEBETS
    }
}
