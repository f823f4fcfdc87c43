//! Kelly sidebets: stakes the share of the wallet that a belief in an edge asks for.

use rust_decimal::Decimal;

use crate::engine::strategy::{LifeStart, OrderKinds, PlannedOrder, Strategy, View};
use crate::model::expectation::{Oracle, kelly_share};
use crate::model::order::{Action, Actions};
use crate::model::rounding;
use crate::model::setup::Setup;
use crate::model::sol::Sol;
use crate::params;

params! {
    /// Parameters of [`KellySidebets`], with defaults and bounds.
    pub struct KellySidebetsParams {
        /// Believed chance of a rug within the window; the true one is 18.17, break-even is 20
        belief: Decimal = Decimal::new(25, 0), "%", Decimal::ZERO..=Decimal::ONE_HUNDRED;
        /// Part of the full Kelly share that is staked; above 100 % more than the full share
        fraction: Decimal = Decimal::new(50, 0), "%", Decimal::ZERO..=Decimal::new(400, 0);
        /// Places sidebets from this tick
        from: u32 = 0, "tick", 0..;
    }
}

/// Stakes `fraction` of the Kelly share of its cash ([`kelly_share`]), at most all of it, floored
/// to 0.001 SOL and held within the limits of the table; nothing when the belief gives no edge.
#[derive(Debug, Clone)]
pub struct KellySidebets {
    belief: f64,
    fraction: f64,
}

impl KellySidebets {
    /// What its cash and its belief ask for; zero without an edge.
    fn stake(&self, view: &View<'_>) -> Sol {
        let share = self.fraction * kelly_share(self.belief, view.rules.sidebet_payout);
        let stake = rounding::share_in_thousandths(view.wallet.cash, share.min(1.0));
        stake.min(view.rules.max_bet)
    }
}

impl Strategy for KellySidebets {
    type Params = KellySidebetsParams;
    const NAME: &'static str = "KellySidebets";
    const ABOUT: &'static str =
        "Sizes sidebets by Kelly's rule for a believed chance; the true chance gives no edge.";

    fn new(params: &KellySidebetsParams, _: LifeStart<'_>) -> Self {
        let share = |percent: Decimal| f64::try_from(percent).unwrap_or(0.0) / 100.0;
        Self { belief: share(params.belief), fraction: share(params.fraction) }
    }

    #[inline]
    fn decide(&mut self, params: &KellySidebetsParams, view: &View<'_>) -> impl Into<Actions> {
        if !view.is_active() || view.tick() < params.from || !view.can_sidebet() {
            return None;
        }
        let stake = self.stake(view);
        (stake >= view.rules.min_bet).then_some(Action::Sidebet { stake })
    }

    fn can_bet_again(&self, _: &KellySidebetsParams, view: &View<'_>) -> Option<bool> {
        Some(view.can_stake(self.stake(view)))
    }

    fn oracles(_: &KellySidebetsParams, setup: &Setup) -> Vec<Oracle> {
        let rules = &setup.rules;
        Oracle::of_sidebets(rules.sidebet_window, rules.sidebet_payout).to_vec()
    }

    fn planned(params: &KellySidebetsParams) -> Vec<PlannedOrder> {
        vec![PlannedOrder::of_any_stake("from").starting(params.from)]
    }

    fn can_order(_: &KellySidebetsParams) -> OrderKinds {
        OrderKinds::SIDEBETS
    }
}
