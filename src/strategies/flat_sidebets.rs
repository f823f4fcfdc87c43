//! Flat sidebets: the same stake again and again, whose every figure is known in advance.

use crate::engine::strategy::{LifeStart, OrderKinds, PlannedOrder, Strategy, View};
use crate::model::expectation::{Life, Oracle, OracleOf, Sequence};
use crate::model::law::STEPS_MAX;
use crate::model::order::Actions;
use crate::model::quote::Tick;
use crate::model::rules::{Latency, Rules};
use crate::model::setup::Setup;
use crate::model::sol::Sol;
use crate::params;

/// Steps that the chance of ruin may take to compute: a tenth of a second.
const EFFORT_MAX: u64 = 20_000_000;

params! {
    /// Parameters of [`FlatSidebets`], with defaults and bounds.
    pub struct FlatSidebetsParams {
        /// Stake of each sidebet
        stake: Sol = Sol::milli(1), "SOL", Sol::milli(1)..;
        /// Places the first sidebet of a game at this tick
        from: u32 = 0, "tick", 0..;
        /// Ticks between placements; 0, and any less than the rules allow: as soon as they do
        spacing: u32 = 0, "ticks", 0..;
        /// Sidebets of a game at most; 0: no limit
        bets: u32 = 0, "bets", 0..;
        /// Stops for the rest of its life at this much cash; 0: never
        goal: Sol = Sol::ZERO, "SOL", Sol::ZERO..;
    }
}

/// Places sidebets of one stake, evenly spaced, until its goal is reached or its cash is gone.
#[derive(Debug, Clone)]
pub struct FlatSidebets {
    /// Sidebets placed in the present game.
    placed: u32,
    /// The tick from which it places the next one.
    next: Tick,
}

impl Strategy for FlatSidebets {
    type Params = FlatSidebetsParams;
    const NAME: &'static str = "FlatSidebets";
    const ABOUT: &'static str =
        "Places the same sidebet again and again; all its figures are known in advance.";

    fn new(params: &FlatSidebetsParams, _: LifeStart<'_>) -> Self {
        Self { placed: 0, next: params.from }
    }

    #[inline]
    fn decide(&mut self, params: &FlatSidebetsParams, view: &View<'_>) -> impl Into<Actions> {
        if !view.is_active() {
            (self.placed, self.next) = (0, params.from);
            return None;
        }
        // Cash at the goal stays there, because nothing more is staked.
        let done = params.bets != 0 && self.placed == params.bets;
        if done || view.tick() < self.next || params.stops_at(view.wallet.cash) {
            return None;
        }
        let sidebet = view.sidebet(params.stake)?;
        self.placed += 1;
        self.next = view.tick().saturating_add(params.spacing);
        Some(sidebet)
    }

    fn can_bet_again(&self, params: &FlatSidebetsParams, view: &View<'_>) -> Option<bool> {
        Some(view.can_stake(params.stake) && !params.stops_at(view.wallet.cash))
    }

    fn oracles(params: &FlatSidebetsParams, setup: &Setup) -> Vec<Oracle> {
        let (rules, start) = (&setup.rules, setup.bankroll.start());
        let stakes = rules.min_bet.max(params.stake)..=rules.max_bet.min(start);
        if !stakes.contains(&params.stake) || params.stops_at(start) {
            return Vec::new();
        }
        let mut oracles = Oracle::of_sidebets(rules.sidebet_window, rules.sidebet_payout).to_vec();
        if let Some(life) = params.life(setup) {
            oracles.extend(games_won(&life, params.goal));
            oracles.extend(ruined(&life, params.stake, setup));
        }
        oracles
    }

    fn planned(params: &FlatSidebetsParams) -> Vec<PlannedOrder> {
        vec![PlannedOrder::new("stake", params.stake).starting(params.from)]
    }

    fn can_order(_: &FlatSidebetsParams) -> OrderKinds {
        OrderKinds::SIDEBETS
    }
}

impl FlatSidebetsParams {
    fn stops_at(&self, cash: Sol) -> bool {
        self.goal != Sol::ZERO && cash >= self.goal
    }

    /// Its life in units of the stake; `None` where its length is not known, where the time between
    /// two sidebets is left to chance, and where the numbers are too large.
    fn life(&self, setup: &Setup) -> Option<Life> {
        let Rules { sidebet_window: window, sidebet_cooldown, sidebet_payout, .. } = setup.rules;
        let delay = match setup.rules.latency {
            Latency::Immediate => 0,
            Latency::Ticks(ticks) => ticks,
            Latency::Sampled(_) => return None,
        };
        let (start, stake) = (setup.bankroll.start().lamports(), self.stake.lamports());
        let short_of_goal = self.goal.lamports() - start % stake;
        let goal = (self.goal != Sol::ZERO).then(|| (short_of_goal + stake - 1) / stake);
        let sequence = Sequence {
            first: self.from.checked_add(delay)?,
            // Settled at the end of its window, and the next order takes its time as well.
            spacing: self.spacing.max(window.checked_add(sidebet_cooldown)?.checked_add(delay)?),
            window,
            bets: (self.bets != 0).then_some(self.bets),
        };
        Some(Life {
            sequence,
            payout: sidebet_payout,
            bankroll: u32::try_from(start / stake).ok()?,
            goal: goal.map(u32::try_from).transpose().ok()?,
            games: u32::try_from(setup.life_games()).ok()?,
        })
    }
}

/// The share of games with a sidebet won, where neither goal nor cash can end a sequence early, or
/// where, in a life of one game, it is known when they do.
fn games_won(life: &Life, goal: Sol) -> Option<Oracle> {
    let Life { sequence, bankroll, games, .. } = *life;
    let bets = sequence.bets.unwrap_or(STEPS_MAX / sequence.spacing + 1);
    let paid_for = bets.checked_mul(games).is_some_and(|all| bankroll >= all);
    let sequence = match games {
        // Every bet but the last of a game is lost, so the cash lasts for as many as it covers.
        1 => Sequence { bets: Some(bets.min(bankroll)), ..sequence },
        _ if paid_for && goal == Sol::ZERO => sequence,
        _ => return None,
    };
    Some(Oracle::new(
        "games with a sidebet won",
        OracleOf::GamesWithSidebetWon,
        sequence.one_wins_in_a_game(),
    ))
}

/// The share of lives ruined, where what is left at ruin is less than the smallest bet.
fn ruined(life: &Life, stake: Sol, setup: &Setup) -> Option<Oracle> {
    let rest = setup.bankroll.start().lamports() % stake.lamports();
    let told = rest < setup.rules.min_bet.lamports() && life.effort() <= EFFORT_MAX;
    told.then(|| Oracle::new("lives ruined", OracleOf::LivesRuined, life.ruin()))
}
